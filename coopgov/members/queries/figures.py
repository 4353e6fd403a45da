"""The members in figures: arrivals and departures by month, ages, crafts, colleges."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from coopgov.core.dates import add_years
from coopgov.members.models import Membership, MembershipEvent, Party
from coopgov.members.queries.voters import standings_on
from coopgov.members.rules import EventKind, PartyKind, Status

# Ages from which one counts in the next group.
AGES = (30, 40, 50, 60, 70)


@dataclass(frozen=True, slots=True)
class Moves:
    """How many came and how many left in each month that saw any, by its first day."""

    arrivals: Mapping[date, int]
    departures: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Present:
    """The members of a day, counted by age (`AGES`; None for organisations and unknown births), craft and college."""

    ages: Mapping[int | None, int]
    crafts: Mapping[str, int]
    colleges: Mapping[str, int]


def moves_by_month(session: Session, since: date, until: date) -> Moves:
    """The arrivals and departures of some months, those undone left out."""
    undone = select(MembershipEvent.reverses_id).where(MembershipEvent.reverses_id.is_not(None))
    event = aliased(MembershipEvent)
    rows = session.execute(
        select(event.effective_on, event.status, func.count())
        .where(
            event.effective_on >= since, event.effective_on <= until, event.kind != EventKind.REVERSAL,
            event.kind != EventKind.COLLEGE_CHANGED, event.id.not_in(undone),
        )
        .group_by(event.effective_on, event.status)
    )  # fmt: skip
    found: dict[Status, Counter[date]] = {status: Counter() for status in Status}
    for day, status, count in rows:
        found[status][day.replace(day=1)] += count
    return Moves(found[Status.MEMBER], found[Status.FORMER])


def present_by(session: Session, on: date) -> Present:
    """The members of a day, counted three ways in one statement."""
    standing = standings_on(on).subquery()
    age = _age(on).label("age")
    rows = session.execute(
        select(age, Membership.craft, standing.c.college, func.count())
        .join(Membership, Membership.id == standing.c.member_id)
        .join(Party, Party.id == Membership.party_id)
        .where(standing.c.status == Status.MEMBER)
        .group_by(age, Membership.craft, standing.c.college)
    ).all()
    counted: list[Counter[Any]] = [Counter(), Counter(), Counter()]
    for *parts, count in rows:
        for counter, part in zip(counted, parts, strict=True):
            counter[part] += count
    return Present(*counted)


def _age(on: date) -> ColumnElement[int | None]:
    """From which of the ages one is, on that day; below the first, nought."""
    born = Party.birth_date
    groups = [(born <= add_years(on, -age), age) for age in reversed(AGES)]
    unknown = born.is_(None) | (Party.kind == PartyKind.ORGANISATION)
    return case((unknown, None), *groups, else_=0)
