"""Reads of what was done for all members of a year at once, and of how each one's interest came about."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from coopgov.core.errors import NotFound
from coopgov.core.money import Cents
from coopgov.treasury.models import CapitalLeg, CapitalRun, CapitalRunReversal, CapitalTx, InterestLine
from coopgov.treasury.rules import Bucket, CapitalKind, KnownRun, RunKind


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it was written, and when it was undone."""

    id: UUID
    kind: RunKind
    year: int
    attempt: int
    effective_on: date
    resolution: str
    facts: Mapping[str, Any]
    recorded_at: datetime
    recorded_by: str
    undone_on: date | None
    undone_because: str

    @property
    def known(self) -> KnownRun:
        """What the rules know it by."""
        return KnownRun(self.kind, self.year, self.effective_on)


@dataclass(frozen=True, slots=True)
class EarnedOn:
    """A line of a member's interest: one lot, some days, one rate."""

    run_id: UUID
    year: int
    lot_id: UUID
    from_on: date
    until_on: date
    days: int
    days_of_year: int
    base: Cents
    rate: Fraction
    cents: Cents


def runs(session: Session) -> list[Run]:
    """Every run, the newest first."""
    rows = session.execute(_runs().order_by(CapitalRun.recorded_at.desc(), CapitalRun.attempt.desc()))
    return [_run(row) for row in rows]


def get_run(session: Session, run_id: UUID) -> Run:
    """One run; raises NotFound."""
    row = session.execute(_runs().where(CapitalRun.id == run_id)).first()
    if row is None:
        raise NotFound
    return _run(row)


def find_run(session: Session, kind: RunKind, year: int) -> Run | None:
    """The run of that year that stands, or None."""
    row = session.execute(
        _runs().where(CapitalRun.kind == kind, CapitalRun.year == year, CapitalRunReversal.run_id.is_(None))
    ).first()
    return _run(row) if row else None


def count_runs(session: Session, kind: RunKind, year: int) -> int:
    """How many times it was done for that year, undone or not."""
    query = select(func.count()).select_from(CapitalRun).where(CapitalRun.kind == kind, CapitalRun.year == year)
    return session.scalar(query) or 0


def interest_of(session: Session, member_id: UUID, *, run_id: UUID | None = None) -> list[EarnedOn]:
    """How a member's interest came about, by day and lot; of the runs that stand, or of that one."""
    query = (
        select(InterestLine, CapitalRun.year)
        .join(CapitalRun, CapitalRun.id == InterestLine.run_id)
        .outerjoin(CapitalRunReversal, CapitalRunReversal.run_id == CapitalRun.id)
        .where(InterestLine.membership_id == member_id)
        .order_by(InterestLine.from_on, InterestLine.line)
    )
    chosen = CapitalRunReversal.run_id.is_(None) if run_id is None else CapitalRun.id == run_id
    return [
        EarnedOn(
            line.run_id, year, line.lot_id, line.from_on, line.until_on, line.days, line.days_of_year,
            Cents(line.base_cents), Fraction(line.rate), Cents(line.cents),
        )
        for line, year in session.execute(query.where(chosen))
    ]  # fmt: skip


def amounts_of_run(session: Session, run_id: UUID, bucket: Bucket) -> dict[UUID, int]:
    """What a run put into a bucket of each member, where that stands."""
    undoing = aliased(CapitalTx)
    rows = session.execute(
        select(CapitalLeg.membership_id, func.sum(CapitalLeg.cents))
        .join(CapitalTx, CapitalTx.seq == CapitalLeg.tx_seq)
        .outerjoin(undoing, undoing.reverses_seq == CapitalTx.seq)
        .where(
            CapitalTx.run_id == run_id, CapitalTx.kind != CapitalKind.REVERSAL, undoing.seq.is_(None),
            CapitalLeg.bucket == bucket,
        )
        .group_by(CapitalLeg.membership_id)
    )  # fmt: skip
    return {member_id: int(cents) for member_id, cents in rows if member_id is not None}


def payers_in(session: Session, first: date, last: date) -> list[UUID]:
    """The members on whose shares something was paid in those days, or stood paid; in order of member."""
    before = func.sum(CapitalLeg.cents).filter(CapitalLeg.effective_on < first)
    rows = session.scalars(
        select(CapitalLeg.membership_id)
        .where(
            CapitalLeg.bucket == Bucket.PAID_UP, CapitalLeg.effective_on <= last, CapitalLeg.membership_id.is_not(None)
        )
        .group_by(CapitalLeg.membership_id)
        .having(or_(func.coalesce(before, 0) > 0, func.max(CapitalLeg.effective_on) >= first))
        .order_by(CapitalLeg.membership_id)
    )
    return [member_id for member_id in rows if member_id is not None]


def _runs() -> Any:
    return select(CapitalRun, CapitalRunReversal).outerjoin(
        CapitalRunReversal, CapitalRunReversal.run_id == CapitalRun.id
    )


def _run(row: Any) -> Run:
    run, undone = row
    return Run(
        id=run.id, kind=run.kind, year=run.year, attempt=run.attempt, effective_on=run.effective_on,
        resolution=run.resolution, facts=json.loads(run.facts), recorded_at=run.recorded_at,
        recorded_by=run.recorded_by, undone_on=undone.effective_on if undone else None,
        undone_because=undone.reason if undone else "",
    )  # fmt: skip
