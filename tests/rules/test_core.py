"""Money adds up, days are days in Paris, canonical text is one text, tables refuse what they do not have."""

from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.canonical import canonical_json, digest, quick_json
from coopgov.core.dates import add_years, paris_day
from coopgov.core.errors import Breach, Citation, RuleBroken, refuse_if
from coopgov.core.money import Cents, parse_cents, split
from coopgov.core.policy import GRANTS, SYSTEM, Actor, Permission, Role
from coopgov.core.states import allowed, step

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(lambda w: sum(w) > 0)


@given(st.integers(-(10**9), 10**9), WEIGHTS)
def test_split_adds_up_to_the_cent(total, weights):
    parts = split(Cents(total), weights)
    assert sum(parts) == total


@given(st.integers(0, 10**9), WEIGHTS)
def test_split_is_never_a_cent_away_from_the_exact_share(total, weights):
    for part, weight in zip(split(Cents(total), weights), weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


def test_a_hundred_euros_among_three_loses_no_cent():
    assert split(Cents(100_00), [1, 1, 1]) == [3334, 3333, 3333]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_split_refuses_weights_that_share_nothing(weights):
    with pytest.raises(ValueError, match="positive"):
        split(Cents(1), weights)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("12,50", 1250), ("12.50", 1250), ("1 234,56", 123456), ("1\u202f234,56", 123456), ("1\u00a0234,5 €", 123450),
     ("-1", -100), ("0", 0), ("12", 1200), ("1234567,89", 123456789)],
)  # fmt: skip
def test_amounts_are_read_as_people_type_them(typed, cents):
    assert parse_cents(typed) == cents


@pytest.mark.parametrize("typed", ["1e3", "", "12,505", "1.234,56", "abc", "12,5,0", "=1+1", "1 23,00", "--1", "١٢"])
def test_amounts_that_are_not_amounts_are_refused(typed):
    with pytest.raises(ValueError):
        parse_cents(typed)


@given(st.integers(0, 10**12))
def test_an_amount_written_is_read_back(cents):
    assert parse_cents(f"{cents // 100},{cents % 100:02d}") == cents


def test_a_legal_day_is_a_day_in_paris():
    assert paris_day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert paris_day(datetime(2026, 12, 31, 22, 30, tzinfo=UTC)) == date(2026, 12, 31)


def test_years_later_on_29_february():
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_one_fact_has_one_text():
    assert canonical_json({"b": 1, "a": [date(2026, 1, 2), Fraction(1, 3)]}) == b'{"a":["2026-01-02","1/3"],"b":1}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_a_fact_with_a_float_has_no_text():
    with pytest.raises(TypeError):
        canonical_json({"rate": 0.1})


class State(StrEnum):
    OPEN = "open"
    SHUT = "shut"


class Step(StrEnum):
    SHUT = "shut"


TABLE = {(State.OPEN, Step.SHUT): State.SHUT}


FACTS = st.recursive(
    st.none()
    | st.booleans()
    | st.text(st.characters(codec="utf-8"))
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.dates()
    | st.uuids(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz_019", max_size=6), inner, max_size=6),
)


@given(FACTS)
def test_the_quick_way_to_canonical_text_gives_the_same_bytes(fact):
    assert quick_json(fact) == canonical_json(fact)


def test_a_step_of_the_table_is_taken_and_any_other_refused():
    assert step(TABLE, State.OPEN, Step.SHUT) is State.SHUT
    assert allowed(TABLE, State.SHUT) == []
    with pytest.raises(RuleBroken):
        step(TABLE, State.SHUT, Step.SHUT)


def test_all_breaches_are_told_at_once():
    two = [Breach("a", "first"), Breach("b", "second %(n)s", {"n": 2}, (Citation("art. 1"),))]
    with pytest.raises(RuleBroken) as refused:
        refuse_if(two)
    assert [breach.code for breach in refused.value.breaches] == ["a", "b"]
    refuse_if([])


def test_an_office_opens_what_its_page_says_and_nothing_else():
    treasurer = Actor("Nadia", roles=frozenset({Role.TREASURER}))
    assert treasurer.may(Permission.SHARES_RECORD)
    assert not treasurer.may(Permission.MINUTES_WRITE)
    assert not Actor("nobody").may(Permission.HOME_SEE)
    assert all(SYSTEM.may(permission) for permission in GRANTS)
