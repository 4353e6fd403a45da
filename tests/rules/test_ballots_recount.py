"""The second counting program trusts nothing it reads."""

import hashlib
import json

import pytest

from coopgov.ballots.proof import receipt_hash, urn_hash
from coopgov.ballots.recount import BadUrn, hash_of_urn, main, recount
from coopgov.ballots.rules import Channel, Choice
from coopgov.core.ids import new_id

SCRUTIN = new_id()


def line(choice: Choice = Choice.FOR, college: str | None = "makers", **altered) -> str:
    voter = new_id()
    receipt = receipt_hash(scrutin_id=SCRUTIN, voter_id=voter, choice=choice, channel=Channel.ROOM, cast_by=voter)
    told = {"scrutin": str(SCRUTIN), "voter": str(voter), "college": college, "choice": choice.value,
            "channel": "room", "cast_by": str(voter), "receipt": receipt}  # fmt: skip
    return json.dumps({**told, **altered})


def test_it_counts_by_college_and_finds_the_same_urn():
    lines = [line(), line(), line(Choice.AGAINST), line(Choice.BLANK, "staff")]
    assert recount(lines) == {
        "makers": {"for": 2, "against": 1, "abstain": 0, "blank": 0},
        "staff": {"for": 0, "against": 0, "abstain": 0, "blank": 1},
    }
    assert hash_of_urn(lines) == urn_hash(json.loads(text)["receipt"] for text in lines)


TWICE = line()


@pytest.mark.parametrize(
    "lines",
    [[line(college=None)], [line(receipt="0" * 64)], [line(choice=Choice.FOR, voter="somebody")], [TWICE, TWICE]],
    ids=["of no college", "another receipt", "another voter", "twice"],
)
def test_it_refuses_an_altered_urn(lines):
    with pytest.raises(BadUrn):
        recount(lines)


def test_it_refuses_a_choice_changed_after_the_cast():
    ballot = json.loads(line())
    with pytest.raises(BadUrn):
        recount([json.dumps({**ballot, "choice": "against"})])


def test_it_runs_alone_on_an_export(tmp_path, capsys):
    path = tmp_path / "ballots.jsonl"
    path.write_text(line() + "\n", encoding="utf-8")
    assert main([str(path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ballots"] == 1
    assert told["urn_hash"] == hashlib.sha256(json.loads(path.read_text())["receipt"].encode()).hexdigest()
