"""Proposals as a member meets them: writing, reading, debating, comparing."""

import re

import pytest

from coopgov.core.policy import Role
from coopgov.proposals import queries, service
from coopgov.proposals.rules import Position, State
from tests.service.counting import count_statements
from tests.terms_world import a_member, found

GOOD = {"title": "Baisser la commission", "reasons": "Les **ventes** ont doublé.", "commission_sales": "6,5"}


@pytest.fixture
def world(act):
    with act() as a:
        found(a)
        offices = {"Alice": [Role.BOARD], "Bob": [], "Charlie": []}
        return {name: a_member(a, name, *roles) for name, roles in offices.items()}


@pytest.fixture
def bob(world, signed_in):
    return signed_in(account_id=world["Bob"].account_id)


@pytest.fixture
def charlie(world, signed_in):
    return signed_in(account_id=world["Charlie"].account_id)


@pytest.fixture
def alice(world, signed_in):
    return signed_in(account_id=world["Alice"].account_id)


@pytest.fixture
def page(bob):
    """The address of Bob's draft."""
    return bob.post("/proposals/", data=GOOD).location


@pytest.fixture
def debated(page, bob):
    """The address of Bob's proposal, in debate."""
    bob.post(f"{page}/submit")
    return page


def test_a_proposal_is_written_read_and_shown(page, bob, charlie):
    assert "Nobody" not in bob.get(page).text
    assert "8\u202f%" in bob.get(page).text
    assert "<strong>ventes</strong>" in bob.get(page).text
    assert charlie.get(page).status_code == 404
    assert bob.post(f"{page}/submit").status_code == 303
    assert charlie.get(page).status_code == 200
    assert "Baisser la commission" in charlie.get("/proposals/").text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": ""}, "Donnez-lui un titre"),
        ({"commission_sales": "abc"}, "Écrivez un taux"),
        ({"commission_sales": "6,51"}, "par pas de"),
        ({"commission_sales": "99"}, "comprise entre 0\u202f% et 20\u202f%"),
        ({"commission_sales": "8"}, "la valeur en vigueur"),
        ({"listing_monthly": "-3"}, "comprise entre 0,00\u00a0€"),
        ({"listing_monthly": "1e3"}, "Écrivez un montant"),
        ({"wished_on": "2026-11-24"}, "n’est pas à venir"),
        ({"wished_on": "demain"}, "wished_on"),
        ({"reasons": "x" * 20_001}, "20000"),
    ],
)
def test_what_is_wrong_is_told_beside_what_was_typed(wrong, told, world, bob, session):
    answer = bob.post("/proposals/", data={**GOOD, **wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert 'id="form-errors"' in answer.text
    [typed] = wrong.values()
    assert typed[:50] in answer.text
    assert queries.list_proposals(session, viewer_id=world["Bob"].id).rows == ()


def test_all_that_is_wrong_is_told_at_once(bob):
    answer = bob.post("/proposals/", data={**GOOD, "commission_sales": "99", "payment_fee": "1,51"})
    assert "Commission sur les ventes" in answer.text
    assert "Frais de paiement\u00a0: la valeur avance" in answer.text


def test_the_form_says_what_each_line_is_today(bob):
    text = bob.get("/proposals/new").text
    assert "Aujourd’hui 8\u202f%. Entre 0\u202f% et 20\u202f%, par pas de 0,05\u202f%." in text
    ids = set(re.findall(r'<(?:input|textarea|select)[^>]* id="([^"]+)"', text)) - {"csrf_token"}
    assert ids <= set(re.findall(r'<label[^>]* for="([^"]+)"', text))


def test_only_the_author_opens_the_editor(debated, charlie, bob):
    assert charlie.get(f"{debated}/edit").status_code == 403
    assert charlie.post(f"{debated}/edit", data=GOOD).status_code == 403
    assert 'value="6,5"' in bob.get(f"{debated}/edit").text


def test_a_new_version_keeps_the_old_one_and_shows_what_changed(debated, bob):
    answer = bob.post(f"{debated}/edit", data={**GOOD, "reasons": "Les **ventes** ont triplé."})
    assert answer.status_code == 303
    text = bob.get(f"{debated}/diff/1/2").text
    assert re.search(r"<del>.*doublé.*</del>", text)
    assert re.search(r"<ins>.*triplé.*</ins>", text)
    assert bob.get(f"{debated}/diff/2/1").status_code == 404
    assert bob.get(f"{debated}/diff/1/9").status_code == 404


def test_a_version_without_a_difference_is_told(debated, bob):
    answer = bob.post(f"{debated}/edit", data=GOOD)
    assert (answer.status_code, "Rien ne diffère" in answer.text) == (422, True)


def test_a_member_backs_and_takes_it_back(debated, charlie):
    assert charlie.post(f"{debated}/back").status_code == 303
    assert "1, il en faut 3" in charlie.get(debated).text
    again = charlie.post(f"{debated}/back")
    assert (again.status_code, "compte une fois" in again.text) == (422, True)
    assert charlie.post(f"{debated}/unback").status_code == 303
    assert "0, il en faut 3" in charlie.get(debated).text


def test_an_argument_joins_the_debate_and_carries_no_script(debated, charlie):
    words = "Contre : <script>alert(1)</script> ![x](https://evil.example/p.png)"
    answer = charlie.post(f"{debated}/comments", data={"position": "against", "text": words})
    assert answer.status_code == 303
    text = charlie.get(debated).text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "Contre (1)" in text


@pytest.mark.parametrize("wrong", [{"position": "maybe"}, {"text": " "}, {"text": "x" * 4_001}, {"position": ""}])
def test_a_bad_argument_is_kept_in_the_form(wrong, debated, charlie):
    answer = charlie.post(f"{debated}/comments", data={"position": "for", "text": "Je suis d'accord", **wrong})
    assert answer.status_code == 422
    if "text" not in wrong:
        assert "Je suis d&#39;accord" in answer.text


def test_the_debate_is_paged(debated, charlie, world, act, session):
    row = queries.list_proposals(session).rows[0]
    with act(world["Charlie"].actor) as a:
        for n in range(25):
            service.comment(a, proposal_id=row.id, author_id=world["Charlie"].id, position=Position.FOR, text=f"n{n}")
    first = charlie.get(debated).text
    [more] = re.findall(r'rel="next" href="([^"]+)"', first)
    assert len(re.findall(r"<p>n\d+</p>", first)) == 20
    assert len(re.findall(r"<p>n\d+</p>", charlie.get(more.replace("&amp;", "&")).text)) == 5
    assert charlie.get(f"{debated}?position=bad&after=bad").status_code == 200


def test_the_simulator_shows_now_and_after(debated, charlie):
    page = charlie.get(debated, query_string={"sales": "1 000"})
    assert page.status_code == 200
    assert "15,00\u00a0€ de moins" in page.text
    assert charlie.get(debated, query_string={"sales": "x"}).status_code == 422


def test_the_board_brings_it_and_members_may_not(debated, charlie, alice, session):
    assert charlie.post(f"{debated}/bring").status_code == 403
    assert alice.post(f"{debated}/bring").status_code == 303
    session.rollback()
    assert len(queries.ready_for_assembly(session)) == 1


def test_a_frozen_text_shows_its_fingerprint_and_no_button_to_change_it(debated, bob, act, session):
    with act() as a:
        subject = service.freeze(a, proposal_id=queries.list_proposals(a.session).rows[0].id)
    text = bob.get(debated).text
    assert subject.subject_hash[:16] in text
    assert "/edit" not in text
    answer = bob.post(f"{debated}/edit", data=GOOD | {"title": "Autre"})
    assert (answer.status_code, "ne peut plus changer" in answer.text) == (422, True)


def test_an_adopted_change_leads_to_its_notices(debated, bob, act):
    with act() as a:
        subject = service.freeze(a, proposal_id=queries.list_proposals(a.session).rows[0].id)
        change_id = service.take_result(
            a, proposal_id=subject.proposal_id, subject_hash=subject.subject_hash, outcome="adopted",
            decided_on=a.today, decision="AG",
        )  # fmt: skip
    assert f"/terms/changes/{change_id}" in bob.get(debated).text
    assert bob.get(f"/terms/changes/{change_id}").status_code == 200
    assert bob.get("/proposals/?state=adopted").text.count("Baisser la commission") == 1


def test_withdrawing_ends_it(debated, bob, session):
    assert bob.post(f"{debated}/withdraw").status_code == 303
    session.rollback()
    assert queries.list_proposals(session).rows[0].state is State.WITHDRAWN
    assert bob.post(f"{debated}/withdraw").status_code == 422


def test_the_list_is_filtered(debated, charlie):
    assert "Baisser" in charlie.get("/proposals/?q=commission&state=debating").text
    assert "Aucune proposition ne correspond" in charlie.get("/proposals/?q=licorne").text
    assert charlie.get("/proposals/?state=nonsense").status_code == 422
    assert charlie.get("/proposals/?after=nonsense").status_code == 422


def test_the_list_costs_no_more_with_more_rows(debated, charlie, world, act):
    few = count_statements(lambda: charlie.get("/proposals/"))
    with act() as a:
        for n in range(15):
            one = service.draft(a, author_id=world["Bob"].id, title=f"T{n}", reasons="R", changes={"payment.fee": 100})
            service.submit(a, proposal_id=one, author_id=world["Bob"].id)
    assert count_statements(lambda: charlie.get("/proposals/")) == few


def test_somebody_who_is_no_member_reads_but_does_not_write(debated, signed_in):
    auditor = signed_in(Role.AUDITOR)
    assert auditor.get(debated).status_code == 200
    assert auditor.get("/proposals/new").status_code == 403
    assert auditor.post(f"{debated}/back").status_code == 403
    officer = signed_in(Role.MEMBER)  # the office without a membership
    assert officer.post(f"{debated}/back").status_code == 403


def test_english_is_complete(debated, bob):
    with bob.session_transaction() as cookie:
        cookie["language"] = "en"
    text = bob.get(debated).text
    assert "Commission on sales" in text
    assert "8%" in text
