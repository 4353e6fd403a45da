"""The fee schedule's rules: bounds, steps, net effect, and exactly one version per line and day."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.errors import RuleBroken
from coopgov.core.money import Cents
from coopgov.core.states import step
from coopgov.terms import rules
from coopgov.terms.plot import step_line
from coopgov.terms.rules import PARAMETERS, TRANSITIONS, Announced, FeeChange, State, Step, Timeline, VersionFact

START = date(2026, 1, 1)
SALES = "commission.sales"


def a_version(key=SALES, value=800, effective_from=START, base_id=None, change_id=None):
    return VersionFact(uuid4(), key, effective_from, value, base_id, change_id, "AG", START)


def a_change(version, new):
    return FeeChange(version.key, version.value, new, version.id)


def codes(breaches):
    return sorted(breach.code for breach in breaches)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (650, []),
        (800, ["fee_no_effect"]),
        (653, ["fee_off_step"]),
        (2_005, ["fee_moves_too_far", "fee_out_of_bounds"]),
        (-5, ["fee_moves_too_far", "fee_out_of_bounds"]),
        (300, []),
        (295, ["fee_moves_too_far"]),
    ],
)
def test_a_change_keeps_to_bounds_step_and_move_and_says_all_that_is_wrong(new, expected):
    assert codes(rules.check_change(a_change(a_version(), new))) == expected


def test_a_change_of_an_unknown_line_is_refused():
    assert codes(rules.check_change(FeeChange("ads.monthly", 0, 100, uuid4()))) == ["fee_unknown"]


def test_a_batch_names_a_line_once_and_stands_on_the_newest_version():
    version, other = a_version(), a_version()
    twice = [a_change(version, 650), a_change(version, 700)]
    assert codes(rules.check_changes(twice, {SALES: version})) == ["fee_twice"]
    assert codes(rules.check_changes([a_change(version, 650)], {SALES: other})) == ["fee_base_moved"]
    assert codes(rules.check_changes([a_change(version, 650)], {})) == ["fee_base_moved"]


def test_a_first_schedule_is_whole():
    whole = {"commission.sales": 800, "listing.monthly": 1_500, "payment.fee": 150}
    assert rules.check_schedule(whole) == []
    assert codes(rules.check_schedule({"commission.sales": 801})) == [
        "fee_off_step", "schedule_incomplete", "schedule_incomplete",
    ]  # fmt: skip


def schedules():
    values = {
        key: st.integers(p.minimum // p.step, p.maximum // p.step).map(lambda n, p=p: n * p.step)
        for key, p in PARAMETERS.items()
    }
    return st.fixed_dictionaries(values)


@given(schedules(), schedules(), st.permutations(list(PARAMETERS)))
def test_the_order_of_a_batch_counts_for_nothing(before, after, order):
    current = {key: a_version(key, value) for key, value in before.items()}
    straight = [a_change(current[key], after[key]) for key in PARAMETERS]
    shuffled = [a_change(current[key], after[key]) for key in order]
    assert rules.change_hash(straight) == rules.change_hash(shuffled)
    assert codes(rules.check_changes(straight, current)) == codes(rules.check_changes(shuffled, current))


@given(schedules(), schedules(), st.permutations(list(PARAMETERS)))
def test_what_a_valid_batch_gives_is_inside_bounds_and_step(before, after, order):
    current = {key: a_version(key, value) for key, value in before.items()}
    batch = [a_change(current[key], after[key]) for key in order]
    if not rules.check_changes(batch, current):
        assert all(rules.check_value(PARAMETERS[change.key], change.new) == [] for change in batch)
        assert all(change.new != change.old for change in batch)


def chains():
    """Some versions of one line, and announced changes built on one version or another."""
    return st.lists(st.tuples(st.integers(1, 400), st.integers(0, 3)), max_size=8)


@given(chains())
def test_each_day_has_exactly_one_version_of_a_line_whatever_is_announced(plan):
    first = a_version()
    known, announced = [first], []
    for days, base in plan:
        version = a_version(effective_from=START + timedelta(days=days), base_id=known[base % len(known)].id)
        known.append(version)
        announced.append(Announced(version.effective_from, (version,)))
    timeline = Timeline([first], announced)
    history = timeline.history(SALES)
    assert all(newer.base_id == older.id for older, newer in pairwise(history))
    assert all(older.effective_from < newer.effective_from for older, newer in pairwise(history))
    assert timeline.on(START - timedelta(days=1)) == {}
    assert all(SALES in timeline.on(START + timedelta(days=n)) for n in range(0, 401, 7))


def test_an_announced_batch_enters_whole_or_not_at_all():
    sales, listing = a_version(), a_version("listing.monthly", 1_500)
    later = START + timedelta(days=30)
    good = a_version(effective_from=later, value=650, base_id=sales.id)
    stray = a_version("listing.monthly", 1_200, later, base_id=uuid4())
    timeline = Timeline([sales, listing], [Announced(later, (good, stray))])
    assert timeline.on(later)[SALES].value == 800


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Step)
def test_what_the_table_of_changes_does_not_have_is_refused(state, move):
    if (state, move) in TRANSITIONS:
        assert step(TRANSITIONS, state, move) is TRANSITIONS[state, move]
    else:
        with pytest.raises(RuleBroken):
            step(TRANSITIONS, state, move)


def test_the_notice_is_counted_from_the_last_message_and_a_later_wish_is_kept():
    sent = date(2026, 11, 24)
    assert rules.effect_day(not_before=None, last_notice_on=sent, notice_days=15) == date(2026, 12, 9)
    assert rules.effect_day(not_before=date(2026, 12, 1), last_notice_on=sent, notice_days=15) == date(2026, 12, 9)
    assert rules.effect_day(not_before=date(2027, 1, 1), last_notice_on=sent, notice_days=15) == date(2027, 1, 1)


@pytest.mark.parametrize(("sales", "expected"), [(0, 0), (100_00, 8_00), (6, 0), (7, 1), (99_99, 8_00)])
def test_a_charge_is_rounded_to_the_nearest_cent_half_upwards(sales, expected):
    assert rules.charge(PARAMETERS[SALES], 800, Cents(sales)) == expected


def test_half_a_cent_goes_up():
    assert rules.charge(PARAMETERS[SALES], 500, Cents(10)) == 1
    assert rules.charge(PARAMETERS[SALES], 500, Cents(9)) == 0


@given(st.integers(0, 10**10), schedules(), schedules())
def test_the_comparison_adds_up_to_the_cent(sales, before, after):
    charges = rules.compare(before, after, Cents(sales))
    assert sum(c.after for c in charges) - sum(c.before for c in charges) == sum(c.difference for c in charges)
    assert [c.key for c in charges] == list(PARAMETERS)


def test_the_drawing_holds_each_height_until_the_next_version():
    first = a_version(value=1_000)
    second = a_version(value=500, effective_from=START + timedelta(days=100), base_id=first.id)
    drawn = step_line([first, second], START + timedelta(days=50))
    assert drawn.past == "16.0,30.0 180.0,30.0"
    assert drawn.ahead == "180.0,30.0 344.0,30.0 344.0,90.0 344.0,90.0"


def test_a_subject_is_the_change_and_nothing_else():
    base = UUID(int=1)
    assert rules.subject_of([FeeChange(SALES, 800, 650, base)]) == {
        "kind": "fee-change",
        "changes": [{"key": SALES, "old": 800, "new": 650, "base_version": base}],
    }
