"""What must still hold once a movement is written, on its day and on every later day that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.law.refunds import capital_floor


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody would hold of the capital on a day, in cents."""

    name: str
    on: date
    cents: int
    capital: int

    @property
    def fraction(self) -> Fraction:
        """The part of the capital; nothing of no capital."""
        return Fraction(self.cents, self.capital) if self.capital > 0 else Fraction(0)


@dataclass(frozen=True, slots=True)
class Ratio:
    """What employed members hold of the capital on a day, before and after, in cents."""

    on: date
    before: int
    capital_before: int
    after: int
    capital_after: int


@dataclass(frozen=True, slots=True)
class Level:
    """The capital on a day once the shares are withdrawn, and the highest it was until then."""

    on: date
    capital: int
    highest: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a refund, and since when."""

    name: str
    since: date


def largest(parts: Sequence[Part]) -> Part | None:
    """The largest of these parts, or None."""
    return max(parts, key=lambda part: part.fraction, default=None)


def check_parts(parts: Sequence[Part], figures: Figures, on: date) -> list[Breach]:
    """List what stands against the largest part of the capital that somebody would hold."""
    limit, most = figures.find_figure("share.max_holder_fraction", on=on), largest(parts)
    if limit is None or most is None or most.fraction <= limit.as_fraction():
        return []
    values = {"name": most.name, "part": most.fraction, "day": most.on, "limit": limit.as_fraction()}
    sentence = N_(
        "%(name)s would hold %(part)s of the capital on %(day)s and no member may hold more than %(limit)s. "
        "Move fewer shares."
    )
    return [Breach("holder_over_limit", sentence, values, limit.citations, field="quantity")]


def check_employed(ratios: Sequence[Ratio], figures: Figures, on: date) -> list[Breach]:
    """List what stands against the part of the capital that employed members would be left with.

    A part too small already does not forbid what leaves it as it is, or mends it.
    """
    least = figures.find_figure("membership.employed_capital_min", on=on)
    if least is None:
        return []
    fallen = [day for day in ratios if _after(day) < least.as_fraction() and _after(day) < _before(day)]
    if not fallen:
        return []
    worst = min(fallen, key=_after)
    values = {"part": _after(worst), "day": worst.on, "limit": least.as_fraction()}
    sentence = N_(
        "Employed members would hold %(part)s of the capital on %(day)s; the law asks for at least %(limit)s. "
        "Move fewer shares, or let employed members subscribe first."
    )
    return [Breach("employed_under_limit", sentence, values, least.citations, field="quantity")]


def _after(day: Ratio) -> Fraction:
    return Fraction(day.after, day.capital_after) if day.capital_after > 0 else Fraction(1)


def _before(day: Ratio) -> Fraction:
    return Fraction(day.before, day.capital_before) if day.capital_before > 0 else Fraction(1)


def check_floor(levels: Sequence[Level], withdrawn: int, figures: Figures, on: date) -> list[Breach]:
    """List what stands against withdrawing shares: the capital never falls below its floor."""
    minimum = figures.find_figure("capital.statutory_minimum_cents", on=on)
    statutory = Cents(minimum.as_int() if minimum is not None else 0)
    short = [
        (level.capital + withdrawn - floor.cents, level, floor)
        for level in levels
        if level.capital < (floor := capital_floor(Cents(level.highest), statutory, figures, on)).cents
    ]
    if not short:
        return []
    most, level, floor = min(short, key=lambda found: found[0])
    values = {
        "day": level.on, "after": Euros(Cents(level.capital)), "floor": Euros(floor.cents),
        "most": Euros(Cents(max(most, 0))),
    }  # fmt: skip
    sentence = N_(
        "The capital would fall to %(after)s on %(day)s, under its floor of %(floor)s. "
        "At most %(most)s can be withdrawn; the rest waits its turn."
    )
    return [Breach("capital_below_floor", sentence, values, floor.citations, field="quantity")]


def check_order(first: Waiting | None, figures: Figures, on: date) -> list[Breach]:
    """List what stands against paying back before those who wait longer, where the statutes keep the order."""
    order = figures.find_figure("share.refunds_in_order", on=on)
    if first is None or order is None or not order.as_bool():
        return []
    values = {"name": first.name, "since": first.since}
    sentence = N_("%(name)s has waited for a refund since %(since)s and comes first. Withdraw those shares before.")
    return [Breach("not_in_order", sentence, values, order.citations)]


def check_least_kept(name: str, left: int, figures: Figures, on: date) -> list[Breach]:
    """List what stands against a member keeping so few shares."""
    least = figures.find_figure("share.min_for_admission", on=on)
    if least is None or left >= least.as_int():
        return []
    values = {"name": name, "left": left, "least": least.as_int()}
    sentence = N_(
        "%(name)s would keep %(left)s shares; a member holds at least %(least)s. "
        "Leave that number, or record the exit first."
    )
    return [Breach("fewer_than_least", sentence, values, least.citations, field="quantity")]
