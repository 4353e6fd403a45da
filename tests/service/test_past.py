"""A past is read into a sandbox, corrected, and written into the books in one act, once."""

import io
import json
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from coopgov.core.db import db
from coopgov.core.errors import NotFound, RuleBroken
from coopgov.core.money import Cents
from coopgov.members import queries as member_queries
from coopgov.members import service as member_service
from coopgov.past import export, queries, service, working, writing
from coopgov.past.examining import whole
from coopgov.past.models import PastSeal
from coopgov.past.report import Report
from coopgov.past.rules.found import Weight
from coopgov.past.rules.kinds import SheetKind
from coopgov.past.scratch import opened
from coopgov.printing.sheets import write_csv
from coopgov.registers.verify import verify_all
from coopgov.shares import book as share_book
from coopgov.shares import queries as shares
from coopgov.shares import service as share_service
from coopgov.statutes.ready import ready_set
from coopgov.treasury import queries as treasury
from coopgov.treasury import service as money
from tests.past_world import Past, an_older_register, plant
from tests.shares_world import World, wire

NOMINAL = ready_set("scop-sa-cae").share_nominal_cents


@pytest.fixture
def world(app) -> World:
    """A cooperative with statutes, and nobody in it yet."""
    made = wire(app)
    made.found("scop-sa-cae")
    return made


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    return tmp_path / "past.sqlite3"


def sent(past: Past) -> service.Past:
    return service.guess_past({name: io.BytesIO(content) for name, content in past.files().items()})


def looked(world: World, past: service.Past, sandbox: Path) -> service.Summary:
    with world.act() as act:
        return service.look(act.session, act.rulebook, act.today, past, sandbox, lambda _done, _total: None)


def sealed(world: World, past: service.Past, sandbox: Path, **reasons: str) -> None:
    with world.act() as act:
        service.seal(act, past=past, reasons=reasons, path=sandbox, tell=lambda _done, _total: None)


WHY = dict.fromkeys(
    ("capital_below_floor", "holder_over_limit", "event_without_decision", "movement_without_decision"),
    "le passé fut ainsi",
)


def test_f22_a_past_with_its_history_is_sealed_once_and_its_totals_are_right(world, sandbox):
    past = sent(an_older_register(12, nominal=NOMINAL))
    found = looked(world, past, sandbox)
    assert (found.members, found.faults, found.consequences) == (12, 0, 0)
    with opened(sandbox) as scratch:
        rows = Report(scratch, past.all_maps()).accounts()
    sealed(world, past, sandbox, **WHY)
    with world.act() as act:
        assert verify_all(act.session, sandbox.parent) == []
        assert shares.capital_on(act.session, act.today) == found.capital
        assert treasury.totals_on(act.session, act.today).paid_up == found.totals["paid_up"]
        assert sum(held.quantity for held in shares.holdings_on(act.session, act.today).values()) == sum(
            row.shares for row in rows
        )
    with pytest.raises(RuleBroken, match="sealed_already"):
        sealed(world, past, sandbox, **WHY)
    with world.act() as act:
        taken = act.session.scalars(select(PastSeal)).one()
        assert (taken.members, taken.share_from, taken.capital_from) == (12, 1, 1)
        assert json.loads(taken.report)["capital"] == found.capital


def test_a_large_past_is_made_by_two_processes_and_sealed_whole(world, sandbox, monkeypatch):
    for module in (whole, writing):
        monkeypatch.setattr(module, "MANY_LINES", 1)
    # Some chunks then hold money alone.
    monkeypatch.setattr(writing, "CHUNK", 16)
    past = sent(an_older_register(40, nominal=NOMINAL))
    found = looked(world, past, sandbox)
    with world.act() as act:
        numbers = service.seal(act, past=past, reasons=WHY, path=sandbox, tell=lambda _done, _total: None)
    with world.act() as act:
        assert verify_all(act.session, sandbox.parent) == []
        assert shares.capital_on(act.session, act.today) == found.capital
        assert numbers.members == 40
        assert share_book.head(act.session).seq == numbers.share_until
    with pytest.raises(RuleBroken, match="sealed_already"):
        sealed(world, past, sandbox, **WHY)


def test_what_was_read_is_read_again_only_when_something_else_was_done_since(world, sandbox):
    past = sent(an_older_register(12, nominal=NOMINAL))
    looked(world, past, sandbox)
    made = sandbox.stat().st_ino
    with pytest.raises(RuleBroken, match="reason_missing"):
        sealed(world, past, sandbox)
    assert sandbox.stat().st_ino == made
    # A sandbox that somebody has touched is not what the lines make.
    with opened(sandbox) as scratch:
        scratch.keep("capital", scratch.fact("capital") + 1)
    with pytest.raises(RuleBroken, match="sandbox_differs"):
        sealed(world, past, sandbox, **WHY)
    world.members("Alice Martin")
    with pytest.raises(RuleBroken, match="faults_left"):
        sealed(world, past, sandbox, **WHY)
    with world.act() as act:
        assert shares.capital_on(act.session, act.today) == 0


def test_a_doubt_is_accepted_with_a_reason_or_nothing_is_written(world, sandbox):
    register = an_older_register(6, nominal=NOMINAL)
    register.events[2][3] = ""
    with pytest.raises(RuleBroken, match="reason_missing"):
        sealed(world, sent(register), sandbox)
    with world.act() as act:
        assert shares.capital_on(act.session, act.today) == 0
    sealed(world, sent(register), sandbox, **WHY)


def test_the_day_of_admission_may_stand_in_the_list_and_departures_alone_in_the_events(world, sandbox):
    register = an_older_register(60, seed=4, nominal=NOMINAL)
    whole = looked(world, sent(register), sandbox)
    days = {row[0]: row[2] for row in register.events if row[1] == "admission"}
    register.events[1:] = [row for row in register.events[1:] if row[1] not in {"candidature", "admission"}]
    register.members[:] = [[*row, days.get(row[0], "Entré(e) le")] for row in register.members]
    listed = sent(register)
    found = looked(world, listed, sandbox)
    assert 0 < found.events < whole.events
    assert [found.new, problems(listed, sandbox)] == [whole.new, []]


def test_a_payment_that_nothing_called_is_a_doubt(world, sandbox):
    register = an_older_register(60, seed=4, nominal=NOMINAL)
    register.movements[:] = [row for row in register.movements if row[1] != "appel"]
    past = sent(register)
    looked(world, past, sandbox)
    with opened(sandbox) as scratch:
        codes = {group.code for group in Report(scratch, past.all_maps()).groups(Weight.DOUBT)}
    assert "paid_before_call" in codes


def test_one_spreadsheet_says_the_same_as_its_sheets_as_files(world, sandbox):
    register = an_older_register(8, nominal=NOMINAL)
    book = service.guess_past({"registre.xlsx": io.BytesIO(register.workbook())})
    assert [sheet.kind for sheet in book.maps] == [
        SheetKind.MEMBERS, SheetKind.EVENTS, SheetKind.MOVEMENTS, SheetKind.BALANCE,
    ]  # fmt: skip
    assert looked(world, book, sandbox) == looked(world, sent(register), sandbox)


def test_a_past_that_is_read_at_once_never_waits_for_the_worker_whose_refusals_are_french(world, sandbox):
    broken = b"Num\xe9ro;Nom;Statut\n" + b"12;Arnaud;salari\xe9\n" * 1000 + b"\x81"
    with world.act() as act:
        batch = service.keep(act, files=[("associes.csv", broken)])
        maps = queries.get_batch(act.session, batch).maps
        service.set_mapping(act, batch_id=batch, maps=maps, balance="", waits=False)
        assert list(queries.batches_at_work(act.session)) == []
        service.set_mapping(act, batch_id=batch, maps=maps, balance="")
    working.work(sandbox.parent)
    with world.act() as act:
        assert "ne se lit pas" in queries.get_batch(act.session, batch).summary["refused"][0]


def test_each_of_ten_mistakes_is_told_where_it_is(world, sandbox):
    register = an_older_register(60, seed=4, nominal=NOMINAL)
    planted = plant(register)
    past = sent(register)
    looked(world, past, sandbox)
    with opened(sandbox) as scratch:
        report = Report(scratch, past.all_maps())
        told = {(fault.breach.code, fault.sheet, fault.line) for fault in report.found()}
        assert report.count(Weight.FAULT) <= 14
    assert [code for code, (sheet, line) in planted.items() if (code, sheet, line) not in told] == []
    with pytest.raises(RuleBroken, match="faults_left"):
        sealed(world, past, sandbox)
    db.session.rollback()


def test_what_is_exported_is_imported_the_same(world, sandbox, engines, request):
    world_of_moves(world)
    sheets = exported(world)
    begin_again(world, engines, request)
    past = service.guess_past({f"{name}.csv": io.BytesIO(text.encode()) for name, text in sheets.items()})
    found = looked(world, past, sandbox)
    assert problems(past, sandbox) == []
    assert found.movements == sheets["mouvements"].count("\n") - 1
    sealed(world, past, sandbox, **WHY)
    assert exported(world) == sheets
    with world.act() as act:
        assert verify_all(act.session, sandbox.parent) == []


def world_of_moves(world: World) -> None:
    """Some of everything that the commands can write."""
    alice, bruno, chloe, denis = world.members("Alice Martin", "Bruno Petit", "Chloé Roux", "Denis Simon")
    with world.act() as act:
        for member, quantity, day in (
            (denis, 900, 2),
            (alice, 400, 2),
            (bruno, 400, 2),
            (chloe, 500, 9),
            (alice, 300, 20),
        ):
            share_service.subscribe(
                act, member_id=member, quantity=quantity, effective_on=date(2023, 1, day),
                payable_now=Cents(quantity * NOMINAL // 2), resolution="AG du 2 janvier",
            )  # fmt: skip
        money.pay(
            act, member_id=alice, cents=Cents(700 * NOMINAL // 2), effective_on=date(2023, 2, 1), reference="-virement"
        )
        money.pay(act, member_id=bruno, cents=Cents(NOMINAL), effective_on=date(2023, 2, 2))
        money.call(act, member_id=alice, cents=Cents(NOMINAL), effective_on=date(2023, 3, 1), resolution="CA")
        last = money.pay(act, member_id=alice, cents=Cents(NOMINAL), effective_on=date(2023, 3, 1))
        money.reverse_payment(act, seq=last, effective_on=date(2023, 3, 2), reason="chèque sans provision")
        seq = share_service.subscribe(act, member_id=chloe, quantity=2, effective_on=date(2023, 4, 1))
        share_service.reverse(
            act, seq=seq, effective_on=date(2023, 4, 2), reason="erreur", acknowledged="Saisie à corriger"
        )
        share_service.transfer(
            act, from_id=alice, to_id=chloe, quantity=500, effective_on=date(2023, 5, 1), decision="CA du 1er mai"
        )
        money.pay(act, member_id=chloe, cents=Cents(900 * NOMINAL), effective_on=date(2023, 5, 2))
        money.pay(act, member_id=alice, cents=Cents(900 * NOMINAL), effective_on=date(2023, 5, 3))
    with world.act() as act:
        member_service.resign(act, member_id=bruno, effective_on=date(2024, 1, 2), reason="départ")
    with world.act() as act:
        event = member_queries.events_of(act.session, bruno)[-1]
        member_service.reverse_event(act, event_id=event.id, reason="il reste")
    with world.act() as act:
        member_service.resign(act, member_id=bruno, effective_on=date(2024, 2, 2), reason="départ")
        seq = share_service.redeem(
            act, member_id=bruno, quantity=200, effective_on=date(2024, 3, 2), decision="AG du 2 mars"
        )
        share_service.reverse(
            act, seq=seq, effective_on=date(2024, 3, 3), reason="erreur", acknowledged="Saisie à corriger"
        )
        share_service.redeem(act, member_id=bruno, quantity=400, effective_on=date(2024, 3, 4), decision="AG du 2 mars")


def exported(world: World) -> dict[str, str]:
    """The three sheets of what there is."""
    with world.act() as act:
        return {
            name: "".join(write_csv(export.columns_of(kind), export.rows_of(act.session, kind)))
            for kind, name in export.FILE_NAMES.items()
        }


def begin_again(world: World, engines, request) -> None:
    """The same application on empty tables, founded again."""
    db.session.remove()
    db.engine.dispose()
    engines(request.node.callspec.params["app"]).refresh()
    world.found("scop-sa-cae")


def problems(past: service.Past, sandbox: Path) -> list[str]:
    with opened(sandbox) as scratch:
        found = Report(scratch, past.all_maps()).found()
        return [f"{f.sheet} {f.line} {f.breach}" for f in found if f.weight is not Weight.DOUBT]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["subscribe", "subscribe", "pay", "pay", "call", "transfer", "undo", "undo payment", "leave", "redeem"]
        ),
        st.integers(0, 3),
        st.integers(1, 40),
        st.integers(0, 200),
    ),
    min_size=6,
    max_size=18,
)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(STEPS)
def test_any_books_read_again_are_the_same(world, sandbox, engines, request, steps):
    begin_again(world, engines, request)
    people = world.members("Alice Martin", "Bruno Petit", "Chloé Roux", "Denis Simon")
    with world.act() as act:
        first = [share_service.Subscription(member, 300, date(2023, 1, 2), Cents(150 * NOMINAL)) for member in people]
        share_service.subscribe_many(act, first)
    for what, who, number, day in sorted(steps, key=lambda each: _day_of(each[0], each[3])):
        # What the rules refuse is no book; what they let through is read again to the cent.
        with suppress(RuleBroken, NotFound), world.act() as act:
            step(act, what, people, who, number, _day_of(what, day))
    sheets = exported(world)
    begin_again(world, engines, request)
    past = service.guess_past({f"{name}.csv": io.BytesIO(text.encode()) for name, text in sheets.items()})
    looked(world, past, sandbox)
    assert problems(past, sandbox) == []
    sealed(world, past, sandbox, **WHY)
    assert exported(world) == sheets


def _day_of(what: str, day: int) -> date:
    """Who leaves does nothing else that day."""
    return date(2023, 1, 3) + timedelta(days=2 * day + (what == "leave"))


def step(act, what, people, who, number, on):
    """One random command on one of these people."""
    member, other = people[who], people[(who + 1) % len(people)]
    match what:
        case "subscribe":
            share_service.subscribe(act, member_id=member, quantity=number * 20, effective_on=on)
        case "pay":
            money.pay(act, member_id=member, cents=Cents(number * NOMINAL * 9), effective_on=on, reference="=virement")
        case "call":
            money.call(act, member_id=member, cents=Cents(number * NOMINAL), effective_on=on, resolution="CA")
        case "transfer":
            share_service.transfer(
                act, from_id=member, to_id=other, quantity=number, effective_on=on, decision="CA du jour"
            )
        case "undo":
            share_service.reverse(
                act, seq=1 + number % 6, effective_on=on, reason="erreur", acknowledged="Saisie à corriger"
            )
        case "undo payment":
            money.reverse_payment(act, seq=1 + number % 9, effective_on=on, reason="rejet")
        case "leave":
            member_service.resign(act, member_id=member, effective_on=on, reason="départ")
        case _:
            share_service.redeem(act, member_id=member, quantity=number, effective_on=on, decision="AG du jour")
