"""What the home page gathers from every feature, the most pressing first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from coopgov.assemblies import queries as assemblies
from coopgov.assemblies.queries import AssemblyRow
from coopgov.core.policy import Actor, Role
from coopgov.core.waiting import Waiting
from coopgov.members import queries as members
from coopgov.minutes import queries as minutes
from coopgov.personal import queries as personal
from coopgov.proposals import queries as proposals
from coopgov.proposals.queries import ProposalRow
from coopgov.proposals.rules import State
from coopgov.shares import queries as shares
from coopgov.terms import queries as terms
from coopgov.treasury import queries as treasury
from coopgov.treasury.banking import queries as banking

COMMISSION = "commission.sales"
LATEST = 3
SOURCES: Sequence[Callable[[Session, Actor, datetime], list[Waiting]]] = (
    assemblies.waiting_for,
    proposals.waiting_for,
    minutes.waiting_for,
    members.waiting_for,
    shares.waiting_for,
    terms.waiting_for,
    treasury.waiting_for,
    treasury.prepared_for,
    banking.waiting_for,
    personal.waiting_for,
)
_NO_HURRY = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Glance:
    """The figures under the list: the commission, the next assembly, one's shares, the open debates."""

    commission: int | None
    commission_since: date | None
    next_assembly: AssemblyRow | None
    shares: int | None
    debates: Sequence[ProposalRow]


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[Waiting]:
    """All that waits for this actor; what has a day of expiry comes first, the nearest first."""
    found = [waiting for source in SOURCES for waiting in source(session, actor, now)]
    return sorted(found, key=lambda waiting: waiting.due or _NO_HURRY)


def glance(session: Session, actor: Actor, today: date) -> Glance:
    """The cooperative at a glance, for this actor."""
    schedule = terms.find_schedule_on(session, today)
    commission = schedule.versions.get(COMMISSION) if schedule else None
    to_come = assemblies.list_assemblies(session, to_come=True).rows
    convened = [row for row in to_come if row.convened_at and row.held_on >= today]
    return Glance(
        commission=commission.value if commission else None,
        commission_since=commission.effective_from if commission else None,
        next_assembly=convened[0] if convened else None,
        shares=_shares(session, actor, today),
        debates=proposals.list_proposals(session, state=State.DEBATING, limit=LATEST).rows[:LATEST],
    )


def _shares(session: Session, actor: Actor, today: date) -> int | None:
    if actor.account_id is None or not actor.has(Role.MEMBER):
        return None
    member = members.find_by_account(session, actor.account_id)
    return shares.shares_held(session, member_id=member.id, on=today) if member else None
