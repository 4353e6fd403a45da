"""A share is paid back at nominal less losses, and refunds stop at the floor of the capital."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.refunds import Losses, capital_floor, most_refundable, refund_value
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion
from coopgov.law.thresholds import items_capital

ON = date(2026, 11, 24)
LAW = load_law()
cents = st.integers(0, 10**9)


def book(form=LegalForm.SCOP_SARL, **figures):
    names = {"floor": "capital.floor_ratio", "items": "assembly.items_fraction"}
    own = {names[key]: StatutesFigure(Fraction(value), "art. 9") for key, value in figures.items()}
    return Rulebook(LAW, [StatutesVersion(date(2020, 1, 1), form, own)])


SARL, SA = book(), book(LegalForm.SCIC_SA)


def test_a_share_of_twenty_euros_is_paid_back_sixteen_after_losses():
    losses = Losses(loss=17_000_00, reserves=5_000_00, capital=60_000_00)
    value = refund_value(20_00, losses, SARL, ON)
    assert value.cents == 16_00
    assert "art. 18" in value.citations[0].text


@pytest.mark.parametrize(
    ("loss", "reserves", "value"),
    [(0, 0, 20_00), (5_000_00, 5_000_00, 20_00), (5_000_01, 5_000_00, 19_99), (60_000_00, 0, 0), (70_000_00, 0, 0)],
)
def test_losses_begin_where_reserves_end_and_take_no_more_than_all(loss, reserves, value):
    assert refund_value(20_00, Losses(loss, reserves, 60_000_00), SARL, ON).cents == value


@pytest.mark.parametrize("wrong", [(-1, 0, 1), (0, -1, 1), (0, 0, 0)])
def test_losses_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="fit"):
        Losses(*wrong)


@given(cents, cents, cents, st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.randoms())
def test_members_together_get_no_more_than_what_is_left_in_any_order(loss, more, reserves, held, random):
    losses, worse = (Losses(each, reserves, sum(held)) for each in (loss, loss + more))
    paid = [refund_value(each, losses, SARL, ON).cents for each in held]
    shuffled = random.sample(held, len(held))
    assert sum(paid) <= sum(held) * (1 - losses.part_of_capital)
    assert sorted(paid) == sorted(refund_value(each, losses, SARL, ON).cents for each in shuffled)
    assert all(refund_value(each, worse, SARL, ON).cents <= now for each, now in zip(held, paid, strict=True))


@pytest.mark.parametrize(
    ("highest", "minimum", "figures", "level", "article"),
    [
        (80_000_00, 0, SARL, 20_000_00, "art. 31"),
        (80_000_01, 0, SARL, 20_000_01, "art. 31"),
        (80_000_00, 25_000_00, SARL, 25_000_00, "art. 31"),
        (80_000_00, 0, SA, 20_000_00, "art. 13"),
        (74_000_00, 0, SA, 18_500_00, "art. 13"),
        (73_999_96, 0, SA, 18_500_00, "art. L224-2"),
        (0, 0, SARL, 0, "art. 31"),
    ],
)
def test_the_floor_is_the_highest_of_three(highest, minimum, figures, level, article):
    found = capital_floor(highest, minimum, figures, ON)
    assert found.cents == level
    assert article in found.citations[0].text


def test_refunds_stop_at_the_floor():
    level = capital_floor(80_000_00, 0, SARL, ON)
    assert [most_refundable(capital, level) for capital in (20_000_01, 20_000_00, 19_999_99)] == [1, 0, 0]


@given(cents, cents, cents, st.fractions(Fraction(1, 4), 1, max_denominator=20))
def test_a_stricter_floor_never_lets_more_out(capital, highest, minimum, ratio):
    loose, strict = (capital_floor(highest, minimum, figures, ON) for figures in (SARL, book(floor=ratio)))
    assert most_refundable(capital, strict) <= most_refundable(capital, loose)
    assert capital - most_refundable(capital, strict) >= min(capital, strict.cents)


@pytest.mark.parametrize(
    ("euros", "asked"),
    [
        (0, 0),
        (100_000, 5_000),
        (750_000, 37_500),
        # The scale of the SA: 4 %, then 2.5 %, 1 % and 0.5 % of each slice.
        (750_040, 30_001),
        (7_500_000, 198_750),
        (15_000_000, 273_750),
        (20_000_000, 298_750),
    ],
)
def test_the_capital_that_may_ask_for_an_item_goes_down_in_a_large_sa(euros, asked):
    found = items_capital(euros * 100, SA, ON)
    assert found.cents == asked * 100
    assert ("R225-71" in found.citations[0].text) == (euros > 750_000)


def test_in_a_sarl_it_is_one_part_whatever_the_capital_and_statutes_may_lower_it():
    assert items_capital(20_000_000_00, SARL, ON).cents == 1_000_000_00
    assert items_capital(20_000_000_00, book(LegalForm.SCIC_SA, items="1/100"), ON).cents == 200_000_00
