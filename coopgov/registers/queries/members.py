"""The register of members (*registre des associés*): who they were on a day, what they held and had paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopgov.members import queries as members
from coopgov.members.queries import asof as people
from coopgov.members.rules import Category, Closed, EventKind, PartyKind, Status
from coopgov.registers.rules import AsOf
from coopgov.shares import asof as shares
from coopgov.shares import queries as share_queries
from coopgov.treasury import asof as treasury

PAGE = 50
# A page walks along the list of all who ever were: so far in one step, and so many steps before it is shown as it is.
STEP, STEPS = 80, 5
AT_ONCE = 1000


class MemberLine(NamedTuple):
    """One line of the register of members; a tuple, because there are a hundred thousand."""

    member_id: UUID
    number: int
    name: str
    party_kind: PartyKind
    birth_date: date | None
    birth_place: str
    siren: str
    representative: str
    postal_address: str
    status: Status
    category: Category
    college: str
    applied_on: date | None
    joined_on: date | None
    left_on: date | None
    left_by: EventKind | None
    left_recorded_at: datetime | None
    quantity: int
    cents: int
    paid_up: int
    called_unpaid: int


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Some lines of the register in the order of names, and where the next begin."""

    rows: tuple[MemberLine, ...]
    next_key: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The foot of the register: how many members, their shares, their value, what is paid."""

    members: int
    quantity: int
    cents: int
    paid_up: int


def member_rows(session: Session, asked: AsOf, *, is_everybody: bool = False) -> Iterator[MemberLine]:
    """The whole register by number: one statement, read as it comes; with everybody, candidates too."""
    rows = session.execute(
        _lines(session, asked, None, tuple(Status) if is_everybody else people.REGISTERED)
        .order_by("number")
        .execution_options(yield_per=AT_ONCE)
    )
    return map(MemberLine._make, rows)


def closed_registers(session: Session) -> list[Closed]:
    """Through which days registers were closed, and when."""
    return [Closed(one.through_date, one.closed_at) for one in share_queries.closes(session)]


def totals(session: Session, asked: AsOf) -> Totals:
    """The present members of the register and what all its lines hold together."""
    found = _lines(session, asked, None, people.REGISTERED).subquery()
    present = func.count().filter(found.c.status == Status.MEMBER)
    amounts = [func.coalesce(func.sum(found.c[name]), 0) for name in ("quantity", "cents", "paid_up")]
    return Totals(*map(int, session.execute(select(present, *amounts)).one()))


def member_page(
    session: Session, asked: AsOf, *, text: str = "", after: str | None = None, is_present: bool = False
) -> MemberPage:
    """One page in the order of names: however far it is, it costs the same."""
    rows: list[MemberLine] = []
    for _step in range(STEPS):
        some = members.list_members(session, text=text, after=after, limit=STEP)
        lines = lines_of(session, asked, [row.id for row in some.rows], is_present=is_present)
        for row in some.rows:
            if row.id not in lines:
                continue
            rows.append(lines[row.id])
            if len(rows) == PAGE:
                is_last = row is some.rows[-1] and some.next_key is None
                return MemberPage(tuple(rows), None if is_last else f"{row.sort_name}.{row.number}")
        after = some.next_key
        if after is None:
            break
    return MemberPage(tuple(rows), after)


def lines_of(session: Session, asked: AsOf, ids: Sequence[UUID], *, is_present: bool = False) -> dict[UUID, MemberLine]:
    """The lines of these members, by member; those who were not in the register are left out."""
    statuses = (Status.MEMBER,) if is_present else people.REGISTERED
    rows = session.execute(_lines(session, asked, ids, statuses)) if ids else ()
    return {row.member_id: MemberLine(*row) for row in rows}


def _lines(session: Session, asked: AsOf, among: Sequence[UUID] | None, statuses: Sequence[Status]) -> Any:
    on, known_at = asked.on, asked.known_at
    person = people.register_select(on, known_at, among=among, statuses=statuses).subquery()
    held = shares.holdings_select(session, on, known_at, among=among).subquery()
    paid = treasury.paid_select(session, on, known_at, among=among).subquery()
    amounts = [held.c.quantity, held.c.cents, paid.c.paid_up, paid.c.called_unpaid]
    return (
        select(*person.c, *(func.coalesce(amount, 0).label(amount.name) for amount in amounts))
        .outerjoin(held, held.c.member_id == person.c.member_id)
        .outerjoin(paid, paid.c.member_id == person.c.member_id)
    )
