"""How fast coopgov starts: imports against flask and sqlalchemy alone, the first page, a second `coopgov serve`."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 7
CODES = {
    "libraries": "import flask, sqlalchemy, sqlalchemy.orm",
    "app": "import coopgov.app",
    "made": "from coopgov.app import create_app; create_app()",
}


def say(goal: str, value: float, target: float, how: str) -> None:
    """Print one goal as a JSON line."""
    print(json.dumps({"goal": goal, "value": round(value, 3), "target": target, "ok": value <= target, "how": how}))


def seconds_of(code: str, env: dict[str, str]) -> float:
    """The wall time of a fresh interpreter that runs this."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=env, cwd=ROOT)
    return time.perf_counter() - begun


def medians(env: dict[str, str], codes: dict[str, str]) -> dict[str, float]:
    """The median time of each, interleaved, the bare interpreter taken off."""
    times: dict[str, list[float]] = {name: [] for name in ("bare", *codes)}
    for _ in range(RUNS):
        for name, seen in times.items():
            seen.append(seconds_of(codes.get(name, "pass"), env))
    bare = statistics.median(times["bare"])
    return {name: statistics.median(times[name]) - bare for name in codes}


def say_import(env: dict[str, str]) -> None:
    """Compare the import of all the application, its extensions included, with that of the two libraries."""
    found = medians(env, CODES)
    made = found["made"] / found["libraries"]
    how = (
        f"import of coopgov.app with every feature / import of flask and sqlalchemy (with its orm), {RUNS} fresh "
        f"interpreters each; {found['app']:.2f} s and {found['libraries']:.2f} s; with create_app() {made:.2f} times"
    )
    say("import", found["app"] / found["libraries"], 1.3, how)


def serve_until_answer(env: dict[str, str]) -> float:
    """Seconds from the command to the first page answered; the server is stopped afterwards."""
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "coopgov.cli", "serve"], env=env, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - begun < 120:
            try:
                urllib.request.urlopen(f"http://{env['COOPGOV_BIND']}/", timeout=5).read()
            except OSError:
                time.sleep(0.02)
            else:
                return time.perf_counter() - begun
        raise TimeoutError
    finally:
        server.terminate()
        server.wait(30)


def first_page(env: dict[str, str]) -> float:
    """Seconds of a fresh process: import, make the app, answer the first page."""
    return seconds_of(
        "from coopgov.app import create_app; assert create_app().test_client().get('/').status_code == 200", env
    )


def main() -> None:
    """Measure on an embedded demonstration of its own."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "COOPGOV_DEMO": "1", "COOPGOV_DATA_DIR": folder, "COOPGOV_BIND": "127.0.0.1:8123"}
        say_import(env)
        first = serve_until_answer(env)
        say(
            "first page",
            statistics.median(first_page(env) for _ in range(3)),
            1.5,
            "s; fresh process to first answered page",
        )
        say(
            "second start",
            serve_until_answer(env),
            5.0,
            f"s; coopgov serve on kept data (the first, with demonstration: {first:.1f} s)",
        )


if __name__ == "__main__":
    main()
