"""Nothing is open by accident: each route asks for a token, for a person and for an office."""

import re
from datetime import date
from uuid import UUID

import pytest
from werkzeug.exceptions import Unauthorized
from werkzeug.routing import Rule

from coopgov.accounts import service
from coopgov.core.policy import Permission, Role
from coopgov.web.guard import PUBLIC, requires

AN_ID = UUID(int=1)
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
# What stands in an address in the place of each kind of part.
PLACES = {"UUIDConverter": AN_ID, "KeptInteger": 1, "UnicodeConverter": "x", "PathConverter": "x"}


def address_of(rule: Rule) -> str:
    """An address of that route, naming things that do not exist."""
    parts = {name: _place(converter) for name, converter in rule._converters.items()}
    return rule.build(parts, append_unknown=False)[1]


def _place(converter):
    choices = getattr(converter, "items", None)
    return sorted(choices)[0] if choices else PLACES[type(converter).__name__]


def routes(app, methods, *, public=True):
    """The (method, address, endpoint) of every route with one of these methods."""
    return [
        (method, address_of(rule), rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods & methods)
        if rule.endpoint != "static" and (public or guard_of(app, rule.endpoint) != PUBLIC)
    ]


def guard_of(app, endpoint):
    return getattr(app.view_functions[endpoint], "guarded_by", None)


@pytest.fixture
def csrf(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


def signed_in(app, act, account_id):
    """A browser of that person, who has just signed in."""
    with act() as a:
        token = service.open_session(a, account_id=account_id, how="demonstration")
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


@pytest.fixture
def without_office(app, act):
    """A browser of somebody who can sign in and holds no office today."""
    with act() as a:
        account_id = service.create_account(a, email="old@example.org", name="Ancienne Membre")
    return signed_in(app, act, account_id)


def token_in(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def test_every_writing_route_refuses_what_has_no_token(app, client, csrf):
    for method, address, endpoint in routes(app, WRITES):
        assert client.open(address, method=method).status_code == 400, endpoint


def test_every_writing_route_refuses_a_wrong_token(app, client, csrf):
    stolen = token_in(app.test_client().get("/").text)
    for method, address, endpoint in routes(app, WRITES):
        for token in ("nonsense", stolen):
            answer = client.open(address, method=method, data={"csrf_token": token})
            assert answer.status_code == 400, endpoint


def test_a_form_with_its_own_token_is_taken(client, csrf):
    token = token_in(client.get("/").text)
    assert client.post("/language", data={"language": "en", "csrf_token": token}).status_code == 303


def test_a_refused_token_says_what_to_do(client, csrf):
    assert "rechargez la page" in client.post("/language", data={"language": "en"}).text


def test_every_closed_page_sends_a_stranger_to_sign_in_and_back(app, client):
    for _, address, endpoint in routes(app, {"GET"}, public=False):
        if not address.startswith("/api/"):
            answer = client.get(address)
            assert (answer.status_code, answer.headers.get("Location")) == (303, f"/sign-in?next={address}"), endpoint
            assert client.head(address).status_code == 303, endpoint


def test_the_way_back_keeps_the_question(client):
    assert client.get("/people?q=a&after=b").headers["Location"] == "/sign-in?next=/people?q%3Da%26after%3Db"


def test_every_closed_writing_route_refuses_a_stranger(app, client):
    for method, address, endpoint in routes(app, WRITES, public=False):
        assert client.open(address, method=method).status_code == 401, endpoint


def test_every_closed_route_refuses_somebody_without_office(app, without_office):
    for method, address, endpoint in routes(app, WRITES | {"GET"}, public=False):
        assert without_office.open(address, method=method).status_code == 403, endpoint


def test_a_program_is_told_to_sign_in_and_not_sent_to_a_page(app):
    closed = requires(Permission.TERMS_SEE)(lambda: "secret")
    with app.test_request_context("/api/v1/secret"), pytest.raises(Unauthorized):
        closed()


def test_a_view_that_says_nothing_answers_nobody(app, client, monkeypatch):
    monkeypatch.setitem(app.view_functions, "home.index", lambda: "open")
    assert client.get("/").status_code == 403


def test_a_forged_or_ended_session_is_nobody(app, client, act, clock):
    for token in ("", "x", "0" * 43, "' OR 1=1 --"):
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        assert client.get("/me").status_code == 303, token


def test_an_office_opens_its_pages_on_its_days_only(app, act, clock):
    day = date(2026, 11, 25)
    with act() as a:
        account_id = service.create_account(a, email="ada@example.org", name="Ada")
        service.grant_role(a, account_id=account_id, role=Role.ADMINISTRATOR, from_day=day, until_day=day)
    statuses = []
    for _ in range(3):
        statuses.append(signed_in(app, act, account_id).get("/people").status_code)
        clock.forward(days=1)
    assert statuses == [403, 200, 403]
