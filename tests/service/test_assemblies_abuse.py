"""What somebody in a hurry, or with an interest, could try with an assembly."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coopgov.assemblies import queries
from coopgov.assemblies.rules import AssemblyKind, ItemState
from coopgov.ballots import queries as ballots
from coopgov.core.errors import RuleBroken
from coopgov.members import queries as members
from coopgov.members import service as member_service
from coopgov.members.rules import Application, Category, PartyKind, Person, Reach, Status
from coopgov.minutes import queries as minutes
from coopgov.shares import queries as shares
from coopgov.shares import service as share_service
from coopgov.treasury import queries as accounts
from coopgov.treasury import service as treasury
from coopgov.wiring import HANDLERS
from tests.assemblies_world import FOR, HELD_AT, wire


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    app.extensions["coopgov.runtime"] = replace(app.extensions["coopgov.runtime"], handlers=HANDLERS)
    found.found()
    return found


@pytest.fixture
def second(world):
    """A second call in preparation."""
    first = world.convened(kind=AssemblyKind.EXTRAORDINARY)
    world.at_the_hour()
    world.do("note_no_quorum", assembly_id=first)
    return world.do("prepare_second_call", assembly_id=first, held_at=HELD_AT + timedelta(days=20))


def revised(**more):
    return {"title": "", "place": "Valence", "remote_vote": True, "held_at": HELD_AT + timedelta(days=20)} | more


def test_nothing_is_added_to_the_agenda_of_a_second_call(world, second):
    more = {"title": "Autre chose", "text": "L’assemblée décide."}
    assert world.refused("add_text_item", assembly_id=second, **more) == ["agenda_of_second_call"]
    assert world.refused("add_accounts_item", assembly_id=second) == ["agenda_of_second_call"]


def test_a_second_call_is_not_put_off_beyond_what_the_law_allows(world, second):
    late = revised(held_at=HELD_AT + timedelta(days=90))
    assert world.refused("revise", assembly_id=second, **late) == ["second_call_too_late"]
    world.do("revise", assembly_id=second, **revised(held_at=HELD_AT + timedelta(days=40)))


def test_attendance_and_incidents_stop_with_the_session(world):
    assembly_id = world.opened(0, 1, 2, 3)
    [item] = world.items(assembly_id)
    world.decide(item, {0: FOR})
    world.do("close_assembly", assembly_id=assembly_id)
    assert world.refused("leave", assembly_id=assembly_id, member_id=world.ids[0]) == ["attendance_closed"]
    assert world.refused("note_incident", assembly_id=assembly_id, text="Plus tard.") == ["incident_out_of_session"]
    assert world.refused("issue_attendance_sheet", assembly_id=assembly_id) == ["no_sheet_now"]


def test_an_assembly_in_preparation_has_no_attendance_sheet(world):
    assert world.refused("issue_attendance_sheet", assembly_id=world.plan()) == ["no_sheet_now"]


def test_one_person_named_twice_is_one_teller(world):
    assembly_id = world.convened()
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3)
    bureau = world.bureau() | {"tellers": [world.account(2), world.account(2)]}
    assert world.refused("open_assembly", assembly_id=assembly_id, **bureau) == ["bureau_tellers"]


def test_ballots_of_a_cancelled_vote_are_shown_to_nobody(world):
    assembly_id = world.convened()
    [item] = queries.agenda(world.session, assembly_id)
    world.vote(item.id, 5, FOR, remote=True)
    world.at_the_hour()
    world.do("note_no_quorum", assembly_id=assembly_id)
    for read in (ballots.tally, ballots.tally_by_college, ballots.export_ballots):
        with pytest.raises(RuleBroken):
            read(world.session, item.scrutin_id)


# Admissions


def candidate(world, name="Diallo", email="awa@exemple.fr", wished=1, **more):
    """Somebody who has applied."""
    application = Application(
        person=Person(PartyKind.PERSON, name, "Awa"),
        reach=Reach(email=email, address=("1 rue",), postcode="26000", town="Valence"),
        craft="céramiste", category=Category.EMPLOYED, shares_wished=wished, consents_to_email=True, accepts_statutes=True,
    )  # fmt: skip
    with world.act() as a:
        return member_service.apply(a, application=replace(application, **more))


def admission(world, candidate_id):
    assembly_id = world.plan(texts=0)
    world.do("add_admission_item", assembly_id=assembly_id, candidate_id=candidate_id)
    return assembly_id


def voted(world, assembly_id, outcome=FOR):
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3)
    world.open(assembly_id)
    [item] = world.items(assembly_id)
    world.do("open_vote", item_id=item)
    for n in range(4):
        world.vote(item, n, outcome)
    world.do("close_vote", item_id=item)
    return item


def test_a_result_is_proclaimed_even_when_the_admission_it_carries_is_not_possible(world):
    who = candidate(world)
    assembly_id = admission(world, who)
    world.do("convene", assembly_id=assembly_id)
    with world.act() as a:
        member_service.refuse_candidate(a, member_id=who, on=a.today, decision="Retirée")
    item = voted(world, assembly_id)
    world.do("proclaim", item_id=item)
    assert queries.get_item(world.session, item).state is ItemState.PROCLAIMED
    assert members.get_member(world.session, who).status is Status.REFUSED
    world.do("close_assembly", assembly_id=assembly_id)
    facts = minutes.get_minutes(world.session, minutes.find_by_assembly(world.session, assembly_id).id).facts
    assert "Awa Diallo" in facts["incidents"][0]["text"]


def test_too_many_shares_wished_do_not_keep_a_member_out(world):
    who = candidate(world, wished=500)
    with world.act() as a:
        share_service.subscribe(a, member_id=world.ids[0], quantity=50, effective_on=a.today)
    assembly_id = admission(world, who)
    world.do("convene", assembly_id=assembly_id)
    world.do("proclaim", item_id=voted(world, assembly_id))
    file = members.get_file(world.session, who)
    assert (file.member.status, file.shares_wished) == (Status.MEMBER, 500)
    assert shares.shares_held(world.session, member_id=who, on=world.clock.now.date()) == 0


def test_a_candidate_who_is_one_no_more_is_not_put_to_the_vote(world):
    who = candidate(world)
    assembly_id = admission(world, who)
    with world.act() as a:
        member_service.refuse_candidate(a, member_id=who, on=a.today, decision="Retirée")
    assert world.refused("convene", assembly_id=assembly_id) == ["not_a_candidate"]


def test_shares_subscribed_on_condition_are_not_subscribed_again_at_admission(world):
    who = candidate(world, wished=2)
    with world.act() as a:
        share_service.subscribe(a, member_id=world.ids[0], quantity=50, effective_on=a.today)
        share_service.subscribe(a, member_id=who, quantity=2, effective_on=a.today, is_conditional=True)
    assembly_id = admission(world, who)
    world.do("convene", assembly_id=assembly_id)
    world.do("proclaim", item_id=voted(world, assembly_id))
    assert shares.shares_held(world.session, member_id=who, on=world.clock.now.date()) == 2


@pytest.mark.parametrize("paid", [0, 5000])
def test_what_was_subscribed_on_condition_falls_with_the_candidature_and_what_was_paid_waits(world, paid):
    who = candidate(world, wished=2)
    with world.act() as a:
        share_service.subscribe(a, member_id=world.ids[0], quantity=50, effective_on=a.today)
        share_service.subscribe(a, member_id=who, quantity=2, effective_on=a.today, is_conditional=True)
        if paid:
            treasury.pay(a, member_id=who, cents=paid, effective_on=a.today)
    with world.act() as a:
        member_service.refuse_candidate(a, member_id=who, on=a.today, decision="Non")
    assert members.get_member(world.session, who).status is Status.REFUSED
    today = world.clock.now.date()
    assert shares.shares_held(world.session, member_id=who, on=today) == 0
    assert accounts.account_of(world.session, member_id=who, on=today).suspense == paid


# Proxies at a second call


def test_a_proxy_is_not_carried_over_beyond_the_limit_of_the_second_call(app, clock):
    world = wire(app, clock)
    world.found(count=40)
    first = world.convened(kind=AssemblyKind.EXTRAORDINARY)
    for giver in (4, 5):
        world.proxy(giver, 9, first)
        world.forward(minutes=1)
    world.at_the_hour()
    world.do("note_no_quorum", assembly_id=first)
    second = world.do("prepare_second_call", assembly_id=first, held_at=HELD_AT + timedelta(days=20))
    with world.act() as a:
        member_service.resign(a, member_id=world.ids[39], effective_on=a.today)
    world.do("convene", assembly_id=second)
    assert [proxy.grantor_id for proxy in queries.list_proxies(world.session, second)] == [world.ids[4]]
