"""One Act, one transaction, one commit."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.dates import paris_day
from coopgov.core.db import Base, db, for_writing, writers_turn
from coopgov.core.direct import ahead, keep_together
from coopgov.core.events import Event, Handlers
from coopgov.core.figures import Figures
from coopgov.core.policy import Actor

log = logging.getLogger("coopgov.act")
# A second act in the same thread would undo what the first has not kept yet, or wait for it for ever.
_is_open: ContextVar[bool] = ContextVar("coopgov.act", default=False)


@dataclass(frozen=True)
class Runtime:
    """What the edges hand to every Act: the handlers, the rule book's maker, the clock."""

    handlers: Handlers
    rulebook_for: Callable[[Session], Figures]
    clock: Callable[[], datetime]


@dataclass
class Act:
    """The one transaction of a request or job: who acts, when, under which rules (*acte*)."""

    session: Session
    actor: Actor
    now: datetime
    runtime: Runtime
    _lines: list[journal.Note] = field(default_factory=list)
    _marks: dict[str, list[str]] = field(default_factory=dict)
    _after_commit: list[Callable[[], None]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The legal day (Europe/Paris) of this act."""
        return paris_day(self.now)

    @cached_property
    def rulebook(self) -> Figures:
        """The law and the statutes, asked by day."""
        return self.runtime.rulebook_for(self.session)

    def record(self, kind: str, about: str, payload: Mapping[str, Any] | None = None) -> None:
        """Note one line for the journal, written at the commit: one line per command.

        `about` is `kind-of-thing:id`; the payload may hold personal data, it stays outside the chain.
        """
        self._lines.append(journal.Note(kind=kind, about=about, payload=dict(payload or {})))

    def keep(self, *rows: Base) -> None:
        """Write rows that are never rewritten, now, and leave their marks in this act's line of the journal."""
        self.session.add_all(rows)
        self.session.flush()
        for row in rows:
            self.mark(str(row.__table__), [journal.row_facts(row)])

    def mark(self, store: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Leave the marks of rows written otherwise, all their columns told but a number the database gives."""
        self._marks.setdefault(store, []).extend(map(journal.mark, rows))

    def take_over(self, marks: Mapping[str, Iterable[str]]) -> None:
        """Leave in this act's line the marks that erased lines held."""
        for store, some in marks.items():
            self._marks.setdefault(store, []).extend(some)

    def publish(self, event: Event) -> None:
        """Tell the features above, now, inside this transaction."""
        for handler in self.runtime.handlers.get(type(event), ()):
            handler(self, event)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Do a part that may be refused by itself: a refusal undoes that part, and the rest of the act stays."""
        lines, actions = len(self._lines), len(self._after_commit)
        marks = {store: list(kept) for store, kept in self._marks.items()}
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            del self._lines[lines:]
            del self._after_commit[actions:]
            self._marks = marks
            raise

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do this once the facts are safe (rendering a PDF); its failure undoes nothing."""
        self._after_commit.append(action)

    def notes(self) -> list[journal.Note]:
        """The lines of this act; the last one, that of the command itself, bears the marks of what was written."""
        if not self._marks:
            return self._lines
        *before, last = self._lines or [journal.Note("act.marked", "act", {})]
        return [*before, replace(last, payload={**last.payload, journal.MARKS: self._marks})]


@contextmanager
def open_act(runtime: Runtime, actor: Actor, session: Session | None = None) -> Iterator[Act]:
    """Open the one transaction; keep it only if nothing was refused. The only commit of coopgov.

    Raises RuntimeError inside another act: an act is passed on, never opened twice. Another `session` than that of the
    site is one of a database that is thrown away: a rehearsal.
    """
    session = db.session() if session is None else session
    with _alone(session), writers_turn(session.get_bind().dialect.name):
        try:
            for_writing(session)
            act = Act(session=session, actor=actor, now=runtime.clock(), runtime=runtime)
            with ahead(session):
                yield act
                journal.write(session, act.actor, act.now, act.notes())
                keep_together(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise
    _follow_up(session, act._after_commit)  # noqa: SLF001 - the act's own other half


@contextmanager
def _alone(session: Session) -> Iterator[None]:
    if _is_open.get():
        raise RuntimeError("an act is already open here: pass it on instead of opening another")
    # Whoever queues must not go on reading: on SQLite the writer could not commit, and both would wait.
    session.rollback()
    token = _is_open.set(True)
    try:
        yield
    finally:
        _is_open.reset(token)


def _follow_up(session: Session, actions: list[Callable[[], None]]) -> None:
    for action in actions:
        try:
            action()
        except Exception as error:
            # The facts are kept: to answer that the command failed would be a lie.
            log.error("after the commit: %s", type(error).__name__)  # noqa: TRY400 - values may be personal
            session.rollback()
