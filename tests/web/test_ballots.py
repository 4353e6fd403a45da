"""The page where a member checks a vote and her own ballot."""

import json
import subprocess
import sys

import pytest

from coopgov.assemblies import queries as assemblies
from coopgov.ballots.proof import urn_hash
from tests.minutes_world import hold, sign_in
from tests.shares_world import wire


@pytest.fixture
def world(app):
    return wire(app)


@pytest.fixture
def meeting(world, clock):
    return hold(world, clock)


@pytest.fixture
def scrutin_id(world, meeting):
    with world.act() as a:
        return assemblies.agenda(a.session, meeting.id)[0].scrutin_id


def test_a_member_finds_her_ballot_and_nobody_elses(client, world, meeting, scrutin_id):
    sign_in(client, world, meeting.people[3])
    page = client.get(f"/ballots/{scrutin_id}").text
    assert "Nadia Legoff" in page
    assert "Je vote contre" in page
    assert "Zoé Œuvrard" not in page
    assert "Résolution adoptée" in page


def test_the_closed_urn_is_exported_to_be_counted_by_others(client, world, meeting, scrutin_id):
    sign_in(client, world, meeting.chair)
    assert "Télécharger les bulletins" in client.get(f"/ballots/{scrutin_id}").text
    lines = client.get(f"/ballots/{scrutin_id}/ballots.jsonl").text.splitlines()
    ballots = [json.loads(line) for line in lines]
    assert [one["choice"] for one in ballots].count("for") == 4
    assert urn_hash(one["receipt"] for one in ballots) in client.get(f"/ballots/{scrutin_id}").text
    assert all(one["scrutin"] == str(scrutin_id) for one in ballots)


def test_a_member_counts_again_the_archive_of_a_resolution(client, world, meeting, scrutin_id, tmp_path):
    sign_in(client, world, meeting.people[2])
    assert f"/ballots/{scrutin_id}#result" in client.get(f"/assemblies/{meeting.id}").text
    page = client.get(f"/ballots/{scrutin_id}").text
    assert all(picture in page for picture in ("Participation", "Voix"))
    (tmp_path / "vote.json").write_bytes(client.get(f"/ballots/{scrutin_id}/archive.json").data)
    told = json.loads((tmp_path / "vote.json").read_text())
    assert told["hashes"]["whole"] in page
    assert told["result"]["detail"]["decision"] == {"outcome": "adopted", "share": "4/5"}
    asked = [sys.executable, "tools/recount.py", str(tmp_path / "vote.json"), "--sceau", told["hashes"]["whole"]]
    assert "OUI" in subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    assert not any(person.name in json.dumps(told, ensure_ascii=False) for person in meeting.people)
    assert client.get(f"/ballots/{scrutin_id}/ballots.blt").text.startswith("3 1\n1 2 0\n4 1 0\n0\n")
    assert "4:O1/1,O2/0,O3/0" in client.get(f"/ballots/{scrutin_id}/ballots.abif").text


def test_a_member_does_not_download_the_ballots(client, world, meeting, scrutin_id):
    sign_in(client, world, meeting.people[2])
    assert client.get(f"/ballots/{scrutin_id}/ballots.jsonl").status_code == 403
    assert "Télécharger" not in client.get(f"/ballots/{scrutin_id}").text


def test_an_unknown_vote_is_nothing(client, world, meeting):
    sign_in(client, world, meeting.chair)
    assert client.get(f"/ballots/{meeting.id}").status_code == 404
    assert client.get(f"/ballots/{meeting.id}/ballots.jsonl").status_code == 404
