"""Reads of compliance: sums over all members in a number of statements that does not grow with them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.accounts.queries import OfficeHeld
from coopgov.assemblies.queries.accounts import accounts_approved
from coopgov.assemblies.wording import accounts_title
from coopgov.compliance.models import ToldFact
from coopgov.compliance.rules import (
    Dated,
    Director,
    Fact,
    FactKind,
    Group,
    Holder,
    Kind,
    LawChecks,
    MandateHeld,
    Minutes,
    Named,
    Situation,
    Year,
    last_days,
    merged,
)
from coopgov.core.policy import Role
from coopgov.core.reading import is_writing, once
from coopgov.law.arithmetic import add_months, year_end_before
from coopgov.law.telling import CHECKED_EVERY_MONTHS, is_due
from coopgov.members import queries as members
from coopgov.members.rules import Category, Status
from coopgov.minutes import queries as minutes
from coopgov.shares import queries as shares
from coopgov.shares.book import head
from coopgov.shares.chain import Head, Kept
from coopgov.statutes import queries as statutes

# The largest holder, and who is the largest once that one has left.
LARGEST = 2
T = TypeVar("T")
Ends = tuple[Head, members.EventsHead]
_kept = Kept()
YEARS_BACK = 5
MONTHS = 24


@dataclass(frozen=True, slots=True)
class Point:
    """What moves, at the end of one month (or today)."""

    day: date
    employed: int
    external: int
    by_college: Mapping[str, int]
    capital: int
    employed_capital: int
    peak: int

    @property
    def members(self) -> int:
        return self.employed + self.external


# The day


def situation_on(session: Session, on: date) -> Situation:
    """The members and their shares on that day, summed by the database."""
    found = statutes.statutes_on(session, on)
    return Situation(
        groups=_keep(session, ("groups", on), lambda: _groups(session, on)),
        nominal=found.share_nominal_cents,
        peak=shares.peak_capital(session, on),
        holders=_holders(session, on),
        directors=_directors(session, on),
        colleges=found.colleges,
    )


@once
def _ends(session: Session) -> Ends:
    return head(session), members.events_head(session)


def _keep(session: Session, question: tuple[Any, ...], read: Callable[[], T]) -> T:
    """What follows from the share book and the events of members alone, kept under the ends of both.

    An act may be undone, and other events may then take the numbers of its own: it always reads.
    """
    if is_writing(session):
        return read()
    return _kept.answer(_ends(session)[0], (_ends(session)[1], *question), read)


def _groups(session: Session, on: date) -> tuple[Group, ...]:
    standing, held = members.standings_on(on).subquery(), _held(on)
    kind = (
        standing.c.status,
        standing.c.category,
        standing.c.college,
        standing.c.is_cooperative,
        standing.c.is_organisation,
    )
    rows = session.execute(
        select(*kind, func.count(), func.coalesce(func.sum(held.c.cents), 0))
        .select_from(standing)
        .outerjoin(held, held.c.member_id == standing.c.member_id)
        .group_by(*kind)
    )  # fmt: skip
    return merged(
        Group(_kind(*what), heads if what[0] is Status.MEMBER else 0, int(cents)) for *what, heads, cents in rows
    )


def _kind(
    status: Status, category: Category, college: str, is_cooperative: bool, is_organisation: bool  # noqa: FBT001 - a row
) -> Kind:  # fmt: skip
    return Kind(status is Status.MEMBER, category, college, is_cooperative, is_organisation)


def _held(on: date) -> Any:
    changes = shares.value_changes().subquery()
    return (
        select(changes.c.member_id, func.sum(changes.c.cents).label("cents"))
        .where(changes.c.on_day <= on)
        .group_by(changes.c.member_id)
        .subquery()
    )


def _holders(session: Session, on: date) -> tuple[Holder, ...]:
    rows = _keep(session, ("largest", on), lambda: _largest(session, on))
    names = members.get_members(session, [member_id for member_id, _cents in rows])
    return tuple(Holder(member_id, names[member_id].name, cents) for member_id, cents in rows)


def _largest(session: Session, on: date) -> list[tuple[UUID, int]]:
    held = _held(on)
    largest = select(held.c.member_id, held.c.cents).where(held.c.cents > 0)
    rows = session.execute(largest.order_by(held.c.cents.desc(), held.c.member_id).limit(LARGEST))
    return [(member_id, int(cents)) for member_id, cents in rows]


@once
def _offices(session: Session, on: date) -> list[OfficeHeld]:
    return accounts.offices_held_on(session, on)


def _directors(session: Session, on: date) -> tuple[Director, ...]:
    board = [held for held in _offices(session, on) if held.mandate.role is Role.BOARD]
    employed = members.employed_accounts(session, [held.mandate.account_id for held in board], on)
    return tuple(
        Director(held.mandate.account_id, held.name, held.mandate.account_id in employed) for held in board
    )  # fmt: skip


def find_named(session: Session, number: int, on: date) -> Named | None:
    """A member by her number, with what she is and holds on that day; None when there is none."""
    member = members.find_by_number(session, number)
    if member is None:
        return None
    row = session.execute(members.standings_on(on, among=[member.id])).first()
    if row is None:
        return None
    kind = _kind(row.status, row.category, row.college, row.is_cooperative, row.is_organisation)
    cents = shares.holdings_of(session, [member.id], on)[member.id].cents
    return Named(member.id, member.account_id, member.name, kind, cents)


# What has a day


def dated_on(session: Session, on: date) -> Dated:
    """Mandates, accounts, minutes, checks of the law, and what was told."""
    year_end = last_year_end(session, on)
    told = last_days(facts(session), year_end=year_end)
    return Dated(
        mandates=[MandateHeld(one.name, one.mandate.role, one.mandate.from_day, one.mandate.last_day)
                  for one in _offices(session, on)],
        year=None if year_end is None else _year(session, year_end, told),
        minutes=Minutes(*minutes.unsigned(session, on)),
        law=law_checks(session, on),
        told=told,
    )  # fmt: skip


def last_year_end(session: Session, on: date) -> date | None:
    """The end of the last financial year; None when the cooperative is younger."""
    ended = year_end_before(_month_and_day(session, on), on)
    return ended if ended >= _founded(session) else None


def _month_and_day(session: Session, on: date) -> str:
    """The end of the financial years of that day; before the first statutes known here, theirs."""
    found = statutes.find_statutes_on(session, on) or statutes.history(session)[-1]
    return found.year_end


def year_ends(session: Session, on: date) -> list[date]:
    """The last financial years that have closed, the latest first."""
    ends, ended = list[date](), last_year_end(session, on)
    while ended is not None and len(ends) < YEARS_BACK:
        ends.append(ended)
        ended = last_year_end(session, ended)
    return ends


def _founded(session: Session) -> date:
    """The day of registration where the statutes tell it, else that of the first statutes known."""
    versions = statutes.history(session)
    return versions[0].founded_on or versions[-1].in_force_from


def _year(session: Session, ended_on: date, told: Mapping[FactKind, date]) -> Year:
    month_and_day = _month_and_day(session, ended_on)
    approved = told.get(FactKind.ACCOUNTS_APPROVED) or _approved_here(session, ended_on, month_and_day)
    return Year(ended_on, approved, told.get(FactKind.ACCOUNTS_FILED))


def _approved_here(session: Session, ended_on: date, month_and_day: str) -> date | None:
    """The day on which an assembly held here approved these accounts."""
    votes = accounts_approved(session, after=ended_on)
    return min((on for on, title in votes if _year_of(title, on, ended_on, month_and_day) == ended_on), default=None)


def _year_of(title: str, on: date, ended_on: date, month_and_day: str) -> date:
    """The year a resolution names; in other words than ours it is about the last year before its assembly."""
    return ended_on if title == accounts_title(ended_on) else year_end_before(month_and_day, on)


def law_checks(session: Session, on: date) -> LawChecks:
    """How the figures of law of this legal form stand, by the day of their last check."""
    law, form = statutes.the_law(), statutes.statutes_on(session, on).legal_form
    entries = [entry for entry in law if entry.find_version(form, on) is not None]
    due = sum(1 for entry in entries if is_due(entry, on))
    oldest = min((entry.last_checked_on for entry in entries), default=None)
    return LawChecks(len(entries), due, add_months(oldest, CHECKED_EVERY_MONTHS) if oldest else None)


def facts(session: Session) -> list[Fact]:
    """All that was told, the last first, withdrawals among it."""
    rows = session.scalars(select(ToldFact).order_by(ToldFact.recorded_at.desc(), ToldFact.id.desc()))
    return [
        Fact(row.id, row.kind, row.day, row.year_end, row.note, row.withdraws_id, row.recorded_at, row.recorded_by)
        for row in rows
    ]


# Over time


def history(session: Session, on: date) -> list[Point]:
    """What moves at the end of each of the last months, and on that day: sums of changes, three statements."""
    days = month_ends(on, since=_founded(session))
    heads = _keep(session, ("heads", on), lambda: _heads_by_day(session, on))
    capital = _keep(session, ("employed capital", on), lambda: _employed_capital_by_day(session, on))
    whole = shares.capital_by_day(session, on)
    employed = _at(days, [(day, n) for day, category, _college, n in heads if category is Category.EMPLOYED])
    external = _at(days, [(day, n) for day, category, _college, n in heads if category is Category.EXTERNAL])
    colleges = {code: _at(days, [(day, n) for day, _category, of, n in heads if of == code])
                for code in dict.fromkeys(row[2] for row in heads)}  # fmt: skip
    totals, held = _at(days, _steps(whole)), _at(days, capital)
    return [
        Point(
            day, employed[n], external[n], {code: counts[n] for code, counts in colleges.items()}, totals[n], held[n],
            max((cents for moved_on, cents in whole if moved_on <= day), default=0),
        )
        for n, day in enumerate(days)
    ]  # fmt: skip


def month_ends(on: date, *, since: date, months: int = MONTHS) -> list[date]:
    """The last days of the months before that day, the earliest first, and that day itself."""
    first = on.replace(day=1)
    ends = [add_months(first, -n) - timedelta(days=1) for n in range(months - 1, -1, -1)]
    return [end for end in ends if end >= since] + [on]


def _at(days: Sequence[date], changes: Iterable[tuple[date, int]]) -> list[int]:
    """The running total at the end of each of these days, in one walk."""
    moves = sorted(changes)
    totals, after = [0, *accumulate(amount for _day, amount in moves)], 0
    found = []
    for day in days:
        while after < len(moves) and moves[after][0] <= day:
            after += 1
        found.append(totals[after])
    return found


def _steps(levels: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    befores = [0, *(level for _day, level in levels)]
    return [(day, level - before) for (day, level), before in zip(levels, befores, strict=False)]


def _heads_by_day(session: Session, on: date) -> Sequence[tuple[date, Category, str, int]]:
    """By how many heads each category and college grew or shrank on each day."""
    spell = members.spells().cte("spell")
    is_member = spell.c.status == Status.MEMBER
    come = select(spell.c.since.label("day"), spell.c.category, spell.c.college, func.count().label("heads")).where(
        is_member, spell.c.since <= on
    )
    gone = select(spell.c.until, spell.c.category, spell.c.college, -func.count()).where(is_member, spell.c.until <= on)
    both = union_all(
        come.group_by(spell.c.since, spell.c.category, spell.c.college),
        gone.group_by(spell.c.until, spell.c.category, spell.c.college),
    )
    return [tuple(row) for row in session.execute(both)]


def _employed_capital_by_day(session: Session, on: date) -> list[tuple[date, int]]:
    """By how much what employed members hold grew or shrank on each day.

    Shares count from the day both are there, the shares and the quality of employed member, until the latter ends.
    """
    spell, change = members.spells().subquery(), shares.value_changes().subquery()
    employed = and_(spell.c.status == Status.MEMBER, spell.c.category == Category.EMPLOYED)
    pairs = (
        select(
            case((change.c.on_day > spell.c.since, change.c.on_day), else_=spell.c.since).label("since"),
            spell.c.until, change.c.cents,
        )
        .select_from(spell)
        .join(change, change.c.member_id == spell.c.member_id)
        .where(employed, or_(spell.c.until.is_(None), change.c.on_day < spell.c.until))
        .cte("pairs")
    )  # fmt: skip
    come = select(pairs.c.since, func.sum(pairs.c.cents)).where(pairs.c.since <= on).group_by(pairs.c.since)
    gone = select(pairs.c.until, -func.sum(pairs.c.cents)).where(pairs.c.until <= on).group_by(pairs.c.until)
    return [(day, int(cents)) for day, cents in session.execute(union_all(come, gone))]
