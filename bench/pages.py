"""Pages of a large cooperative at 8 clients: p95 per page, and statements per page whatever its size."""

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.large import Large, Page, make_large
from bench.world import Place, make_app, postgresql, served, sqlite
from coopgov.core import clock
from coopgov.core.dates import paris_day

CLIENTS = 8
FEW, MORE = 200, 2_000

PlaceMaker = Callable[..., AbstractContextManager[Place]]


@dataclass(frozen=True, slots=True)
class Figure:
    """What eight clients saw of one page."""

    p50: float
    p95: float
    p99: float
    per_second: float


def measure(url: str, page: Page, *, requests: int, clients: int = CLIENTS) -> Figure:
    """Ask for the page's addresses in turn from several clients, each time anew as a proxy in front does; milliseconds."""
    times: list[float] = []
    host = url.removeprefix("http://")
    cookie = _ask(host, page.paths[0], page.cookie)
    turn = iter(range(requests))
    guard = threading.Lock()

    def client() -> None:
        while True:
            with guard:
                number = next(turn, None)
            if number is None:
                return
            begun = time.perf_counter()
            _ask(host, page.paths[number % len(page.paths)], cookie)
            with guard:
                times.append((time.perf_counter() - begun) * 1000)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == requests, "a client gave up"
    times.sort()
    taken = time.perf_counter() - begun
    p50, p95, p99 = (times[int(len(times) * part)] for part in (0.5, 0.95, 0.99))
    return Figure(p50, p95, p99, len(times) / taken)


def _ask(host: str, path: str, cookie: str) -> str:
    """Ask for a page; gives the cookie to come back with, as a browser does."""
    with closing(HTTPConnection(host, timeout=60)) as connection:
        connection.request("GET", path, headers={"Cookie": cookie, "Connection": "close"})
        answer = connection.getresponse()
        answer.read()
    # Somebody who is not signed in would be sent elsewhere: fast, and not the page.
    assert answer.status == 200, (path, answer.status)
    return (answer.getheader("Set-Cookie") or cookie).partition(";")[0]


def say(goal: str, value: float, target: float, how: str) -> None:
    """Print one goal as a JSON line."""
    told = {"goal": goal, "value": round(value, 1), "target": target, "ok": value <= target, "how": how}
    print(json.dumps(told, ensure_ascii=False), flush=True)


def run(place: Place, members: int, requests: int) -> None:
    """Fill a place, count statements, serve it, measure each page."""
    begun = time.perf_counter()
    large = make_large(make_app(place), members, paris_day(clock.now()))
    made = f"{members} members, ready in {time.perf_counter() - begun:.0f} s"
    with served(place) as url:
        for name, page in large.pages.items():
            measure(url, page, requests=CLIENTS * 4)
            figure = measure(url, page, requests=requests)
            how = f"ms p95, {CLIENTS} clients, {made}; p50 {figure.p50:.0f} ms, {figure.per_second:.0f}/s, {large.statements(page)} statements"
            say(f"{place.engine}: {name}", figure.p95, page.p95_ms, how)


def compare_statements(place_maker: PlaceMaker) -> None:
    """Say whether a page asks as many statements of 2,000 members as of 200."""
    few, more = (_count(place_maker, members) for members in (FEW, MORE))
    for name, statements in few.items():
        how = f"{statements} statements at {FEW} members and {more[name]} at {MORE}"
        say(f"{place_maker.__name__}: more statements of {name}", more[name] - statements, 0, how)


def _count(place_maker: PlaceMaker, members: int) -> dict[str, int]:
    with place_maker() as place:
        large: Large = make_large(make_app(place), members, paris_day(clock.now()))
        return {name: large.statements(page) for name, page in large.pages.items()}


def main() -> None:
    """Measure on both engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    parser.add_argument("--keep", type=Path, help="keep the filled databases in this folder, and use them again")
    told = parser.parse_args()
    for place_maker in (sqlite, postgresql):
        if told.engine in (None, place_maker.__name__):
            compare_statements(place_maker)
            keep = told.keep and told.keep / f"{place_maker.__name__}-{told.members}"
            with place_maker(keep) as place:
                run(place, told.members, told.requests)


if __name__ == "__main__":
    main()
