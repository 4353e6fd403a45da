"""What movements of shares do to the money, what leavers bear and receive, interest, closes: on both engines."""

import re
from datetime import date, timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.core import judgements
from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.money import Cents
from coopgov.core.policy import SYSTEM, Actor, Role
from coopgov.law.yearend import ScicYear
from coopgov.members import service as members
from coopgov.shares import book as share_book
from coopgov.shares import queries as share_queries
from coopgov.shares import service as shares
from coopgov.shares.rules import BookName, CloseKind
from coopgov.shares.verify import verify as verify_shares
from coopgov.treasury import queries, service
from coopgov.treasury.banking import service as banking
from coopgov.treasury.queries import MemberAccount
from coopgov.treasury.rules import Bucket, CapitalKind, Prepared, Rate, RunKind
from coopgov.treasury.verify import verify
from tests.service.tampering import by_hand
from tests.service.test_races import at_once
from tests.shares_world import do, refused, wire

SPRING, SUMMER, WINTER = date(2025, 3, 3), date(2025, 6, 2), date(2025, 12, 1)
ASSEMBLY, TODAY = date(2026, 6, 15), date(2026, 11, 24)
DECISION = "AG du 15 juin 2026"
YEAR = 2025


@pytest.fixture
def world(app):
    made = wire(app)
    made.found("scic-sarl")
    return made


@pytest.fixture
def pair(world):
    """Alice with ten shares at 20 €, 50 € called and 120 € paid; Bob with 240, all paid."""
    alice, bob = world.members("Alice Martin", "Bob Le Goff")
    do(world, shares.subscribe, member_id=bob, quantity=240, effective_on=SPRING)
    do(world, shares.subscribe, member_id=alice, quantity=10, effective_on=SPRING, payable_now=Cents(50_00))
    do(world, service.pay, member_id=bob, cents=Cents(4800_00), effective_on=SPRING)
    do(world, service.pay, member_id=alice, cents=Cents(120_00), effective_on=SPRING)
    return alice, bob


def leave(world, member_id, quantity=10, on=SUMMER):
    do(world, members.resign, member_id=member_id, effective_on=on, reason="Départ")
    return do(world, shares.redeem, member_id=member_id, quantity=quantity, effective_on=on, decision="CA du 2 juin")


def account(session, member_id, on=TODAY):
    session.rollback()
    return queries.account_of(session, member_id=member_id, on=on)


def proven(session):
    session.rollback()
    return [*verify(session), *verify_shares(session)] == []


def losses(world, **more):
    facts = {"year": YEAR, "loss": Cents(1060_00), "reserves": Cents(100_00), "effective_on": ASSEMBLY, **more}
    return do(world, service.bear_loss, resolution=DECISION, **facts)


def test_a_leaver_is_owed_what_she_paid_less_her_part_of_the_losses_of_her_year(world, session, pair):
    alice, _bob = pair
    left = leave(world, alice)
    assert account(session, alice) == MemberAccount(repayable=120_00)
    with world.act() as act:
        [owed] = queries.owed_on(act.session, TODAY, act.rulebook)
    assert (owed.name, owed.cents, owed.released_on, owed.share_tx_seq) == ("Alice Martin", 120_00, SUMMER, left)
    # 4 800 € of capital at the end of the year, 960 € of losses beyond the reserves: a fifth, 16 € a share.
    run = losses(world)
    assert account(session, alice) == MemberAccount(repayable=80_00)
    [*_, borne] = queries.movements_of(session, alice)
    assert "16,00" in borne.transaction.note
    assert queries.get_run(session, run).facts["part_of_capital"] == "1/5"
    refused(
        "run_already",
        world,
        service.bear_loss,
        year=YEAR,
        loss=Cents(1),
        reserves=Cents(0),
        effective_on=ASSEMBLY,
        resolution=DECISION,
    )
    refused(
        "belongs_to_run|belongs_to_shares",
        world,
        service.reverse_payment,
        seq=borne.transaction.seq,
        effective_on=TODAY,
        reason="Essai",
    )
    undone = {"run_id": run, "effective_on": TODAY, "reason": "Réserves oubliées"}
    _write_in_a_file(world, alice)
    refused("in_another_file", world, service.undo_run, **undone)
    do(world, service.undo_run, **undone, acknowledged="Le fichier est abandonné demain")
    assert account(session, alice) == MemberAccount(repayable=120_00)
    losses(world, reserves=Cents(580_00), effective_on=TODAY)
    assert account(session, alice) == MemberAccount(repayable=100_00)
    assert proven(session)


def test_an_undoing_that_waits_is_not_confirmed_once_the_run_has_grown(world, session, pair):
    alice, bob = pair
    leave(world, alice)
    run = losses(world)
    with world.act(Actor("Trésorière", uuid4())) as act:
        undoing = Prepared(CapitalKind.REVERSAL, None, Cents(0), TODAY, reference="Réserves oubliées", run_id=run)
        asked = service.prepare(act, undoing)
    # Bob left in that year too, which is written now: he bears his part of the same losses.
    leave(world, bob, quantity=20, on=WINTER)
    assert len(_standing(session, run)) == 2
    refused("weighed_otherwise", world, service.confirm, prepared_id=asked)


def _standing(session, run):
    session.rollback()
    return list(queries.standing_of_run(session, run))


def _write_in_a_file(world, member_id):
    do(world, banking.write_account, holder="Les Mains Libres", iban="FR7630006000011234567890189")
    do(world, members.set_iban, member_id=member_id, iban="FR1420041010050500013M02606", on=SUMMER, proof="RIB")
    do(world, banking.draft_file, member_ids=[member_id], pay_on=TODAY)


def test_undoing_a_run_names_a_few_members_in_a_case_and_counts_the_others(world, pair, monkeypatch):
    monkeypatch.setattr("coopgov.treasury.service.weighing.MOST_TOLD", 1)
    run = do(
        world, service.declare_interest, year=YEAR, rates=[Rate(date(2025, 1, 1), date(2025, 12, 31), Fraction(1, 100))],
        assembly_on=ASSEMBLY, effective_on=ASSEMBLY, resolution=DECISION, cap_checked="Lu au Journal officiel",
    )  # fmt: skip
    for member_id in pair:
        do(world, members.record_death, member_id=member_id, effective_on=TODAY, proof="acte de décès")
    with world.act() as act:
        found = service.weigh_run(act, run=queries.get_run(act.session, run), effective_on=TODAY)
    assert [(check.code, check.values.get("count")) for check in found] == [
        ("waits_for_heirs", None),
        ("and_others", 1),
    ]


def test_who_leaves_after_the_losses_are_known_bears_them_at_once(world, session, pair):
    alice, _bob = pair
    losses(world, loss=Cents(1100_00), effective_on=ASSEMBLY)
    leave(world, alice, on=WINTER)
    # A fifth of 200 € on what she paid; with her shares there were 5 000 € at the end of the year.
    assert account(session, alice) == MemberAccount(repayable=80_00)
    assert proven(session)


def test_f10_shares_are_paid_back_once_and_only_what_was_paid_on_them(world, session, pair):
    alice, _bob = pair
    refused("more_than_owed", world, service.repay, member_id=alice, cents=Cents(1), effective_on=TODAY)
    left = leave(world, alice)
    do(world, service.repay, member_id=alice, cents=Cents(70_00), effective_on=ASSEMBLY, reference="VIR 9")
    refused("more_than_owed", world, service.repay, member_id=alice, cents=Cents(50_01), effective_on=TODAY)
    refused("nothing_taken", world, service.repay, member_id=alice, cents=Cents(-5_00), effective_on=TODAY)
    refused(
        "movement 6 of the money book",
        world,
        shares.reverse,
        seq=left,
        effective_on=TODAY,
        reason="Elle reste",
        acknowledged="Saisie à corriger",
    )
    refused(
        "still_claimable",
        world,
        service.prescribe,
        member_id=alice,
        cents=Cents(50_00),
        effective_on=TODAY,
        resolution=DECISION,
    )
    with world.act() as act:
        assert [(one.cents, one.due_on) for one in queries.overdue_on(act.session, date(2040, 1, 1), act.rulebook)] == [
            (50_00, queries.owed_on(act.session, TODAY, act.rulebook)[0].due_on)
        ]
    refused("no_letter", world, service.give, member_id=alice, cents=Cents(50_00), effective_on=TODAY)
    letter = "Lettre du 20 novembre 2026"
    do(world, service.give, member_id=alice, cents=Cents(50_00), effective_on=TODAY, resolution=letter)
    assert account(session, alice) == MemberAccount()
    assert proven(session)


def test_what_nobody_claims_in_the_legal_time_is_kept(world, session, pair, clock):
    alice, _bob = pair
    leave(world, alice)
    clock.forward(days=365 * 12)
    later = clock.now.date()
    do(world, service.prescribe, member_id=alice, cents=Cents(120_00), effective_on=later, resolution=DECISION)
    assert account(session, alice, later) == MemberAccount()
    assert queries.balance_of(session, Bucket.RESERVE) == 120_00


def test_undone_redemptions_bring_the_money_back_with_the_shares(world, session, pair):
    alice, _bob = pair
    before = account(session, alice)
    left = leave(world, alice)
    losses(world)
    do(world, shares.reverse, seq=left, effective_on=TODAY, reason="Elle reste", acknowledged="Saisie à corriger")
    assert account(session, alice) == before
    assert proven(session)


def test_transferred_shares_take_what_is_paid_and_owed_with_them(world, session, pair):
    alice, bob = pair
    seq = do(world, shares.transfer, from_id=alice, to_id=bob, quantity=7, effective_on=SUMMER, decision="CA")
    assert account(session, alice) == MemberAccount(uncalled=60_00)
    assert account(session, bob) == MemberAccount(uncalled=20_00, paid_up=4920_00)
    do(world, service.pay, member_id=bob, cents=Cents(20_00), effective_on=WINTER)
    do(world, shares.reverse, seq=seq, effective_on=TODAY, reason="Agrément refusé", acknowledged="Saisie à corriger")
    assert account(session, alice) == MemberAccount(uncalled=80_00, paid_up=120_00)
    # What Bob paid on shares that are not his any more waits for him.
    assert account(session, bob) == MemberAccount(paid_up=4800_00, suspense=20_00)
    assert proven(session)


def test_what_is_owed_to_a_member_pays_what_she_owes(world, session, pair):
    alice, bob = pair
    do(world, shares.redeem, member_id=bob, quantity=20, effective_on=SUMMER, decision="CA", cause="reduction")
    do(world, shares.subscribe, member_id=bob, quantity=5, effective_on=WINTER, payable_now=Cents(40_00))
    refused(
        "overpaid",
        world,
        service.set_off,
        member_id=bob,
        cents=Cents(100_01),
        effective_on=WINTER,
        against=Bucket.REPAYABLE,
    )
    do(world, service.set_off, member_id=bob, cents=Cents(70_00), effective_on=WINTER, against=Bucket.REPAYABLE)
    assert account(session, bob) == MemberAccount(uncalled=30_00, paid_up=4470_00, repayable=330_00)
    assert account(session, alice).repayable == 0
    assert proven(session)


def test_exchanged_shares_change_the_money_by_what_they_are_worth_less(world, session, pair):
    alice, bob = pair
    do(world, shares.new_class, code="b", label="Parts B", nominal=15_00, from_date=SPRING, decision="AGE")
    convert = {"member_id": bob, "quantity": 4, "from_class": "ordinary", "to_class": "b", "decision": "CA"}
    seq = do(world, shares.convert, effective_on=SUMMER, **convert)
    assert account(session, bob) == MemberAccount(paid_up=4795_00, repayable=5_00)
    do(world, shares.reverse, seq=seq, effective_on=SUMMER, reason="Autre nombre", acknowledged="Saisie à corriger")
    for member_id, quantity in ((bob, 30), (alice, 3)):
        do(world, shares.convert, effective_on=SUMMER, **convert | {"member_id": member_id, "quantity": quantity})
    before = account(session, bob)
    assert before == MemberAccount(paid_up=4800_00)
    lowered = do(
        world, shares.change_nominal, class_code="b", cents=12_00, effective_on=WINTER, decision="AGE : pertes"
    )
    # Losses take what is there first: 3 € of each of forty shares, and of four.
    assert account(session, bob) == MemberAccount(paid_up=4680_00)
    assert account(session, alice) == MemberAccount(uncalled=80_00, paid_up=108_00)
    for seq in lowered:
        do(
            world,
            shares.reverse,
            seq=seq,
            effective_on=TODAY,
            reason="Assemblée annulée",
            acknowledged="Saisie à corriger",
        )
    assert account(session, bob) == before
    assert proven(session)


# In 2023: the published rates of the three years before an assembly of 2024 are in the texts.
RATES = [
    Rate(date(2023, 1, 1), date(2023, 6, 30), Fraction(2, 100)),
    Rate(date(2023, 7, 1), date(2023, 12, 31), Fraction(3, 100)),
]
ACCOUNTS = ScicYear(Cents(5000_00), Cents(0), Cents(5000_00), Cents(0), Cents(0))
INTEREST = {
    "year": 2023, "rates": RATES, "assembly_on": date(2024, 6, 10), "effective_on": date(2024, 6, 10), "accounts": ACCOUNTS,
    "resolution": "AG du 10 juin 2024",
}  # fmt: skip
PAID = date(2024, 7, 1)


@pytest.fixture
def holders(world):
    """Three who paid a hundred shares in 2022: Alice leaves on 30 June 2023, Bob and a company stay."""
    alice, bob = world.members("Alice Martin", "Bob Le Goff")
    for member_id, quantity in ((alice, 10), (bob, 211)):
        do(world, shares.subscribe, member_id=member_id, quantity=quantity, effective_on=date(2022, 5, 1))
        do(world, service.pay, member_id=member_id, cents=Cents(quantity * 20_00), effective_on=date(2022, 5, 1))
    do(world, shares.subscribe, member_id=bob, quantity=10, effective_on=date(2023, 9, 1))
    do(world, service.pay, member_id=bob, cents=Cents(100_00), effective_on=date(2023, 10, 1))
    leave(world, alice, on=date(2023, 6, 30))
    return alice, bob


def test_f19_who_left_in_june_has_her_interest_for_her_days(world, session, holders):
    alice, bob = holders
    run = do(world, service.declare_interest, **INTEREST)
    # 200 € for 180 days at 2 %; 4 220 € at 2 % for 181 days and at 3 % for 184, 100 € more at 3 % for 92 days.
    hers = Fraction(200_00 * 180 * 2, 100 * 365)
    his = Fraction(4220_00 * 181 * 2 + 4220_00 * 184 * 3 + 100_00 * 92 * 3, 100 * 365)
    total = (hers + his).numerator // (hers + his).denominator
    found = {one: account(session, one).interest_due for one in holders}
    assert sum(found.values()) == total == queries.get_run(session, run).facts["total"]
    assert abs(found[alice] - hers) < 1
    assert abs(found[bob] - his) < 1
    assert proven(session)


def test_f20_two_rates_in_one_year_each_count_for_their_days_and_lots(world, session, holders):
    _alice, bob = holders
    do(world, service.declare_interest, **INTEREST)
    lines = queries.interest_of(session, bob)
    assert [(line.days, line.base, line.rate) for line in lines] == [
        (181, 4220_00, Fraction(1, 50)), (62, 4220_00, Fraction(3, 100)), (30, 4220_00, Fraction(3, 100)),
        (92, 4220_00, Fraction(3, 100)), (92, 100_00, Fraction(3, 100)),
    ]  # fmt: skip
    assert sum(line.cents for line in lines) == account(session, bob).interest_due
    assert proven(session)


def test_f18_a_run_is_written_once_for_a_year_until_it_is_undone(world, session, holders):
    alice, _bob = holders
    refused("nothing_declared", world, service.pay_interest, year=2023, effective_on=PAID)
    run = do(world, service.declare_interest, **INTEREST)
    refused("run_already", world, service.declare_interest, **INTEREST)
    with pytest.raises(DatabaseError, match="done once for a year"), world.act() as act:
        act.session.execute(text(
            "INSERT INTO capital_run (id, kind, year, attempt, effective_on, resolution, facts, digest, recorded_at, recorded_by) "
            "SELECT '00000000000000000000000000000001', kind, year, 2, effective_on, '', '{}', '', recorded_at, '' FROM capital_run"
        ))  # fmt: skip
    due = account(session, alice).interest_due
    payment = do(world, service.pay_interest, year=2023, effective_on=PAID, exempt=[alice])
    refused("interest_is_paid", world, service.undo_run, run_id=run, effective_on=TODAY, reason="Taux faux")
    assert account(session, alice).interest_due == 0
    # Exempt from the tax, not from the levies: 17.2 % in 2024.
    withheld = -queries.movements_of(session, alice)[-2].transaction.interest_due
    assert withheld == round(due * Fraction(172, 1000))
    taxes = queries.get_run(session, payment).facts
    assert queries.balance_of(session, Bucket.TAX_DUE) == taxes["tax"] + taxes["levies"]
    do(world, service.pay_tax, cents=Cents(taxes["tax"]), effective_on=TODAY)
    undone = {"run_id": payment, "effective_on": TODAY, "reason": "Virement rejeté"}
    refused("tax_is_paid", world, service.undo_run, **undone)
    do(world, service.undo_run, **undone, acknowledged="Déclaration rectifiée le 3 mai")
    session.rollback()
    [kept] = judgements.judged_about(session, f"run:{payment}")
    assert (kept.code, kept.reason) == ("tax_is_paid", "Déclaration rectifiée le 3 mai")
    do(world, service.undo_run, run_id=run, effective_on=TODAY, reason="Taux faux")
    refused("run_undone_already", world, service.undo_run, run_id=run, effective_on=TODAY, reason="Encore")
    assert account(session, alice).interest_due == 0
    do(world, service.declare_interest, **INTEREST | {"effective_on": TODAY})
    assert [one.attempt for one in queries.runs(session) if one.kind is RunKind.INTEREST] in ([2, 1], [1, 2])
    assert account(session, alice).interest_due == due
    assert proven(session)


def test_f18_nor_by_two_at_the_same_instant(world, session, holders):
    declare = (SYSTEM, lambda act: service.declare_interest(act, **INTEREST))
    outcomes = at_once(world.app, declare, declare)
    assert sorted(outcomes) == [[], ["run_already"]]
    assert len(queries.runs(session)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rates": [Rate(date(2023, 1, 1), date(2023, 12, 31), Fraction(381, 10_000))]}, "rate_over_cap"),
        ({"rates": [RATES[0], RATES[0]]}, "rates_do_not_fit"),
        ({"rates": [Rate(date(2023, 1, 1), date(2024, 1, 1), Fraction(1, 100))]}, "rates_do_not_fit"),
        ({"accounts": ScicYear(Cents(10_00), Cents(0), Cents(3000_00), Cents(0), Cents(0))}, "interest_over_cap"),
        ({"accounts": None}, "accounts_not_given"),
        ({"assembly_on": date(2026, 6, 1), "effective_on": date(2026, 6, 1)}, "cap_not_known"),
        ({"assembly_on": date(2023, 12, 31)}, "assembly_out_of_time"),
        ({"resolution": " "}, "no_decision"),
        ({"year": 2021, "rates": [Rate(date(2021, 1, 1), date(2021, 12, 31), Fraction(1, 100))]}, "no_interest"),
    ],
)
def test_interest_keeps_to_the_law(world, holders, changes, code):
    refused(code, world, service.declare_interest, **INTEREST | changes)


def test_nothing_is_written_before_the_last_close_but_late_and_by_two_where_the_statutes_say_so(world, session, pair):
    alice, _bob = pair
    refused("day_not_over", world, service.close_period, kind=CloseKind.REGISTER, through_date=TODAY)
    refused("not_the_end_of_year", world, service.close_period, kind=CloseKind.YEAR, through_date=WINTER)
    close = do(world, service.close_period, kind=CloseKind.YEAR, through_date=date(2025, 12, 31))
    session.rollback()
    kept = share_queries.last_close(session)
    assert (kept.id, kept.capital_seq, kept.share_seq) == (close, 4, 2)
    refused("closed_already", world, service.close_period, kind=CloseKind.REGISTER, through_date=WINTER)
    refused("closed_already", world, service.close_period, kind=CloseKind.YEAR, through_date=date(2025, 12, 31))
    refused("period_closed", world, service.pay, member_id=alice, cents=Cents(10_00), effective_on=WINTER)
    with pytest.raises(DatabaseError, match="is closed"), world.act() as act:
        act.session.execute(text(
            "INSERT INTO capital_tx (seq, kind, effective_on, recorded_at, recorded_by, resolution, legs, payload_digest, prev_hash, hash) "
            "SELECT 5, 'pay', effective_on, recorded_at, 'sql', '', 2, '', hash, 'x' FROM capital_tx WHERE seq = 4"
        ))  # fmt: skip
    opened = date(2026, 1, 1)
    late = do(world, service.pay, member_id=alice, cents=Cents(10_00), effective_on=opened, true_on=WINTER)
    assert queries.get_transaction(session, late).late_for == WINTER
    do(world, shares.set_two_persons, of=BookName.CAPITAL, kinds={"repay": True}, from_date=SPRING, decision="AG")
    do(world, members.resign, member_id=alice, effective_on=opened, reason="Départ")
    do(world, shares.redeem, member_id=alice, quantity=10, effective_on=opened, decision="CA")
    refused("second_person_missing", world, service.repay, member_id=alice, cents=Cents(10_00), effective_on=TODAY)
    do(world, service.repay, member_id=alice, cents=Cents(10_00), effective_on=TODAY, approved_by="role:board")
    treasurer = Actor("Nadia", account_id=None, roles=frozenset({Role.TREASURER}))
    with pytest.raises(RuleBroken, match="approved_by_oneself"), world.act(treasurer) as act:
        service.repay(act, member_id=alice, cents=Cents(10_00), effective_on=TODAY, approved_by=treasurer.pseudonym)
    assert proven(session)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE interest_line SET cents = cents + 1 WHERE line = 1", "lines of interest are not those"),
        ("UPDATE capital_run SET facts = replace(facts, '\"members\":2', '\"members\":3')", "do not give its digest"),
        ("UPDATE period_close SET capital_hash = 'x'", "is not the one it was closed on"),
        ("UPDATE period_close SET journal_head = 'x'", "not that of the head you hold"),
        ("UPDATE capital_leg SET cents = -cents WHERE bucket IN ('interest_due', 'reserve')", "does not move"),
        ("DELETE FROM capital_run", "missing or changed"),
    ],
)
def test_the_proof_finds_what_was_changed_in_runs_and_closes(world, session, holders, change, found):
    do(world, service.close_period, kind=CloseKind.YEAR, through_date=date(2023, 12, 31))
    do(world, service.declare_interest, **INTEREST)
    assert proven(session)
    by_hand("DELETE FROM interest_line", change) if change.startswith("DELETE") else by_hand(change)
    faults = " ".join(fault.what for fault in verify(session))
    assert re.search(found, faults), faults


COMMANDS = (
    "subscribe", "pay", "pay", "call", "redeem", "transfer", "set_off", "repay", "refund", "give", "undo_shares", "undo_money",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(COMMANDS), st.integers(1, 14), st.integers(0, 8), st.booleans()), min_size=6, max_size=20
)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_the_two_books_agree(world, session, steps):
    pair = world.members("Alice Martin", "Bob Le Goff")
    for member_id in pair:
        do(world, shares.subscribe, member_id=member_id, quantity=100, effective_on=SPRING, payable_now=Cents(700_00))
        do(world, service.pay, member_id=member_id, cents=Cents(900_00), effective_on=SPRING)
    for what, number, day, is_bob in steps:
        try:
            take(world, what, number, SPRING + timedelta(days=day), pair[is_bob], pair[not is_bob])
        except RuleBroken:
            session.rollback()
    assert proven(session)


def take(world, what, number, on, member_id, other):
    ends = {"undo_shares": share_book.head, "undo_money": service.book.head}
    if what in ends:
        with world.act() as act:
            number = ends[what](act.session).seq + 1 - number
    hers = {"member_id": member_id, "effective_on": on}
    money = {**hers, "cents": Cents(number * 45_50)}
    undone = {"seq": number, "effective_on": on, "reason": "essai", "acknowledged": "essai"}
    reduced = {"quantity": number * 3, "decision": "CA"}
    commands = {
        "subscribe": (shares.subscribe, hers | {"quantity": number, "payable_now": Cents(number * 10_00)}),
        "pay": (service.pay, money),
        "call": (service.call, money),
        "redeem": (shares.redeem, hers | reduced | {"cause": "reduction"}),
        "transfer": (shares.transfer, reduced | {"from_id": member_id, "to_id": other, "effective_on": on}),
        "set_off": (service.set_off, money | {"against": (Bucket.SUSPENSE, Bucket.REPAYABLE)[number % 2]}),
        "repay": (service.repay, money),
        "refund": (service.refund_overpayment, money),
        "give": (service.give, {**money, "resolution": "Lettre"}),
        "undo_shares": (shares.reverse, undone),
        "undo_money": (service.reverse_payment, undone),
    }
    command, facts = commands[what]
    try:
        do(world, command, **facts)
    except NotFound:
        assert what in ends
