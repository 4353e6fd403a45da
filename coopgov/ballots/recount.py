"""The second counting program: plain Python over exported ballots, sharing nothing with the first.

Run alone it checks an export: `python -m coopgov.ballots.recount ballots.jsonl`.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ANSWERS = ("for", "against", "abstain", "blank")


class BadUrn(Exception):
    """Indicate that an export cannot be counted: a ballot is altered, doubled or of no college."""


def recount(lines: Iterable[str]) -> dict[str, dict[str, int]]:
    """Count an export, one JSON object a line: `{college: {answer: how many}}`; raises BadUrn."""
    counted: dict[str, dict[str, int]] = {}
    seen: set[str] = set()
    for line in lines:
        ballot = json.loads(line)
        _check(ballot, seen)
        college = counted.setdefault(ballot["college"], dict.fromkeys(ANSWERS, 0))
        college[ballot["choice"]] += 1
    return counted


def hash_of_urn(lines: Iterable[str]) -> str:
    """The hash in the journal: of a named urn when it was closed, of a secret one when it was opened."""
    told = sorted(_line_of(json.loads(line)) for line in lines)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _line_of(ballot: Mapping[str, Any]) -> str:
    if "voter" in ballot:
        return str(ballot["receipt"])
    return f"{ballot['ballot']} {ballot['college']} {ballot['choice']}"


def _check(ballot: Mapping[str, Any], seen: set[str]) -> None:
    # A ballot of a secret vote is nobody's: it has a name of its own, and no receipt.
    owner = ballot["ballot"] if "ballot" in ballot else ballot["voter"]
    if owner in seen:
        raise BadUrn(f"{owner} has two ballots")
    seen.add(owner)
    if ballot["choice"] not in ANSWERS or not isinstance(ballot["college"], str):
        raise BadUrn(f"the ballot of {owner} answers nothing, or is of no college")
    if "voter" in ballot and ballot["receipt"] != _receipt(ballot):
        raise BadUrn(f"the ballot of {owner} is not what was cast")


def _receipt(ballot: Mapping[str, Any]) -> str:
    told = {name: ballot[name] for name in ("scrutin", "voter", "choice", "channel", "cast_by")}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def main(arguments: list[str]) -> int:
    """Count the export named on the command line and write what it says."""
    lines = Path(arguments[0]).read_text(encoding="utf-8").splitlines()
    found = {"colleges": recount(lines), "ballots": len(lines), "urn_hash": hash_of_urn(lines)}
    sys.stdout.write(json.dumps(found, indent=2, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
