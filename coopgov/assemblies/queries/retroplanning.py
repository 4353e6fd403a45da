"""What the retro-planning needs to know of assemblies."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.assemblies.models import AgendaItem
from coopgov.assemblies.queries.meetings import AssemblyRow
from coopgov.assemblies.rules import Meeting, State, SubjectKind
from coopgov.core.calendar import calendar_of
from coopgov.statutes import queries as statutes

_A_DAY = timedelta(days=1)


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
            year_end=_year_end(found.year_end, row.held_on) if row.id in with_accounts else None,
        )
        for row in assemblies
    ]  # fmt: skip


def _with_accounts(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    accounts = AgendaItem.subject_kind == SubjectKind.ACCOUNTS
    return set(session.scalars(select(AgendaItem.assembly_id).where(AgendaItem.assembly_id.in_(ids), accounts)))


def _year_end(month_and_day: str, held_on: date) -> date:
    """The last end of a financial year before the assembly."""
    month, day = (int(part) for part in month_and_day.split("-"))
    year = held_on.year if (month, day) < (held_on.month, held_on.day) else held_on.year - 1
    # A year that ends with February ends on the day before March, whatever its length.
    return date(year, 3, 1) - _A_DAY if (month, day) == (2, 29) else date(year, month, day)
