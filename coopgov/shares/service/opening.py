"""Take over an older register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.money import Cents
from coopgov.members.queries import MemberRow
from coopgov.shares import book, queries, rules
from coopgov.shares.book import BOOK_NAME, Entry
from coopgov.shares.events import HoldingOpened, HoldingsOpened
from coopgov.shares.rules import TxKind
from coopgov.shares.service.classes import class_and_nominal
from coopgov.shares.service.people import MOST_REFUSALS, issue_legs, people_of, subscriber_of


@dataclass(frozen=True, slots=True)
class OpeningHolding:
    """What one member held, and had paid, when the older register was closed."""

    member_id: UUID
    quantity: int
    first_acquired_on: date
    paid: Cents


def open_holdings(act: Act, *, rows: Sequence[OpeningHolding], on: date, source: str) -> list[int]:
    """Take over the holdings of an older register (*reprise*) as they stood on that day."""
    book.take_the_pen(act.session)
    people = people_of(act, {row.member_id for row in rows})
    class_id, unit = class_and_nominal(act, on)
    refuse_if(_check_openings(act, rows, people, unit, on))
    entries = [_opening(row, class_id, unit, on, source) for row in rows]
    seqs = book.write(act, entries)
    act.record("shares.opened", BOOK_NAME, {"number": len(seqs), "last": seqs[-1] if seqs else 0, "source": source})
    opened = [
        HoldingOpened(seq, row.member_id, row.quantity * unit, row.paid, on)
        for seq, row in zip(seqs, rows, strict=True)
    ]
    act.publish(HoldingsOpened(tuple(opened)))
    return seqs


def _opening(row: OpeningHolding, class_id: UUID, unit: int, on: date, source: str) -> Entry:
    legs = issue_legs(row.member_id, class_id, row.first_acquired_on, row.quantity, unit)
    return Entry(TxKind.OPENING, on, legs, opens=(legs[0].lot,), reason_code="opening", note=source)


def _check_openings(
    act: Act, rows: Sequence[OpeningHolding], people: Mapping[UUID, MemberRow], unit: int, on: date
) -> list[Breach]:
    breaches = rules.check_day(on, act.today) + rules.check_open(on, None, queries.closed_through(act.session))
    for row in rows:
        breaches += rules.check_opening(
            subscriber_of(people[row.member_id], on), row.quantity, row.quantity * unit, row.paid
        )
    return breaches[:MOST_REFUSALS]
