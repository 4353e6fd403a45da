"""What the share book tells the features above."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from coopgov.core.events import Event
from coopgov.core.preflight import Check


@dataclass(frozen=True, slots=True)
class SharesSubscribed(Event):
    """A member has subscribed shares; `payable_now_cents` is what she owes at once."""

    seq: int
    member_id: UUID
    quantity: int
    unit_cents: int
    effective_on: date
    payable_now_cents: int

    @property
    def total_cents(self) -> int:
        """The price of the shares."""
        return self.quantity * self.unit_cents


@dataclass(frozen=True, slots=True)
class ManySharesSubscribed(Event):
    """Many subscriptions were written at once (an import, a campaign)."""

    subscriptions: tuple[SharesSubscribed, ...]


@dataclass(frozen=True, slots=True)
class HoldingOpened(Event):
    """Shares held before this book began, with what was paid on them by then."""

    seq: int
    member_id: UUID
    total_cents: int
    paid_cents: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class HoldingsOpened(Event):
    """The holdings of an older register were taken over."""

    holdings: tuple[HoldingOpened, ...]


@dataclass(frozen=True, slots=True)
class SharesReversed(Event):
    """A movement of the share book was undone by a new one."""

    seq: int
    reverses_seq: int
    effective_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class SharesRedeemed(Event):
    """Shares of a member are withdrawn: what was paid on them is to be paid back, less losses."""

    seq: int
    member_id: UUID
    quantity: int
    cents: int
    effective_on: date
    decision: str
    cause: str


@dataclass(frozen=True, slots=True)
class WithdrawalWeighed(Event):
    """Shares of that value are about to be withdrawn: whoever keeps the money says what becomes of it."""

    member_id: UUID
    cents: int
    effective_on: date
    points: list[Check] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReversalWeighed(Event):
    """A movement of the share book is about to be undone: whoever keeps the money says what that would break."""

    reverses_seq: int
    points: list[Check] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SharesTransferred(Event):
    """Shares went from one holder to another, by a transfer or to an heir, with what was paid on them."""

    seq: int
    from_id: UUID
    to_id: UUID
    quantity: int
    cents: int
    effective_on: date
    decision: str


@dataclass(frozen=True, slots=True)
class SharesConverted(Event):
    """Shares were exchanged for shares of another class; what they were worth more is the remainder."""

    seq: int
    member_id: UUID
    remainder_cents: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class NewNominal:
    """What a new nominal value changes for one holder: the difference is below zero when it fell."""

    seq: int
    member_id: UUID
    difference_cents: int


@dataclass(frozen=True, slots=True)
class NominalChanged(Event):
    """The nominal value of the shares held has changed, holder by holder."""

    holders: tuple[NewNominal, ...]
    effective_on: date
    decision: str


@dataclass(frozen=True, slots=True)
class CertificateIssued(Event):
    """A share certificate was issued; whoever holds its code may ask whether it still tells the truth."""

    document_id: UUID
    member_id: UUID
    on: date
    quantity: int
    code: str
