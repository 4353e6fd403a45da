"""Casting over HTTP beside a bare Flask view with one durable insert; freezing the roll; what the tellers open."""

import argparse
import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.bare import bare
from bench.casting import Meeting, make_meeting
from bench.filling import BOARD
from bench.large import sign_in
from bench.load import Load, a_get, a_post, cpu_seconds, drive, processes
from bench.world import PORT, Place, cookie_of, make_app, postgresql, running, sqlite
from coopgov.ballots import service
from coopgov.ballots.cast import seal
from coopgov.ballots.models import Envelope
from coopgov.ballots.proof import envelope_hash
from coopgov.ballots.queries import find_public_key
from coopgov.ballots.rules import Channel, Choice, Level, RollVoter
from coopgov.core.act import open_act
from coopgov.core.bulk import bulk_insert
from coopgov.core.errors import Citation
from coopgov.core.policy import SYSTEM
from coopgov.law.arithmetic import Base, DecisionRule

CLIENTS, MORE_CLIENTS = 16, 64
RULE = DecisionRule(Fraction(1, 2), strict=True, base=Base.EXPRESSED, citations=(Citation("art. 1"),))
PlaceMaker = Callable[..., AbstractContextManager[Place]]


def say(goal: str, value: float, target: float, how: str, *, at_least: bool = False) -> None:
    """Print one goal as a JSON line."""
    fine = value >= target if at_least else value <= target
    told = {"goal": goal, "value": round(value, 3), "target": target, "ok": fine, "how": how}
    print(json.dumps(told, ensure_ascii=False), flush=True)


@dataclass(slots=True)
class Lane:
    """One of the things measured in turn: where it is sent, its process, what is sent."""

    address: str
    pid: int
    requests: Iterator[bytes]
    status: int
    loads: list[Load] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take(self, number: int, clients: int = CLIENTS) -> Load:
        """Send the next so many; every one is accepted."""
        before = cpu_seconds(self.pid)
        load = drive(self.address, islice(self.requests, number), clients)
        wrong = Counter(load.statuses)
        assert set(wrong) == {self.status}, (wrong, load.bodies[-1][:3000])
        self.loads.append(load)
        self.cpu.append((cpu_seconds(self.pid) - before) * 1000 / len(load.times))
        return load


def bare_ballots() -> Iterator[bytes]:
    """The bare view's ballots."""
    while True:
        yield a_post("/", "choice=for&token=0123456789abcdef0123456789abcdef")


def say_rate(engine: str, name: str, site: Lane, alone: Lane, rounds: int, each: int) -> None:
    """Take turns with the bare view, and say the part of its rate that casting has."""
    for lane in (site, alone):
        lane.take(each)
        lane.loads.clear()
        lane.cpu.clear()
    for _round in range(rounds):
        alone.take(each)
        site.take(each)
    parts = [ours.rate / theirs.rate for ours, theirs in zip(site.loads, alone.loads, strict=True)]
    ours, theirs = (statistics.median(load.rate for load in lane.loads) for lane in (site, alone))
    cpu = [statistics.median(lane.cpu) for lane in (site, alone)]
    how = (
        f"of the rate of a bare view, median of {rounds} turns of {each} ballots from {CLIENTS} clients: {ours:.0f}/s and "
        f"{theirs:.0f}/s; processor of the web {cpu[0]:.2f} and {cpu[1]:.2f} ms a ballot"
    )
    say(f"{engine}: casting, {name}", statistics.median(parts), 0.6, how, at_least=True)


def say_tail(engine: str, site: Lane, number: int, clients: int) -> None:
    """How long the slowest wait."""
    load = site.take(number, clients)
    p50, p99 = load.percentile(0.5), load.percentile(0.99)
    how = f"{clients} clients, {number} ballots, p50 {p50:.0f} ms, p99 {p99:.0f} ms"
    if engine == "sqlite":
        say("sqlite: slowest ballots", p99 / p50, 3, f"times the median: {how}")
    else:
        say(f"{engine}: slowest ballots", p99, 250, f"ms p99: {how}")


def say_all(engine: str, site: Lane, number: int) -> None:
    """How long so many ballots take; the target is that of a hundred thousand, in proportion."""
    load = site.take(number)
    target = 120 * number / 100_000
    say(
        f"{engine}: {number} ballots",
        load.seconds,
        target,
        f"s, {CLIENTS} clients, {load.rate:.0f}/s; 120 s for 100,000",
    )


def say_live(engine: str, meeting: Meeting, site: Lane, board: str, rounds: int, each: int) -> None:
    """The rate while somebody of the bureau looks at the turnout twice a second, beside the rate without."""
    page, rates = a_get(f"/assemblies/{meeting.assembly_id}", board), []
    for _round in range(rounds):
        alone, stop = site.take(each).rate, threading.Event()
        looks = threading.Thread(target=_look, args=(site.address, page, stop))
        looks.start()
        rates.append(site.take(each).rate / alone)
        stop.set()
        looks.join()
    how = f"of the rate without, median of {rounds} turns of {each} ballots; the page with the turnout is asked for twice a second"
    say(f"{engine}: casting while the turnout is shown", statistics.median(rates), 0.9, how, at_least=True)


def _look(address: str, page: bytes, stop: threading.Event) -> None:
    while not stop.wait(0.5):
        assert drive(address, [page], 1).statuses == [200]


def say_syncs(pid: int, site: Lane, number: int) -> None:
    """How often SQLite had the disk keep what is written, by ballot acknowledged; as strace counts it."""
    if shutil.which("strace") is None:
        print(
            json.dumps(
                {"goal": "sqlite: syncs of a ballot", "ok": None, "how": "strace is not installed: not measured"}
            )
        )
        return
    with tempfile.NamedTemporaryFile("r") as told:
        command = ["strace", "-f", "-c", "-e", "trace=fdatasync,fsync", "-o", told.name]
        tracer = subprocess.Popen(
            [*command, *(part for one in processes(pid) for part in ("-p", str(one)))], stderr=subprocess.DEVNULL
        )
        time.sleep(1)
        site.take(number)
        tracer.send_signal(signal.SIGINT)
        tracer.wait(30)
        lines = [line.split() for line in told.read().splitlines()]
    syncs = sum(int(line[3]) for line in lines if line and line[-1] in {"fdatasync", "fsync"})
    say(
        "sqlite: syncs of a ballot",
        syncs / number,
        1,
        f"{syncs} for {number} acknowledged ballots, strace",
        at_least=True,
    )


def say_twice(engine: str, meeting: Meeting, address: str, number: int) -> None:
    """Ballots that were cast are sent once more with another answer: none is taken."""
    item, voters = meeting.spare, meeting.voters[:number]
    drive(address, [meeting.ballot(item, voter) for voter in voters], CLIENTS)
    load = drive(address, [meeting.ballot(item, voter, Choice.AGAINST) for voter in voters], CLIENTS)
    taken = sum(status != 422 for status in load.statuses)
    say(f"{engine}: second ballots taken", taken, 0, f"of {number} named ballots sent again with another answer")


def say_roll(app: Flask, engine: str, size: int) -> None:
    """How long a roll of so many takes to freeze."""
    voters = [RollVoter(uuid4(), number, f"Membre{number:06d} Alix", "") for number in range(1, size + 1)]
    with app.app_context():
        begun = time.perf_counter()
        with open_act(app.extensions["coopgov.runtime"], SYSTEM) as act:
            service.freeze_roll(act, reference_on=act.today, voters=voters)
        taken = time.perf_counter() - begun
    say(f"{engine}: freezing a roll", taken, 10 * max(size, 1_000) / 100_000, f"s for {size} voters; 10 s for 100,000")


def say_opening(app: Flask, engine: str, size: int) -> None:
    """How long a secret vote takes to be opened, checked, shuffled, written and counted, with the code of its teller."""
    voters = [RollVoter(uuid4(), number, f"Membre{number:06d} Alix", "") for number in range(1, size + 1)]
    teller = uuid4()
    with app.app_context():
        with open_act(app.extensions["coopgov.runtime"], SYSTEM) as act:
            code = service.make_teller_key(act, account_id=teller, name="Zoé")
            roll = service.freeze_roll(act, reference_on=act.today, voters=voters)
            scrutin = service.seal_scrutin(
                act, roll_id=roll, subject_hash="a" * 64, title="Urne", rule=RULE, level=Level.SECRET, tellers=[teller]
            )  # fmt: skip
            service.open_room(act, scrutin_id=scrutin)
            public = find_public_key(act.session, scrutin)
            assert public is not None
            rows = [_sealed(public, scrutin, voter.id) for voter in voters]
            bulk_insert(act.session, Envelope, rows)
            service.close_room(act, scrutin_id=scrutin)
        begun = time.perf_counter()
        with open_act(app.extensions["coopgov.runtime"], SYSTEM) as act:
            service.count(act, scrutin_id=scrutin, present_or_represented=size, codes=[code])
        taken = time.perf_counter() - begun
    say(
        f"{engine}: opening an urn",
        taken,
        60 * max(size, 1_000) / 100_000,
        f"s for {size} sealed ballots; 60 s for 100,000",
    )


def _sealed(public: bytes, scrutin: UUID, voter: UUID) -> dict[str, object]:
    sealed = seal(public, scrutin, voter, Choice.FOR, token=voter.bytes)
    receipt = envelope_hash(scrutin, sealed)
    return {
        "scrutin_id": scrutin, "voter_id": voter, "sealed": sealed, "channel": Channel.ROOM, "cast_by": voter,
        "receipt": receipt,
    }  # fmt: skip


def run(place: Place, told: argparse.Namespace) -> None:
    """Everything on one engine."""
    app = make_app(place)
    meeting = make_meeting(app, told.members, named=told.items, secret=told.items)
    with app.app_context():
        board = cookie_of(app, sign_in(app, BOARD))
    say_roll(app, place.engine, told.roll)
    say_opening(app, place.engine, told.roll)
    command = [sys.executable, "-m", "coopgov.cli", "serve", "--no-worker"]
    env = {**place.env, "COOPGOV_WEB_THREADS": "8"}
    with running(command, env, f"http://127.0.0.1:{PORT}") as pid, bare(place) as (address, bare_pid):
        alone = Lane(address, bare_pid, bare_ballots(), 200)
        for name, items in (("named", meeting.named), ("secret", meeting.secret)):
            site = Lane(f"127.0.0.1:{PORT}", pid, meeting.ballots(items), 303)
            say_rate(place.engine, name, site, alone, told.rounds, told.each)
            say_live(place.engine, meeting, site, board, told.rounds, told.each)
            say_tail(place.engine, site, told.each, CLIENTS if place.engine == "sqlite" else MORE_CLIENTS)
            if place.engine == "sqlite":
                say_syncs(pid, site, told.each)
        if place.engine == "postgresql":
            more = min(told.ballots, told.members)
            say_all(place.engine, Lane(site.address, pid, meeting.ballots([meeting.spare]), 303), more)
        say_twice(place.engine, meeting, site.address, min(1_000, told.members))


def main() -> None:
    """Measure on both engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=2, help="named votes, and as many secret ones")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--each", type=int, default=2_000, help="ballots of each turn")
    parser.add_argument("--ballots", type=int, default=100_000, help="ballots cast in one go, on PostgreSQL")
    parser.add_argument(
        "--roll", type=int, default=100_000, help="voters of the roll that is frozen, ballots that are opened"
    )
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    parser.add_argument("--keep", type=Path, help="keep the databases in this folder, and use them again")
    told = parser.parse_args()
    for maker in (sqlite, postgresql):
        if told.engine in (None, maker.__name__):
            with maker(told.keep and told.keep / f"{maker.__name__}-{told.members}") as place:
                run(place, told)


if __name__ == "__main__":
    main()
