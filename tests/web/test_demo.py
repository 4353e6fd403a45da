"""The demonstration's own pages, which exist nowhere else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coopgov.accounts import service as accounts
from coopgov.app import create_app
from coopgov.core import clock as real_clock
from coopgov.core import outbox
from coopgov.core.act import open_act
from coopgov.core.db import db
from coopgov.core.policy import SYSTEM, Role
from coopgov.demo import service
from coopgov.demo.cast import Part
from coopgov.demo.models import DemoClock
from tests.conftest import Browser

NO_MAIL = "/demo/mailbox/00000000-0000-4000-8000-000000000001"
ADDRESSES = ["/demo/", "/demo/mailbox", NO_MAIL, "/demo/clock", "/demo/composants"]
DOORS = ["/demo/characters/awa", "/demo/clock", "/demo/clock/day", "/demo/clock/week"]
PART = Part("awa", "Awa", "Diallo", "une créatrice", "a maker")


@pytest.fixture
def demo(app):
    """The same application made for the demonstration, on the same database."""
    made = create_app(replace(app.extensions["coopgov.config"], demo=True))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    made.test_client_class = Browser
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def visitor(demo):
    return demo.test_client()


@pytest.fixture
def demo_act(demo):
    return lambda: open_act(demo.extensions["coopgov.runtime"], SYSTEM)


@pytest.fixture
def awa(demo_act):
    with demo_act() as a:
        found = accounts.create_account(a, email="awa@example.org", name="Awa Diallo")
        accounts.grant_role(a, account_id=found, role=Role.MEMBER, from_day=a.today)
        service.register_character(a, part=PART, account_id=found)
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_outside_the_demonstration_its_pages_do_not_exist(client, signed_in, address):
    assert client.get(address).status_code == 404
    assert signed_in(Role.ADMINISTRATOR).get(address).status_code == 404


@pytest.mark.parametrize("door", DOORS)
def test_outside_the_demonstration_its_doors_do_not_exist(client, door):
    assert client.post(door, data={"to": "2030-01-01T10:00"}).status_code == 404


def test_outside_the_demonstration_no_page_leads_to_it(client, signed_in):
    for page in (client.get("/sign-in").text, signed_in(Role.MEMBER).get("/me").text):
        assert "/demo/" not in page


def test_a_visitor_becomes_a_character(visitor, awa):
    page = visitor.get("/demo/").text
    assert "Awa Diallo" in page
    assert "une créatrice" in page
    assert visitor.post("/demo/characters/awa").status_code == 303
    assert "Awa Diallo" in visitor.get("/me").text
    assert visitor.post("/demo/characters/nobody").status_code == 404


def test_a_character_registered_again_stands_once(visitor, demo_act, awa):
    with demo_act() as a:
        service.register_character(a, part=replace(PART, label_fr="une céramiste"), account_id=awa)
    page = visitor.get("/demo/").text
    assert page.count("/demo/characters/awa") == 1
    assert "une céramiste" in page


def test_the_link_of_a_mail_can_be_followed(visitor, awa):
    visitor.post("/sign-in", data={"email": "awa@example.org"})
    (message,) = outbox.latest(db.session(), limit=5)
    assert message.subject in visitor.get("/demo/mailbox").text
    page = visitor.get(f"/demo/mailbox/{message.id}").text
    link = page.split('<a href="/sign-in/link/')[1].split('"')[0]
    assert visitor.post(f"/sign-in/link/{link}").status_code == 303


def test_an_unknown_mail_is_not_found(visitor):
    assert visitor.get(NO_MAIL).status_code == 404


@pytest.mark.parametrize(("step", "span"), [("day", timedelta(days=1)), ("week", timedelta(weeks=1))])
def test_the_date_moves_forward(demo, visitor, step, span):
    before = demo.extensions["coopgov.runtime"].clock()
    assert visitor.post(f"/demo/clock/{step}").status_code == 303
    moved = demo.extensions["coopgov.runtime"].clock() - before
    assert span <= moved < span + timedelta(minutes=1)


def test_a_character_stays_signed_in_while_the_date_moves(visitor, awa):
    visitor.post("/demo/characters/awa")
    for _ in range(6):
        visitor.post("/demo/clock/week")
    assert visitor.get("/me").status_code == 200


def test_the_date_never_moves_back(demo, visitor):
    visitor.post("/demo/clock/week")
    before = demo.extensions["coopgov.runtime"].clock()
    assert visitor.post("/demo/clock", data={"to": "2020-01-01T10:00"}).status_code == 422
    assert visitor.post("/demo/clock", data={"to": "9999-01-01T10:00"}).status_code == 422
    assert visitor.post("/demo/clock", data={"to": "soon"}).status_code == 422
    assert timedelta(0) <= demo.extensions["coopgov.runtime"].clock() - before < timedelta(minutes=1)


def test_every_page_shows_the_date_of_the_demonstration(visitor):
    visitor.post("/demo/clock", data={"to": f"{real_clock.now().year + 2}-03-04T10:00"})
    assert f"4 mars {real_clock.now().year + 2}" in visitor.get("/sign-in").text


def test_a_story_played_into_the_future_goes_on_from_there(demo):
    runtime = demo.extensions["coopgov.runtime"]
    end = real_clock.now() + timedelta(days=100)
    with open_act(replace(runtime, clock=lambda: end), SYSTEM) as a:
        service.keep_time(a)
    assert abs(runtime.clock() - end) < timedelta(minutes=1)


def test_the_clock_can_be_read_inside_and_outside_an_act(demo, demo_act):
    with demo_act() as a:
        service.move_clock(a, by=timedelta(days=3))
        assert a.session.get(DemoClock, 1) is not None
    ahead = demo.extensions["coopgov.runtime"].clock() - real_clock.now()
    assert timedelta(days=2, hours=23) < ahead <= timedelta(days=3)


def test_the_page_of_components_shows_them(visitor):
    assert visitor.get("/demo/composants").status_code == 200
