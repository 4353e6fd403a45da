"""Every answer carries its protections, whatever it is; other hosts and other sites are not served."""

import re
from dataclasses import replace

import pytest
from flask import request

from coopgov.app import create_app
from coopgov.web.guard import public
from coopgov.web.security import HEADERS
from tests.conftest import make_config


@public
def crash():
    raise ZeroDivisionError


@pytest.fixture
def answers(app, client, monkeypatch):
    """One answer of each kind."""
    monkeypatch.setitem(app.config, "TESTING", False)
    found = {
        "200": client.get("/"),
        "head": client.head("/"),
        "options": client.options("/"),
        "303": client.post("/language", data={"language": "en"}),
        "sign-in": client.get("/me"),
        "401": client.post("/me/password"),
        "404": client.get("/nothing"),
        "404 of the API": client.get("/api/v1/nothing"),
        "405": client.delete("/"),
        "static": client.get("/static/css/coopgov.css"),
        "static 404": client.get("/static/nothing.css"),
        "host": client.get("/", headers={"Host": "evil.example"}),
        "origin": client.post("/language", headers={"Sec-Fetch-Site": "cross-site"}),
        "413": client.post("/language", data={"language": "x" * 20_000_000}),
    }
    monkeypatch.setitem(app.view_functions, "home.index", crash)
    found["500"] = client.get("/")
    yield found
    for answer in found.values():
        answer.close()


def test_the_kinds_are_what_they_say(answers):
    told = {kind: answer.status_code for kind, answer in answers.items()}
    assert told == {
        "200": 200, "head": 200, "options": 200, "303": 303, "sign-in": 303, "401": 401, "404": 404,
        "404 of the API": 404, "405": 405, "static": 200, "static 404": 404, "host": 400, "origin": 403,
        "413": 413, "500": 500,
    }  # fmt: skip


def test_every_answer_has_every_header(answers):
    missing = [
        (kind, name)
        for kind, answer in answers.items()
        for name in HEADERS
        if answer.headers.getlist(name) != [HEADERS[name]]
    ]
    assert missing == []


def test_the_policy_lets_nothing_in_that_is_inline_or_foreign():
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert not re.search(r"unsafe|https?:|\*|blob:", HEADERS["Content-Security-Policy"])


def test_only_a_static_file_that_is_there_may_be_kept(answers):
    kept = {kind for kind, answer in answers.items() if answer.headers["Cache-Control"] != "no-store"}
    assert kept == {"static"}
    assert "immutable" in answers["static"].headers["Cache-Control"]


def test_no_answer_says_which_software_failed(answers):
    for kind, answer in answers.items():
        if answer.status_code >= 400:
            assert not re.search(r"Traceback|werkzeug|ZeroDivision|coopgov/web", answer.text, re.IGNORECASE), kind


def test_an_address_of_a_static_file_changes_with_its_content(client):
    assert re.search(r"/static/css/coopgov\.css\?v=[0-9a-f]{12}", client.get("/").text)


def test_over_https_browsers_are_told_to_stay_there(client):
    assert "Strict-Transport-Security" not in client.get("/").headers
    told = client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]
    assert int(re.search(r"max-age=(\d+)", told)[1]) >= 31_536_000


def test_the_cookie_is_for_this_site_only_and_not_for_scripts(client):
    cookie = client.post("/language", data={"language": "en"}).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain=" not in cookie


def test_a_real_site_s_cookie_is_sealed_to_its_host(tmp_path):
    config = replace(
        make_config(tmp_path, f"sqlite:///{tmp_path}/x.sqlite3"),
        base_url="https://coop.example",
        hosts=("coop.example",),
    )
    client = create_app(config).test_client()
    asked = {"base_url": "https://coop.example", "data": {"language": "en"}}
    client.application.config["WTF_CSRF_ENABLED"] = False
    cookie = client.post("/language", **asked).headers["Set-Cookie"]
    assert cookie.startswith("__Host-coopgov=")
    assert "Secure" in cookie


@pytest.fixture
def behind(tmp_path):
    """A real site with so many proxies in front; tells what it sees of a request."""

    def ask(proxies, **headers):
        base = make_config(tmp_path, f"sqlite:///{tmp_path}/x.sqlite3")
        app = create_app(replace(base, base_url="https://coop.example", hosts=("coop.example",), proxies=proxies))
        app.add_url_rule("/seen", "seen", public(lambda: f"{request.remote_addr} {request.scheme} {request.host}"))
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return app.test_client().get("/seen", headers={"Host": "coop.example", **sent})

    return ask


CHAIN = {"X_Forwarded_For": "6.6.6.6, 9.9.9.9", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "evil.example"}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, "127.0.0.1 http coop.example"), (1, "9.9.9.9 https coop.example"), (2, "6.6.6.6 http coop.example"),
    ],
)  # fmt: skip
def test_only_the_addresses_our_own_proxies_wrote_are_believed(behind, proxies, seen):
    assert behind(proxies, **CHAIN).text == seen


def test_a_real_site_tells_browsers_to_stay_on_https_however_the_proxy_speaks_to_it(behind):
    for proxies in (0, 1):
        assert "Strict-Transport-Security" in behind(proxies).headers


def test_our_own_hosts_are_served(client):
    for host in ("localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:1"):
        assert client.get("/", headers={"Host": host}).status_code == 200, host


FOREIGN_HOSTS = (
    "evil.example", "evil.example:8000", "localhost.evil.example", "evil.example#localhost", "localhost@evil.example",
    "localhost:80@evil.example", "127.0.0.1.evil.example", "xlocalhost", "[::1]", "localhost/evil",
)  # fmt: skip


def test_other_hosts_are_refused(client):
    for host in FOREIGN_HOSTS:
        answer = client.get("/", headers={"Host": host})
        assert (answer.status_code, "evil" in answer.text) == (400, False), host


def test_headers_of_proxies_are_not_believed(client):
    for name in ("X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded", "X-HTTP-Method-Override"):
        answer = client.get("/me", headers={name: "evil.example"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/me"), name


def test_a_form_of_another_site_is_refused(client):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for site in ("cross-site", "same-site", "nonsense"):
            answer = client.open("/language", method=method, headers={"Sec-Fetch-Site": site}, data={"language": "en"})
            assert answer.status_code == 403, (method, site)
    assert '<html lang="fr">' in client.get("/").text


def test_a_form_of_our_own_is_taken(client):
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}):
        assert client.post("/language", headers=headers, data={"language": "en"}).status_code == 303, headers


def test_a_link_from_another_site_is_followed(client):
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
