"""What differs between two texts of the statutes, line by line: the old value, the new one, the clause."""

from collections.abc import Iterator
from dataclasses import dataclass

from coopgov.law.book import Law
from coopgov.law.rulebook import StatutesFigure
from coopgov.statutes.drafting import with_minimum_as_figure
from coopgov.statutes.rules import College, StatutesText
from coopgov.statutes.sections import FACT_LABELS

ORDER = "colleges"


@dataclass(frozen=True, slots=True)
class Change:
    """One line that differs; None is what one of the two texts does not say."""

    name: str
    old: object
    new: object

    @property
    def clause(self) -> str:
        """The clause where it stands, or stood."""
        for value in (self.new, self.old):
            if isinstance(value, StatutesFigure):
                return value.clause
        return ""


def changes(before: StatutesText, after: StatutesText, law: Law) -> list[Change]:
    """Every difference, in the order of the sections: facts, colleges, figures as the texts of law have them."""
    one, other = with_minimum_as_figure(before), with_minimum_as_figure(after)
    return [*_facts(one, other), *_colleges(one, other), *_figures(one, other, law)]


def _facts(before: StatutesText, after: StatutesText) -> Iterator[Change]:
    for name in FACT_LABELS:
        if name != "in_force_from" and getattr(before, name) != getattr(after, name):
            yield Change(name, getattr(before, name), getattr(after, name))


def _colleges(before: StatutesText, after: StatutesText) -> Iterator[Change]:
    old, new = _by_code(before), _by_code(after)
    for code in [*new, *(code for code in old if code not in new)]:
        if old.get(code) != new.get(code):
            yield Change(f"college:{code}", old.get(code), new.get(code))
    kept = [code for code in old if code in new]
    if kept != [code for code in new if code in old]:
        yield Change(ORDER, _labels(before), _labels(after))


def _by_code(text: StatutesText) -> dict[str, College]:
    return {college.code: college for college in text.colleges}


def _labels(text: StatutesText) -> str:
    return ", ".join(college.label for college in text.colleges)


def _figures(before: StatutesText, after: StatutesText, law: Law) -> Iterator[Change]:
    for entry in law:
        old, new = before.figures.get(entry.name), after.figures.get(entry.name)
        if old != new:
            yield Change(entry.name, old, new)
