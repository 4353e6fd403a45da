"""Casting over HTTP beside a bare Flask view with one durable insert; freezing the roll; what the tellers open."""

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.bare import bare
from bench.casting import make_meeting
from bench.load import Load, a_post, cpu_seconds, drive
from bench.world import PORT, Place, make_app, postgresql, running, sqlite

CLIENTS, MORE_CLIENTS = 16, 64
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--each", type=int, default=2_000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    parser.add_argument("--keep", type=Path)
    told = parser.parse_args()
    for maker in (sqlite, postgresql):
        if told.engine not in (None, maker.__name__):
            continue
        with maker(told.keep and told.keep / f"{maker.__name__}-{told.members}") as place:
            t = time.perf_counter()
            app = make_app(place)
            meeting = make_meeting(app, told.members, named=told.items, secret=told.items)
            print("ready", time.perf_counter() - t)
            command = [sys.executable, "-m", "coopgov.cli", "serve", "--no-worker"]
            env = {**place.env, "COOPGOV_WEB_THREADS": "8"}
            with running(command, env, f"http://127.0.0.1:{PORT}") as pid, bare(place) as (address, bare_pid):
                for name, items in (("named", meeting.named), ("secret", meeting.secret)):
                    site = Lane(f"127.0.0.1:{PORT}", pid, meeting.ballots(items), 303)
                    say_rate(
                        place.engine, name, site, Lane(address, bare_pid, bare_ballots(), 200), told.rounds, told.each
                    )


if __name__ == "__main__":
    main()
