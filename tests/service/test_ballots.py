"""A vote from roll to result, on both engines."""

import json
import threading
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.ballots import queries, service, sheets
from coopgov.ballots.events import ScrutinProclaimed
from coopgov.ballots.models import BallotNamed, Scrutin
from coopgov.ballots.rules import Channel, Choice, Outcome, RollVoter, State, Tally
from coopgov.ballots.verify import verify
from coopgov.core.db import db
from coopgov.core.errors import Citation, NotFound, RuleBroken
from coopgov.core.journal import entries_about
from coopgov.law.arithmetic import Base, DecisionRule
from tests.service.tampering import by_hand

RULE = DecisionRule(Fraction(1, 2), strict=True, base=Base.EXPRESSED, citations=(Citation("art. 1"),))
VOTERS = [RollVoter(UUID(int=n), n, f"Member {n}", "makers" if n < 5 else "staff") for n in range(1, 7)]
CHAIR = UUID(int=1)
SUBJECT = "a" * 64


def prepare(act, *, rule=RULE, weights=None, remote=None, now=None) -> UUID:
    opens = closes = None
    if remote:
        opens, closes = now, now + timedelta(hours=remote)
    with act() as a:
        roll = service.freeze_roll(a, reference_on=date(2026, 11, 1), voters=VOTERS)
        return service.seal_scrutin(
            a, roll_id=roll, subject_hash=SUBJECT, title="Fees", rule=rule,
            remote_opens_at=opens, remote_closes_at=closes, college_weights=weights,
        )  # fmt: skip


def cast(act, scrutin: UUID, voter: int, choice=Choice.FOR, channel=Channel.ROOM, by: int | None = None):
    with act() as a:
        return service.cast(
            a, scrutin_id=scrutin, voter_id=UUID(int=voter), choice=choice, channel=channel,
            cast_by=UUID(int=by or voter),
        )  # fmt: skip


def command(act, name: str, scrutin: UUID, **more):
    with act() as a:
        return getattr(service, name)(a, scrutin_id=scrutin, **more)


def refused(do, *args, **more) -> list[str]:
    with pytest.raises(RuleBroken) as refusal:
        do(*args, **more)
    return [breach.code for breach in refusal.value.breaches]


def held(act, choices: str = "FFAB", **more) -> UUID:
    """A vote where members 1, 2, 3… answered F(or), A(gainst), (a)bstain, B(lank), closed."""
    scrutin = prepare(act, **more)
    command(act, "open_room", scrutin)
    meaning = {"F": Choice.FOR, "A": Choice.AGAINST, "-": Choice.ABSTAIN, "B": Choice.BLANK}
    for n, letter in enumerate(choices, start=1):
        cast(act, scrutin, n, meaning[letter])
    command(act, "close_room", scrutin)
    return scrutin


def test_a_vote_goes_from_roll_to_result(act, session):
    scrutin = held(act)
    assert command(act, "count", scrutin, present_or_represented=5) == Tally(2, 1, 0, 1)
    result = command(act, "proclaim", scrutin, by=CHAIR)
    assert (result.outcome, result.numerator, result.denominator) == (Outcome.ADOPTED, 2, 3)
    assert queries.result(session, scrutin) == result
    assert result.citations == RULE.citations
    told = sheets.get_archive(session, scrutin)
    assert (told["hashes"]["whole"], told["roll"]["present"]) == (result.archive, {"": 5})
    assert told["result"]["detail"]["decision"] == {"outcome": "adopted", "share": "2/3"}
    assert queries.get_scrutin(session, scrutin).state is State.PROCLAIMED
    assert list(verify(session)) == []


def test_the_result_is_told_in_the_same_act(act):
    heard = []
    scrutin = held(act)
    command(act, "count", scrutin, present_or_represented=4)
    with act() as a:
        object.__setattr__(a, "publish", heard.append)
        service.proclaim(a, scrutin_id=scrutin, by=CHAIR)
    assert heard == [ScrutinProclaimed(scrutin, SUBJECT, Outcome.ADOPTED)]


def test_the_same_ballot_sent_again_gives_the_same_receipt(act, session):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    first = cast(act, scrutin, 1)
    assert cast(act, scrutin, 1) == first
    assert queries.turnout(session, scrutin) == 1
    command(act, "close_room", scrutin)
    assert cast(act, scrutin, 1) == first


def test_another_choice_or_another_hand_is_refused(act):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    cast(act, scrutin, 1, by=2)
    assert refused(cast, act, scrutin, 1, Choice.AGAINST, by=2) == ["already_voted"]
    assert refused(cast, act, scrutin, 1) == ["already_voted"]


def test_who_is_not_on_the_roll_does_not_vote(act):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    assert refused(cast, act, scrutin, 99) == ["not_on_roll"]


def test_the_room_votes_only_while_it_is_open(act):
    scrutin = prepare(act)
    assert refused(cast, act, scrutin, 1) == ["room_not_open"]
    command(act, "open_room", scrutin)
    cast(act, scrutin, 1)
    command(act, "close_room", scrutin)
    assert refused(cast, act, scrutin, 2) == ["vote_closed"]


def test_remote_ballots_are_taken_by_the_stored_instants(act, clock, session):
    scrutin = prepare(act, remote=2, now=clock.now + timedelta(hours=1))
    assert refused(cast, act, scrutin, 1, channel=Channel.REMOTE) == ["remote_not_open_yet"]
    clock.forward(hours=1)
    cast(act, scrutin, 1, channel=Channel.REMOTE)
    assert refused(command, act, "close_room", scrutin) == ["remote_still_open"]
    clock.forward(hours=2)
    assert refused(cast, act, scrutin, 2, channel=Channel.REMOTE) == ["remote_closed"]
    assert queries.remote_voters(session, [scrutin]) == {UUID(int=1)}
    assert queries.count_remote_voters(session, [scrutin]) == 1


def test_a_vote_without_window_takes_nothing_remotely(act):
    assert refused(cast, act, prepare(act), 1, channel=Channel.REMOTE) == ["no_remote_vote"]


def test_a_ballot_leaves_no_line_in_the_journal(act, session):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    before = len(entries_about(session, f"scrutin:{scrutin}"))
    cast(act, scrutin, 1)
    session.rollback()
    assert len(entries_about(session, f"scrutin:{scrutin}")) == before


def test_the_closed_urn_stands_in_the_journal(act, session):
    scrutin = held(act)
    line = entries_about(session, f"scrutin:{scrutin}")[-1]
    assert (line.kind, line.payload["urn"]) == ("scrutin.room_closed", queries.find_urn(session, scrutin).hash)


def test_nobody_sees_how_a_vote_goes_before_it_is_closed(act, session):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    cast(act, scrutin, 1)
    assert refused(queries.tally, session, scrutin) == ["tally_hidden"]
    assert refused(queries.export_ballots, session, scrutin) == ["tally_hidden"]
    assert queries.turnout(session, scrutin) == 1


def test_a_vote_is_counted_once_and_after_its_close(act, session):
    scrutin = prepare(act)
    assert refused(command, act, "count", scrutin, present_or_represented=4) == ["not_from_this_state"]
    scrutin = held(act)
    command(act, "count", scrutin, present_or_represented=4)
    assert refused(command, act, "count", scrutin, present_or_represented=5) == ["not_from_this_state"]
    with pytest.raises(NotFound):
        queries.result(session, scrutin)


def test_the_attendance_must_fit_the_urn(act):
    scrutin = held(act)
    assert refused(command, act, "count", scrutin, present_or_represented=3) == ["present_does_not_fit"]
    assert refused(command, act, "count", scrutin, present_or_represented=7) == ["present_does_not_fit"]


def test_colleges_weigh_their_totals(act, session):
    weights = {"makers": Fraction(1, 2), "staff": Fraction(1, 2)}
    scrutin = held(act, "FFFFAA", weights=weights)
    command(act, "count", scrutin, present_or_represented=6)
    result = command(act, "proclaim", scrutin, by=CHAIR)
    assert (result.outcome, result.numerator, result.denominator) == (Outcome.REJECTED, 1, 2)
    assert result.weighted
    told = sheets.get_archive(session, scrutin)
    assert told["roll"]["colleges"] == {"makers": 4, "staff": 2}
    assert [[college, papers] for college, _content, papers in told["ballots"]] == [["makers", 4], ["staff", 2]]
    assert told["result"]["detail"]["decision"] == {"outcome": "rejected", "share": "1/2"}
    assert [case["chosen"] for case in told["result"]["ties"]] == [["against"]]
    assert list(verify(session)) == []


def test_colleges_measured_on_the_room_are_counted_in_the_room(act):
    rule = DecisionRule(Fraction(1, 2), strict=True, base=Base.PRESENT_OR_REPRESENTED)
    scrutin = held(act, "FFFFAA", rule=rule, weights={"makers": Fraction(3, 4), "staff": Fraction(1, 4)})
    assert refused(command, act, "count", scrutin, present_or_represented=6) == ["presence_by_college_unknown"]
    command(act, "count", scrutin, present_or_represented=6, present_by_college={"makers": 4, "staff": 2})
    assert command(act, "proclaim", scrutin, by=CHAIR).outcome is Outcome.ADOPTED
    assert sheets.get_archive(db.session(), scrutin)["roll"]["present"] == {"": 6, "makers": 4, "staff": 2}


def test_a_cancelled_vote_takes_nothing_and_is_never_counted(act, session):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    command(act, "cancel", scrutin, reason="no quorum")
    assert refused(cast, act, scrutin, 1) == ["vote_closed"]
    assert refused(command, act, "close_room", scrutin) == ["not_from_this_state"]
    assert list(verify(session)) == []


@pytest.mark.parametrize("column", [column.name for column in Scrutin.__table__.columns])
def test_no_sealed_column_can_be_changed(act, column):
    prepare(act)
    with pytest.raises(DatabaseError, match="append-only"), act() as a:
        a.session.execute(text(f"UPDATE scrutin SET {column} = {column}"))  # noqa: S608 - our own column names


@pytest.mark.parametrize(
    "table",
    ["roll", "roll_entry", "scrutin_step", "ballot_named", "urn", "scrutin_tally", "scrutin_result"],
)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_nothing_of_a_vote_can_be_rewritten(act, table, verb):
    scrutin = held(act)
    command(act, "count", scrutin, present_or_represented=4)
    command(act, "proclaim", scrutin, by=CHAIR)
    column = "roll_id" if table == "roll_entry" else "id" if table == "roll" else "scrutin_id"
    statement = f"UPDATE {table} SET {column} = {column}" if verb == "UPDATE" else f"DELETE FROM {table}"  # noqa: S608
    with pytest.raises(DatabaseError, match="append-only"), act() as a:
        a.session.execute(text(statement))


def test_the_database_itself_keeps_late_ballots_out(act, session):
    scrutin = held(act)
    columns, values = zip(*_raw_ballot(scrutin).items(), strict=True)
    statement = f"INSERT INTO ballot_named ({', '.join(columns)}) VALUES ({', '.join(f':{c}' for c in columns)})"  # noqa: S608
    with act() as a:
        a.session.execute(text(statement), dict(zip(columns, map(str, values), strict=True)))
    assert queries.turnout(session, scrutin) == 4


def _raw_ballot(scrutin: UUID) -> dict[str, object]:
    return {"scrutin_id": scrutin.hex, "voter_id": UUID(int=6).hex, "choice": Choice.FOR, "channel": Channel.ROOM,
            "cast_by": CHAIR.hex, "receipt": "x"}  # fmt: skip


def _stuff(act, scrutin: UUID) -> None:
    values = {**_raw_ballot(scrutin), "scrutin_id": scrutin, "voter_id": UUID(int=6), "cast_by": CHAIR}
    with act() as a:
        a.session.add(BallotNamed(**values))


def test_a_stuffed_urn_is_named(act, session):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    _stuff(act, scrutin)
    faults = [fault.what for fault in verify(session)]
    assert faults == [f"the ballot of {UUID(int=6)} is not what was cast"]


def test_an_altered_ballot_stops_the_count(act, session):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    _stuff(act, scrutin)
    command(act, "close_room", scrutin)
    assert refused(command, act, "count", scrutin, present_or_represented=4) == ["counts_differ"]


def test_an_archive_that_was_changed_is_named_and_one_that_never_was_is_not_missed(act, session):
    scrutin = held(act)
    command(act, "count", scrutin, present_or_represented=4)
    command(act, "proclaim", scrutin, by=CHAIR)
    by_hand("UPDATE scrutin_archive SET archive = replace(archive, 'EXPRESSED', 'ALL_MEMBERS')")
    assert "its archive is not the one of its result" in [fault.what for fault in verify(session)]
    # A result proclaimed before archives were kept of resolutions says nothing of one.
    facts = json.loads(session.scalar(text("SELECT facts FROM scrutin_result")))
    told = json.dumps({name: facts[name] for name in facts if name != "archive"}, separators=(",", ":"))
    by_hand("DELETE FROM scrutin_archive", f"UPDATE scrutin_result SET facts = '{told}'")  # noqa: S608 - facts of this test
    assert "its archive is not the one of its result" not in [fault.what for fault in verify(session)]
    assert queries.result(session, scrutin).archive == ""


def test_two_ballots_at_once_leave_one(app, act, session):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    outcomes: list[str] = []

    def vote(choice: Choice) -> None:
        with app.app_context():
            try:
                outcomes.append(cast(act, scrutin, 1, choice).digest)
            except RuleBroken as refusal:
                outcomes.append(refusal.breaches[0].code)
            db.session.remove()

    threads = [threading.Thread(target=vote, args=[choice]) for choice in list(Choice) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queries.turnout(session, scrutin) == 1
    assert outcomes.count("already_voted") == 6
    assert len(set(outcomes)) == 2


def test_a_ballot_that_meets_a_close_under_way_comes_too_late(app, act, session):
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    told: list[str] = []

    def vote() -> None:
        with app.app_context():
            told.extend(refused(cast, act, scrutin, 1))
            db.session.remove()

    thread = threading.Thread(target=vote)
    with act() as a:
        service.close_room(a, scrutin_id=scrutin)
        thread.start()
    thread.join()
    assert told == ["vote_closed"]
    assert queries.find_urn(session, scrutin).ballots == 0


def test_a_close_among_ballots_keeps_every_receipt(app, act, session):
    """Whoever got a receipt is in the hashed urn, whoever came too late was told so."""
    scrutin = prepare(act)
    command(act, "open_room", scrutin)
    receipts: list[str] = []

    def vote(n: int) -> None:
        with app.app_context():
            try:
                receipts.append(cast(act, scrutin, n).digest)
            except RuleBroken as refusal:
                assert refusal.breaches[0].code == "vote_closed"  # noqa: PT017 - in a thread
            db.session.remove()

    threads = [threading.Thread(target=vote, args=[n]) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    command(act, "close_room", scrutin)
    for thread in threads:
        thread.join()
    urn = queries.find_urn(session, scrutin)
    assert urn.ballots == len(receipts) == queries.turnout(session, scrutin)
    assert list(verify(session)) == []
