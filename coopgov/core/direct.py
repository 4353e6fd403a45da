"""Statements that are sent straight to PostgreSQL's driver: those of commands done hundreds of times a second.

The layers above the driver cost ten times what the driver does for a statement that is always the same. On SQLite, and
for a question that is asked once, they are gone through as everywhere else; there an answer comes whole, as one row.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Integer, LargeBinary, Table, func, literal_column, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.visitors import iterate

from coopgov.core.bulk import FEW, bulk_insert
from coopgov.core.db import WAIT, hold_key, is_held, one_at_a_time
from coopgov.core.driver import AHEAD, kind_of, refusals

Processor = Callable[[Any], Any]
Statement = tuple[str, Sequence[Any]]
# Told of a limit as it stands, PostgreSQL plans once; one that is a parameter it takes for a tenth of the table.
FIRST: Final = literal_column("1", Integer())
_ONE_PLAN: Statement = ("SET LOCAL plan_cache_mode = force_generic_plan", ())
_SAVE: Statement = ("SAVEPOINT kept_if_new", ())
_GO_BACK: Statement = ("ROLLBACK TO SAVEPOINT kept_if_new", ())
_ANY_PLAN: Statement = ("SET LOCAL plan_cache_mode TO DEFAULT", ())
# A model, and rows of its table.
Batch = tuple[Any, Sequence[Mapping[str, Any]]]
Telling = Callable[[], AbstractContextManager[None]]


class Question:
    """A question that is always the same but for its values (`bindparam`); the answers are plain rows, in its order.

    For one of `one_plan`, any values are found the same way: PostgreSQL need not think it over for each.
    """

    def __init__(self, statement: Any, *, one_plan: bool = False) -> None:
        self.statement, self.one_plan = statement, one_plan
        self._told = cache(self._tell)

    def rows(self, session: Session, **values: Any) -> Sequence[Any]:
        """Every row of the answer."""
        if session.autoflush:
            session.flush()
        ahead = _ahead_in(session)
        known = ahead.answers.get(_key(self, values)) if ahead is not None else None
        if known is not None:
            return known
        connection = _connection_of(session, ahead)
        if connection.dialect.name != "postgresql":
            return self._packed.rows(connection, values)
        told = self.told()
        asking = told.text, told.bound(values)
        [result] = _send(connection, [asking]) if ahead is None else ahead.send(asking)
        return told.rows(connection, result)

    def first(self, session: Session, **values: Any) -> Any:
        """The first row, or None."""
        return next(iter(self.rows(session, **values)), None)

    def told(self) -> "_Told":
        """The question as PostgreSQL is asked it."""
        return self._told(_messages().NUMBERED)

    @cached_property
    def tables(self) -> frozenset[Any]:
        """The tables it reads."""
        return frozenset(part for part in iterate(self.statement) if isinstance(part, Table))

    @cached_property
    def _packed(self) -> "_Packed":
        return _Packed(self.statement)

    def _tell(self, dialect: Dialect) -> "_Told":
        compiled: Any = self.statement.compile(dialect=dialect)
        columns = list(self.statement.selected_columns)
        reads = {at: kind_of(column, dialect).result_processor(dialect, None) for at, column in enumerate(columns)}
        places = [compiled.binds[name] for name in compiled.positiontup]
        return _Told(
            str(compiled),
            [(bind.key, bind.value, kind_of(bind, dialect).bind_processor(dialect)) for bind in places],
            _answer_of(columns),
            tuple((at, read) for at, read in reads.items() if read is not None),
        )


class _Packed:
    """A question as SQLite is asked it: all its rows come as one, as JSON.

    Python's driver lets the other threads go on before each row, and waits for its turn after it: a page of fifty rows
    took a third longer while others were made (2026-11). Bytes are not JSON: rows that hold any come one by one.
    """

    def __init__(self, statement: Any) -> None:
        self._one_by_one, columns = statement, list(statement.selected_columns)
        self._answer = _answer_of(columns)
        self._types = [column.type for column in columns]
        part = statement.subquery()
        self._at_once = None
        if not any(isinstance(kind, LargeBinary) for kind in self._types):
            self._at_once = select(func.json_group_array(func.json_array(*part.c))).select_from(part)
        self._reads = cache(self._readers)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """Every row of the answer."""
        if self._at_once is None:
            return connection.execute(self._one_by_one, values).all()
        reads, make = self._reads(connection.dialect), self._answer
        return [make(*_read(row, reads)) for row in json.loads(connection.execute(self._at_once, values).scalar_one())]

    def _readers(self, dialect: Dialect) -> Sequence[tuple[int, Processor]]:
        reads = enumerate(kind.dialect_impl(dialect).result_processor(dialect, None) for kind in self._types)
        return [(at, read) for at, read in reads if read is not None]


def _answer_of(columns: Sequence[Any]) -> Callable[..., Any]:
    return namedtuple("Answer", [str(column.key) for column in columns], rename=True)


def _read(row: Sequence[Any], reads: Iterable[tuple[int, Processor]]) -> list[Any]:
    found = list(row)
    for at, processor in reads:
        found[at] = processor(found[at])
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    text: str
    places: Sequence[tuple[str, Any, Processor | None]]
    answer: Callable[..., Any]
    reads: tuple[tuple[int, Processor], ...]

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        told = ((values.get(name, given), processor) for name, given, processor in self.places)
        return [value if processor is None else processor(value) for value, processor in told]

    def rows(self, connection: Connection, result: Any) -> list[Any]:
        return [self.answer(*_read(row, self.reads)) for row in _messages().read_rows(connection, result)]


def insert_together(session: Session, *batches: Batch) -> None:
    """Write rows of several tables, in this order; PostgreSQL is sent a few of them without waiting for each answer."""
    ahead = _ahead_in(session)
    connection = _connection_of(session, ahead)
    if connection.dialect.name != "postgresql" or sum(len(rows) for _model, rows in batches) > FEW:
        for model, rows in batches:
            bulk_insert(session, model, rows)
        return
    made = _insertions(connection.dialect, batches)
    if ahead is None:
        _send(connection, made)
        return
    ahead.forget({model.__table__ for model, rows in batches if rows})
    ahead.waiting.extend(made)
    if not ahead.may_wait:
        ahead.send()


def _insertions(dialect: Dialect, batches: Sequence[Batch]) -> list[Statement]:
    return [_inserted(dialect, model.__table__, rows) for model, rows in batches if rows]


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
    marks = [f"${number}" for number in range(1, len(names) * rows + 1)]
    told = [f"({', '.join(marks[at : at + len(names)])})" for at in range(0, len(marks), len(names))]
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {', '.join(told)}"  # noqa: S608 - our names


def _send(connection: Connection, statements: Sequence[Statement]) -> list[Any]:
    """Send all of it in one message; gives what is answered to each, in order."""
    with refusals(connection.dialect):
        results: list[Any] = _messages().send_together(connection, statements)
        return results


@cache
def _messages() -> Any:
    from coopgov.core import message_postgresql  # noqa: PLC0415 - the driver is loaded where it is used

    return message_postgresql


@dataclass(slots=True)
class _Ahead:
    """What was asked before it is needed, and what is written but not sent yet."""

    connection: Connection
    answers: dict[Any, list[Any]] = field(default_factory=dict)
    reads: dict[Any, frozenset[Any]] = field(default_factory=dict)
    waiting: list[Statement] = field(default_factory=list)
    # How a refusal of what waits is told.
    telling: Telling = nullcontext
    may_wait: bool = False

    def keep(self, question: Question, values: Mapping[str, Any], rows: list[Any]) -> None:
        """Keep an answer for whoever asks."""
        self.answers[_key(question, values)] = rows
        self.reads[_key(question, values)] = question.tables

    def forget(self, tables: set[Any]) -> None:
        """What was read of a table that is written is old."""
        for key in [key for key, read in self.reads.items() if read & tables]:
            self.answers.pop(key, None)

    def go_first(self, _connection: Connection) -> None:
        """Whatever goes another way finds all that waits written, and may write what was asked ahead."""
        self.answers.clear()
        self.send()

    def send(self, *more: Statement) -> list[Any]:
        """Send what waits, and this after it; gives the answers to this."""
        waiting, telling, self.waiting = self.waiting, self.telling, []
        if not self.may_wait:
            self.telling = nullcontext
        if not waiting and not more:
            return []
        with telling():
            return _send(self.connection, [*waiting, *more])[len(waiting) :]


Asked = tuple[Question, Mapping[str, Any]]


@contextmanager
def ahead(session: Session) -> Iterator[None]:
    """Let questions be asked ahead (`ask_ahead`), within; on SQLite nothing is."""
    connection = session.connection()
    if connection.dialect.name != "postgresql" or AHEAD in session.info:
        yield
        return
    places, made = (session.info, connection.info), _Ahead(connection)
    for place in places:
        place[AHEAD] = made
    try:
        yield
    finally:
        for place in places:
            del place[AHEAD]


@contextmanager
def sent_together(session: Session, telling: Telling = nullcontext) -> Iterator[None]:
    """Let the rows that are written within go to PostgreSQL with the next message of the act, or with its commit.

    Whenever they go, `telling` tells what is refused of them. Those of a savepoint go before it ends.
    """
    found = _ahead_in(session)
    if found is None or found.may_wait:
        with telling():
            yield
        return
    found.send()
    found.may_wait, found.telling = True, telling
    try:
        yield
        if session.in_nested_transaction():
            found.send()
    except BaseException:
        found.waiting.clear()
        raise
    finally:
        found.may_wait = False


def keep_together(session: Session) -> None:
    """Send PostgreSQL what waits and the commit of the act in one message; the session's own then finds it done."""
    found = _ahead_in(session)
    if found is None:
        return
    # Nothing of the act may come after its commit.
    session.flush()
    if found.waiting:
        found.send(_messages().COMMIT)


def keep_if_new(session: Session, key: int, *batches: Batch) -> bool:
    """After waiting for the key, write these rows and keep the act, all in one message with what waits.

    False where a row of the same number or hash is there already: none of them is written, and nothing is kept yet.
    """
    found, tables = session.info[AHEAD], {model.__tablename__ for model, _rows in batches}
    made = _insertions(found.connection.dialect, batches)
    try:
        found.send((WAIT, (key,)), _SAVE, *made, _messages().COMMIT)
    except IntegrityError as error:
        if not isinstance(error.orig, _messages().UniqueViolation) or error.orig.diag.table_name not in tables:
            raise
        found.send(_GO_BACK)
        return False
    return True


def known_ahead(session: Session, question: Question, **values: Any) -> list[Any] | None:
    """What was answered to a question asked ahead, as it was then; None where nothing is known, or in a savepoint."""
    found = _ahead_in(session)
    return None if found is None or session.in_nested_transaction() else found.answers.get(_key(question, values))


def ask_ahead(session: Session, *asked: Asked, keys: tuple[int, ...] = ()) -> None:
    """Ask PostgreSQL all this in one message, after waiting for these keys; each answer is there when it is asked for.

    Each question is answered as of its own instant: what is asked behind the keys is as nobody else can change it. An
    answer is forgotten once a table that it was read of is written, or anything at all is done another way.
    """
    found = _ahead_in(session)
    if found is None:
        for key in keys:
            one_at_a_time(session, key)
        return
    session.flush()
    _connection_of(session, found)
    new = [key for key in keys if not is_held(session, key)]
    told = [question.told() for question, _values in asked]
    asking: list[Statement] = [(one.text, one.bound(v)) for one, (_, v) in zip(told, asked, strict=True)]
    before: list[Statement] = [(WAIT, (key,)) for key in new]
    if any(question.one_plan for question, _values in asked):
        before, asking = [*before, _ONE_PLAN], [*asking, _ANY_PLAN]
    results = found.send(*before, *asking)[len(before) :]
    for key in new:
        hold_key(session, key)
    for one, result, (question, values) in zip(told, results, asked):  # noqa: B905 - the last may answer nothing
        found.keep(question, values, one.rows(found.connection, result))


def _ahead_in(session: Session) -> _Ahead | None:
    found: _Ahead | None = session.info.get(AHEAD)
    # Whoever ends the transaction within an act goes on as anybody else.
    return None if found is None or found.connection.closed else found


def _connection_of(session: Session, ahead: _Ahead | None) -> Connection:
    # To ask the session costs as much as a statement, but only it begins a savepoint.
    return session.connection() if ahead is None or session.in_nested_transaction() else ahead.connection


def _key(question: Question, values: Mapping[str, Any]) -> Any:
    return (question, *sorted(values.items())) if values else question
