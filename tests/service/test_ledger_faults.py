"""The faults that other ledgers have, one test each, on both engines, where each would come in: SQL, service, page."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from coopgov.core import journal
from coopgov.core.money import Cents, split
from coopgov.core.policy import SYSTEM
from coopgov.members import queries as members_queries
from coopgov.members import service as members
from coopgov.members.rules import Status
from coopgov.registers.verify import verify_all
from coopgov.shares import queries, service
from coopgov.shares.models import ShareLeg, ShareTx
from coopgov.shares.rules import Account, TxKind
from coopgov.statutes import service as statutes
from coopgov.statutes.events import StatutesWeighed
from coopgov.statutes.ready import ready_set
from coopgov.treasury import queries as treasury_queries
from coopgov.treasury import service as treasury
from coopgov.treasury.models import CapitalLeg, CapitalTx
from coopgov.wiring import HANDLERS
from tests.coop_world import everything_wired
from tests.service.tampering import by_hand
from tests.service.test_races import at_once
from tests.shares_world import do, refused, wire

MARCH, APRIL, JUNE, TODAY = date(2026, 3, 2), date(2026, 4, 1), date(2026, 6, 1), date(2026, 11, 24)
A_DAY = timedelta(days=1)
BOARD = "Conseil du 28 mai 2026"
HERS = 2000


@pytest.fixture
def world(app):
    made = wire(app)
    app.extensions["coopgov.runtime"] = replace(app.extensions["coopgov.runtime"], handlers=HANDLERS)
    made.found()
    return made


@pytest.fixture
def pair(world):
    """Alice holds five shares since March, paid; Bob none; Chloé so many that refunds find the capital high enough."""
    alice, bob, chloe = world.members("Alice Martin", "Bob Le Goff", "Chloé Diaz")
    subscribe(world, alice)
    do(world, treasury.pay, member_id=alice, cents=Cents(100_00), effective_on=MARCH, reference="VIR 1")
    subscribe(world, chloe, HERS)
    return alice, bob


def subscribe(world, member_id, quantity=5, on=MARCH, **more):
    return do(world, service.subscribe, member_id=member_id, quantity=quantity, effective_on=on, **more)


def redeem(world, member_id, quantity=5, on=JUNE, **more):
    facts = {"member_id": member_id, "quantity": quantity, "effective_on": on, "decision": BOARD, **more}
    return do(world, service.redeem, **facts)


def reverse(world, seq, on=TODAY):
    return do(
        world, service.reverse, seq=seq, effective_on=on, reason="Saisie en double", acknowledged="Saisie à corriger"
    )


def held(session, member_id, on=TODAY):
    session.rollback()
    return queries.shares_held(session, member_id=member_id, on=on)


def account(session, member_id, on=TODAY):
    session.rollback()
    return treasury_queries.account_of(session, member_id=member_id, on=on)


def faults(world, session):
    """What the nightly proof finds."""
    session.rollback()
    folder = world.app.extensions["coopgov.config"].documents_dir
    return [f"{fault.where}: {fault.what}" for fault in verify_all(session, folder)]


def write_by_sql(world, kind, *legs, on=JUNE, reverses=None, cents=20_00, **more):
    """A line that somebody writes who does not go through coopgov: legs are (member, quantity, day)."""
    with world.act() as act:
        last = act.session.execute(select(ShareTx.seq, ShareTx.hash).order_by(ShareTx.seq.desc()).limit(1)).one()
        model = act.session.execute(select(ShareLeg.__table__).where(ShareLeg.tx_seq == 1, ShareLeg.line == 1)).one()
        header = {
            "seq": last.seq + 1, "kind": kind, "effective_on": on, "recorded_at": act.now, "recorded_by": "sql",
            "resolution": BOARD, "reason_code": "", "legs": len(legs), "payload_digest": "", "prev_hash": last.hash,
            "hash": f"{last.seq + 1:064}", "reverses_seq": reverses, **more,
        }  # fmt: skip
        act.session.execute(ShareTx.__table__.insert(), header)
        for line, (member_id, quantity, day) in enumerate(legs, start=1):
            side = {
                "tx_seq": last.seq + 1, "line": line, "effective_on": day, "qty": quantity, "membership_id": member_id, "unit_cents": cents,
                "account": Account.HOLDER if member_id else Account.ISSUER,
            }  # fmt: skip
            act.session.execute(ShareLeg.__table__.insert(), {**model._asdict(), **side})


def database_refuses(why, world, kind, *legs, **more):
    with pytest.raises(DatabaseError, match=why):
        write_by_sql(world, kind, *legs, **more)


def test_f1_the_first_movement_of_a_member_is_no_cancellation(world, pair, session):
    alice, bob = pair
    refused("too_few_shares", world, service.redeem, member_id=bob, quantity=1, effective_on=JUNE, decision=BOARD,
            cause="reduction")  # fmt: skip
    database_refuses("below zero", world, TxKind.REDEEM, (bob, -1, JUNE), (None, 1, JUNE), reason_code="reduction")
    assert held(session, alice) == 5


def test_f2_a_cancellation_is_not_dated_before_the_subscription(world, pair):
    alice, _bob = pair
    before = MARCH - A_DAY
    refused("too_few_shares", world, service.redeem, member_id=alice, quantity=1, effective_on=before, decision=BOARD,
            cause="reduction")  # fmt: skip
    refused(
        "before_the_original",
        world,
        service.reverse,
        seq=1,
        effective_on=before,
        reason="Erreur",
        acknowledged="Saisie à corriger",
    )
    legs = ((alice, -1, before), (None, 1, before))
    database_refuses("below zero", world, TxKind.REDEEM, *legs, on=before, reason_code="reduction")
    # Nor may it leave too little for what came later: all five go in June, one of them would go in April.
    do(world, members.resign, member_id=alice, effective_on=APRIL, reason="Départ")
    redeem(world, alice, 5)
    refused("too_few_shares", world, service.redeem, member_id=alice, quantity=1, effective_on=APRIL, decision=BOARD)


def test_f3_of_fifty_cancellations_at_once_of_the_same_shares_those_pass_that_may(app, world, pair, session):
    alice, _bob = pair
    subscribe(world, alice, 15)
    do(world, members.resign, member_id=alice, effective_on=APRIL, reason="Départ")

    def ask(act):
        service.redeem(act, member_id=alice, quantity=3, effective_on=JUNE, decision=BOARD)

    answers = at_once(app, *[(SYSTEM, ask)] * 50)
    # Of twenty shares three can be taken six times.
    assert Counter(map(tuple, answers)) == {(): 6, ("too_few_shares",): 44}
    assert held(session, alice) == 2
    assert faults(world, session) == []


LEDGER = ("share_tx", "share_leg", "share_lot", "share_class_nominal", "capital_tx", "capital_leg")


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
@pytest.mark.parametrize("table", LEDGER)
def test_f4_nothing_in_the_books_is_changed_or_deleted_by_sql(world, pair, table, statement):
    column = {"share_lot": "opened_by_tx", "share_class_nominal": "cents"}.get(table, "effective_on")
    with pytest.raises(DatabaseError, match="append-only"), world.act() as act:
        act.session.execute(text(statement.format(table, column, column)))


REPLACE = "INSERT OR REPLACE INTO {0} SELECT * FROM {0} LIMIT 1"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", LEDGER)
def test_f4_nor_replaced_in_one_go(world, pair, table):
    with pytest.raises(DatabaseError), world.act() as act:
        act.session.execute(text(REPLACE.format(table)))


def test_f5_the_two_sides_of_a_transfer_have_one_quantity_and_one_day(world, pair, session):
    alice, bob = pair
    database_refuses("add up to zero|of this kind", world, TxKind.TRANSFER, (alice, -3, JUNE), (bob, 2, JUNE))
    database_refuses("on its day", world, TxKind.TRANSFER, (alice, -3, JUNE), (bob, 3, JUNE + A_DAY))
    database_refuses("those of this kind", world, TxKind.TRANSFER, (alice, -3, JUNE), (None, 3, JUNE))
    do(world, service.transfer, from_id=alice, to_id=bob, quantity=3, effective_on=JUNE, decision=BOARD)
    for on in (JUNE - A_DAY, JUNE, TODAY):
        assert held(session, alice, on) + held(session, bob, on) == 5
    assert (held(session, alice), held(session, bob)) == (2, 3)


def test_f6_a_reversal_has_the_amount_of_what_it_undoes(world, pair, session):
    alice, bob = pair
    for legs in (((alice, -4, JUNE), (None, 4, JUNE)), ((bob, -5, JUNE), (None, 5, JUNE))):
        database_refuses("exact|below zero", world, TxKind.REVERSAL, *legs, reverses=1)
    with pytest.raises(DatabaseError, match="exact"):
        undo_payment_by_sql(world, 99_00)
    assert faults(world, session) == []


def undo_payment_by_sql(world, cents):
    """Undo the payment of a hundred euros by another amount."""
    with world.act() as act:
        last = act.session.execute(select(CapitalTx.seq, CapitalTx.hash).order_by(CapitalTx.seq.desc())).first()
        model = act.session.execute(select(CapitalTx.__table__).where(CapitalTx.seq == 2)).one()._asdict()
        legs = act.session.execute(select(CapitalLeg.__table__).where(CapitalLeg.tx_seq == 2)).all()
        changed = {
            "seq": last.seq + 1, "kind": "reversal", "reverses_seq": 2, "payload_digest": "", "effective_on": JUNE,
            "prev_hash": last.hash, "hash": f"{1:064}",
        }  # fmt: skip
        act.session.execute(CapitalTx.__table__.insert(), model | changed)
        for leg in legs:
            sign = -1 if leg.cents > 0 else 1
            side = {"tx_seq": last.seq + 1, "effective_on": JUNE, "cents": sign * cents}
            act.session.execute(CapitalLeg.__table__.insert(), leg._asdict() | side)


def test_f7_a_movement_is_reversed_once(app, world, session):
    alice = world.a_member()
    subscribe(world, alice)
    answers = at_once(
        app,
        *[
            (
                SYSTEM,
                lambda act: service.reverse(
                    act, seq=1, effective_on=JUNE, reason="Erreur", acknowledged="Saisie à corriger"
                ),
            )
        ]
        * 2,
    )
    assert sorted(answers) == [[], ["reversed_already"]]
    refused(
        "is_a_reversal",
        world,
        service.reverse,
        seq=2,
        effective_on=JUNE,
        reason="Erreur",
        acknowledged="Saisie à corriger",
    )
    with pytest.raises(DatabaseError):
        write_by_sql(world, TxKind.REVERSAL, (alice, -5, JUNE), (None, 5, JUNE), reverses=1)
    database_refuses(
        "undoes an earlier", world, TxKind.REVERSAL, (alice, 5, JUNE), (None, -5, JUNE), reverses=2
    )  # fmt: skip
    assert held(session, alice) == 0


CUT_LEDGER = (
    "DELETE FROM capital_leg WHERE tx_seq = 2", "DELETE FROM capital_note WHERE tx_seq = 2",
    "DELETE FROM capital_tx WHERE seq = 2",
)  # fmt: skip
CUT_JOURNAL = (
    "DELETE FROM journal_payload WHERE salt_id IN (SELECT salt_id FROM journal_line WHERE seq > {0})",
    "DELETE FROM journal_line WHERE seq > {0}",
)


def test_f8_a_cut_tail_is_found(world, session):
    alice = world.a_member()
    subscribe(world, alice)
    before = journal.head(session).size
    do(world, treasury.pay, member_id=alice, cents=Cents(100_00), effective_on=MARCH)
    session.rollback()
    printed = journal.head(session)
    by_hand(*CUT_LEDGER)
    assert "capital_tx 2: the journal tells of it and it is missing" in faults(world, session)
    # Who cuts the journal as well leaves a perfect whole; the head that was printed still tells.
    by_hand(*(cut.format(before) for cut in CUT_JOURNAL))
    assert faults(world, session) == []
    assert [fault.what for fault in journal.verify(session, printed)] == [
        "the journal is shorter than the head you hold"
    ]


def test_f9_no_bulk_edit_moves_days_and_one_done_by_the_owner_of_the_database_is_found(world, pair, session):
    for edit in ("UPDATE share_tx SET effective_on = '2026-01-01'", "UPDATE share_leg SET effective_on = '2026-01-01'"):
        with pytest.raises(DatabaseError, match="append-only"), world.act() as act:
            act.session.execute(text(edit))
    assert faults(world, session) == []
    session.rollback()
    by_hand("UPDATE share_lot SET first_acquired_on = '2020-01-01'")
    assert "share_tx 1: its content does not give its hash" in faults(world, session)


def test_f12_nobody_is_counted_twice_on_the_day_of_a_transfer(world, pair, session):
    alice, bob = pair
    do(world, service.transfer, from_id=alice, to_id=bob, quantity=4, effective_on=JUNE, decision=BOARD)
    for on, parts in ((JUNE - A_DAY, {alice: 5}), (JUNE, {alice: 1, bob: 4}), (JUNE + A_DAY, {alice: 1, bob: 4})):
        session.rollback()
        found = {member_id: one.quantity for member_id, one in queries.holdings_on(session, on).items()}
        assert {member_id: found.get(member_id) for member_id in parts} == parts
        assert (sum(found.values()), queries.capital_on(session, on)) == (HERS + 5, (HERS + 5) * 20_00)
    assert faults(world, session) == []


def test_f14_a_new_price_revalues_nothing_that_was_subscribed(world, pair, session):
    alice, _bob = pair
    dearer = {
        "text": replace(ready_set("scic-sa"), share_nominal_cents=25_00),
        "in_force_from": JUNE,
        "decision": "AGE",
    }
    refused("nominal_of_held_shares", world, statutes.adopt_statutes, **dearer)
    # Even with nobody to object.
    without(world, StatutesWeighed)
    do(world, statutes.adopt_statutes, **dearer)
    subscribe(world, alice, 2, JUNE)
    session.rollback()
    assert [queries.capital_on(session, on) for on in (MARCH, JUNE)] == [2005 * 20_00, 2005 * 20_00 + 50_00]
    assert [lot.unit_cents for lot in queries.lots_held(session, alice, TODAY)] == [20_00, 25_00]
    database_refuses("price of its lot", world, TxKind.REDEEM, (alice, -1, JUNE), (None, 1, JUNE), cents=25_00)
    assert faults(world, session) == []


def without(world, event):
    """Let nobody hear this event."""
    runtime = world.app.extensions["coopgov.runtime"]
    handlers = {kind: heard for kind, heard in runtime.handlers.items() if kind is not event}
    world.app.extensions["coopgov.runtime"] = replace(runtime, handlers=handlers)


def test_f15_a_transfer_keeps_the_first_day_of_the_shares(world, pair, session):
    alice, bob = pair
    do(world, service.transfer, from_id=alice, to_id=bob, quantity=4, effective_on=JUNE, decision=BOARD)
    session.rollback()
    assert [(lot.first_acquired_on, lot.quantity) for lot in queries.lots_held(session, bob, TODAY)] == [(MARCH, 4)]
    with pytest.raises(DatabaseError, match="append-only"), world.act() as act:
        act.session.execute(text("UPDATE share_lot SET first_acquired_on = '2026-06-01'"))


def test_f21_somebody_elses_number_in_the_address_shows_nothing(app, clock):
    coop = everything_wired(app, clock).found()
    awa, benoit = coop.person("awa").client, coop.ids["benoit"]
    [theirs] = queries.movements_of(coop.session, benoit)
    with coop.act() as act:
        paper = treasury.issue_certificate(act, member_id=benoit, on=TODAY)
    numbers = {"member_id": benoit, "seq": theirs.transaction.seq, "document_id": paper}
    asked = {
        (method, path_of(rule, numbers))
        for rule in app.url_map.iter_rules()
        if rule.arguments and rule.arguments <= set(numbers) and rule.endpoint.partition(".")[0] in LEDGER_PAGES
        for method in rule.methods & {"GET", "POST"}
    }
    assert len(asked) > 15
    assert {awa.open(path, method=method).status_code for method, path in asked} <= {403, 404}
    assert coop.faults() == []


LEDGER_PAGES = {"members", "shares", "treasury", "registers"}


def path_of(rule, numbers):
    _, path = rule.build({name: numbers[name] for name in rule.arguments})
    return path


def test_f23_the_money_of_cancelled_shares_follows_them(world, session):
    alice = world.a_member()
    seq = subscribe(world, alice)
    payment = do(world, treasury.pay, member_id=alice, cents=Cents(30_00), effective_on=MARCH)
    reverse(world, seq)
    assert (account(session, alice).subscribed, account(session, alice).suspense) == (0, 30_00)
    # What follows is hers: to give it back, the payment cannot be undone any more as if it had never come.
    refused("not_covered", world, treasury.reverse_payment, seq=payment, effective_on=TODAY, reason="Erreur")
    do(world, treasury.refund_overpayment, member_id=alice, cents=Cents(30_00), effective_on=TODAY)
    assert account(session, alice).suspense == held(session, alice) == 0
    assert faults(world, session) == []


def test_f25_who_leaves_and_comes_back_has_her_number_and_her_old_shares_stay_where_they_were(world, pair, session):
    alice, _bob = pair
    number = members_queries.get_member(session, alice).number
    do(world, members.resign, member_id=alice, effective_on=APRIL, reason="Départ")
    redeem(world, alice)
    do(world, members.reinstate, member_id=alice, effective_on=JUNE + A_DAY, decision="AG du 2 juin 2026")
    subscribe(world, alice, 3, JUNE + A_DAY)
    session.rollback()
    back = members_queries.get_member(session, alice)
    assert (back.number, back.status) == (number, Status.MEMBER)
    assert [held(session, alice, on) for on in (MARCH, JUNE, TODAY)] == [5, 0, 3]
    assert [lot.first_acquired_on for lot in queries.lots_held(session, alice, TODAY)] == [JUNE + A_DAY]
    assert faults(world, session) == []


def test_f26_a_hundred_euros_among_three_lose_no_cent():
    assert split(Cents(100_00), [1, 1, 1]) == [33_34, 33_33, 33_33]
    assert split(Cents(-100_00), [1, 1, 1]) == [-33_34, -33_33, -33_33]
    assert sum(split(Cents(1), [7] * 9)) == 1
