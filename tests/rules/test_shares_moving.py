"""Shares that move, come back, are exchanged or undone: what holds whatever the numbers, without a database."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion
from coopgov.shares import rules
from coopgov.shares.rules import (
    Cause,
    ClassTerms,
    Exchange,
    HeldAfter,
    Holder,
    Level,
    Lot,
    LotLeft,
    NewClass,
    Part,
    Ratio,
    RequestKind,
    Taken,
    TxKind,
    UndoStep,
    Waiting,
)

LAW, TODAY, DAY = load_law(), date(2026, 11, 24), timedelta(days=1)
ONE, TWO, CLASS = (UUID(int=n) for n in (1, 2, 3))
TERMS = ClassTerms(CLASS, "ordinary", "Parts ordinaires")


def book_of(form, **figures):
    told = {name.replace("__", "."): StatutesFigure(value, "art. 9") for name, value in figures.items()}
    return Rulebook(LAW, [StatutesVersion(date(2020, 1, 1), form, told)])


def codes(breaches):
    return [breach.code for breach in breaches]


def a_lot(number, days=0, unit=20_00):
    return Lot(UUID(int=100 + number), CLASS, TODAY - 900 * DAY + days * DAY, unit)


lots_left = st.lists(st.tuples(st.integers(0, 800), st.integers(1, 50), st.integers(1, 9_000)), max_size=6).map(
    lambda rows: [LotLeft(a_lot(n, days, unit), quantity) for n, (days, quantity, unit) in enumerate(rows)]
)


@dataclass(frozen=True)
class Side:
    """A leg as it stands in the book."""

    account: object
    membership_id: object
    class_id: UUID
    lot_id: UUID
    qty: int
    unit_cents: int


def sides(legs):
    return [
        Side(leg.account, leg.member_id, leg.lot.class_id, leg.lot.id, leg.quantity, leg.unit_cents) for leg in legs
    ]


@given(lots_left, st.integers(1, 400))
def test_what_is_taken_comes_from_the_oldest_lots_and_no_further(lots, quantity):
    taken = rules.take(lots, quantity)
    held = {left.lot.id: left.quantity for left in lots}
    assert sum(part.quantity for part in taken) == min(quantity, sum(held.values()))
    assert all(part.quantity <= held[part.lot.id] for part in taken)
    whole = [part for part in taken if part.quantity == held[part.lot.id]]
    assert len(whole) >= len(taken) - 1
    days = [part.lot.first_acquired_on for part in taken]
    assert days == sorted(days)
    untouched = [left for left in lots if left.lot.id not in {part.lot.id for part in taken}]
    assert all(left.lot.first_acquired_on >= days[-1] for left in untouched) if days else not lots
    chosen = {part.lot.id: part.quantity for part in taken}
    assert sorted(rules.take_chosen(lots, chosen), key=str) == sorted(taken, key=str)


@given(lots_left.filter(bool), st.integers(1, 400), st.integers(1, 9_000))
def test_every_kind_has_its_form_and_no_other(lots, quantity, unit):
    taken = rules.take(lots, quantity)
    gift = sides(rules.transfer_legs(ONE, TWO, taken))
    gone = sides(rules.withdrawal_legs(ONE, taken))
    back = [Side(**{**vars(side), "qty": -side.qty}) for side in gone]
    for legs, kinds in (
        (gift, {TxKind.TRANSFER, TxKind.INHERIT}),
        (gone, {TxKind.REDEEM}),
        (back, {TxKind.SUBSCRIBE, TxKind.OPENING}),
    ):
        assert {kind for kind in TxKind if rules.has_its_form(kind, legs)} == kinds | {TxKind.REVERSAL}
        assert not any(rules.has_its_form(kind, legs[:-1]) for kind in kinds)
    assert not rules.has_its_form(TxKind.TRANSFER, sides(rules.transfer_legs(ONE, ONE, taken)))
    crossed = gift + [Side(**{**vars(side), "qty": -3 * side.qty}) for side in gift]
    assert rules.has_its_form(TxKind.TRANSFER, crossed) is False


@given(lots_left.filter(bool), st.integers(1, 400), st.integers(1, 20_000))
def test_a_conversion_keeps_the_value_but_for_less_than_one_share(lots, quantity, unit):
    taken = rules.take(lots, quantity)
    made, rest = rules.quantities_for(taken, unit), rules.remainder_of(taken, unit)
    assert all(number >= 0 for number in made)
    assert sum(made) * unit + rest == rules.value_of(taken)
    assert 0 <= rest < unit
    refused = codes(rules.check_conversion(taken, unit, is_other=True))
    assert refused == ([] if sum(made) else ["worth_less_than_one"])
    swaps = [
        Exchange(part, Lot(UUID(int=500 + n), TWO, part.lot.first_acquired_on, unit, part.lot.id), number)
        for n, (part, number) in enumerate(zip(taken, made, strict=True))
    ]
    legs = sides(rules.exchange_legs(ONE, swaps))
    assert rules.has_its_form(TxKind.CONVERT, legs) == bool(sum(made))


@given(st.lists(st.integers(1, 60), min_size=1, max_size=4), st.integers(2, 9), st.integers(1, 60))
def test_a_division_keeps_the_value_and_a_new_nominal_the_number(quantities, factor, cents):
    taken = [Taken(a_lot(n, unit=factor * 100), quantity) for n, quantity in enumerate(quantities)]
    new = [Lot(UUID(int=500 + n), CLASS, part.lot.first_acquired_on, 100, part.lot.id) for n, part in enumerate(taken)]
    divided = [Exchange(part, lot, part.quantity * factor) for part, lot in zip(taken, new, strict=True)]
    legs = sides(rules.exchange_legs(ONE, divided))
    assert rules.has_its_form(TxKind.SPLIT, legs)
    assert not rules.has_its_form(TxKind.NOMINAL_CHANGE, legs)
    other = [Lot(lot.id, CLASS, lot.first_acquired_on, cents, lot.parent_id) for lot in new]
    lower = [Exchange(part, lot, part.quantity) for part, lot in zip(taken, other, strict=True)]
    assert rules.has_its_form(TxKind.NOMINAL_CHANGE, sides(rules.exchange_legs(ONE, lower)))
    moved = [
        Exchange(swap.old, Lot(swap.new.id, TWO, swap.new.first_acquired_on, 100), swap.quantity) for swap in divided
    ]
    assert not rules.has_its_form(TxKind.SPLIT, sides(rules.exchange_legs(ONE, moved)))


@given(st.data())
def test_a_cascade_can_be_undone_in_its_order_and_holds_nothing_more(data):
    """Shares wander at random among three people; undoing one movement takes back what rests on it, and no more."""
    people, held, steps = [UUID(int=n) for n in (1, 2, 3)], dict.fromkeys((UUID(int=n) for n in (1, 2, 3)), 0), []
    lot = UUID(int=9)
    for seq in range(1, 8):
        giver, taker = data.draw(
            st.sampled_from([(None, p) for p in people] + [(a, b) for a in people for b in people])
        )
        most = 5 if giver is None else held[giver]
        if most == 0 or giver == taker:
            continue
        quantity = data.draw(st.integers(1, most))
        for who, change in ((giver, -quantity), (taker, quantity)):
            if who is not None:
                held[who] += change
                steps.append(UndoStep(seq, who, lot, change))
    if not steps:
        return
    first = steps[0].seq
    order = rules.cascade(first, steps)
    assert len(set(order)) == len(order)
    assert first not in order
    for seq in [*order, first]:
        for step in steps:
            if step.seq == seq:
                held[step.member_id] -= step.quantity
        assert min(held.values()) >= 0, (seq, order)


def test_what_stands_against_a_movement():
    alice, bob = Holder(ONE, "Alice", True, False), Holder(TWO, "Bob", False, True)
    dead = Holder(TWO, "Bob", False, True, is_dead=True, is_frozen=True)
    assert codes(rules.check_leaves(alice, Cause.EXIT, TODAY)) == ["has_not_left"]
    assert codes(rules.check_leaves(bob, Cause.REDUCTION, TODAY)) == ["not_a_member"]
    assert codes(rules.check_leaves(dead, Cause.EXIT, TODAY)) == ["estate_not_settled"]
    assert rules.check_leaves(alice, Cause.REDUCTION, TODAY) == rules.check_leaves(bob, Cause.EXIT, TODAY) == []
    assert codes(rules.check_parties(alice, alice, TxKind.TRANSFER, TODAY)) == ["same_holder"]
    assert codes(rules.check_parties(alice, bob, TxKind.INHERIT, TODAY)) == ["taker_not_a_member", "not_deceased"]
    assert codes(rules.check_parties(dead, alice, TxKind.TRANSFER, TODAY)) == ["deceased"]
    assert rules.check_parties(dead, alice, TxKind.INHERIT, TODAY) == []
    assert (codes(rules.check_not_frozen(dead)), rules.check_not_frozen(bob)) == (["estate_not_settled"], [])
    assert codes(rules.check_taken("Alice", 0, [], (), TODAY)) == ["not_a_number_of_shares"]
    assert codes(rules.check_decided(" ")) == ["no_decision"]


def test_limits_look_at_the_worst_day_and_only_where_the_law_has_one():
    scop, scic = book_of(LegalForm.SCOP_SARL), book_of(LegalForm.SCIC_SA)
    parts = [Part("Alice", TODAY, 50, 100), Part("Alice", TODAY + DAY, 51, 100), Part("Alice", TODAY, 0, 0)]
    [over] = rules.check_parts(parts, scop, TODAY)
    assert (over.code, over.values["part"], over.values["day"]) == ("holder_over_limit", Fraction(51, 100), TODAY + DAY)
    assert rules.check_parts(parts, scic, TODAY) == rules.check_parts(parts[:1], scop, TODAY) == []
    falls, mends = Ratio(TODAY, 60, 100, 40, 100), Ratio(TODAY, 30, 100, 40, 100)
    least = scop.find_figure("membership.employed_capital_min", on=TODAY)
    assert codes(rules.check_employed([falls, mends], scop, TODAY)) == (["employed_under_limit"] if least else [])
    assert rules.check_employed([mends, Ratio(TODAY, 0, 0, 0, 0)], scop, TODAY) == []
    assert rules.check_employed([falls], scic, TODAY) == []
    levels = [Level(TODAY, 30_000_00, 100_000_00), Level(TODAY + DAY, 20_000_00, 100_000_00)]
    [low] = rules.check_floor(levels, 7_000_00, scic, TODAY)
    assert (low.code, low.values["most"].cents, low.values["day"]) == ("capital_below_floor", 2_000_00, TODAY + DAY)
    assert rules.check_floor(levels[:1], 7_000_00, scic, TODAY) == []
    first = Waiting("Bob", TODAY)
    assert rules.check_order(first, scic, TODAY) == []
    ordered = book_of(LegalForm.SCIC_SA, share__refunds_in_order=True)
    assert (codes(rules.check_order(first, ordered, TODAY)), rules.check_order(None, ordered, TODAY)) == (
        ["not_in_order"],
        [],
    )
    assert (codes(rules.check_least_kept("A", 0, scic, TODAY)), rules.check_least_kept("A", 1, scic, TODAY)) == (
        ["fewer_than_least"], [],
    )  # fmt: skip


def test_what_a_class_allows():
    tight = ClassTerms(CLASS, "b", "B", False, False, min_hold=3, max_hold=5, max_part=Fraction(1, 4))
    after = [HeldAfter(2, 20, 100), HeldAfter(6, 30, 100)]
    assert codes(rules.check_class_limits("A", tight, after)) == ["over_class_maximum", "over_class_part"]
    assert codes(rules.check_class_limits("A", tight, after, most=False)) == ["under_class_minimum"]
    assert rules.check_class_limits("A", tight, [HeldAfter(0), HeldAfter(5, 1, 4)]) == []
    assert rules.check_class_limits("A", tight, [HeldAfter(0)], most=False) == []
    assert codes(rules.check_transferable(tight) + rules.check_refundable(tight)) == [
        "not_transferable", "not_refundable",
    ]  # fmt: skip
    assert rules.check_transferable(TERMS) == rules.check_refundable(TERMS) == []
    scop, loi47 = book_of(LegalForm.SCOP_SARL), book_of(LegalForm.LOI47_SA)
    bad = NewClass("B!", "B", 0, min_hold=4, max_hold=2)
    assert codes(rules.check_new_class(bad, (), 20_00, scop, TODAY)) == [
        "bad_class_code", "bad_nominal", "limits_do_not_fit", "single_nominal",
    ]  # fmt: skip
    assert rules.check_new_class(NewClass("b", "B", 50_00), ("a",), 20_00, loi47, TODAY) == []


def test_what_the_value_of_a_share_may_become():
    lots = [LotLeft(a_lot(1), 5)]
    scic, loi47 = book_of(LegalForm.SCIC_SA), book_of(LegalForm.LOI47_SA, share__reserves_into_capital_allowed=True)
    assert codes(rules.check_split(lots, 1)) == codes(rules.check_split(lots, 1001)) == ["bad_factor"]
    assert codes(rules.check_split(lots, 3)) == ["uneven_split"]
    assert codes(rules.check_split([*lots, LotLeft(a_lot(2, unit=10_00), 1)], 2)) == ["several_values"]
    assert codes(rules.check_split([LotLeft(a_lot(1, unit=20_00), 1_000_000)], 1000)) == ["not_a_number_of_shares"]
    assert rules.check_split(lots, 4) == rules.check_split([], 4) == []
    assert codes(rules.check_new_nominal(lots, 0, scic, TODAY)) == ["bad_nominal"]
    assert codes(rules.check_new_nominal(lots, 21_00, scic, TODAY)) == ["nominal_of_held_shares"]
    assert rules.check_new_nominal(lots, 19_00, scic, TODAY) == rules.check_new_nominal(lots, 21_00, loi47, TODAY) == []
    raised = {"figures": scic, "on": TODAY}
    assert codes(rules.check_nominal_follows(20, 21, capital=100, **raised)) == ["nominal_of_held_shares"]
    assert rules.check_nominal_follows(20, 21, capital=0, **raised) == []
    assert rules.check_nominal_follows(20, 19, capital=100, **raised) == []
    assert codes(rules.check_conversion([], 1, is_other=False)) == ["same_class"]
    assert (codes(rules.check_statutes_say(1, 2, TODAY)), rules.check_statutes_say(2, 2, TODAY)) == (
        ["statutes_say_otherwise"], [],
    )  # fmt: skip
    assert codes(rules.check_all_move(None, 0, TODAY)) == ["nothing_to_change"]
    assert codes(rules.check_all_move(7, 1, TODAY)) == ["moved_since"]
    assert rules.check_all_move(None, 1, TODAY) == []


@pytest.mark.parametrize(
    ("effective", "true", "closed", "code"),
    [
        (0, None, None, None),
        (0, 0, None, None),
        (0, -1, None, "not_late"),
        (0, None, 0, "period_closed"),
        (1, None, 0, None),
        (1, -5, 0, None),
        (2, -5, 0, "late_on_other_day"),
        (3, 1, 0, "not_late"),
    ],
)
def test_a_closed_register_takes_what_is_late_on_its_first_open_day(effective, true, closed, code):
    day = [None if n is None else TODAY + n * DAY for n in (effective, true, closed)]
    assert codes(rules.check_open(*day)) == ([] if code is None else [code])


def test_two_persons_and_requests():
    assert codes(rules.check_second_person(is_needed=True, recorded_by="a", approved_by=None)) == [
        "second_person_missing"
    ]
    assert codes(rules.check_second_person(is_needed=False, recorded_by="a", approved_by="a")) == [
        "approved_by_oneself"
    ]
    assert rules.check_second_person(is_needed=True, recorded_by="a", approved_by="b") == []
    assert codes(rules.check_answer("", "a", "a", needs_two=True)) == ["no_decision", "approved_by_oneself"]
    assert rules.check_answer("CA", "a", "a", needs_two=False) == []
    asked = rules.check_wish(RequestKind.TRANSFER, 0, TODAY + DAY, TODAY, names_other=False)
    assert codes(asked) == ["not_a_number_of_shares", "day_not_come", "nobody_named"]
    assert rules.check_wish(RequestKind.REVERSAL, 0, TODAY, TODAY, names_other=False) == []
    assert (codes(rules.check_exit_undone(3)), rules.check_exit_undone(None)) == (["exit_was_carried_out"], [])
