"""The words of compliance: what an obligation is, how it stands, what was told of what the application cannot know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from coopgov.core.figures import Figure
from coopgov.core.i18n import N_


class Verdict(StrEnum):
    """How an obligation stands, the most pressing first."""

    RED = "red"
    NEAR = "near"
    TO_JUDGE = "to_judge"
    FINE = "fine"


class FactKind(StrEnum):
    """What only a person can tell: it happened outside of the application."""

    REVISION = "revision"
    ACCOUNTS_APPROVED = "accounts_approved"
    ACCOUNTS_FILED = "accounts_filed"
    AUDITOR_NAMED = "auditor_named"

    @property
    def is_of_a_year(self) -> bool:
        """Whether it concerns one financial year."""
        return self in {FactKind.ACCOUNTS_APPROVED, FactKind.ACCOUNTS_FILED}


FACT_LABELS: Mapping[FactKind, str] = {
    FactKind.REVISION: N_("Cooperative review (révision coopérative)"),
    FactKind.ACCOUNTS_APPROVED: N_("Accounts approved by the assembly"),
    FactKind.ACCOUNTS_FILED: N_("Accounts filed at the registry"),
    FactKind.AUDITOR_NAMED: N_("Statutory auditor named (commissaire aux comptes)"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with its values, told in the language of the page."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % self.values


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole beside its limit: a floor that it may not fall under, or a ceiling."""

    share: Fraction
    limit: Fraction
    is_floor: bool = False

    @property
    def room(self) -> Fraction:
        """What is left before the limit; negative beyond it."""
        return self.share - self.limit if self.is_floor else self.limit - self.share


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing the law or the statutes ask (*obligation*): how it stands, by what figure, what to do and by when."""

    code: str
    label: str
    verdict: Verdict
    found: Said
    margins: tuple[Said, ...] = ()
    to_do: Said | None = None
    figures: tuple[Figure, ...] = ()
    part: Part | None = None
    due: date | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What the texts say beside their figures, each once."""
        return tuple(dict.fromkeys(figure.note for figure in self.figures if figure.note))


def pressing_first(obligations: Iterable[Obligation]) -> list[Obligation]:
    """What is broken, then what is near, what a person judges, what is fine; the nearest day first."""
    order = list(Verdict)
    return sorted(obligations, key=lambda one: (order.index(one.verdict), one.due or date.max))
