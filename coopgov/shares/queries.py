"""Reads of the share book: who holds what on a day, and as it was known at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from coopgov.core.errors import NotFound
from coopgov.core.money import Cents
from coopgov.shares.book import head
from coopgov.shares.chain import Kept, Moment
from coopgov.shares.models import ShareLeg, ShareLot, ShareNote, ShareTx
from coopgov.shares.rules import CONDITIONAL, KIND_LABELS, Account, Leg, Lot, TxKind

_kept = Kept()
VALUE = ShareLeg.qty * ShareLeg.unit_cents


@dataclass(frozen=True, slots=True)
class Holding:
    """What one member holds on a day."""

    quantity: int = 0
    cents: int = 0


@dataclass(frozen=True, slots=True)
class LotHeld:
    """What is left on a day of shares acquired together."""

    first_acquired_on: date
    quantity: int
    unit_cents: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction as it was written."""

    seq: int
    kind: TxKind
    effective_on: date
    recorded_at: datetime
    recorded_by: str
    resolution: str
    reason_code: str
    payable_now: Cents | None
    reverses_seq: int | None
    reversed_by: int | None
    note: str
    hash: str
    # Whose holding it changes, by how many shares at which price.
    member_id: UUID
    quantity: int
    unit_cents: int

    @property
    def label(self) -> str:
        """What it is called, to be translated."""
        return KIND_LABELS.get(self.kind, self.kind.value)

    @property
    def cents(self) -> Cents:
        """The nominal value of the shares moved."""
        return Cents(self.quantity * self.unit_cents)

    @property
    def is_conditional(self) -> bool:
        """True when it was subscribed under condition of admission."""
        return self.reason_code == CONDITIONAL

    @property
    def can_be_reversed(self) -> bool:
        """True when it is neither a reversal nor reversed."""
        return self.kind is not TxKind.REVERSAL and self.reversed_by is None


@dataclass(frozen=True, slots=True)
class Movement:
    """One transaction of a member, with what she holds after it on that legal day."""

    transaction: Transaction
    balance: int


def shares_held(session: Session, *, member_id: UUID, on: date, known_at: datetime | None = None) -> int:
    """How many shares a member holds at the end of that day, as known at that instant."""
    query = select(func.sum(ShareLeg.qty)).where(ShareLeg.membership_id == member_id, ShareLeg.effective_on <= on)
    return int(session.scalar(_known(query, known_at)) or 0)


def holdings_on(session: Session, on: date, *, known_at: datetime | None = None) -> dict[UUID, Holding]:
    """Everybody who holds shares at the end of that day, with what each holds; in no order."""
    return _holdings(session, on, known_at)


def holdings_of(session: Session, member_ids: Sequence[UUID], on: date) -> dict[UUID, Holding]:
    """What each of these members holds at the end of that day; nothing counts as an empty holding."""
    found = _holdings(session, on, None, ShareLeg.membership_id.in_(member_ids))
    return {member_id: found.get(member_id, Holding()) for member_id in member_ids}


def capital_on(session: Session, on: date, *, known_at: datetime | None = None) -> Cents:
    """The subscribed capital (*capital souscrit*) at the end of that day."""
    if known_at is None:
        history = capital_by_day(session, on)
        return history[-1][1] if history else Cents(0)
    query = select(func.sum(VALUE)).where(ShareLeg.account == Account.HOLDER, ShareLeg.effective_on <= on)
    return Cents(int(session.scalar(_known(query, known_at)) or 0))


def capital_by_day(session: Session, on: date) -> list[tuple[date, Cents]]:
    """The subscribed capital after each day on which it moved, oldest first."""
    return _kept.answer(head(session), ("capital", on), lambda: _capital_by_day(session, on))


def _capital_by_day(session: Session, on: date) -> list[tuple[date, Cents]]:
    rows = session.execute(
        select(ShareLeg.effective_on, func.sum(VALUE))
        .where(ShareLeg.account == Account.HOLDER, ShareLeg.effective_on <= on)
        .group_by(ShareLeg.effective_on)
        .order_by(ShareLeg.effective_on)
    ).all()
    totals = accumulate(int(change) for _, change in rows)
    return [(day, Cents(total)) for (day, _), total in zip(rows, totals, strict=True)]


def peak_capital(session: Session, on: date) -> Cents:
    """The highest subscribed capital at the end of any day up to that one: the base of the legal floor."""
    return max((capital for _, capital in capital_by_day(session, on)), default=Cents(0))


def movements_of(session: Session, member_id: UUID, *, known_at: datetime | None = None) -> list[Movement]:
    """Every transaction of a member in the order of the legal days, with her holding after each."""
    query = _known(_transactions().where(ShareLeg.membership_id == member_id), known_at)
    rows = session.execute(query.order_by(ShareLeg.effective_on, ShareLeg.tx_seq, ShareLeg.line))
    found = [_transaction(row) for row in rows]
    balances = accumulate(transaction.quantity for transaction in found)
    return [Movement(*pair) for pair in zip(found, balances, strict=True)]


def conditional_on_admission(session: Session, member_id: UUID) -> list[Transaction]:
    """The subscriptions of somebody that fall if she is not admitted, oldest first."""
    found = [movement.transaction for movement in movements_of(session, member_id)]
    return [tx for tx in found if tx.is_conditional and tx.reversed_by is None]


def register_page(session: Session, *, before_seq: int | None = None, limit: int = 50) -> list[Transaction]:
    """The register of movements (*registre des mouvements*), newest first, from before that number on."""
    page = select(ShareTx.seq).order_by(ShareTx.seq.desc()).limit(limit)
    if before_seq is not None:
        page = page.where(ShareTx.seq < before_seq)
    seqs = session.scalars(page).all()
    query = _transactions().where(ShareLeg.tx_seq.in_(seqs), ShareLeg.account == Account.HOLDER)
    rows = session.execute(query.order_by(ShareLeg.tx_seq.desc(), ShareLeg.line))
    return [_transaction(row) for row in rows]


def find_transaction(session: Session, seq: int) -> Transaction | None:
    """One transaction, or None."""
    row = session.execute(
        _transactions().where(ShareLeg.tx_seq == seq, ShareLeg.account == Account.HOLDER).order_by(ShareLeg.line)
    ).first()
    return _transaction(row) if row else None


def get_transaction(session: Session, seq: int) -> Transaction:
    """One transaction; raises NotFound."""
    found = find_transaction(session, seq)
    if found is None:
        raise NotFound
    return found


def lots_held(session: Session, member_id: UUID, on: date) -> list[LotHeld]:
    """The lots a member holds shares of at the end of that day, the oldest first."""
    rows = session.execute(
        select(ShareLot.first_acquired_on, func.sum(ShareLeg.qty), ShareLeg.unit_cents)
        .join(ShareLot, ShareLot.id == ShareLeg.lot_id)
        .where(ShareLeg.membership_id == member_id, ShareLeg.effective_on <= on)
        .group_by(ShareLot.first_acquired_on, ShareLeg.unit_cents)
        .having(func.sum(ShareLeg.qty) > 0)
        .order_by(ShareLot.first_acquired_on)
    )
    return [LotHeld(since, int(quantity), unit_cents) for since, quantity, unit_cents in rows]


def legs_of(session: Session, seq: int) -> list[Leg]:
    """The legs of a transaction, in order of line."""
    rows = session.execute(
        select(ShareLeg, ShareLot)
        .join(ShareLot, ShareLot.id == ShareLeg.lot_id)
        .where(ShareLeg.tx_seq == seq)
        .order_by(ShareLeg.line)
    )
    return [_leg(leg, lot) for leg, lot in rows]


def lot_moments(session: Session, lot_ids: Sequence[UUID]) -> dict[tuple[UUID, UUID], list[Moment]]:
    """The timeline of each holder's shares of these lots."""
    rows = session.execute(
        select(ShareLeg.membership_id, ShareLeg.lot_id, ShareLeg.effective_on, ShareLeg.tx_seq, ShareLeg.qty)
        .where(ShareLeg.lot_id.in_(lot_ids), ShareLeg.account == Account.HOLDER)
        .order_by(ShareLeg.effective_on, ShareLeg.tx_seq)
    )
    found: dict[tuple[UUID, UUID], list[Moment]] = {}
    for member_id, lot_id, on, seq, quantity in rows:
        if member_id is not None:
            found.setdefault((member_id, lot_id), []).append(Moment(on, seq, quantity))
    return found


def value_changes() -> Any:
    """Every change of what a member holds (`member_id`, `on`, `cents`): for the book that must agree with it."""
    return select(
        ShareLeg.membership_id.label("member_id"), ShareLeg.effective_on.label("on_day"), VALUE.label("cents")
    ).where(ShareLeg.account == Account.HOLDER)


def _holdings(
    session: Session, on: date, known_at: datetime | None, *where: ColumnElement[bool]
) -> dict[UUID, Holding]:
    query = (
        select(ShareLeg.membership_id, func.sum(ShareLeg.qty), func.sum(VALUE))
        .where(ShareLeg.membership_id.is_not(None), ShareLeg.effective_on <= on, *where)
        .group_by(ShareLeg.membership_id)
        .having(func.sum(ShareLeg.qty) != 0)
    )
    rows = session.execute(_known(query, known_at))
    return {member_id: Holding(int(quantity), int(cents)) for member_id, quantity, cents in rows if member_id}


def _known(query: Any, known_at: datetime | None) -> Any:
    if known_at is None:
        return query
    return query.where(
        ShareLeg.tx_seq.in_(select(ShareTx.seq).where(ShareTx.recorded_at <= known_at)),
    )


def _transactions() -> Any:
    undoing = aliased(ShareTx)
    return (
        select(
            ShareTx, ShareLeg.membership_id, ShareLeg.qty, ShareLeg.unit_cents, ShareNote.words,
            undoing.seq.label("reversed_by"),
        )
        .join(ShareTx, ShareTx.seq == ShareLeg.tx_seq)
        .outerjoin(undoing, undoing.reverses_seq == ShareTx.seq)
        .outerjoin(ShareNote, ShareNote.tx_seq == ShareTx.seq)
    )  # fmt: skip


def _transaction(row: Any) -> Transaction:
    tx: ShareTx = row.ShareTx
    return Transaction(
        seq=tx.seq, kind=tx.kind, effective_on=tx.effective_on, recorded_at=tx.recorded_at,
        recorded_by=tx.recorded_by, resolution=tx.resolution, reason_code=tx.reason_code,
        payable_now=None if tx.payable_now_cents is None else Cents(tx.payable_now_cents),
        reverses_seq=tx.reverses_seq, reversed_by=row.reversed_by, note=row.words or "", hash=tx.hash,
        member_id=row.membership_id, quantity=row.qty, unit_cents=row.unit_cents,
    )  # fmt: skip


def _leg(leg: ShareLeg, lot: ShareLot) -> Leg:
    return Leg(
        leg.account, leg.membership_id,
        Lot(lot.id, lot.class_id, lot.first_acquired_on, lot.issue_unit_cents), leg.qty, leg.unit_cents,
    )  # fmt: skip
