"""A proposal's life: drafted, debated, backed, frozen by its hash, and what was voted is what is queued."""

import threading
from datetime import date
from uuid import uuid4

import pytest
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.core import journal, outbox
from coopgov.core.act import open_act
from coopgov.core.db import db
from coopgov.core.errors import Forbidden, NotFound, RuleBroken
from coopgov.core.policy import ANONYMOUS, Role
from coopgov.members import service as members
from coopgov.proposals import queries, service
from coopgov.proposals.rules import Position, State
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from coopgov.terms import queries as terms
from coopgov.terms import service as terms_service
from coopgov.terms.rules import State as ChangeState
from tests.terms_world import TODAY, a_member, found, queue_change, send_all, statutes_text

LOWER = {"commission.sales": 650}


@pytest.fixture
def world(act):
    """A cooperative with a schedule; Alice of the board, Bob and three more members."""
    with act() as a:
        found(a)
        return {
            name: a_member(a, name, *roles)
            for name, roles in (("Alice", [Role.BOARD]), ("Bob", []), ("Charlie", []), ("Dora", []), ("Emil", []))
        }


@pytest.fixture
def bob(world):
    return world["Bob"]


def draft(a, who, title="Baisser la commission", changes=LOWER, **more):
    reasons = more.pop("reasons", "Les ventes ont doublé.")
    return service.draft(a, author_id=who.id, title=title, reasons=reasons, changes=changes, **more)


@pytest.fixture
def debated(world, bob, act):
    """Bob's proposal to lower the commission, in debate."""
    with act(bob.actor) as a:
        proposal_id = draft(a, bob)
        service.submit(a, proposal_id=proposal_id, author_id=bob.id)
    return proposal_id


@pytest.fixture
def frozen(debated, world, act):
    """The same, frozen by the board for a vote."""
    with act(world["Alice"].actor) as a:
        return service.freeze(a, proposal_id=debated)


def take(a, subject, outcome="adopted", **more):
    facts = {"decided_on": a.today, "decision": "AG du 24/11/2026, résolution 1", "subject_hash": subject.subject_hash}
    return service.take_result(a, proposal_id=subject.proposal_id, outcome=outcome, **{**facts, **more})


def row_of(session, proposal_id):
    session.rollback()
    return queries.get_proposal(session, proposal_id)


def kinds(session, proposal_id):
    session.rollback()
    return [entry.kind for entry in journal.entries_about(session, f"proposal:{proposal_id}")]


def test_a_draft_has_a_number_and_its_typed_change(world, bob, act, session):
    with act(bob.actor) as a:
        first, second = draft(a, bob), draft(a, bob, "Autre", {})
    row = row_of(session, first)
    assert (row.number, queries.get_proposal(session, second).number) == (1, 2)
    [change] = row.changes
    base = terms.schedule_on(session, TODAY).versions["commission.sales"]
    assert (change.old, change.new, change.base_version) == (800, 650, base.id)
    assert row.author_name == "Zoé Bob"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"changes": {"commission.sales": 800}}, "fee_no_effect"),
        ({"changes": {"commission.sales": 651}}, "fee_off_step"),
        ({"changes": {"commission.sales": 9_000}}, "fee_out_of_bounds"),
        ({"changes": {"ads.monthly": 5}}, "fee_unknown"),
        ({"title": " "}, "no_title"),
        ({"reasons": "x" * 20_001}, "text_too_long"),
        ({"wished_on": TODAY}, "wish_in_the_past"),
        ({"changes": {}, "wished_on": date(2027, 1, 1)}, "wish_without_change"),
    ],
)
def test_a_draft_out_of_the_rules_is_not_kept(more, code, world, bob, act, session):
    with pytest.raises(RuleBroken, match=code), act(bob.actor) as a:
        draft(a, bob, **more)
    assert queries.list_proposals(session, viewer_id=bob.id).rows == ()


def test_only_a_current_member_writes(world, act, clock):
    with act() as a:
        members.resign(a, member_id=world["Bob"].id, effective_on=a.today)
    clock.forward(days=1)
    for who in (world["Bob"].id, uuid4()):
        with pytest.raises(RuleBroken, match="not_a_member"), act() as a:
            service.draft(a, author_id=who, title="x", reasons="y", changes={})


def test_only_the_author_edits_submits_and_withdraws(debated, world, act):
    other = world["Charlie"]
    for command, more in (
        (service.revise, {"title": "x", "reasons": "y", "changes": {}}),
        (service.submit, {}),
        (service.withdraw, {}),
    ):
        with pytest.raises(RuleBroken, match="not_the_author"), act(other.actor) as a:
            command(a, proposal_id=debated, author_id=other.id, **more)


def test_every_version_is_kept_and_compared(debated, bob, act, session):
    with act(bob.actor) as a:
        service.revise(
            a, proposal_id=debated, author_id=bob.id, title="Baisser la commission", reasons="Les ventes ont triplé.",
            changes=LOWER,
        )  # fmt: skip
    session.rollback()
    assert [version.text.reasons for version in queries.versions(session, debated)] == [
        "Les ventes ont doublé.", "Les ventes ont triplé.",
    ]  # fmt: skip
    pieces = queries.diff(session, debated, 1, 2).reasons
    assert pieces == (("equal", "Les ventes ont "), ("delete", "doublé."), ("insert", "triplé."))
    with pytest.raises(NotFound):
        queries.diff(session, debated, 2, 1)


def test_a_version_without_any_difference_is_refused(debated, bob, act):
    with pytest.raises(RuleBroken, match="nothing_changed"), act(bob.actor) as a:
        service.revise(
            a, proposal_id=debated, author_id=bob.id, title="Baisser la commission", reasons="Les ventes ont doublé.",
            changes=LOWER,
        )  # fmt: skip


def test_a_draft_without_reasons_is_kept_but_not_shown(world, bob, act):
    with act(bob.actor) as a:
        proposal_id = draft(a, bob, reasons="")
    with pytest.raises(RuleBroken, match="no_reasons"), act(bob.actor) as a:
        service.submit(a, proposal_id=proposal_id, author_id=bob.id)


def test_a_draft_is_seen_by_its_author_only(world, bob, act, session):
    with act(bob.actor) as a:
        draft(a, bob)
    assert len(queries.list_proposals(session, viewer_id=bob.id).rows) == 1
    assert queries.list_proposals(session, viewer_id=world["Alice"].id).rows == ()


def back(act, debated, *people):
    for person in people:
        with act(person.actor) as a:
            service.back(a, proposal_id=debated, member_id=person.id)


def test_backing_counts_once_and_can_be_taken_back(debated, world, act, session):
    back(act, debated, world["Charlie"], world["Dora"])
    with pytest.raises(RuleBroken, match="backed_already"):
        back(act, debated, world["Charlie"])
    assert row_of(session, debated).backers == 2
    with act(world["Dora"].actor) as a:
        service.unback(a, proposal_id=debated, member_id=world["Dora"].id)
    assert row_of(session, debated).backers == 1


def test_enough_backers_make_a_proposal_ready(debated, world, act, session):
    back(act, debated, world["Charlie"], world["Dora"])
    assert queries.ready_for_assembly(session) == []
    with pytest.raises(RuleBroken, match="not_enough_backers"), act(world["Emil"].actor) as a:
        service.freeze(a, proposal_id=debated)
    back(act, debated, world["Emil"])
    session.rollback()
    assert [row.id for row in queries.ready_for_assembly(session)] == [debated]
    with act(world["Emil"].actor) as a:
        assert service.freeze(a, proposal_id=debated).subject_hash


def test_the_board_brings_what_it_wants(debated, world, act, session):
    with pytest.raises(Forbidden), act(world["Bob"].actor) as a:
        service.bring(a, proposal_id=debated)
    with act(world["Alice"].actor) as a:
        service.bring(a, proposal_id=debated)
    session.rollback()
    assert [row.id for row in queries.ready_for_assembly(session)] == [debated]


def test_a_changed_question_asks_its_backers_again(debated, world, bob, act, session):
    back(act, debated, world["Charlie"])
    with act(bob.actor) as a:
        service.revise(
            a, proposal_id=debated, author_id=bob.id, title="Baisser la commission", reasons="Les ventes ont doublé.",
            changes={"commission.sales": 600},
        )  # fmt: skip
    assert row_of(session, debated).backers == 0
    [mail] = outbox.messages_about(session, f"proposal:{debated}", "proposals.changed")
    assert mail.to_address == "charlie@example.org"
    back(act, debated, world["Charlie"])
    assert row_of(session, debated).backers == 1


def test_freezing_gives_the_words_and_a_hash_of_all_of_them(frozen, debated, session):
    assert frozen.change_text == "Commission sur les ventes\u00a0: 8\u202f% → 6,5\u202f%"
    assert frozen.title == "Baisser la commission"
    assert row_of(session, debated).subject_hash == frozen.subject_hash
    assert len(frozen.subject_hash) == 64


def test_after_freezing_nobody_edits_debates_or_withdraws(frozen, debated, bob, act, session):
    with pytest.raises(RuleBroken, match="text_is_frozen"), act(bob.actor) as a:
        service.revise(a, proposal_id=debated, author_id=bob.id, title="x", reasons="y", changes={})
    with pytest.raises(RuleBroken, match="debate_is_closed"), act(bob.actor) as a:
        service.comment(a, proposal_id=debated, author_id=bob.id, position=Position.FOR, text="x")
    with pytest.raises(RuleBroken, match="not_from_this_state"), act(bob.actor) as a:
        service.withdraw(a, proposal_id=debated, author_id=bob.id)
    assert row_of(session, debated).version == 1


def test_a_released_text_freezes_to_the_same_hash(frozen, debated, world, act):
    with act(world["Alice"].actor) as a:
        service.release(a, proposal_id=debated)
    with act(world["Alice"].actor) as a:
        assert service.freeze(a, proposal_id=debated).subject_hash == frozen.subject_hash


def a_rival(act, world, changes):
    with act(world["Charlie"].actor) as a:
        rival = draft(a, world["Charlie"], "Un autre taux", changes)
        service.submit(a, proposal_id=rival, author_id=world["Charlie"].id)
    return rival


def test_one_line_is_decided_by_one_vote_at_a_time(frozen, world, act):
    rival = a_rival(act, world, {"commission.sales": 600})
    with pytest.raises(RuleBroken, match="line_is_frozen"), act(world["Alice"].actor) as a:
        service.freeze(a, proposal_id=rival)
    other = a_rival(act, world, {"payment.fee": 100})
    with act(world["Alice"].actor) as a:
        service.freeze(a, proposal_id=other)


def test_two_freezes_at_once_keep_one_line_to_one_vote(app, debated, world, act):
    rival = a_rival(act, world, {"commission.sales": 600})
    together, refused, runtime = threading.Barrier(2), [], app.extensions["coopgov.runtime"]

    def freeze(proposal_id):
        with app.app_context():
            together.wait()
            try:
                with open_act(runtime, world["Alice"].actor) as a:
                    service.freeze(a, proposal_id=proposal_id)
            except RuleBroken as error:
                refused.extend(breach.code for breach in error.breaches)
            db.session.remove()

    threads = [threading.Thread(target=freeze, args=(one,)) for one in (debated, rival)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["line_is_frozen"]


def test_a_line_waits_until_the_change_before_is_in_force(debated, world, act):
    with act() as a:
        queue_change(a, 700)
    with pytest.raises(RuleBroken, match="line_is_pending"), act(world["Alice"].actor) as a:
        service.freeze(a, proposal_id=debated)


def test_a_text_on_an_old_schedule_is_not_frozen_until_it_is_written_again(debated, bob, world, act, clock):
    with act() as a:
        send_all(a, queue_change(a, 700))
    with act() as a:
        terms_service.note_notices(a)
    clock.forward(days=15)
    with act() as a:
        terms_service.execute_due(a)
    with pytest.raises(RuleBroken, match="fee_base_moved"), act(world["Alice"].actor) as a:
        service.freeze(a, proposal_id=debated)
    with act(bob.actor) as a:
        service.revise(a, proposal_id=debated, author_id=bob.id, title="Encore", reasons="Oui.", changes=LOWER)
    with act(world["Alice"].actor) as a:
        assert "7\u202f% → 6,5\u202f%" in service.freeze(a, proposal_id=debated).change_text


def test_what_was_voted_is_what_is_queued(frozen, debated, act, session):
    with act() as a:
        change_id = take(a, frozen)
    change = terms.get_change(session, change_id)
    row = row_of(session, debated)
    assert (row.state, change.subject_hash, change.proposal_id) == (State.ADOPTED, frozen.subject_hash, debated)
    assert change.changes == row.changes
    assert kinds(session, debated)[-2:] == ["proposal.frozen", "proposal.adopted"]
    assert len(outbox.messages_about(session, f"proposal:{debated}", "proposals.decided")) == 1


def test_an_adopted_fee_takes_effect_by_itself(frozen, act, session, clock):
    with act() as a:
        send_all(a, take(a, frozen))
    with act() as a:
        terms_service.note_notices(a)
    clock.forward(days=15)
    with act() as a:
        [change_id] = terms_service.execute_due(a)
    assert terms.get_change(session, change_id).state is ChangeState.EFFECTIVE
    assert terms.schedule_on(session, date(2026, 12, 9)).values["commission.sales"] == 650


def test_a_result_about_another_text_is_refused(frozen, debated, act, session):
    with pytest.raises(RuleBroken, match="another_subject"), act() as a:
        take(a, frozen, subject_hash="f" * 64)
    assert row_of(session, debated).state is State.FROZEN
    assert terms.pending_changes(session) == []


ANOTHER = (
    "INSERT INTO proposal_version SELECT proposal_id, 2, title, 'Autre', wished_on, created_at FROM proposal_version"
)


def test_a_text_tampered_with_after_freezing_is_found_out(frozen, act):
    # A version refuses to be rewritten, so the tamperer points to another one.
    with act() as a:
        a.session.execute(text(ANOTHER))
        a.session.execute(text("UPDATE proposal SET version = 2"))
    with pytest.raises(RuleBroken, match="another_subject"), act() as a:
        take(a, frozen)


def test_a_result_is_taken_once(frozen, act, session):
    with act() as a:
        take(a, frozen)
    with pytest.raises(RuleBroken, match="not_from_this_state"), act() as a:
        take(a, frozen)
    assert len(terms.pending_changes(session)) == 1


@pytest.mark.parametrize(("outcome", "state"), [("rejected", State.REJECTED), ("no-decision", State.REJECTED)])
def test_a_rejected_change_is_not_queued(outcome, state, frozen, debated, act, session):
    with act() as a:
        assert take(a, frozen, outcome) is None
    assert row_of(session, debated).state is state
    assert terms.pending_changes(session) == []


def test_without_quorum_the_very_same_text_comes_again(frozen, debated, act, session):
    with act() as a:
        take(a, frozen, "no-quorum")
    with act() as a:
        assert service.reopen_for_second_call(a, proposal_id=debated) == frozen
    with act() as a:
        assert take(a, frozen) is not None


def test_a_plain_text_is_adopted_without_any_change(world, bob, act, session):
    with act(bob.actor) as a:
        proposal_id = draft(a, bob, changes={})
        service.submit(a, proposal_id=proposal_id, author_id=bob.id)
    with act() as a:
        subject = service.freeze(a, proposal_id=proposal_id)
        assert (subject.change_text, take(a, subject)) == ("", None)
    assert row_of(session, proposal_id).state is State.ADOPTED


def test_where_statutes_leave_it_to_the_board_the_vote_is_not_queued_before_it(world, debated, act, session):
    text_ = statutes_text()
    figures = {name: own for name, own in text_.figures.items() if name != "terms.decision_power"}
    with act() as a:
        statutes.adopt_statutes(a, text=statutes_text(figures=figures), in_force_from=TODAY, decision="AGE")
    with act(world["Alice"].actor) as a:
        subject = service.freeze(a, proposal_id=debated)
        assert take(a, subject) is None
    with pytest.raises(Forbidden), act(world["Bob"].actor) as a:
        service.carry_out(a, proposal_id=debated, decided_on=a.today, decision="x")
    with act(world["Alice"].actor) as a:
        change_id = service.carry_out(a, proposal_id=debated, decided_on=a.today, decision="Conseil du 24/11")
    assert terms.get_change(session, change_id).subject_hash == subject.subject_hash


def test_a_binding_vote_leaves_nothing_to_the_board(frozen, debated, world, act):
    with act() as a:
        take(a, frozen)
    with pytest.raises(RuleBroken, match="not_for_the_board"), act(world["Alice"].actor) as a:
        service.carry_out(a, proposal_id=debated, decided_on=a.today, decision="x")


def argue(act, who, proposal_id, count, position=Position.FOR):
    for n in range(count):
        with act(who.actor) as a:
            service.comment(a, proposal_id=proposal_id, author_id=who.id, position=position, text=f"Argument {n}")


def test_the_debate_is_read_in_pages_and_by_position(debated, world, act, session):
    argue(act, world["Charlie"], debated, 3)
    argue(act, world["Dora"], debated, 2, Position.AGAINST)
    session.rollback()
    assert queries.positions(session, debated) == {Position.FOR: 3, Position.AGAINST: 2, Position.NEUTRAL: 0}
    seen, after = [], None
    while True:
        page = queries.comments(session, debated, after=after, limit=2)
        seen += [row.id for row in page.rows]
        after = page.next_key
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5
    against = queries.comments(session, debated, position=Position.AGAINST)
    assert {row.author_name for row in against.rows} == {"Zoé Dora"}


@pytest.mark.parametrize("words", ["", "   ", "x" * 4_001])
def test_an_argument_has_words_and_an_end(words, debated, world, act):
    with pytest.raises(RuleBroken), act() as a:
        service.comment(a, proposal_id=debated, author_id=world["Dora"].id, position=Position.FOR, text=words)


def test_the_list_is_paged_and_searched(world, bob, act, session):
    with act(bob.actor) as a:
        for n in range(5):
            draft(a, bob, f"Proposition {'rare' if n == 2 else 'commune'} 50% n°{n}", {})
    page = queries.list_proposals(session, viewer_id=bob.id, limit=2)
    assert [row.number for row in page.rows] == [5, 4]
    page = queries.list_proposals(session, viewer_id=bob.id, limit=10, after=page.next_key)
    assert [row.number for row in page.rows] == [3, 2, 1]
    assert [row.number for row in queries.list_proposals(session, viewer_id=bob.id, text="RARE 50%").rows] == [3]
    assert queries.list_proposals(session, viewer_id=bob.id, text="rare%n").rows == ()


@pytest.mark.parametrize("table", ["proposal_version", "proposed_value", "proposal_step", "proposal_comment"])
def test_what_was_written_cannot_be_rewritten(table, debated, world, act):
    argue(act, world["Dora"], debated, 1)
    for statement in (f"UPDATE {table} SET proposal_id = proposal_id", f"DELETE FROM {table}"):  # noqa: S608 - our own names
        with pytest.raises(DatabaseError, match="append-only"), act() as a:
            a.session.execute(text(statement))


def test_what_waits_for_each(debated, world, act, session, clock):
    titles = {
        name: [w.title for w in waiting(session, world[name].actor, clock)] for name in ("Alice", "Bob", "Charlie")
    }
    assert titles["Bob"] == []
    assert len(titles["Charlie"]) == 1
    assert "Baisser la commission" in titles["Charlie"][0]
    back(act, debated, world["Charlie"], world["Dora"], world["Emil"])
    session.rollback()
    assert waiting(session, world["Charlie"].actor, clock) == []
    assert len(waiting(session, world["Alice"].actor, clock)) == 2
    assert waiting(session, ANONYMOUS, clock) == []


def waiting(session, actor, clock):
    with current_app.test_request_context():
        return queries.waiting_for(session, actor, clock.now)


def test_an_unknown_proposal_is_not_found(world, act):
    with pytest.raises(NotFound), act() as a:
        service.freeze(a, proposal_id=uuid4())


def test_the_ready_statutes_name_a_threshold():
    assert ready_set("scop-sa-cae").proposal_backers > 0
