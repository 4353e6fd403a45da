"""The fee page: what is charged, what is coming and why then."""

import pytest

from coopgov.core.policy import Role
from coopgov.members import service as members
from coopgov.terms import queries, service
from tests.service.counting import count_statements
from tests.terms_world import a_seller, found, queue_change, send_all


@pytest.fixture
def change_id(act):
    """A cooperative with one seller, and a change of the commission queued today."""
    with act() as a:
        found(a)
        members.enrol(a, member=a_seller("Aa"))
    with act() as a:
        return queue_change(a)


@pytest.fixture
def browser(signed_in):
    return signed_in(Role.MEMBER)


def notify(act, change_id):
    with act() as a:
        send_all(a, change_id)
    with act() as a:
        service.note_notices(a)


def test_fees_are_for_people_signed_in(client):
    assert client.get("/terms/").status_code == 303


def test_the_schedule_the_change_and_its_delay_are_shown(change_id, browser, act):
    page = browser.get("/terms/")
    assert page.status_code == 200
    assert "Commission sur les ventes" in page.text
    assert "le 9 décembre 2026 au plus tôt" in page.text
    assert "0 préavis envoyés sur 1" in page.text
    notify(act, change_id)
    page = browser.get("/terms/")
    assert "dans 15 jours, le 9 décembre 2026" in page.text
    assert "2019/1150" in page.text


def test_the_page_is_written_whatever_the_day(change_id, browser):
    assert "Pas de grille ce jour-là" in browser.get("/terms/?on=2025-12-31").text
    assert browser.get("/terms/?on=2026-02-01").status_code == 200
    assert browser.get("/terms/?on=hier").status_code == 422


def test_a_schedule_to_come_counts_the_notified_change(change_id, browser, act):
    notify(act, change_id)
    assert "6,5\u202f%" in browser.get("/terms/?on=2026-12-09").text


def test_before_any_statutes_the_page_still_answers(app, browser):
    assert "Pas de grille" in browser.get("/terms/").text


def test_the_simulator_gives_the_month_to_the_cent(change_id, browser):
    page = browser.get(f"/terms/changes/{change_id}?sales=1 000,00")
    assert page.status_code == 200
    for amount in ("80,00", "65,00", "110,00", "95,00"):
        assert f"{amount}\u00a0€" in page.text
    assert "15,00\u00a0€ de moins" in page.text


@pytest.mark.parametrize("sales", ["", "abc", "-1", "1e9", "100000000000"])
def test_the_simulator_refuses_what_is_not_an_amount(sales, change_id, browser):
    page = browser.get(f"/terms/changes/{change_id}", query_string={"sales": sales})
    assert page.status_code == 422
    assert 'id="form-errors"' in page.text


def test_a_halted_change_says_why(change_id, browser, act, clock):
    with act() as a:
        second = queue_change(a, 600, subject_hash="b" * 64)
    for one in (change_id, second):
        notify(act, one)
    clock.forward(days=15)
    with act() as a:
        [done] = service.execute_due(a)
    other = second if done == change_id else change_id
    assert "la grille avait changé" in browser.get(f"/terms/changes/{other}").text
    assert browser.get("/terms/").status_code == 200


def test_the_board_may_do_what_is_due_and_members_may_not(change_id, browser, signed_in, act, session):
    with act() as a:
        send_all(a, change_id)
    assert browser.post(f"/terms/changes/{change_id}/run").status_code == 403
    assert signed_in(Role.SECRETARY).post(f"/terms/changes/{change_id}/run").status_code == 303
    session.rollback()
    assert queries.get_change(session, change_id).eta is not None


def test_an_unknown_change_is_not_found(change_id, browser):
    assert browser.get("/terms/changes/00000000-0000-0000-0000-000000000000").status_code == 404


def test_the_page_costs_no_more_with_more_history(change_id, browser, act, clock):
    notify(act, change_id)
    few = count_statements(lambda: browser.get("/terms/"))
    for n, new in enumerate((600, 550, 500)):
        clock.forward(days=20)
        with act() as a:
            service.execute_due(a)
        with act() as a:
            one = queue_change(a, new, subject_hash=str(n) * 64)
        notify(act, one)
    assert count_statements(lambda: browser.get("/terms/")) == few
