"""What a past is read against, and who hears of it: the cooperative, the progress, the sheets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.members import queries as members
from coopgov.members.queries.past import Here
from coopgov.members.rules import Category, College, Heads, NewMember
from coopgov.past.columns import COLUMNS as ALL_COLUMNS
from coopgov.past.columns import SheetMap
from coopgov.past.reading import Source, count_lines
from coopgov.past.rules.books import Books, Written
from coopgov.past.rules.found import Found
from coopgov.past.rules.kinds import SheetKind
from coopgov.past.rules.life import Life
from coopgov.past.scratch import Scratch
from coopgov.shares import past as share_past
from coopgov.shares import queries as share_queries
from coopgov.shares.rules import ORDINARY
from coopgov.statutes import queries as statutes

T = TypeVar("T")
Tell = Callable[[int, int], None]
AT_ONCE = 1000
EVERY = 500
# Fewer lines are not worth a process of their own.
MANY_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Coop:
    """What the cooperative is, as far as a past is read against it."""

    figures: Figures
    today: date
    colleges: tuple[College, ...]
    nominals: tuple[tuple[date, int], ...]
    classes: Mapping[str, UUID]
    closed_through: date | None
    heads: Heads
    no_decision: str = ""

    def nominal_on(self, on: date) -> int:
        """What a share was worth on that day, by the statutes as they are known here."""
        found = self.nominals[0][1]
        for since, cents in self.nominals:
            if since > on:
                break
            found = cents
        return found


def coop_of(session: Session, figures: Figures, today: date) -> Coop:
    """The cooperative as it stands; raises RuleBroken before the first statutes."""
    versions = sorted(statutes.history(session), key=lambda version: version.in_force_from)
    if not versions:
        sentence = N_("The statutes are not adopted here yet, and shares have no value without them. Adopt them first.")
        raise RuleBroken([Breach("no_statutes", sentence)])
    return Coop(
        figures, today, tuple(College(college.code, college.label) for college in versions[-1].colleges),
        tuple((version.in_force_from, version.share_nominal_cents) for version in versions),
        {ORDINARY: uuid4()} | share_past.classes(session), share_queries.closed_through(session),
        members.heads_on(session, today),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the books know already of those a past names: by number, by e-mail address; who has moved in them."""

    here: Mapping[int, Here]
    owners: Mapping[str, int]
    moved: frozenset[UUID]


@dataclass(slots=True)
class Progress:
    """How far a long reading is, told now and then."""

    tell: Tell
    total: int
    done: int = 0

    def step(self, lines: int = 1) -> None:
        """Some lines more."""
        told, self.done = self.done // EVERY, self.done + lines
        if self.done // EVERY != told:
            self.tell(min(self.done, self.total), self.total)


@dataclass(frozen=True, slots=True)
class Follower:
    """Who hears of each member and each line while a past is followed."""

    member: Callable[[int, NewMember, Life, UUID], None] = lambda _number, _member, _life, _id: None
    line: Callable[[Written], None] = lambda _written: None


@dataclass(slots=True)
class Sheets:
    """The sheets of a past with their files, known by their place."""

    sources: Mapping[str, Source]
    maps: Sequence[SheetMap]

    def of(self, kind: SheetKind) -> Iterator[tuple[int, SheetMap, Source]]:
        """The sheets of one kind."""
        for place, sheet in enumerate(self.maps):
            if sheet.kind is kind and sheet.file in self.sources:
                yield place, sheet, self.sources[sheet.file]

    def lines(self) -> int:
        """About how many lines there are to read."""
        return sum(count_lines(source, sheet.sheet) for kind in SheetKind for _p, sheet, source in self.of(kind))


@dataclass(slots=True)
class Following:
    """A past being followed: the books so far, who is who, what was found."""

    scratch: Scratch
    sheets: Sheets
    coop: Coop
    known: Known
    follower: Follower
    progress: Progress
    notes: bool
    books: Books = field(default_factory=lambda: Books({}))
    told: dict[int, tuple[int, int, int | None, int | None, int | None]] = field(default_factory=dict)
    new: int = 0
    heads: dict[Category, int] = field(default_factory=dict)
    waiting: dict[int, list[Found]] = field(default_factory=dict)

    def note(self, place: int, *found: Found) -> None:
        """Keep what was found, some at a time."""
        if not self.notes:
            return
        mine = self.waiting.setdefault(place, [])
        mine += found
        if len(mine) > AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write down what was found so far."""
        for place, found in self.waiting.items():
            self.scratch.note(place, headings_of(self.sheets.maps[place]), found)
        self.waiting.clear()


KEYS = {kind: [column.key for column in columns] for kind, columns in ALL_COLUMNS.items()}


def batches(rows: Iterator[T]) -> Iterator[list[T]]:
    """Some hundreds at a time."""
    while some := list(islice(rows, AT_ONCE)):
        yield some


def headings_of(sheet: SheetMap) -> dict[str, str]:
    return {key: sheet.heading(key) for key in KEYS[sheet.kind]}
