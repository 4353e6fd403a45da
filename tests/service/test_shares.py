"""The share book on both engines: what is written, what is refused, what the database itself refuses."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.exc import DatabaseError

from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.money import Cents
from coopgov.printing import archive
from coopgov.shares import queries, service
from coopgov.shares.chain import GENESIS
from coopgov.shares.service import OpeningHolding, Subscription
from coopgov.shares.verify import verify
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from tests.shares_world import FOUNDED, wire

MARCH, JUNE, TODAY = date(2026, 3, 2), date(2026, 6, 1), date(2026, 11, 24)


@pytest.fixture
def world(app):
    made = wire(app)
    made.found()
    return made


def subscribe(world, member_id, quantity=5, on=MARCH, **more):
    with world.act() as a:
        return service.subscribe(a, member_id=member_id, quantity=quantity, effective_on=on, **more)


def reverse(world, seq, on=TODAY, reason="Saisie en double"):
    with world.act() as a:
        return service.reverse(a, seq=seq, effective_on=on, reason=reason, acknowledged="Saisie à corriger")


def test_a_subscription_is_held_from_its_legal_day_on(world, session):
    alice = world.a_member()
    assert subscribe(world, alice) == 1
    assert queries.shares_held(session, member_id=alice, on=MARCH) == 5
    assert queries.shares_held(session, member_id=alice, on=MARCH - timedelta(days=1)) == 0
    assert queries.capital_on(session, TODAY) == 100_00
    assert list(verify(session)) == []


def test_numbers_run_without_a_gap_and_each_line_names_the_one_before(world, session):
    alice, bob = world.members("Alice Martin", "Bob Le Goff")
    assert [subscribe(world, alice), subscribe(world, bob), subscribe(world, alice)] == [1, 2, 3]
    with pytest.raises(RuleBroken):
        subscribe(world, bob, 0)
    assert subscribe(world, bob) == 4
    chain = session.execute(text("SELECT prev_hash, hash FROM share_tx ORDER BY seq")).all()
    assert [row.prev_hash for row in chain] == [GENESIS, *(row.hash for row in chain[:-1])]


def test_the_register_can_be_asked_as_it_was_known(world, session, clock):
    alice = world.a_member()
    before = clock.now
    clock.forward(days=1)
    subscribe(world, alice, on=MARCH)
    session.rollback()
    assert queries.shares_held(session, member_id=alice, on=MARCH, known_at=before) == 0
    assert queries.capital_on(session, MARCH, known_at=before) == 0
    assert queries.shares_held(session, member_id=alice, on=MARCH, known_at=clock.now) == 5
    assert queries.movements_of(session, alice, known_at=before) == []


def test_a_new_price_does_not_revalue_what_was_subscribed(world, session):
    alice = world.a_member()
    subscribe(world, alice, 5, MARCH)
    dearer = replace(ready_set("scic-sa"), share_nominal_cents=25_00)
    with world.act() as a:
        statutes.adopt_statutes(a, text=dearer, in_force_from=JUNE, decision="AGE du 1er juin 2026")
    subscribe(world, alice, 2, JUNE)
    assert queries.capital_on(session, MARCH) == 100_00
    assert queries.capital_on(session, TODAY) == 150_00
    assert [lot.unit_cents for lot in queries.lots_held(session, alice, TODAY)] == [20_00, 25_00]


def test_a_reversal_undoes_a_movement_exactly_and_keeps_both(world, session):
    alice = world.a_member()
    subscribe(world, alice)
    assert reverse(world, 1) == 2
    assert queries.shares_held(session, member_id=alice, on=MARCH) == 5
    assert queries.shares_held(session, member_id=alice, on=TODAY) == 0
    first, second = queries.movements_of(session, alice)
    assert (first.transaction.reversed_by, second.transaction.reverses_seq) == (2, 1)
    assert (first.balance, second.balance, second.transaction.note) == (5, 0, "Saisie en double")
    assert list(verify(session)) == []


@pytest.mark.parametrize(
    ("seq", "on", "code"),
    [(2, TODAY, "is_a_reversal"), (1, TODAY, "reversed_already"), (3, date(2026, 3, 1), "before_the_original")],
)
def test_what_cannot_be_reversed(world, seq, on, code):
    alice = world.a_member()
    subscribe(world, alice)
    reverse(world, 1)
    subscribe(world, alice)
    with pytest.raises(RuleBroken, match=code):
        reverse(world, seq, on)


def test_a_movement_that_does_not_exist_is_not_found(world):
    with pytest.raises(NotFound):
        reverse(world, 99)


def test_a_member_not_yet_admitted_on_that_day_is_refused(world):
    late = world.a_member(joined_on=JUNE)
    with pytest.raises(RuleBroken, match="member_later"):
        subscribe(world, late, on=MARCH)


def test_the_peak_of_the_capital_is_kept_after_it_falls(world, session):
    alice, bob = world.members("Alice Martin", "Bob Le Goff")
    subscribe(world, alice, 5, MARCH)
    subscribe(world, bob, 10, JUNE)
    reverse(world, 2, JUNE + timedelta(days=1))
    assert queries.peak_capital(session, MARCH) == 100_00
    assert queries.peak_capital(session, TODAY) == 300_00
    assert queries.capital_by_day(session, TODAY)[-1] == (date(2026, 6, 2), 100_00)


def test_many_subscriptions_are_written_at_once_and_verify(world, session):
    people = world.members(*(f"Membre N{n}" for n in range(30)))
    rows = [Subscription(member_id, 1 + n % 4, MARCH, None) for n, member_id in enumerate(people)]
    with world.act() as a:
        assert service.subscribe_many(a, rows) == list(range(1, 31))
    assert queries.capital_on(session, TODAY) == 20_00 * sum(row.quantity for row in rows)
    held = queries.holdings_on(session, TODAY)
    assert held == {row.member_id: queries.Holding(row.quantity, 20_00 * row.quantity) for row in rows}
    assert (len(held), held.get(uuid4())) == (30, None)
    assert {type(line.cents) for line in held.values()} == {int}
    assert list(verify(session)) == []


def test_many_subscriptions_with_one_mistake_leave_no_trace(world, session):
    alice, bob = world.members("Alice Martin", "Bob Le Goff")
    with pytest.raises(RuleBroken, match="not_a_number_of_shares"), world.act() as a:
        service.subscribe_many(a, [Subscription(alice, 3, MARCH), Subscription(bob, 0, MARCH)])
    assert queries.capital_on(session, TODAY) == 0


def test_the_founders_of_a_scop_are_measured_together(app, session):
    world = wire(app)
    world.found("scop-sa-cae")
    alice, bob = world.members("Alice Martin", "Bob Le Goff")
    with pytest.raises(RuleBroken, match="holder_over_limit"), world.act() as a:
        service.subscribe_many(a, [Subscription(alice, 3, MARCH), Subscription(bob, 4, MARCH)])
    with world.act() as a:
        service.subscribe_many(a, [Subscription(alice, 3, MARCH), Subscription(bob, 3, MARCH)])
    with pytest.raises(RuleBroken, match="holder_over_limit"):
        subscribe(world, alice, 1)


def test_holdings_of_an_older_register_keep_their_first_day(world, session):
    alice = world.a_member()
    with world.act() as a:
        rows = [OpeningHolding(alice, 8, date(2015, 9, 1), Cents(160_00))]
        service.open_holdings(a, rows=rows, on=MARCH, source="Registre papier, folio 12")
    [lot] = queries.lots_held(session, alice, TODAY)
    assert (lot.first_acquired_on, lot.quantity) == (date(2015, 9, 1), 8)
    assert queries.shares_held(session, member_id=alice, on=date(2026, 3, 1)) == 0
    assert list(verify(session)) == []


def test_the_register_is_paged_by_number_newest_first(world, session):
    people = world.members(*(f"Membre N{n}" for n in range(5)))
    with world.act() as a:
        service.subscribe_many(a, [Subscription(member_id, 1, MARCH) for member_id in people])
    first = queries.register_page(session, limit=3)
    assert [row.seq for row in first] == [5, 4, 3]
    assert [row.seq for row in queries.register_page(session, before_seq=3, limit=3)] == [2, 1]


def test_a_bulletin_says_what_was_subscribed_in_figures_and_in_words(world, session):
    alice = world.a_member()
    subscribe(world, alice, 21, payable_now=Cents(105_00))
    with world.act() as a:
        document = service.issue_bulletin(a, seq=1)
    facts = archive.get_facts(session, document)
    assert facts["shares"] == {
        "quantity": 21, "quantity_words": "vingt et une", "unit_cents": 20_00,
        "total_cents": 420_00, "total_words": "quatre cent vingt euros",
    }  # fmt: skip
    assert (facts["payable_now_cents"], facts["balance_cents"], facts["balance_latest_on"]) == (
        105_00, 315_00, "2029-03-02",
    )  # fmt: skip
    assert facts["holder"]["address"] == ["3 rue des Potiers", "26000 Valence"]
    assert archive.get_document(session, document).owner == f"member:{alice}"


def test_a_reversal_has_no_bulletin_and_a_member_without_shares_no_certificate(world):
    alice = world.a_member()
    subscribe(world, alice)
    reverse(world, 1)
    with pytest.raises(RuleBroken, match="no_form_for_it"), world.act() as a:
        service.issue_bulletin(a, seq=1)
    with pytest.raises(RuleBroken, match="holds_nothing"), world.act() as a:
        service.issue_certificate(a, member_id=alice, on=TODAY)


# What the database refuses by itself, to anybody, in any words.

TX = (
    "INSERT INTO share_tx (seq, kind, effective_on, recorded_at, recorded_by, resolution, reason_code, legs, "
    "payload_digest, prev_hash, hash, reverses_seq) VALUES (:seq, :kind, :on, '2026-11-24 09:00:00', 'sql', :resolution, :reason, "
    ":legs, '', :prev, :hash, :reverses)"
)
LEG = (
    "INSERT INTO share_leg (tx_seq, line, effective_on, account, membership_id, class_id, lot_id, qty, unit_cents) "
    "SELECT :seq, :line, :on, account, membership_id, class_id, lot_id, :qty, unit_cents FROM share_leg "
    "WHERE tx_seq = 1 AND line = :line"
)


def raw_tx(a, seq=2, *, kind="subscribe", on="2026-04-01", legs=2, prev=None, reverses=None):
    prev = prev or a.session.scalar(text("SELECT hash FROM share_tx WHERE seq = :seq"), {"seq": seq - 1}) or GENESIS
    values = {
        "seq": seq,
        "kind": kind,
        "on": on,
        "legs": legs,
        "prev": prev,
        "hash": f"{seq:064}",
        "reverses": reverses,
        "resolution": "AG" if kind == "redeem" else "",
        "reason": "reduction" if kind == "redeem" else "",
    }
    a.session.execute(text(TX), values)


def raw_legs(a, *quantities, seq=2, on="2026-04-01"):
    for line, qty in enumerate(quantities, start=1):
        a.session.execute(text(LEG), {"seq": seq, "line": line, "on": on, "qty": qty})


def write_by_hand(world, *quantities, legs_on=None, **tx):
    with world.act() as a:
        raw_tx(a, **tx)
        raw_legs(a, *quantities, seq=tx.get("seq", 2), on=legs_on or tx.get("on", "2026-04-01"))


@pytest.fixture
def held(world):
    alice = world.a_member()
    subscribe(world, alice)
    return world


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE share_tx SET kind = 'opening'",
        "UPDATE share_leg SET qty = 1",
        "UPDATE share_lot SET first_acquired_on = '2001-01-01'",
        "UPDATE share_class_nominal SET cents = 1",
        "UPDATE share_note SET words = ''",
        "DELETE FROM share_tx",
        "DELETE FROM share_leg",
        "DELETE FROM share_lot",
        "DELETE FROM share_class_nominal",
        "DELETE FROM membership",
    ],
)
def test_the_book_is_neither_changed_nor_cut(held, statement):
    reverse(held, 1)
    with pytest.raises(DatabaseError, match="append-only"), held.act() as a:
        a.session.execute(text(statement))


def test_a_sound_line_written_by_hand_passes_the_guards(held):
    with held.act() as a:
        raw_tx(a, kind="redeem")
        raw_legs(a, -1, 1)


@pytest.mark.parametrize(
    ("tx", "quantities", "refusal"),
    [
        ({"seq": 3, "prev": "0" * 64}, (), "follows the last one"),
        ({"prev": "f" * 64}, (), "follows the last one"),
        ({"kind": "reversal", "reverses": 1, "on": "2026-03-01"}, (), "undoes an earlier"),
        ({"kind": "reversal"}, (), None),
        ({}, (3, -2), "add up to zero|of this kind"),
        ({}, (3, 3), "add up to zero|of this kind"),
        ({}, (-3, 3), "of this kind"),
        ({"kind": "redeem"}, (3, -3), "of this kind"),
        ({"kind": "transfer"}, (-3, 3), "needs a decision"),
        ({"kind": "redeem"}, (-6, 6), "below zero"),
        ({"kind": "redeem", "on": "2026-03-01"}, (-1, 1), "below zero"),
        ({"kind": "reversal", "reverses": 1}, (-4, 4), "exact"),
    ],
)
def test_a_line_that_does_not_hold_is_refused_by_the_database(held, tx, quantities, refusal):
    with pytest.raises(DatabaseError, match=refusal):
        write_by_hand(held, *quantities, **tx)


def test_a_reversal_is_unique_in_the_database_too(held):
    reverse(held, 1)
    with pytest.raises(DatabaseError), held.act() as a:
        raw_tx(a, 3, kind="reversal", reverses=1, on="2026-11-24")


def test_a_reversal_of_a_reversal_is_refused_by_the_database(held):
    reverse(held, 1)
    with pytest.raises(DatabaseError, match="undoes an earlier"), held.act() as a:
        raw_tx(a, 3, kind="reversal", reverses=2, on="2026-11-24")


def test_a_leg_cannot_join_an_old_line_nor_carry_another_day(held):
    with pytest.raises(DatabaseError, match="on its day"), held.act() as a:
        a.session.execute(
            text(
                "INSERT INTO share_leg SELECT tx_seq, line + 2, effective_on, account, membership_id, class_id, "
                "lot_id, qty, unit_cents FROM share_leg"
            )
        )
    with pytest.raises(DatabaseError, match=r"(?i)on its day|foreign key"):
        write_by_hand(held, 3, -3, legs_on="2026-04-02")


@pytest.mark.parametrize("column", ["membership_id", "class_id", "lot_id"])
def test_a_leg_is_that_of_a_member_and_of_a_lot_that_there_are(held, column):
    into, what = LEG.split("SELECT")
    strange = text(f"{into}SELECT{what.replace(column, ':other')}").bindparams(bindparam("other", uuid4(), Uuid()))

    def write():
        with held.act() as a:
            raw_tx(a)
            a.session.execute(strange, {"seq": 2, "line": 1, "on": "2026-04-01", "qty": 3})

    with pytest.raises(DatabaseError, match=r"(?i)a member there is|price of its lot|foreign key"):
        write()


# What the proof finds when somebody takes the guards down.


def tamper(world, *statements):
    with world.act() as a:
        for statement in statements:
            a.session.execute(text(statement))


def without_guards(world, table):
    sqlite = world.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    if not sqlite:
        return [f"ALTER TABLE {table} DISABLE TRIGGER USER"]
    names = {
        "share_tx": ("share_tx_no_update", "share_tx_no_delete"),
        "share_leg": ("share_leg_no_update", "share_leg_no_delete", "share_leg_guarded"),
        "share_lot": ("share_lot_no_update", "share_lot_no_delete"),
        "capital_tx": ("capital_tx_no_delete",),
        "capital_leg": ("capital_leg_no_delete",),
        "share_note": ("share_note_no_update",),
    }[table]
    return [f"DROP TRIGGER {name}" for name in names]


@pytest.mark.parametrize(
    ("table", "statement", "where", "what"),
    [
        ("share_tx", "UPDATE share_tx SET resolution = 'AG' WHERE seq = 2", "share_tx 2", "give its hash"),
        ("share_tx", "UPDATE share_tx SET hash = 'x' WHERE seq = 3", "share_tx 3", "give its hash"),
        ("share_leg", "UPDATE share_leg SET qty = qty * 2 WHERE tx_seq = 1", "share_tx 1", "give its hash"),
        ("share_leg", "DELETE FROM share_leg WHERE tx_seq = 2 AND line = 2", "share_tx 2", "give its hash"),
        (
            "share_lot",
            "UPDATE share_lot SET first_acquired_on = '2001-01-01' WHERE opened_by_tx = 3",
            "share_tx 3",
            "hash",
        ),
        ("share_note", "UPDATE share_note SET words = 'autre chose'", "share_tx 4", "its digest"),
    ],
)
def test_the_proof_names_the_first_wrong_line(held, session, table, statement, where, what):
    bob = held.a_member("Bob Le Goff")
    subscribe(held, bob)
    subscribe(held, bob)
    reverse(held, 2)
    tamper(held, *without_guards(held, table), statement)
    session.rollback()
    first = next(verify(session))
    assert (first.where, what in first.what) == (where, True)


def test_the_proof_sees_a_cut_tail_because_the_journal_is_longer(held, session):
    bob = held.a_member("Bob Le Goff")
    subscribe(held, bob)
    cut = ["DELETE FROM share_leg WHERE tx_seq = 2", "DELETE FROM share_lot WHERE opened_by_tx = 2"]
    guards = [*without_guards(held, "share_tx"), *without_guards(held, "share_leg")]
    others = [guard for table in ("share_lot", "capital_tx", "capital_leg") for guard in without_guards(held, table)]
    cut_money = ["DELETE FROM capital_leg WHERE tx_seq = 2", "DELETE FROM capital_tx WHERE seq = 2"]
    tamper(held, *guards, *others, *cut_money, *cut, "DELETE FROM share_tx WHERE seq = 2")
    session.rollback()
    assert [fault.where for fault in verify(session) if "missing" in fault.what] == ["share_tx 2", "share-book"]


def test_a_remark_can_be_forgotten_and_the_chain_still_holds(held, session):
    reverse(held, 1)
    tamper(held, "DELETE FROM share_note")
    session.rollback()
    assert list(verify(session)) == []
    assert queries.get_transaction(session, 2).note == ""


def test_the_day_the_statutes_were_adopted_is_the_day_of_the_price(held, session):
    assert session.execute(text("SELECT from_date FROM share_class_nominal")).scalar() in {FOUNDED, str(FOUNDED)}
