"""The register of movements of shares (*registre des mouvements*), as of a day and as known on another."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.members import queries as members
from coopgov.members.queries import asof as people
from coopgov.registers.rules import AsOf
from coopgov.shares import asof as shares
from coopgov.shares.asof import LegLine

PAGE = 50
# A page walks along the book, past what was not known then: so far in one step, and so many steps.
STEP, STEPS = 500, 6
AT_ONCE = 1000
# A name that more people bear than this is no name to look for.
NAMESAKES = 100
Key = tuple[date, int]


class MovementLine(NamedTuple):
    """One line of the register, with the holder as the register of members names her."""

    leg: LegLine
    number: int
    name: str

    @property
    def cents(self) -> int:
        """The nominal value moved."""
        return self.leg.quantity * self.leg.unit_cents


@dataclass(frozen=True, slots=True)
class MovementPage:
    """Some lines, the latest day first, and where the next begin."""

    rows: tuple[MovementLine, ...]
    next_key: Key | None


def movement_rows(session: Session, asked: AsOf) -> Iterator[MovementLine]:
    """The whole register in the order of its numbers, read as it comes."""
    return _named(session, shares.movements_between(session, asked.on, after=None, until=asked.known_at))


def movements_since(session: Session, asked: AsOf, *, after: datetime, limit: int) -> list[MovementLine]:
    """What was written in the register after an instant, and is known now, by number."""
    return list(
        _named(session, shares.movements_between(session, asked.on, after=after, until=asked.known_at, limit=limit))
    )


def late_movements(session: Session, asked: AsOf, *, limit: int) -> list[MovementLine]:
    """The late entries (*écritures tardives*): of that day or before, written after it, by number."""
    return list(_named(session, iter(shares.late_legs(session, asked.on, asked.known_at, limit=limit))))


def movement_page(session: Session, asked: AsOf, *, text: str = "", before: Key | None = None) -> MovementPage:
    """One page: however far it is, it costs the same."""
    keys, more = _found(session, asked, text, before) if text else _walked(session, asked, before)
    legs = shares.legs_of_lines(session, [seq for _day, seq in keys])
    return MovementPage(tuple(_named(session, iter(legs))), more)


def _walked(session: Session, asked: AsOf, before: Key | None) -> tuple[list[Key], Key | None]:
    found: list[Key] = []
    for _step in range(STEPS):
        rows = shares.lines_before(session, asked.on, asked.known_at, before=before, limit=STEP)
        for day, seq, is_known in rows:
            if is_known and len(found) == PAGE:
                return found, found[-1]
            before = day, seq
            if is_known:
                found.append(before)
        if len(rows) < STEP:
            return found, None
    return found, before


def _found(session: Session, asked: AsOf, text: str, before: Key | None) -> tuple[list[Key], Key | None]:
    some = members.list_members(session, text=text, limit=NAMESAKES)
    keys = shares.lines_of_members(
        session, [row.id for row in some.rows], asked.on, asked.known_at, before=before, limit=PAGE + 1
    )
    return keys[:PAGE], keys[PAGE - 1] if len(keys) > PAGE else None


def _named(session: Session, legs: Iterator[LegLine]) -> Iterator[MovementLine]:
    known: dict[UUID, tuple[int, str]] = {}
    while some := list(islice(legs, AT_ONCE)):
        strangers = {leg.member_id for leg in some} - known.keys()
        known |= people.numbers_and_names(session, list(strangers))
        yield from (MovementLine(leg, *known[leg.member_id]) for leg in some)
