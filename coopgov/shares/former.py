"""Former members who still hold shares, in the order in which they left: capital without a vote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, case, func, or_, select, tuple_, type_coerce
from sqlalchemy.orm import Session

from coopgov.core.errors import NotFound
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.shares.models import ShareLeg

PAGE = 50


@dataclass(frozen=True, slots=True)
class FormerHolding:
    """Shares of one price that somebody who left on that day still holds."""

    member_id: UUID
    left_on: date
    quantity: int
    unit_cents: int

    @property
    def cents(self) -> Cents:
        """Their nominal value."""
        return Cents(self.quantity * self.unit_cents)


@dataclass(frozen=True, slots=True)
class FormerMember:
    """Somebody who left on that day, and all that she still holds."""

    member_id: UUID
    left_on: date
    quantity: int
    cents: Cents


def former_holdings(session: Session, on: date) -> list[FormerHolding]:
    """Every such holding at the end of that day, whoever left first coming first."""
    left, held = _left(on).subquery(), _held(on).subquery()
    rows = session.execute(
        select(left.c.member_id, left.c.left_on, held.c.quantity, held.c.unit_cents)
        .join(held, held.c.member_id == left.c.member_id)
        .order_by(left.c.left_on, left.c.member_id, held.c.unit_cents)
    )
    return [FormerHolding(member_id, left_on, int(number), unit) for member_id, left_on, number, unit in rows]


def former_page(
    session: Session, on: date, *, after: str | None = None, limit: int = PAGE
) -> tuple[list[FormerMember], str | None]:
    """One page of those who hold such shares, in the same order, and the key of the next page."""
    left, held = _left(on).subquery(), _held(on).subquery()
    query = (
        select(
            left.c.member_id, left.c.left_on, func.sum(held.c.quantity), func.sum(held.c.quantity * held.c.unit_cents)
        )
        .join(held, held.c.member_id == left.c.member_id)
        .group_by(left.c.left_on, left.c.member_id)
        .order_by(left.c.left_on, left.c.member_id)
    )
    if after is not None:
        query = query.where(tuple_(left.c.left_on, left.c.member_id) > tuple_(*_key(after)))
    found = session.execute(query.limit(limit + 1))
    rows = [
        FormerMember(member_id, left_on, int(number), Cents(int(cents))) for member_id, left_on, number, cents in found
    ]
    shown = rows[:limit]
    key = f"{shown[-1].left_on.isoformat()}.{shown[-1].member_id}" if len(rows) > limit else None
    return shown, key


def left_days(session: Session, member_ids: Sequence[UUID], on: date) -> dict[UUID, date]:
    """On which day each of these left for the last time; whoever never left, or is back, is not there."""
    return dict(session.execute(_left(on, among=member_ids)).all())


def _left(on: date, *, among: Any = None) -> Any:
    """Who was a member and is none on that day (`member_id`, `left_on`), whatever happened to her afterwards."""
    spell = members.spells(among=among).subquery()
    is_member = case((or_(spell.c.until.is_(None), spell.c.until > on), 1), else_=0)
    return (
        select(spell.c.member_id, type_coerce(func.max(spell.c.until), Date).label("left_on"))
        .where(and_(spell.c.status == Status.MEMBER, spell.c.since <= on))
        .group_by(spell.c.member_id)
        .having(func.max(is_member) == 0)
    )


def _held(on: date) -> Any:
    return (
        select(
            ShareLeg.membership_id.label("member_id"), ShareLeg.unit_cents, func.sum(ShareLeg.qty).label("quantity")
        )
        .where(ShareLeg.membership_id.is_not(None), ShareLeg.effective_on <= on)
        .group_by(ShareLeg.membership_id, ShareLeg.unit_cents)
        .having(func.sum(ShareLeg.qty) > 0)
    )  # fmt: skip


def _key(after: str) -> tuple[date, UUID]:
    day, _, member_id = after.partition(".")
    try:
        return date.fromisoformat(day), UUID(member_id)
    except ValueError:
        raise NotFound from None
