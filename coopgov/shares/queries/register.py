"""The transactions as they were written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate, groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from coopgov.core.errors import NotFound
from coopgov.core.money import Cents
from coopgov.shares.models import ShareLeg, ShareNote, ShareTx
from coopgov.shares.queries.holdings import known_by
from coopgov.shares.rules import CONDITIONAL, KIND_LABELS, TxKind

# Said of the member, as the table itself ties it to the account: SQLite, told of the account, would rather look through
# the legs of all holders than up the few that are asked for.
_OF_A_HOLDER = ShareLeg.membership_id.is_not(None)


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
    # What one of them is worth; 0 where they come from lots of several prices.
    unit_cents: int
    cents: Cents
    approved_by: str | None
    late_for: date | None

    @property
    def label(self) -> str:
        """What it is called, to be translated."""
        return KIND_LABELS.get(self.kind, self.kind.value)

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


def movements_of(session: Session, member_id: UUID, *, known_at: datetime | None = None) -> list[Movement]:
    """Every transaction of a member in the order of the legal days, with her holding after each."""
    query = known_by(_transactions().where(ShareLeg.membership_id == member_id), known_at)
    rows = session.execute(query.order_by(ShareLeg.effective_on, ShareLeg.tx_seq, ShareLeg.line))
    found = _together(rows)
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
    query = _transactions().where(ShareLeg.tx_seq.in_(seqs), _OF_A_HOLDER)
    rows = session.execute(query.order_by(ShareLeg.tx_seq.desc(), ShareLeg.line))
    return _together(rows)


def late_since(session: Session, at: datetime | None, *, limit: int = 200) -> list[Transaction]:
    """The movements entered after that instant for a closed day (*écritures tardives*), the oldest first."""
    query = _transactions().where(ShareTx.late_for.is_not(None), _OF_A_HOLDER)
    if at is not None:
        query = query.where(ShareTx.recorded_at > at)
    return _together(session.execute(query.order_by(ShareLeg.tx_seq, ShareLeg.line).limit(limit)))


def find_transaction(session: Session, seq: int) -> Transaction | None:
    """One transaction, or None."""
    sides = sides_of(session, seq)
    return sides[0] if sides else None


def sides_of(session: Session, seq: int) -> list[Transaction]:
    """One transaction as each holder it touches sees it: who gives first, then who receives."""
    rows = session.execute(_transactions().where(ShareLeg.tx_seq == seq, _OF_A_HOLDER).order_by(ShareLeg.line))
    return _together(rows)


def get_transaction(session: Session, seq: int) -> Transaction:
    """One transaction; raises NotFound."""
    found = find_transaction(session, seq)
    if found is None:
        raise NotFound
    return found


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


def _together(rows: Iterable[Any]) -> list[Transaction]:
    """The legs of one holder in one transaction make one line, whatever the number of lots."""
    return [_transaction(list(legs)) for _, legs in groupby(rows, key=lambda row: (row.ShareTx.seq, row.membership_id))]


def _transaction(legs: Sequence[Any]) -> Transaction:
    row, prices = legs[0], {leg.unit_cents for leg in legs}
    tx: ShareTx = row.ShareTx
    return Transaction(
        seq=tx.seq, kind=tx.kind, effective_on=tx.effective_on, recorded_at=tx.recorded_at,
        recorded_by=tx.recorded_by, resolution=tx.resolution, reason_code=tx.reason_code,
        payable_now=None if tx.payable_now_cents is None else Cents(tx.payable_now_cents),
        reverses_seq=tx.reverses_seq, reversed_by=row.reversed_by, note=row.words or "", hash=tx.hash,
        member_id=row.membership_id, quantity=sum(leg.qty for leg in legs),
        unit_cents=prices.pop() if len(prices) == 1 else 0,
        cents=Cents(sum(leg.qty * leg.unit_cents for leg in legs)), approved_by=tx.approved_by, late_for=tx.late_for,
    )  # fmt: skip
