"""The journal: chained, append-only, one line per command."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.core import journal


def test_lines_are_chained_and_verify(act, session):
    for n in range(3):
        with act() as a:
            a.record("test.done", f"thing:{n}", {"name": "Élodie", "n": n})
    assert journal.head(session).size == 3
    assert list(journal.verify(session)) == []
    assert [entry.payload for entry in journal.entries_about(session, "thing:1")] == [{"n": 1, "name": "Élodie"}]


@pytest.mark.parametrize("statement", ["UPDATE journal_line SET kind = 'x'", "DELETE FROM journal_line"])
def test_the_database_refuses_to_rewrite_a_line(act, statement):
    with act() as a:
        a.record("test.done", "thing:1")
    with pytest.raises(DatabaseError, match="append-only"), act() as a:
        a.session.execute(text(statement))


def test_a_reader_cannot_write(session):
    with pytest.raises(DatabaseError):
        session.execute(text("DELETE FROM journal_payload"))
