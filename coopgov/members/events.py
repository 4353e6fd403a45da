"""What members tell the features above."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.events import Event


@dataclass(frozen=True, slots=True)
class MemberAdmitted(Event):
    """Somebody has become a member, from that day on."""

    member_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class CandidateRefused(Event):
    """Somebody was told no: what she did under condition of admission falls."""

    member_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class MemberLeft(Event):
    """Somebody is no longer a member, from that day on."""

    member_id: UUID
    on: date
