"""An assembly as the board prepares it, as members live it on a phone, as the bureau runs it."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from coopgov.assemblies import queries
from coopgov.assemblies.rules import State
from coopgov.ballots import queries as ballots
from coopgov.statutes.ready import ready_set
from tests import assemblies_world
from tests.assemblies_world import FOR, HELD_AT, wire
from tests.service.counting import count_statements


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found()
    return found


@pytest.fixture
def browser(app, world):
    """A browser signed in as that member: 0 sits on the board, 1 is the secretary, 2 a teller."""
    return lambda n: world.sign_in(app.test_client(), n)


def get(client, path):
    page = client.get(path)
    assert page.status_code == 200, page.text[:500]
    return page.text.replace("\u202f", " ").replace("\u00a0", " ")


def post(client, path, **data):
    return client.post(path, data=data)


PLAN = {"kind": "ordinary", "held_on": "2027-01-15", "held_time": "18:00", "place": "Valence", "remote_vote": "y"}


def test_the_board_prepares_and_convenes(browser, world):
    board = browser(0)
    assert "9 décembre 2026" in get(board, "/assemblies/new")
    prepared = post(board, "/assemblies/new", **PLAN)
    assert prepared.status_code == 303
    page = get(board, prepared.location)
    assert "L’ordre du jour est vide. Ajoutez au moins une résolution." in page
    assert "31 décembre 2026" in page
    assembly = prepared.location.removesuffix("/prepare")
    for path, data in (
        ("accounts", {"year_end": "2025-12-31"}),
        ("text", {"title": "Une résolution", "text": "L’assemblée décide."}),
    ):
        assert post(board, f"{assembly}/items/{path}", **data).status_code == 303
    page = get(board, f"{assembly}/convene")
    assert "Convoquer maintenant 20 associés" in page
    assert "Approbation des comptes" in get(board, f"{assembly}/prepare")
    refused = post(board, f"{assembly}/convene", **{"reason_competence-2": "Relu : ni statuts, ni exclusion."})
    assert refused.status_code == 422
    assert "sans cela, rien n’est fait" in refused.text
    assert "Relu : ni statuts, ni exclusion." in refused.text
    too_long = post(board, f"{assembly}/convene", **{"reason_competence-2": "é" * 1001, "reason_doubts": "Relus."})
    assert (too_long.status_code, "é" * 1001 in too_long.text, "Relus." in too_long.text) == (422, True, True)
    judged = {"reason_competence-2": "Relu : ni statuts, ni exclusion.", "reason_doubts": "Articles relus."}
    assert post(board, f"{assembly}/convene", **judged).status_code == 303
    page = get(board, assembly)
    assert "Convoquée" in page
    assert "Convocation – Assemblée générale ordinaire du 15 janvier 2027" in page


def test_a_day_too_near_is_refused_beside_its_field_with_the_article(browser):
    refused = post(browser(0), "/assemblies/new", **{**PLAN, "held_on": "2026-12-08"})
    assert refused.status_code == 422
    assert "demande 15 jours de convocation" in refused.text
    assert "R225-69" in refused.text
    assert 'href="#held_on"' in refused.text


def test_what_is_typed_stays_when_a_form_is_incomplete(browser, world):
    assembly_id = world.plan(texts=0)
    refused = post(browser(0), f"/assemblies/{assembly_id}/items/text", title="Un intitulé", text="")
    assert refused.status_code == 422
    assert "Un intitulé" in refused.text


def test_an_assembly_in_preparation_is_the_boards_own(browser, world):
    assembly_id = world.plan()
    assert browser(7).get(f"/assemblies/{assembly_id}").status_code == 404
    assert "Aucune assemblée n’est convoquée" in get(browser(7), "/assemblies/")
    assert browser(0).get(f"/assemblies/{assembly_id}").location.endswith("/prepare")


@pytest.mark.parametrize(
    "path", ["new", "{id}/prepare", "{id}/convene", "{id}/room", "{id}/cancel", "{id}/second-call"]
)
def test_a_member_prepares_and_runs_nothing(browser, world, path):
    assembly_id = world.convened()
    assert browser(7).get(f"/assemblies/{path.format(id=assembly_id)}").status_code == 403


def test_a_member_votes_remotely_with_a_look_back_and_receipts(browser, world):
    assembly_id = world.convened(texts=2)
    member = browser(7)
    page = get(member, f"/assemblies/{assembly_id}/vote")
    assert "checked" not in page
    first, second = (name for name in dict.fromkeys(re.findall(r'name="(b_\w+)"', page)))
    review = post(member, f"/assemblies/{assembly_id}/vote", **{first: "for", "step": "review"})
    assert "Ce qui sera déposé" in review.text
    assert "Votes laissés pour plus tard" in review.text
    _nothing_cast(world, assembly_id)
    again = post(member, f"/assemblies/{assembly_id}/vote/correct", **{first: "for"})
    assert "checked" in again.text
    cast = post(member, f"/assemblies/{assembly_id}/vote", **{first: "for", "step": "cast"})
    assert cast.status_code == 303
    assert re.search(r"<code>\w{4} \w{4} \w{4}</code>", get(member, cast.location))
    page = get(member, f"/assemblies/{assembly_id}/vote")
    assert first not in page
    assert second in page
    # The same sheet sent again finds its first ballot gone from the form: nothing is cast twice.
    assert post(member, f"/assemblies/{assembly_id}/vote", **{first: "against", "step": "cast"}).status_code == 422


def _nothing_cast(world, assembly_id):
    scrutins = [item.scrutin_id for item in queries.agenda(world.session, assembly_id)]
    assert ballots.turnouts(world.session, scrutins) == {}


def test_an_answer_that_does_not_exist_is_refused(browser, world):
    assembly_id = world.convened()
    [name] = set(re.findall(r'name="(b_\w+)"', get(browser(7), f"/assemblies/{assembly_id}/vote")))
    refused = post(browser(7), f"/assemblies/{assembly_id}/vote", **{name: "perhaps", "step": "cast"})
    assert refused.status_code == 422
    assert post(browser(7), f"/assemblies/{assembly_id}/vote", step="cast").status_code == 422


def test_a_proxy_is_given_by_typing_a_name_and_the_holder_votes_for_both(browser, world):
    assembly_id = world.convened()
    giver, holder = browser(5), browser(6)
    page = get(giver, f"/assemblies/{assembly_id}/proxy?q=membre06")
    assert "Alix Membre06" in page
    assert "art. 14" in page
    given = post(giver, f"/assemblies/{assembly_id}/proxy", holder=world.ids[6])
    assert given.status_code == 303
    assert "Vous avez donné pouvoir à Alix Membre06" in get(giver, f"/assemblies/{assembly_id}")
    assert "Aucun vote ne vous est ouvert" in get(giver, f"/assemblies/{assembly_id}/vote")
    page = get(holder, f"/assemblies/{assembly_id}/vote")
    assert "Pour Alix Membre05, que je représente" in page
    assert len(set(re.findall(r'name="(b_\w+)"', page))) == 2
    refused = post(browser(8), f"/assemblies/{assembly_id}/proxy", holder=world.ids[6])
    assert refused.status_code == 422
    assert "la limite est de 1" in refused.text


def test_a_proxy_is_taken_back_or_declined_only_by_those_it_concerns(browser, world):
    assembly_id = world.convened()
    world.proxy(5, 6, assembly_id)
    stranger = browser(9)
    assert post(stranger, f"/assemblies/{assembly_id}/proxy/revoke").status_code == 404
    assert post(stranger, f"/assemblies/{assembly_id}/proxy/decline/{world.ids[5]}").status_code == 404
    assert post(browser(6), f"/assemblies/{assembly_id}/proxy/decline/{world.ids[5]}").status_code == 303
    world.proxy(5, 7, assembly_id)
    assert post(browser(5), f"/assemblies/{assembly_id}/proxy/revoke").status_code == 303
    assert queries.active_proxy_of(world.session, assembly_id, world.ids[5]) is None


def test_the_bureau_holds_an_assembly_from_arrivals_to_the_end(browser, world):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    world.at_the_hour()
    bureau = browser(2)
    assert "Alix Membre03" in get(bureau, f"/assemblies/{assembly_id}/room?q=membre03")
    for n in range(4):
        assert post(bureau, f"/assemblies/{assembly_id}/room/arrive/{world.ids[n]}").status_code == 303
    opening = {"chair": world.account(0), "secretary": world.account(1)}
    refused = post(bureau, f"/assemblies/{assembly_id}/room/open", **opening)
    assert refused.status_code == 422
    assert "Le bureau demande 2 scrutateurs" in refused.text
    tellers = [str(world.account(2)), str(world.account(3))]
    assert post(bureau, f"/assemblies/{assembly_id}/room/open", **opening, tellers=tellers).status_code == 303
    assert post(bureau, f"/assemblies/items/{item}/vote/open").status_code == 303
    _vote_from_a_phone(browser(3), assembly_id)
    page = get(bureau, f"/assemblies/items/{item}/ballots")
    names = list(dict.fromkeys(re.findall(r'name="(b_\w+)"', page)))
    assert len(names) == 3
    assert post(bureau, f"/assemblies/items/{item}/ballots", **{names[0]: "against"}, rest="for").status_code == 303
    assert "Toute la salle a voté" in get(bureau, f"/assemblies/items/{item}/ballots")
    assert post(bureau, f"/assemblies/items/{item}/vote/close").status_code == 303
    assert post(bureau, f"/assemblies/items/{item}/vote/proclaim").status_code == 303
    assert post(bureau, f"/assemblies/{assembly_id}/room/close").status_code == 303
    page = get(browser(9), f"/assemblies/{assembly_id}")
    assert "Adoptée" in page
    assert "3 voix pour" in page
    assert "4 associés présents ou représentés" in page
    assert "Feuille de présence" not in page


def _vote_from_a_phone(member, assembly_id):
    page = get(member, f"/assemblies/{assembly_id}/vote")
    [name] = set(re.findall(r'name="(b_\w+)"', page))
    assert post(member, f"/assemblies/{assembly_id}/vote", **{name: "for", "step": "cast"}).status_code == 303


def test_who_is_not_noted_as_present_is_told_to_see_the_bureau(browser, world):
    assembly_id = world.opened(0, 1, 2, 3)
    [item] = world.items(assembly_id)
    world.do("open_vote", item_id=item)
    assert "Signalez au bureau que vous êtes dans la salle" in get(browser(9), f"/assemblies/{assembly_id}")
    [name] = set(re.findall(r'name="(b_\w+)"', get(browser(9), f"/assemblies/{assembly_id}/vote")))
    refused = post(browser(9), f"/assemblies/{assembly_id}/vote", **{name: "for", "step": "cast"})
    assert refused.status_code == 422
    assert "ni dans la salle ni représenté" in refused.text


def test_the_quorum_is_a_piece_that_can_be_asked_for_again(browser, world):
    assembly_id = world.opened(0, 1, 2, 3)
    piece = get(browser(9), f"/assemblies/{assembly_id}/quorum")
    assert "<html" not in piece
    assert "4 sur 20" in piece
    assert "hx-get" in piece
    assert "art. L225-98" in piece


def test_a_missing_quorum_is_explained_and_leads_to_the_second_call(browser, world):
    assembly_id = world.convened()
    world.at_the_hour()
    board = browser(0)
    assert "Constater que le quorum manque" in get(board, f"/assemblies/{assembly_id}/room")
    assert post(board, f"/assemblies/{assembly_id}/room/no-quorum").status_code == 303
    assert "Le quorum manquait : 0 associés sur 20" in get(board, f"/assemblies/{assembly_id}")
    path = f"/assemblies/{assembly_id}/second-call"
    assert "25 janvier 2027" in get(board, path)
    assert post(board, path, held_on="2027-01-24", held_time="18:00").status_code == 422
    second = post(board, path, held_on="2027-01-25", held_time="18:00")
    assert second.status_code == 303
    assert "Deuxième convocation" in get(board, second.location)


def test_a_paper_proxy_and_an_incident_are_noted_in_the_room(browser, world):
    assembly_id = world.opened(0, 1, 2, 3)
    bureau = browser(2)
    assert post(bureau, f"/assemblies/{assembly_id}/room/paper-proxy", grantor="9", holder="1").status_code == 303
    assert post(bureau, f"/assemblies/{assembly_id}/room/paper-proxy", grantor="9", holder="2").status_code == 422
    assert post(bureau, f"/assemblies/{assembly_id}/room/incident", text="").status_code == 422
    assert post(bureau, f"/assemblies/{assembly_id}/room/incident", text="Une panne.").status_code == 303
    assert queries.quorum_now(world.session, assembly_id).represented == 1


def test_a_resolution_is_set_aside_with_its_reason(browser, world):
    assembly_id = world.opened(0, 1, 2, 3)
    [item] = world.items(assembly_id)
    assert post(browser(2), f"/assemblies/items/{item}/set-aside", reason="").status_code == 422
    assert post(browser(2), f"/assemblies/items/{item}/set-aside", reason="À revoir.").status_code == 303
    assert post(browser(2), f"/assemblies/{assembly_id}/room/close").status_code == 303
    assert queries.get_assembly(world.session, assembly_id).state is State.CLOSED


def test_a_cancelled_assembly_gives_its_reason(browser, world):
    assembly_id = world.convened()
    assert post(browser(0), f"/assemblies/{assembly_id}/cancel", reason="").status_code == 422
    assert post(browser(0), f"/assemblies/{assembly_id}/cancel", reason="La salle est prise.").status_code == 303
    assert "Annulée" in get(browser(9), "/assemblies/")


def test_what_waits_for_a_member_and_for_the_board(browser, world):
    planned = world.plan()
    assert "Préparer et convoquer" in get(browser(0), "/")
    world.do("convene", assembly_id=planned)
    assert "Votez avant l’assemblée" in get(browser(7), "/")
    [item] = world.items(planned)
    world.vote(item, 7, FOR, remote=True)
    assert "Votez avant l’assemblée" not in get(browser(7), "/")
    world.clock.now = HELD_AT - timedelta(hours=1)
    assert "Tenir l’assemblée" in get(browser(0), "/")


def test_a_member_finds_her_own_letter_and_not_that_of_another(app, clock):
    world = wire(app, clock)
    world.found(without_consent=2)
    assembly_id = world.convened()
    page = get(world.sign_in(app.test_client(), 18), f"/assemblies/{assembly_id}")
    assert "Lettre de convocation – Alix Membre18" in page
    assert "Membre19" not in page


def test_the_agenda_is_moved_and_reworded_by_its_buttons(browser, world):
    assembly_id = world.plan(texts=2)
    first, second = world.items(assembly_id)
    board = browser(0)
    assert post(board, f"/assemblies/items/{second}/up").status_code == 303
    assert post(board, f"/assemblies/items/{first}/edit", title="Autre", text="Autrement.").status_code == 303
    assert post(board, f"/assemblies/items/{second}/remove").status_code == 303
    assert [item.title for item in queries.agenda(world.session, assembly_id)] == ["Autre"]
    changed = {**PLAN, "held_on": "2027-01-16", "title": "Assemblée annuelle"}
    assert post(board, f"/assemblies/{assembly_id}/edit", **changed).status_code == 303
    assert "Assemblée annuelle" in get(board, f"/assemblies/{assembly_id}/prepare")


def test_what_does_not_exist_is_not_found(browser):
    client = browser(0)
    for path in ("{}", "{}/room", "{}/vote", "{}/prepare", "{}/quorum", "items/{}/ballots", "items/{}/edit"):
        assert client.get(f"/assemblies/{path.format(uuid4())}").status_code == 404


def test_pages_take_as_many_statements_with_few_in_the_room_as_with_many(browser, world):
    assembly_id = world.convened()
    world.at_the_hour()
    board, member = browser(0), browser(9)
    paths = [(member, f"/assemblies/{assembly_id}"), (board, f"/assemblies/{assembly_id}/room?q=membre")]
    few = [count_statements(partial(get, client, path)) for client, path in paths]
    world.arrive(assembly_id, *range(18))
    many = [count_statements(partial(get, client, path)) for client, path in paths]
    assert many == few


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_financial_year_that_ends_on_29_february_closes_in_every_year(app, clock, monkeypatch):
    monkeypatch.setattr(assemblies_world, "ready_set", lambda name: replace(ready_set(name), year_end="02-29"))
    made = wire(app, clock)
    made.found()
    page = get(made.sign_in(app.test_client(), 0), f"/assemblies/{made.plan()}/prepare")
    assert 'value="2026-02-28"' in page
