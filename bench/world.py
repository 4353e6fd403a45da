"""Where a bench measures: an engine of its own, the site served on it, a way in for somebody signed in."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
PORT = 8124


@dataclass(frozen=True, slots=True)
class Place:
    """One engine to measure on: its name, its address, where the papers go."""

    engine: str
    url: str
    folder: Path

    @property
    def env(self) -> dict[str, str]:
        """What a process needs to run on it: the settings of a real cooperative, not of the demonstration."""
        return {
            **os.environ,
            "COOPGOV_SECRET_KEY": "a secret for benches only, long enough",
            "COOPGOV_BASE_URL": "https://localhost",
            "COOPGOV_HOSTS": "localhost,127.0.0.1",
            "COOPGOV_MAIL_URL": "smtp://127.0.0.1:9",
            "COOPGOV_DATA_DIR": str(self.folder),
            "COOPGOV_DATABASE_URL": self.url,
            "COOPGOV_BIND": f"127.0.0.1:{PORT}",
        }


@contextmanager
def sqlite(keep: Path | None = None) -> Iterator[Place]:
    """A SQLite file; an empty one unless a kept folder holds one."""
    with _folder(keep) as folder:
        yield Place("sqlite", f"sqlite:///{folder}/coopgov.sqlite3", folder)


@contextmanager
def postgresql(keep: Path | None = None) -> Iterator[Place]:
    """A PostgreSQL of our own, durable, run by an unprivileged user; empty unless a kept folder holds one."""
    sys.path.insert(0, str(ROOT))
    from tests.postgres import serve_postgres

    with _folder(keep) as folder, serve_postgres(durable=True, keep=keep) as address:
        yield Place("postgresql", address.format(name="postgres"), folder)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="coopgov-bench-") as folder:
        yield Path(folder)


def make_app(place: Place) -> Flask:
    """The application on that place, its tables made by the migrations."""
    from coopgov.app import create_app
    from coopgov.config import read_config
    from coopgov.migrating import upgrade

    # Migrations read the settings of the process.
    os.environ.update({name: value for name, value in place.env.items() if name.startswith("COOPGOV_")})
    app = create_app(read_config(place.env))
    with app.app_context():
        upgrade()
    return app


def settle() -> None:
    """What the next hours bring after much was written at once: PostgreSQL has tidied up."""
    from coopgov.core.db import db

    if db.engine.dialect.name == "postgresql":
        with closing(db.engine.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            # Not the pool's any more: it is set to write at once.
            connection.detach()
            driver.set_autocommit(True)
            driver.set_read_only(False)
            driver.execute("VACUUM ANALYZE")


@contextmanager
def served(place: Place) -> Iterator[str]:
    """The site under gunicorn, as `coopgov serve --no-worker` runs it; gives its address."""
    url = f"http://127.0.0.1:{PORT}"
    with running([sys.executable, "-m", "coopgov.cli", "serve", "--no-worker"], place.env, url):
        yield url


@contextmanager
def running(command: Sequence[str], env: Mapping[str, str], url: str) -> Iterator[int]:
    """A server that answers at this address, as long as it is needed; gives the number of its process."""
    server = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for(url, server)
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    """Wait until a server answers at this address."""
    for _ in range(600):
        assert server.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(url, timeout=5).read()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


def cookie_of(app: Flask, token: str) -> str:
    """The Cookie header of somebody signed in with this session token."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # the default interface has it
    value = serializer.dumps({"_user_id": token, "_fresh": True, "language": "fr"})
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"
