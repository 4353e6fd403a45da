"""Who is in the room, represented, or has voted remotely, at any instant: folds over events, counted by SQL."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, Uuid, and_, bindparam, exists, func, or_, select, union
from sqlalchemy.orm import Session

from coopgov.assemblies.models import AttendanceEvent, Proxy, RemotePresence
from coopgov.assemblies.queries.meetings import get_assembly
from coopgov.assemblies.rules import PRESENT, Presence, ProxyState, Quorum, law_call, law_kind, measure_quorum
from coopgov.core.figures import Figures
from coopgov.law import arithmetic
from coopgov.statutes import queries as statutes


def presence_at(session: Session, assembly_id: UUID, at: datetime | None = None) -> Presence:
    """The heads that count at an instant (now, when none is given), each counted once, in one statement."""
    query = _PRESENCE_NOW if at is None else _presence(_ASSEMBLY, at)
    present, represented, remote = session.execute(query, {"assembly": assembly_id}).one()
    return Presence(present, represented, remote)


def _presence(assembly_id: Any, at: datetime | None) -> Select[int, int, int]:
    present = _present(assembly_id, at)
    remote_only = (
        select(func.count())
        .select_from(RemotePresence)
        .where(RemotePresence.assembly_id == assembly_id, ~_is_in(present, RemotePresence.member_id))
    )
    represented = (
        select(func.count())
        .select_from(Proxy)
        .where(Proxy.assembly_id == assembly_id, _in_force(at))
        .where(_counts(assembly_id, present, Proxy.holder_id), ~_counts(assembly_id, present, Proxy.grantor_id))
    )
    return select(
        select(func.count()).select_from(present).scalar_subquery(),
        represented.scalar_subquery(),
        remote_only.scalar_subquery(),
    )


def quorum_now(session: Session, assembly_id: UUID, figures: Figures | None = None) -> Quorum:
    """The quorum at this instant, under the rule of this kind and call."""
    assembly = get_assembly(session, assembly_id)
    figures = figures or statutes.rulebook(session, statutes.the_law())
    figure = arithmetic.quorum(
        figures, kind=law_kind(assembly.kind), call=law_call(assembly.call), on=assembly.held_on
    )  # fmt: skip
    return measure_quorum(presence_at(session, assembly_id), enrolled=assembly.enrolled, figure=figure)


def are_present(session: Session, assembly_id: UUID, member_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those among these members who are in the room or connected now."""
    present = _present(assembly_id, None, member_ids)
    return frozenset(session.scalars(select(present.c.member_id)))


def counting_now(session: Session, assembly_id: UUID) -> frozenset[UUID]:
    """Everybody who counts at this instant; only a vote by college needs to know who they are."""
    present = _present(assembly_id, None)
    remote = select(RemotePresence.member_id).where(RemotePresence.assembly_id == assembly_id)
    represented = select(Proxy.grantor_id).where(
        Proxy.assembly_id == assembly_id, _in_force(None), _counts(assembly_id, present, Proxy.holder_id)
    )
    return frozenset(session.scalars(union(select(present.c.member_id), remote, represented)))


def in_room(session: Session, assembly_id: UUID) -> frozenset[UUID]:
    """Those in the room and those they represent: a room is small, however many the members are."""
    present = _present(assembly_id, None)
    represented = select(Proxy.grantor_id).where(
        Proxy.assembly_id == assembly_id, _in_force(None), _is_in(present, Proxy.holder_id)
    )
    return frozenset(session.scalars(union(select(present.c.member_id), represented)))


@dataclass(frozen=True, slots=True)
class Participant:
    """One line of the attendance sheet (*feuille de présence*): how this member took part."""

    member_id: UUID
    present: bool
    remote: bool
    holder_id: UUID | None
    holder_name: str
    proxy_given_at: datetime | None
    on_paper: bool


def attendees(session: Session, assembly_id: UUID) -> Iterator[Participant]:
    """Everybody who took part at some time: came, voted remotely, or was represented by somebody who did."""
    came = select(AttendanceEvent.member_id).where(
        AttendanceEvent.assembly_id == assembly_id, AttendanceEvent.kind.in_(PRESENT)
    )
    remote = select(RemotePresence.member_id).where(RemotePresence.assembly_id == assembly_id)
    here, away = frozenset(session.scalars(came.distinct())), frozenset(session.scalars(remote))
    seen = set()
    for proxy in _lasting_proxies(session, assembly_id):
        if proxy.holder_id in here | away and proxy.grantor_id not in here:
            seen.add(proxy.grantor_id)
            yield _participant(proxy.grantor_id, here, away, proxy)
    for member_id in (here | away) - seen:
        yield _participant(member_id, here, away, None)


def _participant(member_id: UUID, here: Collection[UUID], away: Collection[UUID], proxy: Proxy | None) -> Participant:
    return Participant(
        member_id, present=member_id in here, remote=member_id in away,
        holder_id=proxy.holder_id if proxy else None, holder_name=proxy.holder_name if proxy else "",
        proxy_given_at=proxy.given_at if proxy else None, on_paper=proxy.on_paper if proxy else False,
    )  # fmt: skip


def _lasting_proxies(session: Session, assembly_id: UUID) -> Any:
    return session.scalars(
        select(Proxy).where(Proxy.assembly_id == assembly_id, Proxy.state == ProxyState.ACTIVE).order_by(Proxy.given_at)
    )


def _present(assembly_id: Any, at: datetime | None, among: Collection[UUID] | None = None) -> Subquery:
    """The members whose last event, until that instant, is an arrival or a connection."""
    events = select(AttendanceEvent.member_id, func.max(AttendanceEvent.seq).label("seq")).where(
        AttendanceEvent.assembly_id == assembly_id
    )
    if at is not None:
        events = events.where(AttendanceEvent.at <= at)
    if among is not None:
        events = events.where(AttendanceEvent.member_id.in_(among))
    last = events.group_by(AttendanceEvent.member_id).subquery()
    return (
        select(AttendanceEvent.member_id)
        .join(last, last.c.seq == AttendanceEvent.seq)
        .where(AttendanceEvent.kind.in_(PRESENT))
        .subquery()
    )


def _counts(assembly_id: Any, present: Subquery, member_id: Any) -> ColumnElement[bool]:
    """Whether a member is in the room or has voted remotely; the latter by its key, however many they are."""
    voted = exists().where(RemotePresence.assembly_id == assembly_id, RemotePresence.member_id == member_id)
    return or_(_is_in(present, member_id), voted)


def _is_in(people: Subquery, member_id: Any) -> ColumnElement[bool]:
    # IN, not EXISTS: both engines work the list out once and look each member up in it.
    found: ColumnElement[bool] = member_id.in_(select(people.c.member_id))
    return found


def _in_force(at: datetime | None) -> ColumnElement[bool]:
    if at is None:
        return Proxy.state == ProxyState.ACTIVE
    return and_(Proxy.given_at <= at, or_(Proxy.ended_at.is_(None), Proxy.ended_at > at))


# The live room asks for it every few seconds from everybody: the statement is built once.
_ASSEMBLY = bindparam("assembly", type_=Uuid())
_PRESENCE_NOW = _presence(_ASSEMBLY, None)
