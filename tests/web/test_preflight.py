"""What is checked is shown before anything is written; what was typed stays, whatever is refused."""

import re
from uuid import UUID

import pytest

from coopgov.accounts import service as accounts
from coopgov.core.judgements import judged_about
from coopgov.core.policy import Role
from tests.assemblies_world import wire

SHARES = {"quantity": "4", "effective_on": "2026-11-24", "payable_now": "100,00", "resolution": "Conseil n° 3"}
MANDATE = {"role": "board", "from_day": "2026-11-24", "until_day": "2028-11-24", "decision": "AG du 20 novembre"}


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found()
    found.grant(3, Role.TREASURER)
    found.grant(4, Role.ADMINISTRATOR)
    return found


def test_a_subscription_is_shown_with_its_points_then_recorded_or_corrected(app, world):
    treasurer = world.sign_in(app.test_client(), 3)
    path = f"/shares/members/{world.ids[5]}/subscribe"
    checked = treasurer.post(path, data={**SHARES, "step": "check"})
    assert checked.status_code == 200
    for said in ("En règle", "art. 27", "24 novembre 2029", 'value="Conseil n° 3"'):
        assert said in checked.text
    corrected = treasurer.post(path, data={**SHARES, "step": "edit"})
    assert (corrected.status_code, 'value="Conseil n° 3"' in corrected.text) == (200, True)
    refused = treasurer.post(path, data={**SHARES, "payable_now": "49,99", "step": "check"})
    assert (refused.status_code, "À corriger" in refused.text, 'value="49,99"' in refused.text) == (422, True, True)
    assert treasurer.post(path, data=SHARES).status_code == 303


def test_a_mandate_that_a_person_has_to_judge_waits_for_her_words(app, world):
    with world.act() as a:
        stranger = accounts.create_account(a, email="eve@exemple.fr", name="Eve Dupuis")
    administrator, path = world.sign_in(app.test_client(), 4), f"/people/{stranger}/mandates"
    checked = administrator.post(path, data={**MANDATE, "step": "check"})
    assert checked.status_code == 200
    assert "À apprécier par une personne" in checked.text
    for reason in ("", " ", "é" * 1001):
        refused = administrator.post(path, data={**MANDATE, "reason_member": reason})
        assert (refused.status_code, 'value="AG du 20 novembre"' in refused.text) == (422, True)
        assert reason.strip() in refused.text
    late = administrator.post(path, data={**MANDATE, "until_day": "2032-11-25", "reason_member": "Art. 18."})
    assert (late.status_code, "À corriger" in late.text, 'value="2032-11-25"' in late.text) == (422, True, True)
    assert administrator.post(path, data={**MANDATE, "reason_member": "Art. 18 des statuts."}).status_code == 303
    assert "AG du 20 novembre" in administrator.get(f"/people/{stranger}").text


def test_a_proposal_that_changes_no_fee_is_brought_once_it_was_judged(app, world):
    board, author = world.sign_in(app.test_client(), 0), world.sign_in(app.test_client(), 5)
    words = {"title": "Un atelier", "reasons": "Parce que."}
    path = author.post("/proposals/", data=words).location
    assert author.post(f"{path}/submit").status_code == 303
    assert "Avant de la porter devant une assemblée" in board.get(path).text
    assert "Avant de la porter devant une assemblée" not in author.get(path).text
    refused = board.post(f"{path}/bring")
    assert (refused.status_code, "sans cela, rien n’est fait" in refused.text) == (422, True)
    assert board.post(f"{path}/bring", data={"reason_competence": "Ni statuts ni exclusion."}).status_code == 303


def test_what_was_written_of_one_resolution_is_never_kept_for_another(app, world):
    assembly_id = world.plan(texts=2)
    board, path = world.sign_in(app.test_client(), 0), f"/assemblies/{assembly_id}/convene"
    judged = {f"reason_{code}": "Relu." for code in ("competence-1", "competence-2", "doubts")}
    shown = mark(board.get(path).text)
    first, _second = world.items(assembly_id)
    world.do("revise_item", item_id=first, title="Résolution 1", text="L’assemblée dissout la société.")
    refused = board.post(path, data={**judged, "points_shown": shown})
    assert (refused.status_code, "Ils ont changé depuis que vous les avez lus" in refused.text) == (422, True)
    assert "Relu." in refused.text
    assert board.post(path, data={**judged, "points_shown": mark(refused.text)}).status_code == 303


def test_a_proposal_reworded_on_an_agenda_is_read_judged_and_voted_in_its_new_words(app, world):
    board, author = world.sign_in(app.test_client(), 0), world.sign_in(app.test_client(), 5)
    old, new = ({"title": title, "reasons": "Parce que."} for title in ("Un atelier", "Quitter Valence"))
    proposal = author.post("/proposals/", data=old).location
    assert author.post(f"{proposal}/submit").status_code == 303
    before = mark(board.get(proposal).text)
    assembly_id = world.plan(texts=0)
    world.do("add_proposal_item", assembly_id=assembly_id, proposal_id=UUID(proposal.rpartition("/")[2]))
    assert author.post(f"{proposal}/edit", data=new).status_code == 303
    stale = board.post(f"{proposal}/bring", data={"reason_competence": "Relu.", "points_shown": before})
    assert (stale.status_code, "Relisez-les" in stale.text) == (422, True)
    page = board.get(f"/assemblies/{assembly_id}/convene").text
    assert ("« Quitter Valence »" in page.replace("\u00a0", " "), "Un atelier" in page) == (True, False)
    world.do("convene", assembly_id=assembly_id)
    [judged, *_] = sorted(judged_about(world.session, f"assembly:{assembly_id}"), key=lambda one: one.code)
    assert "Quitter Valence" in judged.sentence


def mark(page):
    """The mark of the points that a page shows."""
    [found] = re.findall(r'name="points_shown"[^>]* value="(\w{64})"', page)
    return found
