"""What changed in the registers of a day between two instants of knowledge (*ce qui a changé depuis*)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.accounts.queries import MandateLine
from coopgov.members.queries import asof as people
from coopgov.members.queries.asof import EventLine
from coopgov.members.rules import Status
from coopgov.registers.queries.members import MemberLine, lines_of
from coopgov.registers.queries.movements import MovementLine, movements_since
from coopgov.registers.rules import AsOf

# So many lines of each kind are compared on a page.
MOST = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """What the register said of somebody before, and says after; None where she was not in it."""

    name: str
    number: int
    member_id: UUID
    before: MemberLine | None
    after: MemberLine | None

    @property
    def quantity(self) -> int:
        """How many more shares."""
        return _quantity(self.after) - _quantity(self.before)

    @property
    def is_seen(self) -> bool:
        """False when everything that was written cancels out."""
        return _seen(self.before) != _seen(self.after)


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that was written about a day between two instants, and what it changed."""

    movements: Sequence[MovementLine]
    events: Sequence[EventLine]
    mandates: Sequence[MandateLine]
    differences: Sequence[Difference]
    is_whole: bool


def changes(session: Session, on: date, *, before: datetime, after: datetime) -> Changes:
    """Compare the registers of a day as known at two instants; at most `MOST` lines of each kind."""
    asked = AsOf(on, after)
    movements = movements_since(session, asked, after=before, limit=MOST + 1)
    events = people.events_recorded(session, on, after=before, until=after, limit=MOST + 1)
    found = {row.leg.member_id: (row.name, row.number) for row in movements[:MOST]}
    found |= {event.member_id: (event.name, event.number) for event in events[:MOST]}
    return Changes(
        movements[:MOST], events[:MOST], _mandates(session, on, before, after),
        _differences(session, found, AsOf(on, before), asked), max(len(movements), len(events)) <= MOST,
    )  # fmt: skip


def _differences(
    session: Session, people_found: dict[UUID, tuple[str, int]], before: AsOf, after: AsOf
) -> list[Difference]:
    ids = list(people_found)
    old, new = (lines_of(session, asked, ids) for asked in (before, after))
    rows = [
        Difference(name, number, member_id, old.get(member_id), new.get(member_id))
        for member_id, (name, number) in people_found.items()
    ]
    return sorted((row for row in rows if row.is_seen), key=lambda row: row.number)


def _mandates(session: Session, on: date, before: datetime, after: datetime) -> list[MandateLine]:
    known = {row.id: row for row in accounts.register_of_mandates(session, on, before)}
    rows = accounts.register_of_mandates(session, on, after)
    return [row for row in rows if row != known.get(row.id)]


def _quantity(line: MemberLine | None) -> int:
    return 0 if line is None else line.quantity


def _seen(line: MemberLine | None) -> tuple[Status | None, str, date | None, date | None, int, int, int]:
    if line is None:
        return None, "", None, None, 0, 0, 0
    return (
        line.status, f"{line.category} {line.college}", line.joined_on, line.left_on, line.quantity, line.cents,
        line.paid_up,
    )  # fmt: skip
