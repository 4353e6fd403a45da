"""Very many rows at once, without the unit of work, in the fastest way of each engine."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Connection, Date, DateTime, Index, Table, TypeDecorator
from sqlalchemy.orm import Session

from coopgov.core.driver import do_behind, kind_of, raw_driver, refusals

# More rows than this are written in bulk.
FEW = 12
# So many rows make a plan for a small table a slow one.
MANY = 500
_DAYS = 4096
# What SQLite may map and keep (below zero: KiB) while a whole past is written.
_BOUNDS = {"mmap_size": 0, "cache_size": -48 * 1024}
# And while an index is made: as much again goes to the sorting of it.
_INDEX_BOUNDS = {"cache_size": -8 * 1024}


def bulk_insert(session: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of one table; none is nothing. Inside `behind`, a refusal is raised by what is asked later."""
    if not rows:
        return
    connection, table = session.connection(), model.__table__
    if len(rows) <= FEW or not _tells_all(table, rows[0]):
        session.execute(table.insert(), rows if len(rows) > 1 else rows[0])
        return
    columns = [table.columns[name] for name in rows[0]]
    write = _copy if connection.dialect.name == "postgresql" else _insert
    do_behind(connection, partial(write, connection, table.name, columns, list(_bound_rows(connection, columns, rows))))


def _tells_all(table: Table, row: Mapping[str, Any]) -> bool:
    # What a row leaves out, only the layers above the driver know how to give.
    return all(column.default is None or column.name in row for column in table.columns)


def _copy(connection: Connection, table: str, columns: Sequence[Any], rows: Sequence[tuple[Any, ...]]) -> None:
    into = f"COPY {table} ({_names(columns)}) FROM STDIN"
    with refusals(connection.dialect), raw_driver(connection).cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)


def _insert(connection: Connection, table: str, columns: Sequence[Any], rows: Sequence[tuple[Any, ...]]) -> None:
    statement = f"INSERT INTO {table} ({_names(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our names
    with refusals(connection.dialect):
        raw_driver(connection).executemany(statement, rows)


def _names(columns: Sequence[Any]) -> str:
    return ", ".join(column.name for column in columns)


def _bound_rows(
    connection: Connection, columns: Sequence[Any], rows: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    """The values of each row as the driver takes them; rows tell the same columns in the same order."""
    processors = [kind_of(column, connection.dialect).bind_processor(connection.dialect) for column in columns]
    # The same few days and instants come again and again.
    told = [
        (at, lru_cache(_DAYS)(processor) if _is_day(columns[at]) else processor)
        for at, processor in enumerate(processors)
        if processor is not None
    ]
    for row in rows:
        values = list(row.values())
        for at, processor in told:
            values[at] = processor(values[at])
        yield tuple(values)


def _is_day(column: Any) -> bool:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, Date | DateTime)


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
