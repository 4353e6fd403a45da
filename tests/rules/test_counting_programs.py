"""Two programs, a script that anybody runs and a library of other people count the same elections; what differs has a name."""

import importlib.util
import json
import re
from collections import Counter
from copy import deepcopy
from random import Random

import pytest
from babel.messages.pofile import read_po
from votelib.io import blt

from coopgov.ballots.counting.archive import archive, names_elected, to_abif, to_blt, to_text
from coopgov.ballots.counting.methods import count
from coopgov.ballots.counting.papers import Grades, Ranking, Rivals
from coopgov.ballots.counting.second import BadArchive, count_archive, differences
from coopgov.ballots.counting.telling import how, tell
from coopgov.ballots.counting.ties import TieRule, Ties
from coopgov.ballots.counting.urn import read_groups
from coopgov.core.canonical import digest
from tests.elections import (
    GRADES,
    KINDS,
    NAMES,
    SCRUTIN,
    a_paper,
    a_resolution,
    an_urn,
    counted,
    options,
    ranked,
    seats_of,
    some_ties,
)
from tests.house.reading import PACKAGE, ROOT
from tests.oracle import differs

SPEC = importlib.util.spec_from_file_location("recount", ROOT / "tools" / "recount.py")
recount = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(recount)
NAMED = {
    "equal votes: the declared rule settles",
    "who is ranked by nobody still stands",
    "rule 48: five decimals, the remainder ignored",
    "rule 49: one surplus at a time, the highest first",
    "rule 51: the most recent stage parts the fewest",
    "majority value: who fell behind stays behind",
}


def an_election(number: int):
    random = Random(f"scrutin {number}")  # noqa: S311 - elections that anybody draws again
    paper = a_paper(KINDS[number % len(KINDS)], random)
    return paper, an_urn(paper, random, random.choice([1, 3, 8, 20, 60])), some_ties(paper, random)


def test_500_elections_are_counted_alike_by_two_programs_the_script_and_votelib():
    seen: Counter[str] = Counter()
    for number in range(500):
        paper, groups, ties = an_election(number)
        urn, result, told = counted(paper, groups, ties)
        told = json.loads(to_text(told))
        second = count_archive(told)
        assert second == result, f"election {number}: {list(differences(result, second))}"
        assert recount.Urn(told).recount() == result, f"election {number}"
        if paper.kind != "resolutions" and urn.groups:
            seen[differs(urn, result, ties)] += 1
    assert set(seen) <= {"", *NAMED}
    assert seen[""] > 0.7 * seen.total()


@pytest.mark.parametrize(
    ("seats", "order"),
    [(4, "the four of a large ward"), (9, "nine of twenty")],
)
def test_a_long_ranking_is_counted_alike_at_five_decimals(seats, order):
    """Long rankings of many people: many surpluses, each with its remainder."""
    random = Random(order)  # noqa: S311 - an election that anybody draws again
    paper = Ranking(scrutin=SCRUTIN, options=options(12), seats=seats)
    ids = paper.ids
    orders = ["".join(sorted(ids, key=lambda one: random.gauss(ids.index(one), 4))) for _ballot in range(300)]
    groups = Counter(("", ranked(paper, chosen[: random.randint(2, 12)])) for chosen in orders)
    urn, result, told = counted(paper, groups, Ties(TieRule.SEED, seed="x"))
    assert count_archive(told) == recount.Urn(told).recount() == result
    assert len(result["elected"]) == seats
    assert result["detail"]["stages"][-1]["lost"] > 0
    assert all(
        sum(s["votes"].values()) + s["exhausted"] + s["lost"] == 300 * 100_000 for s in result["detail"]["stages"]
    )
    assert differs(urn, result, Ties(TieRule.SEED, seed="x")) in {"", *NAMED}


def test_300_resolutions_are_decided_alike_by_two_programs_and_the_script(tmp_path):
    """By heads and by weighed colleges, on every base, passed or reached; equal votes and empty urns among them."""
    seen: Counter[object] = Counter()
    for number in range(300):
        told = json.loads(to_text(a_resolution(Random(f"resolution {number}"))))  # noqa: S311 - anybody draws them again
        found = told["result"]
        assert count_archive(told) == found, f"{number}: {list(differences(found, count_archive(told)))}"
        assert recount.Urn(told).recount() == found, f"resolution {number}"
        seen.update([found["detail"]["decision"]["outcome"], bool(found["ties"]), bool(told["rule"]["weights"])])
    assert set(seen) == {"adopted", "rejected", "no_decision", True, False}
    assert run(tmp_path / "archive.json", told) == 0
    for forge in ({"fraction": "1/100"}, {"base": "ALL_MEMBERS", "fraction": "99/100"}):
        forged = deepcopy(told)
        forged["rule"]["majority"] |= forge
        assert run(tmp_path / "archive.json", forged) == 1
        assert count_archive(forged) == recount.Urn(forged).recount()


def run(path, archived, *arguments: str) -> int:
    path.write_bytes(to_text(archived))
    return recount.main([str(path), *arguments])


def resealed(told):
    """The archive of somebody who changed it and computed all hashes anew."""
    del told["hashes"]
    found = {part: digest(told[part]) for part in ("form", "result", "roll", "rule")}
    return archive_with(told, found)


def archive_with(told, found):
    from coopgov.ballots.counting.archive import hash_of_ballots  # noqa: PLC0415 - of this helper only

    found["ballots"] = hash_of_ballots(told["ballots"])
    return {**told, "hashes": {**found, "whole": digest(found)}}


@pytest.mark.parametrize("kind", KINDS)
def test_the_script_says_yes_to_a_true_archive_and_no_to_a_false_result(kind, tmp_path, capsys):
    paper, groups, ties = an_election(KINDS.index(kind) + 7 * 5)
    _urn, _result, told = counted(paper, groups, ties)
    assert run(tmp_path / "archive.json", told) == 0
    assert "OUI" in capsys.readouterr().out
    forged = deepcopy(told)
    forged["result"]["elected"] = ["z"]
    assert run(tmp_path / "archive.json", forged) == 1
    assert run(tmp_path / "archive.json", resealed(forged)) == 1
    assert "l'archive dit ['z']" in capsys.readouterr().out


def _one_more(told):
    told["ballots"][0][2] += 1


def _none(told):
    told["ballots"].pop()


def _other_college(told):
    told["ballots"][0][0] = "elsewhere"


def _more_than_the_roll(told):
    told["roll"]["size"] = 2


def _another_rule(told):
    told["rule"]["seed"] = "tirage de complaisance"


def _another_form(told):
    told["form"]["options"][0]["label"] = "Zoé"


def test_the_script_says_no_where_only_the_hash_of_the_whole_is_wrong(tmp_path):
    _urn, _result, told = counted(*an_election(4))
    told["hashes"]["whole"] = "0" * 64
    assert run(tmp_path / "a.json", told) == 1


@pytest.mark.parametrize("forge", [_one_more, _none, _other_college, _more_than_the_roll, _another_rule, _another_form])
def test_the_script_says_no_whatever_is_altered_and_to_all_that_is_resealed_against_the_minutes(
    forge, tmp_path, capsys
):
    paper, groups, ties = an_election(4)
    urn, result, _told = counted(paper, groups, ties)
    cast = {college: turnout.cast for college, turnout in urn.turnout.items()}
    roll = {"size": sum(cast.values()), "hash": "0" * 64, "colleges": cast}
    told = archive(paper, ties, roll=roll, ballots=groups, result=result)
    seal = told["hashes"]["whole"]
    assert run(tmp_path / "a.json", told, "--sceau", f"{seal[:4]} {seal[4:8]}") == 0
    forge(told)
    assert run(tmp_path / "a.json", told) == 1
    assert run(tmp_path / "a.json", resealed(told), "--sceau", seal[:16]) == 1
    assert "NON" in capsys.readouterr().out


def test_the_script_checks_the_roll_of_whoever_has_it(tmp_path):
    paper, groups, ties = an_election(1)
    _urn, result, _told = counted(paper, groups, ties)
    voters = {"v": 1, "reference_on": "2026-11-01", "entries": [["id", n, "Élodie", "makers"] for n in range(99)]}
    told = archive(
        paper, ties, roll={"size": 99, "hash": digest(voters), "colleges": {}}, ballots=groups, result=result
    )  # fmt: skip
    (tmp_path / "liste.json").write_text(json.dumps(voters), encoding="utf-8")
    assert run(tmp_path / "a.json", told, "--liste", str(tmp_path / "liste.json")) == 0
    (tmp_path / "liste.json").write_text(json.dumps({**voters, "entries": voters["entries"][1:]}), encoding="utf-8")
    assert run(tmp_path / "a.json", told, "--liste", str(tmp_path / "liste.json")) == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "{" * 5000, '{"v": 1, "form": {"v": 1, "options": []}}'])
def test_what_is_no_archive_is_said_unreadable(text, tmp_path, capsys):
    (tmp_path / "a.json").write_text(text)
    assert recount.main([str(tmp_path / "a.json")]) == 2
    assert "ILLISIBLE" in capsys.readouterr().out
    assert recount.main([str(tmp_path / "nowhere.json")]) == 2
    with pytest.raises(BadArchive):
        count_archive({"v": 1, "form": {"v": 2}})


def test_the_script_stands_alone_and_is_short_enough_to_be_read():
    text = (ROOT / "tools" / "recount.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 400
    imported = set(re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE))
    assert imported <= {
        "argparse",
        "collections",
        "fractions",
        "hashlib",
        "itertools",
        "json",
        "pathlib",
        "sys",
        "typing",
    }
    second = [(PACKAGE / "ballots" / "counting" / name).read_text() for name in ("second.py", "second_stv.py")]
    assert set(re.findall(r"from (coopgov\S+)", "".join(second))) == {"coopgov.ballots.counting.second_stv"}


def test_blt_is_read_back_by_votelib_with_the_same_ballots():
    paper, groups, _ties = an_election(4)
    urn = read_groups(paper, groups)
    rankings, seats, candidates, title = blt.loads(to_blt(urn, 'Élection du "bureau"'))
    assert (seats, title) == (seats_of(paper), "Élection du 'bureau'")
    assert [candidate.name for candidate in candidates] == list(NAMES[: len(paper.ids)])
    expected = {
        tuple(NAMES[marks.index(rank)] for rank in range(1, max(marks) + 1)): papers
        for marks, papers in urn.groups.items()
    }
    assert {tuple(one.name for one in order): papers for order, papers in rankings.items()} == expected


def test_abif_tells_ranks_ties_and_grades():
    rivals = Rivals(scrutin=SCRUTIN, options=options(3))
    text = to_abif(read_groups(rivals, {("", ranked(rivals, "cab")): 4}), "Textes [rivaux]")
    assert text.splitlines() == [
        '{"title": "Textes [rivaux]"}',
        "=O1:[Awa]",
        "=O2:[Benoît]",
        "=O3:[Chloé]",
        "4:O3>O1>O2",
    ]
    paper, groups, _ties = an_election(5)
    assert "=" in "".join(line.partition(":")[2] for line in to_abif(read_groups(paper, groups), "").splitlines()[7:])
    judged = Grades(scrutin=SCRUTIN, options=options(2), grades=GRADES)
    urn = an_urn(judged, Random(2), 3)  # noqa: S311 - an urn, not a secret
    assert re.fullmatch(r"\d+:O1/[0-5],O2/[0-5]", to_abif(read_groups(judged, urn), "").splitlines()[-1])


def test_a_count_is_told_in_sentences_of_both_languages():
    known = {}
    with (PACKAGE / "translations" / "fr" / "ballots.po").open("rb") as file:
        known = {message.id: message.string for message in read_po(file, locale="fr")}
    for number in range(70):
        paper, groups, ties = an_election(number)
        _urn, result, _told = counted(paper, groups, ties)
        lines = tell(paper, result)
        assert lines[0].values["cast"] == sum(groups.values())
        for line in (*how(paper, ties), *lines):
            assert "%(" not in str(line)
            assert "%(" not in known[line.sentence] % line.values
        named = {name for line in lines for name in line.values.get("names", ())}
        assert set(names_elected(paper, result["elected"])) <= named | {line.values.get("option") for line in lines}


def test_a_ranking_is_told_stage_by_stage():
    paper = Ranking(scrutin=SCRUTIN, options=options(3), seats=1)
    urn = read_groups(
        paper, {("", ranked(paper, order)): n for order, n in {"ab": 31, "a": 9, "b": 45, "c": 60}.items()}
    )
    lines = tell(paper, count(urn, Ties(TieRule.SEED, seed="x")))
    assert [str(line) for line in lines if line.stage == 2] == [
        "Awa is eliminated; 31 of 40 ballots go to Benoît.", "Ballots that name nobody else who still stands: 9.",
        "Benoît reaches the quota with 76 votes: elected.",
    ]  # fmt: skip
