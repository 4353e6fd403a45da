"""The ratios that move, as small drawings."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from math import ceil

from flask_babel import gettext as _

from coopgov.compliance.queries import Point
from coopgov.core.figures import Figures
from coopgov.statutes.rules import College
from coopgov.web.filters import decimal, money, percent
from coopgov.web.plot import Curve, Trend, trend

STYLES = ("main", "second", "third", "fourth")
# Two moments make a line.
ENOUGH = 2


def trends(points: Sequence[Point], colleges: Sequence[College], figures: Figures, on: date) -> list[Trend]:
    """What is drawn for this legal form; nothing before there are two moments to compare."""
    if len(points) < ENOUGH:
        return []
    days = [point.day for point in points]
    return [
        *_employed_capital(points, figures, on),
        *_employed_votes(points, figures, on),
        _capital(points, days, figures, on),
        _members_by_college(points, days, colleges) if colleges else _members(points, days),
    ]


def _part_over_time(caption: str, measured: Sequence[tuple[date, int, int]], least: Fraction) -> Iterator[Trend]:
    """A part of a whole beside its floor, from the first day on which there is a whole."""
    parts = [(day, Fraction(part, whole)) for day, part, whole in measured if whole]
    if len(parts) < ENOUGH:
        return
    days, values = [day for day, _value in parts], [value for _day, value in parts]
    curves = [
        Curve(_("Employed members"), values, [percent(value) for value in values]),
        Curve(_("At least"), [least] * len(days), [percent(least)] * len(days), "limit"),
    ]
    yield trend(caption, days, curves, top=1, top_text=percent(Fraction(1)))


def _employed_capital(points: Sequence[Point], figures: Figures, on: date) -> Iterator[Trend]:
    least = figures.find_figure("membership.employed_capital_min", on=on)
    if least is not None:
        held = [(point.day, point.employed_capital, point.capital) for point in points]
        yield from _part_over_time(_("Capital held by employed members"), held, least.as_fraction())


def _employed_votes(points: Sequence[Point], figures: Figures, on: date) -> Iterator[Trend]:
    most = figures.find_figure("membership.external_votes_max", on=on)
    if most is not None:
        heads = [(point.day, point.employed, point.members) for point in points]
        yield from _part_over_time(_("Votes of employed members"), heads, 1 - most.as_fraction())


def _capital(points: Sequence[Point], days: list[date], figures: Figures, on: date) -> Trend:
    ratio = figures.figure("capital.floor_ratio", on=on).as_fraction()
    lines = (
        (_("Capital"), [point.capital for point in points], "main"),
        (_("Highest so far"), [point.peak for point in points], "second"),
        (_("Floor"), [ceil(point.peak * ratio) for point in points], "limit"),
    )
    curves = [Curve(label, values, [money(value) for value in values], style) for label, values, style in lines]
    top = points[-1].peak
    return trend(_("Capital, its floor and its peak"), days, curves, top=top, top_text=money(top))


def _members(points: Sequence[Point], days: list[date]) -> Trend:
    lines = [
        (_("Employed members"), [point.employed for point in points]),
        (_("External members"), [point.external for point in points]),
    ]
    return _heads(_("Members by category"), days, lines)


def _members_by_college(points: Sequence[Point], days: list[date], colleges: Sequence[College]) -> Trend:
    lines = [(college.label, [point.by_college.get(college.code, 0) for point in points]) for college in colleges]
    return _heads(_("Members by college"), days, lines)


def _heads(caption: str, days: list[date], lines: Sequence[tuple[str, list[int]]]) -> Trend:
    curves = [
        Curve(label, values, [decimal(value) for value in values], STYLES[min(n, len(STYLES) - 1)])
        for n, (label, values) in enumerate(lines)
    ]
    top = max((value for _label, values in lines for value in values), default=0)
    return trend(caption, days, curves, top=top, top_text=decimal(top))
