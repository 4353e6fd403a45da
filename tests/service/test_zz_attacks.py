from datetime import date, timedelta
import pytest
from fractions import Fraction
from sqlalchemy import text, select
from coopgov.core.errors import RuleBroken
from coopgov.core.money import Cents
from coopgov.members import service as members
from coopgov.members import queries as mq
from coopgov.members.rules import EventKind
from coopgov.shares import queries, service
from coopgov.shares.rules import BookName, CloseKind
from coopgov.treasury import queries as money
from coopgov.treasury import service as treasury
from coopgov.treasury.rules import Bucket, Rate, RunKind
from tests.service.test_ledger_faults import *
from tests.service.test_ledger_faults import world, pair
from tests.service.tampering import by_hand


def tried(n, f):
    try:
        print(n, "DONE", f())
    except RuleBroken as r:
        print(n, "REFUSED", str(r)[:150])
    except Exception as r:
        print(n, "CRASH", repr(r)[:200])


def test_d1(world, pair, session):
    alice, bob = pair
    subscribe(world, bob, 3, on=TODAY)
    tried("D1 exit before acquisition", lambda: do(world, members.resign, member_id=bob, effective_on=JUNE))
    print(faults(world, session))


def test_d2(world, pair, session):
    alice, bob = pair
    ev = mq.events_of(session, alice)[-1]
    session.rollback()
    tried("D2 undo admission of a holder", lambda: do(world, members.reverse_event, event_id=ev.id, reason="x"))
    print(faults(world, session))


def test_d3(world, pair, session):
    """Exit, withdrawal, comes back, subscribe; then reverse the withdrawal; interest."""
    alice, bob = pair
    do(world, members.resign, member_id=alice, effective_on=APRIL)
    r = redeem(world, alice, 5, on=JUNE)
    tried("D3 back", lambda: do(world, members.reinstate, member_id=alice, effective_on=TODAY, decision=BOARD))
    tried("D3 sub", lambda: subscribe(world, alice, 2, on=TODAY))
    tried("D3 rev", lambda: reverse(world, r, on=TODAY))
    print(queries.refund_queue(session))
    session.rollback()
    ev = [e for e in mq.events_of(session, alice) if e.kind is EventKind.REINSTATED][0]
    session.rollback()
    tried("D3 undo back", lambda: do(world, members.reverse_event, event_id=ev.id, reason="x"))
    print(queries.refund_queue(session), faults(world, session))


def test_d4(world, pair, session):
    """Shares of a dead member: undo the death after inheritance."""
    alice, bob = pair
    do(world, members.record_death, member_id=alice, effective_on=APRIL, proof="acte")
    tried(
        "D4 inherit",
        lambda: do(world, service.inherit, from_id=alice, to_id=bob, quantity=5, effective_on=JUNE, decision=BOARD),
    )
    ev = [e for e in mq.events_of(session, alice) if e.kind is EventKind.DECEASED][0]
    session.rollback()
    tried("D4 undo death", lambda: do(world, members.reverse_event, event_id=ev.id, reason="x"))
    print("D4", faults(world, session))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE share_leg SET effective_on = '2026-03-03' WHERE tx_seq = 1",
        "UPDATE capital_leg SET effective_on = '2026-03-03' WHERE tx_seq = 1",
        "UPDATE share_lot SET first_acquired_on = '2020-01-01'",
        "UPDATE share_lot SET opened_by_tx = 2 WHERE opened_by_tx = 1",
        "UPDATE share_class SET is_transferable = false",
        "UPDATE share_class_nominal SET cents = 1",
        "UPDATE share_tx SET document_sha256 = 'x' WHERE seq = 1",
        "UPDATE share_tx SET reason_code = 'x' WHERE seq = 1",
        "UPDATE share_tx SET payable_now_cents = 1 WHERE seq = 1",
        "UPDATE capital_tx SET bank_line_id = '00000000000000000000000000000001' WHERE seq = 1",
        "DELETE FROM capital_note",
        "UPDATE party SET legal_name = 'Mallory'",
        "UPDATE membership SET number = 99 WHERE number = 1",
        "UPDATE membership_event SET effective_on = '2020-01-01'",
        "UPDATE share_request SET earliest_on = '2020-01-01'",
        "UPDATE transfer_line SET iban = 'FR00'",
        "UPDATE transfer_file SET total_cents = 1",
        "UPDATE bank_account SET iban = 'FR7612345987650123456789014'",
        "UPDATE party_contact SET value = 'X'",
    ],
)
def test_d5(world, pair, session, change):
    alice, bob = pair
    from coopgov.treasury.banking import service as bank

    do(world, bank.write_account, holder="C", iban="FR7630006000011234567890189")
    do(world, members.set_iban, member_id=alice, iban="FR7630006000011234567890189", on=MARCH, proof="RIB")
    do(world, members.resign, member_id=alice, effective_on=JUNE)
    redeem(world, alice, 3)
    do(world, bank.draft_file, member_ids=[alice], pay_on=TODAY)
    try:
        by_hand(change)
    except Exception as e:
        print("D5", change, "DB", repr(e)[:80])
        return
    print("D5", change, "=>", faults(world, session)[:2] or "*** NOT FOUND ***")
