"""Pages of a large cooperative at 8 clients: p95 per page, and statements per page whatever its size."""

import argparse
import json
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.large import make_large
from bench.world import Place, make_app, postgresql, served, sqlite
from coopgov.core import clock
from coopgov.core.dates import paris_day

CLIENTS = 8
P95_MS = 150.0


@dataclass(frozen=True, slots=True)
class Figure:
    """What eight clients saw of one page."""

    p50: float
    p95: float
    per_second: float


def measure(url: str, cookie: str, paths: list[str], *, requests: int) -> Figure:
    """Ask for the pages in turn from 8 threads; milliseconds."""
    times: list[float] = []
    turn = iter(range(requests))
    guard = threading.Lock()

    def client() -> None:
        while True:
            with guard:
                number = next(turn, None)
            if number is None:
                return
            begun = time.perf_counter()
            request = urllib.request.Request(url + paths[number % len(paths)], headers={"Cookie": cookie})
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert answer.status == 200
                answer.read()
            with guard:
                times.append((time.perf_counter() - begun) * 1000)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return Figure(times[len(times) // 2], times[int(len(times) * 0.95)], len(times) / (time.perf_counter() - begun))


def say(goal: str, value: float, target: float, how: str) -> None:
    """Print one goal as a JSON line."""
    print(
        json.dumps({"goal": goal, "value": round(value, 1), "target": target, "ok": value <= target, "how": how}),
        flush=True,
    )


def run(place: Place, members: int, requests: int) -> None:
    """Fill a place, count statements, serve it, measure each page."""
    app = make_app(place)
    begun = time.perf_counter()
    large = make_large(app, members, paris_day(clock.now()))
    made = time.perf_counter() - begun
    with served(place) as url:
        for name, (cookie, paths) in large.pages().items():
            statements = large.statements(paths, cookie)
            measure(url, cookie, paths, requests=CLIENTS * 4)
            figure = measure(url, cookie, paths, requests=requests)
            how = f"ms p95, {CLIENTS} clients, {members} members made in {made:.0f} s; p50 {figure.p50:.0f} ms, {figure.per_second:.0f}/s, {statements} statements"
            say(f"{place.engine}: {name}", figure.p95, P95_MS, how)


def count(place: Place, members: int) -> dict[str, int]:
    """The statements of each page at one size."""
    large = make_large(make_app(place), members, paris_day(clock.now()))
    return {name: large.statements(paths, cookie) for name, (cookie, paths) in large.pages().items()}


def compare_statements(place_maker: Callable[[], AbstractContextManager[Place]]) -> None:
    """Say whether a page asks as much of 2,000 members as of 200."""
    counts = []
    for members in (200, 2_000):
        with place_maker() as place:
            counts.append(count(place, members))
    for name, few in counts[0].items():
        grown = counts[1][name] - few
        say(
            f"{place_maker.__name__}: more statements of {name}",
            grown,
            0,
            f"{few} statements at 200 members and {counts[1][name]} at 2,000",
        )


def main() -> None:
    """Measure on both engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    told = parser.parse_args()
    for place_maker in (sqlite, postgresql):
        if told.engine in (None, place_maker.__name__):
            compare_statements(place_maker)
            with place_maker() as place:
                run(place, told.members, told.requests)


if __name__ == "__main__":
    main()
