"""The marketplace, a program, asks each day what it may charge, and knows which decision says so."""

import pytest

from tests.stories import sitting

FEES = "/api/v1/terms/fees"
PRESENT = ("helene", "malik", "samir", "awa")


@pytest.fixture
def ask(coop):
    """Ask as the marketplace does; gives the line of the commission."""
    client = coop.app.test_client()

    def commission(**query):
        answer = client.get(FEES, query_string=query)
        assert answer.status_code == 200
        [line] = [line for line in answer.json["schedule"] if line["key"] == "commission.sales"]
        return line

    return commission


@pytest.fixture
def decided(coop):
    """Five per cent was adopted on 15 January 2027; nobody has been told yet."""
    sitting.propose(coop)
    sitting.hold(coop, sitting.convene(coop, [sitting.PROPOSAL]).path, PRESENT)
    return coop


def test_the_old_fee_until_the_eve_and_the_new_one_on_the_day_with_its_decision(decided, ask):
    decided.night()
    for day in ("2027-01-16T09:00", "2027-01-29T23:59"):
        decided.at(day)
        decided.night()
        assert ask()["value"] == 600
    decided.at("2027-01-30T00:00")
    decided.night()
    line = ask()
    assert (line["value"], line["effective_from"]) == (500, "2027-01-30")
    assert (line["decision"]["decided_on"], len(line["decision"]["subject_hash"])) == ("2027-01-15", 64)
    assert "15 janvier 2027" in line["decision"]["reference"]
    assert ask(on="2027-01-29")["value"] == 600


def test_the_day_decides_even_when_the_worker_sleeps(decided, ask):
    decided.night()
    decided.at("2027-01-30T00:00")
    asleep = ask()
    decided.night()
    assert asleep == ask()
    assert asleep["value"] == 500


def test_nothing_changes_before_the_sellers_were_told(decided, ask):
    decided.at("2027-03-01T09:00")
    assert ask()["value"] == 600
    decided.night()
    assert ask(on="2027-03-15")["value"] == 600
    assert ask(on="2027-03-16")["value"] == 500


def test_what_was_rejected_never_changes_the_answer(coop, ask):
    sitting.propose(coop)
    path = sitting.convene(coop, [sitting.PROPOSAL]).path
    coop.at(sitting.THE_HOUR)
    sitting.welcome(coop, path, PRESENT)
    helene = sitting.open_session(coop.person("helene"), path)
    sitting.decide(coop, helene, raised="Contre").presses("Lever la séance").sees("Rejetée")
    coop.night()
    coop.at("2027-06-01T09:00")
    coop.night()
    assert ask()["value"] == 600


@pytest.mark.parametrize("on", ["2026-02-30", "demain", "", "1e3", "30/01/2027", "2026-11-24T00:00", "😀", "\x00"])
def test_what_is_no_day_is_a_problem_for_a_program(coop, on):
    answer = coop.app.test_client().get(FEES, query_string={"on": on})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert (answer.json["status"], "AAAA-MM-JJ" in answer.json["detail"]) == (422, True)


def test_a_door_that_does_not_exist_answers_a_program_too(coop):
    client = coop.app.test_client()
    for answer in (client.get("/api/v1/nothing"), client.post(FEES), client.get(f"{FEES}?on=2020-01-01")):
        assert answer.content_type == "application/problem+json"
    assert client.get("/api/v1/openapi.json").json["openapi"] == "3.1.0"
