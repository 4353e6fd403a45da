"""What stands against closing the books through a day."""

from dataclasses import dataclass
from datetime import date

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.shares.rules import CloseKind


@dataclass(frozen=True, slots=True)
class Closing:
    """A close about to be written, with what it would close."""

    kind: CloseKind
    through_date: date
    today: date
    closed_through: date | None
    # The last day of the financial year, when a year is closed.
    year_ends_on: date
    # The first day on which shares and money do not agree, if there is one.
    untied_on: date | None = None
    # Whether a financial year was closed on the last day that is closed.
    is_year_closed: bool = False


def check_closing(closing: Closing) -> list[Breach]:
    """List all that stands against closing the books."""
    return [*_check_day(closing), *_check_books(closing)]


def _check_day(closing: Closing) -> list[Breach]:
    values = {"day": closing.through_date, "closed": closing.closed_through, "ends": closing.year_ends_on}
    if closing.through_date >= closing.today:
        sentence = N_("A day is closed once it is over. Give a day before today.")
        return [Breach("day_not_over", sentence, values, field="through_date")]
    # A year may be closed on the day its register was closed.
    earliest = closing.closed_through
    again = closing.kind is CloseKind.YEAR and earliest == closing.through_date and not closing.is_year_closed
    if earliest is not None and closing.through_date <= earliest and not again:
        sentence = N_("The register is closed through %(closed)s already. Give a later day.")
        return [Breach("closed_already", sentence, values, field="through_date")]
    if closing.kind is CloseKind.YEAR and closing.through_date != closing.year_ends_on:
        sentence = N_("The financial year ends on %(ends)s. Give that day, or close the register only.")
        return [Breach("not_the_end_of_year", sentence, values, field="through_date")]
    return []


def _check_books(closing: Closing) -> list[Breach]:
    if closing.untied_on is None:
        return []
    sentence = N_("Shares and money do not agree on %(day)s. Look at the page of integrity, correct it, then close.")
    return [Breach("books_disagree", sentence, {"day": closing.untied_on})]
