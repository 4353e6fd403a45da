"""What the terms tell the features above."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.events import Event


@dataclass(frozen=True, slots=True)
class FeeChanged(Event):
    """A voted change of fees is in force from that day."""

    change_id: UUID
    effective_on: date
