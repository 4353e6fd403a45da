"""What the ballots tell the features above."""

from dataclasses import dataclass
from uuid import UUID

from coopgov.ballots.rules import Outcome
from coopgov.core.events import Event


@dataclass(frozen=True, slots=True)
class ScrutinProclaimed(Event):
    """A vote has its result; the subject is known by its hash only."""

    scrutin_id: UUID
    subject_hash: str
    outcome: Outcome
