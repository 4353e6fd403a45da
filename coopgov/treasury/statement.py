"""A member's account as one story: the movements of both books in the order of their days, with running balances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from coopgov.core.errors import NotFound
from coopgov.core.i18n import N_
from coopgov.shares import queries as shares
from coopgov.shares.rules import TxKind
from coopgov.treasury.models import CapitalLeg, CapitalNote, CapitalTx
from coopgov.treasury.rules import KIND_LABELS, Bucket, CapitalKind

PAGE = 50
# What a member's account tells, in this order; the claim only mirrors what is unpaid.
SHOWN = {
    Bucket.SUBSCRIBED_UNCALLED: N_("Not called yet"),
    Bucket.CALLED_UNPAID: N_("Called, not paid"),
    Bucket.PAID_UP: N_("Paid on shares"),
    Bucket.REPAYABLE: N_("To be paid back"),
    Bucket.LOSS_BORNE: N_("Losses borne"),
    Bucket.SUSPENSE: N_("Received in excess"),
    Bucket.INTEREST_DUE: N_("Interest due"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of either book: what it changes, and how everything stands after it."""

    is_money: bool
    seq: int
    effective_on: date
    recorded_at: datetime
    recorded_by: str
    approved_by: str | None
    label: str
    resolution: str
    note: str
    reverses_seq: int | None
    reversed_by: int | None
    late_for: date | None
    # The kind of a movement of money, and the movement of shares that it answers.
    kind: CapitalKind | TxKind
    share_tx_seq: int | None = None
    shares: int = 0
    share_cents: int = 0
    changes: Mapping[Bucket, int] = field(default_factory=dict)
    held: int = 0
    balances: Mapping[Bucket, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """How the pager names it."""
        return f"{'m' if self.is_money else 's'}{self.seq}"


@dataclass(frozen=True, slots=True)
class Story:
    """One page of it, the newest first; the buckets that ever moved, the key of the next page."""

    lines: tuple[Line, ...]
    buckets: tuple[Bucket, ...]
    next_key: str | None


def lines_of(session: Session, member_id: UUID) -> list[Line]:
    """Every movement of a member in both books, the oldest first; shares before the money that answers them."""
    rows = [*_of_shares(session, member_id), *_of_money(session, member_id)]
    rows.sort(key=lambda line: (line.effective_on, line.recorded_at, line.is_money, line.seq))
    return _running(rows)


def story(session: Session, member_id: UUID, *, after: str | None = None, limit: int = PAGE) -> Story:
    """One page of a member's movements, the newest first."""
    lines = lines_of(session, member_id)
    moved = {bucket for line in lines for bucket in line.changes}
    newest = lines[::-1]
    start = 0
    if after is not None:
        start = 1 + next((place for place, line in enumerate(newest) if line.key == after), len(newest))
        if start > len(newest):
            raise NotFound
    shown = newest[start : start + limit]
    next_key = shown[-1].key if start + limit < len(newest) else None
    return Story(tuple(shown), tuple(bucket for bucket in SHOWN if bucket in moved), next_key)


def _of_shares(session: Session, member_id: UUID) -> list[Line]:
    return [
        Line(
            False, tx.seq, tx.effective_on, tx.recorded_at, tx.recorded_by, tx.approved_by, tx.label, tx.resolution,
            tx.note, tx.reverses_seq, tx.reversed_by, tx.late_for, tx.kind,
            tx.seq, tx.quantity, tx.cents,
        )
        for tx in (movement.transaction for movement in shares.movements_of(session, member_id))
    ]  # fmt: skip


def _of_money(session: Session, member_id: UUID) -> list[Line]:
    undoing = aliased(CapitalTx)
    rows = session.execute(
        select(CapitalTx, CapitalNote.words, undoing.seq.label("reversed_by"), CapitalLeg.bucket, CapitalLeg.cents)
        .join(CapitalLeg, CapitalLeg.tx_seq == CapitalTx.seq)
        .outerjoin(CapitalNote, CapitalNote.tx_seq == CapitalTx.seq)
        .outerjoin(undoing, undoing.reverses_seq == CapitalTx.seq)
        .where(CapitalLeg.membership_id == member_id, CapitalLeg.bucket.in_(SHOWN))
        .order_by(CapitalTx.seq, CapitalLeg.line)
    )
    found: dict[int, tuple[Any, dict[Bucket, int]]] = {}
    for row in rows:
        _tx, changes = found.setdefault(row.CapitalTx.seq, (row, {}))
        changes[row.bucket] = changes.get(row.bucket, 0) + row.cents
    return [_money_line(row, changes) for row, changes in found.values()]


def _money_line(row: Any, changes: Mapping[Bucket, int]) -> Line:
    tx: CapitalTx = row.CapitalTx
    return Line(
        True, tx.seq, tx.effective_on, tx.recorded_at, tx.recorded_by, tx.approved_by,
        KIND_LABELS.get(tx.kind, tx.kind.value), tx.resolution, row.words or "", tx.reverses_seq, row.reversed_by,
        tx.late_for, tx.kind, tx.share_tx_seq, changes={bucket: cents for bucket, cents in changes.items() if cents},
    )  # fmt: skip


def _running(rows: Sequence[Line]) -> list[Line]:
    held, balances, found = 0, dict[Bucket, int](), []
    for line in rows:
        held += line.shares
        balances = balances | {bucket: balances.get(bucket, 0) + cents for bucket, cents in line.changes.items()}
        found.append(replace(line, held=held, balances=balances))
    return found
