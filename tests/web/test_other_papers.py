"""An election and a choice as the board writes them, as a member marks them, as the room proclaims them."""

import pytest
from sqlalchemy import text

from coopgov.assemblies import queries
from coopgov.assemblies.forms import ballot_name
from coopgov.assemblies.rules import ItemState
from coopgov.assemblies.rules.papers import first_draft
from coopgov.assemblies.verify import verify
from coopgov.ballots import queries as ballots
from coopgov.ballots import service as votes
from coopgov.ballots import sheets
from coopgov.ballots.rules import Level
from coopgov.core.errors import RuleBroken
from tests.assemblies_world import wire
from tests.person import words


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found(count=6)
    return found


@pytest.fixture
def browser(app, world):
    return lambda n: world.sign_in(app.test_client(), n)


ELECTION = {"title": "Élection", "text": "Élisons.", "subject": "election", "paper": "ranking"}
CHOICE = {"title": "Le nom", "text": "Choisissons.", "subject": "choice", "paper": "choices"}
PAPER = {"options": "Awa\nBenoît\nChloé", "seats": "1", "tie": "chair"}


def test_the_board_writes_papers_that_are_sealed_and_members_mark_them(browser, world):
    board, assembly = browser(0), world.plan(texts=0)
    for form in (ELECTION, CHOICE):
        added = board.post(f"/assemblies/{assembly}/items/election", data=form)
        assert (added.status_code, added.location.endswith("/paper")) == (303, True)
    elected, chosen = world.items(assembly)
    assert [item.is_secret for item in queries.agenda(world.session, assembly)] == [True, False]
    assert world.refused("convene", assembly_id=assembly) != []
    refused = board.post(f"/assemblies/items/{elected}/paper", data=PAPER | {"seats": "9"})
    assert (refused.status_code, "9 sièges" in words(refused.text)) == (422, True)
    assert board.post(f"/assemblies/items/{elected}/paper", data=PAPER).status_code == 303
    both = {"least": "1", "most": "2", "tie": "seed", "seed": ""}
    assert board.post(f"/assemblies/items/{chosen}/paper", data=PAPER | both).status_code == 303
    teller = world.account(2)
    with world.act() as act:
        votes.make_teller_key(act, account_id=teller, name="Zoé")
    world.do("convene", assembly_id=assembly)
    assert world.refused("set_paper", item_id=chosen, draft=first_draft("choices")) == ["already_convened"]
    assert world.refused("set_secret", item_id=elected, is_secret=False) == ["already_convened"]
    sealed = ballots.get_scrutin(world.session, queries.get_item(world.session, elected).scrutin_id)
    assert (sealed.level, sealed.form.paper.ids) == (Level.SECRET, ("o1", "o2", "o3"))

    member, me = browser(3), world.ids[3]
    e, c = ballot_name(elected, me), ballot_name(chosen, me)
    vote = f"/assemblies/{assembly}/vote"
    page = member.get(vote).text
    assert ("checked" not in page, "Vote blanc" in page, f'name="{e}_o1"' in page) == (True, True, True)
    for marks, sentence in (
        ({f"{e}_o1": "1", f"{e}_o2": "1"}, "Plusieurs options portent le rang 1"),
        ({f"{e}_o1": "-1"}, "doit être compris entre 1 et 3"),
        ({f"{e}_o1": "premier"}, "n’est pas un nombre entier"),
        ({c: ["o1", "o2", "o3"]}, "au plus 2 choix"),
        ({c: ["o1", "*blank"]}, "Un vote blanc ne porte aucun choix"),
        ({c: ["o9"]}, "« o9 » n’est pas"),
    ):
        for step in ("review", "cast"):
            answer = member.post(vote, data={**marks, "step": step})
            assert (answer.status_code, words(sentence) in words(answer.text)) == (422, True), (
                sentence,
                words(answer.text),
            )
    assert ballots.turnouts(world.session, [sealed.id]) == {}
    marks = {f"{e}_o2": "1", f"{e}_o1": "2", c: ["o3", "o1"]}
    review = member.post(vote, data={**marks, "step": "review"})
    assert "1. Benoît" in words(review.text)
    assert member.post(vote, data={**marks, "step": "cast", "token": "t" * 24}).status_code == 303
    receipts = words(member.get(f"/assemblies/{assembly}/receipts").text)
    assert "Awa, Chloé" in receipts
    assert "Benoît" not in receipts
    again = member.post(vote, data={c: ["o2"], "step": "cast"})
    assert (again.status_code, "a déjà voté" in words(again.text)) == (422, True)
    assert member.post(vote, data={e: ["*blank"], "step": "cast"}).status_code == 303
    with pytest.raises(RuleBroken):
        sheets.grouped(world.session, sealed)
    assert list(verify(world.session)) == []
    with world.act() as act:
        act.session.execute(text("UPDATE agenda_item SET form = NULL WHERE title = 'Le nom'"))
    told = [fault.what for fault in verify(world.session)]
    assert "its ballot paper is not the one of its vote" in told


def test_the_room_proclaims_and_anybody_counts_again(browser, world):
    assembly = world.plan(texts=0)
    item = world.do(
        "add_election_item",
        assembly_id=assembly,
        title="Le nom",
        text="Choisissons.",
        paper="approval",
        subject="choice",
    )
    board, teller = browser(0), browser(2)
    assert board.post(f"/assemblies/items/{item}/paper", data=PAPER).status_code == 303
    world.do("convene", assembly_id=assembly)
    for n, option in ((1, "o1"), (3, "o2")):
        sent = {ballot_name(item, world.ids[n]): [option], "step": "cast"}
        assert browser(n).post(f"/assemblies/{assembly}/vote", data=sent).status_code == 303
    world.at_the_hour()
    world.arrive(assembly, 0, 1, 2)
    bureau = {"chair": world.account(0), "secretary": world.account(1), "tellers": [world.account(2), world.account(3)]}
    world.do("open_assembly", assembly_id=assembly, **bureau)
    world.do("open_vote", item_id=item)
    assert teller.get(f"/assemblies/items/{item}/ballots").status_code == 404
    world.do("close_vote", item_id=item)
    scrutin = queries.get_item(world.session, item).scrutin_id
    assert board.get(f"/ballots/{scrutin}/archive.json").status_code == 404
    assert "Départager" in teller.get(f"/assemblies/{assembly}/room").text
    assert world.refused("proclaim", item_id=item) == ["chair_decides"]
    equal = f"/assemblies/items/{item}/equal-votes"
    twice = teller.post(equal, data={"rank_o1": "1", "rank_o2": "1"})
    assert (twice.status_code, "une seule fois" in words(twice.text)) == (422, True)
    assert teller.post(equal, data={"rank_o1": "2", "rank_o2": "1"}).status_code == 303
    assert queries.get_item(world.session, item).state is ItemState.PROCLAIMED
    page = words(browser(4).get(f"/ballots/{scrutin}").text)
    assert "Égalité : Awa, Benoît" in page
    told = {
        name: browser(4).get(f"/ballots/{scrutin}/{name}") for name in ("archive.json", "ballots.blt", "ballots.abif")
    }
    assert [answer.status_code for answer in told.values()] == [200, 200, 200]
    assert (told["archive.json"].json["result"]["elected"], told["ballots.blt"].text[:4]) == (["o2"], "3 1\n")
    assert browser(4).get("/ballots/recount.py").text.startswith("#!/usr/bin/env python3")
