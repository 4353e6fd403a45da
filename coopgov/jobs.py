"""What the worker does, and when: short sweeps over the database's own state, each safe to run again."""

import fcntl
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from uuid import UUID

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app
from sqlalchemy import text

from coopgov.assemblies import queries as assemblies
from coopgov.assemblies import rehearsals
from coopgov.assemblies import service as assemblies_service
from coopgov.assemblies.queries.codes import assemblies_with_codes_over
from coopgov.assemblies.service import codes
from coopgov.config import Config
from coopgov.core import mail
from coopgov.core.db import db
from coopgov.past import working as pasts
from coopgov.printing import archive
from coopgov.printing.render import PrintingUnavailable
from coopgov.registers import proving
from coopgov.terms import service as terms
from coopgov.web.acts import begin_system_act, reading, runtime

log = logging.getLogger("coopgov.worker")
# Any constant will do; it only has to be the same for every worker on one PostgreSQL database.
_WORKER_LOCK = 0x776F726B
BATCH = 25


@dataclass(frozen=True, slots=True)
class Job:
    """One sweep: its name, how often, what it does."""

    name: str
    seconds: int
    run: Callable[[], object]


def deliver_mail() -> None:
    """Send what waits in the outbox."""
    mail.deliver(_config(), runtime())


def note_notices() -> None:
    """Set the day of effect of changes whose every notice has left."""
    with begin_system_act() as act:
        terms.note_notices(act)


def execute_due() -> None:
    """Put into force the changes whose day has come."""
    with begin_system_act() as act:
        terms.execute_due(act)


def remind_voters() -> None:
    """Remind those who have not voted, at the moments that were planned."""
    if assemblies.reminders_due(reading(), runtime().clock()):
        with begin_system_act() as act:
            assemblies_service.remind(act)


def end_rehearsals() -> None:
    """Throw away the rehearsals of assemblies whose session has begun."""
    for assembly_id, rehearsal in rehearsals.rehearsals_over(reading(), _config().data_dir, runtime()):
        with begin_system_act() as act:
            rehearsals.end(act, assembly_id, rehearsal)


def forget_codes() -> None:
    """Delete the codes of the voting site once their assembly is over."""
    if assemblies_with_codes_over(reading()):
        with begin_system_act() as act:
            codes.forget_codes(act)


def render_documents() -> None:
    """Make and archive the bytes of issued documents, one transaction each."""
    for document_id in archive.unrendered(reading(), limit=BATCH):
        try:
            _render(document_id)
        except PrintingUnavailable:
            return
        except Exception as error:
            # One paper that cannot be printed must not keep back those behind it.
            log.error("document %s: %s", document_id, type(error).__name__)  # noqa: TRY400 - values may be personal


def take_over_pasts() -> None:
    """Read and write the large pasts that somebody sent."""
    pasts.work(_config().data_dir)


def _render(document_id: UUID) -> None:
    pdf = archive.render(reading(), document_id)
    if pdf is not None:
        with begin_system_act() as act:
            archive.keep(act, document_id, pdf, _config().documents_dir)


def prove_books() -> None:
    """Prove once a night that nothing was changed, and keep what was found for the page of integrity."""
    if proving.is_due(reading(), runtime().clock()):
        proving.prove(reading(), _config().documents_dir, begin_system_act)


JOBS = (
    Job("deliver_mail", 3, deliver_mail),
    Job("note_notices", 5, note_notices),
    Job("execute_due", 5, execute_due),
    Job("remind_voters", 30, remind_voters),
    Job("end_rehearsals", 30, end_rehearsals),
    Job("forget_codes", 600, forget_codes),
    Job("render_documents", 2, render_documents),
    Job("take_over_pasts", 3, take_over_pasts),
)

# Long ones, that look by themselves whether it is their hour; `run_once` leaves them out.
NIGHTLY = (Job("prove_books", 600, prove_books),)


def run_once() -> None:
    """Run every short sweep once, in order: what the tests, the demonstration and a cautious operator use."""
    for job in JOBS:
        job.run()


def run_worker(app: Flask) -> None:
    """Run the sweeps until told to stop; waits for its turn if another worker runs."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: _stop(stop, _frame))
    with app.app_context(), single_runner(_config(), stop) as may_run:
        if may_run:
            _schedule(app, stop)


def _stop(stop: threading.Event, _frame: FrameType | None) -> None:
    stop.set()


def _schedule(app: Flask, stop: threading.Event) -> None:
    # One thread: sweeps never overlap, and on SQLite they would only queue on the write lock.
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    for job in (*JOBS, *NIGHTLY):
        scheduler.add_job(_guarded(app, job), "interval", seconds=job.seconds, id=job.name)
    scheduler.start()
    log.info("worker started: %s", ", ".join(job.name for job in JOBS))
    stop.wait()
    scheduler.shutdown(wait=True)
    log.info("worker stopped")


def _guarded(app: Flask, job: Job) -> Callable[[], None]:
    def run() -> None:
        with app.app_context():
            try:
                job.run()
            except Exception as error:
                log.error("%s failed: %s", job.name, type(error).__name__)  # noqa: TRY400 - values may be personal

    return run


@contextmanager
def single_runner(config: Config, stop: threading.Event) -> Iterator[bool]:
    """Hold the worker's lock, waiting for it; gives False when told to stop while waiting."""
    holder = _flock(config, stop) if config.is_sqlite else _advisory_lock(stop)
    with holder as held:
        yield held


@contextmanager
def _flock(config: Config, stop: threading.Event) -> Iterator[bool]:
    config.data_dir.mkdir(parents=True, exist_ok=True)
    with (config.data_dir / "worker.lock").open("w") as file:
        while not stop.is_set():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stop.wait(1)
                continue
            yield True
            return
        yield False


@contextmanager
def _advisory_lock(stop: threading.Event) -> Iterator[bool]:
    # A connection of its own, outside any transaction: the lock lives as long as it does. Back in the pool
    # it would stay open and keep the lock, so it is taken out of it.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        while not stop.is_set():
            if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _WORKER_LOCK}):
                yield True
                return
            stop.wait(1)
        yield False


def _config() -> Config:
    config = current_app.extensions["coopgov.config"]
    assert isinstance(config, Config)  # noqa: S101 - narrows Flask's untyped extensions
    return config
