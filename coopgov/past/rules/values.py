"""Days, amounts and numbers as people write them in spreadsheets; what cannot be read says why and what to do."""

import re
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents
from coopgov.members.rules import fold

EARLIEST, LATEST = date(1850, 1, 1), date(2199, 12, 31)
MOST_FIGURES = 12
_SLASHED = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})", re.ASCII)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_WORDED = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]+) (\d{4}|\d{2})")
_SERIAL = re.compile(r"\d{5}", re.ASCII)
# Spreadsheets count days from here (their year 1900 has a day too many, so the count begins a day early).
_SERIAL_ZERO = date(1899, 12, 30)
_MONTHS = {
    name: month
    for names in (
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "january february march april may june july august september october november december",
        "janv fev mar avr mai juin juil aou sept oct nov dec",
        "janv fevr mars avr mai juin juill aout sept oct nov dec",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    )
    for month, name in enumerate(names.split(), start=1)
}
_BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009'’€")


class DayOrder(StrEnum):
    """Which comes first in 03/04/2024."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@lru_cache(maxsize=20_000)
def read_day(text: str, order: DayOrder = DayOrder.DAY_FIRST) -> date | Breach:
    """A day in any usual form: 15/03/2024, 15-03-24, 2024-03-15, 15 mars 2024, 45366."""
    try:
        found = _day_in(text.strip(), order)
    except ValueError:
        return _no_such_day(text)
    if found is None:
        return Breach("bad_day", N_("“%(text)s” is not a day. Write it like 15/03/2024 or 2024-03-15."), {"text": text})
    if not EARLIEST <= found <= LATEST:
        return Breach("odd_year", N_("“%(text)s”: check the year of this day."), {"text": text})
    return found


def _day_in(text: str, order: DayOrder) -> date | None:
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHED.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        day, month = (first, second) if order is DayOrder.DAY_FIRST else (second, first)
        return date(_year(found[3]), month, day)
    if _SERIAL.fullmatch(text):
        return _SERIAL_ZERO + timedelta(days=int(text))
    if (found := _WORDED.fullmatch(fold(text))) and found[2] in _MONTHS:
        return date(_year(found[3]), _MONTHS[found[2]], int(found[1]))
    return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    # Two figures: nobody's register goes back to a year that has not come.
    return year + (2000 if year <= 49 else 1900)


def _no_such_day(text: str) -> Breach:
    found = _SLASHED.fullmatch(text.strip())
    if found and int(found[1]) <= 12 < int(found[2]) <= 31:
        sentence = N_(
            "“%(text)s”: there is no month %(month)s. Day and month are swapped: write the day first, or say for the "
            "whole sheet that the month comes first."
        )
        return Breach("swapped_day", sentence, {"text": text, "month": found[2]})
    return Breach("no_such_day", N_("“%(text)s” is no day of the calendar. Check it."), {"text": text})


def swapped(day: date) -> date | None:
    """The same day with day and month exchanged, where that is another day."""
    if day.day > 12 or day.day == day.month:
        return None
    return date(day.year, day.day, day.month)


@lru_cache(maxsize=20_000)
def read_euros(text: str) -> Cents | Breach:
    """An amount without a sign: 1 234,56, 1.234,56, 1,234.56, 1234.5, 12 €."""
    plain = _bare(text)
    if isinstance(plain, Breach):
        return plain
    whole, part = _parted(plain)
    if whole is None or len(part) > 2:
        sentence = N_("“%(text)s” could be read in two ways. Write it like 1234,56: a comma and two figures of cents.")
        return Breach("unclear_amount", sentence, {"text": text})
    return Cents(int(whole or "0") * 100 + int((part + "00")[:2]))


@lru_cache(maxsize=20_000)
def read_quantity(text: str) -> int | Breach:
    """A whole number without a sign: 12, 1 200, 12.0 (as spreadsheets write it)."""
    plain = _bare(text)
    if isinstance(plain, Breach):
        return plain
    whole, part = _parted(plain)
    if whole is None or part.strip("0"):
        return Breach("not_whole", N_("“%(text)s” is not a whole number. Write figures only."), {"text": text})
    return int(whole or "0")


def _bare(text: str) -> str | Breach:
    """The figures and separators of a number."""
    plain = text.translate(_BLANKS).removesuffix("EUR")
    if plain.startswith(("-", "−", "(")) and plain.strip("-−()"):
        sentence = N_(
            "“%(text)s” has a minus sign. Write it without: the kind of the movement says which way it goes "
            "(a refund, a reversal)."
        )
        return Breach("signed", sentence, {"text": text})
    letters = [sign for sign in plain if not (sign.isascii() and sign.isdigit()) and sign not in ".,"]
    if letters:
        sentence = N_("“%(text)s” is not a number: it holds “%(letters)s”. Write figures only.")
        return Breach("letter_in_number", sentence, {"text": text, "letters": "".join(letters)[:20]})
    if not any(sign.isdigit() for sign in plain) or sum(sign.isdigit() for sign in plain) > MOST_FIGURES:
        return Breach("bad_number", N_("“%(text)s” is not a number. Write figures only."), {"text": text})
    return plain


def _parted(plain: str) -> tuple[str | None, str]:
    """The whole and the decimal figures; None where commas and points could mean either."""
    places = [at for at, sign in enumerate(plain) if sign in ".,"]
    if not places:
        return plain, ""
    kinds = {plain[at] for at in places}
    if len(kinds) == 2 and plain[places[-1]] not in {plain[at] for at in places[:-1]}:
        whole, part = plain[: places[-1]], plain[places[-1] + 1 :]
        return (re.sub("[.,]", "", whole), part) if _grouped(re.split("[.,]", whole)) else (None, "")
    if len(places) == 1:
        whole, part = plain[: places[0]], plain[places[0] + 1 :]
        return whole, part
    pieces = re.split("[.,]", plain)
    return ("".join(pieces), "") if len(kinds) == 1 and _grouped(pieces) else (None, "")


def _grouped(pieces: list[str]) -> bool:
    return 1 <= len(pieces[0]) <= 3 and all(len(piece) == 3 for piece in pieces[1:])
