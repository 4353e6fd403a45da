"""The marketplace's question: what are the fees of that day?"""

from datetime import date, datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from coopgov.terms import queries, service
from coopgov.terms.rules import State
from tests.service.tampering import by_hand
from tests.terms_world import found, queue_change, send_all

FEES = "/api/v1/terms/fees"
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance, negative_data_rejection,
]  # fmt: skip


@pytest.fixture
def world(act):
    with act() as a:
        found(a)


def values(answer):
    return {line["key"]: line["value"] for line in answer.json["schedule"]}


def test_anybody_may_ask_for_the_fees_of_today(world, client, session):
    answer = client.get(FEES)
    assert (answer.status_code, answer.json["on"]) == (200, "2026-11-24")
    [line] = [line for line in answer.json["schedule"] if line["key"] == "commission.sales"]
    version = queries.schedule_on(session, date(2026, 11, 24)).versions["commission.sales"]
    assert line == {
        "key": "commission.sales", "label": "Commission sur les ventes", "unit": "basis-points", "value": 800,
        "version": str(version.id), "effective_from": "2026-01-01",
        "decision": {"reference": "AG constitutive", "decided_on": "2026-11-24", "proposal": None, "subject_hash": None},
    }  # fmt: skip


def test_a_voted_change_is_in_the_answer_from_its_day_on(world, client, act, clock):
    with act() as a:
        send_all(a, queue_change(a))
    with act() as a:
        service.note_notices(a)
    assert values(client.get(f"{FEES}?on=2026-12-08"))["commission.sales"] == 800
    coming = client.get(f"{FEES}?on=2026-12-09")
    assert values(coming)["commission.sales"] == 650
    clock.forward(days=16)
    with act() as a:
        service.execute_due(a)
    assert client.get(f"{FEES}?on=2026-12-09").json == coming.json


def test_the_answer_is_kept_a_minute_and_asked_again_by_its_tag(world, client, act):
    first = client.get(FEES)
    assert "max-age=60" in first.headers["Cache-Control"]
    again = client.get(FEES, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{FEES}?on=2026-11-23").headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        ("2026-12-08T22:59:20+00:00", 40), ("2026-12-08T22:59:59.500000+00:00", 0), ("2026-12-08T23:00:00+00:00", 60),
        ("2027-03-27T22:59:50+00:00", 10), ("2027-03-28T21:59:50+00:00", 10), ("2027-03-28T22:00:00+00:00", 60),
    ],
)  # fmt: skip
def test_the_fees_of_today_are_not_kept_beyond_midnight_in_paris(world, client, clock, at, seconds):
    clock.now = datetime.fromisoformat(at)
    assert f"max-age={seconds}" in client.get(FEES).headers["Cache-Control"]
    assert "max-age=60" in client.get(f"{FEES}?on=2026-12-08").headers["Cache-Control"]


def test_the_day_of_effect_begins_at_midnight_in_paris_whether_the_worker_runs_or_not(world, client, act, clock):
    with act() as a:
        send_all(a, queue_change(a))
    with act() as a:
        service.note_notices(a)
    clock.now = datetime.fromisoformat("2026-12-08T22:59:59+00:00")
    assert (client.get(FEES).json["on"], values(client.get(FEES))["commission.sales"]) == ("2026-12-08", 800)
    clock.now = datetime.fromisoformat("2026-12-08T23:00:00+00:00")
    assert (client.get(FEES).json["on"], values(client.get(FEES))["commission.sales"]) == ("2026-12-09", 650)


def test_fees_changed_by_hand_in_the_database_are_neither_told_nor_put_into_force(world, client, act, clock, session):
    with act() as a:
        change_id = queue_change(a)
        send_all(a, change_id)
    with act() as a:
        service.note_notices(a)
    by_hand("UPDATE scheduled_value SET new = 5")
    assert values(client.get(f"{FEES}?on=2027-06-01"))["commission.sales"] == 800
    clock.forward(days=16)
    with act() as a:
        service.execute_due(a)
    assert values(client.get(FEES))["commission.sales"] == 800
    assert queries.get_change(session, change_id).state is State.HALTED


@pytest.mark.parametrize("on", ["demain", "", "2026-13-01", "2026-02-30", "20261124", "2026-W48-2", "24/11/2026"])
def test_what_is_not_a_day_is_refused_with_a_sentence(on, world, client):
    answer = client.get(FEES, query_string={"on": on})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert "AAAA-MM-JJ" in answer.json["detail"]


def test_before_the_first_schedule_there_is_nothing(world, client):
    answer = client.get(f"{FEES}?on=2025-12-31")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert "grille" in answer.json["detail"]


def test_the_site_keeps_its_own_pages_for_what_is_missing(world, client):
    assert client.get("/nowhere").content_type.startswith("text/html")


def test_the_interface_describes_itself(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.json["openapi"].startswith("3.1")
    assert list(answer.json["paths"]) == [FEES]
    assert "ETag" in answer.headers


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_the_one_described(mode, world, app):
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)[FEES]["GET"]

    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        case.call_and_validate(checks=CHECKS)

    ask()


def test_another_method_is_refused_and_told_which_is_right(world, client):
    answer = client.post(FEES)
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]
