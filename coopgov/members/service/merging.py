"""Somebody written down twice: the two numbers are joined, and can be separated again exactly."""

from uuid import UUID

from sqlalchemy import select

from coopgov.core.act import Act
from coopgov.core.errors import NotFound, refuse_if
from coopgov.core.ids import new_id
from coopgov.core.states import step
from coopgov.members import queries
from coopgov.members.events import CandidateRefused
from coopgov.members.models import Membership, MembershipEvent, PartyMerge
from coopgov.members.rules import TRANSITIONS, EventKind, Status, check_reversible, check_said
from coopgov.members.rules.doubles import check_join
from coopgov.members.service.life import take_back
from coopgov.members.service.standing import follow_status
from coopgov.members.service.writing import locked, take_turn, write_event

# Numbers that still count for something; the others are joined without an event.
_COUNTS = (Status.MEMBER, Status.CANDIDATE)


def join_doubles(act: Act, *, member_id: UUID, into_id: UUID, reason: str) -> None:
    """Join a number to another of the same person: it votes no more, and its shares stay where they are booked."""
    take_turn(act.session)
    double, kept = locked(act.session, member_id), locked(act.session, into_id)
    refuse_if([*check_said(reason, field="reason"), *check_join(queries.joined(act.session, double, kept))])
    event_id = _end_double(act, double, kept.number, reason) if double.status in _COUNTS else None
    merge = PartyMerge(
        id=new_id(), party_id=double.party_id, into_party_id=kept.party_id, event_id=event_id, reason=reason[:300],
        merged_at=act.now, merged_by=act.actor.pseudonym,
    )  # fmt: skip
    act.session.add(merge)
    act.session.flush()
    facts = {"number": double.number, "into": kept.number, "into_id": kept.id, "event": event_id, "reason": reason}
    act.record("member.joined_to_other", f"member:{double.id}", facts)


def separate_doubles(act: Act, *, member_id: UUID, reason: str) -> None:
    """Undo the joining of a number to another: it is again what it was."""
    take_turn(act.session)
    row = locked(act.session, member_id)
    merge = act.session.scalar(
        select(PartyMerge).where(PartyMerge.party_id == row.party_id, PartyMerge.undone_at.is_(None)).with_for_update()
    )
    if merge is None:
        raise NotFound
    refuse_if(check_said(reason, field="reason"))
    if merge.event_id is not None:
        refuse_if(check_reversible(queries.events_of(act.session, row.id), merge.event_id))
        take_back(act, row, act.session.get_one(MembershipEvent, merge.event_id), reason)
    merge.undone_at, merge.undone_by, merge.undone_for = act.now, act.actor.pseudonym, reason[:300]
    act.record("member.separated", f"member:{row.id}", {"number": row.number, "reason": reason})


def _end_double(act: Act, row: Membership, into: int, reason: str) -> int:
    before, status = row.status, step(TRANSITIONS, row.status, EventKind.MERGED)
    write_event(
        act, row, EventKind.MERGED, effective_on=act.today, status=status, reason=f"n°\u00a0{into}\u00a0: {reason}"
    )  # fmt: skip
    if before is Status.CANDIDATE:
        act.publish(CandidateRefused(row.id, act.today))
    follow_status(act, row, EventKind.MERGED, before=before, on=act.today, decision=reason)
    return max(event.id for event in queries.events_of(act.session, row.id))
