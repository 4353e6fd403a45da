"""Majorities, quorums, notice and proxies are counted in whole numbers, exactly, at every border."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.errors import Citation
from coopgov.law.arithmetic import (
    Base,
    Counts,
    DecisionRule,
    add_months,
    decide,
    earliest_assembly_day,
    latest_sending_day,
    quorum_heads,
    quorum_met,
    reaches,
    year_end_before,
)

HALF, TWO_THIRDS, THREE_QUARTERS = Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)
heads = st.integers(0, 200_000)
fractions = st.fractions(0, 1, max_denominator=100)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@st.composite
def counts(draw):
    """Votes that fit in a room that fits on a roll."""
    for_, against, abstain, blank, silent, away = (draw(heads) for _ in range(6))
    room = for_ + against + abstain + blank + silent
    return Counts(for_, against, abstain, blank, present_or_represented=room, enrolled=room + away)


@pytest.mark.parametrize(
    ("whole", "fraction", "least", "least_strict"),
    [
        (1, HALF, 1, 1),
        (2, HALF, 1, 2),
        (3, HALF, 2, 2),
        (99, HALF, 50, 50),
        (100, HALF, 50, 51),
        (101, HALF, 51, 51),
        (1, TWO_THIRDS, 1, 1),
        (2, TWO_THIRDS, 2, 2),
        (3, TWO_THIRDS, 2, 3),
        (99, TWO_THIRDS, 66, 67),
        (100, TWO_THIRDS, 67, 67),
        (101, TWO_THIRDS, 68, 68),
        (1, THREE_QUARTERS, 1, 1),
        (2, THREE_QUARTERS, 2, 2),
        (3, THREE_QUARTERS, 3, 3),
        (4, THREE_QUARTERS, 3, 4),
        (99, THREE_QUARTERS, 75, 75),
        (100, THREE_QUARTERS, 75, 76),
        (101, THREE_QUARTERS, 76, 76),
    ],
)
def test_a_majority_is_decided_by_one_vote(whole, fraction, least, least_strict):
    assert reaches(least, whole, fraction, strict=False)
    assert not reaches(least - 1, whole, fraction, strict=False)
    assert reaches(least_strict, whole, fraction, strict=True)
    assert not reaches(least_strict - 1, whole, fraction, strict=True)


@pytest.mark.parametrize("fraction", [Fraction(0), HALF, TWO_THIRDS, Fraction(1)])
@pytest.mark.parametrize("strict", [True, False])
def test_nobody_decides_nothing(fraction, strict):
    assert not reaches(0, 0, fraction, strict=strict)


@given(heads, heads, fractions)
def test_passing_a_fraction_is_harder_than_reaching_it(part, whole, fraction):
    assert reaches(part, whole, fraction, strict=False) or not reaches(part, whole, fraction, strict=True)


@given(counts(), fractions, fractions, st.booleans(), st.booleans(), st.sampled_from(Base))
def test_a_stricter_rule_never_admits_what_a_looser_refused(votes, one, other, strict_one, strict_other, base):
    looser, stricter = sorted([(one, strict_one), (other, strict_other)])
    admitted = decide(votes, DecisionRule(*stricter, base)).adopted
    assert not admitted or decide(votes, DecisionRule(*looser, base)).adopted


@given(counts(), fractions.filter(bool), st.booleans())
def test_a_wider_base_never_admits_what_a_narrower_refused(votes, fraction, strict):
    expressed, room, everybody = (decide(votes, DecisionRule(fraction, strict, base)).adopted for base in Base)
    assert everybody <= room <= expressed


@given(counts(), fractions, st.booleans(), st.sampled_from(Base))
def test_a_decision_shows_the_two_numbers_it_rests_on(votes, fraction, strict, base):
    rule = DecisionRule(fraction, strict, base, (Citation("art. 1"),))
    decision = decide(votes, rule)
    assert decision.adopted == reaches(decision.numerator, decision.denominator, fraction, strict=strict)
    assert (decision.numerator, decision.rule) == (votes.for_, rule)


@given(
    st.lists(st.sampled_from(["for", "against", "abstain", "blank"]), max_size=40), st.randoms(), st.sampled_from(Base)
)
def test_the_order_of_ballots_changes_nothing(ballots, random, base):
    def count(papers):
        four = [papers.count(choice) for choice in ("for", "against", "abstain", "blank")]
        return Counts(*four, present_or_represented=len(papers), enrolled=len(papers))

    shuffled = random.sample(ballots, len(ballots))
    rule = DecisionRule(HALF, strict=True, base=base)
    assert decide(count(ballots), rule) == decide(count(shuffled), rule)


@given(counts())
def test_with_votes_cast_as_base_abstentions_and_blanks_weigh_nothing(votes):
    rule = DecisionRule(HALF, strict=True, base=Base.EXPRESSED)
    room = votes.expressed
    bare = Counts(votes.for_, votes.against, 0, 0, present_or_represented=room, enrolled=room)
    assert decide(votes, rule).adopted == decide(bare, rule).adopted


@pytest.mark.parametrize("wrong", [(-1, 0, 0, 0, 1, 1), (2, 0, 0, 0, 1, 5), (1, 0, 0, 0, 3, 2)])
def test_counts_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=r"count|fit"):
        Counts(*wrong)


@given(heads, fractions)
def test_the_heads_of_a_quorum_are_the_fewest_that_meet_it(enrolled, fraction):
    needed = quorum_heads(enrolled, fraction)
    if enrolled:
        assert quorum_met(needed, enrolled, fraction)
        assert needed == 0 or not quorum_met(needed - 1, enrolled, fraction)


def test_no_quorum_is_met_by_an_empty_room_and_a_quorum_never_by_an_empty_roll():
    assert quorum_met(0, 0, Fraction(0))
    assert not quorum_met(0, 0, Fraction(1, 5))


@given(days, st.integers(0, 60))
def test_the_day_of_sending_is_not_counted_and_the_day_of_assembly_is(sent_on, notice):
    earliest = earliest_assembly_day(sent_on, notice)
    assert (earliest - sent_on).days == notice
    assert latest_sending_day(earliest, notice) == sent_on


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 24), 2, date(2027, 1, 24)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last(day, months, expected):
    assert add_months(day, months) == expected


@given(days, st.integers(0, 48))
def test_months_never_skip_one(day, months):
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("month_and_day", "on", "ended"),
    [
        ("12-31", date(2026, 11, 24), date(2025, 12, 31)),
        ("12-31", date(2027, 1, 1), date(2026, 12, 31)),
        ("11-24", date(2026, 11, 24), date(2025, 11, 24)),
        ("02-29", date(2027, 3, 1), date(2027, 2, 28)),
        ("02-29", date(2024, 3, 1), date(2024, 2, 29)),
    ],
)
def test_the_last_financial_year_is_the_one_that_has_ended(month_and_day, on, ended):
    assert year_end_before(month_and_day, on) == ended
