"""Prove the fees again: what was decided, what became of it, and that each value in force is one that was decided."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.journal import Fault
from coopgov.terms import queries
from coopgov.terms.models import ChangeStep, ParameterVersion, ScheduledChange, ScheduledValue
from coopgov.terms.queries import ChangeRow
from coopgov.terms.rules import State, VersionFact


def verify(session: Session) -> Iterator[Fault]:
    """Tell every change and value that is not what was decided and put into force."""
    changes = queries.load_changes(session, select(ScheduledChange).order_by(ScheduledChange.created_at))
    booked = {version.id: version for version in queries.booked_versions(session)}
    for change in changes:
        yield from _check_change(change, booked)
    yield from journal.check_kept(session, ScheduledChange, ScheduledValue, ChangeStep, ParameterVersion)


def _check_change(change: ChangeRow, booked: dict[UUID, VersionFact]) -> Iterator[Fault]:
    where = f"scheduled_change {change.id}"
    if not queries.is_as_decided(change):
        yield Fault(where, "its lines do not give its hash")
    own = {version.id: version for version in booked.values() if version.change_id == change.id}
    decided = {version.id: version for version in queries.announcement(change).versions} if change.eta else {}
    if own != (decided if change.state is State.EFFECTIVE else {}):
        yield Fault(where, "the fees in force are not those that were decided")
