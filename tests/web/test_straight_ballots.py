"""A member's own remote ballots go straight into the urn, and nobody's get there who may not vote."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from coopgov.accounts import service as accounts
from coopgov.accounts.rules import How
from coopgov.assemblies import queries
from coopgov.assemblies.forms import ballot_name
from coopgov.assemblies.models import RemotePresence
from coopgov.ballots import queries as ballots
from coopgov.ballots import service as votes
from coopgov.config import ROOT
from coopgov.core.db import db
from coopgov.core.policy import Role
from tests.assemblies_world import wire
from tests.service.counting import statements

CHAIR, VOTER, OTHER = 0, 3, 4


@pytest.fixture
def world(app, clock):
    """Six members convened to vote on two resolutions, one of them secretly."""
    found = wire(app, clock)
    found.found(count=6)
    assembly, teller = found.plan(texts=2), found.account(2)
    found.do("set_secret", item_id=found.items(assembly)[1], is_secret=True)
    with found.act() as act:
        votes.make_teller_key(act, account_id=teller, name="Zoé")
    found.do("convene", assembly_id=assembly)
    found.path, found.agenda = f"/assemblies/{assembly}/vote", queries.agenda(found.session, assembly)
    found.session.rollback()
    return found


def sheet(world, n, *, choice="for", token="t" * 24):
    """What a member sends for both resolutions."""
    answers = {ballot_name(item.id, world.ids[n]): choice for item in world.agenda}
    return {**answers, "step": "cast", "token": token}


def enter(world, n, how=How.LINK):
    """A browser signed in by a link, as members are; gives its token too."""
    account = world.account(n)
    with world.act() as act:
        token = accounts.open_session(act, account_id=account, how=how)
    browser = world.app.test_client()
    with browser.session_transaction() as kept:
        kept["_user_id"] = token
    return browser, token


def in_the_urns(world):
    """How many ballots there are of each vote."""
    found = ballots.turnouts(world.session, [item.scrutin_id for item in world.agenda])
    world.session.rollback()
    return [found.get(item.scrutin_id, 0) for item in world.agenda]


def test_a_sheet_goes_into_the_urn_without_a_session_of_the_database(world):
    assert enter(world, VOTER)[0].post(world.path, data=sheet(world, VOTER)).status_code == 303
    other, _token = enter(world, OTHER)
    with statements() as sent:
        answer = other.post(world.path, data=sheet(world, OTHER))
    assert (answer.status_code, sent, in_the_urns(world)) == (303, [], [2, 2])
    page = other.get(answer.location)
    assert "Bulletins déposés dans l’urne" in page.text


def test_the_same_sheet_again_is_one_ballot_and_another_is_refused_whole(world):
    voter, _token = enter(world, VOTER)
    receipts = []
    for _ in range(3):
        assert voter.post(world.path, data=sheet(world, VOTER)).status_code == 303
        scrutins = [item.scrutin_id for item in world.agenda]
        receipts.append([row.receipt for row in ballots.ballots_of(world.session, scrutins, [world.ids[VOTER]])])
        world.session.rollback()
    assert receipts == [receipts[0]] * 3
    # The named one stays: so does the secret one, which alone might have been replaced.
    assert voter.post(world.path, data=sheet(world, VOTER, choice="against", token="u" * 24)).status_code == 422
    scrutins = [item.scrutin_id for item in world.agenda]
    assert [row.receipt for row in ballots.ballots_of(world.session, scrutins, [world.ids[VOTER]])] == receipts[0]


def test_a_session_that_is_over_or_without_the_office_casts_nothing(world):
    ended, token = enter(world, VOTER)
    with world.act() as act:
        accounts.sign_out(act, token=token)
    stranger = world.app.test_client()
    board, (member, _token) = enter(world, CHAIR)[0], enter(world, VOTER)
    assert {who.post(world.path, data=sheet(world, VOTER)).status_code for who in (ended, stranger)} == {401}
    assert member.post(world.path, data=sheet(world, OTHER)).status_code == 422
    world.forward(hours=13)
    assert board.post(world.path, data=sheet(world, CHAIR)).status_code == 401
    assert in_the_urns(world) == [0, 0]
    world.forward(days=31)
    assert member.post(world.path, data=sheet(world, VOTER)).status_code == 401
    assert in_the_urns(world) == [0, 0]
    shown, _token = enter(world, OTHER, How.DEMONSTRATION)
    assert shown.post(world.path, data=sheet(world, OTHER)).status_code == 303
    assert in_the_urns(world) == [1, 1]


def test_who_holds_no_office_casts_straight_with_the_session_of_yesterday(world):
    voters = [enter(world, n)[0] for n in (VOTER, OTHER)]
    world.forward(hours=13)
    assert voters[0].post(world.path, data=sheet(world, VOTER)).status_code == 303
    with statements() as sent:
        answer = voters[1].post(world.path, data=sheet(world, OTHER))
    assert (answer.status_code, sent, in_the_urns(world)) == (303, [], [2, 2])


def test_an_office_that_ended_yesterday_casts_nothing(world):
    voter, _token = enter(world, VOTER)
    account = world.account(VOTER)
    with world.act() as act:
        accounts.end_role(act, account_id=account, role=Role.MEMBER, last_day=act.today - timedelta(days=1))
    assert voter.post(world.path, data=sheet(world, VOTER)).status_code == 403
    assert in_the_urns(world) == [0, 0]


def test_each_ballot_around_the_closing_is_taken_and_counted_or_refused_and_absent(world):
    voters = [enter(world, n, How.DEMONSTRATION)[0] for n in range(len(world.ids))]
    closes_at = ballots.get_scrutin(world.session, world.agenda[0].scrutin_id).window.closes_at
    world.session.rollback()
    steps = [timedelta(microseconds=step) for step in (-5_000_000, -1_000, -1, 0, 1, 5_000_000)]
    answers = {}
    for n, (step, browser) in enumerate(zip(steps, voters, strict=True)):
        world.clock.now = closes_at + step
        answers[step] = browser.post(world.path, data=sheet(world, n)).status_code
    assert list(answers.values()) == [303] * 3 + [422] * 3
    assert in_the_urns(world) == [3, 3]


def test_sheets_acknowledged_before_the_server_is_killed_are_in_the_urn_whole(world, tmp_path):
    sheets = [(enter(world, n)[1], sheet(world, n, token=f"{n:024d}")) for n in range(len(world.ids))]
    url, now = world.app.extensions["coopgov.config"].database_url, world.clock.now.isoformat()
    db.session.remove()
    thing = json.dumps({"rounds": 5, "path": world.path, "sheets": sheets})
    command = [sys.executable, "-m", "tests.service.dying", "ballots", thing, str(tmp_path), url, now, "mailbox:"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    acknowledged = {world.ids[int(number)] for number in done.stdout.split()}
    scrutins = [item.scrutin_id for item in world.agenda]
    kept = {
        (row.scrutin_id, row.voter_id): row.receipt for row in ballots.ballots_of(world.session, scrutins, world.ids)
    }
    voters = {voter for _scrutin, voter in kept}
    assert acknowledged
    assert acknowledged <= voters
    # Both ballots of a sheet and the presence of its voter, or nothing of them.
    assert set(kept) == {(scrutin, voter) for scrutin in scrutins for voter in voters}
    assert set(world.session.scalars(select(RemotePresence.member_id))) == voters
    for n, (token, fields) in enumerate(sheets):
        browser = world.app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
        assert browser.post(world.path, data=fields).status_code == 303, n
    again = {
        (row.scrutin_id, row.voter_id): row.receipt for row in ballots.ballots_of(world.session, scrutins, world.ids)
    }
    assert {pair: again[pair] for pair in kept} == kept
