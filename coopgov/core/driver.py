"""The driver under a connection, asked straight; whatever was asked ahead of it goes first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.exc import DBAPIError

# Where a connection keeps what goes before whatever else is asked of it.
AHEAD = "coopgov_ahead"


class GoesFirst(Protocol):
    """What is done before whatever else is asked of a connection."""

    def go_first(self, connection: Connection) -> None:
        """Do it now."""


@event.listens_for(Engine, "before_cursor_execute")
def others_first(connection: Connection, *_statement: Any) -> None:
    """Let what was asked ahead be done first."""
    found: GoesFirst | None = connection.info.get(AHEAD)
    if found is not None:
        found.go_first(connection)


def raw_driver(connection: Connection) -> Any:
    """The driver's own connection."""
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
        raise refused(error, dbapi.Error) from error


def refused(error: Exception, kind: type[Exception]) -> Any:
    """The same of one refusal, of the driver's own kind of errors."""
    return DBAPIError.instance("", None, error, kind, hide_parameters=True)
