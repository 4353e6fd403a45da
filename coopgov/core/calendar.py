"""Working days (*jours ouvrés*) in France: neither Saturday, nor Sunday, nor a public holiday."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

_SATURDAY = 5
_A_DAY = timedelta(days=1)
_POSTCODE = re.compile(r"\b\d{5}\b", re.ASCII)
# Moselle, Bas-Rhin and Haut-Rhin, where Good Friday and 26 December are holidays too.
_ALSACE_MOSELLE = ("57", "67", "68")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a place; Alsace and Moselle have two public holidays more."""

    alsace_moselle: bool = False

    def holiday(self, day: date) -> str | None:
        """The French name of the public holiday on that day, or None."""
        return _holidays(day.year, "57" if self.alsace_moselle else None).get(day)

    def is_working_day(self, day: date) -> bool:
        """Whether people work and post offices are open on that day."""
        return day.weekday() < _SATURDAY and self.holiday(day) is None

    def working_day_before(self, day: date, count: int) -> date:
        """The count-th working day that comes before that day, which is not counted; 0 gives the day itself."""
        for _ in range(count):
            day = self.last_working_day(day - _A_DAY)
        return day

    def last_working_day(self, day: date) -> date:
        """That day if people work on it, else the last working day before it."""
        while not self.is_working_day(day):
            day -= _A_DAY
        return day


def calendar_of(address: str) -> Calendar:
    """The calendar of the place an address names by its postcode, the last number of five figures in it."""
    postcodes = _POSTCODE.findall(address)
    return Calendar(alsace_moselle=bool(postcodes) and postcodes[-1].startswith(_ALSACE_MOSELLE))


@cache
def _holidays(year: int, department: str | None) -> Mapping[date, str]:
    # Imported when it is first asked for: most requests count no working day.
    from holidays import country_holidays  # noqa: PLC0415

    return dict(country_holidays("FR", subdiv=department, years=year, language="fr"))
