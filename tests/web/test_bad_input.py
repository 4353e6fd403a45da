"""Whatever is sent to a form of the site: a sentence, what was typed kept, and nothing written."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from coopgov.accounts.queries import list_sessions
from coopgov.app import create_app
from coopgov.core.db import WRITES, db
from coopgov.core.policy import GRANTS, Role
from coopgov.web.guard import PUBLIC
from tests.conftest import ENGINES, Browser, TestClock
from tests.every_form import CASES, DAY, EMOJI, HTML, NUL, WORDS, Case, fresh
from tests.everything_world import ALL_OFFICES, Everything, busy_evening, guard_of, routes
from tests.person import Form, tree_of

TOO_LARGE = 10**30
# A wrong password is counted before it is looked at: that is the one thing a refusal keeps.
COUNTS_TRIES = {"accounts.check_password"}


@pytest.fixture(scope="module", params=ENGINES)
def evening(request, apps, engines) -> Iterator[Everything]:
    """One busy evening for all these tests: what is refused changes nothing."""
    engines(request.param).refresh()
    with busy_evening(apps(request.param), TestClock()) as made:
        yield made


@pytest.fixture(scope="module")
def send(evening):
    """Send the form of a case as its person; gives the answer and how many acts were kept by it."""
    sender = Sender(evening)
    yield sender
    sender.end()


class Sender:
    """The browsers of everybody who sends a form."""

    def __init__(self, evening: Everything) -> None:
        self.evening, self.kept = evening, 0
        people = {case.who for case in CASES} - {"demo"}
        self.clients = {who: evening.person(who).client for who in people}
        self.demonstration = demonstration_of(evening)
        self.clients["demo"] = self.demonstration.test_client()
        event.listen(db.engine, "commit", self.note)

    def end(self) -> None:
        """Let go of everything."""
        event.remove(db.engine, "commit", self.note)
        with self.demonstration.app_context():
            db.engine.dispose()

    def note(self, connection) -> None:
        """Count the transactions of writers that are kept."""
        self.kept += bool(connection.get_execution_options().get(WRITES))

    def __call__(self, case: Case, path: str, data: dict) -> TestResponse:
        self.kept = 0
        return self.clients[case.who].post(path, data={name: fresh(value) for name, value in data.items()})


def demonstration_of(evening: Everything) -> Flask:
    """The same database as the demonstration shows it."""
    made = create_app(replace(evening.app.extensions["coopgov.config"], demo=True))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    made.test_client_class = Browser
    made.extensions["coopgov.runtime"] = evening.app.extensions["coopgov.runtime"]
    return made


def test_every_form_of_the_site_is_in_the_table(evening):
    doors = {rule.endpoint for rule in evening.app.url_map.iter_rules() if "POST" in rule.methods}
    assert doors == {case.endpoint for case in CASES}


@pytest.mark.parametrize("case", [case for case in CASES if case.typed], ids=lambda case: case.endpoint)
def test_what_is_wrong_in_a_field_is_refused_in_words_and_kept(evening, send, case):
    path, data, wrong = case.address(evening), case.data(evening), []
    for name, kind in case.fields(evening).items():
        for bad in kind.bad:
            value = bad(evening) if callable(bad) else bad
            answer = send(case, path, {**data, name: value})
            for trouble in troubles(case, send, answer, {**data, name: value}, name, kind):
                wrong.append(f"{name}={str(value)[:30]!r}: {trouble}")  # noqa: PERF401 - a sentence each
    assert wrong == []


def troubles(case, send, answer, data, name, kind) -> Iterator[str]:
    """What is wrong with the answer to something wrong."""
    if not 400 <= answer.status_code < 500:
        yield f"answered {answer.status_code}"
        return
    if send.kept and case.endpoint not in COUNTS_TRIES:
        yield f"{send.kept} acts were kept"
    if HTML in answer.text:
        yield "shown as it was typed"
    if answer.status_code != 422:
        # Nobody types an identifier: what is not there is not there.
        if kind.is_shown:
            yield f"the page is lost ({answer.status_code})"
        return
    yield from _lost(case, answer, data, name if kind.is_shown else "")


def _lost(case, answer, data, name) -> Iterator[str]:
    """The fields of the page that no longer hold what was typed."""
    if 'role="alert"' not in answer.text and "notice-warning" not in answer.text:
        yield "no word of what is wrong"
    shown = {n: kind.is_shown for n, (_value, kind) in case.typed.items() if isinstance(n, str) and kind is not None}
    expected = {n: data[n] for n, is_shown in shown.items() if is_shown and (n == name or n != name)}
    form = _same_form(answer, expected) if expected else {}
    if form is None:
        yield "the form is not on the page"
        return
    for n, value in expected.items():
        if NUL not in value and form.get(n, "") != value:
            yield f"{n} holds {form.get(n, '')[:20]!r}"


def _same_form(answer, expected):
    for element in tree_of(answer.text).iter("form"):
        if element.get("action", answer.request.path).partition("#")[0] != answer.request.path:
            continue
        sent = {name: values[0] for name, values in Form(element, {}).sent({}).items()}
        if expected.keys() <= sent.keys():
            return sent
    return None


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.at.keys() - WORDS - {"session_id"}], ids=lambda case: case.endpoint
)
def test_what_does_not_exist_is_not_there_whatever_its_name(evening, send, case):
    found = {}
    for name, value in case.at.items():
        other = evening["convened" if name == "scrutin_id" else "scrutin"]
        strange = (10**9, TOO_LARGE) if isinstance(evening.things.get(value), int) else (uuid4(), other)
        for instead in strange if name not in WORDS else ():
            answer = send(case, case.address(evening, **{name: instead}), case.data(evening))
            # No address has a number so large; whether the way or the method is missed is the router's choice.
            if instead == TOO_LARGE and answer.status_code == 405:
                continue
            found[f"{name}={instead}"] = (answer.status_code, send.kept)
    assert {told: one for told, one in found.items() if one != (404, 0)} == {}


def test_odd_questions_break_no_page(evening):
    """Every page is asked with odd values for each of the words that any page of the site understands."""
    words = ("q", "after", "before", "on", "sales", "position", "state", "status", "category", "college", "held_at",
             "id", "issued_at", "kind", "role", "next", "text")  # fmt: skip
    browser, broken = evening.person(ALL_OFFICES).client, {}
    for odd in ("", "9" * 400, NUL, f"{EMOJI}{HTML}_%", "2026-02-30", str(uuid4())):
        for rule in routes(evening.app, "GET"):
            answer = browser.get(evening.path(rule), query_string=dict.fromkeys(words, odd))
            if answer.status_code >= 500 and answer.status_code != 503:
                broken[f"{rule.endpoint} {odd[:20]!r}"] = answer.status_code
            # A file that is taken away is not shown.
            if answer.mimetype.startswith("text/") and HTML in answer.text:
                broken[f"{rule.endpoint} {odd[:20]!r}"] = "shown as it was asked"
            answer.close()
    assert broken == {}


# What belongs to one person, or is not for members yet.
ANOTHERS = {
    "proposal_id": "draft", "document_id": "certificate", "session_id": "session", "grantor_id": "marie",
    "member_id": "awa", "minutes_id": "written minutes", "assembly_id": "planned", "draft_id": "statutes draft",
}  # fmt: skip


def test_what_is_anothers_is_to_a_member_like_what_does_not_exist(evening):
    somebody, compared, differs = evening.person("m0").client, 0, {}
    for method in ("GET", "POST"):
        for rule in routes(evening.app, method):
            guard = guard_of(evening.app, rule)
            if guard == PUBLIC or Role.MEMBER not in GRANTS[guard]:
                continue
            for name in rule.arguments & ANOTHERS.keys():
                theirs, nothing = (
                    somebody.open(evening.path(rule, **{name: i}), method=method)
                    for i in (evening[ANOTHERS[name]], uuid4())
                )
                compared += 1
                if theirs.status_code != nothing.status_code:
                    differs[rule.endpoint] = (theirs.status_code, nothing.status_code)
    assert compared > 20
    assert differs == {}


def test_another_s_session_stays_open(evening):
    evening.person("benoit").client.post(f"/me/sessions/{evening['session']}/end")
    open_ones = list_sessions(evening.session, evening.account("jonas"), evening.clock.now)
    assert evening["session"] in {row.id for row in open_ones}


@pytest.mark.parametrize("case", [c for c in CASES if any(kind is DAY for _value, kind in c.typed.values())],
                         ids=lambda case: case.endpoint)  # fmt: skip
def test_a_day_out_of_all_reason_breaks_nothing(evening, send, case):
    """It may be taken, so this comes last."""
    for name, kind in case.fields(evening).items():
        for far in ("9999-12-31", "9000-01-01", "0001-01-01", "1000-01-01") if kind is DAY else ():
            answer = send(case, case.address(evening), {**case.data(evening), name: far})
            assert answer.status_code < 500, (name, far)
