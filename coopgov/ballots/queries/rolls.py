"""Reading frozen rolls."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.ballots.models import (
    Roll,
    RollEntry,
)
from coopgov.ballots.rules import (
    RollVoter,
)
from coopgov.core.errors import NotFound
from coopgov.core.reading import once


@dataclass(frozen=True, slots=True)
class RollRow:
    """A frozen roll, without its entries."""

    id: UUID
    reference_on: date
    size: int
    colleges: dict[str, int]
    hash: str
    frozen_at: datetime


def get_roll(session: Session, roll_id: UUID) -> RollRow:
    """One roll; raises NotFound."""
    row = session.get(Roll, roll_id)
    if row is None:
        raise NotFound
    return RollRow(row.id, row.reference_on, row.size, json.loads(row.colleges), row.hash, row.frozen_at)


def roll_size(session: Session, roll_id: UUID) -> int:
    """How many voters the roll holds; raises NotFound."""
    return get_roll(session, roll_id).size


@once
def on_roll(session: Session, roll_id: UUID, voter_id: UUID) -> bool:
    """Whether that person is on the roll."""
    return session.get(RollEntry, (roll_id, voter_id)) is not None


def find_roll_voter(session: Session, roll_id: UUID, voter_id: UUID) -> RollVoter | None:
    """One line of a roll, if the person stands there."""
    row = session.get(RollEntry, (roll_id, voter_id))
    return None if row is None else RollVoter(row.voter_id, row.number, row.name, row.college)


def roll_voters(session: Session, roll_id: UUID) -> Iterator[RollVoter]:
    """The lines of a roll in the order of their numbers."""
    rows = session.execute(
        select(RollEntry.voter_id, RollEntry.number, RollEntry.name, RollEntry.college)
        .where(RollEntry.roll_id == roll_id)
        .order_by(RollEntry.number, RollEntry.voter_id)
        .execution_options(yield_per=2000)
    )
    return (RollVoter(*row) for row in rows)
