"""The money of the capital as of a day and as known at an instant, for the registers that sum over everybody."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import case
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
