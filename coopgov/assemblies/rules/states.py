"""The stages of an assembly and of each resolution, as tables: what is not in them is refused."""

from enum import StrEnum

from coopgov.law.arithmetic import Call, Kind


class AssemblyKind(StrEnum):
    """Which assembly it is (*assemblée générale ordinaire* or *extraordinaire*)."""

    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"


class State(StrEnum):
    """Where an assembly stands."""

    PLANNED = "planned"
    CONVENED = "convened"
    OPEN = "in session"
    CLOSED = "session closed"
    INQUORATE = "inquorate"
    CANCELLED = "assembly cancelled"


class Step(StrEnum):
    """What can happen to an assembly."""

    CONVENE = "convene"
    OPEN = "open the session"
    CLOSE = "close the session"
    MISS_QUORUM = "note that the quorum is missing"
    CANCEL = "cancel the assembly"


TRANSITIONS = {
    (State.PLANNED, Step.CONVENE): State.CONVENED,
    (State.PLANNED, Step.CANCEL): State.CANCELLED,
    (State.CONVENED, Step.OPEN): State.OPEN,
    (State.CONVENED, Step.MISS_QUORUM): State.INQUORATE,
    (State.CONVENED, Step.CANCEL): State.CANCELLED,
    (State.OPEN, Step.CLOSE): State.CLOSED,
    (State.OPEN, Step.MISS_QUORUM): State.INQUORATE,
}


class SubjectKind(StrEnum):
    """What a resolution decides."""

    ACCOUNTS = "accounts"
    PROPOSAL = "proposal"
    ADMISSION = "admission"
    STATUTES = "statutes"
    TEXT = "text"
    # Persons, or one of several texts, on a ballot paper of their own.
    ELECTION = "election"
    CHOICE = "choice"


class ItemState(StrEnum):
    """Where one resolution stands."""

    PLANNED = "not voted yet"
    VOTING = "vote open"
    URN_CLOSED = "urn to be opened"
    COUNTED = "vote closed"
    PROCLAIMED = "proclaimed"
    NO_QUORUM = "without quorum"
    SET_ASIDE = "set aside"


class ItemStep(StrEnum):
    """What can happen to one resolution in the room."""

    OPEN_VOTE = "open the vote"
    CLOSE_VOTE = "close the vote"
    CLOSE_URN = "close the secret vote"
    OPEN_URN = "open the urn"
    PROCLAIM = "proclaim"
    MISS_QUORUM = "lose the quorum"
    SET_ASIDE = "set the resolution aside"


ITEM_TRANSITIONS = {
    (ItemState.PLANNED, ItemStep.OPEN_VOTE): ItemState.VOTING,
    (ItemState.PLANNED, ItemStep.SET_ASIDE): ItemState.SET_ASIDE,
    (ItemState.PLANNED, ItemStep.MISS_QUORUM): ItemState.NO_QUORUM,
    (ItemState.VOTING, ItemStep.CLOSE_VOTE): ItemState.COUNTED,
    (ItemState.VOTING, ItemStep.CLOSE_URN): ItemState.URN_CLOSED,
    (ItemState.VOTING, ItemStep.MISS_QUORUM): ItemState.NO_QUORUM,
    (ItemState.URN_CLOSED, ItemStep.OPEN_URN): ItemState.COUNTED,
    (ItemState.COUNTED, ItemStep.PROCLAIM): ItemState.PROCLAIMED,
}


class ProxyState(StrEnum):
    """Where a proxy stands: it counts against its holder's limit from the moment it is given."""

    ACTIVE = "active"
    REVOKED = "revoked"
    DECLINED = "declined"


class AttendanceKind(StrEnum):
    """What is noted of a member's presence: facts in a row, never a tick in a box."""

    ARRIVED = "arrived"
    LEFT = "left"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


PRESENT = (AttendanceKind.ARRIVED, AttendanceKind.CONNECTED)


class Office(StrEnum):
    """An office of the assembly's bureau (*bureau*: président, secrétaire, scrutateurs)."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    TELLER = "teller"


def law_kind(kind: AssemblyKind) -> Kind:
    """The kind as figures of law name it."""
    return "ordinary" if kind is AssemblyKind.ORDINARY else "extraordinary"


def law_call(call: int) -> Call:
    """The call as figures of law name it."""
    return "first" if call == 1 else "second"
