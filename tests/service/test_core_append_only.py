"""What is written once stays: the database itself refuses to rewrite it, whoever asks."""

import pytest
from sqlalchemy import Table, text
from sqlalchemy.exc import DatabaseError

import coopgov.wiring  # noqa: F401 - brings in every table
from coopgov.core import outbox
from coopgov.core.db import Base, append_only_ddl

KEPT: list[Table] = [table for table in Base.metadata.sorted_tables if "append_only" in table.info]
PROTECTED = [(table.name, verb) for table in KEPT for verb in table.info["append_only"]]
EMPTIED = [name for name, verb in PROTECTED if verb == "DELETE"]
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("app", ["postgresql"], indirect=True)

# A sample with a row in it: SQLite's triggers speak once per row.
REWRITES = (
    "UPDATE outbox_message SET subject = 'x'",
    "DELETE FROM outbox_message",
    "INSERT INTO outbox_message SELECT * FROM outbox_message WHERE 1 = 1 ON CONFLICT (id) DO UPDATE SET subject = 'x'",
)


def statement(table: str, verb: str) -> str:
    """A statement of that verb on a table, empty or not."""
    _update, _of, column = verb.partition(" OF ")
    column = column or Base.metadata.tables[table].columns.keys()[0]
    return f"DELETE FROM {table}" if verb == "DELETE" else f"UPDATE {table} SET {column} = {column}"  # noqa: S608 - our own names


@pytest.fixture
def message(act):
    """One row in a table of facts."""
    with act() as a:
        to = outbox.Recipient("lea@example.org", "Léa")
        outbox.queue(a, kind="test", about="thing:1", to=to, subject="Bonjour", body="Bonjour.")


def execute(act, statement):
    with act() as a:
        a.session.execute(text(statement))


def test_facts_are_append_only():
    assert {"journal_line", "outbox_message", "outbox_delivery", "issued_document", "rendered_document"} <= {
        table.name for table in KEPT
    }


def is_refused(act, statement):
    try:
        execute(act, statement)
    except DatabaseError as refusal:
        return "is append-only" in str(refusal)
    return False


@on_postgresql
def test_postgresql_refuses_to_rewrite_every_table(app, act):
    rewritten = [(table, verb) for table, verb in PROTECTED if not is_refused(act, statement(table, verb))]
    assert rewritten == []


@on_postgresql
def test_postgresql_refuses_to_empty_every_table(app, act):
    assert [table for table in EMPTIED if not is_refused(act, f"TRUNCATE {table} CASCADE")] == []


@on_sqlite
def test_sqlite_has_the_trigger_of_every_table_and_verb(app, session):
    stored = dict(session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all())
    made = [append_only_ddl(table, verb)["sqlite"] for table, verb in PROTECTED]
    wanted = {statement.split()[2]: statement for statement in made}
    assert {name: stored.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("rewrite", REWRITES)
def test_a_row_is_not_rewritten(act, message, session, rewrite):
    before = session.execute(text("SELECT * FROM outbox_message")).all()
    with pytest.raises(DatabaseError, match="append-only"):
        execute(act, rewrite)
    session.rollback()
    assert session.execute(text("SELECT * FROM outbox_message")).all() == before


@on_sqlite
def test_a_row_is_not_replaced(app, act, message):
    # SQLite replaces a row without asking the triggers of deletion, unless triggers are recursive.
    with pytest.raises(DatabaseError, match="append-only"):
        execute(act, "INSERT OR REPLACE INTO outbox_message SELECT * FROM outbox_message")


def test_a_payload_of_the_journal_may_be_erased_but_not_changed(act):
    with act() as a:
        a.record("test.done", "thing:1", {"name": "Léa"})
    with pytest.raises(DatabaseError, match="append-only"):
        execute(act, "UPDATE journal_payload SET payload = '{}'")
    execute(act, "DELETE FROM journal_payload")


def test_a_row_that_names_nothing_is_refused(act):
    insert = (
        "INSERT INTO outbox_delivery (id, message_id, at, outcome, detail) VALUES ('{0}', '{0}', '{1}', 'sent', '')"
    )
    with pytest.raises(DatabaseError, match=r"(?i)foreign key"):
        execute(act, insert.format("0" * 32, "2026-01-01 00:00:00"))
