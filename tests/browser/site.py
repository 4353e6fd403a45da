"""The demonstration, filled once per engine and copied for each who changes it; served from this process."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text
from werkzeug.serving import make_server

from coopgov import jobs
from coopgov.app import create_app
from coopgov.core import outbox
from coopgov.core.act import open_act
from coopgov.core.dates import paris_instant
from coopgov.core.db import WRITES, Base, db
from coopgov.core.policy import SYSTEM
from coopgov.demo import data
from coopgov.demo.data import fill
from coopgov.demo.plan import Plan
from coopgov.demo.service import keep_time
from coopgov.printing import archive
from coopgov.web.acts import now, reading
from tests.conftest import make_config

# A Tuesday: the accounts of 2025 may still be approved within their six months.
TODAY = date(2026, 5, 12)
SEED = 7
# Fewer members than the demonstration has, so that their letters are printed in seconds.
CREATORS = 90


@dataclass
class Site:
    """The demonstration, served: its address and its application."""

    url: str
    app: Flask

    @property
    def is_judged(self) -> bool:
        """Whether pages are looked at for accessibility here."""
        return bool(self.app.extensions["coopgov.config"].is_sqlite)

    def work(self) -> None:
        """Let the worker pass until nothing is left to do."""
        with self.app.app_context():
            while True:
                jobs.run_once()
                session = reading()
                left = archive.unrendered(session, limit=1) or outbox.oldest_undelivered(session)
                session.rollback()
                if not left:
                    return

    def now(self) -> datetime:
        """The instant of the demonstration's clock."""
        with self.app.app_context():
            return now()


@dataclass
class Saved:
    """A filled database of one engine, and how to copy it."""

    copy: Callable[[str], str]
    """Copies it under a name; gives the address."""


def save_sqlite(folder: Path, *, whole: bool) -> Saved:
    """Fill a file; copying it is copying the file."""
    file = folder / "filled.sqlite3"
    _fill(f"sqlite:///{file}", folder, whole=whole)

    def copy(name: str) -> str:
        shutil.copyfile(file, folder / f"{name}.sqlite3")
        return f"sqlite:///{folder / name}.sqlite3"

    return Saved(copy)


def save_postgresql(folder: Path, address: str, *, whole: bool) -> Saved:
    """Fill a database; copying it is using it as the template of another."""

    def execute(statement: str) -> None:
        admin = create_engine(address.format(name="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(statement))
        admin.dispose()

    def copy(name: str) -> str:
        execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        execute(f'CREATE DATABASE "{name}" TEMPLATE filled')
        return address.format(name=name)

    execute("CREATE DATABASE filled")
    _fill(address.format(name="filled"), folder, whole=whole)
    return Saved(copy)


def _fill(url: str, folder: Path, *, whole: bool) -> None:
    app, usual = create_app(make_config(folder, url, demo=True)), data.CREATORS
    engine = create_engine(url)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        Base.metadata.create_all(connection)
    engine.dispose()
    data.CREATORS = usual if whole else CREATORS
    with app.app_context():
        fill(app, Plan("scop-sa", SEED, TODAY), lambda _sentence: None)
        _set_clock(app, paris_instant(TODAY, time(9)))
        db.engine.dispose()
    data.CREATORS = usual


def _set_clock(app: Flask, at: datetime) -> None:
    runtime = replace(app.extensions["coopgov.runtime"], clock=lambda: at)
    with open_act(runtime, SYSTEM) as act:
        keep_time(act)


@contextmanager
def serve_site(url: str, folder: Path) -> Iterator[Site]:
    """Serve the database at that address, on a free port of loopback."""
    app = create_app(make_config(folder, url, demo=True))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Site(f"http://localhost:{server.server_port}", app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with suppress(RuntimeError), app.app_context():
            db.engine.dispose()
