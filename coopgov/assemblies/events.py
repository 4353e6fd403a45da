"""What an assembly tells the features above and, through the wiring, those whose subject was voted."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from coopgov.assemblies.rules import SubjectKind
from coopgov.core.events import Event

# The outcome of a resolution that could not be voted; the others are those of the ballots.
NO_QUORUM: Final = "no_quorum"


@dataclass(frozen=True, slots=True)
class ResolutionProclaimed(Event):
    """A resolution has its outcome: `adopted`, `rejected`, `no_decision`, or `no_quorum`."""

    assembly_id: UUID
    item_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID | None
    subject_hash: str
    outcome: str
    on: date
    decision: str


@dataclass(frozen=True, slots=True)
class AssemblyClosed(Event):
    """An assembly has ended, with or without its quorum: its minutes can be drafted."""

    assembly_id: UUID
