"""Prove the offices again: whoever holds one is no secret, and nobody slips one in."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from coopgov.accounts.models import RoleMandate, RoleMandateEnd
from coopgov.core import journal
from coopgov.core.journal import Fault


def verify(session: Session) -> Iterator[Fault]:
    """Tell every office given or ended that no act wrote, and whether one is gone."""
    yield from journal.check_kept(session, RoleMandate, RoleMandateEnd)
