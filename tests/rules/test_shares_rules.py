"""What the share book accepts and refuses, without a database."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.figures import LegalForm
from coopgov.core.money import Cents
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesVersion
from coopgov.shares import rules
from coopgov.shares.chain import GENESIS, Moment, first_negative, least_from, link
from coopgov.shares.rules import Draft, Leg, Lot, Standing, Subscriber, TxKind, Undoing

LAW = load_law()
TODAY = date(2026, 11, 24)
ALICE = Subscriber("Alice Martin", Standing.ADMITTED, date(2021, 3, 1))


def book_of(form):
    return Rulebook(LAW, [StatutesVersion(date(2020, 1, 1), form)])


def a_draft(**changes):
    return replace(Draft(ALICE, quantity=10, unit_cents=20_00, effective_on=TODAY, today=TODAY), **changes)


def codes(breaches):
    return [breach.code for breach in breaches]


@pytest.mark.parametrize("quantity", [0, -1, -1000, 1_000_000_000])
def test_a_subscription_is_of_at_least_one_share_and_no_absurd_number(quantity):
    draft = a_draft(quantity=quantity)
    assert codes(rules.check_subscription(draft, book_of(LegalForm.SCIC_SA))) == ["not_a_number_of_shares"]


def test_a_movement_is_not_written_before_its_day():
    tomorrow = date(2026, 11, 25)
    [breach] = rules.check_subscription(a_draft(effective_on=tomorrow), book_of(LegalForm.SCIC_SA))
    assert (breach.code, breach.field, breach.values["day"]) == ("day_not_come", "effective_on", tomorrow)


def test_a_member_subscribes_from_her_admission_on():
    late = Subscriber("Bob Le Goff", Standing.LATER, TODAY)
    assert codes(rules.check_standing(a_draft(subscriber=late))) == ["member_later"]
    assert rules.check_standing(a_draft()) == []


def test_a_candidate_subscribes_only_under_condition_of_admission():
    candidate = Subscriber("Chloé Petit", Standing.CANDIDATE)
    assert codes(rules.check_standing(a_draft(subscriber=candidate))) == ["not_admitted_yet"]
    assert rules.check_standing(a_draft(subscriber=candidate, is_conditional=True)) == []


def test_somebody_refused_or_gone_does_not_subscribe_even_under_condition():
    gone = Subscriber("David Roux", Standing.OUTSIDE)
    assert codes(rules.check_standing(a_draft(subscriber=gone, is_conditional=True))) == ["not_a_member"]


def test_a_scop_sa_and_a_scic_ask_a_quarter_at_once():
    for form in (LegalForm.SCOP_SA, LegalForm.SCIC_SA):
        assert rules.check_pay_up(a_draft(payable_now=50_00), book_of(form)) == []
        [breach] = rules.check_pay_up(a_draft(payable_now=49_99), book_of(form))
        assert breach.values["least"].cents == 50_00
        assert breach.citations


def test_a_scop_sarl_asks_all_at_once():
    assert rules.check_pay_up(a_draft(payable_now=200_00), book_of(LegalForm.SCOP_SARL)) == []
    [breach] = rules.check_pay_up(a_draft(payable_now=199_99), book_of(LegalForm.SCOP_SARL))
    assert "art. 27" in breach.citations[0].text


def test_no_more_than_the_price_is_called():
    assert codes(rules.check_pay_up(a_draft(payable_now=200_01), book_of(LegalForm.SCIC_SA))) == ["payable_too_high"]


def test_the_least_to_pay_is_rounded_up_to_the_cent():
    assert rules.least_payable(15_25, book_of(LegalForm.SCIC_SA), TODAY) == Cents(3_82)


def test_the_balance_has_its_latest_day_by_legal_form():
    leap = date(2024, 2, 29)
    assert rules.balance_latest_on(leap, book_of(LegalForm.SCOP_SA)) == date(2027, 2, 28)
    assert rules.balance_latest_on(leap, book_of(LegalForm.SCIC_SAS)) == date(2029, 2, 28)


def test_no_member_of_a_scop_holds_more_than_half_of_the_capital():
    half = a_draft(quantity=10, before=[(0, 200_00)])
    assert rules.check_share_of_capital(half, book_of(LegalForm.SCOP_SA)) == []
    [breach] = rules.check_share_of_capital(replace(half, quantity=11), book_of(LegalForm.SCOP_SA))
    assert (breach.values["part"], breach.values["limit"]) == (Fraction(11, 21), Fraction(1, 2))
    assert breach.values["most"] == 10
    assert rules.check_share_of_capital(replace(half, quantity=11), book_of(LegalForm.SCIC_SA)) == []


def test_the_first_shares_of_all_are_not_measured_against_nothing():
    assert rules.check_share_of_capital(a_draft(before=[(0, 0)]), book_of(LegalForm.SCOP_SA)) == []


def test_the_limit_holds_on_the_legal_day_and_today():
    before = [(0, 1000_00), (150_00, 200_00)]
    assert codes(rules.check_share_of_capital(a_draft(before=before), book_of(LegalForm.SCOP_SA))) == [
        "holder_over_limit"
    ]


@given(
    held=st.integers(0, 5000), others=st.integers(1, 5000), unit=st.integers(1, 500), limit=st.fractions("1/10", "9/10")
)
def test_the_number_told_is_the_largest_that_passes(held, others, unit, limit):
    capital = held + others
    most = rules.most_shares(held, capital, unit, limit)

    def part(quantity):
        return Fraction(held + quantity * unit, capital + quantity * unit)

    assert part(most) <= limit or most == 0
    assert part(most + 1) > limit


def an_undoing(**changes):
    undoing = Undoing(3, TxKind.SUBSCRIBE, date(2026, 1, 5), TODAY, TODAY, "Saisie en double", None)
    return replace(undoing, **changes)


def test_a_reversal_says_why_and_is_not_dated_before_its_original():
    assert rules.check_reversal(an_undoing()) == []
    assert codes(rules.check_reversal(an_undoing(reason=" "))) == ["no_reason"]
    assert codes(rules.check_reversal(an_undoing(effective_on=date(2026, 1, 4)))) == ["before_the_original"]


def test_nothing_is_reversed_twice_and_no_reversal_is_reversed():
    assert codes(rules.check_reversal(an_undoing(reversed_by=4))) == ["reversed_already"]
    assert codes(rules.check_reversal(an_undoing(kind=TxKind.REVERSAL))) == ["is_a_reversal"]


def test_a_reversal_leaves_no_holding_below_zero_at_any_date():
    timeline = [Moment(date(2026, 1, 5), 3, 10), Moment(date(2026, 3, 1), 4, -10), Moment(TODAY, 5, -10)]
    [breach] = rules.check_reversal(an_undoing(timelines=[timeline]))
    assert (breach.code, breach.values["seq"]) == ("below_zero", 5)


def test_the_legs_of_an_issue_and_of_its_reversal_cancel():
    lot = Lot(UUID(int=1), UUID(int=2), TODAY, 20_00)
    legs = rules.issue_legs(UUID(int=3), lot, 7, 20_00)
    assert sum(leg.quantity for leg in legs) == 0
    assert [leg.quantity for leg in rules.negated(legs)] == [-7, 7]
    assert all(isinstance(leg, Leg) and leg.lot is lot for leg in rules.negated(legs))


MOMENTS = st.lists(
    st.builds(
        Moment, st.dates(date(2026, 1, 1), date(2026, 1, 9)), st.integers(1, 50), st.integers(-5, 5).filter(bool)
    ),
    max_size=12,
    unique_by=lambda moment: moment.seq,
)


@given(MOMENTS, st.dates(date(2026, 1, 1), date(2026, 1, 9)))
def test_what_may_be_taken_away_is_the_least_that_is_there_from_that_day_on(moments, on):
    least = least_from(moments, on)
    days = [date(2026, 1, day) for day in range(1, 10)]
    totals = [sum(m.amount for m in moments if m.on <= day) for day in days if day >= on]
    by_movement = [sum(m.amount for m in moments if (m.on, m.seq) <= (o.on, o.seq)) for o in moments if o.on > on]
    assert least == min([totals[0], *by_movement])


@given(MOMENTS)
def test_a_shortage_is_found_at_its_first_moment(moments):
    found = first_negative(moments)
    ordered = sorted(moments, key=lambda m: (m.on, m.seq))
    totals = [sum(m.amount for m in ordered[: index + 1]) for index in range(len(ordered))]
    first = next((index for index, total in enumerate(totals) if total < 0), None)
    assert (found is None) == (first is None)
    if found is not None:
        assert (found.on, found.seq, found.amount) == (ordered[first].on, ordered[first].seq, totals[first])


def test_a_hash_depends_on_the_line_before_on_the_header_and_on_every_leg():
    first = link(GENESIS, {"seq": 1}, [{"qty": 1}, {"qty": -1}])
    others = {
        link(first, {"seq": 1}, [{"qty": 1}, {"qty": -1}]),
        link(GENESIS, {"seq": 2}, [{"qty": 1}, {"qty": -1}]),
        link(GENESIS, {"seq": 1}, [{"qty": 2}, {"qty": -1}]),
        link(GENESIS, {"seq": 1}, [{"qty": 1}]),
    }
    assert len(others | {first}) == 5
