"""The archive of a closed vote: one JSON file that anybody recounts; and its ballots for foreign counting programs."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from coopgov.ballots.counting.papers import Grades, Lists, Paper, Rivals, Seated
from coopgov.ballots.counting.ties import Ties
from coopgov.ballots.counting.urn import CheckedUrn
from coopgov.core.canonical import canonical_json, digest

VERSION: Final = 1
PARTS: Final = ("ballots", "form", "result", "roll", "rule")


def archive(
    paper: Paper,
    ties: Ties,
    *,
    roll: Mapping[str, Any],
    ballots: Mapping[tuple[str, bytes], int],
    result: Mapping[str, Any],
    majority: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """All that a recount needs: form, rule, roll (its size and hash), ballots sorted and grouped, result, and hashes.

    What a resolution is decided by (`majority`, weights of colleges) stands in the rule.
    `hashes.whole` is the hash of the others: the one that the minutes and the journal print.
    """
    told: dict[str, Any] = {
        "v": VERSION, "form": paper.facts(), "rule": {**ties.facts(), **(majority or {})}, "roll": dict(roll),
        "ballots": [[college, content.hex(), papers] for (college, content), papers in sorted(ballots.items())],
        "result": dict(result),
    }  # fmt: skip
    hashes = {part: hash_of_ballots(told["ballots"]) if part == "ballots" else digest(told[part]) for part in PARTS}
    return {**told, "hashes": {**hashes, "whole": digest(hashes)}}


def hash_of_ballots(rows: Iterable[list[Any]]) -> str:
    """The SHA-256 of the ballots, one line each: college, bytes, how many; in sorted order, not of arrival."""
    lines = sorted(f"{json.dumps(college, ensure_ascii=False)} {content} {papers}" for college, content, papers in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def to_text(told: Mapping[str, Any]) -> bytes:
    """The archive as it is downloaded."""
    return canonical_json(told)


def to_blt(urn: CheckedUrn, title: str) -> str:
    """Valid ballots in the BLT form of ranked votes; what is chosen without order is one tied rank."""
    ids = urn.paper.ids
    seats = urn.paper.seats if isinstance(urn.paper, Seated) else 1
    lines = [f"{len(ids)} {seats}"]
    for marks, papers in sorted(urn.groups.items()):
        ranks = " ".join("=".join(str(place + 1) for place in tied) for tied in _ranks(urn.paper, marks))
        lines.append(f"{papers} {ranks} 0")
    names = [_quoted(urn.paper.label(one)) for one in ids]
    return "\n".join([*lines, "0", *names, _quoted(title)]) + "\n"


def to_abif(urn: CheckedUrn, title: str) -> str:
    """Valid ballots in the Aggregated Ballot Information Format; grades and choices are scores."""
    tokens = [f"O{number}" for number in range(1, len(urn.paper.ids) + 1)]
    lines = [json.dumps({"title": title}, ensure_ascii=False)]
    lines += [f"={token}:[{_bracketed(option.label)}]" for token, option in zip(tokens, urn.paper.options, strict=True)]
    for marks, papers in sorted(urn.groups.items()):
        lines.append(f"{papers}:{_abif(urn.paper, marks, tokens)}")
    return "\n".join(lines) + "\n"


def _abif(paper: Paper, marks: bytes, tokens: list[str]) -> str:
    if isinstance(paper, Rivals) or paper.kind == "ranking":
        return ">".join("=".join(tokens[place] for place in tied) for tied in _ranks(paper, marks))
    scores = [max(mark, 1) - 1 for mark in marks] if isinstance(paper, Grades) else list(marks)
    return ",".join(f"{token}/{score}" for token, score in zip(tokens, scores, strict=True))


def _ranks(paper: Paper, marks: bytes) -> list[list[int]]:
    """Places of options by rank, the preferred first; the higher grade comes first."""
    given = sorted({mark for mark in marks if mark}, reverse=isinstance(paper, Grades))
    return [[place for place, mark in enumerate(marks) if mark == rank] for rank in given]


def _quoted(label: str) -> str:
    return '"' + " ".join(label.split()).replace('"', "'") + '"'


def _bracketed(label: str) -> str:
    return " ".join(label.split()).replace("[", "(").replace("]", ")")


def names_elected(paper: Paper, elected: Iterable[str]) -> list[str]:
    """What people read for those elected: the names of lists, else the options."""
    if not isinstance(paper, Lists):
        return [paper.label(one) for one in elected]
    names = {option.id: option.names for option in paper.options}
    return [names[one.rpartition("#")[0]][int(one.rpartition("#")[2]) - 1] for one in elected]
