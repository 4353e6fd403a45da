"""A voted change takes effect by itself: once, after the notice, on the day it was announced for."""

import threading
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from coopgov.core import journal, outbox
from coopgov.core.act import open_act
from coopgov.core.db import db
from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.outbox import Outcome
from coopgov.core.policy import SYSTEM
from coopgov.law.rulebook import StatutesFigure
from coopgov.members import service as members
from coopgov.terms import queries, service
from coopgov.terms.events import FeeChanged
from coopgov.terms.models import ParameterVersion
from coopgov.terms.rules import FeeChange, State
from tests.terms_world import TODAY, VALUES, a_seller, found, queue_change, send_all, statutes_text


@pytest.fixture
def world(act):
    """A cooperative with its schedule, three sellers, one without e-mail, and a member without shop."""
    with act() as a:
        found(a)
        for row in (a_seller("Aa"), a_seller("Bb"), a_seller("Cc", email=""), a_seller("Dd", has_shop=False)):
            members.enrol(a, member=row)


@pytest.fixture
def change_id(world, act):
    """A change of the commission, queued today."""
    with act() as a:
        return queue_change(a)


@pytest.fixture
def notified(change_id, act):
    """The same, its notices all sent today: it takes effect on 9 December."""
    with act() as a:
        send_all(a, change_id)
    with act() as a:
        assert service.note_notices(a) == [change_id]
    return change_id


def state_of(session, change_id):
    session.rollback()
    return queries.get_change(session, change_id).state


def kinds(session, change_id):
    session.rollback()
    return [entry.kind for entry in journal.entries_about(session, f"change:{change_id}")]


def test_every_seller_gets_one_notice_with_the_figures_and_the_delay(change_id, session):
    messages = outbox.messages_about(session, f"change:{change_id}", "terms.change")
    assert sorted(message.to_address for message in messages) == ["aa@example.org", "bb@example.org"]
    assert "8\u202f% aujourd’hui, 6,5\u202f% ensuite" in messages[0].body
    assert "9 décembre 2026" in messages[0].subject
    assert "15 jours" in messages[0].body
    assert queries.get_change(session, change_id).unreached == 1


def test_nothing_is_notified_while_one_notice_waits(change_id, act, session):
    first = outbox.messages_about(session, f"change:{change_id}", "terms.change")[0]
    with act() as a:
        outbox.note_delivery(a, first.id, Outcome.SENT)
    with act() as a:
        assert service.note_notices(a) == []
    assert state_of(session, change_id) is State.QUEUED


def test_the_day_of_effect_counts_from_the_last_notice_in_paris(change_id, act, session, clock):
    first, second = outbox.messages_about(session, f"change:{change_id}", "terms.change")
    with act() as a:
        outbox.note_delivery(a, first.id, Outcome.SENT)
    clock.forward(hours=13, minutes=30)  # 22:30 UTC, 23:30 in Paris: still 24 November
    with act() as a:
        outbox.note_delivery(a, second.id, Outcome.FAILED)
    clock.forward(hours=1)  # half past midnight in Paris
    with act() as a:
        outbox.note_delivery(a, second.id, Outcome.SENT)
    with act() as a:
        service.note_notices(a)
    assert queries.get_change(session, change_id).eta == date(2026, 12, 10)


def test_a_notice_given_up_lets_the_others_go_on_and_is_counted(change_id, act, session):
    with act() as a:
        send_all(a, change_id, Outcome.GIVEN_UP)
    with act() as a:
        service.note_notices(a)
    session.rollback()
    assert queries.get_change(session, change_id).notified.given_up == 2
    assert queries.notices(session, change_id).given_up == 2


def test_a_wished_day_is_kept_when_it_is_later_than_the_notice(world, act, session):
    with act() as a:
        change_id = queue_change(a, not_before=date(2027, 1, 1))
    with act() as a:
        send_all(a, change_id)
    with act() as a:
        service.note_notices(a)
    assert queries.get_change(session, change_id).eta == date(2027, 1, 1)


def test_a_change_takes_effect_on_its_day_and_not_before(notified, act, session, clock):
    clock.forward(days=14)
    with act() as a:
        assert service.execute_due(a) == []
    clock.forward(days=1)
    with act() as a:
        assert service.execute_due(a) == [notified]
    assert state_of(session, notified) is State.EFFECTIVE
    assert queries.schedule_on(session, date(2026, 12, 8)).values["commission.sales"] == 800
    assert queries.schedule_on(session, date(2026, 12, 9)).values["commission.sales"] == 650
    assert kinds(session, notified) == ["terms.queued", "terms.notified", "terms.effective"]


def test_the_schedule_of_a_day_does_not_depend_on_the_worker(notified, act, session, clock):
    before = queries.schedule_on(session, date(2026, 12, 9))
    clock.forward(days=20)
    with act() as a:
        service.execute_due(a)
    session.rollback()
    after = queries.schedule_on(session, date(2026, 12, 9))
    assert (before.values, before.version_ids) == (after.values, after.version_ids)


def test_executing_twice_changes_once(notified, act, session, clock):
    clock.forward(days=15)
    for expected in ([notified], [], []):
        with act() as a:
            assert service.execute_due(a) == expected
    assert [version.value for version in queries.history(session, "commission.sales")] == [800, 650]
    assert kinds(session, notified).count("terms.effective") == 1


def test_executing_at_the_same_time_changes_once(app, notified, session, clock):
    clock.forward(days=15)
    runtime, done, failures = app.extensions["coopgov.runtime"], [], []
    together = threading.Barrier(4)

    def run():
        with app.app_context():
            together.wait()
            try:
                with open_act(runtime, SYSTEM) as a:
                    done.extend(service.execute_due(a))
            except Exception as error:
                failures.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (done, failures) == ([notified], [])
    assert kinds(session, notified).count("terms.effective") == 1


class Killed(Exception):
    """The process died here."""


def kill(*_args):
    raise Killed


def killed_in(a, place, monkeypatch):
    """Execute, and die in that place."""
    if place == "told":
        a.runtime = replace(a.runtime, handlers={FeeChanged: [kill]})
    elif place == "booked":
        monkeypatch.setattr(service, "_booked", kill)
    service.execute_due(a)
    if place == "commit":
        kill()


@pytest.mark.parametrize("place", ["told", "booked", "commit"])
def test_killed_anywhere_nothing_is_half_done(place, notified, act, session, clock, monkeypatch):
    clock.forward(days=15)
    with monkeypatch.context() as patch, pytest.raises(Killed), act() as a:
        killed_in(a, place, patch)
    assert state_of(session, notified) is State.NOTIFIED
    assert len(queries.booked_versions(session)) == 3
    with act() as a:
        assert service.execute_due(a) == [notified]
    assert kinds(session, notified).count("terms.effective") == 1


def test_those_above_are_told_once(notified, app, act, clock):
    told = []
    runtime = app.extensions["coopgov.runtime"]
    app.extensions["coopgov.runtime"] = replace(
        runtime, handlers={FeeChanged: [lambda _act, event: told.append(event)]}
    )
    clock.forward(days=15)
    for _ in range(2):
        with act() as a:
            service.execute_due(a)
    assert told == [FeeChanged(notified, date(2026, 12, 9))]


def test_two_changes_on_one_base_never_merge_the_second_is_halted(world, act, session, clock):
    with act() as a:
        first = queue_change(a, 650)
    clock.forward(hours=1)
    with act() as a:
        second = queue_change(a, 600, subject_hash="b" * 64)
    for change_id in (first, second):
        with act() as a:
            send_all(a, change_id)
    with act() as a:
        service.note_notices(a)
    assert queries.schedule_on(session, date(2026, 12, 9)).values["commission.sales"] == 650
    clock.forward(days=15)
    with act() as a:
        assert service.execute_due(a) == [first]
    assert (state_of(session, first), state_of(session, second)) == (State.EFFECTIVE, State.HALTED)
    assert queries.schedule_on(session, date(2027, 6, 1)).values["commission.sales"] == 650


def test_a_change_on_an_old_base_is_halted_at_once_and_tells_nobody(notified, act, session, clock):
    old = queries.schedule_on(session, TODAY).versions["commission.sales"]
    clock.forward(days=15)
    with act() as a:
        service.execute_due(a)
    with act() as a:
        late = service.queue_change(
            a, changes=[FeeChange("commission.sales", 800, 700, old.id)], subject_hash="c" * 64, decided_on=a.today,
            decision="AG", proposal_id=None,
        )  # fmt: skip
    assert state_of(session, late) is State.HALTED
    assert outbox.messages_about(session, f"change:{late}", "terms.change") == []


def test_a_change_whose_notices_do_not_leave_expires(change_id, act, session, clock):
    clock.forward(days=180)
    with act() as a:
        assert service.note_notices(a) == []
    assert state_of(session, change_id) is State.EXPIRED
    with act() as a:
        assert service.execute_due(a) == []
    assert kinds(session, change_id)[-1] == "terms.expired"


def test_a_change_that_could_only_take_effect_too_late_expires(change_id, act, session, clock):
    clock.forward(days=170)
    with act() as a:
        send_all(a, change_id)
    with act() as a:
        service.note_notices(a)
    assert state_of(session, change_id) is State.EXPIRED


def test_one_decision_is_queued_once(change_id, act):
    with pytest.raises(RuleBroken, match="change_queued_already"), act() as a:
        queue_change(a)


def test_a_change_out_of_bounds_is_not_queued(world, act, session):
    with pytest.raises(RuleBroken, match="fee_off_step"), act() as a:
        queue_change(a, 651)
    assert queries.pending_changes(session) == []


def test_a_schedule_is_set_once_and_whole(world, act):
    with pytest.raises(RuleBroken, match="schedule_exists"), act() as a:
        service.set_schedule(a, values=VALUES, effective_from=TODAY, decision="x")


def test_there_is_no_schedule_before_the_first(world, session):
    assert queries.find_schedule_on(session, date(2025, 12, 31)) is None
    with pytest.raises(NotFound):
        queries.schedule_on(session, date(2025, 12, 31))


@pytest.mark.parametrize("table", ["scheduled_change", "scheduled_value", "change_step", "parameter_version"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_was_decided_cannot_be_rewritten(table, verb, notified, act):
    column = {
        "scheduled_change": "decision",
        "scheduled_value": "new",
        "change_step": "n",
        "parameter_version": "value",
    }
    with pytest.raises(DatabaseError, match="append-only"), act() as a:
        a.session.execute(text(verb.format(table, column[table], column[table])))


@pytest.mark.parametrize("fault", [{"effective_from": TODAY}, {"base_id": None, "change_id": None}])
def test_the_database_refuses_a_second_first_version_and_a_fork(fault, notified, act, session, clock):
    clock.forward(days=15)
    with act() as a:
        service.execute_due(a)
    last = queries.history(session, "commission.sales")[-1]
    row = {
        "id": uuid4(), "key": last.key, "effective_from": date(2027, 6, 1), "value": 700, "base_id": last.base_id,
        "change_id": last.change_id, "decision": "x", "decided_on": TODAY, "recorded_at": clock.now, **fault,
    }  # fmt: skip
    with pytest.raises(IntegrityError), act() as a:
        a.session.connection().execute(insert(ParameterVersion.__table__), [row])


def test_statutes_may_lengthen_the_notice(act, session):
    with act() as a:
        longer = {**statutes_text().figures, "terms.notice_days": StatutesFigure(30, "art. 40")}
        found(a, statutes_text(figures=longer))
        change_id = queue_change(a)
        service.note_notices(a)
    assert queries.get_change(session, change_id).notified.notice_days == 30


def test_no_sellers_no_wait(act, session):
    with act() as a:
        found(a)
        change_id = queue_change(a)
        service.note_notices(a)
    assert queries.get_change(session, change_id).eta == date(2026, 12, 9)


def test_a_notice_for_many_sellers_is_one_statement(world, act):
    with act() as a:
        members.enrol_many(a, [a_seller(f"Many{n}") for n in range(3_000)], with_accounts=False)
    with act() as a:
        change_id = queue_change(a)
        assert queries.get_change(a.session, change_id).notices == 3_002


def undo(act, on):
    with act() as a:
        return service.undo(a, subject_hash="a" * 64, decision="Annulation du vote : TJ de Valence", on=on)


def test_what_a_judge_annulled_is_halted_while_it_waits(notified, act, session, clock):
    assert undo(act, clock.now.date()) is None
    change = queries.get_change(session, notified)
    assert change.state is State.HALTED
    clock.forward(days=200)
    with act() as a:
        assert service.execute_due(a) == []
    assert queries.schedule_on(session, clock.now.date()).values == VALUES
    # Whoever was told of it is told that it does not come.
    mails = {
        kind: outbox.messages_about(session, f"change:{notified}", kind) for kind in ("terms.change", "terms.stopped")
    }
    assert mails["terms.stopped"]
    assert len(mails["terms.stopped"]) == len(mails["terms.change"])
    assert "n’aura pas lieu" in mails["terms.stopped"][0].body
    # It is at its end: a second judgment finds nothing to stop.
    assert undo(act, clock.now.date()) is None


def test_what_a_judge_annulled_in_force_comes_back_as_a_change_of_its_own(notified, act, session, clock):
    clock.forward(days=20)
    with act() as a:
        service.execute_due(a)
    assert queries.schedule_on(session, clock.now.date()).values["commission.sales"] != VALUES["commission.sales"]
    back = undo(act, clock.now.date())
    session.rollback()
    [line] = queries.get_change(session, back).changes
    assert (line.key, line.new) == ("commission.sales", VALUES["commission.sales"])
    with act() as a:
        send_all(a, back)
    with act() as a:
        service.note_notices(a)
    clock.forward(days=16)
    with act() as a:
        assert service.execute_due(a) == [back]
    session.rollback()
    assert queries.schedule_on(session, clock.now.date()).values == VALUES
    assert len(queries.timeline(session).history("commission.sales")) == 3
