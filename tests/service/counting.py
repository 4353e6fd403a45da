"""How many statements the database is sent: a page of a large cooperative must not ask more often."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from coopgov.core.db import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements sent in this block, without those that only begin or set up a transaction."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def count_statements(call: Callable[[], object]) -> int:
    """How many statements a call takes, made a second time: the first one warms what a process keeps."""
    call()
    with statements() as sent:
        call()
    return len(sent)
