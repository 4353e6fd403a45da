"""Reading frozen rolls."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from coopgov.ballots.after_seal import RollStrike
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
    struck: Mapping[str, int] = field(default_factory=dict)
    """How many lines were struck off it since, by college."""
    last_hash: str = ""

    @property
    def voters(self) -> int:
        """How many may vote: those frozen, but for those struck since."""
        return self.size - sum(self.struck.values())

    @property
    def voters_by_college(self) -> dict[str, int]:
        """The same, by college."""
        return {college: number - self.struck.get(college, 0) for college, number in self.colleges.items()}

    @property
    def hash_now(self) -> str:
        """The hash that tells the roll and what was struck off it."""
        return self.last_hash or self.hash


def get_roll(session: Session, roll_id: UUID) -> RollRow:
    """One roll; raises NotFound."""
    row = session.get(Roll, roll_id)
    if row is None:
        raise NotFound
    struck = strikes(session, roll_id)
    return RollRow(
        row.id, row.reference_on, row.size, json.loads(row.colleges), row.hash, row.frozen_at,
        Counter(one.college for one in struck), struck[-1].hash if struck else "",
    )  # fmt: skip


def roll_size(session: Session, roll_id: UUID) -> int:
    """How many voters the roll holds; raises NotFound."""
    return get_roll(session, roll_id).voters


@dataclass(frozen=True, slots=True)
class StrikeRow:
    """A line struck off a roll, and why."""

    voter_id: UUID
    name: str
    college: str
    number: int
    reason: str
    document: str
    at: datetime
    by: str
    hash: str


def strikes(session: Session, roll_id: UUID) -> Sequence[StrikeRow]:
    """What was struck off a roll, in the order in which it was."""
    of_entry = (RollEntry.roll_id == RollStrike.roll_id) & (RollEntry.voter_id == RollStrike.voter_id)
    rows = session.execute(
        select(
            RollStrike.voter_id, RollEntry.name, RollEntry.college, RollStrike.number, RollStrike.reason,
            RollStrike.document, RollStrike.at, RollStrike.by, RollStrike.hash,
        )
        .join(RollEntry, of_entry)
        .where(RollStrike.roll_id == roll_id)
        .order_by(RollStrike.number)
    )  # fmt: skip
    return [StrikeRow(*row) for row in rows]


@once
def on_roll(session: Session, roll_id: UUID, voter_id: UUID) -> bool:
    """Whether that person is on the roll, and was not struck off it."""
    return find_roll_voter(session, roll_id, voter_id) is not None


def find_roll_voter(session: Session, roll_id: UUID, voter_id: UUID) -> RollVoter | None:
    """One line of a roll, if the person stands there and was not struck off."""
    row = session.execute(_standing(roll_id).where(RollEntry.voter_id == voter_id)).first()
    return None if row is None else RollVoter(*row)


def roll_voters(session: Session, roll_id: UUID, *, with_struck: bool = False) -> Iterator[RollVoter]:
    """The lines of a roll in the order of their numbers: those that still stand, or all that were frozen."""
    lines = _lines(roll_id) if with_struck else _standing(roll_id)
    rows = session.execute(
        lines.order_by(RollEntry.number, RollEntry.voter_id).execution_options(yield_per=2000)
    )  # fmt: skip
    return (RollVoter(*row) for row in rows)


def _lines(roll_id: UUID) -> Any:
    return select(RollEntry.voter_id, RollEntry.number, RollEntry.name, RollEntry.college).where(
        RollEntry.roll_id == roll_id
    )


def _standing(roll_id: UUID) -> Any:
    struck = exists().where(RollStrike.roll_id == RollEntry.roll_id, RollStrike.voter_id == RollEntry.voter_id)
    return _lines(roll_id).where(~struck)
