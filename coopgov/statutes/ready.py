"""Ready-made statutes to begin with, one text per usual legal form."""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from coopgov.core.errors import NotFound
from coopgov.core.figures import LegalForm
from coopgov.law.rulebook import StatutesFigure
from coopgov.law.values import read_value
from coopgov.statutes.queries import the_law
from coopgov.statutes.rules import College, StatutesText

TEXTS: Final = Path(__file__).parent / "texts"


class BadStatutes(ValueError):
    """Indicate that written statutes are not well made: its message names the file, the figure and the reason."""


def ready_names() -> list[str]:
    """The names of the ready sets, in alphabetical order."""
    return sorted(path.stem for path in TEXTS.glob("*.toml"))


def ready_text(name: str) -> str:
    """A ready set as it is written, to be copied and changed; raises NotFound for another name."""
    if name not in ready_names():
        raise NotFound
    return (TEXTS / f"{name}.toml").read_text(encoding="utf-8")


def ready_set(name: str) -> StatutesText:
    """The ready statutes of that name ("scop-sa-cae", "scic-sa"…); raises NotFound for another name."""
    return read_statutes(ready_text(name), f"{name}.toml")


def read_statutes(written: str, file_name: str) -> StatutesText:
    """Read statutes written as the ready ones are; raises BadStatutes with the place and the reason."""
    place = file_name
    try:
        document = tomllib.loads(written)
        own = document.pop("figures", {})
        place = f"{file_name}: legal_form"
        form = LegalForm(document.pop("legal_form"))
        place = f"{file_name}: colleges"
        colleges = tuple(_college(table) for table in document.pop("colleges", ()))
        place = f"{file_name}: figures"
        figures = {name: _figure(name, table) for name, table in own.items()}
        place = file_name
        return StatutesText(**document, legal_form=form, colleges=colleges, figures=figures)
    except (ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        raise BadStatutes(f"{place}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)


def _college(table: dict[str, Any]) -> College:
    return College(table["code"], table["label"], Fraction(table["weight"]))


def _figure(name: str, table: dict[str, Any]) -> StatutesFigure:
    if name not in the_law():
        raise ValueError(f"{name}: no text of law knows this figure")
    try:
        return StatutesFigure(read_value(the_law().entry(name).unit, table["value"]), table["clause"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{name}: {_reason(error)}") from error
