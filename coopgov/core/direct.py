"""Statements that are sent straight to PostgreSQL's driver: those of commands done hundreds of times a second.

The layers above the driver cost ten times what the driver does for a statement that is always the same. On SQLite, and
for a question that is asked once, they are gone through as everywhere else.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.orm import Session
from sqlalchemy.sql.visitors import iterate

from coopgov.core.bulk import FEW, bulk_insert
from coopgov.core.db import WAIT, hold_key, is_held, one_at_a_time
from coopgov.core.driver import AHEAD, kind_of, raw_driver, refusals

Processor = Callable[[Any], Any]
Statement = tuple[str, Sequence[Any] | Mapping[str, Any]]


class Question:
    """A question that is always the same but for its values (`bindparam`); the answers are plain rows, in its order."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._told = cache(self._tell)

    def rows(self, session: Session, **values: Any) -> Sequence[Any]:
        """Every row of the answer."""
        if session.autoflush:
            session.flush()
        ahead: _Ahead | None = session.info.get(AHEAD)
        known = ahead.answers.get(_key(self, values)) if ahead is not None else None
        if known is not None:
            return known
        connection = session.connection()
        if connection.dialect.name != "postgresql":
            return connection.execute(self.statement, values).all()
        told = self._told(connection.dialect)
        if ahead is not None and ahead.waiting:
            [found] = _send(connection, [*ahead.taken(), (told.text, told.bound(values))])[-1:]
        else:
            with refusals(connection.dialect):
                found = raw_driver(connection).execute(told.text, told.bound(values))
        return [told.read(row) for row in found.fetchall()]

    def first(self, session: Session, **values: Any) -> Any:
        """The first row, or None."""
        return next(iter(self.rows(session, **values)), None)

    def told(self, dialect: Dialect) -> "_Told":
        """The question as the driver is asked it."""
        return self._told(dialect)

    @cached_property
    def tables(self) -> frozenset[Any]:
        """The tables it reads."""
        return frozenset(part for part in iterate(self.statement) if isinstance(part, Table))

    def _tell(self, dialect: Dialect) -> "_Told":
        compiled: Any = self.statement.compile(dialect=dialect)
        columns = list(self.statement.selected_columns)
        reads = {at: kind_of(column, dialect).result_processor(dialect, None) for at, column in enumerate(columns)}
        return _Told(
            str(compiled), dict(compiled.params),
            _present({name: kind_of(bind, dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}),
            namedtuple("Answer", [str(column.key) for column in columns], rename=True),
            tuple((at, read) for at, read in reads.items() if read is not None),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    text: str
    given: Mapping[str, Any]
    binds: Mapping[str, Processor]
    answer: Callable[..., Any]
    reads: tuple[tuple[int, Processor], ...]

    def bound(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return _bound({**self.given, **values}, self.binds)

    def read(self, row: tuple[Any, ...]) -> Any:
        found = list(row)
        for at, processor in self.reads:
            found[at] = processor(found[at])
        return self.answer(*found)


def insert_together(session: Session, *batches: tuple[Any, Sequence[Mapping[str, Any]]]) -> None:
    """Write rows of several tables, in this order; PostgreSQL is sent a few of them without waiting for each answer."""
    connection = session.connection()
    if connection.dialect.name != "postgresql" or sum(len(rows) for _model, rows in batches) > FEW:
        for model, rows in batches:
            bulk_insert(session, model, rows)
        return
    made = [_inserted(connection.dialect, model.__table__, rows) for model, rows in batches if rows]
    ahead: _Ahead | None = session.info.get(AHEAD)
    if ahead is None:
        _send(connection, made)
        return
    ahead.forget({model.__table__ for model, rows in batches if rows})
    ahead.waiting.extend(made)
    if not ahead.may_wait:
        ahead.send(connection)


def _inserted(dialect: Dialect, table: Table, rows: Sequence[Mapping[str, Any]]) -> Statement:
    names, processors = _columns(dialect, table)
    text = _insertion(table, len(rows))
    return text, [
        process(row[name]) if process is not None else row[name]
        for row in rows
        for name, process in zip(names, processors, strict=True)
    ]


@cache
def _columns(dialect: Dialect, table: Table) -> tuple[list[str], list[Processor | None]]:
    columns = list(table.columns)
    return [column.name for column in columns], [kind_of(column, dialect).bind_processor(dialect) for column in columns]


@cache
def _insertion(table: Table, rows: int) -> str:
    names = [column.name for column in table.columns]
    row = f"({', '.join(['%s'] * len(names))})"
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - our names


def _send(connection: Connection, statements: Sequence[Statement]) -> list[Any]:
    """Send all of it in one message; gives the cursors, in order."""
    driver = raw_driver(connection)
    with refusals(connection.dialect), driver.pipeline():
        return [driver.execute(text, values) for text, values in statements]


@dataclass(slots=True)
class _Ahead:
    """What was asked before it is needed, and what is written but not sent yet."""

    answers: dict[Any, list[Any]] = field(default_factory=dict)
    reads: dict[Any, frozenset[Any]] = field(default_factory=dict)
    waiting: list[Statement] = field(default_factory=list)
    may_wait: bool = False

    def keep(self, question: Question, values: Mapping[str, Any], rows: list[Any]) -> None:
        """Keep an answer for whoever asks."""
        self.answers[_key(question, values)] = rows
        self.reads[_key(question, values)] = question.tables

    def forget(self, tables: set[Any]) -> None:
        """What was read of a table that is written is old."""
        for key in [key for key, read in self.reads.items() if read & tables]:
            self.answers.pop(key, None)

    def taken(self) -> list[Statement]:
        """What waits, once."""
        waiting, self.waiting = self.waiting, []
        return waiting

    def go_first(self, connection: Connection) -> None:
        """Whatever goes another way finds all that waits written, and may write what was asked ahead."""
        self.answers.clear()
        self.send(connection)

    def send(self, connection: Connection) -> None:
        """Send what waits."""
        if self.waiting:
            _send(connection, self.taken())


Asked = tuple[Question, Mapping[str, Any]]


@contextmanager
def ahead(session: Session) -> Iterator[None]:
    """Let questions be asked ahead (`ask_ahead`), within; on SQLite nothing is."""
    connection = session.connection()
    if connection.dialect.name != "postgresql" or AHEAD in session.info:
        yield
        return
    places, made = (session.info, connection.info), _Ahead()
    for place in places:
        place[AHEAD] = made
    try:
        yield
    finally:
        for place in places:
            del place[AHEAD]


@contextmanager
def sent_together(session: Session) -> Iterator[None]:
    """Let the rows that are written within go to PostgreSQL in one message, at the end or before the next question."""
    found: _Ahead | None = session.info.get(AHEAD)
    if found is None or found.may_wait:
        yield
        return
    found.may_wait = True
    try:
        yield
        found.send(session.connection())
    finally:
        found.may_wait = False
        found.waiting.clear()


def ask_ahead(session: Session, *asked: Asked, keys: tuple[int, ...] = ()) -> None:
    """Ask PostgreSQL all this in one message, after waiting for these keys; each answer is there when it is asked for.

    Each question is answered as of its own instant: what is asked behind the keys is as nobody else can change it. An
    answer is forgotten once a table that it was read of is written, or anything at all is done another way.
    """
    found: _Ahead | None = session.info.get(AHEAD)
    if found is None:
        for key in keys:
            one_at_a_time(session, key)
        return
    session.flush()
    connection = session.connection()
    new = [key for key in keys if not is_held(session, key)]
    first: list[Statement] = [*found.taken(), *((WAIT, (key,)) for key in new)]
    told = [question.told(connection.dialect) for question, _values in asked]
    asking = [(one.text, one.bound(values)) for one, (_, values) in zip(told, asked, strict=True)]
    cursors = _send(connection, [*first, *asking])[len(first) :]
    for key in new:
        hold_key(session, key)
    for one, cursor, (question, values) in zip(told, cursors, asked, strict=True):
        found.keep(question, values, [one.read(row) for row in cursor.fetchall()])


def _key(question: Question, values: Mapping[str, Any]) -> Any:
    return question, *sorted(values.items())


def _present(processors: Mapping[str, Processor | None]) -> Mapping[str, Processor]:
    return {name: processor for name, processor in processors.items() if processor is not None}


def _bound(values: Mapping[str, Any], processors: Mapping[str, Processor]) -> dict[str, Any]:
    return {name: processors[name](value) if name in processors else value for name, value in values.items()}
