"""Prove the statutes again: every rule of majority and quorum starts from them."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.journal import Fault
from coopgov.statutes.models import StatutesCollegeRow, StatutesFigureRow, StatutesFrozen, StatutesRow


def verify(session: Session) -> Iterator[Fault]:
    """Tell every version, figure, college or frozen draft that was not written as it stands."""
    yield from journal.check_kept(session, StatutesRow, StatutesFigureRow, StatutesCollegeRow, StatutesFrozen)
