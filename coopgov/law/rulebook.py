"""The law and the statutes in one book: the statutes speak where the law lets them."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache

from coopgov.core.errors import Breach, Citation, RuleBroken, refuse_if
from coopgov.core.figures import Confidence, Figure, FigureValue, LegalForm, Speaker
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.law.book import Entry, Law, Leeway, StatutesMay, Version
from coopgov.law.values import Unit, read_value

MOST_KNOWN = 2000


@dataclass(frozen=True, slots=True)
class StatutesFigure:
    """A figure the statutes give, and the clause that gives it ("art. 14")."""

    value: FigureValue
    clause: str

    @property
    def citation(self) -> Citation:
        return Citation(f"Statuts, {self.clause}")


@dataclass(frozen=True, slots=True)
class StatutesVersion:
    """The statutes (*statuts*) as they stand from one day: a legal form and their own figures."""

    in_force_from: date
    form: LegalForm
    figures: Mapping[str, StatutesFigure] = field(default_factory=dict)


class NotYet(RuleBroken, KeyError):
    """Indicate a day so early that neither law nor statutes said anything of it: more often than not a slip."""

    def __init__(self, on: date) -> None:
        sentence = N_("On %(day)s neither the law nor the statutes said anything of this. Choose a later day.")
        super().__init__([Breach("day_too_early", sentence, {"day": on})])


class Rulebook:
    """The figures of one cooperative, day by day; keeps the promise of `core.figures.Figures`."""

    def __init__(self, law: Law, statutes: Sequence[StatutesVersion]) -> None:
        if not statutes:
            raise ValueError("a cooperative has at least one version of its statutes")
        self.law = law
        self._statutes = sorted(statutes, key=lambda version: version.in_force_from)
        self._days = [version.in_force_from for version in self._statutes]
        # A book never changes: what it says of a day is looked up once.
        self._known = lru_cache(MOST_KNOWN)(self._find)
        refuse_if(breach for version in self._statutes for breach in check_statutes_version(law, version))

    @property
    def form(self) -> LegalForm:
        """The legal form of the latest version of the statutes."""
        return self._statutes[-1].form

    def statutes_on(self, on: date) -> StatutesVersion:
        """The statutes in force on that day; before the first ones, the first ones."""
        return self._statutes[max(bisect_right(self._days, on) - 1, 0)]

    def find_figure(self, name: str, *, on: date) -> Figure | None:
        """The figure in force on that day, or None; raises KeyError for a name no text of law knows."""
        return self._known(name, on)

    def _find(self, name: str, on: date) -> Figure | None:
        statutes = self.statutes_on(on)
        entry = self.law.entry(name)
        own = statutes.figures.get(name) if statutes.in_force_from <= on else None
        # A clause that a later law has overtaken is deemed unwritten: the law speaks again.
        if own is not None and not check_statutes_figure(self.law, statutes.form, name, own.value, on):
            return _statutes_figure(entry, entry.find_version(statutes.form, on), own)
        return self.law.find_figure(name, form=statutes.form, on=on)

    def figure(self, name: str, *, on: date) -> Figure:
        """The figure in force on that day; raises KeyError when neither law nor statutes give it."""
        found = self.find_figure(name, on=on)
        if found is None and self.find_figure(name, on=date.max) is not None:
            raise NotYet(on)
        if found is None:
            raise KeyError(f"{name}: neither the law nor the statutes of this {self.form} give it on {on}")
        return found


def _statutes_figure(entry: Entry, version: Version | None, own: StatutesFigure) -> Figure:
    behind = version.citation if version is not None else entry.left_by
    return Figure(
        name=entry.name,
        value=read_value(entry.unit, _plain(entry.unit, own.value)),
        unit=entry.unit.value,
        citations=(own.citation, behind) if behind is not None else (own.citation,),
        confidence=version.confidence if version is not None else Confidence.VERIFIED,
        speaker=Speaker.STATUTES,
        note=(version.note if version is not None else None) or entry.note,
    )


def _plain(unit: Unit, value: FigureValue) -> object:
    """A whole number is also a fraction (1 for all, 0 for none)."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if unit is Unit.FRACTION and is_whole else value


def check_statutes_version(law: Law, version: StatutesVersion) -> list[Breach]:
    """List what the law refuses in the statutes, figure by figure, on the day they take force."""
    return [
        breach
        for name, own in version.figures.items()
        for breach in check_statutes_figure(law, version.form, name, own.value, version.in_force_from)
    ]


def check_required_figures(law: Law, form: LegalForm, names: Iterable[str]) -> list[Breach]:
    """List the figures that the law leaves to the statutes of that form and that they do not give."""
    given = set(names)
    return [
        Breach(
            "statutes_figure_missing",
            N_("The law leaves this figure to the statutes. Give it, with its clause."),
            {"name": entry.name},
            (entry.left_by,) if entry.left_by else (),
            field=entry.name,
        )
        for entry in law.required_from_statutes(form)
        if entry.name not in given
    ]


def check_statutes_figure(law: Law, form: LegalForm, name: str, value: FigureValue, on: date) -> list[Breach]:
    """List what the law refuses in one figure of the statutes of a company of that form, on that day."""
    if name not in law:
        sentence = N_("No text of law knows this figure. Choose one from the list.")
        return [Breach("statutes_figure_unknown", sentence, {"name": name}, field=name)]
    entry = law.entry(name)
    version = entry.find_version(form, on)
    leeway = entry.leeway_for(form, on)
    if leeway.may is StatutesMay.NONE:
        return [_not_theirs(entry, version)]
    try:
        read = read_value(entry.unit, _plain(entry.unit, value))
    except ValueError:
        return [_wrong_kind(entry, version)]
    if entry.words and read not in entry.words:
        return [_wrong_kind(entry, version)]
    return _out_of_bounds(entry, version, leeway, read)


def _behind(entry: Entry, version: Version | None) -> tuple[Citation, ...]:
    citation = version.citation if version is not None else entry.left_by
    return (citation,) if citation is not None else ()


def _not_theirs(entry: Entry, version: Version | None) -> Breach:
    if version is None:
        sentence = N_("This figure does not concern a company of this legal form. Remove it from the statutes.")
        code = "statutes_figure_other_form"
    else:
        sentence = N_("The law sets this figure and leaves no choice to the statutes. Remove it from the statutes.")
        code = "statutes_figure_not_theirs"
    return Breach(code, sentence, {"name": entry.name}, _behind(entry, version), field=entry.name)


def _wrong_kind(entry: Entry, version: Version | None) -> Breach:
    sentence = N_("This value is not of the kind the figure asks for. Choose or write one as the example shows.")
    values = {"name": entry.name}
    return Breach("statutes_figure_wrong_kind", sentence, values, _behind(entry, version), field=entry.name)


def _out_of_bounds(entry: Entry, version: Version | None, leeway: Leeway, read: FigureValue) -> list[Breach]:
    """Compare with the law's own value where the statutes may only go one way, and with fixed bounds."""
    law_value = version.value if version is not None else None
    floors = _numbers(leeway.minimum, law_value if leeway.may is StatutesMay.RAISE else None)
    ceilings = _numbers(leeway.maximum, law_value if leeway.may is StatutesMay.LOWER else None)
    breaches = []
    for number in _numbers(read):
        if floors and number < max(floors):
            sentence = N_("The law does not let the statutes go under %(bound)s. Give at least that.")
            breaches.append(_beyond("statutes_figure_too_low", sentence, entry, version, max(floors)))
        if ceilings and number > min(ceilings):
            sentence = N_("The law does not let the statutes go over %(bound)s. Give at most that.")
            breaches.append(_beyond("statutes_figure_too_high", sentence, entry, version, min(ceilings)))
        for limit in _numbers(leeway.below):
            if number >= limit:
                sentence = N_("The law does not let the statutes reach %(bound)s. Stay under it.")
                breaches.append(_beyond("statutes_figure_too_high", sentence, entry, version, limit))
    return breaches


def _numbers(*values: FigureValue | None) -> list[int | Fraction]:
    return [value for value in values if isinstance(value, int | Fraction) and not isinstance(value, bool)]


def _beyond(code: str, sentence: str, entry: Entry, version: Version | None, bound: int | Fraction) -> Breach:
    shown = Euros(Cents(int(bound))) if entry.unit is Unit.CENTS else bound
    return Breach(code, sentence, {"name": entry.name, "bound": shown}, _behind(entry, version), field=entry.name)
