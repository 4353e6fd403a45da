"""What leavers bear of the losses of the year they leave in."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents
from coopgov.law.refunds import Losses


@dataclass(frozen=True, slots=True)
class FinancialYear:
    """A financial year (*exercice*), named after the calendar year it ends in."""

    number: int
    begins_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_on - self.begins_on).days + 1


def financial_year(number: int, year_end: str) -> FinancialYear:
    """The financial year that ends in that calendar year; `year_end` is a month and a day (12-31)."""
    return FinancialYear(number, _end(number - 1, year_end) + timedelta(days=1), _end(number, year_end))


def year_of(day: date, year_end: str) -> int:
    """The financial year a day belongs to."""
    return day.year if day <= _end(day.year, year_end) else day.year + 1


def _end(year: int, year_end: str) -> date:
    month, day = (int(part) for part in year_end.split("-"))
    if (month, day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, month, day)


def value_per_share(unit: int, losses: Losses) -> Fraction:
    """What one share is worth at the end of a year with losses, exactly."""
    return unit * (1 - losses.part_of_capital)


def loss_on(value: int, paid: int, losses: Losses) -> Cents:
    """What a leaver bears on shares of that value: never more than what she paid on them.

    The refund is rounded down to the cent, as the law's value of it is.
    """
    return Cents(min(value - floor(value * (1 - losses.part_of_capital)), paid))


def check_losses(losses: tuple[int, int, int], year: FinancialYear, today: date) -> list[Breach]:
    """List what stands against the losses of a year as they are told: the loss, the reserves, the capital."""
    loss, reserves, capital = losses
    if year.ends_on >= today:
        sentence = N_("The financial year ends on %(ends)s: its losses are known after that day only.")
        return [Breach("year_not_over", sentence, {"ends": year.ends_on}, field="year")]
    if loss > 0 and reserves >= 0 and capital > 0:
        return []
    sentence = N_("Give a loss above nothing, reserves of nothing or more, and a year at whose end there was capital.")
    return [Breach("losses_do_not_fit", sentence, field="loss")]
