"""The same ten thousand members in juntagrico, from the package index, in an environment of its own."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.world import ROOT, cookie_of, make_app, sqlite
from coopgov.core import clock
from coopgov.core.dates import paris_day

MEMBERS, RUNS = 10_000, 5


def compare_with_juntagrico(keep: Path | None, say: Callable[..., None]) -> None:
    """How many times faster our list of members answers; both on SQLite, in one process, one request at a time."""
    with tempfile.TemporaryDirectory(prefix="coopgov-peer-") as folder:
        home = (keep or Path(folder)) / "juntagrico"
        home.mkdir(parents=True, exist_ok=True)
        python = _installed(home)
        if python is None:
            print(
                json.dumps(
                    {"goal": "list of members against juntagrico", "ok": None, "how": "it cannot be installed here"}
                )
            )
            return
        theirs, ours = _theirs(python, home), _ours(keep)
    how = (
        f"times faster than juntagrico's list, all {theirs['rows']} rows on one page ({theirs['seconds']:.2f} s, "
        f"{theirs['bytes'] / 1e6:.1f} MB); ours {ours * 1000:.0f} ms, 50 on a page; {MEMBERS} members, SQLite, one process"
    )
    say("list of members against juntagrico", theirs["seconds"] / ours, 8, how, least=True)


def _installed(home: Path) -> Path | None:
    python = home / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home / "venv"], check=True)
    asked = [python, "-m", "pip", "install", "--quiet", "juntagrico"]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
    return None if done.returncode else python


def _theirs(python: Path, home: Path) -> dict[str, float]:
    program = ROOT / "bench" / "peers" / "juntagrico_list.py"
    done = subprocess.run(
        [python, program, home / f"{MEMBERS}.sqlite3", str(MEMBERS)], check=True, capture_output=True, text=True
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _ours(keep: Path | None) -> float:
    from bench.filling import BOARD
    from bench.large import sign_in
    from bench.ledger import fill_ledger

    with sqlite(keep and keep / f"peer-{MEMBERS}") as place:
        app = make_app(place)
        fill_ledger(app, MEMBERS, MEMBERS, paris_day(clock.now()), lambda _told: None)
        with app.app_context():
            cookie = cookie_of(app, sign_in(app, BOARD))
        client, times = app.test_client(use_cookies=False), []
        for _ in range(RUNS + 1):
            begun = time.perf_counter()
            answer = client.get("/members", headers={"Cookie": cookie}, base_url="https://localhost")
            times.append(time.perf_counter() - begun)
            assert answer.status_code == 200, answer.status_code
        return statistics.median(times[1:])
