"""What the statutes tell the features above."""

from dataclasses import dataclass, field
from datetime import date

from coopgov.core.errors import Breach
from coopgov.core.events import Event
from coopgov.statutes.rules import StatutesText


@dataclass(frozen=True, slots=True)
class StatutesWeighed(Event):
    """Other statutes are about to be kept: whoever has something against them adds it to the objections."""

    before: StatutesText
    after: StatutesText
    objections: list[Breach] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StatutesAdopted(Event):
    """A version of the statutes is written: it is in force from that day, by that decision."""

    text: StatutesText
    in_force_from: date
    decision: str
