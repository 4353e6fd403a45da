"""The money of the capital as of a day and as known at an instant, for the registers that sum over everybody."""

from datetime import date, datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from coopgov.shares.asof import known, sums, sums_among
from coopgov.treasury.models import CapitalLeg, CapitalTx
from coopgov.treasury.rules import Bucket


def paid_select(session: Session, on: date, known_at: datetime | None, *, among: Any = None) -> Any:
    """What everybody has paid and owes at the end of that day: `member_id`, `paid_up`, `called_unpaid` (a SELECT)."""
    wanted = {"paid_up": Bucket.PAID_UP, "called_unpaid": Bucket.CALLED_UNPAID}
    amounts = {name: case((CapitalLeg.bucket == bucket, CapitalLeg.cents), else_=0) for name, bucket in wanted.items()}
    where = CapitalLeg.effective_on <= on, CapitalLeg.bucket.in_(wanted.values())
    if among is not None:
        return sums_among(CapitalTx, CapitalLeg, among, known_at, amounts, *where)
    return sums(known(session, CapitalTx, known_at), CapitalLeg, amounts, *where)


def paid_by_day(session: Session, on: date) -> list[tuple[date, int]]:
    """What was paid up after each day on which that moved, oldest first."""
    rows = session.execute(
        select(CapitalLeg.effective_on, func.sum(CapitalLeg.cents))
        .where(CapitalLeg.bucket == Bucket.PAID_UP, CapitalLeg.effective_on <= on)
        .group_by(CapitalLeg.effective_on)
        .order_by(CapitalLeg.effective_on)
    ).all()
    totals = accumulate(int(change) for _day, change in rows)
    return [(day, total) for (day, _change), total in zip(rows, totals, strict=True)]


def hash_of_line(session: Session, seq: int) -> str | None:
    """The hash of one line of the money book, or None where there is no such line."""
    return session.scalar(select(CapitalTx.hash).where(CapitalTx.seq == seq))
