"""Reads for the treasurer's lists: what can still be called, how long what is owed has waited, what came late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from coopgov.core.errors import NotFound
from coopgov.core.figures import Figures
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.shares.rules import balance_latest_on
from coopgov.treasury import queries
from coopgov.treasury.models import CapitalLeg, CapitalTx
from coopgov.treasury.queries import OwedBack
from coopgov.treasury.rules import KIND_LABELS, Bucket, called_since

PAGE = 50
# Chosen here, not by the law: a call unpaid for longer is shown as late.
LATE_AFTER_DAYS = 30


@dataclass(frozen=True, slots=True)
class ToCall:
    """What can still be called from one member, and the last day for the oldest of it."""

    member: MemberRow
    cents: Cents
    subscribed_on: date
    latest_on: date


@dataclass(frozen=True, slots=True)
class ToCallPage:
    """One page of it, and the key of the next."""

    rows: tuple[ToCall, ...]
    next_key: str | None


def to_call(session: Session, figures: Figures, *, after: str | None = None, limit: int = PAGE) -> ToCallPage:
    """Who has subscribed what is not called yet (*à appeler*), the oldest last subscription first."""
    rows = _uncalled(session, after, limit)
    shown, ids = rows[:limit], [row[0] for row in rows[:limit]]
    people, moments = members.get_members(session, ids), queries.moments_of(session, ids)
    found = []
    for member_id, cents, last in shown:
        since = called_since(moments[member_id][Bucket.SUBSCRIBED_UNCALLED], cents) or last
        found.append(ToCall(people[member_id], Cents(cents), since, balance_latest_on(since, figures)))
    key = f"{shown[-1][2].isoformat()}.{shown[-1][0]}" if len(rows) > limit else None
    return ToCallPage(tuple(found), key)


def count_to_call(session: Session) -> int:
    """From how many members something can still be called."""
    some = _by_member(Bucket.SUBSCRIBED_UNCALLED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def page_of_owed(
    rows: Sequence[OwedBack], after: str | None, *, limit: int = PAGE
) -> tuple[Sequence[OwedBack], str | None]:
    """One page of what is owed back, and the key of the next; raises NotFound for a key that names nothing."""
    start = 0
    if after is not None:
        start = next((place for place, one in enumerate(rows, start=1) if _owed_key(one) == after), -1)
        if start < 0:
            raise NotFound
    shown = rows[start : start + limit]
    return shown, _owed_key(shown[-1]) if start + limit < len(rows) else None


def _owed_key(one: OwedBack) -> str:
    return f"{one.share_tx_seq or 0}.{one.member_id}"


@dataclass(frozen=True, slots=True)
class LateLine:
    """A movement of money entered for a day that was closed already."""

    seq: int
    label: str
    effective_on: date
    late_for: date


def late_since(session: Session, at: datetime | None, *, limit: int = 200) -> list[LateLine]:
    """The movements of money entered late after that instant, the oldest first."""
    query = (
        select(CapitalTx.seq, CapitalTx.kind, CapitalTx.effective_on, CapitalTx.late_for)
        .where(CapitalTx.late_for.is_not(None))
        .order_by(CapitalTx.seq)
        .limit(limit)
    )
    if at is not None:
        query = query.where(CapitalTx.recorded_at > at)
    rows = session.execute(query).all()
    return [LateLine(seq, KIND_LABELS[kind], on, late) for seq, kind, on, late in rows if late]


def _uncalled(session: Session, after: str | None, limit: int) -> list[tuple[UUID, int, date]]:
    last = func.max(CapitalLeg.effective_on).filter(CapitalLeg.cents > 0)
    query = (
        _by_member(Bucket.SUBSCRIBED_UNCALLED)
        .add_columns(func.sum(CapitalLeg.cents), last.label("last"))
        .order_by(last, CapitalLeg.membership_id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.having(tuple_(last, CapitalLeg.membership_id) > tuple_(*_key(after)))
    return [(member_id, int(cents), on) for member_id, cents, on in session.execute(query)]


def _by_member(bucket: Bucket) -> Any:
    return (
        select(CapitalLeg.membership_id)
        .where(CapitalLeg.bucket == bucket, CapitalLeg.membership_id.is_not(None))
        .group_by(CapitalLeg.membership_id)
        .having(func.sum(CapitalLeg.cents) > 0)
    )


def _key(after: str) -> tuple[date, UUID]:
    day, _, member_id = after.partition(".")
    try:
        return date.fromisoformat(day), UUID(member_id)
    except ValueError:
        raise NotFound from None
