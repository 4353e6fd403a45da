"""Statements that are sent straight to PostgreSQL's driver: those of commands done hundreds of times a second.

The layers above the driver cost ten times what the driver does for a statement that is always the same. On SQLite, and
for a question that is asked once, they are gone through as everywhere else.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

# More rows than this go to PostgreSQL table by table.
FEW = 12
# What SQLite may map and keep (below zero: KiB) while a whole past is written.
_BOUNDS = {"mmap_size": 0, "cache_size": -64 * 1024}
Processor = Callable[[Any], Any]


class Question:
    """A question that is always the same but for its values (`bindparam`); the answers are plain rows, in its order."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._told = cache(self._tell)

    def rows(self, session: Session, **values: Any) -> Sequence[Any]:
        """Every row of the answer."""
        connection = session.connection()
        if connection.dialect.name != "postgresql":
            return session.execute(self.statement, values).all()
        if session.autoflush:
            session.flush()
        told = self._told(connection.dialect)
        with _refusals(connection):
            found = _driver(connection).execute(told.text, _bound({**told.given, **values}, told.binds)).fetchall()
        return [told.read(row) for row in found]

    def first(self, session: Session, **values: Any) -> Any:
        """The first row, or None."""
        return next(iter(self.rows(session, **values)), None)

    def _tell(self, dialect: Dialect) -> "_Told":
        compiled: Any = self.statement.compile(dialect=dialect)
        columns = list(self.statement.selected_columns)
        reads = {at: _kind(column, dialect).result_processor(dialect, None) for at, column in enumerate(columns)}
        return _Told(
            str(compiled), dict(compiled.params),
            _present({name: _kind(bind, dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}),
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

    def read(self, row: tuple[Any, ...]) -> Any:
        found = list(row)
        for at, processor in self.reads:
            found[at] = processor(found[at])
        return self.answer(*found)


def bulk_insert(session: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of one table without the unit of work, in the fastest way of each engine; none is nothing."""
    if not rows:
        return
    connection, table = session.connection(), model.__table__
    if connection.dialect.name == "postgresql" and len(rows) > FEW and _tells_all(table, rows[0]):
        _copy(connection, table, rows)
    elif connection.dialect.name == "sqlite" and len(rows) > FEW and _tells_all(table, rows[0]):
        _insert_all(connection, table, rows)
    else:
        session.execute(table.insert(), rows if len(rows) > 1 else rows[0])


def _tells_all(table: Table, row: Mapping[str, Any]) -> bool:
    # What a row leaves out, only the layers above the driver know how to give.
    return all(column.default is None or column.name in row for column in table.columns)


def _insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = [table.columns[name] for name in rows[0]]
    marks, names = ", ".join("?" * len(columns)), ", ".join(column.name for column in columns)
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - our names
    connection.exec_driver_sql(statement, list(_bound_rows(connection, columns, rows)))


def _bound_rows(
    connection: Connection, columns: Sequence[Any], rows: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    """The values of each row as the driver takes them; rows tell the same columns in the same order."""
    processors = [_kind(column, connection.dialect).bind_processor(connection.dialect) for column in columns]
    told = [(at, processor) for at, processor in enumerate(processors) if processor is not None]
    for row in rows:
        values = list(row.values())
        for at, processor in told:
            values[at] = processor(values[at])
        yield tuple(values)


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = [table.columns[name] for name in rows[0]]
    into = f"COPY {table.name} ({', '.join(column.name for column in columns)}) FROM STDIN"
    with _refusals(connection), _driver(connection).cursor() as cursor, cursor.copy(into) as copy:
        for row in _bound_rows(connection, columns, rows):
            copy.write_row(row)


@contextmanager
def bounded(session: Session) -> Iterator[None]:
    """Let SQLite keep some of its file in memory of its own while very much is written, rather than map all of it."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in _BOUNDS}
    _set_bounds(connection, _BOUNDS)
    try:
        yield
    finally:
        _set_bounds(connection, usual)


def _set_bounds(connection: Connection, bounds: Mapping[str, Any]) -> None:
    for name, value in bounds.items():
        connection.exec_driver_sql(f"PRAGMA {name}={value}")


def look_again(session: Session, *models: Any) -> None:
    """Let PostgreSQL see how large these tables have become: its triggers read a table as small as it last knew it."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {', '.join(model.__tablename__ for model in models)}")


def insert_together(session: Session, *batches: tuple[Any, Sequence[Mapping[str, Any]]]) -> None:
    """Write rows of several tables, in this order; PostgreSQL is sent a few of them without waiting for each answer."""
    connection = session.connection()
    if connection.dialect.name != "postgresql" or sum(len(rows) for _model, rows in batches) > FEW:
        for model, rows in batches:
            bulk_insert(session, model, rows)
        return
    with _refusals(connection), _driver(connection).pipeline(), _driver(connection).cursor() as cursor:
        for model, rows in batches:
            text, processors = _insertion(connection.dialect, model.__table__)
            for row in rows:
                cursor.execute(text, _bound(row, processors))


@cache
def _insertion(dialect: Dialect, table: Table) -> tuple[str, Mapping[str, Processor]]:
    names = [column.name for column in table.columns]
    values = ", ".join(f"%({name})s" for name in names)
    found = {column.name: _kind(column, dialect).bind_processor(dialect) for column in table.columns}
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})", _present(found)  # noqa: S608 - our names


def _present(processors: Mapping[str, Processor | None]) -> Mapping[str, Processor]:
    return {name: processor for name, processor in processors.items() if processor is not None}


def _bound(values: Mapping[str, Any], processors: Mapping[str, Processor]) -> dict[str, Any]:
    return {name: processors[name](value) if name in processors else value for name, value in values.items()}


def _kind(column: Any, dialect: Dialect) -> Any:
    return column.type.dialect_impl(dialect)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


@contextmanager
def _refusals(connection: Connection) -> Iterator[None]:
    """What the database refuses looks as everywhere else; people's values never stand in it."""
    dbapi: Any = connection.dialect.dbapi
    try:
        yield
    except dbapi.Error as error:
        raise DBAPIError.instance("", None, error, dbapi.Error, hide_parameters=True) from error
