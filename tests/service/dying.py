"""A process that dies in the middle of a command, at one moment after the other, as by a power cut."""

import json
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from coopgov import jobs
from coopgov.app import create_app
from coopgov.assemblies import service as assemblies
from coopgov.core import act as acts
from coopgov.core import journal, mail
from coopgov.core.db import db
from coopgov.core.money import Cents
from coopgov.shares import service as shares
from coopgov.treasury import service as treasury
from coopgov.web.acts import begin_system_act, reading, runtime
from tests import judging
from tests.conftest import make_config

WRITING = ("INSERT", "UPDATE", "DELETE")
COMMIT, AFTER = "commit", "after"
TAKEN = 303
# Statements after which the process dies: further and further into the command, until its commit.
STATEMENTS = (1, 4, 16, 64)


def moments(kind: str) -> Iterator[str]:
    """Where to die: after so many statements; at so many commits when each message has its own; after the commit."""
    if kind == "deliver":
        yield from (f"{COMMIT} {n}" for n in (1, 2, 4))
    else:
        yield from (f"statement {n}" for n in STATEMENTS)
    yield AFTER


def die() -> None:
    """End at once: nothing is closed, nothing is told."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(moment: str) -> None:
    """Make this process die at that moment, or at its commit if it comes first."""
    what, _, number = moment.partition(" ")
    seen = {"statement": 0, COMMIT: 0}

    def count(kind: str) -> None:
        seen[kind] += 1
        if what == kind and seen[kind] == int(number):
            die()

    def note_statement(_connection, _cursor, statement, *_more) -> None:
        if statement.startswith(WRITING):
            count("statement")

    # On PostgreSQL the commit goes with the last message of the act.
    keep = acts.keep_together

    def note_commit(session: Session) -> None:
        session.flush()
        count(COMMIT)
        if what == "statement":
            die()
        keep(session)

    acts.keep_together = note_commit
    event.listen(Engine, "after_cursor_execute", note_statement)
    if what == AFTER:
        event.listen(Session, "after_commit", lambda _session: die())


def main(kind: str, thing: str, folder: str, url: str, now: str, mail_url: str) -> None:
    """Die once at each moment, in a process of its own; print it, and how long the journal is then."""
    instant, config = datetime.fromisoformat(now), replace(make_config(Path(folder), url), mail_url=mail_url)
    app = create_app(config)
    app.extensions["coopgov.runtime"] = replace(app.extensions["coopgov.runtime"], clock=lambda: instant)
    if kind in {"load", "ballots"}:
        {"load": load, "ballots": cast_ballots}[kind](app, thing)
        return
    for moment in moments(kind):
        child = os.fork()
        if child == 0:
            die_at(moment)
            with app.app_context():
                commands(thing, config)[kind]()
            os._exit(0)
        died = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        print(moment, "died" if died else "lived", lines_of(app), sep=";", flush=True)  # noqa: T201 - a program


def load(app: Flask, thing: str) -> None:
    """Be killed in the midst of subscriptions and payments, again and again; print what was acknowledged by then."""
    rounds, *ids = thing.split(",")
    dice = random.Random(int(rounds))  # noqa: S311 - when to kill
    for _ in range(int(rounds)):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            write_for_ever(app, [UUID(one) for one in ids], write)
        os.close(write)
        with os.fdopen(read) as told:
            told_of = [told.readline() for _ in range(dice.randrange(1, 12))]
            os.kill(child, signal.SIGKILL)
            print(*told_of, *told, sep="", end="", flush=True)  # noqa: T201 - a program
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def write_for_ever(app: Flask, ids: list[UUID], told: int) -> None:
    """Let several treasurers work at once, each telling what is kept as soon as it is."""

    def work(number: int) -> None:
        with app.app_context():
            while True:
                with begin_system_act() as act:
                    seq = shares.subscribe(act, member_id=ids[number], quantity=1, effective_on=act.today)
                os.write(told, f"shares;{seq}\n".encode())
                with begin_system_act() as act:
                    seq = treasury.pay(act, member_id=ids[number], cents=Cents(20_00), effective_on=act.today)
                os.write(told, f"capital;{seq}\n".encode())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(ids))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def cast_ballots(app: Flask, thing: str) -> None:
    """Be killed in the midst of sheets of ballots, again and again; print the numbers of those acknowledged by then."""
    told = json.loads(thing)
    app.config["WTF_CSRF_ENABLED"] = False  # a browser has seen the page before
    dice = random.Random(told["rounds"])  # noqa: S311 - when to kill
    for _ in range(told["rounds"]):
        read, write = os.pipe()
        child, begin = os.fork(), dice.randrange(len(told["sheets"]))
        if child == 0:
            send_all(app, told["path"], told["sheets"], begin, write)
        os.close(write)
        with os.fdopen(read) as answers:
            first = [answers.readline() for _ in range(dice.randrange(1, 8))]
            os.kill(child, signal.SIGKILL)
            print(*first, *answers, sep="", end="", flush=True)  # noqa: T201 - a program
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def send_all(app: Flask, path: str, sheets: list[list[Any]], begin: int, told: int) -> None:
    """Send these sheets from several browsers at once, telling each that is taken; then go round again."""
    turn = cycle([(begin + step) % len(sheets) for step in range(len(sheets))])

    def work() -> None:
        while True:
            number = next(turn)
            token, fields = sheets[number]
            browser = app.test_client()
            with browser.session_transaction() as kept:
                kept["_user_id"] = token
            if browser.post(path, data=fields).status_code == TAKEN:
                os.write(told, f"{number}\n".encode())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lines_of(app: Flask) -> int:
    """How long the journal is; no connection is left open for a child to inherit."""
    with app.app_context():
        size = journal.head(reading()).size
        db.session.remove()
        db.engine.dispose()
    return size


def commands(thing: str, config) -> dict[str, Callable[[], object]]:
    """The commands that can be cut."""

    def act(command: Callable[..., object], **names: UUID) -> None:
        with begin_system_act() as opened:
            command(opened, **names)

    return {
        "convene": lambda: act(judging.convene, assembly_id=UUID(thing)),
        "close": lambda: act(assemblies.close_vote, item_id=UUID(thing)),
        "execute": jobs.execute_due,
        "deliver": lambda: mail.deliver(config, runtime()),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
