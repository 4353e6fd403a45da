"""What members tell the features above."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from coopgov.core.events import Event
from coopgov.members.rules import Closed, EventKind


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
    """Somebody is no longer a member, from that day on, for what happened: `REVERSAL` when her admission is undone."""

    member_id: UUID
    on: date
    kind: EventKind


@dataclass(frozen=True, slots=True)
class ClosesAsked(Event):
    """Which registers were closed, and when? Whoever closes them adds it: what came after is told as late."""

    closes: list[Closed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MemberBack(Event):
    """A former member is one again: her exit is undone, as if it never was, or she is taken back (*réintégration*)."""

    member_id: UUID
    on: date
    is_undone: bool = False
