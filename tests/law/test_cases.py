"""Every case of `cases/*.toml` holds: given a form, a day and the statutes, the law says what a jurist expects."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
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
    text = " | ".join(citation.text for citation in citations)
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
        assert max_proxies(case["members"], rulebook(law, case), case["on"]) == expected

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


def test_every_figure_of_law_has_a_case(law):
    tried = {case["figure"] for path in CASES.glob("*.toml") for case in cases("figures", path)}
    assert sorted({entry.name for entry in law} - tried) == []
    assert sorted(tried - {entry.name for entry in law}) == []


def test_a_case_that_does_not_hold_is_named_with_all_the_others():
    def holds(case):
        assert case["figure"] == "right", "not right"

    given = [{"figure": figure, "place": f"n° {number}"} for number, figure in enumerate(["right", "a", "b"])]
    with pytest.raises(AssertionError, match=r"n° 1: a not right\s+n° 2: b not right"):
        assert_all(given, holds)
