"""Both books as of a day and as known at an instant: SELECTs, for the registers that sum over everybody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, cast, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from coopgov.core.dates import paris_day, paris_instant
from coopgov.shares.models import ShareClass, ShareClassNominal, ShareLeg, ShareLot, ShareTx
from coopgov.shares.rules import Account, TxKind

AT_ONCE = 1000


class Knowledge(StrEnum):
    """How a book is read as it was known: which of its lines are the fewer, those written before or after."""

    WHOLE = "whole"
    WITHOUT_LATER = "without_later"
    ONLY_EARLIER = "only_earlier"


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a book at an instant."""

    way: Knowledge
    tx: Any
    at: datetime | None

    @property
    def earlier(self) -> Any:
        """The lines that were written by then."""
        return select(self.tx.seq).where(self.tx.recorded_at <= self.at)

    @property
    def later(self) -> Any:
        """The lines that were not."""
        return select(self.tx.seq).where(self.tx.recorded_at > self.at)


def known(session: Session, tx: Any, at: datetime | None) -> Known:
    """How to read a whole book as it was known.

    The balances of all lines come from one index: it is read whole where the lines to be taken off are the fewer.
    """
    if at is None or not session.scalar(select(exists().where(tx.recorded_at > at))):
        return Known(Knowledge.WHOLE, tx, at)
    later = session.scalar(select(func.count()).where(tx.recorded_at > at)) or 0
    length = session.scalar(select(func.max(tx.seq))) or 0
    return Known(Knowledge.WITHOUT_LATER if later * 2 <= length else Knowledge.ONLY_EARLIER, tx, at)


def sums(known_lines: Known, leg: Any, amounts: dict[str, Any], *where: Any) -> Any:
    """The sums of these amounts for each member (`member_id` and their names): a SELECT."""

    def grouped(*more: Any) -> Any:
        query = select(leg.membership_id.label("member_id"), *_totals(amounts))
        return query.where(leg.membership_id.is_not(None), *where, *more).group_by(leg.membership_id)

    if known_lines.way is Knowledge.WHOLE:
        return grouped()
    if known_lines.way is Knowledge.ONLY_EARLIER:
        return grouped(leg.tx_seq.in_(known_lines.earlier))
    every, later = grouped().subquery(), grouped(leg.tx_seq.in_(known_lines.later)).subquery()
    left = [(every.c[name] - func.coalesce(later.c[name], 0)).label(name) for name in amounts]
    return select(every.c.member_id, *left).outerjoin(later, later.c.member_id == every.c.member_id)


def _totals(amounts: dict[str, Any]) -> list[Any]:
    # PostgreSQL makes a number without limits of a sum.
    return [cast(func.sum(amount), BigInteger).label(name) for name, amount in amounts.items()]


def sums_among(tx: Any, leg: Any, ids: Any, at: datetime | None, amounts: dict[str, Any], *where: Any) -> Any:
    """The same for some members: each of their lines is looked up."""
    query = select(leg.membership_id.label("member_id"), *_totals(amounts)).where(leg.membership_id.in_(ids), *where)
    if at is not None:
        query = query.join(tx, tx.seq == leg.tx_seq).where(tx.recorded_at <= at)
    return query.group_by(leg.membership_id)


def holdings_select(session: Session, on: date, known_at: datetime | None, *, among: Any = None) -> Any:
    """What everybody holds at the end of that day as known then: `member_id`, `quantity`, `cents` (a SELECT)."""
    amounts = {"quantity": ShareLeg.qty, "cents": ShareLeg.qty * ShareLeg.unit_cents}
    until = ShareLeg.effective_on <= on
    if among is not None:
        return sums_among(ShareTx, ShareLeg, among, known_at, amounts, until)
    return sums(known(session, ShareTx, known_at), ShareLeg, amounts, until)


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class of shares with what one was worth on a day."""

    id: UUID
    code: str
    label: str
    unit_cents: int


class LegLine(NamedTuple):
    """One line of the register of movements: the shares of one lot that came to a holder or left one."""

    seq: int
    line: int
    kind: TxKind
    effective_on: date
    recorded_at: datetime
    resolution: str
    reverses_seq: int | None
    hash: str
    member_id: UUID
    class_id: UUID
    class_code: str
    class_label: str
    lot_id: UUID
    first_acquired_on: date
    quantity: int
    unit_cents: int
    # Its true day, where the register of that day was closed already.
    late_for: date | None


def legs_select() -> Any:
    """Every line of the register of movements (a SELECT of what a `LegLine` is made of)."""
    return (
        select(
            ShareTx.seq, ShareLeg.line, ShareTx.kind, ShareTx.effective_on, ShareTx.recorded_at, ShareTx.resolution,
            ShareTx.reverses_seq, ShareTx.hash, ShareLeg.membership_id, ShareClass.id, ShareClass.code,
            ShareClass.label, ShareLot.id,
            ShareLot.first_acquired_on, ShareLeg.qty, ShareLeg.unit_cents, ShareTx.late_for,
        )
        .join(ShareTx, ShareTx.seq == ShareLeg.tx_seq)
        .join(ShareLot, ShareLot.id == ShareLeg.lot_id)
        .join(ShareClass, ShareClass.id == ShareLeg.class_id)
        .where(ShareLeg.account == Account.HOLDER)
    )  # fmt: skip


def movements_between(
    session: Session, on: date, *, after: datetime | None, until: datetime, beyond: int = 0, limit: int | None = None
) -> Iterator[LegLine]:
    """The movements dated up to that day and written after one instant, up to another, by number."""
    query = legs_select().where(ShareTx.effective_on <= on, ShareTx.recorded_at <= until, ShareTx.seq > beyond)
    if after is not None:
        query = query.where(ShareTx.recorded_at > after)
    rows = session.execute(query.order_by(ShareTx.seq, ShareLeg.line).limit(limit).execution_options(yield_per=AT_ONCE))
    return map(LegLine._make, rows)


def lines_before(
    session: Session, on: date, known_at: datetime, *, before: tuple[date, int] | None, limit: int
) -> list[tuple[date, int, bool]]:
    """The days and numbers of that many lines of the book, the latest day first; each with whether it was known then.

    The others are given all the same: a page goes on from the last line it looked at.
    """
    # One bound, on both columns of the index; no line is dated after the day on which it was written.
    first = min(on, paris_day(known_at)) + timedelta(days=1), 0
    query = select(ShareTx.effective_on, ShareTx.seq, ShareTx.recorded_at)
    query = query.where(tuple_(ShareTx.effective_on, ShareTx.seq) < min(before or first, first))
    rows = session.execute(query.order_by(ShareTx.effective_on.desc(), ShareTx.seq.desc()).limit(limit)).all()
    return [(day, seq, recorded_at <= known_at) for day, seq, recorded_at in rows]


def legs_of_lines(session: Session, seqs: Sequence[int]) -> list[LegLine]:
    """These lines of the register, the latest day first."""
    rows = session.execute(
        legs_select()
        .where(ShareLeg.tx_seq.in_(seqs))
        .order_by(ShareTx.effective_on.desc(), ShareTx.seq.desc(), ShareLeg.line)
    )
    return [LegLine(*row) for row in rows]


def lines_of_members(
    session: Session, member_ids: Sequence[UUID], on: date, known_at: datetime, *, before: tuple[date, int] | None,
    limit: int,
) -> list[tuple[date, int]]:  # fmt: skip
    """The days and numbers of the lines that concern these members, the latest day first."""
    query = (
        select(ShareTx.effective_on, ShareTx.seq)
        .join(ShareLeg, ShareLeg.tx_seq == ShareTx.seq)
        .where(ShareLeg.membership_id.in_(member_ids), ShareTx.effective_on <= on, ShareTx.recorded_at <= known_at)
        .distinct()
        .order_by(ShareTx.effective_on.desc(), ShareTx.seq.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(ShareTx.effective_on, ShareTx.seq) < before)
    return [(day, seq) for day, seq in session.execute(query)]


def late_legs(session: Session, on: date, known_at: datetime, *, limit: int) -> list[LegLine]:
    """The late entries (*écritures tardives*), by number: of that day or before, written after it.

    Those dated after it because its register was closed already tell their true day.
    """
    written = ShareTx.recorded_at >= paris_instant(on + timedelta(days=1), time(0)), ShareTx.recorded_at <= known_at
    query = legs_select().where(*written, or_(ShareTx.effective_on <= on, ShareTx.late_for <= on))
    return [LegLine(*row) for row in session.execute(query.order_by(ShareTx.seq, ShareLeg.line).limit(limit))]


def legs_in_time(session: Session, on: date, known_at: datetime) -> Iterator[LegLine]:
    """Every movement of a register in the order of its legal days, read as it comes."""
    query = legs_select().where(ShareTx.effective_on <= on, ShareTx.recorded_at <= known_at)
    order = ShareTx.effective_on, ShareTx.seq, ShareLeg.line
    rows = session.execute(query.order_by(*order).execution_options(yield_per=AT_ONCE))
    return map(LegLine._make, rows)


def classes_on(session: Session, on: date) -> list[ClassLine]:
    """The classes of shares there were on a day, with their nominal value then, by code."""
    rows = session.execute(
        select(ShareClass.id, ShareClass.code, ShareClass.label, ShareClassNominal.cents)
        .join(ShareClassNominal, ShareClassNominal.class_id == ShareClass.id)
        .where(ShareClassNominal.from_date <= on)
        .order_by(ShareClass.code, ShareClassNominal.from_date)
    )
    # The latest price of each stands last.
    return list({row.code: ClassLine(*row) for row in rows}.values())


def hash_of_line(session: Session, seq: int) -> str | None:
    """The hash of one line of the share book, or None where there is no such line."""
    return session.scalar(select(ShareTx.hash).where(ShareTx.seq == seq))
