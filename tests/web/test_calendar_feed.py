"""A calendar to subscribe to: for whom, what is in it, what moves, and who reads nothing any more."""

import re
from datetime import date, timedelta
from hashlib import sha256

import pytest
from icalendar import Calendar

from coopgov.accounts import service
from coopgov.accounts.models import CalendarAddress
from coopgov.core import journal
from coopgov.core.policy import Role
from tests.assemblies_world import HELD_AT, wire


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found()
    return found


@pytest.fixture
def address(app, world):
    """Make the address of a member; 0 sits on the board."""

    def make(n):
        page = world.sign_in(app.test_client(), n).post("/me/calendar")
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
        return re.search(r"<code>https?://[^/]+(/calendar/[\w-]{43}\.ics)</code>", page.text)[1]

    return make


@pytest.fixture
def program(app):
    """What a calendar program, signed in nowhere, is answered."""
    return lambda path, **headers: app.test_client().get(path, headers=headers)


def events(answer):
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    found = Calendar.from_ical(answer.data).walk("VEVENT")
    return {str(event["uid"]): event for event in found}


def codes(answer):
    return {uid.partition("@")[0].partition(".")[2] for uid in events(answer)}


def test_a_member_reads_the_assemblies_she_is_convened_to_and_the_end_of_votes(world, address, program):
    mine = address(5)
    planned = world.plan()
    assert events(program(mine)) == {}
    world.do("convene", assembly_id=planned)
    found = events(program(mine))
    assert codes(program(mine)) == {"assembly", "remote_vote", "paper_forms"}
    event = found[f"{planned}.assembly@coopgov"]
    assert event.decoded("dtstart") == HELD_AT
    assert event["url"].endswith(f"/assemblies/{planned}/deadlines")
    assert "Membre05" not in program(mine).text
    assert "m5@exemple.fr" not in program(mine).text


def test_the_board_reads_every_deadline_of_all_assemblies_for_as_long_as_the_office_lasts(world, address, program):
    mine, assembly_id = address(0), world.plan()
    world.do("add_accounts_item", assembly_id=assembly_id, year_end=date(2026, 12, 31))
    assert {"notice", "items", "questions", "remote_vote", "annual", "filing_online"} <= codes(program(mine))
    chair = world.account(0)
    with world.act() as act:
        service.end_role(act, account_id=chair, role=Role.BOARD, last_day=date(2026, 11, 24))
    world.forward(days=1)
    assert codes(program(mine)) == set()


def test_an_assembly_that_moves_moves_and_one_that_is_cancelled_is_cancelled(world, address, program):
    mine, assembly_id = address(0), world.plan()
    before = events(program(mine))
    world.forward(minutes=5)
    world.do(
        "revise", assembly_id=assembly_id, title="", held_at=HELD_AT + timedelta(days=7), place="Valence",
        remote_vote=True,
    )  # fmt: skip
    after = events(program(mine))
    assert after.keys() == before.keys()
    name = f"{assembly_id}.notice@coopgov"
    assert (before[name].decoded("dtstart"), after[name].decoded("dtstart")) == (date(2026, 12, 31), date(2027, 1, 7))
    assert after[name].decoded("dtstamp") > before[name].decoded("dtstamp")
    world.do("cancel", assembly_id=assembly_id, reason="La salle est fermée.")
    assert {str(event["status"]) for event in events(program(mine)).values()} == {"CANCELLED"}


def test_a_calendar_that_did_not_change_is_not_sent_again(world, address, program):
    mine = address(5)
    world.convened()
    first = program(mine)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in first.headers
    head = first.text.partition("BEGIN:V")[2].splitlines()
    assert {"VERSION:2.0", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"} <= set(head)
    known, since = {"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}
    world.forward(hours=1)
    assert [program(mine, **headers).status_code for headers in (known, since)] == [304, 304]
    world.do("cancel", assembly_id=world.convened(held_at=HELD_AT + timedelta(days=30)), reason="Erreur.")
    assert [program(mine, **headers).status_code for headers in (known, since)] == [200, 200]


def test_only_the_hash_of_the_secret_is_kept_and_another_address_ends_the_first(app, world, address, program):
    first, second = address(5), address(5)
    token = second.removeprefix("/calendar/").removesuffix(".ics")
    [kept] = world.session.query(CalendarAddress).all()
    assert kept.token_hash == sha256(token.encode()).hexdigest()
    assert program(second).status_code == 200
    own = world.sign_in(app.test_client(), 5)
    assert token not in own.get("/me/calendar").text
    own.post("/me/calendar/revoke")
    gone = [program(path) for path in (first, second, "/calendar/jamais.ics", f"/calendar/{'é' * 200}.ics")]
    assert {answer.status_code for answer in gone} == {404}
    assert len({re.sub(r'(value|nonce|content)="[^"]*"', "", answer.text) for answer in gone}) == 1
    own.post("/me/calendar/revoke")  # nothing to end: nothing is noted
    kinds = [entry.kind for entry in journal.entries_about(world.session, f"account:{world.account(5)}")]
    assert kinds[-3:] == ["account.calendar_made", "account.calendar_made", "account.calendar_revoked"]


def test_the_page_says_what_is_inside_and_asks_for_a_session(app, world):
    assert app.test_client().get("/me/calendar").status_code == 303
    board, member = (world.sign_in(app.test_client(), n).get("/me/calendar").text for n in (0, 5))
    assert "toutes les échéances" in board
    assert "toutes les échéances" not in member
    assert "Créer mon adresse" in member
