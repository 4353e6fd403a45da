"""How fast coopgov starts: imported and made, against flask and sqlalchemy alone; the first page; a second `serve`."""

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
# As every command and the web process do it: see coopgov/core/starting.py.
STARTING = "from coopgov.core.starting import starting\nwith starting():\n    "
CODES = {
    "libraries": "import flask, sqlalchemy, sqlalchemy.orm",
    "app": "import coopgov.app",
    "made": f"{STARTING}from coopgov.app import create_app; create_app()",
}


def say(goal: str, value: float, target: float, how: str) -> None:
    """Print one goal as a JSON line."""
    print(json.dumps({"goal": goal, "value": round(value, 3), "target": target, "ok": value <= target, "how": how}))


def run(code: str, env: dict[str, str]) -> None:
    """Run this in a fresh interpreter."""
    subprocess.run([sys.executable, "-c", code], check=True, env=env, cwd=ROOT)


def processor_seconds(code: str, env: dict[str, str]) -> float:
    """What a fresh interpreter that runs this takes of the processor: others on the machine weigh less on it."""
    before = os.times()
    run(code, env)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def medians(env: dict[str, str], codes: dict[str, str]) -> dict[str, float]:
    """The median time of each, interleaved, the bare interpreter taken off; the first round writes the bytecode."""
    codes = {"bare": "pass", **codes}
    rounds = [{name: processor_seconds(code, env) for name, code in codes.items()} for _ in range(RUNS + 1)]
    found = {name: statistics.median(seen[name] for seen in rounds[1:]) for name in codes}
    return {name: taken - found["bare"] for name, taken in found.items()}


def say_imports(env: dict[str, str]) -> None:
    """Compare all the application, imported and made, with the import of the two libraries it stands on."""
    found = medians(env, CODES)
    than = (
        f"/ import of flask and sqlalchemy with its orm ({found['libraries']:.2f} s): processor seconds, medians of {RUNS} "
        "fresh interpreters, bytecode kept"
    )
    app, made = (found[name] / found["libraries"] for name in ("app", "made"))
    say("import", app, 1.3, f"import of coopgov.app, the factory without the features ({found['app']:.2f} s) {than}")
    how = f"the factory, every feature, table and address, without the collector as commands start ({found['made']:.2f} s)"
    say("made", made, 1.3, f"{how} {than}")


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
    begun = time.perf_counter()
    run(
        f"{STARTING}from coopgov.app import create_app; app = create_app()\n"
        "assert app.test_client().get('/').status_code == 200",
        env,
    )
    return time.perf_counter() - begun


def main() -> None:
    """Measure on an embedded demonstration of its own."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "COOPGOV_DEMO": "1", "COOPGOV_DATA_DIR": folder, "COOPGOV_BIND": "127.0.0.1:8123"}
        # Bytecode is kept, as Python does for everyone who does not forbid it.
        env |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
        say_imports(env)
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
