"""Twenty thousand random operations on the two books, on the real database: all that must hold is looked at after each."""

import argparse
import json
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.world import Place, make_app, postgresql, sqlite

STEPS = 100


def emptier(place: Place, app: Any) -> Any:
    """How to begin again with empty tables."""
    from sqlalchemy import create_engine

    from coopgov.core.db import db
    from tests.conftest import EMPTY_ALL

    if place.engine == "sqlite":
        used = Path(place.url.removeprefix("sqlite:///"))
        empty = used.with_suffix(".empty")
        db.engine.dispose()
        shutil.copyfile(used, empty)
        return lambda: shutil.copyfile(empty, used)
    engine = create_engine(place.url, isolation_level="AUTOCOMMIT")

    def empty_all() -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(EMPTY_ALL)

    return empty_all


def run(place: Place, operations: int, seed: int) -> None:
    """Let lives go by until so many operations were asked for."""
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis import seed as seeded
    from hypothesis.stateful import run_state_machine_as_test

    from coopgov.core.db import db
    from tests.conftest import TestClock
    from tests.service.ledger_machine import Books, Lives

    app = make_app(place)
    app.extensions["coopgov.runtime"] = _at(app.extensions["coopgov.runtime"], TestClock())
    begun, asked, done, refused, number = time.perf_counter(), 0, 0, Counter[str](), 0
    with app.app_context():
        empty = emptier(place, app)
        kept: list[Books] = []

        def make_books() -> Books:
            db.session.remove()
            db.engine.dispose()
            empty()
            kept.append(Books.found(app))
            return kept[-1]

        while asked < operations:
            number += 1
            lives = type("LivesHere", (Lives,), {"make_books": staticmethod(make_books)})
            many = settings(
                max_examples=10, stateful_step_count=STEPS, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck), print_blob=True,
            )  # fmt: skip
            seeded(seed + number)(lives)
            run_state_machine_as_test(lives, settings=many)
            asked += sum(books.asked for books in kept)
            done += sum(books.accepted for books in kept)
            for books in kept:
                refused.update(books.refused)
            print(f"{asked} operations, {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
            kept.clear()
        db.session.remove()
    how = f"operations asked for, {done} done and looked at, the others refused without a trace, {time.perf_counter() - begun:.0f} s; {dict(refused.most_common(12))}"
    say(f"{place.engine}: random lives", asked, operations, how)


def _at(runtime: Any, clock: Any) -> Any:
    from dataclasses import replace

    return replace(runtime, clock=clock)


def kill(place: Place, rounds: int) -> None:
    """Kill a process under load so many times: the books balance, and nothing that was acknowledged is lost."""
    from tests.conftest import TestClock
    from tests.coop_world import everything_wired
    from tests.service.test_ledger_killed import check_nothing_is_lost, kill_under_load

    app, begun = make_app(place), time.perf_counter()
    with app.app_context():
        coop = everything_wired(app, TestClock()).found()
        told = kill_under_load(coop, place.folder, rounds)
        check_nothing_is_lost(coop, told)
        coop.close()
    how = f"times killed under load, {len(told)} acknowledged and none lost, no fault; {time.perf_counter() - begun:.0f} s"
    say(f"{place.engine}: killed", rounds, rounds, how)


def say(goal: str, value: int, target: int, how: str) -> None:
    """Print one goal as a JSON line."""
    told = {"goal": goal, "value": value, "target": target, "ok": value >= target, "how": how}
    print(json.dumps(told, ensure_ascii=False), flush=True)


def main() -> None:
    """Run them on both engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    told = parser.parse_args()
    for maker in (sqlite, postgresql):
        if told.engine in (None, maker.__name__):
            with maker() as place:
                kill(place, told.kills)
            with maker() as place:
                run(place, told.operations, told.seed)


if __name__ == "__main__":
    main()
