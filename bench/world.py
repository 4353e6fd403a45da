"""A cooperative of any size, made through the services in bulk, and a signed-in way into it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
        """What a process needs to run on it."""
        return {
            **os.environ,
            "COOPGOV_DEMO": "1",
            "COOPGOV_DATA_DIR": str(self.folder),
            "COOPGOV_DATABASE_URL": self.url,
            "COOPGOV_BIND": f"127.0.0.1:{PORT}",
        }


@contextmanager
def sqlite() -> Iterator[Place]:
    """An empty SQLite file."""
    with tempfile.TemporaryDirectory(prefix="coopgov-bench-") as folder:
        yield Place("sqlite", f"sqlite:///{folder}/coopgov.sqlite3", Path(folder))


@contextmanager
def postgresql() -> Iterator[Place]:
    """A PostgreSQL of our own, durable, run by an unprivileged user in a temporary folder."""
    sys.path.insert(0, str(ROOT))
    from tests.postgres import serve_postgres

    with serve_postgres(durable=True) as address, tempfile.TemporaryDirectory(prefix="coopgov-bench-") as folder:
        yield Place("postgresql", address.format(name="postgres"), Path(folder))


def make_app(place: Place) -> Flask:
    """The application on that place, its tables made by the migrations."""
    os.environ.update({name: value for name, value in place.env.items() if name.startswith("COOPGOV_")})
    from coopgov.app import create_app
    from coopgov.migrating import upgrade

    app = create_app()
    with app.app_context():
        upgrade()
    return app


@contextmanager
def served(place: Place) -> Iterator[str]:
    """The site under gunicorn, as `coopgov serve --no-worker` runs it; gives its address."""
    command = [sys.executable, "-m", "coopgov.cli", "serve", "--no-worker"]
    server = subprocess.Popen(command, env=place.env, cwd=ROOT, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{PORT}"
    try:
        _wait_for(url)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _wait_for(url: str) -> None:
    for _ in range(600):
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
    return (
        f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'_user_id': token, '_fresh': True, 'language': 'fr'})}"
    )
