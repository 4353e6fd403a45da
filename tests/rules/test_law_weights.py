"""External votes are weighed down to the cap of article 3 bis, exactly, and never beyond one vote each."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion
from coopgov.law.weights import Heads, external_weights

ON = date(2026, 11, 24)
LAW = load_law()
CAP = "membership.external_votes_max"
heads = st.integers(0, 100_000)


def book(form=LegalForm.SCOP_SARL, **own):
    names = {"cap": CAP, "wider": "membership.external_votes_max_with_cooperatives"}
    clauses = {names[key]: StatutesFigure(Fraction(value), "art. 9") for key, value in own.items()}
    return Rulebook(LAW, [StatutesVersion(date(2020, 1, 1), form, clauses)])


LAW_ALONE = book()


def test_thirteen_internal_and_ten_external_votes_weigh_seven_tenths():
    weights = external_weights(Heads(13, 10), LAW_ALONE, ON)
    assert (weights.others, weights.external_share) == (Fraction(7, 10), Fraction(35, 100))
    assert "art. 3 bis" in weights.citations[0].text


@pytest.mark.parametrize(
    ("internal", "others", "weight"),
    [
        (0, 0, Fraction(1)),
        (0, 1, Fraction(0)),
        (1, 0, Fraction(1)),
        (1, 1, Fraction(7, 13)),
        (2, 1, Fraction(1)),
        (3, 2, Fraction(21, 26)),
        # 65 and 35 are exactly the cap: one more external and each weighs less.
        (65, 34, Fraction(1)),
        (65, 35, Fraction(1)),
        (65, 36, Fraction(35, 36)),
        (99, 100, Fraction(693, 1300)),
        (100, 101, Fraction(700, 1313)),
    ],
)
def test_the_weight_at_its_borders(internal, others, weight):
    assert external_weights(Heads(internal, others), LAW_ALONE, ON).others == weight


def test_cooperative_societies_take_the_room_up_to_forty_nine_percent():
    weights = external_weights(Heads(51, 30, 30), LAW_ALONE, ON)
    assert weights.external_share == Fraction(49, 100)
    assert weights.others * 30 == Fraction(51 * 35, 65)
    assert external_weights(Heads(51, 0, 49), LAW_ALONE, ON).cooperatives == 1
    assert external_weights(Heads(51, 0, 50), LAW_ALONE, ON).cooperatives == Fraction(49, 50)


def test_a_scic_has_no_such_cap():
    weights = external_weights(Heads(1, 99, 5), book(LegalForm.SCIC_SA), ON)
    assert (weights.others, weights.cooperatives, weights.citations) == (1, 1, ())


def test_fewer_than_nobody_is_refused():
    with pytest.raises(ValueError, match="negative"):
        Heads(1, -1)


@given(heads, heads, heads)
def test_the_caps_hold_and_are_reached_exactly_when_they_bite(internal, others, cooperatives):
    weights = external_weights(Heads(internal, others, cooperatives), LAW_ALONE, ON)
    assert 0 <= weights.others <= 1
    assert 0 <= weights.cooperatives <= 1
    if internal:
        assert weights.external_share <= Fraction(49, 100)
        assert weights.external_share == Fraction(49, 100) or weights.cooperatives == 1
    if internal and not cooperatives:
        assert weights.external_share <= Fraction(35, 100)
        assert weights.external_share == Fraction(35, 100) or weights.others == 1


@given(heads, heads, st.fractions(0, Fraction(35, 100), max_denominator=100))
def test_stricter_statutes_never_give_externals_more(internal, others, cap):
    crowd = Heads(internal, others)
    stricter = external_weights(crowd, book(cap=cap), ON)
    assert stricter.others <= external_weights(crowd, LAW_ALONE, ON).others
    assert stricter.external_share <= cap or internal == 0
