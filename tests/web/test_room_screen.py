"""The screen of the room: where the vote is, and nothing that the level of the vote hides."""

import pytest

from coopgov.ballots import service as votes
from tests.assemblies_world import FOR, wire
from tests.person import words


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found(count=6)
    return found


def test_the_screen_follows_the_votes_and_tells_no_secret_turnout_too_early(app, world):
    chair, assembly = world.sign_in(app.test_client(), 0), world.plan(texts=2)
    first = world.items(assembly)[0]
    world.do("set_secret", item_id=first, is_secret=True)
    teller = world.account(2)
    with world.act() as act:
        votes.make_teller_key(act, account_id=teller, name="Zoé")
    world.do("convene", assembly_id=assembly)

    def sees(*texts: str, misses: tuple[str, ...] = ()) -> None:
        page = words(chair.get(f"/assemblies/{assembly}/screen").text)
        assert [text for text in texts if text not in page] == []
        assert [text for text in (*misses, "Membre0") if text in page] == []

    sees("Résolution 1 sur 2", "Ensuite : 2. Résolution 2", "Le vote à distance ferme dans 51 j 5 h")
    world.at_the_hour()
    world.arrive(assembly, 0, 1, 2, 3)
    world.open(assembly)
    world.do("open_vote", item_id=first)
    world.vote(first, 0, FOR)
    world.vote(first, 1, FOR)
    world.forward(minutes=61)
    sees(
        "Vote ouvert",
        "ouvert depuis 1 h 1 min",
        "à partir de trois bulletins",
        misses=("Bulletins dans l’urne", "2 sur"),
    )
    world.vote(first, 2, FOR)
    sees("Bulletins dans l’urne", "3 sur 6", misses=("à partir de trois", "Pour"))
    world.do("close_vote", item_id=first)
    sees("urne à ouvrir", "3 sur 6", misses=("Adoptée",))


def test_a_proclaimed_result_stays_drawn_until_the_next_vote_opens(app, world):
    chair, assembly = world.sign_in(app.test_client(), 0), world.opened(0, 1, 2, 3, texts=2)
    first, second = world.items(assembly)
    room = chair.get(f"/assemblies/{assembly}/room").text
    assert f"/assemblies/{assembly}/screen" in room
    assert chair.post(f"/assemblies/items/{first}/vote/open").status_code == 303
    for voter in (0, 1, 2):
        world.vote(first, voter, FOR)
    assert chair.post(f"/assemblies/items/{first}/vote/close").status_code == 303
    world.do("proclaim", item_id=first)
    page = words(chair.get(f"/assemblies/{assembly}/screen").text)
    assert ("Adoptée" in page, "plot-bar" in page, "Ensuite : 2." in page) == (True, True, True)
    world.do("open_vote", item_id=second)
    page = words(chair.get(f"/assemblies/{assembly}/screen").text)
    assert ("0 sur 6" in page, "Adoptée" in page) == (True, False)
