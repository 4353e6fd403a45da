"""Only those who have not voted are reminded, each reminder once, whatever the worker's rhythm; on both engines."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.exc import DatabaseError

from coopgov import jobs
from coopgov.assemblies import queries, service
from coopgov.assemblies.queries.reminding import reminder_hours, reminders_sent
from coopgov.assemblies.rules.reminding import due, moments
from coopgov.assemblies.service.reminding import MAIL_KIND
from coopgov.core import outbox
from coopgov.core.act import open_act
from coopgov.core.db import db
from coopgov.core.outbox import OutboxMessage
from coopgov.core.policy import SYSTEM
from tests.assemblies_world import FOR, HELD_AT, wire


@pytest.fixture
def world(app, clock):
    made = wire(app, clock)
    made.found(count=6)
    return made


@pytest.fixture
def assembly(world):
    """An assembly that votes from home until 14 January at 15:00 in Paris; the first member votes on everything."""
    made = world.convened(texts=2)
    for item in world.items(made):
        world.vote(item, 0, FOR, remote=True)
    world.vote(world.items(made)[0], 1, FOR, remote=True)
    world.proxy(4, 5, made)
    return made


def reminded(world) -> Counter:
    rows = world.session.query(OutboxMessage.to_address).filter(OutboxMessage.kind == MAIL_KIND)
    return Counter(address for (address,) in rows)


def end(world, assembly):
    return queries.get_assembly(world.session, assembly).remote_closes_at


def test_the_worker_reminds_whoever_has_ballots_left_and_nobody_else_each_moment_once(world, assembly):
    closes_at = end(world, assembly)
    world.clock.now = closes_at - timedelta(hours=73)
    jobs.remind_voters()
    assert reminded(world) == Counter()
    world.clock.now = closes_at - timedelta(hours=72)
    for _again in range(3):
        jobs.remind_voters()
    # 0 has voted on everything; 4 gave a proxy to 5, who is reminded for both; 1 has one ballot left.
    assert reminded(world) == Counter({f"m{n}@exemple.fr": 1 for n in (1, 2, 3, 5)})
    [mail] = [
        m for m in outbox.latest(world.session, limit=100) if m.to_address == "m5@exemple.fr" and "reste" in m.subject
    ]
    assert ": 4." in mail.body
    assert "liste d’émargement" in mail.body
    assert "scrutin secret" in mail.body
    for item in world.items(assembly):
        world.vote(item, 2, FOR, remote=True)
    world.clock.now = closes_at - timedelta(hours=23)
    jobs.remind_voters()
    jobs.remind_voters()
    assert reminded(world) == Counter({"m1@exemple.fr": 2, "m2@exemple.fr": 1, "m3@exemple.fr": 2, "m5@exemple.fr": 2})
    assert set(reminders_sent(world.session, assembly)) == {72, 24}


def test_a_worker_that_wakes_late_writes_one_mail_for_all_that_is_due_and_none_after_the_end(world, assembly):
    world.clock.now = end(world, assembly) - timedelta(hours=1)
    jobs.remind_voters()
    assert set(reminded(world).values()) == {1}
    assert set(reminders_sent(world.session, assembly)) == {72, 24}
    other = world.convened(held_at=HELD_AT + timedelta(days=40))
    world.clock.now = end(world, other)
    before = reminded(world)
    jobs.remind_voters()
    assert (reminded(world), reminders_sent(world.session, other)) == (before, {})


def test_two_workers_at_once_write_each_mail_once(app, world, assembly):
    world.clock.now = end(world, assembly) - timedelta(hours=72)
    runtime, ready, failed = app.extensions["coopgov.runtime"], threading.Barrier(4), []
    db.session.remove()

    def work() -> None:
        with app.app_context():
            ready.wait()
            try:
                with open_act(runtime, SYSTEM) as act:
                    service.remind(act)
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert set(reminded(world).values()) == {1}


def test_a_worker_that_dies_before_its_commit_leaves_nothing_and_the_next_one_reminds(world, assembly):
    world.clock.now = end(world, assembly) - timedelta(hours=72)
    with pytest.raises(ZeroDivisionError), world.act() as act:
        1 // (service.remind(act) - 4)  # written, and gone with the act
    assert reminded(world) == Counter()
    jobs.remind_voters()
    assert set(reminded(world).values()) == {1}


def test_the_board_chooses_the_moments_or_none_and_a_suspension_puts_them_off(world, assembly):
    assert reminder_hours(world.session, assembly) == (72, 24)
    assert world.refused("plan_reminders", assembly_id=assembly, hours=[1, 2, 3, 4, 5]) == ["too_many_reminders"]
    assert world.refused("plan_reminders", assembly_id=assembly, hours=[0]) == ["reminder_hours"]
    assert world.refused("plan_reminders", assembly_id=assembly, hours=[5, 5]) == ["reminder_hours"]
    world.do("plan_reminders", assembly_id=assembly, hours=[])
    world.clock.now = end(world, assembly) - timedelta(hours=10)
    jobs.remind_voters()
    assert reminded(world) == Counter()
    world.do("plan_reminders", assembly_id=assembly, hours=[2])
    world.clock.now = end(world, assembly) - timedelta(hours=3)
    world.do("suspend_votes", assembly_id=assembly, since=world.clock.now, incident="Panne.")
    world.forward(hours=2)
    jobs.remind_voters()
    assert reminded(world) == Counter()
    world.do("resume_votes", assembly_id=assembly)
    jobs.remind_voters()
    assert reminded(world) == Counter()
    world.forward(hours=1)
    jobs.remind_voters()
    assert set(reminded(world).values()) == {1}
    with pytest.raises(DatabaseError), world.act() as act:
        act.session.connection().exec_driver_sql("DELETE FROM reminder_sent")
    room = world.convened(remote_vote=False, held_at=HELD_AT + timedelta(days=40))
    assert world.refused("plan_reminders", assembly_id=room, hours=[2]) == ["nothing_to_remind"]


def test_for_any_rhythm_of_the_worker_each_moment_is_told_once():
    hours, opens, closes = (72, 24, 3), HELD_AT - timedelta(days=20), HELD_AT
    for minutes in (1, 7, 59, 60, 61, 500, 1440, 4000):
        told: list[int] = []
        at = opens - timedelta(hours=5)
        while at < closes + timedelta(days=3):
            told += due(hours, told, opens_at=opens, closes_at=closes, now=at)
            at += timedelta(minutes=minutes)
        assert len(told) == len(set(told))
        if minutes <= 61:
            assert told == [72, 24, 3]
    assert moments((72, 24), opens_at=closes - timedelta(hours=30), closes_at=closes) == [closes - timedelta(hours=24)]
