"""Statements on which every ballot of a large vote waits: straight to the driver, without a session around them.

A session, its connection and its transaction cost more than such a statement itself. On PostgreSQL each of them is a
transaction of its own, unless several are kept `together`, and is prepared once; on SQLite all that is asked of a
writing line is one transaction.
"""

from collections import deque, namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any, Final, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import Connection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

from coopgov.core.db import db, writers_turn

Processor = Callable[[Any], Any]
# PostgreSQL counts its instants and days from here.
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_READ: Final[Mapping[type, Processor]] = {
    UUID: lambda told: UUID(bytes=told),
    datetime: lambda told: _EPOCH + timedelta(microseconds=int.from_bytes(told, signed=True)),
    date: lambda told: _EPOCH.date() + timedelta(days=int.from_bytes(told, signed=True)),
    bytes: bytes,
}
_NUMBERED: Final[Dialect] = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


class Straight:
    """A statement that is always the same but for its values (`bindparam`); it answers plain rows, in its order."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self.told = cache(self._tell)

    def _tell(self, dialect: Dialect) -> "_Told":
        made: Any = self._statement.compile(dialect=dialect)
        columns = list(self._statement.selected_columns)
        places = [made.binds[name] for name in made.positiontup or ()]
        return _Told(
            str(made), [(bind.key, bind.value, _kind(bind, dialect).bind_processor(dialect)) for bind in places],
            [int(bind.type.python_type is bytes) for bind in places],
            [(column.type.python_type, _kind(column, dialect).result_processor(dialect, None)) for column in columns],
            namedtuple("Answer", [str(column.key) for column in columns], rename=True),
        )  # fmt: skip


def _kind(column: Any, dialect: Dialect) -> Any:
    return column.type.dialect_impl(dialect)


class _Told:
    """A statement as an engine is told it: its text, its values in the order of their places, how an answer is read."""

    def __init__(
        self,
        text: str,
        places: list[tuple[str, Any, Processor | None]],
        formats: list[int],
        columns: list[tuple[type, Processor | None]],
        answer: Callable[..., Any],
    ) -> None:
        self.text, self.formats, self.columns, self.answer = text, formats, columns, answer
        self._places = places

    def values(self, values: Mapping[str, Any]) -> list[Any]:
        told = ((values.get(name, given), processor) for name, given, processor in self._places)
        return [value if processor is None else processor(value) for value, processor in told]

    def read(self, row: Any) -> Any:
        told = zip(row, self.columns, strict=True)
        return self.answer(*(value if processor is None else processor(value) for value, (_kind, processor) in told))


class Line(Protocol):
    """A connection of the driver, for such statements alone."""

    dialect: str

    def rows(self, statement: Straight, **values: Any) -> list[Any]:
        """Every row of the answer."""

    def together(self) -> AbstractContextManager[None]:
        """Keep all that is written within, or nothing."""


class _SqliteLine:
    dialect = "sqlite"

    def __init__(self, engine: Dialect, driver: Any) -> None:
        self._engine, self._driver = engine, driver

    def rows(self, statement: Straight, **values: Any) -> list[Any]:
        told = statement.told(self._engine)
        return [told.read(row) for row in self._driver.execute(told.text, told.values(values)).fetchall()]

    @contextmanager
    def together(self) -> Iterator[None]:
        yield  # the whole line is one transaction


class _PostgresqlLine:
    """The library under the driver, which costs a third of the driver for a statement that is prepared."""

    dialect = "postgresql"

    def __init__(self, driver: "Connection[Any]") -> None:
        self._driver, self._library = driver, driver.pgconn
        self._names: dict[Straight, bytes] = {}

    def rows(self, statement: Straight, **values: Any) -> list[Any]:
        told = statement.told(_NUMBERED)
        name = self._names.get(statement) or self._prepare(statement, told.text)
        written = [_as_text(value) for value in told.values(values)]
        result = self._library.exec_prepared(name, written, told.formats, Format.BINARY)  # type: ignore[arg-type]  # None is NULL
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result)
        readers = [_READ.get(kind, bytes.decode) for kind, _processor in told.columns]
        rows = ((result.get_value(row, at) for at in range(len(readers))) for row in range(result.ntuples))
        return [told.read([v if v is None else read(v) for v, read in zip(row, readers, strict=True)]) for row in rows]

    def _prepare(self, statement: Straight, text: str) -> bytes:
        name = b"straight_%d" % len(self._names)
        self._do(self._library.prepare(name, text.encode()))
        self._names[statement] = name
        return name

    @contextmanager
    def together(self) -> Iterator[None]:
        self._do(self._library.exec_(b"BEGIN"))
        try:
            yield
        except BaseException:
            self._library.exec_(b"ROLLBACK")
            raise
        self._do(self._library.exec_(b"COMMIT"))

    @staticmethod
    def _do(result: Any) -> None:
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)

    @property
    def is_fit(self) -> bool:
        """Whether it may be used again."""
        return self._library.transaction_status == TransactionStatus.IDLE

    def close(self) -> None:
        self._driver.close()


def _as_text(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return (value.isoformat() if isinstance(value, date) else str(value)).encode()


# The lines that wait for a request, by engine.
_waiting: "WeakKeyDictionary[Engine, deque[_PostgresqlLine]]" = WeakKeyDictionary()
_first_of_all = Lock()


@contextmanager
def writing_line() -> Iterator[Line]:
    """A line for a request that is nothing but such statements; raises what a session raises.

    On SQLite it waits for the writers before it, and what is written on it is kept when it ends well.
    """
    engine = db.engine
    drawn = _sqlite_line if engine.dialect.name == "sqlite" else _postgresql_line
    with writers_turn(engine.dialect.name), _refusals(engine.dialect), drawn(engine) as line:
        yield line


@contextmanager
def _sqlite_line(engine: Engine) -> Iterator[Line]:
    found = engine.raw_connection()
    driver: Any = found.driver_connection
    try:
        driver.execute("PRAGMA query_only=OFF")
        driver.execute("BEGIN IMMEDIATE")
        yield _SqliteLine(engine.dialect, driver)
        driver.execute("COMMIT")
    finally:
        # Whatever was not kept is undone there.
        found.close()


@contextmanager
def _postgresql_line(engine: Engine) -> Iterator[Line]:
    with _first_of_all:
        waiting = _waiting.setdefault(engine, deque())
    try:
        line = waiting.pop()
    except IndexError:
        line = _PostgresqlLine(_new_connection(engine))
    try:
        yield line
    finally:
        if line.is_fit:
            waiting.append(line)
        else:
            line.close()


def _new_connection(engine: Engine) -> Any:
    connection: Any = engine.raw_connection()
    driver = connection.driver_connection
    connection.detach()
    driver.autocommit = True
    # To plan such a statement takes longer than to do it, and the plan is the same for every value.
    driver.execute("SET plan_cache_mode = force_generic_plan")
    return driver


@event.listens_for(Engine, "engine_disposed")
def _close_lines(engine: Engine) -> None:
    for line in _waiting.pop(engine, ()):
        line.close()


@contextmanager
def _refusals(dialect: Dialect) -> Iterator[None]:
    """What the database refuses looks as everywhere else; people's values never stand in it."""
    dbapi: Any = dialect.dbapi
    try:
        yield
    except dbapi.Error as error:
        raise DBAPIError.instance("", None, error, dbapi.Error, hide_parameters=True) from error
