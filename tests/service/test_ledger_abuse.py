"""What somebody tries who wants more than is due: more than was approved, twice, before its day, of the dead."""

from datetime import date
from fractions import Fraction
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from coopgov.core.db import db
from coopgov.core.money import Cents
from coopgov.core.policy import Actor
from coopgov.members import queries as members_queries
from coopgov.members import service as members
from coopgov.members.rules import EventKind
from coopgov.shares import queries, service
from coopgov.shares.models import ShareLeg, ShareLot, ShareTx
from coopgov.shares.rules import BookName, RequestKind
from coopgov.shares.service import Wish
from coopgov.treasury import queries as money
from coopgov.treasury import service as treasury
from coopgov.treasury.banking import service as bank
from coopgov.treasury.rules import Bucket, Rate
from tests.service.tampering import by_hand
from tests.service.test_ledger_faults import (
    APRIL,
    BOARD,
    JUNE,
    MARCH,
    TODAY,
    do,
    faults,
    held,
    pair,
    redeem,
    refused,
    subscribe,
    world,
)

__all__ = ["pair", "world"]
TREASURER, PRESIDENT = Actor("Trésorière", uuid4()), Actor("Présidente", uuid4())
IBAN = "FR7630006000011234567890189"


def by(world, who, command, **facts):
    """Somebody's own act."""
    with world.act(who) as act:
        return command(act, **facts)


@pytest.mark.parametrize("kind", ["subscribe", "nominal_change", "1999"])
def test_the_database_gives_no_new_shares_an_older_day(world, pair, session, kind):
    """A share acquired long ago earns more, and owes the tax relief no more: nobody slips new ones among the old."""
    alice, bob = pair
    first, second = session.scalars(select(ShareLot).order_by(ShareLot.opened_by_tx))
    session.rollback()
    issued, old = [(bob, 3), (None, -3)], {"class_id": first.class_id, "issue_unit_cents": 20_00}
    lot = {"id": uuid4(), "first_acquired_on": date(1999, 1, 1), **old}
    legs = {
        "subscribe": [(*side, first.id) for side in issued],
        "nominal_change": [(alice, -5, first.id), (None, 5, first.id), (alice, 5, second.id), (None, -5, second.id)],
        "1999": [(*side, lot["id"]) for side in issued],
    }[kind]
    opened = lot if kind == "1999" else None
    with pytest.raises(DatabaseError, match="not those of this kind"), world.act() as act:
        write_legs(act, "subscribe" if opened else kind, legs, class_id=first.class_id, opened=opened)


def write_legs(act, kind, legs, *, class_id, opened):
    """A line that somebody writes who does not go through coopgov: its legs lot by lot, and the lot it opens."""
    last = act.session.execute(select(ShareTx.seq, ShareTx.hash).order_by(ShareTx.seq.desc()).limit(1)).one()
    seq = last.seq + 1
    act.session.execute(ShareTx.__table__.insert(), {
        "seq": seq, "kind": kind, "effective_on": JUNE, "recorded_at": act.now, "recorded_by": "sql",
        "resolution": BOARD, "legs": len(legs), "prev_hash": last.hash, "hash": f"{seq:064}",
    })  # fmt: skip
    if opened is not None:
        act.session.execute(ShareLot.__table__.insert(), {**opened, "opened_by_tx": seq})
    for line, (member_id, quantity, lot_id) in enumerate(legs, start=1):
        act.session.execute(ShareLeg.__table__.insert(), {
            "tx_seq": seq, "line": line, "effective_on": JUNE, "account": "holder" if member_id else "issuer",
            "membership_id": member_id, "class_id": class_id, "lot_id": lot_id, "qty": quantity, "unit_cents": 20_00,
        })  # fmt: skip


def test_whoever_accepted_one_share_has_not_accepted_five(world, pair, session):
    alice, bob = pair
    do(world, service.set_two_persons, of=BookName.SHARE, kinds={"redeem": True}, from_date=MARCH, decision="AG")
    do(world, members.resign, member_id=alice, effective_on=JUNE)
    moved = do(world, service.transfer, from_id=alice, to_id=bob, quantity=4, effective_on=TODAY, decision=BOARD)
    [waits] = queries.refund_queue(session)
    session.rollback()
    by(world, PRESIDENT, service.accept, request_id=waits.id, decision=BOARD)
    do(
        world,
        service.reverse,
        seq=moved,
        effective_on=TODAY,
        reason="Cession annulée",
        acknowledged="Saisie à corriger",
    )
    with world.act(TREASURER) as act:
        lot = queries.lots_left(act.session, alice, TODAY)[0].lot.id
    asks = {"member_id": alice, "effective_on": TODAY, "decision": BOARD}
    for more in ({"quantity": 5}, {"quantity": 1, "lots": {lot: 1}}):
        refused("second_person_missing", world, _as(TREASURER, service.redeem), **asks, **more)
    by(world, TREASURER, service.redeem, quantity=1, **asks)
    assert held(session, alice) == 4
    assert faults(world, session) == []


def test_whoever_has_left_keeps_her_place_in_the_queue(world, pair, session):
    alice, _bob = pair
    do(world, members.resign, member_id=alice, effective_on=JUNE)
    [waits] = queries.refund_queue(session)
    session.rollback()
    refused("refund_is_due", world, service.withdraw, request_id=waits.id, reason="Au suivant")
    refused("refund_is_due", world, service.refuse, request_id=waits.id, decision=BOARD)
    more = by(world, TREASURER, service.request, wish=Wish(RequestKind.REFUND, alice, 1, TODAY, cause="exit"))
    by(world, PRESIDENT, service.withdraw, request_id=more, reason="Demandée deux fois")
    [event] = [one for one in members_queries.events_of(session, alice) if one.kind is EventKind.RESIGNED]
    session.rollback()
    do(world, members.reverse_event, event_id=event.id, reason="Elle reste")
    assert queries.refund_queue(session) == []


def test_nobody_leaves_before_the_day_of_her_last_shares_nor_lives_after_her_heirs_have_them(world, pair, session):
    alice, bob = pair
    seq = subscribe(world, bob, 3, on=TODAY)
    refused("acquired_since", world, members.resign, member_id=bob, effective_on=JUNE)
    do(world, service.reverse, seq=seq, effective_on=TODAY, reason="Saisie en double", acknowledged="Saisie à corriger")
    subscribe(world, bob, 3, on=APRIL)
    do(world, members.record_death, member_id=alice, effective_on=JUNE, proof="acte de décès")
    told = {"from_id": alice, "to_id": bob, "quantity": 5, "effective_on": TODAY, "decision": BOARD}
    inherited = do(world, service.inherit, **told)
    [death] = [one for one in members_queries.events_of(session, alice) if one.kind is EventKind.DECEASED]
    session.rollback()
    undo = {"event_id": death.id, "reason": "Homonyme"}
    refused("exit_was_carried_out", world, members.reverse_event, **undo)
    do(world, service.reverse, seq=inherited, effective_on=TODAY, reason="Homonyme", acknowledged="Saisie à corriger")
    do(world, members.reverse_event, **undo)
    assert faults(world, session) == []


def _as(who, command):
    """The same command, by somebody."""

    def done(act, **facts):
        act.actor = who
        return command(act, **facts)

    return done


def test_what_is_owed_to_an_estate_is_neither_paid_nor_given(world, pair):
    alice, _bob = pair
    do(world, treasury.pay, member_id=alice, cents=Cents(50_00), effective_on=APRIL)
    do(world, members.record_death, member_id=alice, effective_on=JUNE, proof="acte de décès")
    told = {"member_id": alice, "cents": Cents(50_00), "effective_on": TODAY}
    refused("waits_for_heirs", world, treasury.refund_overpayment, **told)
    refused("waits_for_heirs", world, treasury.give, source=Bucket.SUSPENSE, **told)


def test_a_number_joined_to_another_is_not_paid_back_as_if_its_holder_had_left(world, pair, session):
    alice, bob = pair
    subscribe(world, bob, 4)
    do(world, members.join_doubles, member_id=bob, into_id=alice, reason="Écrite deux fois")
    taken = {"member_id": bob, "quantity": 4, "effective_on": TODAY, "decision": BOARD}
    refused("has_not_left", world, service.redeem, **taken)
    do(world, members.resign, member_id=alice, effective_on=TODAY)
    do(world, service.redeem, **taken)
    assert held(session, bob) == 0
    assert faults(world, session) == []


def test_nobody_is_paid_by_hand_what_a_payment_file_holds(world, pair, session):
    alice, _bob = pair
    do(world, bank.write_account, holder="Les Trois Rivières", iban=IBAN)
    do(world, members.set_iban, member_id=alice, iban=IBAN, on=MARCH, proof="RIB")
    do(world, members.resign, member_id=alice, effective_on=JUNE)
    redeem(world, alice)
    file = by(world, TREASURER, bank.draft_file, member_ids=[alice], pay_on=TODAY)
    by(world, PRESIDENT, bank.release_file, file_id=file)
    assert faults(world, session) == []
    told = {"member_id": alice, "cents": Cents(100_00), "effective_on": TODAY}
    for command in (treasury.repay, treasury.give):
        refused("in_another_file", world, command, **told)
    by(world, TREASURER, bank.execute_file, file_id=file, executed_on=TODAY)
    refused("more_than_owed", world, treasury.repay, **told)
    assert faults(world, session) == []


@pytest.mark.parametrize("change", [
    "UPDATE bank_account SET iban = 'FR7612345987650123456789014'",
    "UPDATE transfer_line SET cents = 1", "DELETE FROM transfer_line", "UPDATE transfer_file SET total_cents = 1",
    "UPDATE transfer_file SET content = (SELECT CAST('other' AS BLOB))",
])  # fmt: skip
def test_an_account_or_a_payment_file_that_was_changed_is_found(world, pair, session, change):
    alice, _bob = pair
    do(world, bank.write_account, holder="Les Trois Rivières", iban=IBAN)
    do(world, members.set_iban, member_id=alice, iban=IBAN, on=MARCH, proof="RIB")
    do(world, members.resign, member_id=alice, effective_on=JUNE)
    redeem(world, alice)
    do(world, bank.draft_file, member_ids=[alice], pay_on=TODAY)
    by_hand(change.replace("CAST('other' AS BLOB)", "'other'::bytea") if "postgresql" in str(db.engine.url) else change)
    found = faults(world, session)
    assert found
    assert all(fault.startswith(("bank_account", "transfer_file")) for fault in found)


def test_interest_is_not_paid_before_it_is_declared_nor_its_tax_before_it_is_withheld(world, pair, session):
    _alice, bob = pair
    begun = date(2024, 3, 1)
    subscribe(world, bob, 100, on=begun)
    do(world, treasury.pay, member_id=bob, cents=Cents(2000_00), effective_on=begun)
    rates = [Rate(date(2025, 1, 1), date(2025, 12, 31), Fraction(1, 100))]
    do(world, treasury.declare_interest, year=2025, rates=rates, assembly_on=APRIL, effective_on=JUNE,
       cap_checked="Taux publiés", resolution="AG")  # fmt: skip
    refused("before_the_run", world, treasury.pay_interest, year=2025, effective_on=APRIL)
    do(world, treasury.pay_interest, year=2025, effective_on=TODAY)
    tax = money.balance_of(session, Bucket.TAX_DUE)
    session.rollback()
    refused("more_than_withheld", world, treasury.pay_tax, cents=Cents(tax), effective_on=JUNE)
    do(world, treasury.pay_tax, cents=Cents(tax), effective_on=TODAY)
    assert money.balance_of(session, Bucket.TAX_DUE) == 0
    assert faults(world, session) == []
