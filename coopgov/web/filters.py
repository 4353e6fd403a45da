"""How facts are written for people, in the language of the page."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from flask import Flask

from coopgov.core.dates import paris_time
from coopgov.core.i18n import Word
from coopgov.core.money import Euros
from coopgov.core.preflight import Check
from coopgov.web.languages import gettext, language_in_force


class Told(Protocol):
    """What rules say with a sentence and its values: a breach, a check, a deadline."""

    @property
    def sentence(self) -> str: ...

    @property
    def values(self) -> Mapping[str, object]: ...


def register_filters(app: Flask) -> None:
    """Give templates the filters."""
    app.jinja_env.filters.update(
        money=money, day=day, instant=instant, rate=rate, percent=percent, breach=sentence, decimal=decimal,
        day_of_year=day_of_year, initials=initials,
    )  # fmt: skip


def money(cents: int) -> str:
    """12,50 € — exact: the cents are never a float."""
    return _money(cents, language_in_force())


# A page of a register writes hundreds of amounts, and many of them are the same.
@lru_cache(maxsize=4096)
def _money(cents: int, locale: str) -> str:
    return format_currency(Decimal(cents) / 100, "EUR", locale=locale)


def day(value: date, length: str = "long") -> str:
    """24 novembre 2026; the first of a month is le 1er."""
    return _day(value, length, language_in_force())


@lru_cache(maxsize=1024)
def _day(value: date, length: str, locale: str) -> str:
    return _ordinal(format_date(value, format=length, locale=locale), value, locale)


def day_of_year(month_and_day: str) -> str:
    """31 décembre, of "12-31"; what is no day of a year is shown as it is."""
    try:
        value = date.fromisoformat(f"2000-{month_and_day}")
    except ValueError:
        return month_and_day
    locale = language_in_force()
    return _ordinal(format_date(value, "d MMMM" if locale.startswith("fr") else "MMMM d", locale=locale), value, locale)


def instant(value: datetime, length: str = "long") -> str:
    """24 novembre 2026 à 18:00, at Paris time."""
    # No pattern tells seconds: what is written in the same minute is written alike.
    return _instant(paris_time(value).replace(second=0, microsecond=0, tzinfo=None), length, language_in_force())


@lru_cache(maxsize=4096)
def _instant(local: datetime, length: str, locale: str) -> str:
    return _ordinal(format_datetime(local, _pattern(length, locale), locale=locale), local, locale)


def initials(name: str) -> str:
    """AD, of Anouk Dubois; JL of Jean-Luc."""
    words = name.replace("-", " ").split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def rate(basis_points: int) -> str:
    """4,5 %."""
    return _percent(Fraction(basis_points, 10_000))


def percent(value: Fraction) -> str:
    """66,67 % — rounded for the eye only; decisions use the fraction."""
    return _percent(value)


def decimal(value: int) -> str:
    """1 234 with the language's own separators."""
    return _decimal(value, language_in_force())


@lru_cache(maxsize=4096)
def _decimal(value: int, locale: str) -> str:
    return format_decimal(value, locale=locale)


def sentence(told: Told) -> str:
    """A refusal, or what a rule found, as a sentence in the language of the page, its figures written out."""
    return gettext(told.sentence) % _shown(told.values)


def _shown(values: Mapping[str, object]) -> dict[str, str]:
    return {name: _show(value) for name, value in values.items()}


def _show(value: object) -> str:  # noqa: C901, PLR0911 - one line per type
    match value:
        case Euros(cents):
            return money(cents)
        case datetime():
            return instant(value)
        case date():
            return day(value)
        case Fraction():
            return percent(value)
        case bool():
            return gettext("yes") if value else gettext("no")
        case int():
            return decimal(value)
        case Decimal():
            return format_decimal(value, format="#,##0.#####", locale=language_in_force())
        case Word():
            return gettext(value)
        case Check():
            return sentence(value)
        case tuple():
            return ", ".join(map(_show, value))
        case _:
            # A name, a title, an address: it may be the same as a word of ours, and is nobody's to translate.
            return "" if value is None else str(value)


def _ordinal(text: str, value: date, locale: str) -> str:
    first = value.day == 1 and locale.startswith("fr")
    return text.replace("1 ", "1er ", 1) if first and text.startswith("1 ") else text


def _percent(value: Fraction) -> str:
    hundredths = round(value * 10_000)
    text = format_decimal(hundredths / 100, format="#,##0.##", locale=language_in_force())
    return f"{text}\u202f%" if language_in_force().startswith("fr") else f"{text}%"


def _pattern(length: str, locale: str) -> str:
    if locale.startswith("fr"):
        return {"long": "d MMMM y 'à' HH:mm", "short": "dd/MM/y HH:mm"}[length]
    return {"long": "d MMMM y 'at' HH:mm", "short": "y-MM-dd HH:mm"}[length]
