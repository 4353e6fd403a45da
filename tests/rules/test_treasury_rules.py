"""What the money book accepts and refuses, without a database."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.money import Cents
from coopgov.shares.chain import Moment
from coopgov.treasury import rules
from coopgov.treasury.rules import CAPITAL, Bucket, CapitalKind, Due, Payment, Undoing

TODAY = date(2026, 11, 24)
ALICE = UUID(int=1)
AMOUNTS = st.integers(1, 10**9)


def codes(breaches):
    return [breach.code for breach in breaches]


def a_payment(**changes):
    payment = Payment("Alice Martin", 50_00, TODAY, Due(Cents(50_00), Cents(150_00)))
    return replace(payment, **changes)


@pytest.mark.parametrize("cents", [0, -1, -100_00])
def test_a_payment_is_more_than_nothing(cents):
    assert codes(rules.check_payment(a_payment(cents=cents))) == ["payment_not_positive"]


def test_a_payment_may_be_a_part_and_may_come_early_but_not_too_much():
    assert rules.check_payment(a_payment(cents=1)) == []
    assert rules.check_within_due(a_payment(cents=200_00)) == []
    [breach] = rules.check_within_due(a_payment(cents=200_01))
    assert (breach.code, breach.values["due"].cents, breach.field) == ("overpaid", 200_00, "amount")


def test_nothing_is_taken_from_somebody_who_owes_nothing():
    assert codes(rules.check_within_due(a_payment(due=Due()))) == ["nothing_due"]


@given(total=AMOUNTS, data=st.data())
def test_a_call_adds_up_to_zero_and_to_the_price(total, data):
    called = data.draw(st.integers(0, total))
    legs = rules.call_legs(ALICE, total, called)
    assert sum(leg.cents for leg in legs) == 0
    assert sum(leg.cents for leg in legs if leg.bucket in CAPITAL) == total
    assert all(leg.cents for leg in legs)


@given(called=st.integers(0, 10**9), uncalled=st.integers(0, 10**9), data=st.data())
def test_a_payment_serves_what_is_called_first_and_moves_no_capital(called, uncalled, data):
    due = Due(Cents(called), Cents(uncalled))
    if due.total == 0:
        return
    cents = data.draw(st.integers(1, due.total))
    by_bucket = {leg.bucket: leg.cents for leg in rules.payment_legs(ALICE, cents, due)}
    assert sum(by_bucket.values()) == 0
    assert sum(by_bucket.get(bucket, 0) for bucket in CAPITAL) == 0
    assert -by_bucket.get(Bucket.CALLED_UNPAID, 0) == min(cents, called)
    assert by_bucket[Bucket.BANK] == -cents


@given(total=AMOUNTS, data=st.data())
def test_an_opening_adds_up_to_zero_and_to_the_holding(total, data):
    legs = rules.opening_legs(ALICE, total, data.draw(st.integers(0, total)))
    assert sum(leg.cents for leg in legs) == 0
    assert sum(leg.cents for leg in legs if leg.bucket in CAPITAL) == total


def test_what_is_due_counts_payments_dated_later():
    timeline = {Bucket.CALLED_UNPAID: [Moment(date(2026, 1, 5), 1, 100), Moment(date(2026, 6, 1), 2, -80)]}
    assert rules.due_from(timeline, date(2026, 2, 1)).called == 20
    assert rules.due_from(timeline, date(2026, 1, 4)).called == 0


def test_payments_serve_the_oldest_calls_first():
    calls = [Moment(date(2024, 1, 1), 1, 100), Moment(date(2025, 1, 1), 3, 100), Moment(date(2025, 6, 1), 4, -120)]
    assert rules.called_since(calls, 80) == date(2025, 1, 1)
    assert rules.called_since(calls, 120) == date(2024, 1, 1)


def test_only_what_is_not_called_yet_can_be_called():
    due = Due(uncalled=Cents(150_00))
    assert rules.check_call(a_payment(cents=150_00, due=due)) == []
    for cents in (0, -5, 150_01):
        assert codes(rules.check_call(a_payment(cents=cents, due=due))) == ["call_out_of_range"]


def an_undoing(**changes):
    undoing = Undoing(7, CapitalKind.PAY, date(2026, 1, 5), TODAY, "Chèque impayé", None, None)
    return replace(undoing, **changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": ""}, "no_reason"),
        ({"kind": CapitalKind.REVERSAL}, "is_a_reversal"),
        ({"reversed_by": 9}, "reversed_already"),
        ({"share_tx_seq": 2}, "belongs_to_shares"),
        ({"effective_on": date(2026, 1, 4)}, "before_the_original"),
        ({"timelines": [[Moment(TODAY, 8, -1)]]}, "not_covered"),
    ],
)
def test_a_movement_of_money_is_undone_exactly_once_and_with_a_reason(changes, code):
    assert rules.check_reversal(an_undoing()) == []
    assert codes(rules.check_reversal(an_undoing(**changes))) == [code]
