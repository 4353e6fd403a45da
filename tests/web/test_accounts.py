"""Signing in and out, one's own account, and the offices, as a browser meets them."""

import re
from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher

from coopgov.accounts import service
from coopgov.accounts.passwords import Passwords
from coopgov.core import outbox
from coopgov.core.policy import Role
from tests.service.counting import statements

TODAY = date(2026, 11, 24)
GOOD = "quatre mots sans rapport"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def _cheap(app):
    app.extensions["coopgov.passwords"] = CHEAP


@pytest.fixture
def lea(act):
    with act() as a:
        found = service.create_account(a, email="lea@example.org", name="Léa Petit")
        service.grant_role(a, account_id=found, role=Role.MEMBER, from_day=date(2026, 1, 1))
        service.set_password(a, account_id=found, hashed=CHEAP.make(GOOD))
    return found


@pytest.fixture
def admin(act):
    with act() as a:
        found = service.create_account(a, email="ada@example.org", name="Ada Admin")
        service.grant_role(a, account_id=found, role=Role.ADMINISTRATOR, from_day=date(2026, 1, 1))
        service.set_password(a, account_id=found, hashed=CHEAP.make(GOOD))
    return found


def ask_link(client, session, **more):
    client.post("/sign-in", data={"email": "lea@example.org", **more})
    session.rollback()
    return re.search(r"http://localhost:8000(/sign-in/link/\S+)", outbox.latest(session, limit=1)[0].body)[1]


def without_token(page):
    """A page but for its CSRF token, which is never twice the same."""
    return re.sub(r'name="csrf_token"( type="hidden")? value="[^"]+"', "", page)


def enter(client, email="lea@example.org", password=GOOD, **more):
    return client.post("/sign-in/password", data={"email": email, "password": password, **more})


def test_a_page_asks_to_sign_in_and_comes_back(client, lea):
    asked = client.get("/me?x=1")
    assert asked.location == "/sign-in?next=/me?x%3D1"
    assert 'value="/me?x=1"' in client.get(asked.location).text
    assert enter(client, next="/me?x=1").location == "/me?x=1"
    assert "Léa Petit" in client.get("/me").text


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"])
def test_next_leads_nowhere_else(client, lea, session, path):
    assert enter(client, next=path).location == "/"
    link = ask_link(client, session, next=path)
    assert client.post(link).location == "/"
    assert client.get("/sign-in", query_string={"next": path}).location == "/"


def test_a_mail_scanner_that_opens_the_link_does_not_burn_it(client, session, lea):
    link = ask_link(client, session, next="/me")
    for _ in range(3):
        assert "Léa Petit" in client.get(link).text
    assert client.get("/me").status_code == 303
    assert client.post(link).location == "/me"
    assert client.get("/me").status_code == 200


def test_a_link_works_once(app, client, session, lea):
    link = ask_link(client, session)
    client.post(link)
    thief = app.test_client()
    assert [thief.get(link).status_code, thief.post(link).status_code] == [422, 422]
    assert thief.get("/me").status_code == 303


def test_a_link_is_too_old_after_half_an_hour(client, session, lea, clock):
    link = ask_link(client, session)
    clock.forward(minutes=30)
    assert client.get(link).status_code == client.post(link).status_code == 422


def test_known_and_unknown_addresses_get_the_same_answer(app, lea):
    answers = []
    for email in ("lea@example.org", "nobody@example.org"):
        answer = app.test_client().post("/sign-in", data={"email": email}, follow_redirects=True)
        answers.append((answer.status_code, without_token(answer.text), sorted(answer.headers.keys())))
    assert answers[0] == answers[1]


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(app, lea):
    answers = [
        (answer.status_code, without_token(answer.text).replace(email, "EMAIL"))
        for email in ("lea@example.org", "bob@example.org")
        for answer in [enter(app.test_client(), email, "wrong password")]
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_too_many_passwords_answer_429_and_point_to_the_link(client, lea, session):
    for _ in range(5):
        assert enter(client, password="wrong").status_code == 422
    answer = enter(client)
    assert answer.status_code == 429
    assert "lien par courriel" in answer.text
    assert client.post(ask_link(client, session)).status_code == 303


def test_too_many_links_answer_429(client, lea):
    for _ in range(5):
        client.post("/sign-in", data={"email": "lea@example.org"})
    assert client.post("/sign-in", data={"email": "lea@example.org"}).status_code == 429


def test_what_is_no_address_is_told_beside_its_field(client):
    answer = client.post("/sign-in", data={"email": "lea"})
    assert answer.status_code == 422
    assert "« lea » n’est pas une adresse" in answer.text.replace("\u00a0", " ")


def test_a_copied_cookie_opens_nothing_after_signing_out(client, lea):
    enter(client)
    copied = client.get_cookie("coopgov").value
    client.post("/sign-out")
    client.set_cookie("coopgov", copied)
    assert client.get("/me").status_code == 303


def test_a_session_planted_before_signing_in_is_thrown_away(client, lea):
    with client.session_transaction() as planted:
        planted.update(language="en", cart="evil", _user_id="chosen by somebody else")
    enter(client)
    with client.session_transaction() as own:
        assert own["language"] == "en"
        assert "cart" not in own
        assert own["_user_id"] != "chosen by somebody else"


def test_signing_in_again_ends_the_session_before(app, client, lea):
    enter(client)
    old = client.get_cookie("coopgov").value
    enter(client)
    thief = app.test_client()
    thief.set_cookie("coopgov", old)
    assert thief.get("/me").status_code == 303


def test_signing_out_everywhere_reaches_the_other_browsers(app, client, lea):
    phone = app.test_client()
    enter(client)
    enter(phone)
    client.post("/me/sign-out-everywhere")
    assert [browser.get("/me").status_code for browser in (client, phone)] == [303, 303]


def test_one_session_can_be_ended_from_another_browser(app, client, lea, clock):
    phone = app.test_client()
    phone.post(
        "/sign-in/password",
        data={"email": "lea@example.org", "password": GOOD},
        headers={"User-Agent": "Firefox Android"},
    )
    clock.forward(minutes=1)
    enter(client)
    page = client.get("/me").text
    assert "Firefox · Android" in page
    addresses = re.findall(r"/me/sessions/[0-9a-f-]+/end", page)
    assert len(addresses) == 2
    client.post(addresses[1])
    assert [client.get("/me").status_code, phone.get("/me").status_code] == [200, 303]


def test_a_password_is_changed_only_by_who_knows_it(client, lea):
    enter(client)
    chosen = {"password": "cinq autres mots encore"}
    assert client.post("/me/password", data={"current": "wrong", **chosen}).status_code == 422
    assert client.post("/me/password", data={"current": GOOD, "password": "short"}).status_code == 422
    assert client.post("/me/password", data={"current": GOOD, **chosen}).status_code == 303
    client.post("/sign-out")
    assert enter(client).status_code == 422
    assert enter(client, password=chosen["password"]).status_code == 303


def test_who_forgot_a_password_chooses_a_new_one_just_after_a_link(client, lea, session, clock):
    client.post(ask_link(client, session))
    assert "current" not in re.findall(r'name="(\w+)"', client.get("/me").text)
    clock.forward(minutes=16)
    assert "current" in re.findall(r'name="(\w+)"', client.get("/me").text)


def test_a_mandate_that_ended_yesterday_opens_nothing_today(client, act, admin, lea):
    enter(client, "ada@example.org")
    assert client.get("/people").status_code == 200
    with act() as a:
        service.grant_role(a, account_id=lea, role=Role.ADMINISTRATOR, from_day=TODAY)
        service.end_role(a, account_id=admin, role=Role.ADMINISTRATOR, last_day=TODAY - timedelta(days=1))
    assert client.get("/people").status_code == 403
    assert client.post("/sign-out").status_code == 303


def test_offices_are_for_the_administrator_alone(client, lea):
    enter(client)
    paths = ["/people", "/people/new", f"/people/{lea}", f"/people/{lea}/mandates/end"]
    assert [client.get(path).status_code for path in paths] == [403] * 4
    data = {"role": "administrator", "from_day": "2026-11-24", "decision": "moi"}
    assert client.post(f"/people/{lea}/mandates", data=data).status_code == 403


def test_the_administrator_gives_and_ends_an_office(client, admin, lea):
    enter(client, "ada@example.org")
    given = {"role": "board", "from_day": "2026-11-24", "until_day": "", "decision": "AG du 20 novembre"}
    assert client.post(f"/people/{lea}/mandates", data=given).status_code == 303
    assert "AG du 20 novembre" in client.get(f"/people/{lea}").text
    assert client.post(f"/people/{lea}/mandates", data=given).status_code == 422
    ended = {"role": "board", "last_day": "2026-11-24", "decision": "démission"}
    assert client.get(f"/people/{lea}/mandates/end").status_code == 200
    assert client.post(f"/people/{lea}/mandates/end", data=ended).status_code == 303
    assert client.post(f"/people/{lea}/mandates/end", data=ended).status_code == 422


def test_nobody_gives_or_takes_a_vote_by_hand(client, act, admin, lea):
    enter(client, "ada@example.org")
    given = {"role": "member", "from_day": "2026-11-24", "until_day": "", "decision": "moi"}
    assert client.post(f"/people/{admin}/mandates", data=given).status_code == 422
    ended = {"role": "member", "last_day": "2026-11-23", "decision": "moi"}
    assert client.post(f"/people/{lea}/mandates/end", data=ended).status_code == 422


def test_the_administrator_adds_somebody_once(client, admin):
    enter(client, "ada@example.org")
    data = {"email": "rev@example.org", "name": "Ré Viseur", "role": "administrator", "id": "1", "is_admin": "1"}
    made = client.post("/people/new", data=data)
    assert made.status_code == 303
    assert "Aucune fonction" in client.get(made.location).text
    assert client.post("/people/new", data=data).status_code == 422
    assert "Ré Viseur" in client.get("/people?q=REV@").text


@pytest.mark.parametrize("query", ["q=%00", "after=%00", "q=%25%5F", "q=" + "a" * 5000])
def test_odd_searches_are_answered(client, admin, query):
    enter(client, "ada@example.org")
    assert client.get("/people?" + query).status_code == 200


def test_every_page_asks_the_table_once_who_is_there(app, client, lea):
    enter(client)
    with statements() as seen:
        client.get("/sign-in")
    # How often is asked does not hang on the engine; what PostgreSQL's driver is asked straight is not heard here.
    heard = app.extensions["coopgov.config"].is_sqlite
    assert len([sql for sql in seen if "account_session" in sql]) == heard
