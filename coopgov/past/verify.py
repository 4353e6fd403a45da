"""Prove the seals again: each is one that an act kept, and its report gives its hash."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.journal import Fault
from coopgov.past.models import PastSeal


def verify(session: Session) -> Iterator[Fault]:
    """Tell every seal that the journal does not know, and reports that are not the one that was sealed."""
    yield from journal.check_kept(session, PastSeal)
    for seal in session.scalars(select(PastSeal).order_by(PastSeal.sealed_at, PastSeal.id)):
        if hashlib.sha256(seal.report.encode()).hexdigest() != seal.report_sha256:
            yield Fault(f"past_seal {seal.id}", "its report does not give its hash")
