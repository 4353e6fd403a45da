"""The money book on both engines: calls, payments, reversals, and its agreement with the share book."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.core.errors import RuleBroken
from coopgov.core.money import Cents
from coopgov.core.policy import Actor, Role
from coopgov.members import queries as members
from coopgov.printing import archive
from coopgov.shares import service as shares
from coopgov.shares.service import OpeningHolding, Subscription
from coopgov.shares.verify import verify as verify_shares
from coopgov.treasury import queries, service
from coopgov.treasury.queries import MemberAccount
from coopgov.treasury.service import Receipt
from coopgov.treasury.verify import verify
from tests.shares_world import wire

MARCH, JUNE, TODAY = date(2026, 3, 2), date(2026, 6, 1), date(2026, 11, 24)


@pytest.fixture
def world(app):
    made = wire(app)
    made.found()
    return made


@pytest.fixture
def alice(world):
    """A member with ten shares at 20 €, a quarter of them owed at once."""
    member = world.a_member()
    subscribe(world, member, 10, payable_now=Cents(50_00))
    return member


def subscribe(world, member_id, quantity=5, on=MARCH, **more):
    with world.act() as a:
        return shares.subscribe(a, member_id=member_id, quantity=quantity, effective_on=on, **more)


def pay(world, member_id, cents, on=JUNE, reference=""):
    with world.act() as a:
        return service.pay(a, member_id=member_id, cents=Cents(cents), effective_on=on, reference=reference)


def reverse(world, seq, on=TODAY):
    with world.act() as a:
        return service.reverse_payment(a, seq=seq, effective_on=on, reason="Chèque impayé")


def account(session, member_id, on=TODAY):
    session.rollback()
    return queries.account_of(session, member_id=member_id, on=on)


def test_a_subscription_makes_a_part_owed_at_once_and_keeps_the_rest(world, session, alice):
    assert account(session, alice) == MemberAccount(uncalled=150_00, called_unpaid=50_00)
    assert account(session, alice, MARCH - timedelta(days=1)) == MemberAccount()
    assert list(verify(session)) == []


def test_f17_a_payment_in_three_parts_one_by_a_third_person_and_one_too_much(world, session, alice):
    pay(world, alice, 20_00)
    with world.act() as a:
        third = service.pay(
            a, member_id=alice, cents=Cents(80_00), effective_on=JUNE, reference="VIR 7", payer="Jean Martin, son père"
        )
    assert account(session, alice) == MemberAccount(uncalled=100_00, paid_up=100_00)
    assert queries.get_transaction(session, third).note == "VIR 7 · Jean Martin, son père"
    pay(world, alice, 130_00)
    assert account(session, alice) == MemberAccount(paid_up=200_00, suspense=30_00)
    [waiting] = queries.in_suspense(session)
    assert (waiting.member_id, waiting.cents, waiting.since) == (alice, 30_00, JUNE)
    subscribe(world, alice, 1, on=JUNE)
    with world.act() as a:
        service.set_off(a, member_id=alice, cents=Cents(20_00), effective_on=JUNE)
        service.refund_overpayment(a, member_id=alice, cents=Cents(10_00), effective_on=JUNE)
    assert account(session, alice) == MemberAccount(paid_up=220_00)
    with pytest.raises(RuleBroken, match="more_than_owed"), world.act() as a:
        service.refund_overpayment(a, member_id=alice, cents=Cents(1), effective_on=JUNE)
    assert list(verify(session)) == []


def test_a_payment_dated_before_what_it_pays_waits_for_it(world, session, alice):
    pay(world, alice, 10_00, on=MARCH - timedelta(days=1))
    assert account(session, alice) == MemberAccount(uncalled=150_00, called_unpaid=50_00, suspense=10_00)


def test_a_payment_dated_in_the_past_leaves_room_for_the_later_ones(world, session, alice):
    pay(world, alice, 190_00, on=TODAY)
    pay(world, alice, 10_01, on=JUNE)
    assert account(session, alice) == MemberAccount(paid_up=200_00, suspense=1)
    assert list(verify(session)) == []


def test_the_rest_is_called_up_to_what_is_not_called(world, session, alice):
    with world.act() as a:
        service.call(a, member_id=alice, cents=Cents(150_00), effective_on=JUNE, resolution="CA du 1er juin")
    assert account(session, alice) == MemberAccount(called_unpaid=200_00)
    with pytest.raises(RuleBroken, match="call_out_of_range"), world.act() as a:
        service.call(a, member_id=alice, cents=Cents(1), effective_on=JUNE)


def test_a_payment_is_reversed_exactly_and_once(world, session, alice):
    seq = pay(world, alice, 70_00, reference="VIR 4451")
    reverse(world, seq)
    assert account(session, alice) == MemberAccount(uncalled=150_00, called_unpaid=50_00)
    assert account(session, alice, JUNE).paid_up == 70_00
    with pytest.raises(RuleBroken, match="reversed_already"):
        reverse(world, seq)
    assert list(verify(session)) == []


def test_the_call_of_a_subscription_is_reversed_with_the_subscription_only(world, session, alice):
    with pytest.raises(RuleBroken, match="belongs_to_shares"):
        reverse(world, 1)
    with world.act() as a:
        shares.reverse(a, seq=1, effective_on=TODAY, reason="Erreur de personne", acknowledged="Saisie à corriger")
    assert account(session, alice) == MemberAccount()
    assert list(verify(session)) == list(verify_shares(session)) == []


def test_f23_undone_shares_leave_what_was_paid_on_them_to_the_member(world, session, alice):
    pay(world, alice, 80_00)
    with world.act() as a:
        shares.reverse(a, seq=1, effective_on=TODAY, reason="Erreur de personne", acknowledged="Saisie à corriger")
    assert account(session, alice) == MemberAccount(suspense=80_00)
    assert account(session, alice, JUNE).paid_up == 80_00
    assert list(verify(session)) == []


def test_f23_undone_shares_are_refused_while_later_money_rests_on_them(world, session, alice):
    pay(world, alice, 80_00, on=TODAY)
    with pytest.raises(RuleBroken, match="movement 2 of the money book"), world.act() as a:
        shares.reverse(a, seq=1, effective_on=JUNE, reason="Erreur de personne", acknowledged="Saisie à corriger")
    assert account(session, alice).subscribed == 200_00


def test_the_register_of_money_can_be_asked_as_it_was_known(world, session, alice, clock):
    known = clock.now
    clock.forward(days=2)
    pay(world, alice, 50_00)
    session.rollback()
    assert queries.account_of(session, member_id=alice, on=TODAY, known_at=known).paid_up == 0
    assert queries.account_of(session, member_id=alice, on=TODAY, known_at=clock.now).paid_up == 50_00


def test_movements_tell_what_is_due_and_paid_after_each(world, session, alice):
    pay(world, alice, 20_00, reference="Chèque 12")
    call, payment = queries.movements_of(session, alice)
    assert (call.due_after, call.paid_after) == (50_00, 0)
    assert (payment.due_after, payment.paid_after, payment.transaction.note) == (30_00, 20_00, "Chèque 12")


def test_who_owes_comes_the_oldest_call_first_page_by_page(world, session):
    names = [f"Membre N{n}" for n in range(5)]
    people = world.members(*names)
    for n, member_id in enumerate(people):
        subscribe(world, member_id, 1 + n, on=MARCH + timedelta(days=5 - n))
    pay(world, people[4], 100_00)
    first = queries.to_receive(session, limit=3)
    second = queries.to_receive(session, after=first.next_key, limit=3)
    assert [row.name for row in (*first.rows, *second.rows)] == [names[n] for n in (3, 2, 1, 0)]
    assert (first.rows[0].cents, first.rows[0].since) == (80_00, MARCH + timedelta(days=2))
    assert second.next_key is None
    assert queries.count_to_receive(session) == 4


def test_the_treasurer_is_told_of_payments_to_receive_and_the_member_of_hers(world, session):
    member_id = world.a_member(email="alice@example.org")
    subscribe(world, member_id)
    account_id = members.get_member(session, member_id).account_id
    treasurer = Actor("Bob", account_id=None, roles=frozenset({Role.TREASURER}))
    member = Actor("Alice", account_id=account_id, roles=frozenset({Role.MEMBER}))
    with world.app.test_request_context():
        now = world.app.extensions["coopgov.runtime"].clock()
        [one] = queries.waiting_for(session, treasurer, now)
        [mine] = queries.waiting_for(session, member, now)
    assert (one.endpoint, mine.endpoint) == ("treasury.to_receive", "shares.mine")


def test_many_payments_at_once(world, session):
    people = world.members(*(f"Membre N{n}" for n in range(12)))
    with world.act() as a:
        shares.subscribe_many(a, [Subscription(member_id, 4, MARCH, Cents(20_00)) for member_id in people])
        service.pay_many(a, [Receipt(member_id, Cents(30_00), JUNE, "VIR") for member_id in people])
    assert queries.totals_on(session, TODAY) == MemberAccount(uncalled=12 * 50_00, paid_up=12 * 30_00)
    assert list(verify(session)) == []
    with pytest.raises(RuleBroken, match="listed_twice"), world.act() as a:
        service.pay_many(a, [Receipt(people[0], Cents(1), JUNE), Receipt(people[0], Cents(1), JUNE)])


def test_an_older_register_is_taken_over_with_what_was_paid(world, session):
    member_id = world.a_member()
    with world.act() as a:
        rows = [OpeningHolding(member_id, 10, date(2015, 9, 1), Cents(125_00))]
        shares.open_holdings(a, rows=rows, on=MARCH, source="Ancien registre")
    assert account(session, member_id) == MemberAccount(called_unpaid=75_00, paid_up=125_00)
    assert list(verify(session)) == []


def test_a_certificate_tells_what_is_paid_and_what_is_due(world, session, alice):
    pay(world, alice, 60_00)
    with world.act() as a:
        document = service.issue_certificate(a, member_id=alice, on=TODAY)
    facts = archive.get_facts(session, document)
    assert facts["paid"] == {"paid_up_cents": 60_00, "due_cents": 140_00}
    assert facts["shares"]["quantity"] == 10


def test_two_payments_at_the_same_instant_do_not_both_take_what_is_due(world, session, alice):
    outcomes = []
    gate = threading.Barrier(2)

    def take():
        with world.app.app_context():
            gate.wait()
            try:
                outcomes.append(pay(world, alice, 200_00))
            except RuleBroken as refusal:
                outcomes.append(refusal.breaches[0].code)

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["2", "3"]
    assert account(session, alice) == MemberAccount(paid_up=200_00, suspense=200_00)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE capital_tx SET kind = 'gift'",
        "UPDATE capital_leg SET cents = 1",
        "DELETE FROM capital_tx",
        "DELETE FROM capital_leg",
    ],
)
def test_the_book_is_neither_changed_nor_cut(world, alice, statement):
    with pytest.raises(DatabaseError, match="append-only"), world.act() as a:
        a.session.execute(text(statement))


TX = (
    "INSERT INTO capital_tx (seq, kind, effective_on, recorded_at, recorded_by, resolution, legs, payload_digest, "
    "prev_hash, hash, reverses_seq) SELECT :seq, :kind, :on, '2026-11-24 09:00:00', 'sql', '', :legs, '', hash, "
    "'x', :reverses FROM capital_tx WHERE seq = :seq - 1"
)
LEG = (
    "INSERT INTO capital_leg (tx_seq, line, effective_on, membership_id, bucket, cents) "
    "SELECT :seq, :line, :on, membership_id, :bucket, :cents FROM capital_leg WHERE tx_seq = 1 AND line = 1"
)


def raw(world, legs, **changes):
    values = {"seq": 2, "kind": "pay", "on": "2026-06-01", "legs": len(legs), "reverses": None} | changes
    with world.act() as a:
        a.session.execute(text(TX), values)
        for line, (bucket, cents) in enumerate(legs, start=1):
            leg = {"seq": 2, "line": line, "on": values["on"], "bucket": bucket, "cents": cents}
            a.session.execute(text(LEG), leg)


SOUND = [("paid_up", 10), ("called_unpaid", -10), ("claim", 10), ("bank", -10)]


def test_a_sound_line_written_by_hand_passes_the_guards(world, alice):
    raw(world, SOUND)


@pytest.mark.parametrize(
    ("legs", "changes", "refusal"),
    [
        ([*SOUND[:3], ("bank", -9)], {}, "add up to zero"),
        ([(bucket, cents * 500 + cents // 10) for bucket, cents in SOUND], {}, "below zero"),
        (SOUND, {"on": "2026-03-01"}, "below zero"),
        ([("paid_up", 10), ("called_unpaid", -10)], {}, "is a claim"),
        ([("paid_up", 10), ("bank", -10)], {}, "capital moves with shares"),
        ([("repayable", 10), ("bank", -10)], {}, "does not move that bucket"),
        (SOUND, {"kind": "repay"}, "does not move that bucket"),
        ([("suspense", -1), ("bank", 1)], {"kind": "repay"}, "below zero"),
        (
            [("called_unpaid", -50_00), ("subscribed_uncalled", -150_01), ("claim", 200_01)],
            {"kind": "reversal", "reverses": 1},
            "exact|below zero|capital moves with shares",
        ),
        ([("called_unpaid", -50_00), ("claim", 50_00)], {"kind": "reversal", "reverses": 1}, "undoes an earlier"),
    ],
)
def test_a_line_that_does_not_hold_is_refused_by_the_database(world, alice, legs, changes, refusal):
    with pytest.raises(DatabaseError, match=refusal):
        raw(world, legs, **changes)


def test_the_proof_sees_money_that_the_share_book_does_not_know(world, session, alice):
    with world.act() as a:
        where = " ON capital_leg" if a.session.get_bind().dialect.name == "postgresql" else ""
        a.session.execute(text(f"DROP TRIGGER capital_leg_guarded{where}"))
    raw(world, [("called_unpaid", 10), ("claim", -10)], kind="call")
    session.rollback()
    faults = [fault.what for fault in verify(session)]
    assert faults == [
        "its content does not give its hash", "it is not what the journal tells",
        "on 2026-06-01 shares and money differ by -10 cents",
    ]  # fmt: skip
