"""The stage the demonstration is played on: its time, and who acts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from flask import Flask

from coopgov.core import mail
from coopgov.core.act import Act, Runtime, open_act
from coopgov.core.dates import paris_instant
from coopgov.core.policy import SYSTEM, Actor
from coopgov.jobs import execute_due, note_notices

Tell = Callable[[str], object]
AFTERNOON = time(14)


@dataclass
class Stage:
    """Where a scene is played: the clock says what the scene says, the acts are real ones."""

    app: Flask
    tell: Tell
    now: datetime
    _steps: int = field(default=0)

    @contextmanager
    def act(self, actor: Actor = SYSTEM) -> Iterator[Act]:
        """Open an act of somebody at the scene's instant."""
        with open_act(self._runtime(), actor) as act:
            yield act

    def at(self, day: date, hour: int = 10, minute: int = 0) -> None:
        """Move on to a day and hour in Paris; time never goes back."""
        instant = paris_instant(day, time(hour, minute))
        self.now = max(self.now + timedelta(seconds=1), instant)

    def pass_days(self, days: int) -> None:
        """Let days go by."""
        self.now += timedelta(days=days)

    def pass_minutes(self, minutes: int) -> None:
        """Let minutes go by."""
        self.now += timedelta(minutes=minutes)

    def night(self) -> None:
        """Let the worker pass: mails leave, notices are noted, decisions whose day has come take effect."""
        settings = self.app.extensions["coopgov.config"]
        while mail.deliver(settings, self._runtime()).sent:
            continue
        note_notices()
        execute_due()

    def say(self, sentence: str) -> None:
        """Tell one step of the story, with its day."""
        self._steps += 1
        self.tell(f"{self.now:%d/%m/%Y} · {sentence}")

    def _runtime(self) -> Runtime:
        found = self.app.extensions["coopgov.runtime"]
        assert isinstance(found, Runtime)  # noqa: S101 - narrows Flask's untyped extensions
        return found


@contextmanager
def on_stage(app: Flask, tell: Tell, begin: date) -> Iterator[Stage]:
    """Give the application the scene's clock, and its own back at the end."""
    own = app.extensions["coopgov.runtime"]
    stage = Stage(app, tell, paris_instant(begin, time(9)))
    app.extensions["coopgov.runtime"] = replace(own, clock=lambda: stage.now)
    try:
        yield stage
    finally:
        app.extensions["coopgov.runtime"] = own
