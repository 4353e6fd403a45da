"""The sandbox: a file of its own beside the books, that holds what was read and what would come of it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from coopgov.core.errors import Breach
from coopgov.core.i18n import Word
from coopgov.core.money import Cents, Euros
from coopgov.past.rules.found import Found, Weight

CHUNK = 5000
_TABLES = """
CREATE TABLE member (number INTEGER, sheet INTEGER, line INTEGER, cells TEXT, left_on INTEGER,
    held INTEGER, paid INTEGER, repayable INTEGER);
CREATE TABLE shaken (number INTEGER);
CREATE TABLE event (member INTEGER, day INTEGER, sheet INTEGER, line INTEGER, kind TEXT, decision TEXT,
    decided_by TEXT, reason TEXT, category TEXT, college TEXT, status TEXT, number TEXT, reverses TEXT);
CREATE TABLE movement (day INTEGER, sheet INTEGER, line INTEGER, shares TEXT, money TEXT, member INTEGER,
    quantity INTEGER, unit INTEGER, amount INTEGER, part INTEGER, other INTEGER, reference TEXT, decision TEXT,
    cause TEXT, share_class TEXT, acquired INTEGER, number TEXT, reverses TEXT, beside TEXT, lots TEXT, accounts TEXT);
CREATE TABLE balance (sheet INTEGER, line INTEGER, account TEXT, label TEXT, amount INTEGER);
CREATE TABLE found (sheet INTEGER, line INTEGER, heading TEXT, code TEXT, sentence TEXT, told TEXT, weight TEXT);
CREATE TABLE step (member INTEGER, day INTEGER, sheet INTEGER, line INTEGER, kind TEXT, quantity INTEGER,
    paid INTEGER, shares_after INTEGER, paid_after INTEGER, due_after INTEGER, repayable_after INTEGER);
CREATE TABLE account (number INTEGER PRIMARY KEY, name TEXT, status TEXT, shares INTEGER, value INTEGER,
    uncalled INTEGER, called INTEGER, paid INTEGER, repayable INTEGER, suspense INTEGER,
    held_told INTEGER, paid_told INTEGER, repayable_told INTEGER, differs INTEGER);
CREATE TABLE year (year INTEGER PRIMARY KEY, capital INTEGER, paid INTEGER, shares INTEGER, movements INTEGER);
CREATE TABLE fact (name TEXT PRIMARY KEY, told TEXT);
"""
_EVENT_INDEX = "CREATE INDEX event_order ON event (member, day, sheet, line)"
_INDEXES = """
CREATE INDEX member_number ON member (number);
CREATE INDEX movement_order ON movement (day, sheet, line);
"""
_LAST_INDEXES = """
CREATE INDEX step_order ON step (member, day, sheet, line);
CREATE INDEX found_order ON found (weight, code, sheet, line);
"""


# So much of a sandbox is kept in memory, in KiB.
_WRITTEN, _READ = 20_000, 2_000
# A past has a few thousand days, and a million lines that name one: each day is one object.
day_of = cache(date.fromordinal)


class Scratch:
    """One sandbox, open."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db, self.path = connection, path

    def add(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows of a table, some thousands at a time."""
        rest = iter(rows)
        while some := list(islice(rest, CHUNK)):
            marks = ", ".join("?" * len(some[0]))
            self._db.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", some)  # noqa: S608 - our own names

    def rows(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, one at a time."""
        return iter(self._db.execute(query, values))

    def one(self, query: str, values: Sequence[Any] = ()) -> Any:
        """The first value of a query, or None."""
        row = self._db.execute(query, values).fetchone()
        return row[0] if row else None

    def index_events(self) -> None:
        """Put the events in order, before the members ask for their first."""
        self._db.execute(_EVENT_INDEX)

    def index_lines(self) -> None:
        """Put what was read in order."""
        self._run(_INDEXES)

    def index_results(self) -> None:
        """Put what would come of it in order."""
        self._run(_LAST_INDEXES)

    def _run(self, script: str) -> None:
        # One by one: `executescript` would end the transaction.
        for statement in script.strip().split(";\n"):
            self._db.execute(statement)

    def note(self, sheet: int, headings: Mapping[str, str], found: Iterable[Found]) -> None:
        """Keep what was found in a sheet, under the headings a person reads."""
        self.add(
            "found",
            (
                (
                    sheet, each.line, headings.get(each.key, each.key), each.breach.code, each.breach.sentence,
                    _told(each.breach), each.weight.value,
                )
                for each in found
            ),
        )  # fmt: skip

    def forget(self) -> None:
        """Keep nothing of it in memory."""
        self._db.execute("PRAGMA shrink_memory")

    @contextmanager
    def let_go(self) -> Iterator[None]:
        """Let another connection write in it meanwhile."""
        self._db.execute("COMMIT")
        yield
        self._db.execute("BEGIN")

    def keep(self, name: str, fact: Any) -> None:
        """Keep one fact of the whole."""
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, json.dumps(fact)))

    def fact(self, name: str) -> Any:
        """One fact of the whole, or None."""
        told = self.one("SELECT told FROM fact WHERE name = ?", (name,))
        return json.loads(told) if told is not None else None


@contextmanager
def making(path: Path) -> Iterator[Scratch]:
    """A new sandbox in that place; an older one is thrown away, and a broken one never stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    connection = _connect(part)
    try:
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        yield Scratch(connection, part)
        connection.execute("COMMIT")
    finally:
        connection.close()
    part.replace(path)


@contextmanager
def opened_again(scratch: Scratch, *, only_read: bool = False) -> Iterator[Scratch]:
    """The same sandbox by a connection of its own, for another process; what is read once and in order is not kept."""
    connection = _connect(scratch.path, kept=_READ if only_read else _WRITTEN)
    try:
        connection.execute("BEGIN")
        yield Scratch(connection, scratch.path)
        connection.execute("COMMIT")
    finally:
        connection.close()


@contextmanager
def opened(path: Path) -> Iterator[Scratch]:
    """A sandbox that was made before."""
    connection = _connect(path)
    try:
        yield Scratch(connection, path)
    finally:
        connection.close()


def _connect(path: Path, kept: int = _WRITTEN) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    # Whatever is lost here is read again from the files.
    for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{kept}", "temp_store=FILE"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def breach_of(code: str, sentence: str, told: str) -> Breach:
    """What was found, as it was found."""
    return Breach(code, sentence, {name: _back(*value) for name, value in json.loads(told).items()})


def weight_of(word: str) -> Weight:
    """How much it weighs."""
    return Weight(word)


def _told(breach: Breach) -> str:
    return json.dumps({name: _forth(value) for name, value in breach.values.items()})


def _forth(value: object) -> tuple[str, Any]:
    match value:
        case Euros(cents):
            return "euros", cents
        case date():
            return "day", value.isoformat()
        case Fraction():
            return "part", str(value)
        case Word():
            return "word", str(value)
        case bool() | int():
            return "number", value
        case _:
            return "text", str(value)


def _back(kind: str, value: Any) -> object:
    match kind:
        case "euros":
            return Euros(Cents(value))
        case "day":
            return date.fromisoformat(value)
        case "part":
            return Fraction(value)
        case "word":
            return Word(value)
        case _:
            return value
