"""Two persons for money, and what undoing breaks: one prepares, another confirms; nothing is undone in silence."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from coopgov.core import journal, judgements
from coopgov.core.errors import RuleBroken
from coopgov.core.money import Cents
from coopgov.core.policy import Actor
from coopgov.members import service as members
from coopgov.shares import service as shares
from coopgov.shares.rules import RequestKind, RequestState
from coopgov.shares.service import Wish
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from coopgov.statutes.rules import StatutesFigure
from coopgov.treasury import queries
from coopgov.treasury import service as treasury
from coopgov.treasury.models import CapitalRequest, CapitalTx
from coopgov.treasury.rules import Bucket, CapitalKind, Prepared, Rate, RunKind
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
KINDS = ("set_off", "repay", "prescribe", "gift", "reversal")
LETTER = "Lettre du 20 novembre 2026"


def by(world, who, command, **facts):
    with world.act(who) as act:
        return command(act, **facts)


def ask_two(world, *, of="capital", kinds=KINDS, more=None):
    """The statutes ask for two persons for these."""
    usual = ready_set("scic-sa")
    asks = {f"{of}.two_persons.{kind}": StatutesFigure(True, "art. 12") for kind in kinds} | (more or {})
    text_ = replace(usual, figures={**usual.figures, **asks})
    do(world, statutes.adopt_statutes, text=text_, in_force_from=TODAY, decision="AGE du 24 novembre 2026")


@pytest.fixture
def owed(world, pair):
    """Alice has left: 100 € are to be paid back to her, 30 € were paid too much; the statutes ask for two persons."""
    alice, _bob = pair
    do(world, treasury.pay, member_id=alice, cents=Cents(30_00), effective_on=APRIL)
    do(world, members.resign, member_id=alice, effective_on=JUNE)
    redeem(world, alice)
    ask_two(world)
    return alice


def wish(member_id, kind=CapitalKind.REPAY, cents=10_00, **more):
    return Prepared(kind, member_id, Cents(cents), TODAY, **more)


def buckets(session, member_id):
    session.rollback()
    return queries.buckets_of(session, [member_id], TODAY)[member_id]


def test_what_the_statutes_want_of_two_persons_one_prepares_and_another_confirms(world, session, owed):
    kinds = [
        (wish(owed, reference="VIR 9"), Bucket.REPAYABLE), (wish(owed, source=Bucket.SUSPENSE), Bucket.SUSPENSE),
        (wish(owed, CapitalKind.GIFT, resolution=LETTER), Bucket.REPAYABLE),
    ]  # fmt: skip
    for one, bucket in kinds:
        before = buckets(session, owed)[bucket]
        asked = by(world, TREASURER, treasury.prepare, wish=one)
        assert buckets(session, owed)[bucket] == before
        assert [row.id for row in queries.prepared_waiting(session)] == [asked]
        with pytest.raises(RuleBroken) as refusal:
            by(world, TREASURER, treasury.confirm, prepared_id=asked)
        [breach] = refusal.value.breaches
        assert (breach.code, "art. 12" in str(breach.citations)) == ("confirmed_by_oneself", True)
        seq = by(world, PRESIDENT, treasury.confirm, prepared_id=asked)
        assert buckets(session, owed)[bucket] == before - 10_00
        row = session.get(CapitalTx, seq)
        assert (row.recorded_by, row.approved_by) == (PRESIDENT.pseudonym, TREASURER.pseudonym)
        assert queries.get_prepared(session, asked).executed_tx == seq
        assert [line.kind for line in journal.entries_about(session, f"capital-request:{asked}")] == [
            "treasury.prepared", "treasury.confirmed",
        ]  # fmt: skip
    undone = wish(owed, CapitalKind.REVERSAL, 0, reverses_seq=seq, reference="Lettre d’une autre")
    by(world, PRESIDENT, treasury.confirm, prepared_id=by(world, TREASURER, treasury.prepare, wish=undone))
    assert faults(world, session) == []


def test_one_alone_records_nothing_and_what_was_prepared_is_refused_or_taken_back_with_a_reason(world, session, owed):
    alone = {"member_id": owed, "cents": Cents(10_00), "effective_on": TODAY}
    with pytest.raises(RuleBroken) as refusal:
        by(world, TREASURER, treasury.repay, **alone)
    assert [(b.code, "art. 12" in str(b.citations)) for b in refusal.value.breaches] == [
        ("second_person_missing", True)
    ]
    # What could not be recorded is not prepared either, and leaves nothing.
    ends = journal.head(session)
    for wrong, code in [
        (wish(owed, cents=500_00), "more_than_owed"), (wish(owed, CapitalKind.GIFT), "no_letter"),
        (wish(owed, CapitalKind.PRESCRIBE, resolution="AG"), "still_claimable"), (wish(owed, CapitalKind.PAY), "not_prepared"),
    ]:  # fmt: skip
        refused(code, world, treasury.prepare, wish=wrong)
    session.rollback()
    assert journal.head(session) == ends
    asked = [by(world, TREASURER, treasury.prepare, wish=wish(owed)) for _ in range(2)]
    refused("no_reason", world, treasury.refuse, prepared_id=asked[0], reason=" ")
    by(world, PRESIDENT, treasury.refuse, prepared_id=asked[0], reason="Mauvais RIB")
    by(world, TREASURER, treasury.take_back, prepared_id=asked[1], reason="Double")
    refused("not_from_this_state", world, treasury.confirm, prepared_id=asked[0])
    session.rollback()
    found = [queries.get_prepared(session, one) for one in asked]
    assert [(row.state, row.reason) for row in found] == [
        (RequestState.REFUSED, "Mauvais RIB"), (RequestState.WITHDRAWN, "Double"),
    ]  # fmt: skip
    session.rollback()
    alone = "UPDATE capital_request SET state = 'executed', answered_by = drafted_by, executed_tx = 1"
    with pytest.raises(IntegrityError), world.act() as act:
        act.session.execute(text(alone))
    assert faults(world, session) == []


def test_a_reversal_never_goes_round_the_floor_the_refunds_or_the_least_held_in_silence(world, session, pair):
    _alice, bob = pair
    first, seq = subscribe(world, bob, 3, on=MARCH), subscribe(world, bob, 100_000, on=MARCH)
    assert [check.code for check in seen(world, shares.weigh_reversal, seq)] == ["capital_below_floor"]
    # From its own day on, what was never subscribed has never raised the capital.
    assert [check.code for check in seen(world, shares.weigh_reversal, seq, on=MARCH)] == ["reversal"]
    undone = {"seq": seq, "effective_on": TODAY, "reason": "Erreur de personne"}
    with pytest.raises(RuleBroken) as refusal:
        do(world, shares.reverse, **undone)
    [breach] = refusal.value.breaches
    assert (breach.code, breach.field, bool(breach.citations)) == ("capital_below_floor", "acknowledged", True)
    new = do(world, shares.reverse, **undone, acknowledged="Bob n’a jamais signé")
    session.rollback()
    kept = judgements.judged_about(session, f"share-tx:{new}")
    assert [(one.code, one.reason) for one in kept] == [("capital_below_floor", "Bob n’a jamais signé")]
    assert "plancher" in kept[0].sentence
    [line] = journal.entries_about(session, f"share-tx:{new}")[-1:]
    assert line.payload["acknowledged"] == [{"code": "capital_below_floor", "reason": "Bob n’a jamais signé"}]
    assert "fewer_than_least" in [check.code for check in seen(world, shares.weigh_reversal, first)]
    assert faults(world, session) == []
    ask_two(world, of="share", kinds=("reversal",))
    asked = by(world, TREASURER, shares.request, wish=Wish(
        RequestKind.REVERSAL, bob, 0, TODAY, reverses_seq=first, note="Double"
    ))  # fmt: skip
    by(world, PRESIDENT, shares.accept, request_id=asked, decision=BOARD)
    told = {"request_id": asked, "effective_on": TODAY}
    with pytest.raises(RuleBroken, match="fewer_than_least"):
        by(world, TREASURER, shares.execute, **told)
    by(world, TREASURER, shares.execute, **told, acknowledged="Bob souscrit de nouveau demain")
    assert held(session, bob) == 0


def seen(world, look, seq, on=TODAY):
    with world.act() as act:
        return look(act, seq=seq, effective_on=on)


def test_a_reversal_tells_who_waits_for_a_refund_and_what_the_others_would_hold(world, pair):
    alice, bob = pair
    seq = subscribe(world, bob, 10, on=MARCH)
    do(world, members.resign, member_id=alice, effective_on=JUNE)
    ask_two(world, of="share", kinds=(), more={"share.refunds_in_order": StatutesFigure(True, "art. 15")})
    found = seen(world, shares.weigh_reversal, seq)
    assert [check.code for check in found] == ["fewer_than_least", "not_in_order"]
    assert "art. 15" in str(found[1].citations)
    given = do(
        world, shares.transfer, from_id=bob, to_id=_new_member(world), quantity=9, effective_on=TODAY, decision=BOARD
    )
    assert "fewer_than_least" in [check.code for check in seen(world, shares.weigh_reversal, given)]


def _new_member(world):
    return world.a_member("Zoé Petit")


def test_undoing_money_tells_what_it_breaks_and_asks_why(world, session, pair):
    alice, _bob = pair
    paid = do(world, treasury.pay, member_id=alice, cents=Cents(30_00), effective_on=APRIL)
    assert [check.code for check in seen(world, treasury.weigh_reversal, paid)] == ["reversal"]
    do(world, members.record_death, member_id=alice, effective_on=JUNE, proof="acte de décès")
    undone = {"seq": paid, "effective_on": TODAY, "reason": "Chèque impayé"}
    with pytest.raises(RuleBroken, match="waits_for_heirs"):
        do(world, treasury.reverse_payment, **undone)
    new = do(world, treasury.reverse_payment, **undone, acknowledged="La banque a repris le chèque")
    session.rollback()
    [kept] = judgements.judged_about(session, f"capital-tx:{new}")
    assert (kept.code, kept.reason) == ("waits_for_heirs", "La banque a repris le chèque")
    assert faults(world, session) == []


def declare(world, **more):
    return do(
        world, treasury.declare_interest, year=2025, rates=[Rate(date(2025, 1, 1), date(2025, 12, 31), Fraction(1, 100))],
        **{"assembly_on": JUNE, "effective_on": JUNE, "resolution": "AGO", "cap_checked": "Lu au JO"} | more,
    )  # fmt: skip


@pytest.fixture
def run(world, pair):
    """The interest of 2025, for Alice alone: she paid in 2024. The statutes ask for two persons."""
    alice, _bob = pair
    do(world, shares.subscribe, member_id=alice, quantity=50, effective_on=date(2024, 5, 1))
    do(world, treasury.pay, member_id=alice, cents=Cents(1000_00), effective_on=date(2024, 5, 1))
    made = declare(world)
    ask_two(world)
    return made


def undoing(run, **more):
    told = {"reference": "Taux faux", "run_id": run} | more
    return Prepared(CapitalKind.REVERSAL, None, Cents(0), TODAY, **told)


def test_a_whole_run_is_undone_by_two_persons_too_and_every_line_bears_both(world, session, pair, run):
    alice, _bob = pair
    refused("second_person_missing", world, treasury.undo_run, run_id=run, effective_on=TODAY, reason="Taux faux")
    earned, ends = buckets(session, alice)[Bucket.INTEREST_DUE], journal.head(session)
    refused("before_the_run", world, treasury.prepare, wish=replace(undoing(run), effective_on=MARCH))
    session.rollback()
    assert (earned, journal.head(session)) == (10_00, ends)
    asked, again, late = (by(world, TREASURER, treasury.prepare, wish=undoing(run)) for _ in range(3))
    assert buckets(session, alice)[Bucket.INTEREST_DUE] == earned
    found = queries.prepared_waiting(session)
    assert [(row.member_id, row.run_kind, row.run_year) for row in found] == [(None, RunKind.INTEREST, 2025)] * 3
    session.rollback()
    with pytest.raises(RuleBroken) as refusal:
        by(world, TREASURER, treasury.confirm, prepared_id=asked)
    [breach] = refusal.value.breaches
    assert (breach.code, "art. 12" in str(breach.citations)) == ("confirmed_by_oneself", True)
    by(world, PRESIDENT, treasury.refuse, prepared_id=again, reason="Un seul suffit")
    seq = by(world, PRESIDENT, treasury.confirm, prepared_id=asked)
    assert Bucket.INTEREST_DUE not in buckets(session, alice)
    rows = session.scalars(
        select(CapitalTx).where(CapitalTx.run_id == run, CapitalTx.kind == CapitalKind.REVERSAL)
    ).all()
    assert [(row.seq, row.recorded_by, row.approved_by) for row in rows] == [
        (seq, PRESIDENT.pseudonym, TREASURER.pseudonym)
    ]  # fmt: skip
    assert queries.get_prepared(session, asked).executed_tx == seq
    session.rollback()
    # What was undone meanwhile is refused, even when the same was done again: that is another run.
    other = declare(world, effective_on=TODAY)
    assert other != run
    with pytest.raises(RuleBroken, match="run_undone_already"):
        by(world, PRESIDENT, treasury.confirm, prepared_id=late)
    by(world, TREASURER, treasury.take_back, prepared_id=late, reason="Déjà fait")
    assert faults(world, session) == []


def test_what_was_weighed_holds_until_it_is_confirmed_and_the_database_keeps_the_two_apart(world, session, pair, run):
    alice, _bob = pair
    asked = by(world, TREASURER, treasury.prepare, wish=undoing(run))
    do(world, members.record_death, member_id=alice, effective_on=TODAY, proof="acte de décès")
    with pytest.raises(RuleBroken, match="weighed_otherwise"):
        by(world, PRESIDENT, treasury.confirm, prepared_id=asked)
    refused("waits_for_heirs", world, treasury.prepare, wish=undoing(run))
    anew = by(world, TREASURER, treasury.prepare, wish=undoing(run, acknowledged="Vu avec la notaire"))
    request = update(CapitalRequest).where(CapitalRequest.id == anew)
    for wrong in (
        {"state": "executed", "answered_by": TREASURER.pseudonym}, {"membership_id": alice}, {"run_id": None},
        {"reverses_seq": 1}, {"executed_tx": 1}, {"kind": "repay"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), world.act() as act:
            act.session.execute(request.values(wrong))
    by(world, PRESIDENT, treasury.confirm, prepared_id=anew)
    [kept] = judgements.judged_about(session, f"run:{run}")
    assert (kept.code, kept.reason) == ("waits_for_heirs", "Vu avec la notaire")
    assert faults(world, session) == []
    with world.act() as act:
        act.session.execute(request.values(weighed=""))
    assert f"capital_request {anew}" in str(faults(world, session))
