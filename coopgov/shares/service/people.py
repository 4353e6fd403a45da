"""Who stands where on a day, as the rules of the share book need it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.ids import new_id
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.members.rules import EventFact, EventKind, Status, standing_of
from coopgov.shares import rules
from coopgov.shares.chain import chunks
from coopgov.shares.rules import Holder, Lot, Standing, Subscriber
from coopgov.shares.service.looking import Seeing

MOST_REFUSALS = 20


def people_of(act: Act, ids: set[UUID]) -> Mapping[UUID, MemberRow]:
    found: dict[UUID, MemberRow] = {}
    for some in chunks(sorted(ids)):
        found |= members.get_members(act.session, some)
    return found


def subscriber_of(member: MemberRow, on: date) -> Subscriber:
    if member.status is Status.CANDIDATE:
        return Subscriber(member.name, Standing.CANDIDATE)
    if member.status is not Status.MEMBER or member.joined_on is None:
        return Subscriber(member.name, Standing.OUTSIDE)
    standing = Standing.ADMITTED if member.joined_on <= on else Standing.LATER
    return Subscriber(member.name, standing, member.joined_on)


def issue_legs(member_id: UUID, class_id: UUID, since: date, quantity: int, unit: int) -> tuple[rules.Leg, rules.Leg]:
    return rules.issue_legs(member_id, Lot(new_id(), class_id, since, unit), quantity, unit)


def holder_on(act: Seeing, member_id: UUID, on: date) -> Holder:
    """What a holder is on a day: a member, a former one, one who died; raises NotFound."""
    name, events = members.get_member(act.session, member_id).name, members.events_of(act.session, member_id)
    standing = standing_of(events, on=on)
    status = standing.status if standing is not None else None
    undone = {event.reverses_id for event in events if event.reverses_id is not None}
    dead = any(e.kind is EventKind.DECEASED and e.effective_on <= on and e.id not in undone for e in events)
    frozen = dead and member_id in members.frozen_members(act.session, [member_id])
    has_left = status is Status.FORMER and not _goes_on(act, member_id, events, on)
    return Holder(member_id, name, status is Status.MEMBER, has_left, is_dead=dead, is_frozen=frozen)


def _goes_on(act: Seeing, member_id: UUID, events: Sequence[EventFact], on: date) -> bool:
    """Whether a number that ended because it was a double is of somebody who is a member under another one."""
    if not any(event.kind is EventKind.MERGED for event in events):
        return False
    others = [one for one in members.numbers_of_person(act.session, member_id) if one != member_id]
    found = [standing_of(members.events_of(act.session, one), on=on) for one in others]
    return any(standing is not None and standing.status is Status.MEMBER for standing in found)
