"""The replayed queue as drawings: the capital above its floor, what is paid over time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from coopgov.core.money import Cents
from coopgov.treasury.reimbursing import Plan, Step
from coopgov.web.filters import day as day_text
from coopgov.web.filters import money
from coopgov.web.plot import Curve, Trend, trend

MOST_BARS = 13


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a stretch of time and what was paid in it."""

    label: str
    value: int
    text: str


def capital_and_floor(plan: Plan) -> Trend | None:
    """The capital beside its floor after each day of payment; nothing when there is one day only."""
    if len(plan.steps) < 2:
        return None
    lines: Sequence[tuple[str, Callable[[Step], Cents], str]] = (
        (_("Capital"), lambda step: step.capital, "main"),
        (_("Waiting to be paid back"), lambda step: step.waiting, "second"),
        (_("Floor"), lambda step: step.floor, "limit"),
    )
    curves = [
        Curve(label, [value(step) for step in plan.steps], [money(value(step)) for step in plan.steps], style)
        for label, value, style in lines
    ]
    top = max(step.capital for step in plan.steps)
    return trend(
        _("Capital, its floor and those who wait"), [step.day for step in plan.steps], curves, top=top,
        top_text=money(top),
    )  # fmt: skip


def paid_over_time(plan: Plan) -> list[Bar]:
    """What is paid month by month; by year when there are many months."""
    sums: dict[str, int] = {}
    by_year = len(plan.steps) > MOST_BARS
    for step in plan.steps:
        label = str(step.day.year) if by_year else _month(step.day)
        sums[label] = sums.get(label, 0) + step.paid
    return [Bar(label, cents, money(Cents(cents))) for label, cents in sums.items()] if any(sums.values()) else []


def _month(on: date) -> str:
    return day_text(on, "MMMM y")
