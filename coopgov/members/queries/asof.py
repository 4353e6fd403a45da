"""The members of a day as they were known at an instant: what the statutory register is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from coopgov.members.models import Membership, MembershipEvent, Party
from coopgov.members.rules import EventKind, Status

# Who stands in the register: those who were admitted, and remain in it once they have left.
REGISTERED = (Status.MEMBER, Status.FORMER)


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of a membership, with whom it happened to."""

    id: int
    member_id: UUID
    number: int
    name: str
    kind: EventKind
    effective_on: date
    recorded_at: datetime
    decision: str
    reverses_id: int | None


def register_select(
    on: date, known_at: datetime | None, *, among: Any = None, statuses: Sequence[Status] = REGISTERED
) -> Any:
    """Who stood in the register that day, and since when (a SELECT, not its rows), or those `among` these ids.

    Gives `member_id`, `number`, `name`, who the person is, `status`, `category`, `college`, `applied_on`, `joined_on`,
    `left_on`, `left_by` and `left_recorded_at`, of those who stood as one of these `statuses`.
    """
    life = _lives(on, known_at, among).subquery()
    left = life.c.status == Status.FORMER
    return (
        select(
            Membership.id.label("member_id"), Membership.number, Membership.name, Party.kind.label("party_kind"),
            Party.birth_date, Party.birth_place, Party.siren, Party.representative, Membership.postal_address,
            life.c.status, life.c.category, life.c.college, life.c.applied_on, life.c.joined_on,
            case((left, life.c.effective_on)).label("left_on"), case((left, life.c.kind)).label("left_by"),
            case((left, life.c.recorded_at)).label("left_recorded_at"),
        )
        .join(life, life.c.member_id == Membership.id)
        .join(Party, Party.id == Membership.party_id)
        # So said that PostgreSQL expects many of them, whatever it knows: one expected is joined to all sums in turn.
        .where(life.c.place < 2, life.c.status.not_in([status for status in Status if status not in statuses]))
    )  # fmt: skip


def _lives(on: date, known_at: datetime | None, among: Any) -> Any:
    """Every event that counts, the latest of each membership with place 1, and the first days of her life."""
    event = aliased(MembershipEvent)
    undone = select(MembershipEvent.reverses_id).where(MembershipEvent.reverses_id.is_not(None))
    found = select(
        event.membership_id.label("member_id"), event.kind, event.status, event.category, event.college,
        event.effective_on, event.recorded_at,
        func.row_number()
        .over(partition_by=event.membership_id, order_by=(event.effective_on.desc(), event.id.desc()))
        .label("place"),
        _last(event, EventKind.APPLIED).label("applied_on"),
        _last(event, EventKind.ADMITTED).label("joined_on"),
    ).where(event.effective_on <= on, event.kind != EventKind.REVERSAL)  # fmt: skip
    if known_at is not None:
        undone = undone.where(MembershipEvent.recorded_at <= known_at)
        found = found.where(event.recorded_at <= known_at)
    found = found.where(event.id.not_in(undone))
    return found if among is None else found.where(event.membership_id.in_(among))


def _last(event: Any, kind: EventKind) -> Any:
    return func.max(case((event.kind == kind, event.effective_on))).over(partition_by=event.membership_id)


def events_recorded(session: Session, on: date, *, after: datetime, until: datetime, limit: int) -> list[EventLine]:
    """The events dated up to that day and written after one instant, up to another, in the order of writing."""
    query = (
        select(
            MembershipEvent.id, MembershipEvent.membership_id, Membership.number, Membership.name,
            MembershipEvent.kind, MembershipEvent.effective_on, MembershipEvent.recorded_at,
            MembershipEvent.decision, MembershipEvent.reverses_id,
        )
        .join(Membership, Membership.id == MembershipEvent.membership_id)
        .where(
            MembershipEvent.effective_on <= on, MembershipEvent.recorded_at > after,
            MembershipEvent.recorded_at <= until,
        )
        .order_by(MembershipEvent.recorded_at, MembershipEvent.id)
        .limit(limit)
    )  # fmt: skip
    return [EventLine(*row) for row in session.execute(query)]


def numbers_and_names(session: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
    """How a register names these members."""
    rows = session.execute(select(Membership.id, Membership.number, Membership.name).where(Membership.id.in_(ids)))
    return {member_id: (number, name) for member_id, number, name in rows}
