"""Figures of the statutes as people type them: "1/4", "25 %", "15", "1 850 000,00 €", "15 h"."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from babel.dates import get_month_names

from coopgov.core.figures import FigureValue
from coopgov.core.money import parse_cents
from coopgov.law.values import WHOLE_NUMBERS, Unit, read_value, value_to_text

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,4})?)%", re.ASCII)
_RATIO = re.compile(r"(\d{1,6})(?:/(\d{1,6}))?", re.ASCII)
# A longer time is a slip of the finger, and days counted with it leave the calendar.
_CENTURY: Final[Mapping[Unit, int]] = {Unit.DAYS: 36_525, Unit.MONTHS: 1_200, Unit.YEARS: 100}
_MONTH_AND_DAY = re.compile(r"\d{2}-\d{2}", re.ASCII)
_DAY_AND_MONTH = re.compile(r"(\d{1,2})(?:er)?(?: ?/ ?| )(\d{1,2}|[^\W\d]{3,12})")
_HOUR = re.compile(r"(\d{1,2})(?:h|:)(\d{2})?", re.ASCII)


def read_typed(unit: Unit, text: str) -> FigureValue:
    """Read a figure as a person types it; raises ValueError when it is not of that unit."""
    if unit is Unit.CENTS:
        return _cents(text)
    plain = _SPACES.sub("", text)
    if unit in WHOLE_NUMBERS:
        return _whole(unit, int(_match(_WHOLE, plain)[0]))
    if unit is Unit.FRACTION:
        return read_fraction(text)
    if unit is Unit.TIME:
        found = _match(_HOUR, plain.lower())
        return read_value(unit, f"{int(found[1]):02}:{found[2] or '00'}")
    return read_value(unit, {"true": True, "false": False}.get(text, text) if unit is Unit.BOOL else text)


def read_fraction(text: str) -> Fraction:
    """Read a part of the whole, as a fraction or in percent; raises ValueError for anything else or more."""
    plain = _SPACES.sub("", text)
    if found := _PERCENT.fullmatch(plain):
        value = Fraction(found[1].replace(",", ".")) / 100
    else:
        ratio = _match(_RATIO, plain)
        value = _divided(int(ratio[1]), int(ratio[2] or "1"))
    if value > 1:
        raise ValueError(text)
    return value


def read_day_of_year(text: str) -> str:
    """Read a day and its month ("31/12", "31 décembre") as "12-31", which is read too; raises ValueError otherwise."""
    plain = text.strip().lower()
    if _MONTH_AND_DAY.fullmatch(plain):
        return _day_of_year(plain)
    found = _match(_DAY_AND_MONTH, _SPACES.sub(" ", plain))
    return _day_of_year(f"{_month(found[2]):02}-{int(found[1]):02}")


def show_day_of_year(month_and_day: str) -> str:
    """Write "12-31" as people type it: 31/12."""
    month, _, day = month_and_day.partition("-")
    return f"{day}/{month}" if day else month_and_day


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    for locale in ("fr", "en"):
        for number, name in get_month_names("wide", locale=locale).items():
            if _unaccented(name.lower()) == _unaccented(text):
                return int(number)
    raise ValueError(text)


def _unaccented(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _day_of_year(text: str) -> str:
    date.fromisoformat(f"2000-{text}")
    return text


def show_typed(unit: Unit, value: FigureValue) -> str:
    """Write a figure so that `read_typed` reads the same one."""
    if unit is Unit.CENTS and isinstance(value, int):
        return f"{value // 100:,}".replace(",", " ") + f",{value % 100:02}"
    return value_to_text(value)


def show_percent(value: Fraction) -> str:
    """A part in percent where that is exact ("40 %"), else as the fraction it is ("1/3")."""
    hundredths = value * 100
    return f"{hundredths} %" if hundredths.denominator == 1 else str(value)


def _whole(unit: Unit, number: int) -> FigureValue:
    if number > _CENTURY.get(unit, number):
        raise ValueError(f"{number} {unit} are more than a hundred years")
    return read_value(unit, number)


def _cents(text: str) -> int:
    cents = parse_cents(text)
    if cents < 0:
        raise ValueError(text)
    return cents


def _divided(part: int, whole: int) -> Fraction:
    if whole == 0:
        raise ValueError("a fraction has a denominator")
    return Fraction(part, whole)


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found
