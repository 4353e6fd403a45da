"""Recompute what was told: every row is one that an act kept, and none is gone."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from coopgov.compliance.models import ToldFact
from coopgov.core.journal import Fault, check_kept


def verify(session: Session) -> Iterator[Fault]:
    """Tell the facts that no act kept, and those that are gone."""
    yield from check_kept(session, ToldFact)
