"""Every failure is a sentence in the reader's language, or JSON for a program; never a trace, never a value."""

import json
import re
from datetime import date

import pytest
from flask import abort
from werkzeug.exceptions import MethodNotAllowed, TooManyRequests

from coopgov.app import create_app
from coopgov.core import journal
from coopgov.core.errors import Breach, Citation, Forbidden, NotFound, RuleBroken
from coopgov.core.money import Euros
from coopgov.web.acts import begin_act
from coopgov.web.guard import public
from coopgov.web.security import HEADERS
from tests.conftest import make_config

SECRET = "Léa Petit, 12 rue du Pont"
SENTENCES = {
    400: ("Cette demande n’est pas comprise", "This request is not understood"),
    401: ("Connectez-vous", "Please sign in"),
    403: ("Cette page ne vous est pas ouverte", "This is not open to you"),
    404: ("Il n’y a rien ici", "There is nothing here"),
    405: ("Ce n’est pas possible ici", "This cannot be done here"),
    413: ("Ce fichier est trop lourd", "This file is too large"),
    418: ("C’est impossible", "This cannot be done"),
    429: ("Trop d’essais", "Too many tries"),
}
REFUSAL = Breach(
    "too_low",
    "Statutes may not be adopted for a day before %(day)s.",
    {"day": date(2026, 12, 1), "least": Euros(1250)},
    (Citation("Loi n° 47-1775, art. 13", "https://www.legifrance.gouv.fr/x"),),
    field="amount",
)


@pytest.fixture
def answer(app, client, monkeypatch):
    """What a browser is shown when its view fails so."""

    def ask(view, language="fr", path="/"):
        monkeypatch.setitem(app.config, "TESTING", False)
        monkeypatch.setitem(app.view_functions, "home.index", public(view))
        return client.get(path, headers={"Accept-Language": language})

    return ask


@pytest.fixture
def problem(app, monkeypatch):
    """What a program is told when its request fails so."""

    def ask(error, language="fr"):
        monkeypatch.setitem(app.config, "TESTING", False)
        with app.test_request_context("/api/v1/anything", headers={"Accept-Language": language}):
            told = app.make_response(app.handle_user_exception(error))
        assert told.content_type == "application/problem+json"
        return told.status_code, told.get_json()

    return ask


def failing(error):
    def view():
        raise error

    return view


@pytest.mark.parametrize(("language", "which"), [("fr", 0), ("en", 1), ("de", 0), ("en-GB,fr;q=0.5", 1)])
def test_each_failure_is_told_in_the_reader_s_language(answer, language, which):
    for status, sentences in SENTENCES.items():
        told = answer(lambda status=status: abort(status), language)
        assert (told.status_code, told.content_type) == (status, "text/html; charset=utf-8")
        assert f'<html lang="{("fr", "en")[which]}">' in told.text
        assert sentences[which] in told.text, status


def test_the_domain_s_own_failures_have_their_status(answer):
    for error, status in ((NotFound(SECRET), 404), (Forbidden(SECRET), 403)):
        told = answer(failing(error))
        assert (told.status_code, SECRET in told.text) == (status, False)


def test_what_the_protocol_asks_is_told_too(answer, client):
    assert set(client.delete("/").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert answer(failing(TooManyRequests(retry_after=60))).headers["Retry-After"] == "60"


def test_a_refusal_of_the_rules_is_told_with_its_article(answer):
    told = answer(failing(RuleBroken([REFUSAL, Breach("other", "This cannot be done")])))
    assert told.status_code == 422
    assert "1er décembre 2026" in told.text
    assert "Loi n° 47-1775, art. 13" in told.text
    assert "https://www.legifrance.gouv.fr/x" in told.text
    assert "C’est impossible" in told.text


def test_what_a_refusal_names_is_never_taken_for_html(answer):
    told = answer(failing(RuleBroken([Breach("x", "%(name)s", {"name": "<script>alert(1)</script>"})])))
    assert "<script>alert" not in told.text


def test_a_crash_tells_a_reference_and_nothing_else(answer, caplog):
    told = answer(failing(ValueError(SECRET)))
    reference = re.search(r"<code>([0-9a-f]{8})</code>", told.text)[1]
    assert told.status_code == 500
    assert "Une panne s’est produite chez nous" in told.text
    assert not re.search(rf"{SECRET}|ValueError|Traceback|\.py", told.text)
    (line,) = [record.getMessage() for record in caplog.records if reference in record.getMessage()]
    assert "ValueError" in line
    assert re.search(r"test_shell_problems\.py:\d+", line)
    assert SECRET not in caplog.text
    assert "Traceback" not in caplog.text


def test_each_crash_has_a_reference_of_its_own(answer):
    told = {re.search(r"<code>(\w+)</code>", answer(failing(KeyError("x"))).text)[1] for _ in range(3)}
    assert len(told) == 3


@pytest.mark.parametrize("url", ["sqlite:////nowhere/x.sqlite3", "postgresql://nobody@/none?host=/nowhere"])
def test_a_database_that_is_gone_is_told_as_calmly(tmp_path, caplog, url):
    client = create_app(make_config(tmp_path, url)).test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = SECRET  # somebody is signed in: the page's frame asks the database who it is
    for path, status in (("/", 500), ("/me", 500), ("/nothing", 404)):
        told = client.get(path)
        assert (told.status_code, "Traceback" in told.text) == (status, False)
        assert ("<code>" in told.text) == (status == 500)
        assert HEADERS.items() <= dict(told.headers).items()
    assert SECRET not in caplog.text
    assert "Traceback" not in caplog.text


def test_a_program_is_told_a_refusal_by_field_and_article(problem):
    status, told = problem(RuleBroken([REFUSAL]), "en")
    assert (status, told["status"], told["title"]) == (422, 422, "Unprocessable Entity")
    assert told["breaches"] == [
        {
            "code": "too_low",
            "detail": "Statutes may not be adopted for a day before December 1, 2026.",
            "field": "amount",
            "citations": [{"text": "Loi n° 47-1775, art. 13", "url": "https://www.legifrance.gouv.fr/x"}],
        }
    ]


def test_a_program_is_told_each_failure_as_a_problem(problem, client):
    assert problem(NotFound()) == (404, {"type": "about:blank", "title": "Not Found", "status": 404})
    assert problem(Forbidden())[0] == 403
    assert problem(MethodNotAllowed(["GET"]))[0] == 405
    assert client.get("/api/nothing").content_type == "application/problem+json"


def test_a_program_is_told_a_crash_by_its_reference_alone(problem, caplog):
    status, told = problem(ValueError(SECRET))
    assert (status, set(told)) == (500, {"type", "title", "status", "reference"})
    assert told["reference"] in caplog.text
    assert SECRET not in caplog.text + json.dumps(told, ensure_ascii=False)


def test_what_was_written_before_a_crash_is_not_kept(answer, session):
    def view():
        with begin_act() as a:
            a.record("test.done", "thing:1")
            raise ValueError(SECRET)

    assert answer(view).status_code == 500
    assert journal.head(session).size == 0
