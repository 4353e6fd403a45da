"""What the minutes tell the features above."""

from dataclasses import dataclass
from uuid import UUID

from coopgov.core.events import Event


@dataclass(frozen=True, slots=True)
class MinutesIssued(Event):
    """The minutes of an assembly are final and stand in their register."""

    minutes_id: UUID
    assembly_id: UUID
    document_id: UUID
