"""What the retro-planning needs to know of assemblies."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.assemblies.models import AgendaItem
from coopgov.assemblies.queries.meetings import AssemblyRow
from coopgov.assemblies.rules import Meeting, State, SubjectKind
from coopgov.core.calendar import calendar_of
from coopgov.law.arithmetic import year_end_before
from coopgov.statutes import queries as statutes


def meetings(session: Session, assemblies: Sequence[AssemblyRow], on: date) -> list[Meeting]:
    """These assemblies as their deadlines are drawn from, in the same order: one statement for all their agendas."""
    found = statutes.statutes_on(session, on)
    calendar = calendar_of(found.seat)
    with_accounts = _with_accounts(session, [row.id for row in assemblies])
    return [
        Meeting(
            held_at=row.held_at, kind=row.kind, call=row.call, remote_vote=row.remote_vote,
            has_accounts=row.id in with_accounts and row.state is not State.INQUORATE,
            closes_at=row.remote_closes_at, may_be_called_again=row.state is not State.CLOSED, calendar=calendar,
            year_end=year_end_before(found.year_end, row.held_on) if row.id in with_accounts else None,
        )
        for row in assemblies
    ]  # fmt: skip


def _with_accounts(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    accounts = AgendaItem.subject_kind == SubjectKind.ACCOUNTS
    return set(session.scalars(select(AgendaItem.assembly_id).where(AgendaItem.assembly_id.in_(ids), accounts)))
