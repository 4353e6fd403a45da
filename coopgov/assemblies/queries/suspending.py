"""Votes of an assembly that were suspended: which are now, and until when the time that was lost puts their end off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.assemblies.models import AgendaItem
from coopgov.assemblies.queries.meetings import agenda
from coopgov.ballots import queries as ballots
from coopgov.ballots.queries import ScrutinRow, Suspension


def scrutins_of(session: Session, assembly_id: UUID) -> list[ScrutinRow]:
    """The votes of an assembly, in the order of its agenda."""
    ids = [item.scrutin_id for item in agenda(session, assembly_id) if item.scrutin_id is not None]
    found = ballots.get_scrutins(session, ids) if ids else {}
    return [found[one] for one in ids]


def suspended_now(session: Session, assembly_id: UUID) -> Suspension | None:
    """The suspension that votes of an assembly are under, the earliest of them; None where all take ballots."""
    return ballots.suspension_among(session, select(AgendaItem.scrutin_id).where(AgendaItem.assembly_id == assembly_id))


def put_off_until(session: Session, assembly_id: UUID) -> datetime | None:
    """The end of remote voting that suspensions gave, where they did."""
    ends = [halt.closes_at for one in scrutins_of(session, assembly_id) for halt in one.suspensions]
    return max((end for end in ends if end is not None), default=None)
