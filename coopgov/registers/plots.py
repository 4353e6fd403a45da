"""The cooperative in figures, as drawings that also print: capital, arrivals and departures, ages, crafts, colleges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.members.queries import figures
from coopgov.members.queries.figures import AGES, Present
from coopgov.shares import queries as shares
from coopgov.shares.chain import Head, Kept
from coopgov.statutes import queries as statutes
from coopgov.treasury import asof as treasury
from coopgov.web.filters import decimal, money
from coopgov.web.plot import Curve, Trend, trend

# So many points make a line of a capital's whole life; so many months are shown; so many crafts are named.
POINTS, MONTHS, CRAFTS = 36, 24, 9
# Two moments make a line.
ENOUGH = 2
_kept = Kept()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, how long, and its value as shown."""

    label: str
    value: int
    text: str


@dataclass(frozen=True, slots=True)
class Drawings:
    """Everything the page of figures shows."""

    capital: Trend | None
    moves: Trend | None
    ages: Sequence[Bar]
    crafts: Sequence[Bar]
    colleges: Sequence[Bar]


def drawings(session: Session, on: date) -> Drawings:
    """The figures of a day; what the registers say is summed once, until something is written."""
    present: Present = _once(session, ("present", on), lambda: figures.present_by(session, on))
    return Drawings(
        _capital(session, on), _moves(session, on), _ages(present), _crafts(present), _colleges(session, on, present)
    )


def _once(session: Session, question: tuple[Any, ...], read: Any) -> Any:
    end = journal.head(session)
    return _kept.answer(Head(end.size, end.hash), question, read)


def _capital(session: Session, on: date) -> Trend | None:
    subscribed = shares.capital_by_day(session, on)
    if not subscribed:
        return None
    paid = _once(session, ("paid", on), lambda: treasury.paid_by_day(session, on))
    days = _spread(subscribed[0][0], on)
    if len(days) < ENOUGH:
        return None
    lines = [_at(subscribed, days), _at(paid, days)]
    top = max(lines[0])
    curves = [
        Curve(label, values, [money(value) for value in values], style)
        for label, values, style in zip((_("Subscribed capital"), _("Paid up")), lines, ("main", "second"), strict=True)
    ]
    return trend(_("Capital since the beginning"), days, curves, top=top, top_text=money(top))


def _spread(first: date, last: date) -> list[date]:
    """Days at even distances from the first to the last."""
    count = min(POINTS, (last - first).days)
    if count < 1:
        return []
    return [first + timedelta(days=(last - first).days * n // count) for n in range(count + 1)]


def _at(history: Sequence[tuple[date, int]], days: Sequence[date]) -> list[int]:
    """The value at the end of each of these days, which come in order."""
    values, place, now = [], 0, 0
    for day in days:
        while place < len(history) and history[place][0] <= day:
            now, place = history[place][1], place + 1
        values.append(now)
    return values


def _moves(session: Session, on: date) -> Trend | None:
    months = _months(on)
    found = _once(session, ("moves", on), lambda: figures.moves_by_month(session, months[0], on))
    lines = [[moved.get(month, 0) for month in months] for moved in (found.arrivals, found.departures)]
    top = max(map(max, lines))
    if not top:
        return None
    curves = [
        Curve(label, values, [decimal(value) for value in values], style)
        for label, values, style in zip((_("Arrivals"), _("Departures")), lines, ("main", "second"), strict=True)
    ]
    return trend(_("Members who came and left, month by month"), months, curves, top=top, top_text=decimal(top))


def _months(on: date) -> list[date]:
    last = on.year * 12 + on.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last - MONTHS + 1, last + 1)]


def _ages(present: Present) -> list[Bar]:
    names: dict[int | None, str] = {0: _("under %(age)s", age=AGES[0])}
    for age, after in zip(AGES, (*AGES[1:], None), strict=True):
        names[age] = _("%(age)s to %(last)s", age=age, last=after - 1) if after else _("%(age)s and over", age=age)
    names[None] = _("not known, or an organisation")
    return [_bar(name, present.ages.get(age, 0)) for age, name in names.items()]


def _crafts(present: Present) -> list[Bar]:
    named = _largest({craft: count for craft, count in present.crafts.items() if craft})
    rest = sum(present.crafts.values()) - sum(count for _craft, count in named)
    bars = [_bar(craft, count) for craft, count in named]
    return [*bars, _bar(_("others, or not told"), rest)] if rest else bars


def _largest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:CRAFTS]


def _colleges(session: Session, on: date, present: Present) -> list[Bar]:
    version = statutes.find_statutes_on(session, on)
    if version is None or not version.colleges:
        return []
    return [_bar(college.label, present.colleges.get(college.code, 0)) for college in version.colleges]


def _bar(label: str, count: int) -> Bar:
    return Bar(label, count, decimal(count))
