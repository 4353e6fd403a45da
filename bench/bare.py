"""The least that takes a ballot over HTTP: a bare Flask view with one durable insert, on either engine.

No session, no roll, no rule: what the machine allows, beside which the casting of the real site is measured.
"""

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from flask import Flask, request

from bench.world import ROOT, Place, running
from coopgov.core.db import sqlite_may_use_wal

PORT = 8125
TABLE = "CREATE TABLE IF NOT EXISTS bare_ballot (id CHAR(32) PRIMARY KEY, choice VARCHAR(40), receipt VARCHAR(64))"
VALUES = "INSERT INTO bare_ballot VALUES"
Write = Callable[[tuple[str, str, str]], object]


def application() -> Flask:
    """The bare view, for gunicorn."""
    app, write = Flask("bare"), _writer(os.environ["BARE_URL"])

    @app.post("/")
    def cast() -> str:
        write((uuid4().hex, request.form["choice"], uuid4().hex * 2))
        return "ok"

    @app.get("/")
    def ready() -> str:
        return "ready"

    return app


def _writer(url: str) -> Write:
    own = threading.local()
    if url.startswith("postgresql"):

        def write(row: tuple[str, str, str]) -> object:
            if not hasattr(own, "connection"):
                own.connection = psycopg.connect(url, autocommit=True)
            return own.connection.execute(f"{VALUES} (%s, %s, %s)", row)

        return write
    turn = threading.Lock()

    def write_alone(row: tuple[str, str, str]) -> object:
        if not hasattr(own, "connection"):
            own.connection = _sqlite(url)
        # Writers queue here as on the site: waiting in SQLite itself would cost this view much more.
        with turn:
            return own.connection.execute(f"{VALUES} (?, ?, ?)", row)

    return write_alone


def _sqlite(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    journal = "WAL" if sqlite_may_use_wal() else "DELETE"
    for pragma in (f"journal_mode={journal}", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def bare(place: Place) -> Iterator[tuple[str, int]]:
    """The bare view served on that place as the site is, its table made; gives its address and its process."""
    url = place.url if place.engine == "postgresql" else f"sqlite:///{place.folder}/bare.sqlite3"
    if place.engine == "postgresql":
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(TABLE)
    else:
        _sqlite(url).execute(TABLE)
    workers = "2" if place.engine == "postgresql" else "1"
    command = [
        sys.executable, "-m", "gunicorn", "bench.bare:application()", "--bind", f"127.0.0.1:{PORT}", "--worker-class",
        "gthread", "--workers", workers, "--threads", "8", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    env: Mapping[str, str] = {**place.env, "BARE_URL": url, "PYTHONPATH": str(ROOT)}
    with running(command, env, f"http://127.0.0.1:{PORT}") as process:
        yield f"127.0.0.1:{PORT}", process
