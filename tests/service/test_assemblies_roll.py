"""The roll open to dispute before it is frozen, struck with cause after; votes suspended and taken up again; both engines."""

from datetime import date, timedelta

import pytest

from coopgov.assemblies import queries
from coopgov.assemblies.queries.roll import disputes, my_line, roll_opened_at
from coopgov.assemblies.queries.waiting import waiting_for
from coopgov.ballots import queries as ballots
from coopgov.ballots.rules import Channel
from coopgov.core import outbox
from coopgov.members import queries as members
from coopgov.members import service as member_service
from coopgov.members.rules import Reach
from tests.assemblies_world import FOR, HELD_AT, wire


@pytest.fixture
def world(app, clock):
    made = wire(app, clock)
    made.found(count=6)
    return made


def line(world, assembly_id, n):
    row = queries.get_assembly(world.session, assembly_id)
    return my_line(world.session, row, members.get_member(world.session, world.ids[n]), world.clock.now.date())


def mails(world, kind):
    return [
        mail
        for mail in outbox.latest(world.session, limit=200)
        if mail.about.startswith("assembly:") and kind in mail.subject
    ]


def test_a_dispute_waits_for_its_answer_before_the_roll_is_frozen(app, world):
    assembly_id = world.plan()
    say = {"assembly_id": assembly_id, "member_id": world.ids[4], "text": "Mon nom est mal écrit."}
    assert world.refused("dispute_roll", **say) == ["roll_not_open"]
    world.do("open_roll", assembly_id=assembly_id)
    assert world.refused("open_roll", assembly_id=assembly_id) == ["roll_open_already"]
    assert roll_opened_at(world.session, assembly_id) == world.clock.now
    assert world.refused("dispute_roll", **{**say, "text": " "}) == ["dispute_empty"]
    dispute_id = world.do("dispute_roll", **say)
    assert world.refused("dispute_roll", **say) == ["dispute_waits"]
    # Nobody can convene over it.
    assert world.refused("convene", assembly_id=assembly_id) == ["dispute_unanswered"]
    with app.test_request_context():
        told = [one.title for one in waiting_for(world.session, world.actor(0), world.clock.now)]
        seen = [one.endpoint for one in waiting_for(world.session, world.actor(4), world.clock.now)]
    assert any("1" in title for title in told)
    assert "assemblies.roll" in seen
    answer = {"dispute_id": dispute_id, "text": "Vérifié sur votre pièce d’identité."}
    # What is called corrected must stand otherwise than before.
    assert world.refused("answer_dispute", is_corrected=True, **answer) == ["nothing_corrected"]
    world.do("answer_dispute", is_corrected=False, **answer)
    assert world.refused("answer_dispute", is_corrected=False, **answer) == ["answered_already"]
    [found] = disputes(world.session, assembly_id)
    assert (found.waits, found.is_corrected, found.answer) == (False, False, answer["text"])
    [mail] = mails(world, "contestation")
    assert mail.to_address == "m4@exemple.fr"
    assert answer["text"] in mail.body
    world.do("convene", assembly_id=assembly_id)
    assert world.refused("open_roll", assembly_id=assembly_id) == ["roll_frozen"]


def test_a_correction_of_the_register_answers_a_dispute_and_each_person_reads_why(world):
    assembly_id = world.plan()
    world.do("open_roll", assembly_id=assembly_id)
    on = line(world, assembly_id, 5)
    assert (on.is_on, "joined_on" in on.values) == (True, True)
    dispute_id = world.do("dispute_roll", assembly_id=assembly_id, member_id=world.ids[5], text="J’ai démissionné.")
    with world.act() as act:
        member_service.resign(act, member_id=world.ids[5], effective_on=date(2026, 11, 20))
    off = line(world, assembly_id, 5)
    assert (off.is_on, off.values["left_on"]) == (False, date(2026, 11, 20))
    world.do("answer_dispute", dispute_id=dispute_id, is_corrected=True, text="Votre lettre est enregistrée.")
    assert [one.is_corrected for one in disputes(world.session, assembly_id)] == [True]
    world.do("convene", assembly_id=assembly_id)
    # The frozen roll is what counts from now on, and tells the same.
    assert (line(world, assembly_id, 4).is_on, line(world, assembly_id, 5).is_on) == (True, False)


def test_a_line_struck_after_freezing_is_told_everywhere(world):
    assembly_id = world.convened()
    world.proxy(4, 5, assembly_id)
    frozen = queries.get_assembly(world.session, assembly_id)
    cause = {"assembly_id": assembly_id, "reason": "Démission du 3 octobre.", "document": "Lettre du 3 octobre 2026"}
    world.do("strike_off", number=6, **cause)
    row = queries.get_assembly(world.session, assembly_id)
    assert (row.enrolled, row.roll_hash) == (frozen.enrolled - 1, frozen.roll_hash)
    assert ballots.get_roll(world.session, row.roll_id).hash_now != row.roll_hash
    told = line(world, assembly_id, 5)
    assert (told.is_on, told.values["document"]) == (False, cause["document"])
    # The proxy she held ends, so that its giver votes herself; she votes no more.
    assert queries.active_proxy_of(world.session, assembly_id, world.ids[4]) is None
    [item] = world.items(assembly_id)
    assert world.refused(
        "vote", item_id=item, voter_id=world.ids[5], choice=FOR, channel=Channel.REMOTE, cast_by=world.ids[5]
    )
    world.vote(item, 4, FOR, remote=True)
    assert world.refused("strike_off", number=5, **cause) == ["struck_after_voting"]
    [mail] = mails(world, "radiée")
    assert mail.to_address == "m5@exemple.fr"
    facts = queries.minutes_facts(world.session, assembly_id)
    assert any("radiée" in one["text"] for one in facts["incidents"])
    assert facts["roll_hash"] == ballots.get_roll(world.session, row.roll_id).hash_now
    # The whole assembly is counted on those who are left.
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3)
    world.open(assembly_id)
    world.do("open_vote", item_id=item)
    world.do("close_vote", item_id=item)
    assert world.do("proclaim", item_id=item).counts.enrolled == frozen.enrolled - 1


def test_votes_of_an_assembly_are_suspended_and_give_their_time_back(world):
    assembly_id = world.convened(texts=2)
    first, _second = world.items(assembly_id)
    end = queries.get_assembly(world.session, assembly_id).remote_closes_at
    world.clock.now = end - timedelta(hours=1)
    halt = {"assembly_id": assembly_id, "since": world.clock.now, "incident": "Le site ne répond plus."}
    with world.act() as act:
        member_service.change_contacts(act, member_id=world.ids[5], reach=Reach(town="Valence"), craft="Potière")
    assert world.do("suspend_votes", **halt) == ["Alix Membre05"]
    assert world.refused("suspend_votes", **halt) == ["suspended_already"]
    ballot = {
        "item_id": first,
        "voter_id": world.ids[3],
        "choice": FOR,
        "channel": Channel.REMOTE,
        "cast_by": world.ids[3],
    }
    assert "vote_suspended" in world.refused("vote", **ballot)
    [waits] = waiting_for(world.session, world.actor(4), world.clock.now)
    assert (waits.endpoint, waits.due, halt["incident"] in waits.detail) == ("assemblies.show", None, True)
    world.clock.now = end + timedelta(minutes=30)
    assert waiting_for(world.session, world.actor(4), world.clock.now) == [waits]
    until = world.do("resume_votes", assembly_id=assembly_id).closes_at
    assert until == end + timedelta(minutes=90)
    row = queries.get_assembly(world.session, assembly_id)
    assert (row.remote_closes_at, row.takes_remote(until - timedelta(seconds=1))) == (until, True)
    [waits] = waiting_for(world.session, world.actor(4), world.clock.now)
    assert (waits.endpoint, waits.due) == ("assemblies.vote", until)
    world.vote(first, 3, FOR, remote=True)
    suspended, resumed = mails(world, "suspendu"), mails(world, "reprend")
    assert len({mail.to_address for mail in suspended}) == len(suspended) == 5
    assert len(resumed) == 5
    assert halt["incident"] in suspended[0].body
    assert "jusqu’au 14 janvier 2027 à 16:30 (heure de Paris), au lieu du 14 janvier 2027 à 15:00." in resumed[0].body
    told = [one["text"] for one in queries.minutes_facts(world.session, assembly_id)["incidents"]]
    assert len(told) == 2
    assert (told[0].startswith("Votes suspendus depuis 14:00."), halt["incident"] in told[0]) == (True, True)
    assert "suspension de 1\u00a0h\u00a030, depuis 14:00" in told[1]
    assert "annoncé jusqu’au 14 janvier 2027 à 15:00, est clos le 14 janvier 2027 à 16:30" in told[1]
    assert world.refused("resume_votes", assembly_id=assembly_id) == ["not_suspended"]


def test_the_session_waits_for_the_end_that_a_suspension_put_off(world):
    assembly_id = world.convened()
    end = queries.get_assembly(world.session, assembly_id).remote_closes_at
    world.clock.now = end - timedelta(hours=1)
    world.do("suspend_votes", assembly_id=assembly_id, since=world.clock.now, incident="Panne.")
    world.at_the_hour()
    world.arrive(assembly_id, 0, 1, 2, 3)
    assert "votes_suspended" in world.refused("open_assembly", assembly_id=assembly_id, **world.bureau())
    until = world.do("resume_votes", assembly_id=assembly_id).closes_at
    assert until == HELD_AT + timedelta(hours=1)
    assert "convoquée le 15 janvier 2027 à 18:00, n’ouvre qu’après" in mails(world, "reprend")[0].body
    assert "before_its_hour" in world.refused("open_assembly", assembly_id=assembly_id, **world.bureau())
    world.clock.now = until
    world.open(assembly_id)
    assert "nothing_to_suspend" in world.refused(
        "suspend_votes", assembly_id=assembly_id, since=world.clock.now, incident="Panne."
    )
