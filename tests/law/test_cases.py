"""Every case of `cases/*.toml` holds: given a form, a day and the statutes, the law says what a jurist expects."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coopgov.core.errors import Citation
from coopgov.core.figures import FigureValue, LegalForm
from coopgov.law.arithmetic import (
    Counts,
    decide,
    decision_rule,
    earliest_assembly_day,
    latest_sending_day,
    max_proxies,
    quorum,
    quorum_met,
)
from coopgov.law.loader import Law, load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion, check_statutes_figure
from coopgov.law.values import read_value

CASES = Path(__file__).parent / "cases"
LONG_AGO = date(2000, 9, 21)
KINDS = {"figures", "votes", "quorums", "notices", "proxies", "clauses"}
BORDERS = (0, 1, 2, 3, 99, 100, 101)


def files(kind: str) -> list[Any]:
    """The files that hold cases of that kind: one test each, for a thousand tests would cost more than their cases."""
    return [pytest.param(cases(kind, path), id=path.stem) for path in sorted(CASES.glob("*.toml")) if cases(kind, path)]


def cases(kind: str, path: Path) -> list[Mapping[str, Any]]:
    """Every case of that kind in the file, once for each of its forms, with its place there."""
    return [
        {**case, "form": LegalForm(form), "place": f"{path.name}, {kind} n° {number}, {form}"}
        for number, case in enumerate(read(path).get(kind, []), 1)
        for form in case.get("forms") or [case["form"]]
    ]


def every_case() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every case of every file, with its kind."""
    for path in sorted(CASES.glob("*.toml")):
        for kind in KINDS:
            yield from ((kind, case) for case in cases(kind, path))


@cache
def read(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def assert_all(given: Iterable[Mapping[str, Any]], holds: Callable[[Mapping[str, Any]], None]) -> None:
    """Try every case and name all those that do not hold, with what was found instead."""
    faults = [f"{case['place']}: {fault}" for case in given if (fault := fault_of(case, holds))]
    assert not faults, "\n".join(["", *faults])


def fault_of(case: Mapping[str, Any], holds: Callable[[Mapping[str, Any]], None]) -> str | None:
    try:
        holds(case)
    except (AssertionError, KeyError) as fault:
        return f"{case.get('figure', '')} {str(fault).partition(chr(10))[0]}"
    return None


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


def rulebook(law: Law, case: Mapping[str, Any]) -> Rulebook:
    """The law with the clauses the case gives."""
    own = {
        name: StatutesFigure(read_value(law.entry(name).unit, value), case["clause"])
        for name, value in case.get("statutes", {}).items()
    }
    return Rulebook(law, [StatutesVersion(LONG_AGO if not own else date(2020, 1, 1), case["form"], own)])


def assert_cited(because: str, citations: Iterable[Citation]) -> None:
    text = " | ".join(citation.text for citation in citations).replace("\u00a0", " ")
    assert re.search(re.escape(because) + r"(?!\d)", text), f"{because} is not in: {text}"


@pytest.mark.parametrize("given", files("figures"))
def test_a_figure(law, given):
    def holds(case):
        found = law.find_figure(case["figure"], form=case["form"], on=case["on"])
        if case.get("absent"):
            assert found is None
        else:
            assert found is not None
            assert found.value == read_value(law.entry(found.name).unit, case["expect"])
            assert_cited(case["because"], found.citations)

    assert_all(given, holds)


@pytest.mark.parametrize("given", files("votes"))
def test_a_vote(law, given):
    def holds(case):
        rule = decision_rule(rulebook(law, case), kind=case["kind"], call=case["call"], on=case["on"])
        counts = Counts(*case["votes"], present_or_represented=case["room"], enrolled=case["roll"])
        assert decide(counts, rule).adopted is case["adopted"]
        assert_cited(case["because"], rule.citations)

    assert_all(given, holds)


@pytest.mark.parametrize("given", files("quorums"))
def test_a_quorum(law, given):
    def holds(case):
        figure = quorum(rulebook(law, case), kind=case["kind"], call=case["call"], on=case["on"])
        assert quorum_met(case["present"], case["roll"], figure.as_fraction()) is case["met"]
        assert_cited(case["because"], figure.citations)

    assert_all(given, holds)


@pytest.mark.parametrize("given", files("notices"))
def test_a_notice(law, given):
    def holds(case):
        figure = rulebook(law, case).figure(f"assembly.notice_days.{case['call']}", on=case["sent_on"])
        assert earliest_assembly_day(case["sent_on"], figure.as_int()) == case["earliest"]
        assert latest_sending_day(case["earliest"], figure.as_int()) == case["sent_on"]
        assert_cited(case["because"], figure.citations)

    assert_all(given, holds)


@pytest.mark.parametrize("given", files("proxies"))
def test_the_proxies_of_one_holder(law, given):
    def holds(case):
        expected = None if case.get("unlimited") else case["expect"]
        book = rulebook(law, case)
        assert max_proxies(case["members"], book, case["on"]) == expected
        limits = (book.find_figure(name, on=case["on"]) for name in ("proxy.divisor", "proxy.max_per_holder"))
        if "because" in case:
            assert_cited(case["because"], [article for limit in limits if limit for article in limit.citations])

    assert_all(given, holds)


@pytest.mark.parametrize("given", files("clauses"))
def test_a_clause_of_the_statutes(law, given):
    def holds(case):
        breaches = check_statutes_figure(law, case["form"], case["figure"], _value(case["value"]), case["on"])
        assert [breach.code for breach in breaches] == ([case["refused"]] if "refused" in case else [])
        if "because" in case:
            assert_cited(case["because"], breaches[0].citations)

    assert_all(given, holds)


def _value(raw: FigureValue) -> FigureValue:
    is_fraction = isinstance(raw, str) and raw.replace("/", "").isdigit()
    return Fraction(raw) if isinstance(raw, str) and is_fraction else raw


# What the cases leave out


def test_no_case_is_overlooked_for_a_misspelt_table_and_each_names_its_article():
    assert {table for path in CASES.glob("*.toml") for table in read(path)} == KINDS
    mute = [
        case["place"]
        for kind, case in every_case()
        if "because" not in case and not (case.get("absent") or case.get("unlimited") or kind == "clauses")
    ]
    assert mute == []
    assert sum("because" in case for _kind, case in every_case()) > 150


def test_every_version_of_every_figure_has_a_case_that_expects_its_value(law):
    """A figure that is only said to be absent, or tried on one of its days alone, has no case."""
    tried = {
        (case["figure"], id(law.entry(case["figure"]).find_version(case["form"], case["on"])))
        for kind, case in every_case()
        if kind == "figures" and "expect" in case
    }
    ended = {case["figure"] for kind, case in every_case() if case.get("absent")}
    assert [
        f"{entry.name}, {version.in_force_from}"
        for entry in law
        for version in entry.versions
        if (entry.name, id(version)) not in tried and (version.value is not None or entry.name not in ended)
    ] == []


def test_every_figure_left_to_the_statutes_alone_has_a_clause_that_is_accepted(law):
    accepted = {case["figure"] for kind, case in every_case() if kind == "clauses" and "refused" not in case}
    assert sorted({entry.name for entry in law if not entry.versions} - accepted) == []


@pytest.mark.parametrize("call", ["first", "second"])
def test_majorities_and_quorums_are_tried_at_their_borders(law, call):
    """At each base: refused one below where that can be, granted just there; and exactly on each usual fraction."""
    tried = Tried()
    for kind, case in every_case():
        if case.get("call") == call and kind == "votes":
            rule = decision_rule(rulebook(law, case), kind=case["kind"], call=call, on=case["on"])
            counts = Counts(*case["votes"], present_or_represented=case["room"], enrolled=case["roll"])
            tried.note(("majority", rule.fraction), case["votes"][0], counts.measured_on(rule.base), case["adopted"])
        elif case.get("call") == call and kind == "quorums":
            fraction = quorum(rulebook(law, case), kind=case["kind"], call=call, on=case["on"]).as_fraction()
            tried.note(("quorum", fraction), case["present"], case["roll"], case["met"])
    fractions = [Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)]
    asked = [(what, fraction) for what in ("majority", "quorum") for fraction in fractions]
    assert [(rule, base) for rule in asked for base in BORDERS if not tried.both_sides(rule, base)] == []
    assert [rule for rule in asked if rule not in tried.exactly] == []


@dataclass
class Tried:
    """The answers that cases expect, by rule and base."""

    answers: dict[Any, set[bool]] = field(default_factory=dict)
    exactly: set[Any] = field(default_factory=set)

    def note(self, rule: Any, part: int, base: int, answer: bool) -> None:  # noqa: FBT001 - the answer itself
        least = min((k for k in range(base + 1) if k >= rule[1] * base), default=0)
        if abs(part - least) <= 1:
            self.answers.setdefault((rule, base), set()).add(answer)
        if base and part == rule[1] * base:
            self.exactly.add(rule)

    def both_sides(self, rule: Any, base: int) -> bool:
        return self.answers.get((rule, base)) == ({False} if base == 0 else {False, True})


def test_a_case_that_does_not_hold_is_named_with_all_the_others():
    def holds(case):
        assert case["figure"] == "right", "not right"

    given = [{"figure": figure, "place": f"n° {number}"} for number, figure in enumerate(["right", "a", "b"])]
    with pytest.raises(AssertionError, match=r"n° 1: a not right\s+n° 2: b not right"):
        assert_all(given, holds)
