"""The words of the share book: what a movement does, whose side it is on, what moves."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from coopgov.core.i18n import N_

MOST_SHARES = 1_000_000_000
# The reason of a subscription that falls if admission is refused.
CONDITIONAL = "conditional_on_admission"


class TxKind(StrEnum):
    """What a transaction of the share book does (*mouvement de parts*)."""

    SUBSCRIBE = "subscribe"
    REDEEM = "redeem"
    TRANSFER = "transfer"
    INHERIT = "inherit"
    CONVERT = "convert"
    SPLIT = "split"
    NOMINAL_CHANGE = "nominal_change"
    REVERSAL = "reversal"
    OPENING = "opening"


KIND_LABELS = {
    TxKind.SUBSCRIBE: N_("Subscription"),
    TxKind.REDEEM: N_("Withdrawal of shares"),
    TxKind.TRANSFER: N_("Transfer"),
    TxKind.INHERIT: N_("Passing to heirs"),
    TxKind.CONVERT: N_("Change of class"),
    TxKind.SPLIT: N_("Split"),
    TxKind.NOMINAL_CHANGE: N_("Change of nominal value"),
    TxKind.REVERSAL: N_("Reversal"),
    TxKind.OPENING: N_("Taken over from the older register"),
}


class Account(StrEnum):
    """Whose side a leg is on: a holder's, or the issuer's (the cooperative itself)."""

    HOLDER = "holder"
    ISSUER = "issuer"


class Standing(StrEnum):
    """Where the subscriber stands on the day of the movement."""

    ADMITTED = "admitted"
    LATER = "later"
    CANDIDATE = "candidate"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Lot:
    """Shares acquired together (*lot*): their first day and price stay with them through transfers."""

    id: UUID
    class_id: UUID
    first_acquired_on: date
    issue_unit_cents: int
    # The lot it was exchanged for: a conversion or a new nominal opens a new one.
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a transaction: so many shares of one lot, in or out of one account."""

    account: Account
    member_id: UUID | None
    lot: Lot
    quantity: int
    unit_cents: int


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who subscribes: the name for the sentence, where she stands, since when she is a member."""

    name: str
    standing: Standing
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """A holder of shares on a day: the name, what the membership is, whether its end is a death."""

    member_id: UUID
    name: str
    is_member: bool
    is_former: bool
    is_dead: bool = False
    # Her estate is not settled: only heirs receive anything, and nothing is paid back yet.
    is_frozen: bool = False
