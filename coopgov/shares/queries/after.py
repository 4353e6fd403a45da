"""The days on which a movement is weighed: its own, and every later one on which something is known to move."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.orm import Session

from coopgov.core.direct import Asked, Question
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.members.rules import Category, Status
from coopgov.shares.capital import capital
from coopgov.shares.models import ShareLeg
from coopgov.shares.queries.holdings import VALUE
from coopgov.shares.rules import Account


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds on a day: shares and cents of one class, and of all of them."""

    of_class: int = 0
    class_cents: int = 0
    quantity: int = 0
    cents: int = 0


def days_from(session: Session, on: date) -> list[tuple[date, Cents]]:
    """The capital on that day and on each later day on which it moves."""
    return capital(session).from_day(on)


_MOVES = Question(
    select(ShareLeg.effective_on, ShareLeg.class_id, ShareLeg.qty, VALUE)
    .where(ShareLeg.membership_id == bindparam("member_id", type_=Uuid()))
    .order_by(ShareLeg.effective_on, ShareLeg.tx_seq, ShareLeg.line)
)


def asked_held(member_id: UUID) -> Asked:
    """What `held_on_days` asks, to be asked ahead."""
    return _MOVES, {"member_id": member_id}


def held_on_days(session: Session, member_id: UUID, class_id: UUID | None, days: Sequence[date]) -> list[Held]:
    """What a member holds at the end of each of these days."""
    rows = _MOVES.rows(session, member_id=member_id)
    of_class = [row[1] == class_id for row in rows]
    sums = [
        _sums(row[2] * mine for row, mine in zip(rows, of_class, strict=True)),
        _sums(row[3] * mine for row, mine in zip(rows, of_class, strict=True)),
        _sums(row[2] for row in rows),
        _sums(row[3] for row in rows),
    ]
    known = [row[0] for row in rows]
    return [Held(*(column[bisect_right(known, day)] for column in sums)) for day in days]


def _sums(amounts: Iterable[int]) -> list[int]:
    return list(accumulate(amounts, initial=0))


def employed_capital_on(session: Session, on: date) -> Cents:
    """What employed members hold together on that day."""
    held = (
        select(ShareLeg.membership_id, func.sum(VALUE).label("cents"))
        .where(ShareLeg.account == Account.HOLDER, ShareLeg.effective_on <= on)
        .group_by(ShareLeg.membership_id)
        .subquery()
    )
    standing = members.standings_on(on).subquery()
    total = session.scalar(
        select(func.sum(held.c.cents))
        .join(standing, standing.c.member_id == held.c.membership_id)
        .where(standing.c.status == Status.MEMBER, standing.c.category == Category.EMPLOYED)
    )
    return Cents(int(total or 0))


def ever_worth_more(session: Session, cents: int) -> list[UUID]:
    """Who has ever acquired shares for more than that: nobody else can hold more on any day."""
    gained = func.sum(VALUE)
    return list(
        session.scalars(
            select(ShareLeg.membership_id)
            .where(ShareLeg.account == Account.HOLDER, ShareLeg.qty > 0)
            .group_by(ShareLeg.membership_id)
            .having(gained > cents)
            .order_by(gained.desc())
            .limit(20)
        )
    )


def moved_after(session: Session, class_id: UUID, on: date) -> int | None:
    """The first movement of a class that takes effect after that day, or None."""
    return session.scalar(
        select(func.min(ShareLeg.tx_seq)).where(ShareLeg.class_id == class_id, ShareLeg.effective_on > on)
    )
