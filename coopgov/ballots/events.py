"""What the ballots tell the features above."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.ballots.rules import Outcome
from coopgov.core.events import Event


@dataclass(frozen=True, slots=True)
class ScrutinProclaimed(Event):
    """A vote has its result; the subject is known by its hash only."""

    scrutin_id: UUID
    subject_hash: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ScrutinAnnulled(Event):
    """A judge annulled a proclaimed vote: what it decided has no effect any more."""

    scrutin_id: UUID
    subject_hash: str
    on: date
    document: str
