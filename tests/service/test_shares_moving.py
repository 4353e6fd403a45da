"""Shares that change hands or come back, on both engines: lots, decisions, standing, queue, floor, exchanges, undoing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.core.errors import RuleBroken
from coopgov.core.ids import new_id
from coopgov.core.money import Cents, Euros
from coopgov.core.policy import Actor, Role
from coopgov.law.rulebook import StatutesFigure
from coopgov.members import queries as member_queries
from coopgov.members import service as members
from coopgov.shares import queries, service
from coopgov.shares.chain import Head
from coopgov.shares.rules import Cause, CloseKind, RequestKind, RequestState, TxKind
from coopgov.shares.service import Wish
from coopgov.shares.verify import verify
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from coopgov.treasury import book as money_book
from tests.service.tampering import by_hand as forge
from tests.shares_world import wire

MARCH, APRIL, JUNE, TODAY = date(2026, 3, 2), date(2026, 4, 1), date(2026, 6, 1), date(2026, 11, 24)


@pytest.fixture
def world(app):
    made = wire(app)
    made.found()
    return made


@pytest.fixture
def trio(world):
    """Three members: the first holds 5 shares since March and 3 since April, the others 1000 each since March."""
    alice, bob, chloe = world.members("Alice Martin", "Bob Le Goff", "Chloé Diaz")
    for member_id, quantity, on in ((alice, 5, MARCH), (alice, 3, APRIL), (bob, 1000, MARCH), (chloe, 1000, MARCH)):
        with world.act() as a:
            service.subscribe(a, member_id=member_id, quantity=quantity, effective_on=on)
    return alice, bob, chloe


def move(world, do, **facts):
    with world.act() as a:
        return do(a, **{"effective_on": JUNE, "decision": "Conseil du 28 mai 2026", **facts})


def leave(world, member_id, on=JUNE):
    with world.act() as a:
        members.resign(a, member_id=member_id, effective_on=on, reason="Départ")


def lots(session, member_id, on=TODAY):
    session.rollback()
    return [(lot.first_acquired_on, lot.quantity) for lot in queries.lots_held(session, member_id, on)]


def waiting(session):
    session.rollback()
    return [(asked.member_id, asked.quantity, asked.earliest_on) for asked in queries.refund_queue(session)]


def test_f15_a_transfer_keeps_first_days_and_prices_and_takes_the_oldest_lots(world, session, trio):
    alice, bob, _ = trio
    seq = move(world, service.transfer, from_id=alice, to_id=bob, quantity=6)
    assert lots(session, alice) == [(APRIL, 2)]
    assert lots(session, bob) == [(MARCH, 1005), (APRIL, 1)]
    gave, took = queries.sides_of(session, seq)
    assert (gave.member_id, gave.quantity, took.member_id, took.quantity) == (alice, -6, bob, 6)
    assert (took.kind, took.cents, took.resolution) == (TxKind.TRANSFER, 120_00, "Conseil du 28 mai 2026")
    assert list(verify(session)) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"decision": " "}, "no_decision"),
        ({"quantity": 9}, "too_few_shares"),
        ({"quantity": 8}, "fewer_than_least"),
        ({"quantity": 6, "effective_on": date(2026, 3, 15)}, "too_few_shares"),
        ({"effective_on": date(2027, 1, 1)}, "day_not_come"),
    ],
)
def test_what_cannot_be_transferred(world, trio, more, code):
    alice, bob, _ = trio
    with pytest.raises(RuleBroken, match=code):
        move(world, service.transfer, **{"from_id": alice, "to_id": bob, "quantity": 2, **more})


def test_f13_an_exit_asks_for_a_refund_and_undoing_it_takes_that_back(world, session, trio):
    alice, bob, _ = trio
    with pytest.raises(RuleBroken, match="has_not_left"):
        move(world, service.redeem, member_id=alice, quantity=8)
    leave(world, alice)
    assert waiting(session) == [(alice, 8, JUNE)]
    [exit_] = [e.id for e in member_queries.events_of(session, alice) if e.kind == "resigned"]
    with world.act() as a:
        members.reverse_event(a, event_id=exit_, reason="Saisie par erreur")
    assert waiting(session) == []
    assert lots(session, alice) == [(MARCH, 5), (APRIL, 3)]
    leave(world, alice)
    move(world, service.redeem, member_id=alice, quantity=5)
    assert (lots(session, alice), waiting(session)) == ([(APRIL, 3)], [(alice, 3, JUNE)])
    [again] = [e.id for e in member_queries.events_of(session, alice) if e.kind == "resigned"][-1:]
    with pytest.raises(RuleBroken, match="exit_was_carried_out"), world.act() as a:
        members.reverse_event(a, event_id=again, reason="Saisie par erreur")
    move(world, service.transfer, from_id=alice, to_id=bob, quantity=3)
    assert waiting(session) == []
    assert list(verify(session)) == []


def test_refunds_come_in_order_and_never_take_the_capital_under_its_floor(world, session, trio):
    alice, bob, chloe = trio
    usual = ready_set("scic-sa")
    ordered = replace(usual, figures={**usual.figures, "share.refunds_in_order": StatutesFigure(True, "art. 14")})
    with world.act() as a:
        statutes.adopt_statutes(a, text=ordered, in_force_from=APRIL, decision="AGE du 1er avril 2026")
    leave(world, bob, APRIL)
    leave(world, alice)
    with pytest.raises(RuleBroken, match="not_in_order"):
        move(world, service.redeem, member_id=alice, quantity=8)
    move(world, service.redeem, member_id=bob, quantity=1000)
    move(world, service.redeem, member_id=alice, quantity=8)
    move(world, service.redeem, member_id=chloe, quantity=70, cause=Cause.REDUCTION)
    with pytest.raises(RuleBroken, match="capital_below_floor") as refused:
        move(world, service.redeem, member_id=chloe, quantity=10, cause=Cause.REDUCTION)
    assert refused.value.breaches[0].values["most"] == Euros(Cents(100_00))
    assert queries.capital_on(session, TODAY) == 930 * 20_00


def test_what_rests_on_a_movement_is_named_and_drafted_as_reversals(world, session, trio):
    alice, bob, chloe = trio
    first = move(world, service.transfer, from_id=alice, to_id=bob, quantity=5)
    second = move(world, service.transfer, from_id=bob, to_id=chloe, quantity=1004)
    with pytest.raises(RuleBroken, match="later_movements_depend"), world.act() as a:
        service.reverse(a, seq=1, effective_on=TODAY, reason="Erreur", acknowledged="Saisie à corriger")
    session.rollback()
    assert service.cascade_of(session, 1) == [second, first]
    with world.act() as a:
        drafts = service.draft_cascade(a, seq=1, reason="Erreur")
    for draft in drafts:
        with world.act() as a:
            service.submit(a, request_id=draft)
            service.execute(a, request_id=draft, effective_on=TODAY)
    assert lots(session, alice) == [(APRIL, 3)]
    assert [row.state for row in queries.requests_of(session, alice)] == [RequestState.EXECUTED] * 2
    assert list(verify(session)) == []


def test_f16_a_part_is_converted_and_the_remainder_is_told(world, session, trio):
    alice, _, _ = trio
    with world.act() as a:
        service.new_class(
            a, code="b", label="Parts B", nominal=50_00, max_hold=2, from_date=MARCH, decision="AGE du 2 mars 2026"
        )
    with pytest.raises(RuleBroken, match="over_class_maximum"):
        move(world, service.convert, member_id=alice, quantity=8, from_class="ordinary", to_class="b")
    move(world, service.convert, member_id=alice, quantity=6, from_class="ordinary", to_class="b")
    session.rollback()
    left = queries.lots_left(session, alice, TODAY)
    assert sorted((lot.lot.first_acquired_on, lot.lot.issue_unit_cents, lot.quantity) for lot in left) == [
        (MARCH, 50_00, 2), (APRIL, 20_00, 2),
    ]  # fmt: skip
    assert list(verify(session)) == []


def test_shares_are_divided_and_lose_value_for_everybody_on_one_day(world, session, trio):
    alice, bob, _ = trio
    with pytest.raises(RuleBroken, match="statutes_say_otherwise"):
        move(world, service.split, factor=2)
    with world.act() as a:
        halved = replace(ready_set("scic-sa"), share_nominal_cents=10_00)
        statutes.adopt_statutes(a, text=halved, in_force_from=JUNE, decision="AGE du 1er juin 2026")
    assert len(move(world, service.split, factor=2)) == 3
    assert lots(session, alice) == [(MARCH, 10), (APRIL, 6)]
    assert queries.capital_on(session, TODAY) == 2008 * 20_00
    with world.act() as a:
        lower = replace(ready_set("scic-sa"), share_nominal_cents=8_00)
        statutes.adopt_statutes(a, text=lower, in_force_from=TODAY, decision="AGE du 24 novembre 2026")
    move(world, service.change_nominal, cents=8_00, effective_on=TODAY)
    session.rollback()
    assert queries.capital_on(session, TODAY) == 4016 * 8_00
    assert lots(session, bob) == [(MARCH, 2000)]
    with pytest.raises(RuleBroken, match="nothing_to_change"):
        move(world, service.change_nominal, cents=8_00, effective_on=TODAY)
    assert list(verify(session)) == []


def somebody(who):
    """Somebody with an account, to act as."""
    return Actor(who, new_id(), frozenset({Role.BOARD}))


def test_where_the_statutes_ask_for_two_persons_one_alone_writes_nothing(world, session, trio):
    alice, bob, _ = trio
    usual = ready_set("scic-sa")
    asks = {"share.two_persons.transfer": StatutesFigure(True, "art. 12")}
    with world.act() as a:
        changed = replace(usual, figures={**usual.figures, **asks})
        statutes.adopt_statutes(a, text=changed, in_force_from=TODAY, decision="AGE du 24 novembre 2026")
    with pytest.raises(RuleBroken, match="second_person_missing"):
        move(world, service.transfer, from_id=alice, to_id=bob, quantity=2)
    treasurer, president = somebody("Trésorière"), somebody("Présidente")
    with world.act(treasurer) as a:
        asked = service.request(a, Wish(RequestKind.TRANSFER, alice, 2, TODAY, to_id=bob))
    with pytest.raises(RuleBroken, match="approved_by_oneself"), world.act(treasurer) as a:
        service.accept(a, request_id=asked, decision="Conseil")
    with world.act(president) as a:
        service.accept(a, request_id=asked, decision="Conseil du 24 novembre 2026")
    with world.act(treasurer) as a:
        seq = service.execute(a, request_id=asked, effective_on=TODAY)
    session.rollback()
    written = queries.get_transaction(session, seq)
    assert (written.recorded_by, written.approved_by) == (treasurer.pseudonym, president.pseudonym)
    assert queries.get_request(session, asked).state is RequestState.EXECUTED
    for approved_by in (None, "sql"):
        with pytest.raises(DatabaseError, match="another person approves it"), world.act() as a:
            by_hand(a, approved_by=approved_by)


def by_hand(a, **columns):
    """Write the row of a transfer as no command would."""
    head = a.session.execute(text("SELECT seq, hash FROM share_tx ORDER BY seq DESC LIMIT 1")).one()
    row = {
        "seq": head.seq + 1, "kind": "transfer", "on": TODAY.isoformat(), "approved_by": "other", "late_for": None,
        "resolution": "CA", "prev": head.hash, "hash": f"{head.seq:064}",
    } | columns  # fmt: skip
    a.session.execute(
        text(
            "INSERT INTO share_tx (seq, kind, effective_on, recorded_at, recorded_by, approved_by, resolution, "
            "reason_code, late_for, legs, payload_digest, prev_hash, hash) VALUES (:seq, :kind, :on, "
            "'2026-11-24 09:00:00', 'sql', :approved_by, :resolution, '', :late_for, 2, '', :prev, :hash)"
        ),
        row,
    )


def test_a_closed_register_takes_late_entries_only(world, session, trio):
    alice, bob, _ = trio
    with world.act() as a:
        capital = money_book.head(a.session)
        service.write_close(a, kind=CloseKind.REGISTER, through_date=JUNE, capital=capital)
    with pytest.raises(RuleBroken, match="period_closed"):
        move(world, service.transfer, from_id=alice, to_id=bob, quantity=2)
    with pytest.raises(RuleBroken, match="late_on_other_day"):
        move(world, service.transfer, from_id=alice, to_id=bob, quantity=2, effective_on=TODAY, true_on=APRIL)
    first = JUNE + timedelta(days=1)
    seq = move(world, service.transfer, from_id=alice, to_id=bob, quantity=2, effective_on=first, true_on=APRIL)
    session.rollback()
    assert queries.get_transaction(session, seq).late_for == APRIL
    assert list(verify(session)) == []
    for columns in ({"on": "2026-06-01"}, {"on": "2026-06-03", "late_for": "2026-04-01"}, {"late_for": "2026-06-02"}):
        with pytest.raises(DatabaseError, match=r"closed|first open day"), world.act() as a:
            by_hand(a, **columns)
    with pytest.raises(DatabaseError, match="heads there are"), world.act() as a:
        service.write_close(a, kind=CloseKind.YEAR, through_date=TODAY, capital=Head(1, "0" * 64))


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE share_lot SET parent_lot_id = id", "or its origin"),
        ("UPDATE membership_event SET status = 'candidate'", "not one on that day"),
        ("UPDATE period_close SET share_hash = 'x'", "not the one that was closed"),
        ("DELETE FROM period_close", "told as late"),
    ],
)
def test_the_proof_sees_what_the_guards_would_have_refused(world, session, trio, statement, what):
    alice, bob, _ = trio
    move(world, service.transfer, from_id=alice, to_id=bob, quantity=2)
    with world.act() as a:
        capital = money_book.head(a.session)
        service.write_close(a, kind=CloseKind.REGISTER, through_date=JUNE, capital=capital)
    late = {"effective_on": JUNE + timedelta(days=1), "true_on": APRIL}
    move(world, service.transfer, from_id=alice, to_id=bob, quantity=2, **late)
    forge(statement)
    session.rollback()
    assert [what in fault.what for fault in verify(session)].count(True) == 1
