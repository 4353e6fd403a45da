"""The room: quorum in whole numbers, a bureau, one ballot per member however it comes, a clean end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.assemblies.rules import (
    AssemblyKind,
    ItemState,
    Presence,
    VoteFacts,
    check_bureau,
    check_closing,
    check_departure,
    check_no_quorum,
    check_opening,
    check_quorum,
    check_vote,
    law_kind,
    measure_quorum,
)
from coopgov.core.figures import LegalForm
from coopgov.law import arithmetic
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesVersion

ON = date(2027, 1, 15)
HELD_AT = datetime(2027, 1, 15, 17, 0, tzinfo=UTC)
BOOK = Rulebook(load_law(), [StatutesVersion(date(2020, 1, 1), LegalForm.SCOP_SA)])


def quorum(total, enrolled, kind=AssemblyKind.ORDINARY, call="first"):
    figure = arithmetic.quorum(BOOK, kind=law_kind(kind), call=call, on=ON)
    return measure_quorum(Presence(total, 0, 0), enrolled=enrolled, figure=figure)


@pytest.mark.parametrize(
    ("kind", "call", "total", "enrolled", "met"),
    [
        (AssemblyKind.ORDINARY, "first", 8, 40, True),
        (AssemblyKind.ORDINARY, "first", 7, 40, False),
        (AssemblyKind.ORDINARY, "first", 8, 41, False),
        (AssemblyKind.ORDINARY, "second", 0, 40, True),
        (AssemblyKind.EXTRAORDINARY, "first", 10, 40, True),
        (AssemblyKind.EXTRAORDINARY, "first", 9, 40, False),
        (AssemblyKind.EXTRAORDINARY, "second", 8, 40, True),
        (AssemblyKind.EXTRAORDINARY, "second", 7, 40, False),
        (AssemblyKind.ORDINARY, "first", 20_000, 100_000, True),
        (AssemblyKind.ORDINARY, "first", 19_999, 100_000, False),
    ],
)
def test_the_quorum_follows_kind_and_call_to_the_head(kind, call, total, enrolled, met):
    assert quorum(total, enrolled, kind, call).met is met


def test_those_represented_and_those_who_voted_remotely_count():
    figure = arithmetic.quorum(BOOK, kind="ordinary", call="first", on=ON)
    found = measure_quorum(Presence(present=3, represented=2, remote=3), enrolled=40, figure=figure)
    assert (found.total, found.met, found.heads_needed, found.missing) == (8, True, 8, 0)
    assert found.share == Fraction(1, 5)
    assert found.citations


@given(total=st.integers(0, 500), away=st.integers(0, 500))
def test_it_is_met_exactly_when_nobody_is_missing(total, away):
    found = quorum(total, total + away)
    assert found.met == (found.missing == 0) or found.enrolled == 0


def test_a_missing_quorum_is_refused_with_its_numbers():
    [breach] = check_quorum(quorum(7, 40))
    assert breach.values == {"there": 7, "enrolled": 40, "needed": 8, "share": Fraction(1, 5), "missing": 1}


def test_a_session_opens_at_its_hour_and_with_its_quorum():
    early = HELD_AT - timedelta(seconds=1)
    assert check_opening(quorum(8, 40), now=HELD_AT, held_at=HELD_AT) == []
    assert [b.code for b in check_opening(quorum(7, 40), now=early, held_at=HELD_AT)] == [
        "before_its_hour", "quorum_missing",
    ]  # fmt: skip


def test_a_missing_quorum_is_noted_only_from_the_hour_on_and_only_when_true():
    early = HELD_AT - timedelta(seconds=1)
    assert check_no_quorum(quorum(7, 40), now=HELD_AT, held_at=HELD_AT) == []
    assert [b.code for b in check_no_quorum(quorum(7, 40), now=early, held_at=HELD_AT)] == ["before_its_hour"]
    assert [b.code for b in check_no_quorum(quorum(8, 40), now=HELD_AT, held_at=HELD_AT)] == ["quorum_is_met"]


def test_the_bureau_of_an_sa_has_a_chair_and_two_tellers_among_the_members():
    needed = BOOK.find_figure("assembly.tellers", on=ON)
    assert check_bureau(has_chair=True, tellers=[True, True], needed=needed) == []
    assert [b.code for b in check_bureau(has_chair=False, tellers=[False], needed=needed)] == [
        "bureau_without_chair", "bureau_tellers", "bureau_teller_stranger",
    ]  # fmt: skip


FINE = VoteFacts(
    voter="Zoé Œuvrard", on_roll=True, holder=None, caster_is_voter=True, caster_is_holder=False,
    caster_is_bureau=False, is_remote=True, voter_is_present=False, holder_is_present=False, is_convened=True,
    item_state=ItemState.PLANNED,
)  # fmt: skip
IN_ROOM = replace(FINE, is_remote=False, is_convened=False, voter_is_present=True, item_state=ItemState.VOTING)


def codes(facts, **changes):
    return [breach.code for breach in check_vote(replace(facts, **changes))]


def test_a_member_votes_for_herself_remotely_or_in_the_room():
    assert codes(FINE) == []
    assert codes(IN_ROOM) == []


def test_a_holder_votes_for_the_giver_remotely_or_in_the_room():
    as_holder = {"holder": "Bob", "caster_is_voter": False, "caster_is_holder": True}
    assert codes(FINE, **as_holder) == []
    assert codes(IN_ROOM, **as_holder, voter_is_present=False, holder_is_present=True) == []


@pytest.mark.parametrize(
    ("facts", "changes", "found"),
    [
        (FINE, {"on_roll": False}, ["not_on_roll"]),
        (FINE, {"holder": "Bob"}, ["gave_proxy"]),
        (FINE, {"caster_is_voter": False}, ["no_proxy"]),
        (FINE, {"is_convened": False}, ["remote_over"]),
        (IN_ROOM, {"item_state": ItemState.PLANNED}, ["vote_not_open"]),
        (IN_ROOM, {"item_state": ItemState.COUNTED}, ["vote_not_open"]),
        (IN_ROOM, {"voter_is_present": False}, ["not_in_room"]),
        (IN_ROOM, {"caster_is_voter": False, "caster_is_bureau": True}, []),
        (IN_ROOM, {"caster_is_voter": False, "caster_is_bureau": True, "voter_is_present": False}, ["not_in_room"]),
    ],
)
def test_each_bar_to_a_ballot_refuses_alone(facts, changes, found):
    assert codes(facts, **changes) == found


def test_who_has_a_ballot_in_the_open_vote_leaves_after_it():
    assert check_departure(has_voted=False, name="Bob", is_open=True) == []
    assert [b.code for b in check_departure(has_voted=True, name="Bob", is_open=True)] == ["ballot_in_open_vote"]


def test_a_session_closes_when_every_resolution_is_done():
    done = [(1, "A", ItemState.PROCLAIMED), (2, "B", ItemState.SET_ASIDE), (3, "C", ItemState.NO_QUORUM)]
    assert check_closing(done) == []
    for state in (ItemState.PLANNED, ItemState.VOTING, ItemState.COUNTED):
        [breach] = check_closing([*done, (4, "D", state)])
        assert breach.values["position"] == 4
