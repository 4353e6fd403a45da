"""The subscribed capital by day: read once, then carried on with the lines written since."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import Any

from sqlalchemy import Integer, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from coopgov.core.direct import Asked, Question
from coopgov.core.money import Cents
from coopgov.core.reading import has_written
from coopgov.shares.book import BOOK_NAME, head
from coopgov.shares.chain import Head
from coopgov.shares.models import ShareLeg, ShareTx
from coopgov.shares.rules import Account

_VALUE = ShareLeg.qty * ShareLeg.unit_cents
# More lines than this are not carried on: the whole book is added up at once. Told of a limit, PostgreSQL plans once.
MOST_NEW = 500
_HEAD = bindparam("seq", type_=Integer())
# The line of the head that is known comes first: without it, or with another hash, this is another book. Told of the
# head for legs too, PostgreSQL never begins with the first of them.
_SINCE = Question(
    select(ShareTx.seq, ShareTx.hash, ShareLeg.effective_on, _VALUE)
    .outerjoin(
        ShareLeg,
        (ShareLeg.tx_seq == ShareTx.seq) & (ShareLeg.account == Account.HOLDER) & (ShareLeg.tx_seq >= _HEAD),
    )
    .where(ShareTx.seq >= _HEAD)
    .order_by(ShareTx.seq)
    .limit(literal_column(str(MOST_NEW))),
    one_plan=True,
)
_ALL = (
    select(ShareLeg.effective_on, func.sum(_VALUE))
    .where(ShareLeg.account == Account.HOLDER, ShareLeg.tx_seq <= bindparam("seq"))
    .group_by(ShareLeg.effective_on)
    .order_by(ShareLeg.effective_on)
)


@dataclass(frozen=True, slots=True)
class Capital:
    """How the subscribed capital changed on each day, oldest first, in the book that ends there; never changed."""

    end: Head = Head()  # noqa: RUF009 - frozen itself
    days: list[date] = field(default_factory=list)
    # Whole numbers as they are: thousands of objects would be touched for each line that is carried on.
    changes: "array[int]" = field(default_factory=lambda: array("q"))
    total: int = 0

    def on(self, day: date) -> Cents:
        """The capital at the end of that day."""
        return Cents(self.total - sum(self.changes[bisect_right(self.days, day) :]))

    def from_day(self, day: date) -> list[tuple[date, Cents]]:
        """The capital at the end of that day, and of each later one on which it changes."""
        first = bisect_right(self.days, day)
        totals = accumulate(self.changes[first:], initial=self.on(day))
        return [(at, Cents(total)) for at, total in zip((day, *self.days[first:]), totals, strict=True)]

    def by_day(self, until: date) -> list[tuple[date, Cents]]:
        """The capital after each day on which it changed, oldest first."""
        totals = zip(self.days, accumulate(self.changes), strict=True)
        return [(day, Cents(total)) for day, total in totals if day <= until]

    def peak(self, until: date) -> Cents:
        """The highest capital at the end of any day up to that one."""
        return Cents(max(accumulate(self.changes[: bisect_right(self.days, until)], initial=0)))

    def carried_on(self, end: Head, more: Iterable[tuple[date, int]]) -> "Capital":
        """The same with what was written since."""
        days, changes, total = self.days, self.changes[:], self.total
        for day, cents in more:
            at, total = bisect_left(days, day), total + cents
            if at < len(days) and days[at] == day:
                changes[at] += cents
            else:
                days = list(days) if days is self.days else days
                days.insert(at, day)
                changes.insert(at, cents)
        return Capital(end, days, changes, total)


_known = Capital()


def capital(session: Session) -> Capital:
    """The subscribed capital by day in the book as it stands."""
    global _known  # noqa: PLW0603 - one value, replaced whole: a thread sees the old or the new one
    before = _known
    rows = _SINCE.rows(session, seq=before.end.seq)
    found = _carry_on(before, rows) if before.end.seq else None
    if found is None:
        found = _read(session)
    # What an act has written and not kept yet is nobody else's.
    if not has_written(session, BOOK_NAME):
        _known = found
    return found


def asked() -> Asked:
    """What `capital` asks, to be asked ahead."""
    return _SINCE, {"seq": _known.end.seq}


def _carry_on(before: Capital, rows: Sequence[Any]) -> Capital | None:
    if not rows or len(rows) == MOST_NEW or Head(rows[0][0], rows[0][1]) != before.end:
        return None
    new = [row for row in rows if row[0] > before.end.seq]
    if not new:
        return before
    return before.carried_on(Head(new[-1][0], new[-1][1]), [(row[2], int(row[3])) for row in new if row[2]])


def _read(session: Session) -> Capital:
    end = head(session)
    rows = session.execute(_ALL, {"seq": end.seq}).all()
    return Capital().carried_on(end, ((day, int(cents)) for day, cents in rows))
