"""The words of membership: what a member is, what happens to one, who decides."""

from enum import StrEnum


class PartyKind(StrEnum):
    """A human being, a legal person, or several who hold together (*indivision*)."""

    PERSON = "person"
    ORGANISATION = "organisation"
    JOINT = "joint"


class ContactKind(StrEnum):
    """A way to reach a party."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    IBAN = "iban"


# How a party is reached; the account she is paid on is no way to reach her.
REACHED_BY = (ContactKind.EMAIL, ContactKind.PHONE, ContactKind.ADDRESS)


class Status(StrEnum):
    """Where a membership stands."""

    CANDIDATE = "candidate"
    MEMBER = "member"
    REFUSED = "refused"
    FORMER = "former"


class Category(StrEnum):
    """What a member is to the cooperative: employed by it (*associé coopérateur*), or not (*associé extérieur*)."""

    EMPLOYED = "employed"
    EXTERNAL = "external"


class EventKind(StrEnum):
    """What happens to a membership."""

    APPLIED = "applied"
    ADMITTED = "admitted"
    REFUSED = "refused"
    RESIGNED = "resigned"
    EXCLUDED = "excluded"
    DECEASED = "deceased"
    CONTRACT_ENDED = "contract_ended"
    REINSTATED = "reinstated"
    COLLEGE_CHANGED = "college_changed"
    MERGED = "merged"
    REVERSAL = "reversal"


class ReasonCode(StrEnum):
    """Why somebody left or was refused (*motif*), one word that may be counted and says nothing private."""

    OWN_WILL = "own_will"
    NEW_ACTIVITY = "new_activity"
    END_OF_ACTIVITY = "end_of_activity"
    RETIREMENT = "retirement"
    ECONOMIC_DISMISSAL = "economic_dismissal"
    UNFIT = "unfit"
    DISMISSAL = "dismissal"
    CONTRACT_TERM = "contract_term"
    UNPAID_CALLS = "unpaid_calls"
    BREACH_OF_STATUTES = "breach_of_statutes"
    HARM_DONE = "harm_done"
    CONDITIONS_LOST = "conditions_lost"
    DISSOLVED = "dissolved"
    NO_ROOM = "no_room"
    INCOMPLETE = "incomplete"
    OUTSIDE_PURPOSE = "outside_purpose"
    OTHER = "other"


_R = ReasonCode
# What may be given as the reason of each event; the end of a contract for the first three leaves the member in.
REASONS: dict[EventKind, tuple[ReasonCode, ...]] = {
    EventKind.RESIGNED: (_R.OWN_WILL, _R.NEW_ACTIVITY, _R.END_OF_ACTIVITY, _R.RETIREMENT, _R.DISSOLVED, _R.OTHER),
    EventKind.CONTRACT_ENDED: (
        _R.RETIREMENT, _R.ECONOMIC_DISMISSAL, _R.UNFIT, _R.OWN_WILL, _R.NEW_ACTIVITY, _R.DISMISSAL, _R.CONTRACT_TERM,
        _R.OTHER,
    ),
    EventKind.EXCLUDED: (_R.UNPAID_CALLS, _R.BREACH_OF_STATUTES, _R.HARM_DONE, _R.CONDITIONS_LOST, _R.OTHER),
    EventKind.REFUSED: (_R.CONDITIONS_LOST, _R.NO_ROOM, _R.INCOMPLETE, _R.OUTSIDE_PURPOSE, _R.OTHER),
}  # fmt: skip


class HeirWish(StrEnum):
    """What an heir wishes: it is not known yet, to become a member, or to be paid back."""

    UNKNOWN = "unknown"
    APPLY = "apply"
    REFUND = "refund"


class DecidedBy(StrEnum):
    """The body that decided."""

    ORDINARY_ASSEMBLY = "ordinary_assembly"
    EXTRAORDINARY_ASSEMBLY = "extraordinary_assembly"
    BOARD = "board"
    MANAGEMENT = "management"


# A departure by the end of the work contract keeps the member where the statutes say so: see `after_contract`.
TRANSITIONS: dict[tuple[Status, EventKind], Status] = {
    (Status.CANDIDATE, EventKind.ADMITTED): Status.MEMBER,
    (Status.CANDIDATE, EventKind.REFUSED): Status.REFUSED,
    (Status.MEMBER, EventKind.COLLEGE_CHANGED): Status.MEMBER,
    (Status.MEMBER, EventKind.RESIGNED): Status.FORMER,
    (Status.MEMBER, EventKind.EXCLUDED): Status.FORMER,
    (Status.MEMBER, EventKind.DECEASED): Status.FORMER,
    (Status.MEMBER, EventKind.CONTRACT_ENDED): Status.FORMER,
    (Status.FORMER, EventKind.REINSTATED): Status.MEMBER,
    # Written down twice: the other number stays, this one votes no more and is refused no admission.
    (Status.MEMBER, EventKind.MERGED): Status.FORMER,
    (Status.CANDIDATE, EventKind.MERGED): Status.REFUSED,
}
