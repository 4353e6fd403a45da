"""Closed periods, and which movements need two persons."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core.direct import FIRST, Asked, Question
from coopgov.shares.models import PeriodClose, TwoPersonRule
from coopgov.shares.rules import BookName, CloseKind


@dataclass(frozen=True, slots=True)
class Close:
    """A register or a year that was closed, with the heads of the books and of the journal it was closed on."""

    id: UUID
    kind: CloseKind
    through_date: date
    share_seq: int
    share_hash: str
    capital_seq: int
    capital_hash: str
    journal_size: int
    journal_head: str
    closed_at: datetime
    closed_by: str
    document_id: UUID | None


def closes(session: Session) -> list[Close]:
    """Every close, the newest first."""
    rows = session.scalars(select(PeriodClose).order_by(PeriodClose.through_date.desc(), PeriodClose.closed_at.desc()))
    return [_close(row) for row in rows]


def last_close(session: Session) -> Close | None:
    """The latest close, or None."""
    row = session.scalar(
        select(PeriodClose).order_by(PeriodClose.through_date.desc(), PeriodClose.closed_at.desc()).limit(1)
    )
    return _close(row) if row is not None else None


_THROUGH = Question(select(PeriodClose.through_date).order_by(PeriodClose.through_date.desc()).limit(FIRST))


def asked_closed() -> Asked:
    """What `closed_through` asks, to be asked ahead."""
    return _THROUGH, {}


def closed_through(session: Session) -> date | None:
    """The last day on which nothing is written any more, or None."""
    last = _THROUGH.first(session)
    return last[0] if last is not None else None


def needs_two(session: Session, book: BookName, kind: str, on: date) -> bool:
    """Whether a kind of movement recorded on that day needs two persons (*double signature*)."""
    rule = session.scalar(
        select(TwoPersonRule.is_needed)
        .where(TwoPersonRule.book == book, TwoPersonRule.kind == kind, TwoPersonRule.from_date <= on)
        .order_by(TwoPersonRule.from_date.desc(), TwoPersonRule.id.desc())
        .limit(1)
    )
    return bool(rule)


def _close(row: PeriodClose) -> Close:
    return Close(
        row.id, row.kind, row.through_date, row.share_seq, row.share_hash, row.capital_seq, row.capital_hash,
        row.journal_size, row.journal_head, row.closed_at, row.closed_by, row.document_id,
    )  # fmt: skip
