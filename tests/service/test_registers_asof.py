"""A register is told as of a day and as it was known on another: on pages, in files, on paper."""

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from coopgov.members import service as members
from coopgov.members.verify import verify as verify_members
from coopgov.printing import archive, plain
from coopgov.printing.sheets import write_csv, write_xlsx
from coopgov.registers import documents, ocf, queries, service, sheet, tables
from coopgov.registers.rules import AsOf, as_of
from coopgov.registers.tables import Register
from coopgov.shares import service as shares
from coopgov.shares.rules import CloseKind
from coopgov.treasury import service as treasury
from tests.shares_world import FOUNDED, wire

SUMMER, AUTUMN = date(2026, 6, 30), date(2026, 9, 30)


@pytest.fixture
def world(app, clock):
    """Alice subscribes in spring; in autumn it is found that Bob had too, and Alice is undone and leaves."""
    made = wire(app)
    clock.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    made.found()
    alice, bob = made.members("Alice Martin", "Bob Le Goff")
    with made.act() as a:
        first = shares.subscribe(a, member_id=alice, quantity=3, effective_on=a.today)
        shares.subscribe(a, member_id=alice, quantity=2, effective_on=a.today)
    clock.now = datetime(2026, 9, 20, 9, tzinfo=UTC)
    with made.act() as a:
        shares.subscribe(a, member_id=bob, quantity=4, effective_on=date(2026, 6, 1))
        shares.reverse(a, seq=first, effective_on=date(2026, 6, 15), reason="erreur", acknowledged="Saisie à corriger")
    clock.now = datetime(2026, 10, 5, 9, tzinfo=UTC)
    with made.act() as a:
        members.resign(a, member_id=alice, effective_on=date(2026, 10, 1), reason="départ")
    return made


def asked(on, known, now=datetime(2026, 12, 1, 9, tzinfo=UTC)):
    return as_of(on, known, now=now)


def test_a_register_is_as_it_stood_on_a_day_and_as_it_was_known_on_another(world, session):
    def held(on, known):
        rows = queries.member_rows(session, asked(on, known))
        return {row.name: (row.quantity, row.cents, row.paid_up + row.called_unpaid) for row in rows}

    late = {"Alice Martin": (2, 4_000), "Bob Le Goff": (4, 8_000)}
    early = {"Alice Martin": (5, 10_000), "Bob Le Goff": (0, 0)}
    for known, expected in ((SUMMER, early), (AUTUMN, late), (None, late)):
        told = held(SUMMER, known)
        assert {name: amounts[:2] for name, amounts in told.items()} == expected
        page = queries.member_page(session, asked(SUMMER, known))
        assert {row.name: (row.quantity, row.cents) for row in page.rows} == expected
        totals = queries.totals(session, asked(SUMMER, known))
        assert (totals.members, totals.quantity) == (2, sum(quantity for quantity, _cents in expected.values()))
    assert held(date(2026, 4, 1), None)["Bob Le Goff"] == (0, 0, 0)


def test_who_left_stays_in_the_register_with_the_day_and_the_reason(world, session):
    [alice, bob] = queries.member_rows(session, asked(None, None))
    assert (alice.left_on, alice.left_by, alice.joined_on) == (date(2026, 10, 1), "resigned", FOUNDED)
    assert bob.left_on is None
    present = queries.member_page(session, asked(None, None), is_present=True)
    assert [row.name for row in present.rows] == ["Bob Le Goff"]
    assert [row.left_on for row in queries.member_rows(session, asked(None, AUTUMN))] == [None, None]
    assert [row.name for row in queries.member_page(session, asked(None, None), text="mart").rows] == ["Alice Martin"]


def test_an_exit_of_a_register_that_was_closed_is_told_as_late_and_keeps_its_day(world, session, clock):
    with world.act() as a:
        [_alice, bob] = [row.member_id for row in queries.member_rows(a.session, asked(None, None))]
        treasury.close_period(a, kind=CloseKind.REGISTER, through_date=AUTUMN)
    clock.now = datetime(2026, 11, 3, 9, tzinfo=UTC)
    with world.act() as a:
        members.resign(a, member_id=bob, effective_on=date(2026, 9, 25), reason="départ")
        sheet.issue_sheet(a, member_id=bob)
    rows = {row[1]: row for row in tables.rows_of(session, Register.MEMBERS, asked(None, None))}
    place = [told.title for told in tables.MEMBERS].index("Exit entered late")
    # Alice left after that day: the register of her day is open.
    assert (rows["Alice Martin"][place], rows["Bob Le Goff"][place]) == (None, date(2026, 11, 3))
    assert rows["Bob Le Goff"][12] == date(2026, 9, 25)
    [paper] = archive.documents_about(session, f"member:{bob}", kind="member_sheet")
    told = [event["late_at"] for event in archive.get_facts(session, paper.id)["events"]]
    assert [at is not None for at in told] == [False, True]
    assert list(verify_members(session)) == []


def test_late_entries_are_those_written_after_the_day_they_count_for(world, session):
    late = queries.late_movements(session, asked(SUMMER, None), limit=9)
    assert [(row.name, row.leg.quantity) for row in late] == [("Bob Le Goff", 4), ("Alice Martin", -3)]
    assert queries.late_movements(session, asked(SUMMER, SUMMER), limit=9) == []
    page = queries.movement_page(session, asked(SUMMER, SUMMER))
    assert [row.leg.seq for row in page.rows] == [2, 1]
    whole = queries.movement_page(session, asked(SUMMER, None))
    assert [row.leg.effective_on.month for row in whole.rows] == [6, 6, 3, 3]
    assert [row.leg.seq for row in queries.movement_page(session, asked(None, None), text="bob").rows] == [3]


def test_pages_follow_one_another_without_a_gap_or_a_double(world, session, monkeypatch):
    monkeypatch.setattr(queries.movements, "PAGE", 1)
    monkeypatch.setattr(queries.movements, "STEP", 2)
    monkeypatch.setattr(queries.members, "PAGE", 1)
    found, key = [], None
    while True:
        page = queries.movement_page(session, asked(None, None), before=key)
        found += [row.leg.seq for row in page.rows]
        key = page.next_key
        if key is None:
            break
    assert found == [4, 3, 2, 1]
    first = queries.member_page(session, asked(None, None))
    second = queries.member_page(session, asked(None, None), after=first.next_key)
    assert [row.name for row in (*first.rows, *second.rows)] == ["Bob Le Goff", "Alice Martin"]
    assert second.next_key is None


def test_what_changed_is_what_was_entered_between_two_days_of_knowledge(world, session):
    before, after = asked(SUMMER, SUMMER), asked(SUMMER, None)
    found = queries.changes(session, SUMMER, before=before.known_at, after=after.known_at)
    assert {row.name: row.quantity for row in found.differences} == {"Alice Martin": -3, "Bob Le Goff": 4}
    assert (len(found.movements), found.events, found.is_whole) == (2, (), True) or found.events == []
    quiet = queries.changes(session, SUMMER, before=asked(SUMMER, AUTUMN).known_at, after=after.known_at)
    assert (list(quiet.movements), list(quiet.differences)) == ([], [])


def test_the_files_say_what_the_register_says(app, world, session, clock):
    with app.test_request_context():
        columns = tables.columns_of(Register.MEMBERS)
        text = "".join(write_csv(columns, tables.rows_of(session, Register.MEMBERS, asked(None, None))))
        sheet = BytesIO()
        rows = tables.rows_of(session, Register.MOVEMENTS, asked(None, None))
        write_xlsx(sheet, tables.columns_of(Register.MOVEMENTS), rows, name="Mouvements", made_at=clock.now)
    _head, alice, bob = csv.reader(io.StringIO(text), delimiter=";")
    assert (alice[1], alice[12], alice[15], alice[16]) == ("Alice Martin", "2026-10-01", "2", "40,00")
    assert (bob[1], bob[15]) == ("Bob Le Goff", "4")
    moved = list(load_workbook(sheet).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [(line[0], line[8], line[12]) for line in moved] == [(1, 3, None), (2, 2, None), (3, 4, None), (4, -3, 1)]
    assert all(column.meaning for column in columns)


def test_a_printed_register_bears_the_ends_of_the_three_chains(app, world, session, clock, monkeypatch):
    with app.test_request_context():
        facts = documents.register_paper(session, Register.MEMBERS, asked(SUMMER, None))
        heads = documents.heads_now(session)
        with world.act() as a:
            kept = service.print_register(a, facts)
        monkeypatch.setattr(documents, "LAID_OUT", 1)
        assert documents.paper_of(facts).template == plain.PLAIN_TABLE
    document = archive.get_document(session, kept)
    assert (document.series, document.owner) == ("registre-associes", "offices")
    told = archive.get_facts(session, kept)
    assert heads.shares.startswith("4:")
    assert any(f"parts={heads.shares}" in line for line in told["heads"])
    assert [line.split("\t")[1] for line in told["table"].splitlines()] == ["Alice Martin", "Bob Le Goff"]


def test_the_open_cap_format_package_holds_what_the_share_book_holds(world, session, clock):
    file = BytesIO()
    ocf.write_package(file, session, AsOf(date(2026, 12, 1), clock.now), made_at=clock.now)
    with zipfile.ZipFile(file) as package:
        parts = {name: json.loads(package.read(name)) for name in package.namelist()}
    manifest = parts["Manifest.ocf.json"]
    assert (manifest["ocf_version"], len(manifest["transactions_files"])) == ("1.1.0", 1)
    held, issued = Counter(), {}
    for item in parts["Transactions.ocf.json"]["items"]:
        if item["object_type"] == "TX_STOCK_ISSUANCE":
            issued[item["security_id"]] = item
            held[item["stakeholder_id"]] += int(item["quantity"])
        else:
            security = issued.pop(item["security_id"])
            held[security["stakeholder_id"]] -= int(security["quantity"])
    expected = {str(row.member_id): row.quantity for row in queries.member_rows(session, asked(None, None))}
    assert {holder: quantity for holder, quantity in held.items() if quantity} == expected
    assert {item["id"] for item in parts["Stakeholders.ocf.json"]["items"]} == set(expected)


def test_a_register_is_planned_to_be_read_to_its_end(world, session):
    if session.get_bind().dialect.name == "postgresql":
        assert session.scalar(text("SHOW cursor_tuple_fraction")) == "1"
    everybody = list(queries.member_rows(session, asked(SUMMER, None), is_everybody=True))
    assert [row.name for row in everybody] == ["Alice Martin", "Bob Le Goff"]
