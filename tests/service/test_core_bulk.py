"""Very many rows are written while the next ones are made: all are kept in order, or none, and nobody reads past them."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from coopgov.ballots.models import Roll
from coopgov.core.bulk import FEW, bulk_insert
from coopgov.core.driver import MOST_WAITING, behind

EACH, BATCHES = 271, 3 * MOST_WAITING
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


def test_what_is_written_behind_is_all_there_and_read_by_whoever_asks(act, session):
    with act() as a:
        with behind(a.session):
            for batch in range(BATCHES):
                bulk_insert(a.session, Roll, some(batch * EACH + 1))
            assert a.session.scalar(KEPT) == BATCHES * EACH
            bulk_insert(a.session, Roll, some(BATCHES * EACH + 1, FEW))
        a.record("test.done", "rolls")
    sizes = session.scalars(select(Roll.size).order_by(Roll.id)).all()
    assert sizes == list(range(1, BATCHES * EACH + FEW + 1))
    [told] = session.execute(select(Roll).limit(1)).scalars()
    assert (told.hash, told.reference_on, told.frozen_at.hour) == ("é\t\\N", date(2026, 1, 1), 9)


def nothing(_session):
    """Nothing comes next but the end."""


def ask(session):
    session.execute(text("SELECT 1"))


def write(session):
    for batch in range(BATCHES):
        bulk_insert(session, Roll, some((batch + 2) * EACH))


def fail(_session):
    raise ZeroDivisionError


def written_behind(act, starts, then):
    with act() as a, behind(a.session):
        for first in starts:
            bulk_insert(a.session, Roll, some(first))
        then(a.session)


@pytest.mark.parametrize("then", [nothing, ask, write])
def test_a_refusal_behind_is_told_by_what_comes_next_and_nothing_is_kept(act, session, then):
    with pytest.raises(DBAPIError, match=r"(?i)unique|duplicate"):
        written_behind(act, [1, EACH], then)
    assert session.scalar(KEPT) == 0


def test_what_goes_wrong_before_leaves_no_thread_that_writes(act, session):
    with pytest.raises(ZeroDivisionError):
        written_behind(act, [1], fail)
    assert session.scalar(KEPT) == 0
    with act() as a:
        bulk_insert(a.session, Roll, some(1))
        a.record("test.done", "rolls")
    assert session.scalar(KEPT) == EACH
