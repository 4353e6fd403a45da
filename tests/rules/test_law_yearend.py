"""A surplus is shared out to the cent, within what the laws of 1947 and 1978 allow."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion
from coopgov.law.yearend import (
    ScicYear,
    ScopYear,
    check_coefficients,
    check_patronage_refund,
    check_scic_interest,
    check_scop_split,
    has_labour_share,
    interest_cap,
    most_scic_interest,
    share_labour,
    split_scic_surplus,
    split_scop_surplus,
)

ON = date(2024, 6, 15)
LAW = load_law()
cents = st.integers(0, 10**9)
parts = st.fractions(0, 1, max_denominator=100)


def book(form, **figures):
    own = {f"year_end.{name}": StatutesFigure(Fraction(value), "art. 30") for name, value in figures.items()}
    return Rulebook(LAW, [StatutesVersion(date(2020, 1, 1), form, own)])


SCOP, SCIC, LOI47 = book(LegalForm.SCOP_SARL), book(LegalForm.SCIC_SA), book(LegalForm.LOI47_SA)
STRICT_SCOP = book(LegalForm.SCOP_SARL, labour_share_min="1/2")
STRICT_SCIC = book(LegalForm.SCIC_SA, statutory_reserve_min="3/4")
CAP = interest_cap(SCIC, assembly_on=ON)


def scop(surplus=100_000_00, highest=80_000_00, reserve=70_000_00, development="30/100", interest=10_000_00):
    return ScopYear(surplus, highest, reserve, Fraction(development), interest)


def scic(surplus=100_000_00, reserves=120_000_00, capital=500_000_00, interest=19_000_00, grants=0):
    return ScicYear(surplus, reserves, capital, interest, grants)


def codes(breaches):
    return [breach.code for breach in breaches]


def test_a_hundred_thousand_euros_in_a_scop():
    split = split_scop_surplus(scop(), SCOP, ON)
    assert (split.legal_reserve, split.development_fund) == (10_000_00, 35_000_00)
    assert (split.labour_share, split.interest) == (45_000_00, 10_000_00)
    assert check_scop_split(scop(), SCOP, ON) == []


@pytest.mark.parametrize(
    ("reserve", "put"),
    [(0, 15_000_00), (65_000_00, 15_000_00), (65_000_01, 14_999_99), (79_999_99, 1), (80_000_00, 0), (90_000_00, 0)],
)
def test_the_legal_reserve_stops_at_the_highest_capital(reserve, put):
    assert split_scop_surplus(scop(reserve=reserve), SCOP, ON).legal_reserve == put


@pytest.mark.parametrize(
    ("interest", "development", "refused"),
    [
        (27_500_00, "30/100", []),
        # Reserves 45,000: the labour share is the tighter bound, one cent beyond is refused.
        (27_500_01, "30/100", ["interest_over_labour"]),
        (15_000_00, "5/1000", []),
        # Reserves 15,500: one cent beyond is refused.
        (15_500_00, "5/1000", []),
        (15_500_01, "5/1000", ["interest_over_reserves"]),
        (0, "0", ["no_development_fund"]),
        # The labour share is a quarter, exactly, then a cent less.
        (0, "60/100", []),
        (1, "60/100", ["labour_share_too_small"]),
    ],
)
def test_what_article_33_refuses(interest, development, refused):
    breaches = check_scop_split(scop(interest=interest, development=development), SCOP, ON)
    assert codes(breaches) == refused
    assert all("art. 33" in breach.citations[0].text for breach in breaches)


def test_all_that_is_wrong_with_a_split_is_told_at_once():
    year = scop(interest=90_000_00, development="0", reserve=80_000_00)
    found = codes(check_scop_split(year, SCOP, ON))
    assert found == ["no_development_fund", "labour_share_too_small", "interest_over_reserves", "interest_over_labour"]


@given(cents, cents, cents, parts, cents)
def test_the_parts_of_a_scop_add_up_and_a_stricter_statute_admits_no_more(surplus, highest, reserve, part, interest):
    year = ScopYear(surplus, highest, reserve, part, interest)
    split = split_scop_surplus(year, SCOP, ON)
    assert split.legal_reserve + split.development_fund + split.labour_share + split.interest == surplus
    if not check_scop_split(year, STRICT_SCOP, ON):
        assert not check_scop_split(year, SCOP, ON)
        assert split.labour_share * 2 >= surplus


def test_a_loss_is_not_shared_out():
    with pytest.raises(ValueError, match="loss"):
        split_scop_surplus(scop(surplus=-1), SCOP, ON)


def test_the_cap_on_interest_for_an_assembly_of_2024_is_three_eighty():
    assert (CAP.mean, CAP.exact) == (Fraction(18025, 10**6), Fraction(38025, 10**6))
    assert CAP.rate == Fraction(380, 10_000)
    assert "art. 14" in CAP.citations[0].text


def test_a_scop_has_no_cap_on_the_rate_and_a_rate_not_read_is_an_error():
    assert interest_cap(SCOP, assembly_on=ON) is None
    with pytest.raises(KeyError, match="bond_rate"):
        interest_cap(SCIC, assembly_on=date(2025, 1, 1))


def test_a_hundred_thousand_euros_in_a_scic():
    split = split_scic_surplus(scic(), SCIC, ON)
    assert (split.legal_reserve, split.statutory_reserve, split.reserves) == (15_000_00, 42_500_00, 57_500_00)
    assert (split.interest, split.kept) == (19_000_00, 23_500_00)


def test_interest_in_a_scic_stops_at_the_cap_a_cent_beyond_is_refused():
    assert check_scic_interest(scic(), CAP, SCIC, ON) == []
    [breach] = check_scic_interest(scic(interest=19_000_01), CAP, SCIC, ON)
    assert breach.code == "interest_over_cap"
    by_rate, by_reserves = (citation.text for citation in breach.citations)
    assert "art. 14" in by_rate
    assert "art. 19 nonies" in by_reserves


@pytest.mark.parametrize(("reserves", "legal"), [(499_999_99, 15_000_00), (500_000_00, 0), (500_000_01, 0)])
def test_the_fifteen_percent_end_when_reserves_reach_the_capital(reserves, legal):
    assert split_scic_surplus(scic(reserves=reserves), SCIC, ON).legal_reserve == legal


def test_grants_bear_no_interest():
    year = scic(capital=5_000_000_00, grants=60_000_00)
    assert most_scic_interest(year, CAP, SCIC, ON) == 17_000_00
    assert most_scic_interest(scic(grants=200_000_00), CAP, SCIC, ON) == 0


@given(cents, cents, cents, cents)
def test_the_parts_of_a_scic_add_up_and_interest_allowed_never_eats_reserves(surplus, reserves, capital, grants):
    most = most_scic_interest(ScicYear(surplus, reserves, capital, 0, grants), CAP, SCIC, ON)
    split = split_scic_surplus(ScicYear(surplus, reserves, capital, most, grants), SCIC, ON)
    assert split.reserves + split.interest + split.kept == surplus
    assert min(most, split.kept) >= 0
    assert most_scic_interest(ScicYear(surplus, reserves, capital, 0, grants), CAP, STRICT_SCIC, ON) <= most


@pytest.mark.parametrize(
    ("present", "senior", "has"), [(2, 5, False), (3, 0, True), (0, 6, True), (3, 6, True), (0, 0, False)]
)
def test_presence_or_seniority_gives_the_labour_share(present, senior, has):
    assert has_labour_share(present, senior, SCOP, ON) is has


def test_seniority_counts_twice_at_most():
    assert check_coefficients([Fraction(1), Fraction(3, 2), Fraction(2)], SCOP, ON) == []
    assert codes(check_coefficients([Fraction(201, 100)], SCOP, ON)) == ["coefficient_out_of_bounds"]
    assert share_labour(100_00, [1, 1], [Fraction(1), Fraction(3, 2)]) == [40_00, 60_00]


@given(
    cents, st.lists(st.tuples(st.integers(1, 10**6), st.fractions(1, 2, max_denominator=20)), min_size=1, max_size=9)
)
def test_the_labour_share_is_paid_to_the_cent_whatever_the_order(labour, people):
    paid = share_labour(labour, *zip(*people, strict=True))
    backwards = share_labour(labour, *zip(*reversed(people), strict=True))
    assert sum(paid) == sum(backwards) == labour
    # Only equal remainders may change places, by a cent.
    assert all(abs(one - other) <= 1 for one, other in zip(paid, reversed(backwards), strict=True))


def test_only_the_plain_cooperative_refunds_its_users():
    assert check_patronage_refund(1, LOI47, ON) == []
    assert check_patronage_refund(0, SCIC, ON) == []
    [breach] = check_patronage_refund(1, SCIC, ON)
    assert (breach.code, "19 nonies" in breach.citations[0].text) == ("refund_not_allowed", True)
