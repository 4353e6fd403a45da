"""Proxies given and held, and whom a member may vote for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from coopgov.assemblies.models import Proxy
from coopgov.assemblies.queries.meetings import AssemblyRow, agenda
from coopgov.assemblies.rules import ProxyState
from coopgov.ballots import queries as ballots
from coopgov.core.reading import once


@dataclass(frozen=True, slots=True)
class ProxyRow:
    """A proxy as pages see it."""

    id: UUID
    assembly_id: UUID
    grantor_id: UUID
    grantor_name: str
    holder_id: UUID
    holder_name: str
    on_paper: bool
    state: ProxyState
    given_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class VoteFor:
    """Somebody for whom a member brings a ballot: herself, or who gave her a proxy."""

    voter_id: UUID
    name: str
    is_self: bool
    voted: frozenset[UUID]
    """The scrutins in which this ballot is cast already, whoever cast it."""


def active_proxy_of(session: Session, assembly_id: UUID, grantor_id: UUID) -> ProxyRow | None:
    """The proxy a member has given and that is in force, or None."""
    return next((one for one in _proxies_about(session, assembly_id, grantor_id) if one.grantor_id == grantor_id), None)


def proxies_of(session: Session, assembly_id: UUID, holder_id: UUID) -> list[ProxyRow]:
    """The proxies in force that a member holds, by name of their givers."""
    held = [one for one in _proxies_about(session, assembly_id, holder_id) if one.holder_id == holder_id]
    return sorted(held, key=lambda proxy: (proxy.grantor_name, proxy.id))


@once
def _proxies_about(session: Session, assembly_id: UUID, member_id: UUID) -> list[ProxyRow]:
    """Those she gave and those she holds: a page that asks for the one asks for the others."""
    hers = or_(Proxy.grantor_id == member_id, Proxy.holder_id == member_id)
    return [_proxy(row) for row in session.scalars(_active(assembly_id).where(hers))]


def list_proxies(session: Session, assembly_id: UUID, *, limit: int = 1000) -> list[ProxyRow]:
    """The proxies in force in an assembly, by holder then giver; at most so many."""
    query = _active(assembly_id).order_by(Proxy.holder_name, Proxy.grantor_name, Proxy.id).limit(limit)
    return [_proxy(row) for row in session.scalars(query)]


def proxy_counts(session: Session, assembly_id: UUID, member_id: UUID) -> tuple[int, int]:
    """How many proxies in force a member holds, and how many she has given (0 or 1), in one statement."""
    held = select(func.count()).select_from(_active(assembly_id).where(Proxy.holder_id == member_id).subquery())
    given = select(func.count()).select_from(_active(assembly_id).where(Proxy.grantor_id == member_id).subquery())
    row = session.execute(select(held.scalar_subquery(), given.scalar_subquery())).one()
    return row[0], row[1]


def my_votes(session: Session, assembly: AssemblyRow, member_id: UUID, name: str = "") -> list[VoteFor]:
    """Whom a member may vote for: herself unless she gave a proxy, then each giver; nobody if not on the roll."""
    if assembly.roll_id is None or not ballots.on_roll(session, assembly.roll_id, member_id):
        return []
    voters = [] if active_proxy_of(session, assembly.id, member_id) else [(member_id, name, True)]
    voters += [(held.grantor_id, held.grantor_name, False) for held in proxies_of(session, assembly.id, member_id)]
    scrutins = [item.scrutin_id for item in agenda(session, assembly.id) if item.scrutin_id is not None]
    cast = ballots.voted_ids(session, scrutins, [voter_id for voter_id, _, _ in voters])
    return [
        VoteFor(voter_id, voter_name, is_self, frozenset(scrutin for scrutin, voter in cast if voter == voter_id))
        for voter_id, voter_name, is_self in voters
    ]


def _active(assembly_id: UUID) -> Select[Proxy]:
    return select(Proxy).where(Proxy.assembly_id == assembly_id, Proxy.state == ProxyState.ACTIVE)


def _proxy(row: Proxy) -> ProxyRow:
    return ProxyRow(
        row.id, row.assembly_id, row.grantor_id, row.grantor_name, row.holder_id, row.holder_name, row.on_paper,
        row.state, row.given_at, row.ended_at,
    )  # fmt: skip
