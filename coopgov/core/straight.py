"""Statements on which every ballot of a large vote waits: straight to the driver, without a session around them.

A session, its connection and its transaction cost more than such a statement itself. On PostgreSQL each of them is a
transaction of its own, unless several are kept `together`, and is prepared once; on SQLite all that is asked of a
writing line is one transaction.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Dialect, Engine

from coopgov.core.db import db, writers_turn
from coopgov.core.driver import kind_of, refusals

Processor = Callable[[Any], Any]


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
            str(made), [(bind.key, bind.value, kind_of(bind, dialect).bind_processor(dialect)) for bind in places],
            [int(bind.type.python_type is bytes) for bind in places],
            [(column.type.python_type, kind_of(column, dialect).result_processor(dialect, None)) for column in columns],
            namedtuple("Answer", [str(column.key) for column in columns], rename=True),
        )  # fmt: skip


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


@contextmanager
def writing_line() -> Iterator[Line]:
    """A line for a request that is nothing but such statements; raises what a session raises.

    On SQLite it waits for the writers before it, and what is written on it is kept when it ends well.
    """
    engine = db.engine
    drawn = _sqlite_line if engine.dialect.name == "sqlite" else _of_postgresql()
    with writers_turn(engine.dialect.name), refusals(engine.dialect), drawn(engine) as line:
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


def _of_postgresql() -> Callable[[Engine], AbstractContextManager[Line]]:
    from coopgov.core.straight_postgresql import postgresql_line  # noqa: PLC0415 - the driver is loaded where it is used

    return postgresql_line
