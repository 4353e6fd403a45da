"""A count drawn: who took part, the votes, the rounds, the profiles of grades; the drawing itself is the server's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from coopgov.ballots.counting.papers import Grades, Paper
from coopgov.ballots.queries import Result
from coopgov.web.filters import decimal
from coopgov.web.plot import Stack, stack

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length, what stands beside it."""

    label: str
    value: int
    text: str


@dataclass(frozen=True, slots=True)
class Duel:
    """Two texts compared: how many ballots prefer the one, and how many the other."""

    one: str
    other: str
    for_one: str
    for_other: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pictures of one count; empty where its method has none of that kind."""

    turnout: list[Bar]
    votes: list[Bar]
    stack: Stack | None
    duels: list[Duel]


def drawn(result: Result) -> Drawn:
    """The pictures of a proclaimed count."""
    if result.form is None or result.paper is None:
        return _answers(result)
    paper, detail = result.paper, result.form["detail"]
    votes = detail.get("votes", {})
    bars = [_bar(option.label, votes[option.id]) for option in paper.options if option.id in votes]
    return Drawn(_turnout(result, result.form), bars, _stack(paper, detail), list(_duels(paper, detail)))


def _answers(result: Result) -> Drawn:
    """Those of a resolution: its answers, and who gave one."""
    counts = result.counts
    valid = counts.for_ + counts.against + counts.abstain
    votes = (
        (_("Votes for"), counts.for_), (_("Votes against"), counts.against),
        (_("Abstentions"), counts.abstain), (_("Blank ballots"), counts.blank),
    )  # fmt: skip
    turnout = (
        (_("Valid ballots"), valid), (_("Blank ballots"), counts.blank),
        (_("Did not vote"), counts.enrolled - valid - counts.blank),
    )  # fmt: skip
    return Drawn([_bar(*one) for one in turnout], [_bar(*one) for one in votes], None, [])


def _bar(label: str, number: int) -> Bar:
    return Bar(label, number, decimal(number))


def _turnout(result: Result, facts: Facts) -> list[Bar]:
    sums = {sort: sum(line[sort] for line in facts["turnout"].values()) for sort in ("valid", "blank", "null")}
    left = result.counts.enrolled - sum(sums.values())
    labels = {"valid": _("Valid ballots"), "blank": _("Blank ballots"), "null": _("Null ballots")}
    return [*(_bar(labels[sort], number) for sort, number in sums.items()), _bar(_("Did not vote"), left)]


def _stack(paper: Paper, detail: Facts) -> Stack | None:
    if isinstance(paper, Grades):
        return _profiles(paper, detail["grades"])
    return _rounds(paper, detail) if detail.get("stages") else None


def _profiles(paper: Grades, profiles: Mapping[str, list[int]]) -> Stack | None:
    rows = [
        (option.label, profiles[option.id], _shown(profiles[option.id]))
        for option in paper.options
        if option.id in profiles
    ]
    return stack(_("Profile of grades"), [grade.label for grade in paper.grades], rows) if rows else None


def _shown(numbers: list[int]) -> list[str]:
    return [decimal(number) for number in numbers]


def _rounds(paper: Paper, detail: Facts) -> Stack:
    """One bar a stage: the votes of each candidate, to five decimals."""
    rows = []
    for number, stage in enumerate(detail["stages"], start=1):
        values = [Fraction(stage["votes"].get(one, 0), detail["unit"]) for one in paper.ids]
        shown = [format_decimal(Decimal(v.numerator) / v.denominator, format="#,##0.#####") for v in values]
        rows.append((_("Stage %(number)s", number=number), values, shown))
    return stack(_("Votes at each stage"), [option.label for option in paper.options], rows)


def _duels(paper: Paper, detail: Facts) -> Iterator[Duel]:
    duels = detail.get("duels", {})
    for place, one in enumerate(paper.ids):
        for other in paper.ids[place + 1 :]:
            if one in duels:
                yield Duel(
                    paper.label(one), paper.label(other), decimal(duels[one][other]), decimal(duels[other][one])
                )  # fmt: skip
