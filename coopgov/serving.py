"""One command is the whole cooperative: migrate, fill an empty demonstration, web and worker together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

from coopgov.config import Config

GRACE_SECONDS = 15


class Stop(Exception):
    """Indicate that someone asked everything to stop."""


def serve(config: Config, *, with_worker: bool) -> int:
    """Run web and worker until told to stop, or until one of them ends; gives the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ask_to_stop)
    children: list[subprocess.Popen[bytes]] = []
    try:
        prepare(config)
        children = [subprocess.Popen(_web(config))]  # noqa: S603 - our own command line
        if with_worker:
            children.append(subprocess.Popen([sys.executable, "-m", "coopgov.cli", "worker"]))
        return _watch(children)
    except Stop:
        return 0
    finally:
        _end(children)


def prepare(config: Config) -> None:
    """Bring the database to this version; fill it when it is an empty demonstration."""
    from coopgov.app import create_app  # noqa: PLC0415 - the settings come first
    from coopgov.core.db import db  # noqa: PLC0415 - the same
    from coopgov.migrating import upgrade  # noqa: PLC0415 - the same

    app = create_app(config)
    with app.app_context():
        upgrade()
        if config.demo:
            _fill_demonstration(app)
        db.session.remove()
        db.engine.dispose()


def _fill_demonstration(app: Any) -> None:
    from coopgov.core import clock  # noqa: PLC0415 - only in the demonstration
    from coopgov.core.dates import paris_day  # noqa: PLC0415 - the same
    from coopgov.demo.data import Plan, fill, is_empty, welcome  # noqa: PLC0415 - the same

    if is_empty():
        fill(app, Plan(form="scop-sa", seed=2017, today=paris_day(clock.now())), print)
    welcome(app, print)


def _web(config: Config) -> Sequence[str]:
    # SQLite has one web process: its writers queue on one lock inside it.
    workers = 1 if config.is_sqlite else config.web_workers
    return [
        sys.executable, "-m", "gunicorn", "coopgov.serving:application()", "--bind", config.bind,
        "--worker-class", "gthread", "--workers", str(workers), "--threads", str(config.web_threads),
        "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip


def application() -> Any:
    """The WSGI application, for gunicorn."""
    from coopgov.app import create_app  # noqa: PLC0415 - made in the web process

    return create_app()


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def _watch(children: Sequence[subprocess.Popen[bytes]]) -> int:
    while True:
        for child in children:
            code = child.poll()
            if code is not None:
                print(f"Un processus s'est arrêté (code {code}) : tout s'arrête.", file=sys.stderr)  # noqa: T201 - a command speaks
                return code or 1
        time.sleep(0.2)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    # Ctrl-C reaches the children too; a second signal during the goodbye must not leave one behind.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
