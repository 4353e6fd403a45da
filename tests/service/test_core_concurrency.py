"""Acts at the same time: threads and processes lose nothing, lock nobody out, leave no hole."""

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import Date, Integer, String, Uuid, bindparam, column, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from coopgov.config import ROOT
from coopgov.core import journal, straight_sqlite
from coopgov.core.act import open_act
from coopgov.core.db import FairLock, Instant, db, writers_turn
from coopgov.core.policy import SYSTEM
from coopgov.core.straight import Line, Straight, write_straight
from tests.service.waiting import PATIENCE, until

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

# What another process does: the same read-then-write, through an application of its own.
ANOTHER_PROCESS = """
import sys
from dataclasses import replace
from pathlib import Path
from coopgov.app import create_app
from tests.conftest import START, make_config
from tests.service.test_core_concurrency import count_up

app = create_app(make_config(Path(sys.argv[1]), sys.argv[2]))
app.extensions["coopgov.runtime"] = replace(app.extensions["coopgov.runtime"], clock=lambda: START)
count_up(app, times=int(sys.argv[3]))
"""


def count_up(app, *, times: int) -> None:
    """Read the counter, then write one more, `times` times, each in an act."""
    runtime = app.extensions["coopgov.runtime"]
    for _ in range(times):
        with app.app_context():
            db.session().execute(text("SELECT n FROM counter")).all()  # as a page does before its command
            with open_act(runtime, SYSTEM) as act:
                n = act.session.scalar(text("SELECT n FROM counter"))
                act.session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
                act.record("test.counted", "counter:1", {"n": n + 1})


def together(workers: int, work: Callable[[int], object]) -> list[object]:
    """Do the same in several threads, all at once; gives their results or their first failure."""
    start = threading.Barrier(workers)

    def run(number: int) -> object:
        start.wait(PATIENCE)
        return work(number)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, range(workers)))


@pytest.fixture
def counter(app, act, session) -> Callable[[], int]:
    with act() as a:
        a.session.execute(text("CREATE TABLE counter (n integer NOT NULL)"))
        a.session.execute(text("INSERT INTO counter VALUES (0)"))

    def read() -> int:
        session.rollback()
        return session.scalar(text("SELECT n FROM counter"))

    return read


@on_sqlite
def test_threads_that_read_then_write_lose_no_update(app, counter):
    together(8, lambda _number: count_up(app, times=10))
    assert counter() == 80


@on_sqlite
def test_processes_and_threads_that_read_then_write_lose_no_update(app, counter, session, tmp_path):
    url = app.extensions["coopgov.config"].database_url
    command = [sys.executable, "-c", ANOTHER_PROCESS, str(tmp_path), url, "20"]
    others = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    together(2, lambda _number: count_up(app, times=20))
    assert [other.wait(PATIENCE) for other in others] == [0, 0]
    assert counter() == 80
    assert journal.head(session).size == 80
    assert list(journal.verify(session)) == []


@on_sqlite
def test_readers_and_a_writer_do_not_wait_for_each_other_for_long(app, counter):
    def read_or_write(number: int) -> None:
        if number == 0:
            count_up(app, times=20)
        else:
            for _ in range(20):
                with app.app_context():
                    db.session().scalar(text("SELECT n FROM counter"))

    together(6, read_or_write)
    assert counter() == 20


def test_the_journal_has_no_hole_whoever_writes_at_the_same_time(app, session):
    runtime = app.extensions["coopgov.runtime"]

    def note(number: int) -> None:
        for turn in range(5):
            with app.app_context(), open_act(runtime, SYSTEM) as act:
                act.record("test.done", f"thing:{number}", {"turn": turn})
                act.record("test.done_too", f"thing:{number}", {"turn": turn})

    together(8, note)
    assert journal.head(session).size == 80
    assert list(journal.verify(session)) == []
    assert [entry.payload["turn"] for entry in journal.entries_about(session, "thing:3")] == [
        0,
        0,
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
    ]


def test_a_refused_act_leaves_no_hole_in_the_journal(app, session):
    runtime = app.extensions["coopgov.runtime"]

    def note_or_refuse(number: int) -> None:
        with app.app_context(), open_act(runtime, SYSTEM) as act:
            act.record("test.done", f"thing:{number}")
            if number % 2:
                raise KeyError(number)

    with pytest.raises(KeyError):
        together(8, note_or_refuse)
    assert journal.head(session).size == 4
    assert list(journal.verify(session)) == []


def test_the_fair_lock_serves_in_order_of_arrival():
    lock, served, threads = FairLock(), [], []

    def work(number: int) -> None:
        with lock.turn():
            served.append(number)

    with lock.turn():
        for number in range(6):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            until(lambda: len(lock._waiting) == number + 1)  # noqa: B023 - used before the next turn of the loop
    for thread in threads:
        thread.join(PATIENCE)
    assert served == list(range(6))


def test_the_fair_lock_passes_on_after_a_failure():
    lock = FairLock()
    with pytest.raises(ValueError, match="broken"), lock.turn():
        raise ValueError("broken")
    with lock.turn():
        assert lock._held


def test_only_one_holds_the_fair_lock():
    lock, inside, most = FairLock(), [], []

    def work(number: int) -> None:
        for _ in range(50):
            with lock.turn():
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    together(6, work)
    assert set(most) == {1}


KINDS = {"at": Instant(), "day": Date(), "who": Uuid(), "word": String(), "n": Integer()}
TOLD = Straight(select(*(bindparam(name, type_=kind).label(name) for name, kind in KINDS.items())))
SUMMER = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    "told",
    [
        {"at": datetime(2026, 11, 29, 20, 15, 30, 123_456, UTC), "day": date(2026, 11, 29), "who": UUID(int=2017), "word": "né", "n": 7},
        {"at": datetime(1900, 1, 1, tzinfo=SUMMER), "day": date(1900, 2, 28), "who": UUID(int=0), "word": "", "n": -1},
        dict.fromkeys(KINDS),
    ],
)  # fmt: skip
def test_a_straight_statement_is_told_values_and_tells_them_as_they_are(app, told):
    with app.app_context():
        [row] = write_straight(lambda line: line.rows(TOLD, **told))
    assert row._asdict() == told


INSERT = Straight(text("INSERT INTO list VALUES (:n) RETURNING n").columns(column("n", Integer())))


def write_while_others_wait(app, works: Sequence[Callable[[Line], object]]) -> list[object]:
    """Ask for all of this while somebody writes, so that it waits for one turn; gives answers and refusals."""

    def ask(work: Callable[[Line], object]) -> object:
        with app.app_context():
            try:
                return write_straight(work)
            except (DBAPIError, LookupError) as error:
                return type(error)

    waiting = straight_sqlite._waiting.setdefault(db.engine, deque())
    with ThreadPoolExecutor(len(works)) as pool, writers_turn("sqlite"):
        asked = [pool.submit(ask, work) for work in works]
        until(lambda: len(waiting) == len(works))
    return [one.result(PATIENCE) for one in asked]


@pytest.fixture
def kept(app, act, session) -> Callable[[], set[int]]:
    with act() as a:
        a.session.execute(text("CREATE TABLE list (n integer PRIMARY KEY CHECK (n < 100))"))
    return lambda: set(session.scalars(text("SELECT n FROM list"))) if session.rollback() is None else set()


@on_sqlite
def test_who_waits_to_write_is_written_with_others_and_refused_alone(app, kept):
    def write(*numbers: int) -> Callable[[Line], object]:
        return lambda line: [row.n for number in numbers for row in line.rows(INSERT, n=number)]

    def change_my_mind(line: Line) -> object:
        line.rows(INSERT, n=9)
        raise LookupError

    answers = write_while_others_wait(app, [write(1), write(2, 200), change_my_mind, write(3, 4), write(5), write(6)])
    assert answers == [[1], IntegrityError, LookupError, [3, 4], [5], [6]]
    assert kept() == {1, 3, 4, 5, 6}


@on_sqlite
def test_nobody_is_told_that_what_could_not_be_kept_is(app, kept):
    def owe(line: Line) -> object:
        # What is owed at the end of the transaction only: the commit itself is refused.
        line._driver.execute("PRAGMA defer_foreign_keys=ON")
        line._driver.execute("UPDATE list SET n = 50 WHERE n = 1")
        return line._driver.execute("INSERT INTO child VALUES (1)").rowcount

    with open_act(app.extensions["coopgov.runtime"], SYSTEM) as act:
        act.session.execute(text("INSERT INTO list VALUES (1)"))
        act.session.execute(text("CREATE TABLE child (n integer REFERENCES list (n))"))
    works = [lambda line, n=n: line.rows(INSERT, n=n) for n in (2, 3)]
    assert write_while_others_wait(app, [works[0], owe, works[1]]) == [DBAPIError] * 3
    assert kept() == {1}


@on_sqlite
def test_nobody_is_kept_nor_told_so_when_sqlite_gives_a_transaction_up(app, kept):
    with open_act(app.extensions["coopgov.runtime"], SYSTEM) as act:
        # As a full disk does, in the midst of a statement.
        given_up = "CREATE TRIGGER full BEFORE INSERT ON list WHEN NEW.n = 7 BEGIN SELECT RAISE(ROLLBACK, 'full'); END"
        act.session.execute(text(given_up))
    works = [lambda line, n=n: line.rows(INSERT, n=n) for n in (1, 7, 3, 4, 5)]
    *together, after = write_while_others_wait(app, works)
    assert all(issubclass(told, DBAPIError) for told in together)
    assert [row.n for row in after] == [5]
    assert kept() == {5}
