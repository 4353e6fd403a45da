"""Which accounts assemblies have approved."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.assemblies.models import AgendaItem, Assembly
from coopgov.assemblies.rules import SubjectKind
from coopgov.ballots.rules import Outcome
from coopgov.core.dates import paris_day


def accounts_approved(session: Session, *, after: date) -> list[tuple[date, str]]:
    """The days after that one on which an assembly approved accounts, earliest first, with the resolution's title."""
    rows = session.execute(
        select(Assembly.held_at, AgendaItem.title)
        .join(AgendaItem, AgendaItem.assembly_id == Assembly.id)
        .where(AgendaItem.subject_kind == SubjectKind.ACCOUNTS, AgendaItem.outcome == Outcome.ADOPTED.value)
        .order_by(Assembly.held_at)
    )
    held = [(paris_day(held_at), title) for held_at, title in rows]
    return [(on, title) for on, title in held if on > after]
