"""Two people press the same button, or two that meet, at the same instant: one effect, and no broken page."""

from dataclasses import replace

import pytest

from coopgov.accounts import queries as accounts
from coopgov.accounts import service as account_service
from coopgov.assemblies import queries as assemblies
from coopgov.assemblies import service
from coopgov.assemblies.rules import ItemState, State
from coopgov.core import journal
from coopgov.core.act import open_act
from coopgov.core.db import db
from coopgov.core.errors import RuleBroken
from coopgov.core.policy import SYSTEM, Role
from coopgov.minutes import queries as minutes
from coopgov.minutes import service as minutes_service
from coopgov.minutes.rules import Signer
from coopgov.proposals import service as proposals
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from coopgov.terms import queries as terms
from coopgov.terms import service as term_service
from coopgov.wiring import HANDLERS
from tests import judging
from tests.assemblies_world import FOR, FOUNDED
from tests.assemblies_world import wire as wire_assemblies
from tests.minutes_world import hold
from tests.service.test_core_concurrency import together
from tests.shares_world import wire as wire_shares

KEY = "commission.sales"


@pytest.fixture
def world(app, clock):
    found = wire_assemblies(app, clock)
    app.extensions["coopgov.runtime"] = replace(app.extensions["coopgov.runtime"], handlers=HANDLERS)
    found.found()
    return found


def at_once(app, *commands):
    """Run each command in an act of its own, all together; what each was refused with, or nothing."""
    db.session.rollback()
    runtime = app.extensions["coopgov.runtime"]

    def run(number):
        actor, command = commands[number]
        try:
            with app.app_context(), open_act(runtime, actor) as act:
                command(act)
        except RuleBroken as refusal:
            return [breach.code for breach in refusal.breaches]
        return []

    return together(len(commands), run)


def twice(app, command, actor=SYSTEM):
    """The same command, two times at once; gives how many were refused."""
    return sum(bool(refused) for refused in at_once(app, (actor, command), (actor, command)))


def test_chair_and_secretary_who_approve_together_issue_the_minutes(app, clock):
    world = wire_shares(app)
    meeting = hold(world, clock)
    with world.act() as a:
        minutes_id = minutes_service.draft_for(a, assembly_id=meeting.id)
        minutes_service.edit_prose(a, minutes_id=minutes_id, texts={"debates": "Rien."})

    def approving(signer):
        return lambda act: minutes_service.approve(act, minutes_id=minutes_id, as_=signer)

    refused = at_once(
        app, (meeting.chair, approving(Signer.CHAIR)), (meeting.secretary, approving(Signer.SECRETARY))
    )  # fmt: skip
    assert refused == [[], []]
    assert minutes.get_minutes(db.session(), minutes_id).document_id is not None


def test_two_versions_of_the_minutes_written_together_are_both_kept(app, clock):
    world = wire_shares(app)
    meeting = hold(world, clock)
    with world.act() as a:
        minutes_id = minutes_service.draft_for(a, assembly_id=meeting.id)

    def writing(text):
        return lambda act: minutes_service.edit_prose(act, minutes_id=minutes_id, texts={"debates": text})

    assert at_once(app, (SYSTEM, writing("Un.")), (SYSTEM, writing("Deux."))) == [[], []]
    assert minutes.last_versions(db.session(), minutes_id) == {"debates": 2}


def test_an_assembly_is_convened_once(app, world):
    assembly_id = world.plan()
    assert twice(app, lambda act: judging.convene(act, assembly_id=assembly_id)) == 1
    assert assemblies.get_assembly(world.session, assembly_id).state is State.CONVENED
    lines = [e.kind for e in journal.entries_about(world.session, f"assembly:{assembly_id}")]
    assert lines.count("assembly.convened") == 1


@pytest.mark.parametrize("step", ["open_vote", "close_vote", "proclaim", "close_assembly"])
def test_each_step_of_a_session_happens_once(app, world, step):
    assembly_id = world.opened(0, 1, 2, 3)
    [item] = world.items(assembly_id)
    steps = {
        "open_vote": lambda act: service.open_vote(act, item_id=item),
        "close_vote": lambda act: service.close_vote(act, item_id=item),
        "proclaim": lambda act: service.proclaim(act, item_id=item),
        "close_assembly": lambda act: service.close_assembly(act, assembly_id=assembly_id),
    }
    for name, command in steps.items():
        if name == step:
            assert twice(app, command) == 1
            return
        with world.act() as a:
            command(a)


def test_a_vote_that_closes_while_someone_leaves_is_counted_on_one_attendance(app, world):
    assembly_id = world.opened(0, 1, 2, 3, 4)
    [item] = world.items(assembly_id)
    world.do("open_vote", item_id=item)
    world.vote(item, 0, FOR)
    at_once(
        app,
        (SYSTEM, lambda act: service.close_vote(act, item_id=item)),
        (SYSTEM, lambda act: service.leave(act, assembly_id=assembly_id, member_id=world.ids[4])),
    )
    assert assemblies.get_item(world.session, item).state is ItemState.COUNTED


def test_the_board_carries_out_a_decision_once(app, world):
    with world.act() as a:
        values = {KEY: 850, "listing.monthly": 500, "payment.fee": 180}
        term_service.set_schedule(a, values=values, effective_from=FOUNDED, decision="Assemblée constitutive")
        text = ready_set("scop-sa-cae")
        power = replace(text.figures["terms.decision_power"], value="CONSULTATIVE")
        text = replace(text, figures={**text.figures, "terms.decision_power": power})
        statutes.adopt_statutes(a, text=text, in_force_from=a.today, decision="AGE")
        found = proposals.draft(a, author_id=world.ids[9], title="Baisser", reasons="Pèse.", changes={KEY: 750})
        proposals.submit(a, proposal_id=found, author_id=world.ids[9])
    assembly_id = world.plan(texts=0)
    world.do("add_proposal_item", assembly_id=assembly_id, proposal_id=found)
    world.do("convene", assembly_id=assembly_id)
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3)
    world.open(assembly_id)
    world.decide(world.items(assembly_id)[0], {0: FOR, 1: FOR, 2: FOR})

    def carry_out(act):
        proposals.carry_out(act, proposal_id=found, decided_on=act.today, decision="CA")

    assert twice(app, carry_out, world.actor(0)) == 1
    assert len(terms.pending_changes(world.session)) == 1


def test_an_office_is_given_once(app, world):
    account_id = world.account(7)

    def give(act):
        account_service.grant_role(act, account_id=account_id, role=Role.TELLER, from_day=act.today)

    assert twice(app, give) == 1
    assert [m.role for m in accounts.list_mandates(world.session, account_id)].count(Role.TELLER) == 1
