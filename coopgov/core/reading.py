"""What one page asks twice, the database is asked once."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from coopgov.core.db import WRITES

P = ParamSpec("P")
R = TypeVar("R")
_KEPT = "coopgov_kept"
_WRITTEN = "coopgov_written"


def once(query: Callable[Concatenate[Session, P], R]) -> Callable[Concatenate[Session, P], R]:
    """Keep a query's answers until the reading transaction ends; an act, which writes, always asks afresh.

    The arguments are hashable, and nobody changes the answer.
    """

    @wraps(query)
    def asked(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if is_writing(session):
            return query(session, *args, **kwargs)
        kept: dict[Any, R] = session.info.setdefault(_KEPT, {})
        key = (query, args, *sorted(kwargs.items()))
        if key not in kept:
            kept[key] = query(session, *args, **kwargs)
        return kept[key]

    return asked


def is_writing(session: Session) -> bool:
    """True inside an act."""
    return bool(session.info.get(WRITES))


def note_written(session: Session, what: str) -> None:
    """Remember that this act has written there: what is read of it from now on may never be kept."""
    session.info.setdefault(_WRITTEN, set()).add(what)


def has_written(session: Session, what: str) -> bool:
    """True in an act that has written there."""
    return what in session.info.get(_WRITTEN, ())


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_KEPT, None)
        session.info.pop(_WRITTEN, None)
        session.info.pop(WRITES, None)
