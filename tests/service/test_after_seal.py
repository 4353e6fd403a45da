"""What may still happen to a sealed vote: a line struck with cause, a suspension that gives its time back; on both engines."""

import json
import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.ballots import queries, service
from coopgov.ballots.after_seal import RollStrike, ScrutinAnnulment, ScrutinResumption, ScrutinSuspension
from coopgov.ballots.events import ScrutinAnnulled
from coopgov.ballots.models import ScrutinResult
from coopgov.ballots.rules import Channel, Choice, Level, RollVoter
from coopgov.ballots.verify import verify
from coopgov.core.db import WRITES, db
from coopgov.core.errors import RuleBroken
from tests.service.test_ballots import RULE

VOTERS = [RollVoter(UUID(int=n), n, f"Member {n}", "makers") for n in range(1, 6)]


@pytest.fixture(params=[Level.NAMED, Level.SECRET])
def vote(request, act, clock):
    """A remote vote of two hours, open, with five voters; commands by name."""

    class Vote:
        def __init__(self) -> None:
            with act() as a:
                self.codes = [service.make_teller_key(a, account_id=UUID(int=101), name="Teller")]
                self.roll = service.freeze_roll(a, reference_on=date(2026, 11, 1), voters=VOTERS)
                self.id = service.seal_scrutin(
                    a, roll_id=self.roll, subject_hash="a" * 64, title="One", rule=RULE, level=request.param,
                    tellers=[UUID(int=101)] if request.param is Level.SECRET else (), remote_opens_at=a.now,
                    remote_closes_at=a.now + timedelta(hours=2),
                )  # fmt: skip

        def cast(self, voter, choice=Choice.FOR, channel=Channel.REMOTE):
            with act() as a:
                return service.cast(
                    a, scrutin_id=self.id, voter_id=UUID(int=voter), choice=choice, channel=channel,
                    cast_by=UUID(int=voter),
                )  # fmt: skip

        def do(self, name, **more):
            with act() as a:
                return getattr(service, name)(a, scrutin_id=self.id, **more)

        def suspend(self, **more):
            self.do("suspend", **{"since": clock.now, "incident": "A fire.", **more})

        def strike(self, voter, **more):
            told = {"name": f"Member {voter}", "reason": "Left in October.", "document": "Letter of 3 October", **more}
            with act() as a:
                return service.strike(a, roll_id=self.roll, voter_id=UUID(int=voter), **told)

        @property
        def row(self):
            db.session.rollback()
            return queries.get_scrutin(db.session(), self.id)

    return Vote()


def refused(do, *args, **more) -> list[str]:
    with pytest.raises(RuleBroken) as refusal:
        do(*args, **more)
    db.session.rollback()
    return [breach.code for breach in refusal.value.breaches]


def write(statement: str, **values) -> None:
    db.session.rollback()
    options = {WRITES: True, "postgresql_readonly": False}
    with db.engine.connect().execution_options(**options) as connection, connection.begin():
        connection.execute(text(statement), values)


def test_a_suspended_vote_takes_no_ballot_and_gives_its_time_back(vote, clock, session):
    vote.cast(1)
    end = vote.row.window.closes_at
    clock.forward(minutes=100)
    began = clock.now
    clock.forward(minutes=5)
    vote.suspend(since=began)
    assert refused(vote.cast, 2) == ["vote_suspended"]
    assert refused(vote.suspend) == ["suspended_already"]
    assert refused(vote.do, "open_room") == ["take_up_again_first"]
    # Past its first end, still suspended: it neither takes ballots nor closes.
    clock.forward(hours=3)
    assert refused(vote.cast, 2) == ["vote_suspended"]
    assert refused(vote.do, "close_room")[0] == "take_up_again_first"
    assert refused(vote.do, "resume", closes_at=end) == ["time_not_given_back"]
    given_back = end + (clock.now - began)
    assert vote.do("resume") == given_back
    sealed, now = vote.row.window, vote.row.window_now
    assert (sealed.closes_at, now.closes_at) == (end, given_back)
    # The instant decides at each ballot: the last moment before the new end, and the end itself.
    clock.now = given_back - timedelta(microseconds=1)
    vote.cast(2)
    assert refused(vote.do, "close_room") == ["remote_still_open"]
    clock.now = given_back
    assert refused(vote.cast, 3) == ["remote_closed"]
    vote.do("close_room")
    vote.do("count", present_or_represented=5, codes=vote.codes if vote.row.level is Level.SECRET else ())
    result = vote.do("proclaim", by=UUID(int=101))
    assert result.counts.for_ == 2
    # What happened is told by the result, under its hash.
    facts = json.loads(db.session().get_one(ScrutinResult, vote.id).facts)
    [halt] = facts["suspensions"]
    assert halt["incident"] == "A fire."
    assert datetime.fromisoformat(halt["closes_at"]) == given_back
    assert list(verify(db.session())) == []
    assert refused(vote.suspend) == ["nothing_to_suspend"]


def test_a_judge_annuls_only_what_was_proclaimed_once_and_with_a_judgment(vote, clock, app, act):
    told = {"on": clock.now.date(), "reason": "Irregular notice.", "document": "Valence court, 26/01234"}
    assert refused(vote.do, "annul", **told) == ["nothing_to_annul"]
    scrutin = vote.id.hex if db.engine.dialect.name == "sqlite" else vote.id
    row = (
        'INSERT INTO scrutin_annulment (scrutin_id, "on", reason, document, at, by) '
        "VALUES (:scrutin, '2026-12-01', 'r', 'd', '2026-12-01 10:00:00.000000', 'x')"
    )
    with pytest.raises(DatabaseError, match="nothing was proclaimed"):
        write(row, scrutin=scrutin)
    clock.forward(hours=3)
    vote.do("close_room")
    vote.do("count", present_or_represented=5, codes=vote.codes if vote.row.level is Level.SECRET else ())
    result = vote.do("proclaim", by=UUID(int=101))
    clock.forward(days=40)
    told["on"] = clock.now.date()
    early = clock.now.date() - timedelta(days=41)
    assert refused(vote.do, "annul", **{**told, "on": early}) == ["judgment_day_unsound"]
    assert refused(vote.do, "annul", **{**told, "reason": " "}) == ["judgment_reason_missing"]
    assert refused(vote.do, "annul", **{**told, "document": ""}) == ["judgment_missing"]
    heard = []
    runtime = app.extensions["coopgov.runtime"]
    app.extensions["coopgov.runtime"] = replace(
        runtime, handlers={ScrutinAnnulled: [lambda _act, one: heard.append(one)]}
    )
    vote.do("annul", **told)
    assert [(one.scrutin_id, one.on) for one in heard] == [(vote.id, told["on"])]
    assert vote.row.annulled.document == told["document"]
    # The result itself stays what was proclaimed, to be read beside the judgment.
    assert queries.find_result(db.session(), vote.id).hash == result.hash
    assert refused(vote.do, "annul", **told) == ["annulled_already"]
    for column in ScrutinAnnulment.__table__.columns:
        with pytest.raises(DatabaseError, match="append-only"):
            write(f'UPDATE scrutin_annulment SET "{column.name}" = "{column.name}"')  # noqa: S608 - our names
    assert list(verify(db.session())) == []


def test_what_a_suspension_needs_and_a_vote_that_never_opened(vote, clock):
    began = clock.now
    clock.forward(minutes=10)
    assert refused(vote.suspend, incident=" ") == ["incident_missing"]
    assert refused(vote.suspend, since=began - timedelta(minutes=1)) == ["since_unsound"]
    assert refused(vote.suspend, since=clock.now + timedelta(minutes=1)) == ["since_unsound"]
    assert refused(vote.do, "resume") == ["not_suspended"]
    clock.forward(hours=2)
    assert refused(vote.suspend) == ["nothing_to_suspend"]
    # In the room no end was announced: the chair closes, and nothing is put off.
    vote.do("open_room")
    vote.suspend()
    assert refused(vote.cast, 3, channel=Channel.ROOM) == ["vote_suspended"]
    clock.forward(minutes=5)
    assert vote.do("resume") is None
    vote.cast(3, channel=Channel.ROOM)


def test_a_line_is_struck_with_cause_before_its_holder_votes_and_the_roll_tells_both(vote):
    vote.cast(1)
    before = queries.get_roll(db.session(), vote.roll)
    assert refused(vote.strike, 1) == ["struck_after_voting"]
    assert refused(vote.strike, 9) == ["not_on_this_roll"]
    assert refused(vote.strike, 2, reason="") == ["cause_missing"]
    assert refused(vote.strike, 2, document=" ") == ["proof_missing"]
    hashed = vote.strike(2)
    db.session.rollback()
    roll = queries.get_roll(db.session(), vote.roll)
    assert (roll.hash, roll.hash_now, roll.size, roll.voters) == (before.hash, hashed, 5, 4)
    assert hashed != before.hash
    assert roll.voters_by_college == {"makers": 4}
    assert refused(vote.cast, 2) == ["not_on_roll"]
    assert refused(vote.strike, 2) == ["not_on_this_roll"]
    assert not queries.on_roll(db.session(), vote.roll, UUID(int=2))
    assert vote.strike(3) != hashed
    vote.do("suspend", since=vote.row.window.opens_at, incident="A fire.")
    vote.do("resume")
    assert list(verify(db.session())) == []
    vote_again = vote.cast(4)
    assert vote_again.digest


def test_a_ballot_and_a_strike_or_a_suspension_at_once_leave_one_of_them(vote, app):
    """Whichever comes first stands: nobody is struck off with a ballot in the urn, no receipt is given in vain."""
    db.session.remove()
    ready, receipts, struck = threading.Barrier(5), [], []

    def work(do, kept) -> None:
        with app.app_context():
            ready.wait()
            try:
                kept.append(do())
            except RuleBroken:
                pass
            finally:
                db.session.remove()

    casts = [lambda voter=voter: (voter, vote.cast(voter)) for voter in (2, 3, 4)]
    acts = [*((one, receipts) for one in casts), (lambda: vote.strike(2), struck), (lambda: vote.suspend() or 0, [])]
    threads = [threading.Thread(target=work, args=one) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queries.turnout(db.session(), vote.id) == len(receipts)
    voted = {voter for voter, _receipt in receipts}
    assert (2 in voted) is not bool(struck) or vote.row.suspended is not None
    assert not (2 in voted and struck)
    assert refused(vote.cast, 5) == ["vote_suspended"]
    assert list(verify(db.session())) == []


def test_nobody_is_struck_once_the_room_votes(vote, clock):
    clock.forward(hours=3)
    vote.do("open_room")
    assert refused(vote.strike, 2) == ["struck_too_late"]


def test_the_database_itself_holds_suspensions_strikes_and_ends(vote, clock):
    """By SQL, behind the back of the rules."""
    vote.cast(1)
    ids = {"scrutin": vote.id, "roll": vote.roll}
    bind = {name: value.hex if db.engine.dialect.name == "sqlite" else value for name, value in ids.items()}
    one = {n: UUID(int=n).hex if db.engine.dialect.name == "sqlite" else UUID(int=n) for n in range(1, 10)}
    now = clock.now.replace(tzinfo=None).isoformat(" ", "microseconds")
    strike = (
        "INSERT INTO roll_strike (roll_id, voter_id, number, reason, document, at, by, hash) "
        "VALUES (:roll, :voter, 1, 'r', 'd', :now, 'x', 'h')"
    )
    with pytest.raises(DatabaseError, match="she has voted"):
        write(strike, roll=bind["roll"], voter=one[1], now=now)
    vote.strike(2)
    vote.suspend()
    suspended = queries.get_scrutin(db.session(), vote.id).suspended
    halt = suspended.id.hex if db.engine.dialect.name == "sqlite" else suspended.id
    table, content = ("envelope", "sealed") if vote.row.level is Level.SECRET else ("ballot_named", "choice")
    ballot = (
        f"INSERT INTO {table} (scrutin_id, voter_id, {content}, channel, cast_by, receipt) "  # noqa: S608 - our names
        "VALUES (:scrutin, :voter, :content, 'remote', :voter, 'r')"
    )
    said = b"x" if content == "sealed" else "for"
    write(ballot, scrutin=bind["scrutin"], voter=one[3], content=said)
    resume = (
        "INSERT INTO scrutin_resumption (suspension_id, scrutin_id, at, closes_at, by) "
        "VALUES (:halt, :scrutin, :now, :until, 'x')"
    )
    with pytest.raises(DatabaseError, match="never brought forward"):
        write(resume, halt=halt, scrutin=bind["scrutin"], now=now, until=now)
    with pytest.raises(DatabaseError, match="suspended"):
        write(
            "INSERT INTO scrutin_step (scrutin_id, step, at, by) VALUES (:scrutin, 'room_closed', :now, 'x')",
            scrutin=bind["scrutin"], now=now,
        )  # fmt: skip
    again = (
        "INSERT INTO scrutin_suspension (id, scrutin_id, since, at, incident, by) "
        "VALUES (:id, :scrutin, :now, :now, 'i', 'x')"
    )
    with pytest.raises(DatabaseError, match="not open"):
        write(again, id=one[9], scrutin=bind["scrutin"], now=now)
    vote.do("resume")
    write(ballot, scrutin=bind["scrutin"], voter=one[2], content=said)
    db.session.rollback()
    assert queries.turnout(db.session(), vote.id) == 1
    tables = [one.__table__ for one in (RollStrike, ScrutinSuspension, ScrutinResumption)]
    for name, column in ((table.name, f'"{column.name}"') for table in tables for column in table.columns):
        with pytest.raises(DatabaseError, match="append-only"):
            write(f"UPDATE {name} SET {column} = {column}")  # noqa: S608 - our names
        with pytest.raises(DatabaseError, match="append-only"):
            write(f"DELETE FROM {name}")  # noqa: S608 - our names
