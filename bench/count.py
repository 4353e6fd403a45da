"""How fast 100,000 ballots are counted, by both programs and by the script anybody runs; `--small` counts 5,000."""

import argparse
import json
import math
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from coopgov.ballots.counting.archive import archive, to_text  # noqa: E402 - run from anywhere
from coopgov.ballots.counting.marks import blank_ballot, encode  # noqa: E402
from coopgov.ballots.counting.methods import count  # noqa: E402
from coopgov.ballots.counting.papers import Grades, Option, Paper, Ranking, Resolutions, Rivals  # noqa: E402
from coopgov.ballots.counting.second import count_archive  # noqa: E402
from coopgov.ballots.counting.ties import TieRule, Ties  # noqa: E402
from coopgov.ballots.counting.urn import CheckedUrn, read_groups  # noqa: E402

SCRUTIN = UUID(int=5)
SEED = Ties(TieRule.SEED, seed="bench")
Groups = Counter[tuple[str, bytes]]
RUNS = 5


def say(goal: str, value: float, target: float, how: str) -> None:
    """Print one goal as a JSON line."""
    print(json.dumps({"goal": goal, "value": round(value, 4), "target": target, "ok": value <= target, "how": how}))


def options(number: int) -> tuple[Option, ...]:
    """So many options."""
    return tuple(Option(f"o{place}", f"Option {place}") for place in range(number))


def preferences(number: int, luck: random.Random) -> list[int]:
    """One voter's order: near others of her side first, and the better known before the others."""
    side = luck.random() * number
    return sorted(range(number), key=lambda place: abs(place - side) * 0.7 + 0.15 * place + luck.gauss(0, number / 6))


def told(**marks: Any) -> dict[str, Any]:
    """A ballot as data."""
    return {"v": 1, "scrutin": str(SCRUTIN), **marks}


def a_ballot(paper: Paper, luck: random.Random) -> bytes:
    """One ballot of a realistic voter; one in fifty is blank."""
    if luck.random() < 0.02:
        return blank_ballot(paper)
    if isinstance(paper, Resolutions):
        answer = luck.choices(["for", "against", "abstain", "blank"], [60, 30, 8, 2])[0]
        return encode(paper, told(answers={option.id: answer for option in paper.options}))
    order = preferences(len(paper.options), luck)
    if isinstance(paper, Grades):
        grades = {f"o{place}": f"g{max(0, 5 - rank - luck.randint(0, 1))}" for rank, place in enumerate(order)}
        return encode(paper, told(grades=grades))
    # Half stop early, as people do.
    length = len(order) if luck.random() < 0.5 else luck.randint(1, len(order))
    return encode(paper, told(ranks={f"o{place}": rank for rank, place in enumerate(order[:length], start=1)}))


def an_urn(paper: Paper, papers: int) -> Groups:
    """The ballots of an urn, identical ones together."""
    luck = random.Random(f"{paper.kind} {len(paper.options)}")
    return Counter(("", a_ballot(paper, luck)) for _ballot in range(papers))


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median time of some work, of the processor: others on the machine weigh less on it."""
    taken = []
    for _run in range(runs):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def say_resolution(papers: int) -> None:
    """Yes or no, against the database that groups the same ballots and does nothing else."""
    paper = Resolutions(scrutin=SCRUTIN, options=options(1))
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "urn.sqlite")
        database.execute("CREATE TABLE urn (id BLOB PRIMARY KEY, college TEXT, content BLOB) WITHOUT ROWID")
        luck = random.Random(3)
        rows = [(luck.randbytes(16), luck.choice("ms"), content) for _c, content in an_urn(paper, papers).elements()]
        database.executemany("INSERT INTO urn VALUES (?, ?, ?)", rows)
        database.commit()
        query = "SELECT college, content, count(*) FROM urn GROUP BY college, content"

        def bare() -> list[Any]:
            return database.execute(query).fetchall()

        def whole() -> dict[str, Any]:
            groups = {(college, content): number for college, content, number in database.execute(query)}
            return count(read_groups(paper, groups), Ties(TieRule.STATUS_QUO))

        ours, alone = seconds(whole), seconds(bare)
        database.close()
    how = f"/ the SQL GROUP BY alone ({alone * 1000:.1f} ms); read, checked and counted, two colleges, {papers} ballots"
    say("count yes/no", ours / alone, 2, how)


def say_method(name: str, paper: Paper, papers: int, target: float, folder: Path) -> None:
    """Check, count, count again by the second program, recount by the script: one line each."""
    groups = an_urn(paper, papers)
    what = f"s of the processor; {papers} ballots, {len(groups)} distinct"
    checked = seconds(lambda: read_groups(paper, groups), 1)
    urn: CheckedUrn = read_groups(paper, groups)
    say(f"check {name}", checked, 5, f"{what}: each distinct ballot by the function of the border")
    taken = seconds(lambda: count(urn, SEED))
    say(f"count {name}", taken, target, what)
    fewer = read_groups(paper, an_urn(paper, papers // 10))
    growth = math.log10(taken / seconds(lambda: count(fewer, SEED)))
    say(f"growth of {name}", growth, 1.3, f"exponent of the count from {papers // 10} to {papers} ballots")
    result = count(urn, SEED)
    roll = {"size": papers, "hash": "0" * 64, "colleges": {}}
    exported = archive(paper, SEED, roll=roll, ballots=groups, result=result)
    path = folder / "archive.json"
    path.write_bytes(to_text(exported))
    told_again = json.loads(path.read_bytes())
    second = seconds(lambda: count_archive(told_again), 1)
    assert count_archive(told_again) == result
    say(f"second program {name}", second, target * 10, f"{what}; read from the archive, agrees fact for fact")
    say_script(name, path, papers)


def say_script(name: str, path: Path, papers: int) -> None:
    """The script, in a process of its own: its time by the clock and its largest memory."""
    begun = time.perf_counter()
    asked = [sys.executable, str(ROOT / "tools" / "recount.py"), str(path)]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - begun
    assert answer.returncode == 0, answer.stdout + answer.stderr
    size = path.stat().st_size / 1e6
    say(f"tools/recount.py {name}", taken, 120, f"s by the clock; {papers} ballots, archive of {size:.1f} MB; says yes")


def main() -> None:
    """Measure each figure on ballots drawn from fixed seeds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true", help="5,000 ballots, while others work")
    papers = 5_000 if parser.parse_args().small else 100_000
    grades = tuple(Option(f"g{grade}", f"Mention {grade}") for grade in range(6))
    say_resolution(papers)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judged = Grades(scrutin=SCRUTIN, options=options(8), grades=grades)
        say_method("majority judgment x 8", judged, papers, 0.2, folder)
        say_method("Schulze x 12", Rivals(scrutin=SCRUTIN, options=options(12)), papers, 2, folder)
        say_method("STV x 12", Ranking(scrutin=SCRUTIN, options=options(12), seats=3), papers, 0.5, folder)
        large = Ranking(scrutin=SCRUTIN, options=options(20), seats=9)
        say_method("STV 20 candidates 9 seats", large, papers, 5, folder)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    say("tools/recount.py memory", largest, 1, f"GB, the largest of its runs, {papers} ballots")


if __name__ == "__main__":
    main()
