"""One command is the whole cooperative: migrate, fill an empty demonstration, web and worker together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from coopgov.config import Config
from coopgov.core.starting import starting

GRACE_SECONDS = 15


class Stop(BaseException):
    """Indicate that someone asked everything to stop; like Ctrl-C, it is not for `except Exception`."""


def serve(config: Config, *, with_worker: bool) -> int:
    """Run web and worker until told to stop, or until one of them ends; gives the exit code."""
    wishes: list[int] = []
    try:
        _listen(_interrupt)
        prepare(config)
        # From here on there are children: a wish to stop is noted and never breaks in between two of them.
        _listen(lambda number, _frame: wishes.append(number))
    except Stop:
        return 0
    return _run(_commands(config, with_worker=with_worker), wishes)


def _listen(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # Once is enough: a second signal must not break into the goodbye.
    _listen(lambda _number, _frame: None)
    raise Stop


def _run(commands: Sequence[Sequence[str]], wishes: Sequence[int]) -> int:
    children: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            children.append(subprocess.Popen(command))  # noqa: PERF401, S603 - each is known before the next; our own line
        return _watch(children, wishes)
    finally:
        _end(children)


def prepare(config: Config) -> None:
    """Bring the database to this version; fill it when it is an empty demonstration."""
    with starting():
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
    from coopgov.demo.data import fill, is_empty, welcome  # noqa: PLC0415 - the same
    from coopgov.demo.plan import Plan  # noqa: PLC0415 - the same

    if is_empty():
        fill(app, Plan(form="scop-sa", seed=2017, today=paris_day(clock.now())), print)
    welcome(app, print)


def _commands(config: Config, *, with_worker: bool) -> list[list[str]]:
    worker = [sys.executable, "-m", "coopgov.cli", "worker"]
    return [_web(config), worker] if with_worker else [_web(config)]


def _web(config: Config) -> list[str]:
    # SQLite has one web process: its writers queue on one lock inside it.
    workers = 1 if config.is_sqlite else config.web_workers
    return [
        sys.executable, "-m", "gunicorn", "coopgov.serving:application()", "--bind", config.bind,
        "--worker-class", "gthread", "--workers", str(workers), "--threads", str(config.web_threads),
        "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip


def application() -> Any:
    """The WSGI application, for gunicorn; the law is read before anybody waits for it."""
    with starting():
        from coopgov.app import create_app  # noqa: PLC0415 - made in the web process
        from coopgov.statutes.queries import the_law  # noqa: PLC0415 - the same

        the_law()
        return create_app()


def _watch(children: Sequence[subprocess.Popen[bytes]], wishes: Sequence[int]) -> int:
    while not wishes:
        for child in children:
            code = child.poll()
            if code is not None and not wishes:
                print(f"Un processus s'est arrêté (code {code}) : tout s'arrête.", file=sys.stderr)  # noqa: T201 - a command speaks
                return code or 1
        time.sleep(0.2)
    return 0


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
