"""Prove assemblies again: who held which office, who came and went, what was put to the vote, who voted remotely."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.assemblies.models import (
    AgendaItem,
    Assembly,
    AssemblyIncident,
    AssemblyOfficer,
    AttendanceEvent,
    ReminderPlan,
    ReminderSent,
    RemotePresence,
    RollAnswer,
    RollDispute,
    RollOpening,
)
from coopgov.assemblies.rules.papers import read_form
from coopgov.assemblies.service.convening import subject_hash
from coopgov.ballots import queries as ballots
from coopgov.core import journal
from coopgov.core.journal import Fault
from coopgov.proposals import queries as proposals
from coopgov.statutes import queries as drafts


def verify(session: Session) -> Iterator[Fault]:
    """Tell what differs from what acts wrote, from the texts that were frozen, and from the urns."""
    yield from journal.check_kept(
        session, AssemblyOfficer, AttendanceEvent, AssemblyIncident, RollOpening, RollDispute, RollAnswer, ReminderPlan,
        ReminderSent,
    )  # fmt: skip
    for assembly in session.execute(select(Assembly.id, Assembly.previous_id).order_by(Assembly.held_at, Assembly.id)):
        yield from _check_texts(session, assembly.id, assembly.previous_id)
        yield from _check_remote(session, assembly.id)


def _check_texts(session: Session, assembly_id: UUID, previous_id: UUID | None) -> Iterator[Fault]:
    before = {item.subject_hash: item for item in _items(session, previous_id)} if previous_id else {}
    for item in _items(session, assembly_id):
        if item.subject_hash and not _is_frozen_text(session, item, before.get(item.subject_hash, item)):
            yield Fault(f"agenda_item {item.id}", "its words do not give the hash of what was put to the vote")
        if item.scrutin_id is not None and not _is_sealed_paper(session, item, item.scrutin_id):
            yield Fault(f"agenda_item {item.id}", "its ballot paper is not the one of its vote")


def _is_sealed_paper(session: Session, item: AgendaItem, scrutin_id: UUID) -> bool:
    form, scrutin = read_form(item.form), ballots.find_scrutin(session, scrutin_id)
    return scrutin is None or (None if form is None else form.of(scrutin_id)) == scrutin.form


def _items(session: Session, assembly_id: UUID) -> list[AgendaItem]:
    items = select(AgendaItem).where(AgendaItem.assembly_id == assembly_id).order_by(AgendaItem.position)
    return list(session.scalars(items))


def _is_frozen_text(session: Session, item: AgendaItem, first: AgendaItem) -> bool:
    """Whether the words are those that were hashed; a second call brings back an item of the `first`, word for word."""
    if item.proposal_id is not None:
        return proposals.is_frozen_text(session, item.proposal_id, item.subject_hash, item.title, item.text)
    if item.draft_id is not None:
        return drafts.is_frozen_text(session, item.draft_id, item.subject_hash, item.title, item.text)
    return subject_hash(first) == item.subject_hash and (first.title, first.text) == (item.title, item.text)


def _check_remote(session: Session, assembly_id: UUID) -> Iterator[Fault]:
    scrutins = [item.scrutin_id for item in _items(session, assembly_id) if item.scrutin_id is not None]
    noted = set(session.scalars(select(RemotePresence.member_id).where(RemotePresence.assembly_id == assembly_id)))
    if noted != ballots.remote_voters(session, scrutins):
        yield Fault(f"assembly {assembly_id}", "those noted as having voted remotely are not those of its urns")
