"""Ballots while everything goes wrong: the server killed at random instants, a rush around the closing instant.

`--rounds` kill rounds while eight clients cast, then `--closings` closings with `--each` ballots from five seconds
before to five seconds after; on both engines. Every ballot that was acknowledged is in the urn, whole, and no other
but those whose answer was lost; sent again, these give the receipt they had.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from sqlalchemy import text

from bench.casting import Meeting, Voter, make_meeting
from bench.world import PORT, ROOT, Place, make_app, postgresql, sqlite, wait_for
from coopgov.core import clock

KILLERS_CLIENTS, CLIENTS = 8, 16
BEFORE_SECONDS, START_SECONDS = 5, 12
# The first members hold offices, and their sessions are over before the closing.
OFFICES = 3
SHIFT = "BENCH_SHIFT_SECONDS"
ACCEPTED, REFUSED = 303, 422


def application() -> Flask:
    """The site whose clock runs so many seconds ahead, for gunicorn: a closing then comes when it is wanted."""
    from coopgov.serving import application as real

    app, ahead = real(), timedelta(seconds=float(os.environ[SHIFT]))
    runtime = app.extensions["coopgov.runtime"]
    app.extensions["coopgov.runtime"] = replace(runtime, clock=lambda: clock.now() + ahead)
    return app  # type: ignore[no-any-return]  # untyped there, so that nothing is loaded early


@dataclass(frozen=True, slots=True)
class Sent:
    """One ballot as its voter sends it, again and again the same."""

    item: UUID
    voter: Voter
    token: str


@dataclass(slots=True)
class Told:
    """What the clients were told: statuses by ballot; None where the answer was lost."""

    answers: dict[Sent, int | None] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, sent: Sent, status: int | None) -> None:
        """Keep an answer."""
        with self.guard:
            self.answers[sent] = status

    def having(self, status: int | None) -> list[Sent]:
        """The ballots that had this answer."""
        return [sent for sent, told in self.answers.items() if told == status]


def say(goal: str, value: float, how: str, *, target: float = 0) -> None:
    """Print one goal as a JSON line; most of these are counts of what may never happen."""
    told = {"goal": goal, "value": value, "target": target, "ok": value <= target, "how": how}
    print(json.dumps(told, ensure_ascii=False), flush=True)


def send(meeting: Meeting, sent: Sent) -> int | None:
    """Send a ballot and wait for its answer; None if there is none."""
    try:
        with closing(socket.create_connection(("127.0.0.1", PORT), timeout=60)) as connection:
            connection.sendall(meeting.ballot(sent.item, sent.voter, token=sent.token))
            answer = b""
            while part := connection.recv(65536):
                answer += part
        return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") and b"\r\n\r\n" in answer else None
    except OSError:
        return None


@contextmanager
def serving(place: Place, command: Sequence[str], **more: str) -> Iterator[int]:
    """The site in a group of processes of its own; gives the group, which may be killed."""
    env = {**place.env, "COOPGOV_WEB_THREADS": "8", "PYTHONPATH": str(ROOT), **more}
    server = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{PORT}", server)
        yield server.pid
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def several(clients: int, work: Callable[[], object]) -> list[threading.Thread]:
    """Begin the same work so many times."""
    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    return threads


# Kill rounds


def kill_rounds(place: Place, app: Flask, meeting: Meeting, rounds: int) -> None:
    """Cast from eight clients, kill every process of the site, start again, send again what had no answer."""
    dice, told = random.Random(5), Told()
    pairs = [(item, voter) for item in (*meeting.named, *meeting.secret) for voter in meeting.voters]
    dice.shuffle(pairs)
    ballots = iter([Sent(item, voter, f"{number:024d}") for number, (item, voter) in enumerate(pairs)])
    serve = [sys.executable, "-m", "coopgov.cli", "serve", "--no-worker"]
    other_receipts = again_refused = 0
    for _round in range(rounds):
        lost, kept = told.having(None), receipts(app, meeting)
        with serving(place, serve) as group:
            for sent in lost:
                told.note(sent, send(meeting, sent))
            again_refused += sum(told.answers[sent] != ACCEPTED for sent in lost)
            now = receipts(app, meeting)
            other_receipts += sum(now[key] != kept[key] for key in map(key_of, lost) if key in kept)
            stop = threading.Event()

            def cast(stop: threading.Event = stop) -> None:
                while not stop.is_set():
                    sent = next(ballots)
                    told.note(sent, send(meeting, sent))

            threads = several(KILLERS_CLIENTS, cast)
            time.sleep(dice.uniform(0.02, 0.6))
            os.killpg(group, signal.SIGKILL)
            stop.set()
            for thread in threads:
                thread.join()
    found, halves = receipts(app, meeting), half_recorded(app)
    accepted = told.having(ACCEPTED)
    assert accepted, "nothing was taken at all: is another server there?"
    unknown = set(found) - {key_of(sent) for sent in told.answers}
    how = f"of {len(accepted)} ballots in {rounds} rounds, seed 5, {KILLERS_CLIENTS} clients; {len(told.having(None))} last answers lost"
    say(f"{place.engine}: acknowledged and lost", sum(key_of(sent) not in found for sent in accepted), how)
    say(f"{place.engine}: half recorded", halves + len(unknown), how)
    say(f"{place.engine}: sent again after a lost answer, not accepted", again_refused, how)
    say(f"{place.engine}: sent again after a lost answer, another receipt", other_receipts, how)


def key_of(sent: Sent) -> tuple[UUID, UUID]:
    """By which a ballot is found in the database."""
    return sent.item, sent.voter.member_id


def receipts(app: Flask, meeting: Meeting) -> dict[tuple[UUID, UUID], str]:
    """Every ballot of every vote, by resolution and voter, with its receipt."""
    items = {scrutin: item for item, scrutin in meeting.scrutins.items()}
    told = "SELECT scrutin_id, voter_id, receipt FROM ballot_named UNION ALL SELECT scrutin_id, voter_id, receipt FROM envelope"
    return {(items[_id(row[0])], _id(row[1])): row[2] for row in _rows(app, told)}


def half_recorded(app: Flask) -> int:
    """How many ballots lack their presence, and the reverse."""
    named, sealed = _rows(app, "SELECT voter_id FROM ballot_named"), _rows(app, "SELECT voter_id FROM envelope")
    present = _rows(app, "SELECT member_id FROM remote_presence")
    return len({_id(row[0]) for row in (*named, *sealed)} ^ {_id(row[0]) for row in present})


def _rows(app: Flask, told: str) -> list[Any]:
    from coopgov.core.db import db

    with app.app_context():
        found = list(db.session().execute(text(told)))
        db.session.remove()
    return found


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


# Closings


def closings(place: Place, app: Flask, meeting: Meeting, runs: int, each: int) -> None:
    """Send ballots around the closing instant, again and again; compare what was told with what is in the urn."""
    wrong, told_in_all, items = 0, 0, [*meeting.named, *meeting.secret]
    taken = 0
    for run in range(runs):
        answers = one_closing(place, app, meeting, items[run], each)
        found = {key for key in receipts(app, meeting) if key[0] == items[run]}
        accepted = {key_of(sent) for sent in answers.having(ACCEPTED)}
        refused = {key_of(sent) for sent in answers.having(REFUSED)}
        assert 0 < len(accepted) < each, "not around the closing"
        wrong += len(found ^ accepted) + each - len(accepted | refused)
        told_in_all, taken = told_in_all + each, taken + len(accepted)
    how = f"of {told_in_all} ballots in {runs} runs from {BEFORE_SECONDS} s before to as long after; {taken} were taken"
    say(f"{place.engine}: neither taken and counted nor refused and absent", wrong, how)


def one_closing(place: Place, app: Flask, meeting: Meeting, item: UUID, each: int) -> Told:
    """Ballots at an even pace, from before the closing instant to after it."""
    told = Told()
    numbers = iter(range(each))
    guard = threading.Lock()
    begin = clock.now().timestamp() + START_SECONDS
    shift = closing_at(app, meeting, item) - BEFORE_SECONDS - begin
    workers = "2" if place.engine == "postgresql" else "1"
    command = [
        sys.executable, "-m", "gunicorn", "bench.faults:application()", "--bind", f"127.0.0.1:{PORT}", "--worker-class",
        "gthread", "--workers", workers, "--threads", "8", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip

    def cast() -> None:
        while True:
            with guard:
                number = next(numbers, None)
            if number is None:
                return
            time.sleep(max(0, begin + 2 * BEFORE_SECONDS * number / each - clock.now().timestamp()))
            sent = Sent(item, meeting.voters[OFFICES + number], f"{number:024d}")
            told.note(sent, send(meeting, sent))

    with serving(place, command, **{SHIFT: str(shift)}):
        for thread in several(CLIENTS, cast):
            thread.join()
    return told


def closing_at(app: Flask, meeting: Meeting, item: UUID) -> float:
    """When that vote closes, in seconds."""
    from coopgov.ballots import queries
    from coopgov.core.db import db

    with app.app_context():
        window = queries.get_scrutin(db.session(), meeting.scrutins[item]).window
        db.session.remove()
    assert window is not None
    return window.closes_at.timestamp()


def main() -> None:
    """Both kinds of trouble on both engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--closings", type=int, default=20)
    parser.add_argument("--each", type=int, default=2_000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    told = parser.parse_args()
    makers: Mapping[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
    for name in [told.engine] if told.engine else makers:
        if told.rounds:
            with makers[name]() as place:
                app = make_app(place)
                # Four ballots each: more than eight clients send before the kill.
                kill_rounds(place, app, make_meeting(app, told.rounds * 200, named=2, secret=2), told.rounds)
        if told.closings:
            with makers[name]() as place:
                app = make_app(place)
                half = (told.closings + 1) // 2
                closings(
                    place,
                    app,
                    make_meeting(app, told.each + OFFICES, named=half, secret=half),
                    told.closings,
                    told.each,
                )


if __name__ == "__main__":
    main()
