"""The worker: sweeps that may run again, one runner at a time, another ready to take its place."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from coopgov import jobs
from coopgov.config import ROOT
from coopgov.core import journal, outbox
from coopgov.core.db import Base, db
from coopgov.core.outbox import Recipient
from coopgov.printing import archive, render
from coopgov.printing.archive import Paper
from tests.service.waiting import PATIENCE, until

SECRET = "Léa Petit"
PAPER = Paper(kind="note", series="note", about="thing:1", title="Note", template="note.html", facts={})


@pytest.fixture
def config(app, tmp_path, monkeypatch):
    """The settings of this test: its own folder, for the lock and for the documents."""
    changed = replace(app.extensions["coopgov.config"], data_dir=tmp_path)
    monkeypatch.setitem(app.extensions, "coopgov.config", changed)
    return changed


@pytest.fixture
def facts(act, tmp_path, monkeypatch):
    """Something for each sweep to find: a mail to send, a paper to print."""
    folder = tmp_path / "templates" / "fr"
    folder.mkdir(parents=True)
    (folder / "note.html").write_text('<html lang="fr"><title>{{ title }}</title><p>{{ document.number }}</p></html>')
    monkeypatch.setattr(render, "TEMPLATES", [folder.parent])
    render.environment.cache_clear()
    with act() as a:
        queue(a)
        archive.issue(a, PAPER)
    yield
    render.environment.cache_clear()


def queue(act):
    to = Recipient("lea@example.org", SECRET)
    return outbox.queue(act, kind="test", about="thing:1", to=to, subject="Bonjour", body="Bonjour.")


def counts(session):
    session.rollback()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    }


# Sweeps


def test_every_sweep_does_its_work(config, facts, session):
    jobs.run_once()
    (message,) = outbox.messages_about(session, "thing:1", "test")
    (document,) = archive.documents_about(session, "thing:1")
    assert message.sent_at is not None
    assert archive.read_bytes(document, config.documents_dir).startswith(b"%PDF")


def test_running_again_changes_nothing(config, facts, session, clock):
    jobs.run_once()
    after = counts(session)
    clock.forward(minutes=10)
    jobs.run_once()
    jobs.run_once()
    assert counts(session) == after


def test_an_empty_cooperative_gives_the_sweeps_nothing_to_do(config, session):
    jobs.run_once()
    assert journal.head(session).size == 0


def test_a_sweep_that_fails_is_noted_without_values_and_stops_nothing(app, caplog):
    def fail():
        raise ValueError(SECRET)

    jobs._guarded(app, jobs.Job("broken", 1, fail))()
    assert "broken failed: ValueError" in caplog.text
    assert SECRET not in caplog.text


# One runner at a time


class Runner(threading.Thread):
    """A worker in a thread: says when it holds the lock, and holds it until it is told to end."""

    def __init__(self, app, config) -> None:
        super().__init__()
        self.app, self.config = app, config
        self.stop, self.end, self.held = threading.Event(), threading.Event(), None

    def run(self):
        with self.app.app_context(), jobs.single_runner(self.config, self.stop) as may_run:
            self.held = may_run
            if may_run:
                self.end.wait(PATIENCE)

    def finish(self):
        self.end.set()
        self.stop.set()
        self.join(PATIENCE)


@pytest.fixture
def runner(app, config):
    """Start a worker's wait for the lock; every one is ended with the test."""
    started = []

    def start():
        started.append(Runner(app, config))
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.finish()


def test_one_runs_and_another_takes_over_when_it_ends(runner):
    first = runner()
    until(lambda: first.held is not None)
    second = runner()
    second.join(0.3)
    assert (first.held, second.held) == (True, None)
    first.finish()
    until(lambda: second.held is not None)
    assert second.held is True


def test_one_that_waits_stops_when_it_is_told_to(runner):
    first = runner()
    until(lambda: first.held is not None)
    second = runner()
    second.stop.set()
    second.join(PATIENCE)
    assert second.held is False


def test_a_runner_that_fails_lets_go_of_the_lock(app, config):
    def fail():
        with jobs.single_runner(config, threading.Event()):
            raise ValueError(SECRET)

    for _ in range(2):
        with pytest.raises(ValueError, match=SECRET):
            fail()


# The real command


class Worker:
    """`coopgov worker` as a process of its own, and what it says."""

    def __init__(self, config, log) -> None:
        settings = {
            "COOPGOV_DEMO": "1",
            "COOPGOV_DATABASE_URL": config.database_url,
            "COOPGOV_DATA_DIR": str(config.data_dir),
        }
        self.log = log
        command = [sys.executable, "-m", "coopgov.cli", "worker"]
        with log.open("w") as told:
            self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stderr=told)

    def says(self, words):
        assert self.process.poll() is None, self.log.read_text()
        return words in self.log.read_text()

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def worker(config, tmp_path):
    """Start the real command; every process is ended with the test."""
    started = []

    def start():
        started.append(Worker(config, tmp_path / f"worker-{len(started)}.log"))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait(PATIENCE)


def test_the_command_works_stops_and_is_replaced(act, session, config, worker):
    first = worker()
    until(lambda: first.says("worker started"))
    second = worker()
    with act() as a:
        message = queue(a)
    until(lambda: is_sent(session, message))
    assert not second.says("worker started")
    first.end(signal.SIGKILL)
    until(lambda: second.says("worker started"))
    assert second.end(signal.SIGTERM) == 0
    assert "worker stopped" in second.log.read_text()


def is_sent(session, message):
    db.session.rollback()
    return outbox.get_message(session, message).sent_at is not None
