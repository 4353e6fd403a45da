"""Whatever byte is changed and whatever row is taken away in the books, the proof tells, tail included."""

import operator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, inspect, select, update
from sqlalchemy.exc import DatabaseError

from coopgov.core import journal
from coopgov.core.db import Base, for_writing
from coopgov.core.money import Cents
from coopgov.members import service as members
from coopgov.members.verify import verify as verify_members
from coopgov.shares import service as shares
from coopgov.shares.rules import BookName, RequestKind
from coopgov.shares.service import Wish
from coopgov.shares.verify import verify as verify_shares
from coopgov.treasury import service as treasury
from coopgov.treasury.rules import Bucket, CapitalKind, Prepared
from coopgov.treasury.verify import verify as verify_money
from tests.service.ledger_machine import Books
from tests.service.tampering import by_hand

TABLES = (
    "share_class", "share_tx", "share_leg", "share_lot", "share_note", "capital_tx", "capital_leg", "capital_note", "period_close",
    "two_person_rule", "journal_line", "journal_payload",
)  # fmt: skip
MARCH, JUNE = date(2026, 3, 8), date(2026, 6, 9)
# A number that the database gives, and the name by which a payload is found: without it, it is as if erased.
FREE = [("two_person_rule", "id"), ("journal_payload", "salt_id")]
# What people may ask to be forgotten: the chain keeps its salted digest.
ERASABLE = ["share_note", "capital_note", "journal_payload"]


@pytest.fixture
def books(app):
    """A bit of everything: subscribed, paid, transferred, undone, closed, late, two persons; the triggers put aside."""
    made = Books.found(app)
    made.subscribe(0, 5, MARCH)
    made.money(treasury.pay, 0, 100_00, MARCH, reference="VIR 1")
    made.transfer(0, 1, 2, JUNE)
    made.subscribe(2, 3, MARCH)
    made.reverse(made.ends()[0], JUNE)
    made.close(MARCH)
    made.subscribe(3, 1, MARCH + timedelta(days=1), true_on=MARCH)
    made.ask(shares.set_two_persons, of=BookName.SHARE, kinds={"redeem": True}, from_date=JUNE, decision="AG")
    made.prove()
    by_hand()
    return made


def another(value, kind):
    """A value that is not this one."""
    changes = {
        bool: operator.not_, int: lambda n: n + 1, str: lambda word: word[:-1] + ("a" if word[-1:] != "a" else "b"),
        bytes: lambda some: bytes([some[0] ^ 1]) + some[1:], UUID: lambda _one: uuid4(),
        datetime: lambda at: at + timedelta(seconds=1), date: lambda on: on + timedelta(days=1),
    }  # fmt: skip
    given = {"UUID": uuid4(), "int": 1, "date": MARCH, "str": "x", "bool": True}
    if value is None:
        return given[kind.python_type.__name__]
    if hasattr(value, "value"):
        return next(other for other in type(value) if other is not value)
    return changes[type(value)](value)


def told(session, printed):
    """What the proofs of the books and of the journal find, with the head that was printed."""
    return [*journal.verify(session, printed), *verify_shares(session), *verify_money(session)]


def tampered(books, statement, printed):
    """What is found once this is done behind the back of the triggers; it is undone afterwards."""
    session = books.session
    try:
        for_writing(session).execute(statement)
        return told(session, printed)
    except DatabaseError as refused:
        return [refused]
    finally:
        session.rollback()


def key_of(table, row):
    return [column == row[column.name] for column in inspect(table).primary_key]


def rows_of(books, table):
    with books.world.act() as act:
        return [row._asdict() for row in act.session.execute(select(table).order_by(*inspect(table).primary_key))]


def test_a_value_changed_anywhere_is_found(books):
    printed, unseen = books.ends()[-1], []
    for table in map(Base.metadata.tables.__getitem__, TABLES):
        rows = rows_of(books, table)
        for column in table.columns:
            row = next((row for row in rows if row[column.name]), rows[-1])
            other = {column.name: another(row[column.name], column.type)}
            if not tampered(books, update(table).where(*key_of(table, row)).values(other), printed):
                unseen.append((table.name, column.name))
    assert unseen == FREE


def test_a_row_taken_away_anywhere_is_found(books):
    printed, unseen = books.ends()[-1], []
    for table in map(Base.metadata.tables.__getitem__, TABLES):
        rows = rows_of(books, table)
        ends = [delete(table).where(*key_of(table, row)) for row in (rows[0], rows[-1])]
        unseen += [table.name for statement in ends if not tampered(books, statement, printed)]
    assert sorted(set(unseen)) == sorted(ERASABLE)


BESIDE = [
    ("UPDATE share_class SET max_hold = 900 WHERE code = 'parts-b'", "share_class parts-b"),
    ("UPDATE share_class SET label = 'Parts A' WHERE code = 'ordinary'", "share_class ordinary"),
    ("DELETE FROM share_class_nominal WHERE cents < 0", None),
    ("UPDATE share_request SET earliest_on = '2020-01-01'", "share_request"),
    ("UPDATE share_request SET membership_id = to_membership_id WHERE kind = 'transfer'", "share_request"),
    ("UPDATE share_request SET state = 'withdrawn', quantity = 1", None),
    ("DELETE FROM share_request WHERE kind = 'transfer'", "share_request"),
    ("UPDATE capital_request SET cents = cents * 10", "capital_request"),
    ("UPDATE party SET legal_name = 'Autre' WHERE legal_name = 'Le Goff'", "party "),
    ("UPDATE party SET birth_date = '1970-01-01' WHERE legal_name = 'Diaz'", "party "),
    ("UPDATE party SET salt = NULL", "party_identity"),
    ("UPDATE membership SET name = 'Bob Autre', sort_name = 'autre bob' WHERE number = 2", "membership 2"),
]


@pytest.mark.parametrize(("change", "where"), BESIDE)
def test_classes_requests_and_names_are_told_too(app, change, where):
    made = Books.found(app)
    made.subscribe(0, 5, MARCH)
    made.money(treasury.pay, 0, 130_00, MARCH)
    limits = {"nominal": 20_00, "from_date": MARCH, "decision": "AGE", "max_hold": 50}
    made.ask(shares.new_class, code="parts-b", label="Parts B", **limits)
    wish = Wish(RequestKind.TRANSFER, made.ids[0], 1, JUNE, to_id=made.ids[1])
    asked = made.ask(shares.request, wish=wish)
    made.ask(shares.accept, request_id=asked, decision="Conseil")
    made.ask(members.resign, member_id=made.ids[0], effective_on=JUNE, reason="Départ")
    back = Prepared(CapitalKind.REPAY, made.ids[0], Cents(10_00), JUNE, Bucket.SUSPENSE)
    assert made.ask(treasury.prepare, wish=back)
    assert proven(made) == []
    by_hand(change)
    found = [fault.where for fault in proven(made)]
    assert (where is None) is (found == [])
    assert where is None or any(one.startswith(where) for one in found), found


def proven(books):
    return told(books.session, None) + list(verify_members(books.session))
