"""Very many rows are written in the fastest way of each engine: all are kept in order, or none."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from coopgov.ballots.models import Roll
from coopgov.core.bulk import FEW, bind, bulk_insert, insert_bound

EACH = 271
KEPT = select(func.count()).select_from(Roll)


def some(first, many=EACH):
    """Rolls under numbers that follow one another."""
    return [
        {
            "id": UUID(int=first + n), "reference_on": date(2026, 1, 1), "size": first + n, "colleges": "{}",
            "hash": "é\t\\N", "frozen_at": datetime(2026, 1, 1, 9, tzinfo=UTC),
        }
        for n in range(many)
    ]  # fmt: skip


def test_what_is_written_in_bulk_is_all_there_and_as_it_was(act, session):
    with act() as a:
        bulk_insert(a.session, Roll, some(1))
        bulk_insert(a.session, Roll, some(EACH + 1, FEW))
        insert_bound(a.session, bind(a.session.connection().dialect, Roll, some(EACH + FEW + 1)))
        a.record("test.done", "rolls")
    sizes = session.scalars(select(Roll.size).order_by(Roll.id)).all()
    assert sizes == list(range(1, 2 * EACH + FEW + 1))
    for told in session.scalars(select(Roll)):
        assert (told.hash, told.reference_on, told.frozen_at.hour) == ("é\t\\N", date(2026, 1, 1), 9)


def twice(act):
    with act() as a:
        bulk_insert(a.session, Roll, some(1))
        bulk_insert(a.session, Roll, some(EACH))


def test_what_the_database_refuses_of_a_bulk_keeps_nothing(act, session):
    with pytest.raises(DBAPIError, match=r"(?i)unique|duplicate"):
        twice(act)
    assert session.scalar(KEPT) == 0
