"""A clock that the visitor moves forward."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, g, has_app_context, has_request_context
from sqlalchemy import select

from coopgov.core import clock
from coopgov.core.db import db
from coopgov.demo.models import DemoClock


def demo_clock(app: Flask) -> Callable[[], datetime]:
    """The real clock with the demonstration's offset, the same for the web and the worker."""

    def now() -> datetime:
        if has_app_context():
            return clock.now() + _offset_here()
        with app.app_context():
            return clock.now() + _offset()

    return now


def forget_offset() -> None:
    """Ask the table again: it has just been changed."""
    g.pop("demo_offset", None)


def _offset_here() -> timedelta:
    if not has_request_context():
        return _offset()
    if "demo_offset" not in g:
        g.demo_offset = _offset()
    found = g.demo_offset
    assert isinstance(found, timedelta)  # noqa: S101 - narrows Flask's untyped g
    return found


def _offset() -> timedelta:
    # The session at hand, so that an act that holds SQLite's write lock reads through its own connection.
    seconds = db.session().scalar(select(DemoClock.offset_seconds).where(DemoClock.id == 1))
    return timedelta(seconds=seconds or 0)
