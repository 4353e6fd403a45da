"""The value of a figure: how each unit is read from a text of law, from a form, and written back."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Final

from coopgov.core.figures import FigureValue
from coopgov.law.arithmetic import Base


class Unit(StrEnum):
    """What a figure counts."""

    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    FRACTION = "fraction"
    HEADS = "heads"
    SHARES = "shares"
    COUNT = "count"
    CENTS = "cents"
    BASE = "base"
    BOOL = "bool"
    TEXT = "text"
    TIME = "time"

    @property
    def is_number(self) -> bool:
        """Whether two values can be compared, so that statutes can raise or lower the figure."""
        return self in WHOLE_NUMBERS or self is Unit.FRACTION


WHOLE_NUMBERS: Final = frozenset({Unit.DAYS, Unit.MONTHS, Unit.YEARS, Unit.HEADS, Unit.SHARES, Unit.COUNT, Unit.CENTS})

_FRACTION = re.compile(r"([0-9]+)(?:/([0-9]+))?")
_DIGITS = re.compile(r"[0-9]+")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_WORDS_OF_TRUTH: Final = {"true": True, "false": False}


def _whole_number(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        raise ValueError(f"expected a whole number, not {raw!r}")
    return raw


def _fraction(raw: object) -> Fraction:
    if isinstance(raw, Fraction):
        written = str(raw)
    elif isinstance(raw, str):
        written = raw
    else:
        raise ValueError(f'expected a fraction written as "1/4", not {raw!r}')  # noqa: TRY004 - the file's fault
    found = _FRACTION.fullmatch(written)
    if found is None:
        raise ValueError(f'expected a fraction written as "1/4", not {raw!r}')
    numerator, denominator = int(found[1]), int(found[2] or "1")
    if not 0 <= numerator <= denominator or denominator == 0:
        raise ValueError(f"a fraction lies between 0 and 1, with a denominator that is not 0: {raw!r}")
    return Fraction(numerator, denominator)


def _bool(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"expected true or false, not {raw!r}")  # noqa: TRY004 - the file's fault
    return raw


def _word(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(f"expected a word, not {raw!r}")
    return raw


def _time(raw: object) -> str:
    if not isinstance(raw, str) or _TIME.fullmatch(raw) is None:
        raise ValueError(f'expected an hour written as "15:00", not {raw!r}')
    return raw


def _base(raw: object) -> str:
    return Base(_word(raw)).value


_READERS: Final[Mapping[Unit, Callable[[object], FigureValue]]] = {
    **dict.fromkeys(WHOLE_NUMBERS, _whole_number),
    Unit.FRACTION: _fraction,
    Unit.BOOL: _bool,
    Unit.BASE: _base,
    Unit.TEXT: _word,
    Unit.TIME: _time,
}


def read_value(unit: Unit, raw: object) -> FigureValue:
    """Read a value as a text of law or a program gives it; raises ValueError when it is not of that unit."""
    return _READERS[unit](raw)


def value_from_text(unit: Unit, text: str) -> FigureValue:
    """Read a value as a form or a database row holds it ("15", "1/4", "true"); raises ValueError otherwise."""
    plain = text.strip()
    if unit in WHOLE_NUMBERS:
        return _whole_number(int(plain) if _DIGITS.fullmatch(plain) else plain)
    if unit is Unit.BOOL:
        return read_value(unit, _WORDS_OF_TRUTH.get(plain.lower(), plain))
    return read_value(unit, plain)


def value_to_text(value: FigureValue) -> str:
    """Write a value so that `value_from_text` reads the same one."""
    return str(value).lower() if isinstance(value, bool) else str(value)
