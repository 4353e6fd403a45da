"""Who looks at the book and when: an act that writes, or a page that only reads."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from coopgov.core.figures import Figures
from coopgov.core.policy import Actor


class Seeing(Protocol):
    """What the rules are asked with: the session, who asks, on which day, under which rule book."""

    @property
    def session(self) -> Session: ...

    @property
    def actor(self) -> Actor: ...

    @property
    def today(self) -> date: ...

    @property
    def rulebook(self) -> Figures: ...


@dataclass(frozen=True, slots=True)
class Look:
    """A page that only reads."""

    session: Session
    actor: Actor
    today: date
    rulebook: Figures
