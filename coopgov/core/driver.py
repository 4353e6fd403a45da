"""The driver under a connection, asked straight by one thread at a time; and what it does behind the act's back.

Very much is written by two: while PostgreSQL takes some rows, the next ones are made. Whatever else is asked of the
connection waits for the rows that were given before.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

# Where a connection keeps what goes before whatever else is asked of it.
AHEAD, _BEHIND = "coopgov_ahead", "coopgov_behind"
# So many batches may wait: rows that are made faster than they are taken must not fill the memory.
MOST_WAITING = 14
Work = Callable[[], object]


class GoesFirst(Protocol):
    """What is done before whatever else is asked of a connection."""

    def go_first(self, connection: Connection) -> None:
        """Do it now."""


class _Behind:
    """One thread that does what it is given in order, and whatever went wrong there."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "coopgov-behind")
        self._given: deque[Future[object]] = deque()

    def do(self, work: Work) -> None:
        """Do this after all that was given before."""
        self._wait(MOST_WAITING - 1)
        self._given.append(self._pool.submit(work))

    def go_first(self, _connection: Connection) -> None:
        """Wait until all is done; raises what went wrong first."""
        self._wait(0)

    def end(self) -> None:
        """Give up what has not begun."""
        self._pool.shutdown(cancel_futures=True)

    def _wait(self, most: int) -> None:
        while len(self._given) > most:
            self._given.popleft().result()


@contextmanager
def behind(session: Session) -> Iterator[None]:
    """Let rows written in bulk within be taken by the database while the next ones are made.

    On SQLite the database is in this process, and its driver waits for the other thread before each row: nothing is
    gained there (2026-11, a million movements: slower by a fifth), so that they are written at once.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        yield
        return
    info, made = connection.info, _Behind()
    info[_BEHIND] = made
    try:
        yield
        made.go_first(connection)
    finally:
        made.end()
        del info[_BEHIND]


def do_behind(connection: Connection, work: Work) -> None:
    """Do this behind, or at once where nothing is."""
    found: _Behind | None = connection.info.get(_BEHIND)
    if found is not None:
        found.do(work)
        return
    others_first(connection)
    work()


@event.listens_for(Engine, "before_cursor_execute")
def others_first(connection: Connection, *_statement: Any) -> None:
    """Let what was asked ahead, and what is done behind, be done first."""
    for place in (AHEAD, _BEHIND):
        found: GoesFirst | None = connection.info.get(place)
        if found is not None:
            found.go_first(connection)


def driver_of(connection: Connection) -> Any:
    """The driver's own connection, with nothing behind."""
    found: _Behind | None = connection.info.get(_BEHIND)
    if found is not None:
        found.go_first(connection)
    return raw_driver(connection)


def raw_driver(connection: Connection) -> Any:
    """The driver's own connection, for what is done behind."""
    return connection.connection.driver_connection


def kind_of(column: Any, dialect: Dialect) -> Any:
    """How the dialect binds and reads a column."""
    return column.type.dialect_impl(dialect)


@contextmanager
def refusals(dialect: Dialect) -> Iterator[None]:
    """What the database refuses looks as everywhere else; people's values never stand in it."""
    dbapi: Any = dialect.dbapi
    try:
        yield
    except dbapi.Error as error:
        raise DBAPIError.instance("", None, error, dbapi.Error, hide_parameters=True) from error
