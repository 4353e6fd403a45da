"""A figure of law or of the statutes, and the book that is asked for it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from coopgov.core.errors import Citation


class LegalForm(StrEnum):
    """The company's legal form (*forme juridique*)."""

    SCOP_SARL = "scop-sarl"
    SCOP_SAS = "scop-sas"
    SCOP_SA = "scop-sa"
    SCIC_SARL = "scic-sarl"
    SCIC_SAS = "scic-sas"
    SCIC_SA = "scic-sa"
    LOI47_SA = "loi47-sa"

    @property
    def is_scop(self) -> bool:
        return self.value.startswith("scop-")

    @property
    def is_scic(self) -> bool:
        return self.value.startswith("scic-")

    @property
    def company(self) -> str:
        """The company type behind the form: sarl, sas or sa."""
        return self.value.rsplit("-", 1)[1]


class Confidence(StrEnum):
    """How sure the figure is: read at its source, read in an older text, or recalled."""

    VERIFIED = "verified"
    BASELINE = "baseline"
    RECALLED = "recalled"


class Speaker(StrEnum):
    """Who set the figure: the law, or the statutes within the law's bounds."""

    LAW = "law"
    STATUTES = "statutes"


FigureValue = int | Fraction | bool | str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in force on a day for one legal form, with the articles that give it."""

    name: str
    value: FigureValue
    unit: str
    citations: tuple[Citation, ...]
    confidence: Confidence
    speaker: Speaker = Speaker.LAW
    note: str | None = None

    def as_int(self) -> int:
        """The value as a whole number; raises TypeError if it is not one."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise TypeError(f"{self.name} is not a whole number: {self.value!r}")
        return self.value

    def as_fraction(self) -> Fraction:
        """The value as an exact fraction; raises TypeError if it is not a number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Fraction):
            raise TypeError(f"{self.name} is not a fraction: {self.value!r}")
        return Fraction(self.value)

    def as_bool(self) -> bool:
        """The value as yes or no; raises TypeError if it is not one."""
        if not isinstance(self.value, bool):
            raise TypeError(f"{self.name} is not yes or no: {self.value!r}")
        return self.value

    def as_text(self) -> str:
        """The value as a word (an enum's value, a channel); raises TypeError if it is a number."""
        if not isinstance(self.value, str):
            raise TypeError(f"{self.name} is not a word: {self.value!r}")
        return self.value


class Figures(Protocol):
    """The rule book as rules see it: a rule does not know whether law or statutes spoke."""

    @property
    def form(self) -> LegalForm: ...

    def figure(self, name: str, *, on: date) -> Figure:
        """The figure in force on that day; raises KeyError when neither law nor statutes give it."""
        ...

    def find_figure(self, name: str, *, on: date) -> Figure | None:
        """The figure in force on that day, or None when neither law nor statutes give one."""
        ...
