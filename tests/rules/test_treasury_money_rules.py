"""Properties of the rules of the money book: legs, losses, interest to the cent, accounts."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.config import ROOT
from coopgov.core.money import Cents
from coopgov.law.refunds import Losses
from coopgov.shares.chain import Moment
from coopgov.shares.rules import CloseKind
from coopgov.treasury import rules
from coopgov.treasury.rules import CAPITAL, FORMS, Bucket, CapitalKind, Closing, Due, LotValue, Parts, Rate

ALICE, BOB = UUID(int=1), UUID(int=2)
AMOUNTS = st.integers(0, 10**7)
PARTS = st.builds(Parts, AMOUNTS, AMOUNTS, AMOUNTS)
YEAR = rules.financial_year(2024, "12-31")
DAYS = st.dates(date(2023, 10, 1), YEAR.ends_on)


def codes(breaches):
    return [breach.code for breach in breaches]


def by_bucket(legs, member_id=ALICE):
    return {
        bucket: sum(leg.cents for leg in legs if (leg.bucket, leg.member_id) == (bucket, member_id))
        for bucket in Bucket
    }


@given(free=PARTS, data=st.data())
def test_whatever_moves_adds_up_keeps_its_form_and_leaves_the_claim_true(free, data):
    value = data.draw(st.integers(1, max(1, free.total)))
    due = Due(Cents(free.called), Cents(free.uncalled))
    cents = data.draw(st.integers(1, max(1, due.total)))
    written = [
        (CapitalKind.MAKE_REPAYABLE, rules.redemption_legs(ALICE, rules.to_redeem(value, free)), -value),
        (CapitalKind.TRANSFER, rules.transfer_legs(ALICE, BOB, rules.to_transfer(value, free)), -value),
        (CapitalKind.LOSS, rules.reduction_legs(ALICE, rules.to_reduce(value, free)), -value),
        (CapitalKind.INCORPORATE, rules.incorporation_legs(ALICE, value), value),
        (CapitalKind.SET_OFF, rules.set_off_legs(ALICE, cents, due, Bucket.REPAYABLE), 0),
        (CapitalKind.PAY, rules.payment_legs(ALICE, cents, due), 0),
        (CapitalKind.OVERPAY, rules.unpaid_legs(ALICE, free.called, free.uncalled), 0),
        (CapitalKind.OVERPAY, rules.overpayment_legs(ALICE, cents), 0),
        (CapitalKind.LOSS, rules.loss_legs(ALICE, cents), 0),
        (CapitalKind.REPAY, rules.giving_legs(ALICE, cents, Bucket.REPAYABLE, Bucket.BANK), 0),
    ]
    for kind, legs, capital in written:
        assert sum(leg.cents for leg in legs) == 0
        assert sum(cents for _account, cents in rules.entries(kind, legs)) == 0
        if value > free.total or cents > due.total:
            continue
        assert all(rules.has_form(kind, leg.bucket, leg.cents) for leg in legs)
        hers = by_bucket(legs)
        assert sum(hers[bucket] for bucket in CAPITAL) == capital
        assert hers[Bucket.CLAIM] == -hers[Bucket.CALLED_UNPAID] - hers[Bucket.SUBSCRIBED_UNCALLED]


@given(free=PARTS, data=st.data())
def test_who_owes_a_call_is_paid_back_only_what_is_beyond_it(free, data):
    value = data.draw(st.integers(0, free.total))
    parts = rules.to_redeem(value, free)
    assert parts.total == value
    assert (parts.paid, parts.called, parts.uncalled) <= (free.paid, free.total, free.total)
    assert parts.called == free.called or parts.paid == 0
    assert parts.paid <= max(0, value - free.called)


def test_the_accounts_of_the_buckets_stand_in_the_docs():
    told = (ROOT / "docs" / "money-book.md").read_text()
    assert [
        bucket for bucket, account in rules.ACCOUNTS.items() if f"| `{bucket}` | {account.number} |" not in told
    ] == []
    assert [kind for kind in FORMS if f"| `{kind}` |" not in told] == []


def test_every_kind_has_a_form_and_every_bucket_an_account():
    assert set(FORMS) == set(CapitalKind) - {CapitalKind.REVERSAL}
    assert set(rules.ACCOUNTS) == set(Bucket) - {Bucket.CLAIM}
    legs = rules.call_legs(ALICE, 200_00, 50_00)
    lines = {account.number: cents for account, cents in rules.entries(CapitalKind.CALL, legs)}
    assert lines == {"1012": -50_00, "1011": -150_00, "4562": 50_00, "109": 150_00}
    paid = rules.payment_legs(ALICE, 60_00, Due(Cents(50_00), Cents(150_00)))
    lines = {account.number: cents for account, cents in rules.entries(CapitalKind.PAY, paid)}
    assert lines == {"512": 60_00, "1013": -60_00, "1012": 50_00, "4562": -50_00, "1011": 10_00, "109": -10_00}


@given(value=AMOUNTS, paid=AMOUNTS, loss=AMOUNTS, reserves=AMOUNTS, capital=st.integers(1, 10**9))
def test_a_leaver_bears_her_part_of_the_losses_and_never_more_than_she_paid(value, paid, loss, reserves, capital):
    losses = Losses(Cents(loss), Cents(reserves), Cents(capital))
    borne = rules.loss_on(value, paid, losses)
    assert 0 <= borne <= paid
    assert borne <= value * losses.part_of_capital + 1
    assert borne >= min(paid, value * losses.part_of_capital)


def test_a_share_of_twenty_euros_is_worth_sixteen_in_the_example_of_the_law():
    losses = Losses(Cents(17_000_00), Cents(5_000_00), Cents(60_000_00))
    assert rules.value_per_share(20_00, losses) == 16_00
    assert rules.loss_on(20_00, 20_00, losses) == 4_00


@pytest.mark.parametrize(
    ("year_end", "first", "last", "a_day", "year"),
    [
        ("12-31", date(2024, 1, 1), date(2024, 12, 31), date(2024, 12, 31), 2024),
        ("06-30", date(2023, 7, 1), date(2024, 6, 30), date(2024, 7, 1), 2025),
        ("02-29", date(2023, 3, 1), date(2024, 2, 29), date(2023, 2, 28), 2023),
    ],
)
def test_a_financial_year_is_named_after_the_year_it_ends_in(year_end, first, last, a_day, year):
    span = rules.financial_year(2024, year_end)
    assert (span.begins_on, span.ends_on, span.days) == (first, last, (last - first).days + 1)
    assert rules.year_of(a_day, year_end) == year


MOVES = st.lists(st.tuples(DAYS, st.integers(1, 5000)), max_size=4)


@given(
    lots=st.lists(MOVES, min_size=1, max_size=3), paid=MOVES, change_on=st.dates(date(2024, 2, 1), date(2024, 11, 30))
)
def test_interest_is_the_sum_of_the_days_whatever_moves(lots, paid, change_on):
    rates = [
        Rate(YEAR.begins_on, change_on, Fraction(1, 50)),
        Rate(change_on + timedelta(days=1), YEAR.ends_on, Fraction(3, 100)),
    ]
    held = [LotValue(UUID(int=n), date(2020, n + 1, 1), moments(moves)) for n, moves in enumerate(lots)]
    money = moments(paid)
    exact = sum((one.interest for one in rules.stretches(held, money, rates, YEAR)), Fraction(0))
    days = [YEAR.begins_on + timedelta(days=n) for n in range(YEAR.days)]
    by_day = sum(
        min(sum(balance(lot.moments, day) for lot in held), balance(money, day))
        * (rates[0].rate if day <= change_on else rates[1].rate)
        for day in days
    )
    assert exact == by_day / YEAR.days


def moments(moves):
    return [Moment(on, seq, amount) for seq, (on, amount) in enumerate(moves)]


def balance(moves, on):
    return sum(moment.amount for moment in moves if moment.on <= on)


@given(earned=st.lists(st.builds(Fraction, AMOUNTS, st.just(36_500)), min_size=1, max_size=30))
def test_interest_is_shared_out_to_the_cent_and_nobody_is_a_cent_off(earned):
    shared = rules.share_out(earned)
    assert shared.total == int(sum(earned))
    assert all(abs(part - exact) < 1 for part, exact in zip(shared.parts, earned, strict=True))
    assert 0 <= shared.odd_cents < len(earned)


def test_f26_a_hundred_euros_among_three_lose_no_cent_and_the_odd_one_is_told():
    shared = rules.share_out([Fraction(1)] * 3, Cents(100_00))
    assert (shared.parts, shared.odd_cents, shared.total) == ((33_34, 33_33, 33_33), 1, 100_00)
    assert rules.share_out([Fraction(0)]).parts == (0,)


CLOSING = Closing(CloseKind.REGISTER, date(2026, 6, 30), date(2026, 11, 24), date(2025, 12, 31), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"through_date": date(2026, 11, 24)}, ["day_not_over"]),
        ({"through_date": date(2025, 12, 31)}, ["closed_already"]),
        ({"kind": CloseKind.YEAR}, ["not_the_end_of_year"]),
        ({"kind": CloseKind.YEAR, "through_date": date(2025, 12, 31), "year_ends_on": date(2025, 12, 31)}, []),
        (
            {
                "kind": CloseKind.YEAR,
                "through_date": date(2025, 12, 31),
                "year_ends_on": date(2025, 12, 31),
                "is_year_closed": True,
            },
            ["closed_already"],
        ),
        ({"untied_on": date(2026, 3, 1)}, ["books_disagree"]),
    ],
)
def test_a_period_is_closed_once_it_is_over_and_the_books_agree(changes, found):
    assert codes(rules.check_closing(replace(CLOSING, **changes))) == found
