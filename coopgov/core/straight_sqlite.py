"""The straight way to SQLite: those who wait for their turn to write are written together, in one transaction."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Engine
from sqlalchemy.exc import DBAPIError

from coopgov.core.db import sqlite_may_use_wal, writers_turn
from coopgov.core.driver import refusals
from coopgov.core.straight import Line, Straight

# With its rollback journal SQLite has the disk keep a transaction four times over (the journal, its head, the file, the
# folder; strace, 2026-11), with its write-ahead log once: however many share one, there is a sync for each.
MOST_TOGETHER = 1 if sqlite_may_use_wal() else 4


class _SqliteLine:
    dialect = "sqlite"

    def __init__(self, engine: Dialect, driver: Any) -> None:
        self._engine, self._driver = engine, driver

    def rows(self, statement: Straight, **values: Any) -> list[Any]:
        told = statement.told(self._engine)
        return [told.read(row) for row in self._driver.execute(told.text, told.values(values)).fetchall()]

    @contextmanager
    def together(self) -> Iterator[None]:
        self._driver.execute("SAVEPOINT one")
        try:
            yield
        except BaseException:
            if self.is_open:
                self._driver.execute("ROLLBACK TO one")
            raise
        finally:
            if self.is_open:
                self._driver.execute("RELEASE one")

    @property
    def is_open(self) -> bool:
        """Whether its transaction goes on: a full disk or memory makes SQLite give up all of it."""
        return bool(self._driver.in_transaction)


class _Asked:
    """What somebody asks to have written, and what came of it."""

    def __init__(self, work: Callable[[Line], Any]) -> None:
        self._work, self._context = work, copy_context()
        self._answer: Any = None
        self.error: BaseException | None = None
        self.is_over = False

    def write(self, line: _SqliteLine, engine: Dialect) -> None:
        """Do it as who asked; what is refused undoes nothing of the others'."""
        try:
            with refusals(engine), line.together():
                self._answer = self._context.run(self._work, line)
        except Exception as error:
            # Nobody may be written outside of a transaction, nor told to be kept that was written before.
            if not line.is_open:
                raise
            self.error = error

    def answer(self) -> Any:
        if self.error is not None:
            raise self.error
        return self._answer


# Who waits for her turn, by engine.
_waiting: "WeakKeyDictionary[Engine, deque[_Asked]]" = WeakKeyDictionary()
_first_of_all = Lock()


def write_sharing(engine: Engine, work: Callable[[Line], Any]) -> Any:
    """Do this work when its turn comes, with others'; it is kept when this returns, and not at all when this raises."""
    with _first_of_all:
        waiting = _waiting.setdefault(engine, deque())
    mine = _Asked(work)
    waiting.append(mine)
    with writers_turn("sqlite"):
        while not mine.is_over:
            _write(engine, [waiting.popleft() for _ in range(min(MOST_TOGETHER, len(waiting)))])
    return mine.answer()


def _write(engine: Engine, some: Sequence[_Asked]) -> None:
    try:
        with refusals(engine.dialect), _transaction(engine) as line:
            for one in some:
                one.write(line, engine.dialect)
    except BaseException as error:
        for one in some:
            one.error = _not_kept(error)
        if not isinstance(error, Exception):
            raise
    finally:
        for one in some:
            one.is_over = True


def _not_kept(error: BaseException) -> DBAPIError:
    """Whatever stopped a transaction, nothing of it is kept; each of those in it is told so by an error of her own."""
    told = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return DBAPIError("", None, told, hide_parameters=True)


@contextmanager
def _transaction(engine: Engine) -> Iterator[_SqliteLine]:
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
