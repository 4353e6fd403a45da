"""How much capital it takes to ask for an item on the agenda."""

from datetime import date
from fractions import Fraction
from math import ceil

from coopgov.core.figures import Figures
from coopgov.core.money import Cents
from coopgov.law.refunds import Amount

_STEPS = ("first", "second", "third")


def items_capital(capital: Cents, figures: Figures, on: date) -> Amount:
    """The least capital that members who ask for an item must hold together, rounded up to the cent.

    One part of the capital; in an SA above the first step, a scale that goes down (code de commerce, art. R225-71).
    """
    single = figures.figure("assembly.items_fraction", on=on)
    first = figures.find_figure("assembly.items_scale.first_to_cents", on=on)
    if first is None or capital <= first.as_int():
        return Amount(Cents(ceil(capital * single.as_fraction())), single.citations)
    asked = min(_by_scale(capital, figures, on), capital * single.as_fraction())
    return Amount(Cents(ceil(asked)), tuple(dict.fromkeys((*first.citations, *single.citations))))


def _by_scale(capital: int, figures: Figures, on: date) -> Fraction:
    steps = [figures.figure(f"assembly.items_scale.{step}_to_cents", on=on).as_int() for step in _STEPS]
    parts = [figures.figure(f"assembly.items_scale.{step}", on=on).as_fraction() for step in (*_STEPS, "beyond")]
    bounds = [0, *(min(step, capital) for step in steps), capital]
    return sum((part * (high - low) for part, low, high in zip(parts, bounds, bounds[1:], strict=False)), Fraction(0))
