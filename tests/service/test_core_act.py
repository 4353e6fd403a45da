"""One act is one transaction: all of it is kept or none, and only an act writes."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.core import journal, outbox
from coopgov.core.act import open_act
from coopgov.core.errors import Breach, RuleBroken, refuse_if
from coopgov.core.events import Event
from coopgov.core.policy import SYSTEM

LEA = outbox.Recipient("lea@example.org", "Léa Petit")
REFUSAL = Breach("no", "This is refused.")
READ_ONLY = r"read-?only"
COUNTS = ("journal_line", "journal_payload", "outbox_message")


@dataclass(frozen=True)
class Happened(Event):
    """Something happened."""

    what: str


def do_everything(act):
    """What a command does: a fact, a line of the journal, a message."""
    act.session.execute(text("INSERT INTO outbox_horizon VALUES (1, '2026-01-01', '2026-01-01')"))
    act.record("test.done", "thing:1", {"name": "Léa"})
    outbox.queue(act, kind="test", about="thing:1", to=LEA, subject="Bonjour", body="Bonjour.")


def do_it_again(act):
    act.session.execute(text("INSERT INTO outbox_horizon VALUES (1, '2026-01-01', '2026-01-01')"))


def run(opened, *steps):
    with opened as act:
        for step in steps:
            step(act)


def fail_with(failure):
    def fail(act):
        act.session.flush()
        raise failure

    return fail


def rows(session) -> list[int]:
    session.rollback()
    return [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in (*COUNTS, "outbox_horizon")]  # noqa: S608 - our own names


@pytest.fixture
def listening(app):
    """Open an act whose events are heard by these handlers."""

    def make(*handlers):
        runtime = replace(app.extensions["coopgov.runtime"], handlers={Happened: handlers})
        return open_act(runtime, SYSTEM)

    return make


def test_what_succeeds_is_kept_whole(act, session):
    with act() as a:
        do_everything(a)
    assert rows(session) == [1, 1, 1, 1]


@pytest.mark.parametrize("failure", [RuleBroken([REFUSAL]), ValueError("crash"), KeyboardInterrupt(), SystemExit()])
def test_what_is_refused_or_breaks_leaves_nothing(act, session, failure):
    with pytest.raises(type(failure)):
        run(act(), do_everything, fail_with(failure))
    assert rows(session) == [0, 0, 0, 0]


def test_what_the_database_refuses_at_the_end_leaves_nothing(act, session):
    with pytest.raises(DatabaseError):
        run(act(), do_everything, do_it_again)
    assert rows(session) == [0, 0, 0, 0]


def test_a_journal_that_cannot_be_written_keeps_nothing(act, session, clock):
    with act() as a:
        a.record("test.done", "thing:0")
    clock.forward(minutes=-2)
    with pytest.raises(journal.ClockWentBack), act() as a:
        do_everything(a)
    assert rows(session) == [1, 1, 0, 0]


def test_the_next_act_works_after_a_refused_one(act, session):
    with pytest.raises(RuleBroken), act():
        refuse_if([REFUSAL])
    with act() as a:
        do_everything(a)
    assert rows(session) == [1, 1, 1, 1]


def test_after_commit_runs_only_once_the_facts_are_safe(act, session):
    seen = []
    with act() as a:
        do_everything(a)
        a.after_commit(lambda: seen.append(rows(session)))
        assert seen == []
    assert seen == [[1, 1, 1, 1]]


def test_after_commit_does_not_run_for_a_refused_act(act):
    seen = []
    with pytest.raises(RuleBroken):
        run(act(), lambda a: a.after_commit(lambda: seen.append("ran")), fail_with(RuleBroken([REFUSAL])))
    assert seen == []


def test_one_failing_action_after_commit_stops_neither_the_answer_nor_the_others(act, session, caplog):
    seen = []
    with act() as a:
        do_everything(a)
        a.after_commit(lambda: 1 / 0)
        a.after_commit(lambda: seen.append("ran"))
    assert seen == ["ran"]
    assert rows(session) == [1, 1, 1, 1]
    assert "ZeroDivisionError" in caplog.text


def test_an_act_may_be_opened_after_the_commit_of_another(act, session):
    def follow():
        with act() as b:
            b.record("test.followed", "thing:1")

    with act() as a:
        a.after_commit(follow)
        do_everything(a)
    assert journal.head(session).size == 2


def test_a_handler_writes_in_the_same_transaction(listening, session):
    with listening(lambda a, event: a.record("test.heard", event.what)) as a:
        do_everything(a)
        a.publish(Happened("thing:2"))
    assert rows(session) == [2, 2, 1, 1]
    assert [entry.kind for entry in journal.entries_about(session, "thing:2")] == ["test.heard"]


def test_handlers_run_at_once_and_in_their_order(listening):
    heard = []
    with listening(lambda _a, _e: heard.append(1), lambda _a, _e: heard.append(2)) as a:
        a.publish(Happened("x"))
        assert heard == [1, 2]


def test_a_failing_handler_undoes_all(listening, session):
    def refuse(_act, _event):
        refuse_if([REFUSAL])

    with pytest.raises(RuleBroken), listening(lambda a, _event: do_everything(a), refuse) as a:
        a.publish(Happened("x"))
    assert rows(session) == [0, 0, 0, 0]


def test_an_event_nobody_hears_is_no_fault(listening):
    with listening() as a:
        a.publish(Happened("x"))


@pytest.mark.parametrize("verb", ["INSERT INTO outbox_horizon VALUES (1, '2026-01-01', '2026-01-01')",
                                  "UPDATE outbox_horizon SET id = 2", "DELETE FROM outbox_horizon",
                                  "CREATE TABLE sneaked (id integer)"])  # fmt: skip
def test_a_reader_cannot_write(session, verb):
    with pytest.raises(DatabaseError, match=READ_ONLY):
        session.execute(text(verb))


def test_a_reader_cannot_write_after_an_act_on_the_same_connection(act, session):
    with act() as a:
        do_everything(a)
    with pytest.raises(DatabaseError, match=READ_ONLY):
        session.execute(text("DELETE FROM outbox_horizon"))


def test_a_read_then_an_act_then_a_read(act, session):
    assert rows(session) == [0, 0, 0, 0]
    session.scalar(text("SELECT count(*) FROM outbox_message"))  # leaves a reading transaction open
    with act() as a:
        do_everything(a)
    assert rows(session) == [1, 1, 1, 1]


def test_the_act_reads_its_clock_once(act, clock):
    with act() as a:
        before = a.now
        clock.forward(hours=1)
        assert (a.now, a.today) == (before, before.date())


def test_an_act_inside_an_act_is_refused_and_the_outer_one_goes_on(act, session):
    with act() as a:
        do_everything(a)
        with pytest.raises(RuntimeError, match="already open"), act():
            pass
    assert rows(session) == [1, 1, 1, 1]


def test_an_act_inside_an_act_is_refused_in_another_context_too(app, act):
    with act(), app.app_context(), pytest.raises(RuntimeError, match="already open"), act():
        pass


def try_and_be_refused(act):
    with act.attempt():
        do_everything(act)
        refuse_if([REFUSAL])


def test_a_part_that_is_refused_by_itself_leaves_nothing_and_the_rest_stays(session, act):
    with act() as a:
        a.record("test.first", "thing:1")
        with pytest.raises(RuleBroken):
            try_and_be_refused(a)
        with a.attempt():
            a.record("test.last", "thing:1")
    assert [entry.kind for entry in journal.entries_about(session, "thing:1")] == ["test.first", "test.last"]
    assert outbox.latest(session, limit=5) == []
    assert session.scalar(text("SELECT count(*) FROM outbox_horizon")) == 0
