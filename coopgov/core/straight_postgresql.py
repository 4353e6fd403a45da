"""The straight way to PostgreSQL: the library under the driver, which costs a third of it for a prepared statement."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any, Final, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import Connection, Error
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from sqlalchemy import Engine, event

from coopgov.core.driver import refused
from coopgov.core.message_postgresql import NUMBERED
from coopgov.core.straight import Line, Straight, Told

Processor = Callable[[Any], Any]
# PostgreSQL counts its instants and days from here.
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_READ: Final[Mapping[type, Processor]] = {
    int: lambda told: int.from_bytes(told, signed=True),
    UUID: lambda told: UUID(bytes=told),
    datetime: lambda told: _EPOCH + timedelta(microseconds=int.from_bytes(told, signed=True)),
    date: lambda told: _EPOCH.date() + timedelta(days=int.from_bytes(told, signed=True)),
    bytes: bytes,
}
# In its own form both ways: a text would be made here and taken apart there.
_WRITTEN: Final[Mapping[type, Callable[[Any], bytes]]] = {
    UUID: lambda value: value.bytes,
    datetime: lambda value: ((value - _EPOCH) // _MICROSECOND).to_bytes(8, signed=True),
    date: lambda value: (value - _EPOCH.date()).days.to_bytes(4, signed=True),
    bytes: bytes,
    str: str.encode,
}


class _Prepared(NamedTuple):
    """A statement as a connection knows it: how each value is written and in which form, how each column is read."""

    name: bytes
    values: list[tuple[str, Any, Processor]]
    formats: list[Format]
    readers: list[Processor]


class PostgresqlLine:
    """A connection on which each statement is a transaction of its own."""

    dialect = "postgresql"

    def __init__(self, driver: "Connection[Any]") -> None:
        self._driver, self._library = driver, driver.pgconn
        self._known: dict[Straight, _Prepared] = {}

    def rows(self, statement: Straight, **values: Any) -> list[Any]:
        told = statement.told(NUMBERED)
        known = self._known.get(statement) or self._prepare(statement, told)
        written = [write(values.get(name, given)) for name, given, write in known.values]
        result = self._library.exec_prepared(known.name, written, known.formats, Format.BINARY)
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result)
        return [
            told.answer(*[read(result.get_value(row, at)) for at, read in enumerate(known.readers)])
            for row in range(result.ntuples)
        ]

    def _prepare(self, statement: Straight, told: Told) -> _Prepared:
        name = b"straight_%d" % len(self._known)
        self._do(self._library.prepare(name, told.text.encode()))
        self._known[statement] = _Prepared(
            name, [(key, given, _writer(kind, processor)) for key, given, kind, processor in told.places],
            [Format.BINARY if kind in _WRITTEN else Format.TEXT for _key, _given, kind, _processor in told.places],
            [_reader(kind, processor) for kind, processor in told.columns],
        )  # fmt: skip
        return self._known[statement]

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


def _writer(kind: type, processor: Processor | None) -> Processor:
    write = _WRITTEN.get(kind, _as_text)
    if processor is None:
        return lambda value: None if value is None else write(value)
    return lambda value: None if value is None else write(processor(value))


def _reader(kind: type, processor: Processor | None) -> Processor:
    read = _READ.get(kind, bytes.decode)

    def read_value(value: bytes | None) -> Any:
        told = value if value is None else read(value)
        return told if processor is None else processor(told)

    return read_value


def _as_text(value: Any) -> bytes:
    return str(value).encode()


# The lines that wait for a request, by engine.
_waiting: "WeakKeyDictionary[Engine, deque[PostgresqlLine]]" = WeakKeyDictionary()
_first_of_all = Lock()


def write_alone(engine: Engine, work: Callable[[Line], Any]) -> Any:
    """Do this work on a line that waited for a request, or on a new one."""
    waiting = _waiting.get(engine)
    if waiting is None:
        with _first_of_all:
            waiting = _waiting.setdefault(engine, deque())
    try:
        return _write_on(_line(engine, waiting), waiting, work)
    except Error as error:
        raise refused(error, Error) from error


def _line(engine: Engine, waiting: "deque[PostgresqlLine]") -> PostgresqlLine:
    try:
        return waiting.pop()
    except IndexError:
        return PostgresqlLine(_new_connection(engine))


def _write_on(line: PostgresqlLine, waiting: "deque[PostgresqlLine]", work: Callable[[Line], Any]) -> Any:
    try:
        return work(line)
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
