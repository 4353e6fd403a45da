"""Writing a past into the books: members first, then every movement in order, some thousands at a time.

What a large one becomes is made by a second process, while this one writes what was made before: two processors share
the work, and the database is asked by one alone.
"""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Dialect

from coopgov.core.act import Act
from coopgov.core.beside import Make, Send, beside
from coopgov.core.bulk import Bound, bind, bounded
from coopgov.members.rules import EventKind, NewMember, Status
from coopgov.members.service.past import PastMember, enrol_past, look_anew
from coopgov.members.service.writing import NewEvent
from coopgov.past.examining import (
    MANY_LINES,
    Coop,
    Follower,
    Progress,
    Sheets,
    follow_movements,
    follow_people,
    whom_known,
)
from coopgov.past.rules.books import Books, MoneyLine, ShareLine, Written
from coopgov.past.rules.life import Life
from coopgov.past.scratch import Scratch, opened_again
from coopgov.shares import book as share_book
from coopgov.shares.chain import Batches, Hand, Head
from coopgov.treasury import book as money_book

CHUNK = 2000
# How many times the chunks double before they are as large.
SMALLER = 4


@dataclass(slots=True)
class Numbers:
    """Where the past stands in both books."""

    share_from: int = 0
    share_until: int = 0
    capital_from: int = 0
    capital_until: int = 0
    members: int = 0


class Departed(NamedTuple):
    """Somebody who has left and still holds shares."""

    member_id: UUID
    on: date
    by: EventKind


@dataclass(frozen=True, slots=True)
class Taken:
    """A past that is in the books: where it stands, what all of it comes to, who waits to be paid back."""

    numbers: Numbers
    capital: int
    shares: int
    totals: dict[str, int]
    departed: tuple[Departed, ...]


class Ends(NamedTuple):
    """Where both books end."""

    shares: Head
    money: Head


class _Chunk(NamedTuple):
    """What is made of some lines, in plain values: the rows of both books (as `Bound`), and where these end."""

    lines: int
    shares: list[tuple[Any, ...]]
    money: list[tuple[Any, ...]]
    ends: tuple[int, str, int, str]


@dataclass(slots=True)
class Maker:
    """Makes what is written of the members and the lines it hears; the numbers of lines that others name are kept."""

    hand: Hand
    dialect: Dialect
    wanted: frozenset[str]
    ends: Ends
    send: Send
    people: list[PastMember] = field(default_factory=list)
    lines: list[Written] = field(default_factory=list)
    shares: dict[str, int] = field(default_factory=dict)
    money: dict[str, int] = field(default_factory=dict)
    chunks: int = 0

    def member(self, number: int, member: NewMember, life: Life, member_id: UUID) -> None:
        """Somebody with her life."""
        standing = life.standing
        assert standing is not None  # noqa: S101 - whoever is heard of here has a life
        self.people.append(PastMember(member_id, number, member, standing, tuple(_events(life))))
        if len(self.people) >= CHUNK:
            self.tell_people()

    def tell_people(self) -> None:
        """Send those who were heard of."""
        if self.people:
            self.send(pickle.dumps(self.people))
            self.people.clear()

    def line(self, written: Written) -> None:
        """One line of the past."""
        self.lines.append(written)
        # The first chunks are small: until the database has looked, each line costs it a reading of all before.
        if len(self.lines) >= CHUNK >> max(0, SMALLER - self.chunks):
            self.tell_lines()

    def tell_lines(self) -> None:
        """Make and send the rows of what was heard."""
        if not self.lines:
            return
        self._number()
        shares = [self._share_entry(line.shares) for line in self.lines if line.shares is not None]
        money = [self._money_entry(line.money) for line in self.lines if line.money is not None]
        share_rows, share_end = share_book.made_after(self.hand, shares, self.ends.shares)
        money_rows, money_end = money_book.made_after(self.hand, money, self.ends.money)
        self.ends = Ends(share_end, money_end)
        told = (share_end.seq, share_end.hash, money_end.seq, money_end.hash)
        self.send(tuple(_Chunk(len(self.lines), self._bound(share_rows), self._bound(money_rows), told)))
        for name in [name for name in self.shares if name not in self.wanted]:
            del self.shares[name]
        self.lines.clear()
        self.chunks += 1

    def _bound(self, batches: Batches) -> list[tuple[Any, ...]]:
        return [tuple(bind(self.dialect, model, rows)) for model, rows in batches if rows]

    def _number(self) -> None:
        """Give the numbers that the books will give, so that lines can name one another."""
        share, money = self.ends.shares.seq, self.ends.money.seq
        for line in self.lines:
            if line.shares is not None:
                share += 1
                self.shares[line.name] = share
            if line.money is not None:
                money += 1
                if line.name in self.wanted:
                    self.money[line.name] = money

    def _share_entry(self, line: ShareLine) -> share_book.Entry:
        return share_book.Entry(
            line.kind,
            line.day,
            line.legs,
            opens=tuple(lot for lot, _name in line.new_lots),
            reason_code=line.reason_code,
            resolution=line.decision[:200],
            note=line.note,
            payable_now=line.payable_now,
            reverses_seq=self.shares[line.reverses] if line.reverses else None,
        )

    def _money_entry(self, line: MoneyLine) -> money_book.Entry:
        return money_book.Entry(
            line.kind, line.day, line.legs, share_tx_seq=self.shares[line.beside] if line.beside else None,
            resolution=line.decision[:200], note=line.note,
            reverses_seq=self.money[line.reverses] if line.reverses else None,
        )  # fmt: skip


@dataclass(slots=True)
class Writer:
    """Writes what is made of members and of lines."""

    act: Act
    progress: Progress
    numbers: Numbers
    # How many chunks of people and of lines are written.
    crowds: int = 0
    chunks: int = 0

    def write(self, told: Any) -> None:
        """Write what a maker sent."""
        if isinstance(told, bytes):
            self._write_people(pickle.loads(told))  # noqa: S301 - what our own maker wrote
        else:
            self._write_lines(_Chunk(*told))

    def _write_people(self, people: list[PastMember]) -> None:
        self.numbers.members += enrol_past(self.act, iter(people))
        self.crowds += 1
        if _has_doubled(self.crowds):
            look_anew(self.act.session)

    def _write_lines(self, chunk: _Chunk) -> None:
        share_seq, share_hash, money_seq, money_hash = chunk.ends
        share_book.write_bound(self.act, [Bound(*one) for one in chunk.shares], Head(share_seq, share_hash))
        money_book.write_bound(self.act, [Bound(*one) for one in chunk.money], Head(money_seq, money_hash))
        self.numbers.share_until, self.numbers.capital_until = share_seq, money_seq
        self.progress.step(chunk.lines)
        self._look_anew()

    def _look_anew(self) -> None:
        # Triggers read a table as small as the database last knew it.
        self.chunks += 1
        if self.chunks <= SMALLER or _has_doubled(self.chunks - SMALLER):
            share_book.look_anew(self.act.session)
            money_book.look_anew(self.act.session)


def write_past(act: Act, scratch: Scratch, sheets: Sheets, coop: Coop, progress: Progress) -> Taken:
    """Write everything that was read into the books, in this act."""
    with bounded(act.session, *money_book.made_later()):
        share_book.take_the_pen(act.session)
        ends = Ends(share_book.head(act.session), money_book.head(act.session))
        share, money = ends.shares.seq, ends.money.seq
        writer = Writer(act, progress, Numbers(share + 1, share, money + 1, money))
        make = _maker(act, scratch, sheets, coop, ends)
        with beside(make, is_worth_it=progress.total >= MANY_LINES) as sent:
            for told in sent:
                writer.write(told)
    capital, shares, totals, departed = sent.result
    return Taken(writer.numbers, capital, shares, totals, tuple(_departed_as_told(departed)))


def _maker(act: Act, scratch: Scratch, sheets: Sheets, coop: Coop, ends: Ends) -> Make:
    hand, dialect = share_book.hand_of(act), act.session.connection().dialect
    known = whom_known(scratch, act.session)
    scratch.forget()

    def make(send: Send) -> tuple[Any, ...]:
        with opened_again(scratch, only_read=True) as own:
            maker = Maker(hand, dialect, _named(own), ends, send)
            heard = Follower(maker.member, maker.line)
            following = follow_people(own, sheets, coop, known, heard, Progress(_nobody, 1), notes=False)
            maker.tell_people()
            follow_movements(following)
            maker.tell_lines()
        return _told(following.books)

    return make


def _told(books: Books) -> tuple[Any, ...]:
    totals = {bucket.value: cents for bucket, cents in books.totals.items()}
    return books.capital, books.shares, totals, list(_departed(books))


def _named(scratch: Scratch) -> frozenset[str]:
    query = "SELECT reverses FROM movement WHERE reverses <> '' UNION SELECT beside FROM movement WHERE beside <> ''"
    return frozenset(name for (name,) in scratch.rows(query))


def _departed(books: Books) -> Iterator[tuple[str, int, str]]:
    for holder in books.holders.values():
        if holder.lots and holder.spells and holder.spells[-1][1] is Status.FORMER:
            left_by = holder.left_by or EventKind.RESIGNED
            yield holder.member_id.hex, holder.spells[-1][0].toordinal(), left_by.value


def _departed_as_told(rows: Iterable[tuple[str, int, str]]) -> Iterator[Departed]:
    for member_id, on, by in rows:
        yield Departed(UUID(member_id), date.fromordinal(on), EventKind(by))


def _nobody(_done: int, _total: int) -> None:
    return None


def _has_doubled(chunks: int) -> bool:
    return chunks & (chunks - 1) == 0


def _events(life: Life) -> Iterator[tuple[NewEvent, int | None]]:
    for event in life.events:
        told = event.told
        yield (
            NewEvent(
                told.kind, told.day, event.status, event.category, event.college, decided_by=told.decided_by,
                decision=told.decision, reason=told.reason,
            ),
            event.undoes,
        )  # fmt: skip
