"""What the roll says to each person, and how far suspended votes may reach: pure rules."""

from datetime import UTC, date, datetime, timedelta

import pytest

from coopgov.assemblies.rules import State
from coopgov.assemblies.rules.roll import capacity, check_dispute, line_of, roll_checks
from coopgov.assemblies.rules.suspending import check_same_day, starts_at
from coopgov.ballots.changing_rules import least_closing
from coopgov.ballots.rules import Window
from coopgov.core.preflight import Verdict
from coopgov.members.rules import Category, PartyKind, Standing, Status

ON = date(2027, 1, 4)
HELD_AT = datetime(2027, 1, 15, 17, tzinfo=UTC)


def standing(status, **days):
    return Standing(status, Category.EMPLOYED, "makers", **days)


@pytest.mark.parametrize(
    ("found", "is_on", "day"),
    [
        (None, False, "on"),
        (standing(Status.CANDIDATE, applied_on=ON), False, "on"),
        (standing(Status.REFUSED, applied_on=ON), False, None),
        (standing(Status.FORMER, joined_on=ON, left_on=ON), False, "left_on"),
        (standing(Status.MEMBER, joined_on=ON), True, "joined_on"),
        (standing(Status.MEMBER), True, "on"),
    ],
)
def test_membership_alone_says_who_is_on_the_roll_and_the_sentence_says_why(found, is_on, day):
    line = line_of(7, "Awa", found, on=ON)
    assert (line.is_on, line.college) == (is_on, "makers" if is_on else "")
    assert day is None or f"%({day})s" in line.sentence
    assert line.sentence % line.values


def test_who_votes_for_an_organisation_is_told():
    assert capacity(PartyKind.PERSON) is None
    assert capacity(PartyKind.ORGANISATION) != capacity(PartyKind.JOINT)


def test_a_dispute_without_an_answer_is_red_whether_the_roll_is_shown_or_not():
    for is_open in (True, False):
        [red] = roll_checks(["Awa"], disputes=1, is_open=is_open)
        [green] = roll_checks([], disputes=1, is_open=is_open)
        assert (red.verdict, green.verdict) == (Verdict.RED, Verdict.GREEN)


@pytest.mark.parametrize("state", [State.OPEN, State.CLOSED, State.CANCELLED, State.INQUORATE])
def test_the_roll_is_disputed_until_the_session_begins(state):
    [breach] = check_dispute(state=state, is_open=True, waits=False, text="Non.")
    assert breach.code == "dispute_too_late"
    assert check_dispute(state=State.CONVENED, is_open=False, waits=False, text="Non.") == []


def test_the_lost_time_is_given_back_to_the_whole_minute_and_only_where_an_end_was_announced():
    window = Window(HELD_AT - timedelta(days=2), HELD_AT - timedelta(days=1))
    since = window.closes_at - timedelta(hours=1)
    assert least_closing(None, since=since, now=since) is None
    assert least_closing(window, since=window.closes_at, now=HELD_AT) is None
    hour = timedelta(hours=1)
    assert least_closing(window, since=since, now=since + hour) == window.closes_at + hour
    later = least_closing(window, since=since, now=since + hour + timedelta(seconds=1))
    assert later == window.closes_at + hour + timedelta(minutes=1)


def test_votes_reach_no_further_than_the_day_of_the_assembly_and_the_session_waits():
    midnight = datetime(2027, 1, 15, 23, tzinfo=UTC)
    assert check_same_day(midnight - timedelta(minutes=1), held_at=HELD_AT) == []
    [breach] = check_same_day(midnight, held_at=HELD_AT)
    assert breach.code == "resumed_after_the_day"
    assert starts_at(HELD_AT, None) == HELD_AT == starts_at(HELD_AT, HELD_AT - timedelta(hours=1))
    assert starts_at(HELD_AT, midnight) == midnight
