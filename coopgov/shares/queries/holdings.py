"""Who holds what on a day, and as it was known at an instant; the capital of a day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, String, Uuid, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session

from coopgov.core.among import among
from coopgov.core.direct import Question
from coopgov.core.ids import known_id
from coopgov.core.money import Cents
from coopgov.shares.capital import capital
from coopgov.shares.models import ShareLeg, ShareTx
from coopgov.shares.rules import Account

VALUE = ShareLeg.qty * ShareLeg.unit_cents


class Holding(NamedTuple):
    """What one member holds on a day."""

    quantity: int = 0
    cents: int = 0


class Holdings(Mapping[UUID, Holding]):
    """What each holder holds; in no order.

    A line is made when it is asked for: a hundred thousand made at once, and what the collector does about them, take
    longer than all their sums.
    """

    def __init__(self, rows: dict[UUID, Sequence[Any]]) -> None:
        self._rows = rows

    def __getitem__(self, member_id: UUID) -> Holding:
        """What one of them holds."""
        _id, quantity, cents = self._rows[member_id]
        # PostgreSQL adds whole numbers up to a decimal one.
        return Holding(quantity, int(cents))

    def __iter__(self) -> Iterator[UUID]:
        """Whoever holds shares."""
        return iter(self._rows)

    def __len__(self) -> int:
        """How many they are."""
        return len(self._rows)


def shares_held(session: Session, *, member_id: UUID, on: date, known_at: datetime | None = None) -> int:
    """How many shares a member holds at the end of that day, as known at that instant."""
    query = select(func.sum(ShareLeg.qty)).where(ShareLeg.membership_id == member_id, ShareLeg.effective_on <= on)
    return int(session.scalar(known_by(query, known_at)) or 0)


def holdings_on(session: Session, on: date, *, known_at: datetime | None = None) -> Holdings:
    """Everybody who holds shares at the end of that day, with what each holds; in no order."""
    return _holdings(session, on, known_at)


_HELD_BY = Question(
    select(ShareLeg.membership_id, func.sum(ShareLeg.qty), func.sum(VALUE))
    .where(among(ShareLeg.membership_id, "member_ids"), ShareLeg.effective_on <= bindparam("on", type_=Date()))
    .group_by(ShareLeg.membership_id)
    .having(func.sum(ShareLeg.qty) != 0)
)


def holdings_of(session: Session, member_ids: Sequence[UUID], on: date) -> dict[UUID, Holding]:
    """What each of these members holds at the end of that day; nothing counts as an empty holding."""
    rows = _HELD_BY.rows(session, member_ids=tuple(member_ids), on=on)
    found = Holdings({row[0]: row for row in rows})
    return {member_id: found.get(member_id, Holding()) for member_id in member_ids}


_VALUE_HELD = Question(
    select(func.sum(VALUE)).where(
        ShareLeg.membership_id == bindparam("member_id", type_=Uuid()),
        ShareLeg.effective_on <= bindparam("on", type_=Date()),
    )
)


def value_held(session: Session, member_id: UUID, on: date) -> Cents:
    """The nominal value of what a member holds at the end of that day."""
    return Cents(int(_VALUE_HELD.first(session, member_id=member_id, on=on)[0] or 0))


def capital_on(session: Session, on: date, *, known_at: datetime | None = None) -> Cents:
    """The subscribed capital (*capital souscrit*) at the end of that day."""
    if known_at is None:
        return capital(session).on(on)
    query = select(func.sum(VALUE)).where(ShareLeg.account == Account.HOLDER, ShareLeg.effective_on <= on)
    return Cents(int(session.scalar(known_by(query, known_at)) or 0))


def capital_by_day(session: Session, on: date) -> list[tuple[date, Cents]]:
    """The subscribed capital after each day on which it moved, oldest first."""
    return capital(session).by_day(on)


def peak_capital(session: Session, on: date) -> Cents:
    """The highest subscribed capital at the end of any day up to that one: the base of the legal floor."""
    return capital(session).peak(on)


def _holdings(session: Session, on: date, known_at: datetime | None) -> Holdings:
    is_text = session.get_bind().dialect.name == "sqlite"
    query = (
        select(
            type_coerce(ShareLeg.membership_id, String) if is_text else ShareLeg.membership_id,
            func.sum(ShareLeg.qty),
            func.sum(VALUE),
        )
        .where(ShareLeg.membership_id.is_not(None), ShareLeg.effective_on <= on)
        .group_by(ShareLeg.membership_id)
        .having(func.sum(ShareLeg.qty) != 0)
    )
    session.flush()
    with session.connection().execute(known_by(query, known_at)) as found:
        # The driver's own rows: those of the layers above cost as much as the sums, and a register has 100,000.
        rows: Sequence[Any] = found.cursor.fetchall()
    return Holdings({known_id(row[0]) if is_text else row[0]: row for row in rows})


def known_by(query: Any, known_at: datetime | None) -> Any:
    if known_at is None:
        return query
    return query.where(
        ShareLeg.tx_seq.in_(select(ShareTx.seq).where(ShareTx.recorded_at <= known_at)),
    )
