"""Writing a past into the books: members first, then every movement in order, some thousands at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.bulk import bounded
from coopgov.core.driver import behind
from coopgov.members.rules import NewMember
from coopgov.members.service.past import PastMember, enrol_past, look_anew
from coopgov.members.service.writing import NewEvent
from coopgov.past.examining import Coop, Follower, Progress, Sheets, follow
from coopgov.past.rules.books import Books, MoneyLine, ShareLine, Written
from coopgov.past.rules.life import Life
from coopgov.past.scratch import Scratch
from coopgov.shares import book as share_book
from coopgov.shares.chain import Head
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


@dataclass(slots=True)
class Writer:
    """Writes what it hears; the numbers of lines that others name are kept."""

    act: Act
    wanted: frozenset[str]
    people: list[PastMember] = field(default_factory=list)
    lines: list[Written] = field(default_factory=list)
    shares: dict[str, int] = field(default_factory=dict)
    money: dict[str, int] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    # Where both books end.
    share_end: Head = field(default_factory=Head)
    money_end: Head = field(default_factory=Head)
    # How many chunks of people and of lines are written.
    crowds: int = 0
    chunks: int = 0

    def begin(self) -> None:
        """Be alone with the books, and note where they end."""
        share_book.take_the_pen(self.act.session)
        money_book.take_the_pen(self.act.session)
        self.share_end, self.money_end = share_book.head(self.act.session), money_book.head(self.act.session)
        share, money = self.share_end.seq, self.money_end.seq
        self.numbers = Numbers(share + 1, share, money + 1, money)

    def member(self, number: int, member: NewMember, life: Life, member_id: UUID) -> None:
        """Somebody with her life."""
        standing = life.standing
        assert standing is not None  # noqa: S101 - whoever is heard of here has a life
        self.people.append(PastMember(member_id, number, member, standing, tuple(_events(life))))
        if len(self.people) >= CHUNK:
            self._write_people()

    def line(self, written: Written) -> None:
        """One line of the past."""
        if self.people:
            self._write_people()
        self.lines.append(written)
        # The first chunks are small: until the database has looked, each line costs it a reading of all before.
        if len(self.lines) >= CHUNK >> max(0, SMALLER - self.chunks):
            self._write_lines()

    def end(self) -> Numbers:
        """Write what is left."""
        self._write_people()
        self._write_lines()
        return self.numbers

    def _write_people(self) -> None:
        if self.people:
            self.numbers.members += enrol_past(self.act, iter(self.people))
            self.people.clear()
            self.crowds += 1
            if _has_doubled(self.crowds):
                look_anew(self.act.session)

    def _write_lines(self) -> None:
        if not self.lines:
            return
        self._number()
        shares = [self._share_entry(line.shares) for line in self.lines if line.shares is not None]
        money = [self._money_entry(line.money) for line in self.lines if line.money is not None]
        self.share_end = share_book.write_after(self.act, shares, self.share_end)
        self.money_end = money_book.write_after(self.act, money, self.money_end)
        self.numbers.share_until, self.numbers.capital_until = self.share_end.seq, self.money_end.seq
        for name in [name for name in self.shares if name not in self.wanted]:
            del self.shares[name]
        self.lines.clear()
        self._look_anew()

    def _look_anew(self) -> None:
        # Triggers read a table as small as the database last knew it.
        self.chunks += 1
        if self.chunks <= SMALLER or _has_doubled(self.chunks - SMALLER):
            share_book.look_anew(self.act.session)
            money_book.look_anew(self.act.session)

    def _number(self) -> None:
        """Give the numbers that the books will give, so that lines can name one another."""
        share, money = self.share_end.seq, self.money_end.seq
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


def write_past(act: Act, scratch: Scratch, sheets: Sheets, coop: Coop, progress: Progress) -> tuple[Numbers, Books]:
    """Write everything that was read into the books, in this act."""
    named = scratch.rows(
        "SELECT reverses FROM movement WHERE reverses <> '' UNION SELECT beside FROM movement WHERE beside <> ''"
    )  # fmt: skip
    writer = Writer(act, frozenset(name for (name,) in named))
    with bounded(act.session, *money_book.made_later()):
        writer.begin()
        with behind(act.session):
            books = follow(scratch, sheets, coop, Follower(writer.member, writer.line), progress, notes=False)
            return writer.end(), books


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
