"""The words of membership: what a member is, what happens to one, who decides."""

from enum import StrEnum


class PartyKind(StrEnum):
    """A human being or a legal person."""

    PERSON = "person"
    ORGANISATION = "organisation"


class ContactKind(StrEnum):
    """A way to reach a party."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"


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
    REVERSAL = "reversal"


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
}
