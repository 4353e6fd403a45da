"""The queue of refunds is replayed in order, in whole shares, and never takes the capital under its floor."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.figures import LegalForm
from coopgov.core.money import Cents
from coopgov.law.loader import load_law
from coopgov.law.refunds import capital_floor
from coopgov.law.rulebook import Rulebook, StatutesVersion
from coopgov.treasury.reimbursing import (
    Claim,
    Inflow,
    Policy,
    Start,
    Wait,
    check_horizon,
    due_day,
    monthly,
    payment_days,
    replay,
)

TODAY = date(2026, 11, 24)
SARL = Rulebook(load_law(), [StatutesVersion(date(2020, 1, 1), LegalForm.SCOP_SARL, {})])
START = Start(TODAY, Cents(1_000_00), Cents(3_600_00))


def floor_of(peak, day):
    return capital_floor(peak, Cents(0), SARL, day).cents


def claim(n, quantity, *, since=date(2025, 1, 1), due=TODAY, cents=None, unit=50_00):
    worth = quantity * unit if cents is None else cents
    return Claim(UUID(int=n), f"M{n}", since, due, Cents(worth), quantity, unit)


def owed(n, cents, *, due=TODAY):
    return Claim(UUID(int=n), f"M{n}", date(2024, 1, 1), due, Cents(cents))


def run(claims, *, until=TODAY, inflows=(), start=START, **policy):
    return replay(start, claims, inflows, payment_days(TODAY, until), floor_of, Policy(**policy))


def test_what_may_be_paid_today_stops_at_a_quarter_of_the_peak_and_the_next_one_waits_for_her_turn():
    # The floor is 900 €, the capital 1000 €: two shares of 50 € may go, the third may not.
    plan = run([claim(1, 3), claim(2, 1)])
    assert [(paid.shares, paid.cents) for paid in plan.paid_first_day] == [(2, 100_00)]
    assert (plan.last.capital, plan.last.floor, plan.last.waiting, plan.last.people) == (900_00, 900_00, 100_00, 2)
    assert [one.wait for one in plan.outcomes] == [Wait.FLOOR, Wait.TURN]


def test_without_order_a_smaller_claim_takes_the_room_that_a_larger_one_leaves():
    plan = run([claim(1, 1, unit=150_00), claim(2, 1)], in_order=False)
    assert [one.wait for one in plan.outcomes] == [Wait.FLOOR, None]


def test_new_capital_lets_the_queue_move_month_by_month_and_raises_the_floor_with_the_peak():
    until = date(2027, 2, 28)
    plan = run([claim(1, 4), claim(2, 4)], until=until, inflows=monthly(Cents(100_00), TODAY, until))
    assert [step.day for step in plan.steps] == [
        TODAY, date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31), until
    ]  # fmt: skip
    assert [step.paid for step in plan.steps] == [100_00, 100_00, 100_00, 100_00, 0]
    assert [(one.last_day, one.paid) for one in plan.outcomes] == [
        (date(2026, 11, 30), 200_00), (date(2027, 1, 31), 200_00)
    ]  # fmt: skip
    higher = run([], until=until, inflows=[Inflow(date(2026, 12, 2), Cents(4_000_00))])
    assert (higher.last.peak, higher.last.floor) == (5_000_00, 1_250_00)


def test_nobody_is_paid_before_the_time_the_statutes_allow_unless_the_cooperative_wishes():
    later = claim(1, 1, since=date(2026, 11, 1), due=due_day(date(2026, 11, 1), 5))
    assert later.due_on == date(2031, 11, 1)
    assert [one.wait for one in run([later]).outcomes] == [Wait.DUE]
    assert [one.wait for one in run([later], early=True).outcomes] == [None]
    assert run([later], until=date(2031, 12, 31)).outcomes[0].last_day == date(2031, 11, 30)


def test_whoever_leaves_later_has_no_claim_before_that_day():
    leaver = claim(1, 2, since=date(2027, 1, 10), due=date(2027, 1, 10))
    plan = run([leaver], until=date(2027, 3, 31))
    assert [step.people for step in plan.steps] == [0] * len(plan.steps)
    assert plan.outcomes[0].last_day == date(2027, 1, 31)


def test_a_sum_owed_already_is_paid_whatever_the_floor():
    bare = Start(TODAY, Cents(100_00), Cents(3_600_00))
    plan = run([claim(1, 1), owed(2, 77_00)], start=bare)
    assert [one.wait for one in plan.outcomes] == [None, Wait.FLOOR]
    assert plan.last.capital == 100_00


def test_an_open_estate_keeps_its_place_and_holds_nobody_up_and_members_come_after_those_who_left():
    estate = replace(claim(1, 1), is_frozen=True)
    stays = replace(claim(2, 2, since=date(2024, 1, 1)), is_member=True)
    plan = run([stays, estate, claim(3, 2)])
    assert [(one.claim.name, one.wait) for one in plan.outcomes] == [
        ("M1", Wait.ESTATE), ("M3", None), ("M2", Wait.FLOOR)
    ]  # fmt: skip


def test_losses_and_what_was_never_paid_leave_the_capital_without_being_paid_back():
    plan = run([claim(1, 2, cents=33_33)])
    assert (plan.last.capital, plan.outcomes[0].paid) == (900_00, 33_33)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2046, 11, 25)])
def test_one_looks_ahead_from_today_and_not_beyond_twenty_years(day):
    assert check_horizon(TODAY, TODAY) == []
    assert [breach.field for breach in check_horizon(TODAY, day)] == ["until"]


claims = st.lists(
    st.builds(
        lambda n, quantity, unit, part, since, wait: Claim(
            UUID(int=n), "x", date(2025, 1, 1 + since), date(2026, 11, 1 + wait), Cents(quantity * unit * part // 10),
            quantity, unit,
        ),
        st.integers(1, 9), st.integers(0, 9), st.sampled_from([15_24, 50_00]), st.integers(0, 10), st.integers(0, 20),
        st.integers(0, 29),
    ),
    max_size=8,
)  # fmt: skip


@given(claims, st.integers(0, 500_00), st.integers(0, 2_000_00), st.booleans(), st.booleans())
def test_whatever_the_queue_nothing_is_lost_and_no_refund_goes_under_the_floor(queue, inflow, more, in_order, early):
    until = date(2027, 6, 30)
    capital = sum(one.capital for one in queue) + more
    start = Start(TODAY, Cents(capital), Cents(capital + 1_000_00))
    inflows = monthly(Cents(inflow), TODAY, until)
    plan = run(queue, until=until, inflows=inflows, start=start, in_order=in_order, early=early)
    assert all(step.capital >= step.floor for step in plan.steps if step.paid and step.capital != capital)
    assert all(one.paid + one.left == one.claim.cents and one.left >= 0 for one in plan.outcomes)
    gone = sum((one.claim.quantity - one.left_shares) * one.claim.unit_cents for one in plan.outcomes)
    assert plan.last.capital == capital + sum(each.cents for each in inflows) - gone
    assert sum(step.paid for step in plan.steps) == sum(one.paid for one in plan.outcomes)
    if in_order and early:
        held = [one.left_shares > 0 for one in plan.outcomes if one.claim.quantity]
        firsts = [one.left_shares != one.claim.quantity for one in plan.outcomes if one.claim.quantity]
        assert not any(begun for waits, begun in zip(held, firsts[1:], strict=False) if waits)
