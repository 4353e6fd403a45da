"""The law as a book of figures: each one's versions, and what it leaves to the statutes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from coopgov.core.errors import Citation
from coopgov.core.figures import Confidence, Figure, FigureValue, LegalForm
from coopgov.law.values import Unit


class StatutesMay(StrEnum):
    """What the statutes may do to a figure of law."""

    NONE = "none"
    RAISE = "raise"
    LOWER = "lower"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Leeway:
    """The room the law leaves to the statutes: which way, and between which bounds.

    `below` is a bound that may not be reached ("a higher majority, but never unanimity").
    """

    may: StatutesMay = StatutesMay.NONE
    minimum: FigureValue | None = None
    maximum: FigureValue | None = None
    below: FigureValue | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One value of a figure, from one day, for some legal forms; None is the end of the figure."""

    in_force_from: date
    forms: frozenset[LegalForm]
    value: FigureValue | None
    citation: Citation
    confidence: Confidence
    leeway: Leeway
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure with all its versions, the oldest first."""

    name: str
    label: str
    label_en: str
    unit: Unit
    last_checked_on: date
    leeway: Leeway
    versions: tuple[Version, ...] = ()
    forms: frozenset[LegalForm] = frozenset(LegalForm)
    required_from_statutes: frozenset[LegalForm] = frozenset()
    left_by: Citation | None = None
    words: tuple[str, ...] = ()
    suggested: FigureValue | None = None
    note: str | None = None

    def find_version(self, form: LegalForm, on: date) -> Version | None:
        """The version in force for that form on that day, or None (not yet, not for it, or repealed)."""
        latest = None
        for version in self.versions:
            if version.in_force_from > on:
                break
            if form in version.forms:
                latest = version
        return latest if latest is not None and latest.value is not None else None

    def leeway_for(self, form: LegalForm, on: date) -> Leeway:
        """What the statutes of a company of that form may say of this figure on that day."""
        if form not in self.forms:
            return Leeway()
        version = self.find_version(form, on)
        if version is not None:
            return version.leeway
        if form in self.required_from_statutes or self.leeway.may is StatutesMay.FREE:
            return Leeway(StatutesMay.FREE, self.leeway.minimum, self.leeway.maximum, self.leeway.below)
        return Leeway()


class Law:
    """All the figures of law, asked by name, legal form and day."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: Mapping[str, Entry] = {entry.name: entry for entry in entries}

    def __iter__(self) -> Iterator[Entry]:
        """Every entry, in the order of its file."""
        return iter(self._entries.values())

    def __contains__(self, name: object) -> bool:
        """Whether the law knows a figure of that name."""
        return name in self._entries

    def entry(self, name: str) -> Entry:
        """The figure with its label and all its versions; raises KeyError for a name no text knows."""
        return self._entries[name]

    def find_figure(self, name: str, *, form: LegalForm, on: date) -> Figure | None:
        """The law's own figure for that form on that day, or None; raises KeyError for an unknown name."""
        entry = self.entry(name)
        version = entry.find_version(form, on)
        if version is None or version.value is None:
            return None
        return Figure(
            name=name,
            value=version.value,
            unit=entry.unit.value,
            citations=(version.citation,),
            confidence=version.confidence,
            note=version.note or entry.note,
        )

    def figure(self, name: str, *, form: LegalForm, on: date) -> Figure:
        """The law's own figure for that form on that day; raises KeyError when the law gives none."""
        found = self.find_figure(name, form=form, on=on)
        if found is None:
            raise KeyError(f"{name}: the law gives no figure to a {form} on {on}")
        return found

    def entries_for(self, form: LegalForm, *, on: date) -> list[Entry]:
        """The figures the statutes of that form may or must speak of, in the order of the texts."""
        return [entry for entry in self if entry.leeway_for(form, on).may is not StatutesMay.NONE]

    def required_from_statutes(self, form: LegalForm) -> list[Entry]:
        """The figures the law leaves to the statutes of that form, so that they must give them."""
        return [entry for entry in self if form in entry.required_from_statutes]
