"""What a resolution is about hears its result: a proposal queues its change, a candidate becomes a member."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coopgov.assemblies import queries
from coopgov.core.errors import RuleBroken
from coopgov.members import queries as members
from coopgov.members import service as member_service
from coopgov.members.rules import Application, Category, PartyKind, Person, Reach, Status
from coopgov.minutes import queries as minutes
from coopgov.proposals import queries as proposals
from coopgov.proposals import service as proposal_service
from coopgov.proposals.rules import State
from coopgov.terms import queries as terms
from coopgov.terms import service as term_service
from coopgov.wiring import HANDLERS
from tests.assemblies_world import AGAINST, FOR, FOUNDED, HELD_AT, wire

KEY = "commission.sales"


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    app.extensions["coopgov.runtime"] = replace(app.extensions["coopgov.runtime"], handlers=HANDLERS)
    found.found()
    with found.act() as a:
        values = {KEY: 850, "listing.monthly": 500, "payment.fee": 180}
        term_service.set_schedule(a, values=values, effective_from=FOUNDED, decision="Assemblée constitutive")
    return found


@pytest.fixture
def proposal(world):
    """A debated proposal that would lower the commission."""
    with world.act() as a:
        found = proposal_service.draft(
            a, author_id=world.ids[9], title="Baisser la commission", reasons="Elle pèse.", changes={KEY: 750}
        )
        proposal_service.submit(a, proposal_id=found, author_id=world.ids[9])
    return found


def on_agenda(world, proposal_id):
    """A convened assembly that votes on the proposal."""
    assembly_id = world.plan(texts=0)
    world.do("add_proposal_item", assembly_id=assembly_id, proposal_id=proposal_id)
    world.do("convene", assembly_id=assembly_id)
    return assembly_id


def hold(world, assembly_id, at=HELD_AT):
    world.clock.now = at
    world.arrive(assembly_id, 0, 1, 2, 3)
    world.open(assembly_id)
    return world.items(assembly_id)[0]


def state(world, proposal_id):
    return proposals.get_proposal(world.session, proposal_id).state


def test_convening_freezes_the_proposal_and_its_hash_is_the_subject(world, proposal):
    assembly_id = on_agenda(world, proposal)
    [item] = queries.agenda(world.session, assembly_id)
    frozen = proposals.get_proposal(world.session, proposal)
    assert (frozen.state, frozen.subject_hash) == (State.FROZEN, item.subject_hash)
    assert "8,5" in item.change_text
    assert "7,5" in item.change_text


def test_an_adopted_proposal_queues_its_change(world, proposal):
    item = hold(world, on_agenda(world, proposal))
    world.decide(item, {0: FOR, 1: FOR, 2: FOR, 3: AGAINST})
    assert state(world, proposal) is State.ADOPTED
    [change] = terms.pending_changes(world.session)
    assert change.decision == "Assemblée générale ordinaire du 15 janvier 2027, résolution n°\u00a01"


def test_a_rejected_proposal_queues_nothing(world, proposal):
    item = hold(world, on_agenda(world, proposal))
    world.decide(item, {0: FOR, 1: FOR, 2: AGAINST, 3: AGAINST})
    assert state(world, proposal) is State.REJECTED
    assert terms.pending_changes(world.session) == []


def test_without_quorum_the_same_text_comes_back_and_can_be_adopted(world, proposal):
    first = on_agenda(world, proposal)
    world.at_the_hour()
    world.do("note_no_quorum", assembly_id=first)
    assert state(world, proposal) is State.NO_QUORUM
    again = HELD_AT + timedelta(days=10)
    second = world.do("prepare_second_call", assembly_id=first, held_at=again)
    world.do("convene", assembly_id=second)
    item = hold(world, second, at=again)
    world.decide(item, {0: FOR, 1: FOR, 2: FOR, 3: FOR})
    assert state(world, proposal) is State.ADOPTED


@pytest.mark.parametrize("how", ["cancel", "set_aside"])
def test_a_resolution_that_leaves_without_a_vote_frees_its_proposal(world, proposal, how):
    assembly_id = on_agenda(world, proposal)
    if how == "cancel":
        world.do("cancel", assembly_id=assembly_id, reason="La salle est prise.")
    else:
        world.do("set_aside", item_id=hold(world, assembly_id), reason="À revoir.")
    assert state(world, proposal) is State.DEBATING
    on_agenda_again = world.plan(texts=0, held_at=world.clock.now + timedelta(days=40))
    world.do("add_proposal_item", assembly_id=on_agenda_again, proposal_id=proposal)
    world.do("convene", assembly_id=on_agenda_again)


def test_a_cancelled_second_call_frees_its_proposal_too(world, proposal):
    first = on_agenda(world, proposal)
    world.at_the_hour()
    world.do("note_no_quorum", assembly_id=first)
    second = world.do("prepare_second_call", assembly_id=first, held_at=HELD_AT + timedelta(days=10))
    world.do("cancel", assembly_id=second, reason="Inutile.")
    assert state(world, proposal) is State.DEBATING


def test_only_a_debated_proposal_goes_on_an_agenda(world, proposal):
    on_agenda(world, proposal)
    other = world.plan(texts=0)
    assert world.refused("add_proposal_item", assembly_id=other, proposal_id=proposal) == ["proposal_not_debated"]


def test_an_admission_that_is_voted_makes_a_member(world):
    with world.act() as a:
        candidate = member_service.apply(
            a,
            application=Application(
                Person(kind=PartyKind.PERSON, legal_name="Œuvrard", given_names="Zoé"),
                Reach(email="zoe@exemple.fr", address=("3 quai des Tanneurs",), postcode="35000", town="Rennes"),
                craft="céramiste", category=Category.EMPLOYED, accepts_statutes=True,
            ),
        )  # fmt: skip
    assembly_id = world.plan(texts=0)
    world.do("add_admission_item", assembly_id=assembly_id, candidate_id=candidate)
    world.do("convene", assembly_id=assembly_id)
    item = hold(world, assembly_id)
    world.decide(item, {0: FOR, 1: FOR, 2: FOR})
    assert members.get_member(world.session, candidate).status is Status.MEMBER
    with pytest.raises(RuleBroken, match="not_a_candidate"):
        world.do(
            "add_admission_item",
            assembly_id=world.plan(texts=0, held_at=HELD_AT + timedelta(days=60)),
            candidate_id=candidate,
        )


def test_a_closed_session_has_its_minutes_drafted(world):
    assembly_id = world.opened(0, 1, 2, 3)
    [item] = world.items(assembly_id)
    world.decide(item, {0: FOR, 1: FOR, 2: FOR})
    world.do("close_assembly", assembly_id=assembly_id)
    [drafted] = minutes.list_minutes(world.session, drafts=True).rows
    assert drafted.assembly_id == assembly_id
