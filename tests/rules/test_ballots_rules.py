"""What votes decide, when a ballot is taken, and that order never matters."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.ballots.proof import roll_hash, rule_facts, rule_from_facts, urn_hash
from coopgov.ballots.rules import (
    MOVES,
    URN_CLOSED,
    Attempt,
    Channel,
    Heads,
    Move,
    Outcome,
    RollVoter,
    State,
    Tally,
    Window,
    check_close,
    check_count,
    check_presence_known,
    check_roll,
    check_seal,
    counts_of,
    decide_by_colleges,
    decide_by_heads,
    latest,
    together,
    why_not_cast,
)
from coopgov.core.errors import Citation, RuleBroken
from coopgov.core.states import step
from coopgov.law.arithmetic import Base, DecisionRule

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WINDOW = Window(NOON, NOON + timedelta(hours=2))
MAJORITY = DecisionRule(Fraction(1, 2), strict=True, base=Base.EXPRESSED)
tallies = st.builds(Tally, *(st.integers(0, 50) for _ in range(4)))


def rule(fraction: str = "1/2", *, strict: bool = True, base: Base = Base.EXPRESSED) -> DecisionRule:
    return DecisionRule(Fraction(fraction), strict, base)


def attempt(**more) -> Attempt:
    known = {"channel": Channel.ROOM, "now": NOON, "state": State.SEALED, "reference_on": date(2026, 11, 1)}
    return Attempt(**{**known, "window": WINDOW, "on_roll": True, **more})


@pytest.mark.parametrize(
    ("for_", "against", "fraction", "strict", "outcome"),
    [
        (0, 0, "1/2", True, Outcome.NO_DECISION),
        (1, 0, "1/2", True, Outcome.ADOPTED),
        (1, 1, "1/2", True, Outcome.REJECTED),
        (1, 1, "1/2", False, Outcome.ADOPTED),
        (2, 1, "2/3", False, Outcome.ADOPTED),
        (2, 1, "2/3", True, Outcome.REJECTED),
        (66, 33, "2/3", False, Outcome.ADOPTED),
        (65, 34, "2/3", False, Outcome.REJECTED),
        (75, 25, "3/4", False, Outcome.ADOPTED),
        (74, 26, "3/4", False, Outcome.REJECTED),
        (51, 50, "1/2", True, Outcome.ADOPTED),
    ],
)  # fmt: skip
def test_a_majority_is_decided_on_whole_numbers_at_its_very_border(for_, against, fraction, strict, outcome):
    counts = counts_of(Tally(for_, against), present_or_represented=200, enrolled=300)
    assert decide_by_heads(counts, rule(fraction, strict=strict)).outcome is outcome


def test_abstentions_weigh_only_where_the_base_holds_them():
    counts = counts_of(Tally(for_=10, against=5, abstain=10), present_or_represented=25, enrolled=60)
    assert decide_by_heads(counts, MAJORITY).outcome is Outcome.ADOPTED
    assert decide_by_heads(counts, rule(base=Base.PRESENT_OR_REPRESENTED)).outcome is Outcome.REJECTED
    assert decide_by_heads(counts, rule(base=Base.ALL_MEMBERS)).denominator == 60


def test_only_abstentions_decide_nothing():
    counts = counts_of(Tally(abstain=3, blank=1), present_or_represented=4, enrolled=4)
    assert decide_by_heads(counts, MAJORITY).outcome is Outcome.NO_DECISION


def test_colleges_are_weighed_by_their_totals_not_their_size():
    colleges = {
        "makers": counts_of(Tally(for_=100), present_or_represented=100, enrolled=100),
        "backers": counts_of(Tally(against=3, for_=1), present_or_represented=4, enrolled=4),
        "staff": counts_of(Tally(against=1), present_or_represented=1, enrolled=1),
    }
    weights = {"makers": Fraction(40, 100), "backers": Fraction(40, 100), "staff": Fraction(20, 100)}
    verdict = decide_by_colleges(colleges, MAJORITY, weights)
    assert (verdict.outcome, verdict.numerator, verdict.denominator) == (Outcome.REJECTED, 1, 2)


def test_a_college_without_members_leaves_its_weight_to_the_others():
    colleges = {
        "makers": counts_of(Tally(for_=2, against=1), present_or_represented=3, enrolled=3),
        "backers": counts_of(Tally(), present_or_represented=0, enrolled=0),
    }
    verdict = decide_by_colleges(colleges, MAJORITY, {"makers": Fraction(1, 2), "backers": Fraction(1, 2)})
    assert (verdict.numerator, verdict.denominator) == (2, 3)


def test_colleges_where_nobody_expresses_decide_nothing():
    colleges = {"makers": counts_of(Tally(abstain=3), present_or_represented=3, enrolled=3)}
    assert decide_by_colleges(colleges, MAJORITY, {"makers": Fraction(1)}).outcome is Outcome.NO_DECISION


@given(st.lists(tallies, min_size=1, max_size=4), st.data())
def test_equal_weights_on_one_college_decide_as_heads_do(parts, data):
    tally = together(parts)
    counts = counts_of(tally, present_or_represented=tally.cast, enrolled=tally.cast + 1)
    fraction = data.draw(st.sampled_from(["1/2", "2/3", "3/4"]))
    strict = data.draw(st.booleans())
    by_heads = decide_by_heads(counts, rule(fraction, strict=strict))
    by_college = decide_by_colleges({"": counts}, rule(fraction, strict=strict), {"": Fraction(1)})
    assert by_heads.outcome is by_college.outcome


@given(st.lists(tallies, max_size=6), st.randoms())
def test_the_order_of_ballots_changes_nothing(parts, random):
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert together(parts) == together(shuffled)
    hashes = [f"{n:064x}" for n in range(len(parts))]
    mixed = list(hashes)
    random.shuffle(mixed)
    assert urn_hash(hashes) == urn_hash(mixed)


def test_the_roll_has_one_hash_whatever_its_order_and_another_for_any_change():
    one, two = (RollVoter(UUID(int=n), n, f"Member {n}", "makers") for n in (1, 2))
    day = date(2026, 11, 1)
    assert roll_hash(day, [one, two]) == roll_hash(day, [two, one])
    assert roll_hash(day, [one, two]) != roll_hash(day, [one])
    assert roll_hash(day, [one]) != roll_hash(day, [RollVoter(one.id, 1, "Member 1", "backers")])


def test_a_roll_is_neither_empty_nor_double():
    voter = RollVoter(uuid4(), 1, "Élodie", "makers")
    assert [breach.code for breach in check_roll([])] == ["roll_empty"]
    assert [breach.code for breach in check_roll([voter, voter])] == ["roll_twice"]
    assert check_roll([voter]) == []


def test_a_window_is_open_from_its_first_instant_until_just_before_its_last():
    tick = timedelta(microseconds=1)
    assert not WINDOW.is_open(WINDOW.opens_at - tick)
    assert WINDOW.is_open(WINDOW.opens_at)
    assert WINDOW.is_open(WINDOW.closes_at - tick)
    assert not WINDOW.is_open(WINDOW.closes_at)


@pytest.mark.parametrize(
    ("situation", "codes"),
    [
        ({"on_roll": False}, ["not_on_roll", "room_not_open"]),
        ({"state": State.ROOM_OPENED, "on_roll": False}, ["not_on_roll"]),
        ({}, ["room_not_open"]),
        ({"channel": Channel.REMOTE, "window": None}, ["no_remote_vote"]),
        ({"channel": Channel.REMOTE, "now": NOON - timedelta(seconds=1)}, ["remote_not_open_yet"]),
        ({"channel": Channel.REMOTE, "now": WINDOW.closes_at}, ["remote_closed"]),
        ({"state": State.ROOM_CLOSED, "closed_at": NOON}, ["vote_closed"]),
        ({"state": State.CANCELLED, "closed_at": NOON}, ["vote_closed"]),
        ({"voted_for": "Élodie", "voted_by": "Élodie"}, ["already_voted"]),
        ({"voted_for": "Élodie", "voted_by": "Karim"}, ["already_voted"]),
        ({"voted_for": "Élodie"}, ["already_voted"]),
    ],
)
def test_a_refused_ballot_is_told_every_reason(situation, codes):
    breaches = why_not_cast(attempt(**situation))
    assert [breach.code for breach in breaches] == codes
    assert all(str(breach) for breach in breaches)


def test_each_way_to_have_voted_is_named():
    sentences = {str(why_not_cast(attempt(voted_for="Élodie", voted_by=by))[0]) for by in ("Élodie", "Karim", None)}
    assert len(sentences) == 3


def test_the_announced_end_is_never_brought_forward():
    before = WINDOW.closes_at - timedelta(seconds=1)
    assert [breach.code for breach in check_close(window=WINDOW, now=before)] == ["remote_still_open"]
    assert check_close(window=WINDOW, now=WINDOW.closes_at) == []
    assert check_close(window=None, now=before) == []


def test_a_seal_needs_a_workable_window_and_a_weight_for_each_college():
    past = Window(NOON, NOON - timedelta(hours=1))
    breaches = check_seal(window=past, now=NOON, colleges=["makers", "staff"], weights={"makers": Fraction(1)})
    assert [breach.code for breach in breaches] == ["window_empty", "window_past", "college_without_weight"]


def test_attendance_urn_and_roll_must_fit():
    assert check_count([Heads(cast=2, present=3, enrolled=5)]) == []
    assert len(check_count([Heads(cast=4, present=3, enrolled=5), Heads(cast=1, present=6, enrolled=5)])) == 2


def test_colleges_measured_on_the_room_need_their_own_attendance():
    present, weights = rule(base=Base.PRESENT_OR_REPRESENTED), {"makers": Fraction(1)}
    assert check_presence_known(present, weights, known=False)
    assert not check_presence_known(present, weights, known=True)
    assert not check_presence_known(MAJORITY, weights, known=False)
    assert not check_presence_known(present, None, known=False)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", list(Move))
def test_a_vote_moves_only_along_its_table(state, move):
    if (state, move) in MOVES:
        assert step(MOVES, state, move) is not state
    else:
        with pytest.raises(RuleBroken):
            step(MOVES, state, move)


def test_no_move_leads_from_a_closed_urn_to_an_open_one():
    assert all(after in URN_CLOSED for (before, _move), after in MOVES.items() if before in URN_CLOSED)
    assert latest([State.ROOM_CLOSED, State.SEALED, State.ROOM_OPENED]) is State.ROOM_CLOSED


def test_a_rule_survives_being_written_down():
    told = DecisionRule(
        Fraction(2, 3), strict=False, base=Base.ALL_MEMBERS, citations=(Citation("art. 1", "https://x"),)
    )
    assert rule_from_facts(rule_facts(told)) == told
