"""The page where a member checks a vote and her own ballot."""

import json

import pytest

from coopgov.assemblies import queries as assemblies
from coopgov.ballots.recount import hash_of_urn, recount
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
    counted = recount(lines)
    assert sum(college["for"] for college in counted.values()) == 4
    assert hash_of_urn(lines) in client.get(f"/ballots/{scrutin_id}").text
    assert all(json.loads(line)["scrutin"] == str(scrutin_id) for line in lines)


def test_a_member_does_not_download_the_ballots(client, world, meeting, scrutin_id):
    sign_in(client, world, meeting.people[2])
    assert client.get(f"/ballots/{scrutin_id}/ballots.jsonl").status_code == 403
    assert "Télécharger" not in client.get(f"/ballots/{scrutin_id}").text


def test_an_unknown_vote_is_nothing(client, world, meeting):
    sign_in(client, world, meeting.chair)
    assert client.get(f"/ballots/{meeting.id}").status_code == 404
    assert client.get(f"/ballots/{meeting.id}/ballots.jsonl").status_code == 404
