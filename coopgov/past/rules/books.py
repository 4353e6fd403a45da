"""The two books while the past is replayed: who holds which lots, what is called, paid, repayable."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.members.rules import EventKind, Status
from coopgov.past.rules.life import status_on
from coopgov.shares.rules import Account, Leg, Lot, TxKind
from coopgov.treasury.rules import CAPITAL, NEVER_NEGATIVE, Bucket, CapitalKind
from coopgov.treasury.rules import Leg as MoneyLeg


@dataclass(slots=True)
class Held:
    """What is left of one lot in one hand."""

    lot: Lot
    name: str
    quantity: int = 0


@dataclass(slots=True)
class Holder:
    """One member's side of both books, and when she was what."""

    number: int
    name: str
    member_id: UUID
    spells: Sequence[tuple[date, Status]]
    lots: dict[UUID, Held] = field(default_factory=dict)
    money: dict[Bucket, int] = field(default_factory=dict)
    # A line of hers could not be taken: what follows may be wrong for that reason alone.
    is_shaken: bool = False
    shares: int = 0
    value: int = 0
    left_by: EventKind | None = None

    def status_on(self, on: date) -> Status | None:
        """What she was at the end of that day."""
        return status_on(self.spells, on)

    def in_bucket(self, bucket: Bucket) -> int:
        """Her cents in one bucket."""
        return self.money.get(bucket, 0)

    def oldest(self) -> Iterator[Held]:
        """Her lots in the order in which they go: the oldest first."""
        return iter(sorted(self.lots.values(), key=lambda held: (held.lot.first_acquired_on, _age(held.name))))


def _age(name: str) -> int:
    return int(name.removeprefix("L")) if name.removeprefix("L").isdecimal() else 0


class ShareLine(NamedTuple):
    """A transaction of the share book to be."""

    kind: TxKind
    day: date
    legs: tuple[Leg, ...]
    new_lots: tuple[tuple[Lot, str], ...] = ()
    reason_code: str = ""
    decision: str = ""
    note: str = ""
    payable_now: Cents | None = None
    reverses: str = ""


class MoneyLine(NamedTuple):
    """A transaction of the money book to be."""

    kind: CapitalKind
    day: date
    legs: tuple[MoneyLeg, ...]
    decision: str = ""
    note: str = ""
    # The number of the movement of shares it stands beside, and of the movement of money it undoes.
    beside: str = ""
    reverses: str = ""


class Written(NamedTuple):
    """What one line of the past becomes: a movement of shares, of money, or of both."""

    name: str
    shares: ShareLine | None
    money: MoneyLine | None


@dataclass(slots=True)
class Books:
    """Everybody's holdings and accounts at one moment of the replay."""

    holders: dict[int, Holder]
    by_id: dict[UUID, Holder] = field(default_factory=dict)
    nobody: dict[Bucket, int] = field(default_factory=dict)
    totals: dict[Bucket, int] = field(default_factory=dict)
    capital: int = 0
    shares: int = 0
    peak: int = 0
    lots: int = 0

    def __post_init__(self) -> None:
        """Know everybody by id too."""
        self.by_id = {holder.member_id: holder for holder in self.holders.values()}

    def apply(self, written: Written) -> None:
        """Add one line's legs, for better or worse: `check` says whether it may stay."""
        if written.shares is not None:
            names = {lot.id: name for lot, name in written.shares.new_lots}
            for leg in written.shares.legs:
                if leg.member_id is not None:
                    self._move_shares(leg, leg.quantity, names)
            self.peak = max(self.peak, self.capital)
        self._move_money(written, 1)

    def take_back(self, written: Written) -> None:
        """Undo what `apply` did."""
        if written.shares is not None:
            for leg in written.shares.legs:
                if leg.member_id is not None:
                    self._move_shares(leg, -leg.quantity, {})
        self._move_money(written, -1)

    def _move_money(self, written: Written, way: int) -> None:
        for money in written.money.legs if written.money is not None else ():
            mine = self.nobody if money.member_id is None else self.by_id[money.member_id].money
            mine[money.bucket] = mine.get(money.bucket, 0) + way * money.cents
            self.totals[money.bucket] = self.totals.get(money.bucket, 0) + way * money.cents

    def _move_shares(self, leg: Leg, quantity: int, names: dict[UUID, str]) -> None:
        assert leg.member_id is not None  # noqa: S101 - holders' legs only
        holder, value = self.by_id[leg.member_id], quantity * leg.lot.issue_unit_cents
        lots = holder.lots
        held = lots.get(leg.lot.id)
        if held is None:
            held = lots[leg.lot.id] = Held(leg.lot, names.get(leg.lot.id, ""))
        held.quantity += quantity
        holder.shares += quantity
        holder.value += value
        self.shares += quantity
        self.capital += value
        if held.quantity == 0:
            del lots[leg.lot.id]


def check(books: Books, written: Written) -> list[Breach]:
    """List what can never be, after one line: less than nothing."""
    return [breach for holder in _touched(books, written) for breach in _check_holder(holder)]


def check_ties(books: Books, written: Written) -> list[Breach]:
    """List where shares and their money do not agree; lines that belong together are looked at when all are in."""
    return [breach for holder in _touched(books, written) for breach in tie_of(holder)]


def _touched(books: Books, written: Written) -> list[Holder]:
    touched = {leg.member_id for leg in written.shares.legs} if written.shares else set[UUID | None]()
    if written.money is not None:
        touched |= {leg.member_id for leg in written.money.legs}
    return [books.by_id[member_id] for member_id in touched if member_id is not None]


def _check_holder(holder: Holder) -> Iterable[Breach]:
    if any(held.quantity < 0 for held in holder.lots.values()):
        sentence = N_("%(name)s does not hold that many shares of this lot. Check the number and the lot.")
        yield Breach("below_zero", sentence, {"name": holder.name}, field="quantity")
    money = holder.money
    for bucket in NEVER_NEGATIVE:
        if money.get(bucket, 0) < 0:
            sentence = N_(
                "%(name)s: %(missing)s are missing in the account for this. Check the amount and the lines before."
            )
            values = {"name": holder.name, "missing": Euros(Cents(-money[bucket]))}
            yield Breach("not_covered", sentence, values, field="amount")


def tie_of(holder: Holder) -> Iterable[Breach]:
    """List what stands against one member's shares and money being of the same past."""
    capital = sum(holder.money.get(bucket, 0) for bucket in CAPITAL)
    if capital != holder.value:
        sentence = N_(
            "%(name)s: the shares are worth %(shares)s and their money adds up to %(money)s. Check this line."
        )
        values = {
            "name": holder.name, "shares": Euros(Cents(holder.value)), "money": Euros(Cents(capital)),
        }  # fmt: skip
        yield Breach("books_disagree", sentence, values, field="amount")


def holder_legs(account_legs: Iterable[tuple[UUID, Lot, int]]) -> list[Leg]:
    """Legs on the side of holders."""
    return [
        Leg(Account.HOLDER, member_id, lot, quantity, lot.issue_unit_cents) for member_id, lot, quantity in account_legs
    ]  # fmt: skip


def issuer_leg(lot: Lot, quantity: int) -> Leg:
    """A leg on the side of the cooperative itself."""
    return Leg(Account.ISSUER, None, lot, quantity, lot.issue_unit_cents)
