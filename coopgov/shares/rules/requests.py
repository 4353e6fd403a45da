"""The life of a request about shares (*demande*): from its draft to its movement."""

from enum import StrEnum


class RequestKind(StrEnum):
    """What is asked for."""

    REFUND = "refund"
    TRANSFER = "transfer"
    INHERIT = "inherit"
    CONVERT = "convert"
    REVERSAL = "reversal"


class RequestState(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXECUTED = "executed"
    WITHDRAWN = "withdrawn"


class RequestStep(StrEnum):
    """What is done with a request."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXECUTE = "execute"
    WITHDRAW = "withdraw"


class Cause(StrEnum):
    """Why shares are withdrawn (*annulation*): the member leaves, or keeps fewer."""

    EXIT = "exit"
    REDUCTION = "reduction"
