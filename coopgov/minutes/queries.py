"""Reading minutes: their facts, the newest prose, who approved what."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from coopgov.core.dates import paris_day, paris_instant
from coopgov.core.errors import NotFound
from coopgov.core.policy import Actor, Permission
from coopgov.core.waiting import Waiting
from coopgov.minutes.models import Minutes, MinutesApproval, MinutesIssue, MinutesProse
from coopgov.minutes.rules import (
    Approval,
    Block,
    Signer,
    State,
    blocks_of,
    content_hash,
    signers_left,
    state_of,
)
from coopgov.printing import archive

PAGE = 20


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """One approval as pages show it."""

    signer: Signer
    account_id: UUID | None
    name: str
    content_hash: str
    approved_at: datetime

    @property
    def as_approval(self) -> Approval:
        return Approval(self.signer, self.account_id, self.name, self.content_hash)


@dataclass(frozen=True, slots=True)
class MinutesRow:
    """Minutes as they stand."""

    id: UUID
    assembly_id: UUID
    title: str
    held_at: datetime
    facts: Mapping[str, Any]
    facts_hash: str
    prose: Mapping[str, str]
    approvals: tuple[ApprovalRow, ...]
    state: State
    document_id: UUID | None
    content_hash: str

    @property
    def blocks(self) -> list[Block]:
        """The parts in their order."""
        return blocks_of(self.facts)

    @property
    def signers_left(self) -> list[Signer]:
        """The qualities in which this text is still to be approved."""
        return signers_left([row.as_approval for row in self.approvals], self.content_hash)

    def resolution(self, position: int) -> Mapping[str, Any]:
        """The resolution of that place."""
        return next(r for r in self.facts["resolutions"] if r["position"] == position)

    def may_approve_as(self, signer: Signer, actor: Actor) -> bool:
        """Whether that quality is this person's, as far as the assembly named its bureau."""
        person = self.facts["bureau"][signer.value]
        mine = person is None or person["account_id"] in {"", str(actor.account_id)}
        others = [row for row in self.approvals if row.content_hash == self.content_hash]
        return mine and signer in self.signers_left and all(row.account_id != actor.account_id for row in others)


@dataclass(frozen=True, slots=True)
class MinutesLine:
    """Minutes in a list."""

    id: UUID
    assembly_id: UUID
    title: str
    held_at: datetime
    state: State
    document: archive.Document | None


@dataclass(frozen=True, slots=True)
class MinutesPage:
    """A page of minutes, the newest assembly first; `next_key` leads to older ones."""

    rows: tuple[MinutesLine, ...]
    next_key: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class ProseVersion:
    """One version of one prose."""

    slot: str
    version: int
    text: str
    written_at: datetime
    written_by: str


def find_by_assembly(session: Session, assembly_id: UUID) -> MinutesRow | None:
    """The minutes of an assembly, if they are drafted."""
    minutes_id = session.scalar(select(Minutes.id).where(Minutes.assembly_id == assembly_id))
    return None if minutes_id is None else get_minutes(session, minutes_id)


def get_minutes(session: Session, minutes_id: UUID) -> MinutesRow:
    """Minutes as they stand; raises NotFound."""
    row = session.get(Minutes, minutes_id)
    if row is None:
        raise NotFound
    prose, issue = current_prose(session, minutes_id), session.get(MinutesIssue, minutes_id)
    return MinutesRow(
        id=row.id, assembly_id=row.assembly_id, title=row.title, held_at=row.held_at, facts=json.loads(row.facts),
        facts_hash=row.facts_hash, prose=prose, approvals=_approvals(session, minutes_id),
        state=state_of(issued=issue is not None, prose=prose),
        document_id=None if issue is None else issue.document_id, content_hash=content_hash(row.facts_hash, prose),
    )  # fmt: skip


def current_prose(session: Session, minutes_id: UUID) -> dict[str, str]:
    """The newest text of each place."""
    rows = session.execute(
        select(MinutesProse.slot, MinutesProse.text)
        .where(MinutesProse.minutes_id == minutes_id)
        .order_by(MinutesProse.version)
    )
    return {slot: text for slot, text in rows}  # noqa: C416 - dict() loses the row's types


def versions_of(session: Session, minutes_id: UUID, slot: str) -> list[ProseVersion]:
    """Every version of one prose, oldest first."""
    rows = session.scalars(
        select(MinutesProse)
        .where(MinutesProse.minutes_id == minutes_id, MinutesProse.slot == slot)
        .order_by(MinutesProse.version)
    )
    return [ProseVersion(r.slot, r.version, r.text, r.written_at, r.written_by) for r in rows]


def last_versions(session: Session, minutes_id: UUID) -> dict[str, int]:
    """The number of the newest version of each prose."""
    rows = session.execute(
        select(MinutesProse.slot, func.max(MinutesProse.version))
        .where(MinutesProse.minutes_id == minutes_id)
        .group_by(MinutesProse.slot)
    )
    return {slot: version for slot, version in rows}  # noqa: C416 - the same


def list_minutes(
    session: Session, *, drafts: bool, before: tuple[datetime, UUID] | None = None, limit: int = PAGE
) -> MinutesPage:
    """Minutes, the newest assembly first; drafts only for those who write or approve them."""
    query = (
        select(Minutes, MinutesIssue.document_id)
        .outerjoin(MinutesIssue, MinutesIssue.minutes_id == Minutes.id)
        .order_by(Minutes.held_at.desc(), Minutes.id.desc())
        .limit(limit + 1)
    )
    if not drafts:
        query = query.where(MinutesIssue.minutes_id.is_not(None))
    if before is not None:
        query = query.where(tuple_(Minutes.held_at, Minutes.id) < before)
    found = [(row, document_id) for row, document_id in session.execute(query)]
    rows = tuple(_line(session, row, document_id) for row, document_id in found[:limit])
    return MinutesPage(rows, (rows[-1].held_at, rows[-1].id) if len(found) > limit else None)


def _line(session: Session, row: Minutes, document_id: UUID | None) -> MinutesLine:
    document = None if document_id is None else archive.get_document(session, document_id)
    state = State.ISSUED if document else state_of(issued=False, prose=current_prose(session, row.id))
    return MinutesLine(row.id, row.assembly_id, row.title, row.held_at, state, document)


def unsigned(session: Session, on: date) -> tuple[int, date | None]:
    """How many minutes of assemblies up to that day are not issued yet, and the day of the oldest of them."""
    before = paris_instant(on + timedelta(days=1), time.min)
    held: Any = session.execute(
        select(func.count(), func.min(Minutes.held_at))
        .outerjoin(MinutesIssue, MinutesIssue.minutes_id == Minutes.id)
        .where(MinutesIssue.minutes_id.is_(None), Minutes.held_at < before)
    ).one()
    count, oldest = held
    return count, None if oldest is None else paris_day(oldest)


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[Waiting]:
    """What minutes wait for this person: to write, or to approve."""
    if not (actor.may(Permission.MINUTES_WRITE) or actor.may(Permission.MINUTES_APPROVE)):
        return []
    unissued = session.scalars(
        select(Minutes.id)
        .outerjoin(MinutesIssue, MinutesIssue.minutes_id == Minutes.id)
        .where(MinutesIssue.minutes_id.is_(None))
        .order_by(Minutes.held_at)
        .limit(PAGE)
    ).all()
    return [w for minutes_id in unissued for w in _waiting(get_minutes(session, minutes_id), actor)]


def _waiting(minutes: MinutesRow, actor: Actor) -> list[Waiting]:
    params = {"minutes_id": minutes.id}
    if minutes.state is State.TO_WRITE and actor.may(Permission.MINUTES_WRITE):
        title = _("Write the minutes: %(title)s", title=minutes.title)
        return [Waiting(title, "minutes.edit", params, icon="edit")]
    if minutes.state is State.TO_APPROVE and any(minutes.may_approve_as(s, actor) for s in approvable(minutes, actor)):
        title = _("Approve the minutes: %(title)s", title=minutes.title)
        return [Waiting(title, "minutes.show", params, icon="check")]
    return []


def approvable(minutes: MinutesRow, actor: Actor) -> Sequence[Signer]:
    """The qualities in which this person may approve this text now."""
    if minutes.state is not State.TO_APPROVE or not actor.may(Permission.MINUTES_APPROVE):
        return []
    return [signer for signer in minutes.signers_left if minutes.may_approve_as(signer, actor)]


def _approvals(session: Session, minutes_id: UUID) -> tuple[ApprovalRow, ...]:
    rows = session.scalars(
        select(MinutesApproval)
        .where(MinutesApproval.minutes_id == minutes_id)
        .order_by(MinutesApproval.approved_at, MinutesApproval.signer)
    )
    return tuple(ApprovalRow(r.signer, r.account_id, r.name, r.content_hash, r.approved_at) for r in rows)
