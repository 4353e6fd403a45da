"""Statements on which every ballot of a large vote waits: straight to the driver, without a session around them.

A session, its connection and its transaction cost more than such a statement itself. On PostgreSQL each of them is a
transaction of its own, unless several are kept `together`, and is prepared once; on SQLite those who wait share one.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Dialect

from coopgov.core.db import db
from coopgov.core.driver import kind_of

Processor = Callable[[Any], Any]
Answer = TypeVar("Answer")


class Straight:
    """A statement that is always the same but for its values (`bindparam`); it answers plain rows, in its order."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self.told = cache(self._tell)

    def _tell(self, dialect: Dialect) -> "Told":
        made: Any = self._statement.compile(dialect=dialect)
        columns = list(self._statement.selected_columns)
        places = [made.binds[name] for name in made.positiontup or ()]
        return Told(
            str(made),
            [
                (bind.key, bind.value, bind.type.python_type, kind_of(bind, dialect).bind_processor(dialect))
                for bind in places
            ],
            [(column.type.python_type, kind_of(column, dialect).result_processor(dialect, None)) for column in columns],
            namedtuple("Answer", [str(column.key) for column in columns], rename=True),
        )  # fmt: skip


class Told:
    """A statement as an engine is told it: its text, its values in the order of their places, how an answer is read."""

    def __init__(
        self,
        text: str,
        places: list[tuple[str, Any, type, Processor | None]],
        columns: list[tuple[type, Processor | None]],
        answer: Callable[..., Any],
    ) -> None:
        self.text, self.places, self.columns, self.answer = text, places, columns, answer

    def values(self, values: Mapping[str, Any]) -> list[Any]:
        return [
            values.get(name, given) if processor is None else processor(values.get(name, given))
            for name, given, _kind, processor in self.places
        ]

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


def write_straight(work: Callable[[Line], Answer]) -> Answer:
    """Do what is nothing but such statements; it is kept when this returns. Raises what a session raises.

    On SQLite it waits for the writers before it, may be done in a transaction with others' (each is undone alone), and
    in the thread of one of them, as who asked.
    """
    engine = db.engine
    if engine.dialect.name == "sqlite":
        from coopgov.core.straight_sqlite import write_sharing  # noqa: PLC0415 - it is made of what stands here

        return cast("Answer", write_sharing(engine, work))
    from coopgov.core.straight_postgresql import write_alone  # noqa: PLC0415 - the driver is loaded where it is used

    return cast("Answer", write_alone(engine, work))
