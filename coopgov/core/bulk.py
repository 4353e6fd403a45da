"""Very many rows at once, without the unit of work, in the fastest way of each engine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import NoneType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, DateTime, Dialect, Index, Integer, LargeBinary, Table, TypeDecorator
from sqlalchemy.orm import Session

from coopgov.core.driver import kind_of, others_first, raw_driver, refusals

# More rows than this are written in bulk.
FEW = 12
# So many rows make a plan for a small table a slow one.
MANY = 500
_DAYS = 4096
_PLAIN = frozenset({str, int, float, bool, bytes, NoneType})
# What SQLite may map and keep (below zero: KiB) while a whole past is written.
_BOUNDS = {"mmap_size": 0, "cache_size": -48 * 1024}
# And while an index is made: as much again goes to the sorting of it.
_INDEX_BOUNDS = {"cache_size": -8 * 1024}


class Bound(NamedTuple):
    """Rows of one table as the driver takes them: plain values, that one process may make for another."""

    table: str
    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def bulk_insert(session: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of one table; none is nothing. Raises DBAPIError, without their values."""
    if not rows:
        return
    connection, table = session.connection(), model.__table__
    if len(rows) <= FEW or not _tells_all(table, rows[0]):
        session.execute(table.insert(), rows if len(rows) > 1 else rows[0])
        return
    insert_bound(session, bind(connection.dialect, model, rows))


def _tells_all(table: Table, row: Mapping[str, Any]) -> bool:
    # What a row leaves out, only the layers above the driver know how to give.
    return all(column.default is None or column.name in row for column in table.columns)


def bind(dialect: Dialect, model: Any, rows: Sequence[Mapping[str, Any]]) -> Bound:
    """The values of each row as the driver takes them; rows, one at least, tell the same columns in the same order."""
    columns = [model.__table__.columns[name] for name in rows[0]]
    processors = [_told(column, dialect) for column in columns]
    told = [(at, processor) for at, processor in enumerate(processors) if processor is not None]
    return Bound(model.__tablename__, tuple(column.name for column in columns), list(_bound_rows(rows, told)))


def _bound_rows(
    rows: Sequence[Mapping[str, Any]], told: Sequence[tuple[int, Callable[[Any], Any]]]
) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        values = list(row.values())
        for at, processor in told:
            values[at] = processor(values[at])
        yield tuple(values)


def _told(column: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """How a value of a column becomes plain; None where it is."""
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, LargeBinary | Integer):
        return None
    processor = kind_of(column, dialect).bind_processor(dialect)
    if processor is None:
        return lru_cache(_DAYS)(_as_text) if isinstance(kind, Date) else _as_text
    # The same few days and instants come again and again.
    return lru_cache(_DAYS)(_plainly(processor)) if isinstance(kind, Date | DateTime) else _plainly(processor)


def _plainly(processor: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: _as_text(processor(value))


def _as_text(value: Any) -> Any:
    # Both drivers take the text of a day, an instant or an id for the thing itself.
    return value if type(value) in _PLAIN else str(value)


def insert_bound(session: Session, bound: Bound) -> None:
    """Write such rows in the fastest way of the engine; raises DBAPIError, without their values."""
    connection = session.connection()
    others_first(connection)
    write = _copy if connection.dialect.name == "postgresql" else _insert
    with refusals(connection.dialect):
        write(raw_driver(connection), bound)


def _copy(driver: Any, bound: Bound) -> None:
    with driver.cursor() as cursor, cursor.copy(f"COPY {bound.table} ({', '.join(bound.names)}) FROM STDIN") as copy:
        for row in bound.rows:
            copy.write_row(row)


def _insert(driver: Any, bound: Bound) -> None:
    marks = ", ".join("?" * len(bound.names))
    driver.executemany(f"INSERT INTO {bound.table} ({', '.join(bound.names)}) VALUES ({marks})", bound.rows)  # noqa: S608 - our names


@contextmanager
def bounded(session: Session, *later: Index) -> Iterator[None]:
    """Let SQLite keep some of its file in memory of its own while very much is written, rather than map all of it.

    Indexes that nobody needs meanwhile are made at the end: a row finds its place in each at random, page by page.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in _BOUNDS}
    _set_bounds(connection, _BOUNDS)
    try:
        for index in later:
            index.drop(connection)
        yield
        _set_bounds(connection, _INDEX_BOUNDS)
        for index in later:
            index.create(connection)
    finally:
        _set_bounds(connection, usual)


def _set_bounds(connection: Connection, bounds: Mapping[str, Any]) -> None:
    for name, value in bounds.items():
        connection.exec_driver_sql(f"PRAGMA {name}={value}")


def look_again(session: Session, *models: Any, rows: int = MANY) -> None:
    """Let PostgreSQL see how large these tables have become, once many `rows` were written.

    It looks by itself minutes later; until then it reads and joins them as small as it last knew them, row by row.
    """
    connection = session.connection()
    if rows >= MANY and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {', '.join(model.__tablename__ for model in models)}")
