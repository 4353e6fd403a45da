"""Who has not voted yet, as far as the level lets it be known, and which reminders are planned and told."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.assemblies.models import Assembly, Proxy, ReminderPlan, ReminderSent
from coopgov.assemblies.queries.meetings import AssemblyRow, get_assembly
from coopgov.assemblies.queries.suspending import scrutins_of
from coopgov.assemblies.rules import ProxyState, State
from coopgov.assemblies.rules.reminding import DEFAULT_HOURS, due
from coopgov.ballots import queries as ballots


def reminder_hours(session: Session, assembly_id: UUID) -> tuple[int, ...]:
    """How many hours before the end the reminders leave: as the board chose, or by default."""
    chosen = session.scalars(
        select(ReminderPlan.hours)
        .where(ReminderPlan.assembly_id == assembly_id)
        .order_by(ReminderPlan.at.desc(), ReminderPlan.id.desc())
    ).first()
    return DEFAULT_HOURS if chosen is None else tuple(json.loads(chosen))


def reminders_sent(session: Session, assembly_id: UUID) -> dict[int, datetime]:
    """The moments whose reminders are written, in hours before the end, and when."""
    rows = session.execute(
        select(ReminderSent.hours, ReminderSent.at).where(ReminderSent.assembly_id == assembly_id)
    )  # fmt: skip
    return {hours: at for hours, at in rows}  # noqa: C416 - dict() loses the row's types


def remote_votes_open(session: Session, now: datetime) -> Sequence[UUID]:
    """The assemblies whose members may vote from home at that instant."""
    return session.scalars(
        select(Assembly.id)
        .where(Assembly.state == State.CONVENED, Assembly.remote_vote, Assembly.remote_closes_at > now)
        .order_by(Assembly.remote_closes_at, Assembly.id)
    ).all()


def left_to_vote(session: Session, assembly: AssemblyRow) -> dict[UUID, int]:
    """Who could still bring ballots, and how many: the holder where a proxy was given, else the voter herself.

    It looks at who voted, never at what: the level of every vote of coopgov lets that be known while it is open.
    """
    assert assembly.roll_id is not None  # noqa: S101 - it is convened
    scrutins = [one.id for one in scrutins_of(session, assembly.id)]
    voted = ballots.votes_cast(session, scrutins)
    holders = _holders(session, assembly.id)
    left: defaultdict[UUID, int] = defaultdict(int)
    for voter in ballots.roll_voters(session, assembly.roll_id):
        missing = len(scrutins) - voted.get(voter.id, 0)
        if missing > 0:
            left[holders.get(voter.id, voter.id)] += missing
    return dict(left)


def _holders(session: Session, assembly_id: UUID) -> dict[UUID, UUID]:
    rows = session.execute(
        select(Proxy.grantor_id, Proxy.holder_id).where(
            Proxy.assembly_id == assembly_id, Proxy.state == ProxyState.ACTIVE
        )
    )
    return {grantor: holder for grantor, holder in rows}  # noqa: C416 - dict() loses the row's types


def is_suspended(session: Session, assembly_id: UUID) -> bool:
    """Whether a vote of it takes no ballot now: nobody is reminded of what she cannot do."""
    return any(one.suspended is not None for one in scrutins_of(session, assembly_id))


def moments_due(session: Session, row: AssemblyRow, now: datetime) -> list[int]:
    """The reminders of an assembly that are due and not told, in hours before the end."""
    if row.state is not State.CONVENED or row.remote_closes_at is None or row.convened_at is None:
        return []
    hours, sent = reminder_hours(session, row.id), reminders_sent(session, row.id)
    found = due(hours, sent, opens_at=row.convened_at, closes_at=row.remote_closes_at, now=now)
    return [] if found and is_suspended(session, row.id) else found


def reminders_due(session: Session, now: datetime) -> bool:
    """Whether any reminder is due: the worker looks before it takes the place of a writer."""
    return any(moments_due(session, get_assembly(session, one), now) for one in remote_votes_open(session, now))
