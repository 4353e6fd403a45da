"""The editor of the statutes: figures typed as people write them, refusals beside their field, differences between versions."""

from dataclasses import replace
from datetime import date

import pytest

from coopgov.core.policy import Role
from coopgov.statutes import queries, service
from coopgov.statutes.drafting import DraftState, Edit
from coopgov.statutes.ready import ready_set
from tests.person import words

WORDS = {"title": "Vingt jours", "reasons": "Mieux se préparer.", "wished_on": ""}
NOTICE = "assembly.notice_days.first"


@pytest.fixture
def founded(act):
    """A cooperative of collective interest with two versions of its statutes."""
    with act() as a:
        text = ready_set("scic-sa")
        service.adopt_statutes(a, text=text, in_force_from=date(2021, 1, 1), decision="Assemblée constitutive")
        moved = replace(text, seat="1 place Neuve, 35000 Rennes")
        service.adopt_statutes(a, text=moved, in_force_from=date(2026, 1, 1), decision="AGE du 12 décembre 2025")


def begun(browser, **more):
    answer = browser.post("/statutes/drafts/new", data={**WORDS, "source": "current", **more})
    assert answer.status_code == 303
    return answer.location


def test_what_the_board_has_not_shown_yet_is_not_the_administrators_to_read(founded, signed_in):
    draft = begun(signed_in(Role.SECRETARY))
    administrator = signed_in(Role.ADMINISTRATOR)
    assert "Vingt jours" not in administrator.get("/statutes/drafts").text
    for page in (draft, f"{draft}/words", f"{draft}/edit/notice", f"{draft}/adopt"):
        assert administrator.get(page).status_code == 404
    assert signed_in(Role.BOARD).get(draft).status_code == 200


def test_a_draft_is_written_section_by_section(founded, signed_in, session):
    browser = signed_in(Role.SECRETARY)
    draft = begun(browser)
    low = browser.post(f"{draft}/edit/notice", data={NOTICE: "14", f"{NOTICE}.clause": "art. 22"})
    assert low.status_code == 422
    for told in ('value="14"', "R225-69", 'aria-invalid="true"'):
        assert told in low.text
    silent = browser.post(f"{draft}/edit/notice", data={NOTICE: "20", f"{NOTICE}.clause": ""})
    assert (silent.status_code, "par exemple art." in silent.text) == (422, True)
    typed = {NOTICE: "20", f"{NOTICE}.clause": "art. 22", "assembly.notice_days.second": ""}
    assert browser.post(f"{draft}/edit/notice", data=typed).status_code == 303
    assert "La clause est l’article de vos statuts" in silent.text
    page = words(browser.get(draft).text)
    assert "peut être mis à l’ordre du jour d’une assemblée extraordinaire" in page
    for told in ("Délai de convocation, première convocation", "15 jours", "20 jours", "Abandonner ce projet"):
        assert told in page
    # What the section left empty is no longer a clause: the law speaks again.
    [kept] = queries.list_drafts(session)
    assert "assembly.notice_days.second" not in kept.text.figures
    assert browser.get(f"{draft}/edit/nowhere").status_code == 404


def test_the_identity_is_never_blank_and_a_siren_typed_with_dots_is_kept_without(founded, signed_in, session):
    browser = signed_in(Role.SECRETARY)
    draft = begun(browser)
    typed = {
        "name": "Nous autres", "object_text": "Vendre ensemble.", "seat": "1 place Neuve", "siren": "732.829.320",
        "rcs_city": "Rennes", "year_end": "29 février",
    }  # fmt: skip
    for name in ("name", "object_text", "seat", "rcs_city"):
        assert browser.post(f"{draft}/edit/identity", data={**typed, name: "  "}).status_code == 422
    assert browser.post(f"{draft}/edit/identity", data=typed).status_code == 303
    [kept] = queries.list_drafts(session)
    assert (kept.text.siren, kept.text.year_end) == ("732829320", "02-29")
    assert "29 février" in words(browser.get(draft).text)
    assert 'value="29/02"' in browser.get(f"{draft}/edit/identity").text
    wrong = browser.post(f"{draft}/edit/identity", data={**typed, "year_end": "31/31"})
    assert (wrong.status_code, "Écrivez un jour et son mois" in wrong.text, 'value="31/31"' in wrong.text) == (
        422,
        True,
        True,
    )


def test_colleges_are_weighed_in_percent_added_moved_and_removed(founded, signed_in, session):
    browser = signed_in(Role.BOARD)
    draft = begun(browser)
    labels = {"createurs": "Créateurs", "salaries": "Salariés", "clients": "Clients", "soutiens": "Soutiens"}
    data = {f"college.{code}.label": label for code, label in labels.items()}
    data |= {f"college.{code}.weight": "20 %" for code in labels} | {"college.soutiens.removed": "y"}
    data |= {"college.new1.label": "Élus et villes", "college.new1.weight": "1/4", "college.new1.place": "1"}
    wrong = browser.post(f"{draft}/edit/colleges", data=data)
    assert (wrong.status_code, "85" in words(wrong.text), "art. 19" in wrong.text) == (422, True, True)
    unnamed = browser.post(f"{draft}/edit/colleges", data={**data, "college.clients.label": " "})
    assert (unnamed.status_code, "<legend>clients</legend>" in unnamed.text) == (422, False)
    assert browser.post(f"{draft}/edit/colleges", data={**data, "college.createurs.weight": "35 %"}).status_code == 303
    [kept] = queries.list_drafts(session)
    assert [(one.code, str(one.weight)) for one in kept.text.colleges] == [
        ("elus-et-villes", "1/4"), ("createurs", "7/20"), ("salaries", "1/5"), ("clients", "1/5"),
    ]  # fmt: skip
    page = words(browser.get(draft).text)
    assert "Collège « Soutiens et collectivités »" in page
    assert "Collège « Élus et villes »" in page


def test_a_member_reads_a_draft_only_once_it_is_before_an_assembly(founded, act, signed_in, session):
    board, member = signed_in(Role.BOARD), signed_in(Role.MEMBER)
    draft = begun(board)
    assert member.get(draft).status_code == 404
    assert "Vingt jours" not in member.get("/statutes/drafts").text
    [row] = queries.list_drafts(session)
    with act() as a:
        service.revise_draft(a, draft_id=row.id, edit=Edit(facts={"seat": "2 place Neuve, 35000 Rennes"}))
        service.freeze_draft(a, draft_id=row.id, held_on=date(2027, 1, 15))
    page = words(member.get(draft).text)
    assert "2 place Neuve, 35000 Rennes" in page
    assert "Abandonner" not in page
    assert board.get(f"{draft}/edit/identity").status_code == 303
    assert board.post(f"{draft}/withdraw").status_code >= 400
    session.rollback()
    assert queries.get_draft(session, row.id).state is DraftState.FROZEN


def test_versions_are_compared_with_any_other(founded, signed_in, session):
    member = signed_in(Role.MEMBER)
    later, first = (version.id for version in queries.history(session))
    page = words(member.get(f"/statutes/{later}/changes").text)
    for told in ("8 place du Marché", "1 place Neuve", "AGE du 12 décembre 2025", "1er janvier 2021"):
        assert told in page
    assert "premiers statuts" in words(member.get(f"/statutes/{first}/changes").text)
    assert "1 place Neuve" in member.get(f"/statutes/{first}/changes", query_string={"from": str(later)}).text


def test_the_first_statutes_are_written_and_adopted_by_whoever_installs_the_site(signed_in, session):
    browser = signed_in(Role.ADMINISTRATOR)
    assert "Écrire les premiers statuts" in browser.get("/statutes").text
    draft = begun(browser, source="scop-sarl", title="Premiers statuts")
    page = browser.get(draft).text
    assert f"{draft}/adopt" in page
    far = browser.post(f"{draft}/adopt", data={"decision": "Assemblée constitutive", "in_force_from": "2126-11-20"})
    assert (far.status_code, "Vérifiez son année" in far.text) == (422, True)
    answer = browser.post(f"{draft}/adopt", data={"decision": "Assemblée constitutive", "in_force_from": "2026-11-20"})
    assert answer.status_code == 303
    found = queries.find_latest(session)
    assert (found.decision, found.in_force_from) == ("Assemblée constitutive", date(2026, 11, 20))
    assert browser.post("/statutes/drafts/new", data={**WORDS, "source": "current"}).status_code == 403
    assert "Préparer une modification" not in browser.get("/statutes").text
