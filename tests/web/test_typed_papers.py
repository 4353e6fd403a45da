"""Tellers type the papers of an election and of an open choice, each blind until both are done."""

import pytest

from coopgov.assemblies import queries
from coopgov.assemblies.rules import ItemState
from coopgov.assemblies.rules.papers import first_draft
from coopgov.ballots import service as votes
from tests.assemblies_world import wire
from tests.person import words


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found(count=6)
    return found


@pytest.fixture
def evening(app, world):
    """A session with a secret election and an open choice: the assembly, both items, two tellers, a code."""
    assembly = world.plan(texts=0)
    made = {"assembly_id": assembly, "text": "Élisons.", "paper": "choices"}
    secret = world.do("add_election_item", title="Élection", **made)
    named = world.do("add_election_item", title="Le nom", subject="choice", **made)
    for item in (secret, named):
        draft = first_draft("choices")
        world.do("set_paper", item_id=item, draft=type(draft)("choices", options=("Awa", "Benoît", "Chloé")))
    teller = world.account(2)
    with world.act() as act:
        code = votes.make_teller_key(act, account_id=teller, name="Zoé")
    world.do("convene", assembly_id=assembly)
    world.at_the_hour()
    world.arrive(assembly, 0, 1, 2, 3)
    world.open(assembly)
    zoe, malik = (world.sign_in(app.test_client(), n) for n in (2, 1))
    return assembly, secret, named, zoe, malik, code


def test_two_tellers_type_the_papers_and_see_each_others_only_once_both_are_whole(evening, world):
    assembly, secret, _named, zoe, malik, code = evening
    world.do("open_vote", item_id=secret)
    papers, typed = f"/assemblies/items/{secret}/papers", f"/assemblies/items/{secret}/typed"
    for voter in (0, 1):
        assert zoe.post(f"{papers}/{world.ids[voter]}").status_code == 303
    assert words(zoe.get(papers).text).count("A voté sur papier") == 2
    assert zoe.post(f"{typed}/1", data={"paper": ["o1"]}).status_code == 422  # the vote is still open
    world.do("close_vote", item_id=secret)
    assert typed in zoe.get(f"/assemblies/{assembly}/room").text
    wrong = zoe.post(f"{typed}/1", data={"paper": ["o1", "*blank"]})
    assert (wrong.status_code, "ne porte aucun choix" in words(wrong.text)) == (422, True)
    assert zoe.post(f"{typed}/1", data={}).status_code == 422
    first = zoe.post(f"{typed}/1", data={"paper": ["o1"]})
    assert (first.status_code, first.location) == (303, f"{typed}/2")
    assert zoe.post(f"{typed}/2", data={"null": "y"}).location == typed
    page = words(malik.get(typed).text)
    assert ("Awa" in page, "Bulletin nul" in page, "Saisir le bulletin 1" in page) == (False, False, True)
    for number, marks in ((1, {"paper": ["o2"]}), (2, {"null": "y"})):
        assert malik.post(f"{typed}/{number}", data=marks).status_code == 303
    page = words(malik.get(typed).text)
    assert ("Awa" in page, "Benoît" in page, "ont pas saisi la même chose" in page) == (True, True, True)
    urns = zoe.post(f"/assemblies/{assembly}/urns", data={"code_1": code})
    assert (urns.status_code, "saisi la même chose sur ces bulletins : 1" in words(urns.text)) == (422, True)
    without = malik.post(f"{typed}/1", data={"paper": ["o1"]})
    assert (without.status_code, "Dites pourquoi" in words(without.text)) == (422, True)
    assert malik.post(f"{typed}/1", data={"paper": ["o1"], "reason": "Mal lu"}).status_code == 303
    assert "sont identiques" in words(zoe.get(typed).text)
    assert zoe.post(f"/assemblies/{assembly}/urns", data={"code_1": code}).status_code == 303


def test_an_open_vote_takes_a_paper_once_two_tellers_read_the_same(evening, world):
    _assembly, _secret, named, zoe, malik, _code = evening
    world.do("open_vote", item_id=named)
    typed = f"/assemblies/items/{named}/typed"
    assert zoe.post(f"{typed}/1", data={"paper": ["o3"]}).status_code == 303
    assert "Saisi une fois, à vous" in words(malik.get(typed).text)
    assert malik.post(f"/assemblies/items/{named}/vote/close").status_code == 422
    assert malik.post(f"{typed}/1", data={"paper": ["o2"]}).status_code == 303
    assert "Les deux saisies diffèrent" in words(zoe.get(typed).text)
    assert zoe.post(f"{typed}/99", data={"paper": ["o2"]}).status_code == 422
    again = malik.post(f"{typed}/1", data={"paper": ["o3"], "reason": "Mal lu"}, follow_redirects=True)
    assert "le bulletin est dans l’urne" in words(again.text)
    assert zoe.post(f"{typed}/2", data={"paper": ["o3"]}).status_code == 303
    assert zoe.post(f"{typed}/2/withdraw", data={"reason": ""}).status_code == 422
    assert zoe.post(f"{typed}/2/withdraw", data={"reason": "Vote sur son téléphone"}).status_code == 303
    assert malik.post(f"/assemblies/items/{named}/vote/close").status_code == 303
    assert queries.get_item(world.session, named).state is ItemState.COUNTED
