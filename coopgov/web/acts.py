"""An Act for the person who is asking."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from flask import current_app
from sqlalchemy.orm import Session

from coopgov.core.act import Act, Runtime, open_act
from coopgov.core.dates import paris_day
from coopgov.core.db import db
from coopgov.core.events import Event
from coopgov.core.figures import Figures
from coopgov.core.policy import SYSTEM
from coopgov.web.guard import current_actor


def runtime() -> Runtime:
    """The handlers, rule book and clock this application was made with."""
    found = current_app.extensions["coopgov.runtime"]
    assert isinstance(found, Runtime)  # noqa: S101 - narrows Flask's untyped extensions
    return found


@contextmanager
def begin_act() -> Iterator[Act]:
    """Open the one transaction of this request, as the person signed in."""
    with open_act(runtime(), current_actor()) as act:
        yield act


@contextmanager
def begin_system_act() -> Iterator[Act]:
    """Open the one transaction of a job or command, as the system."""
    with open_act(runtime(), SYSTEM) as act:
        yield act


def ask(event: Event) -> None:
    """Let the features above say what they know of something that is only looked at: nothing can be written."""
    Act(session=reading(), actor=current_actor(), now=now(), runtime=runtime()).publish(event)


def reading() -> Session:
    """The session for reads: its transaction cannot write."""
    return db.session()


def stop_reading() -> None:
    """Let go of what this request has read, if it has: on SQLite whoever writes waits for readers."""
    # To make a session only to end it takes as long as a ballot's own statement.
    if db.session.registry.has():
        db.session.rollback()


def now() -> datetime:
    """The instant of this request, for pages that only read."""
    return runtime().clock()


def today() -> date:
    """The legal day (Europe/Paris) of this request."""
    return paris_day(now())


def rulebook() -> Figures:
    """The law and the statutes, for pages that only read."""
    return runtime().rulebook_for(reading())
