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


def ready_names() -> list[str]:
    """The names of the ready sets, in alphabetical order."""
    return sorted(path.stem for path in TEXTS.glob("*.toml"))


def ready_set(name: str) -> StatutesText:
    """The ready statutes of that name ("scop-sa-cae", "scic-sa"…); raises NotFound for another name."""
    if name not in ready_names():
        raise NotFound
    document = tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))
    colleges = tuple(_college(table) for table in document.pop("colleges", ()))
    figures = {figure: _figure(figure, table) for figure, table in document.pop("figures").items()}
    form = LegalForm(document.pop("legal_form"))
    return StatutesText(**document, legal_form=form, colleges=colleges, figures=figures)


def _college(table: dict[str, Any]) -> College:
    return College(table["code"], table["label"], Fraction(table["weight"]))


def _figure(name: str, table: dict[str, Any]) -> StatutesFigure:
    return StatutesFigure(read_value(the_law().entry(name).unit, table["value"]), table["clause"])
