"""How facts are written on paper, in the language of the paper.

Frozen facts come back from JSON, so that days, instants and fractions are text here.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from coopgov.core.dates import paris_day, paris_time
from coopgov.printing.qr import qr_svg

NARROW = "\u202f"
_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_INSTANT = {"fr": "d MMMM y 'à' HH:mm", "en": "d MMMM y 'at' HH:mm"}


def filters_in(language: str) -> dict[str, Callable[..., str]]:
    """The filters of documents: money, day, instant, percent, rate, decimal, timestamp, siren, qr."""
    return _numbers_in(language) | {
        "day": lambda value: _day(value, language),
        "instant": lambda value: format_datetime(_at(value), _INSTANT[language], locale=_LOCALES[language]),
        "timestamp": lambda value: value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "siren": siren,
        "qr": lambda text, label: qr_svg(text, label=label),
    }


def _numbers_in(language: str) -> dict[str, Callable[..., str]]:
    return {
        "money": lambda cents: format_currency(Decimal(int(cents)) / 100, "EUR", locale=_LOCALES[language]),
        "percent": lambda value: _percent(Fraction(str(value)), language),
        "rate": lambda basis_points: _percent(Fraction(basis_points, 10_000), language),
        "decimal": lambda value: format_decimal(value, locale=_LOCALES[language]),
    }


def siren(number: str) -> str:
    """732 829 320, its groups held together."""
    digits = "".join(number.split())
    return NARROW.join(digits[start : start + 3] for start in range(0, len(digits), 3))


def _day(value: date | datetime | str, language: str) -> str:
    day = paris_day(value) if isinstance(value, datetime) else date.fromisoformat(str(value))
    text = format_date(day, "long", locale=_LOCALES[language])
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text


def _at(value: datetime | str) -> datetime:
    return paris_time(datetime.fromisoformat(str(value))).replace(tzinfo=None)


def _percent(value: Fraction, language: str) -> str:
    number = format_decimal(Decimal(round(value * 10_000)) / 100, format="#,##0.##", locale=_LOCALES[language])
    return f"{number}{NARROW}%" if language == "fr" else f"{number}%"
