"""The retro-planning on its page and in a calendar: everything for the offices, her own dates for a member."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from coopgov.core.policy import Role
from tests.assemblies_world import HELD_AT, wire

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found()
    return found


@pytest.fixture
def browser(app, world):
    """A browser signed in as that member: 0 sits on the board, 1 is the secretary, 2 a teller."""
    return lambda n: world.sign_in(app.test_client(), n)


def get(client, path):
    page = client.get(path)
    assert page.status_code == 200, page.text[:500]
    return page.text.replace("\u202f", " ").replace("\u00a0", " ")


def events(client, assembly_id):
    answer = client.get(f"/assemblies/{assembly_id}/deadlines.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    calendar = Calendar.from_ical(answer.data)
    return calendar, {str(event["uid"]).split(".")[-1].split("@")[0]: event for event in calendar.walk("VEVENT")}


def with_accounts(world):
    assembly_id = world.plan()
    world.do("add_accounts_item", assembly_id=assembly_id, year_end=date(2026, 12, 31))
    return assembly_id


def test_the_board_sees_every_deadline_with_its_article_and_the_days_left(browser, world):
    page = get(browser(0), f"/assemblies/{with_accounts(world)}/deadlines")
    assert "31 décembre 2026 · dans 37 jours · par le conseil" in page
    assert "Gardez une marge : envoyez-la le 30 décembre 2026, jour ouvré." in page
    assert "14 janvier 2027 à 15:00" in page
    for article in ("R225-63", "R225-69", "R225-84", "R225-90", "L232-23"):
        assert article in page
    assert "Dépôt des comptes en ligne" in page
    assert "Ce n’est pas un jour ouvré : agissez avant." in page


def test_the_preparation_and_the_assembly_lead_to_the_deadlines(browser, world):
    prepared = world.plan()
    assert f"/assemblies/{prepared}/deadlines" in get(browser(0), f"/assemblies/{prepared}/prepare")
    world.do("convene", assembly_id=prepared)
    assert f"/assemblies/{prepared}/deadlines" in get(browser(5), f"/assemblies/{prepared}")


def test_a_member_sees_her_own_dates_once_the_assembly_is_convened(browser, world):
    assembly_id, member = with_accounts(world), browser(5)
    assert member.get(f"/assemblies/{assembly_id}/deadlines").status_code == 404
    assert member.get(f"/assemblies/{assembly_id}/deadlines.ics").status_code == 404
    world.do("convene", assembly_id=assembly_id)
    page = get(member, f"/assemblies/{assembly_id}/deadlines")
    assert "Questions écrites" in page
    assert "Dépôt des comptes" not in page
    assert "filing_online" not in events(member, assembly_id)[1]
    world.grant(6, Role.TREASURER)
    assert "Dépôt des comptes" in get(browser(6), f"/assemblies/{assembly_id}/deadlines")


def test_what_is_past_is_said_in_words(browser, world):
    assembly_id = world.convened()
    world.clock.now = HELD_AT - timedelta(days=3)
    page = get(browser(0), f"/assemblies/{assembly_id}/deadlines")
    assert "31 décembre 2026 · passé, il y a 12 jours" in page
    assert "11 janvier 2027 · passé depuis hier" in page
    assert "12 janvier 2027 · aujourd’hui" in page
    assert 'aria-current="step"' in page


def test_the_calendar_file_holds_whole_days_and_hours_of_paris(browser, world):
    calendar, found = events(browser(0), with_accounts(world))
    assert found["notice"].decoded("dtstart") == date(2026, 12, 31)
    assert found["notice"].decoded("dtend") == date(2027, 1, 1)
    assert found["remote_vote"].decoded("dtstart") == datetime(2027, 1, 14, 15, tzinfo=PARIS)
    assert found["remote_vote"]["dtstart"].params["TZID"] == "Europe/Paris"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    assert str(found["assembly"]["location"]) == "Valence"
    assert str(found["questions"]["summary"]).startswith("Questions écrites – ")
    assert "R225-84" in str(found["questions"]["description"])


def test_taking_the_file_again_updates_the_same_events(browser, world):
    assembly_id, board = with_accounts(world), browser(0)
    before = events(board, assembly_id)[1]
    world.do(
        "revise", assembly_id=assembly_id, title="", held_at=HELD_AT + timedelta(days=7), place="Valence",
        remote_vote=True,
    )  # fmt: skip
    after = events(board, assembly_id)[1]
    assert {code: str(event["uid"]) for code, event in before.items()} == {
        code: str(event["uid"]) for code, event in after.items()
    }
    assert after["notice"].decoded("dtstart") == date(2027, 1, 7)


def test_a_cancelled_assembly_takes_its_events_out_of_the_calendar(browser, world):
    assembly_id, board = world.convened(), browser(0)
    world.do("cancel", assembly_id=assembly_id, reason="La salle est fermée.")
    assert "Cette assemblée est annulée" in get(board, f"/assemblies/{assembly_id}/deadlines")
    assert {str(event["status"]) for event in events(board, assembly_id)[1].values()} == {"CANCELLED"}


@pytest.mark.parametrize("ending", ["deadlines", "deadlines.ics"])
def test_the_deadlines_are_for_people_signed_in_and_of_an_assembly_there_is(app, browser, world, ending):
    stranger = app.test_client().get(f"/assemblies/{world.convened()}/{ending}")
    assert stranger.status_code in (303, 401, 302)
    assert browser(0).get(f"/assemblies/{uuid4()}/{ending}").status_code == 404


def test_the_board_issues_the_paper_and_finds_it_below(browser, world):
    assembly_id, board = world.plan(), browser(0)
    page = get(board, f"/assemblies/{assembly_id}/deadlines")
    assert (
        "sans ceux d’Alsace et de Moselle : le code postal du siège le dit (12 rue des Ateliers, 26000 Valence)" in page
    )
    answer = board.post(f"/assemblies/{assembly_id}/deadlines/paper", data={"language": "fr"})
    assert answer.status_code == 303
    assert "Rétroplanning – Assemblée générale ordinaire" in get(board, f"/assemblies/{assembly_id}/deadlines")
    world.do("convene", assembly_id=assembly_id)
    member = browser(5)
    assert "Rétroplanning –" not in get(member, f"/assemblies/{assembly_id}/deadlines")
    assert member.post(f"/assemblies/{assembly_id}/deadlines/paper").status_code == 403
    world.do("cancel", assembly_id=assembly_id, reason="La salle est fermée.")
    refused = board.post(f"/assemblies/{assembly_id}/deadlines/paper")
    assert (refused.status_code, "aucune de ses échéances n’est à tenir" in refused.text) == (422, True)


def test_an_assembly_whose_day_passed_is_said_not_held_and_asks_for_nothing_but_its_reason(browser, world):
    assembly_id = world.convened()
    world.clock.now = HELD_AT + timedelta(days=2)
    board, member = browser(0), browser(5)
    page = get(member, f"/assemblies/{assembly_id}")
    assert "elle n’a pas été tenue" in page
    assert "Ce que vous pouvez faire" not in page
    assert "Leur jour est passé" in get(member, "/assemblies/")
    assert "La salle" not in get(board, f"/assemblies/{assembly_id}")
    assert "Constater qu’elle n’a pas été tenue" in get(board, f"/assemblies/{assembly_id}/cancel")
    assert board.post(f"/assemblies/{assembly_id}/cancel", data={"reason": ""}).status_code == 422
    answer = board.post(f"/assemblies/{assembly_id}/cancel", data={"reason": "Neige."}, follow_redirects=True)
    assert "Il est noté que l’assemblée n’a pas été tenue." in answer.text
    assert "Non tenue" in answer.text
    assert "Leur jour est passé" not in answer.text
