"""What a stranger who holds a share certificate may know of it."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.printing import archive
from coopgov.registers.models import ShareCertificate
from coopgov.registers.rules import Standing, standing_of
from coopgov.shares import queries as shares


@dataclass(frozen=True, slots=True)
class Checked:
    """A certificate as a stranger sees it: no name, no address, no amount."""

    standing: Standing
    number: int
    on: date
    issued_at: datetime
    quantity: int


def code_hash(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(f"certificate {code}".encode()).hexdigest()


def find_certificate(session: Session, code: str, today: date) -> Checked | None:
    """The certificate that a code stands on, as it is today, or None."""
    row = session.get(ShareCertificate, code_hash(code))
    if row is None:
        return None
    last, holder = _last_document(session, row), row.membership_id
    then, now = (shares.shares_held(session, member_id=holder, on=day) for day in (row.on_day, today))
    return Checked(
        standing_of(row.quantity, then=then, now=now, is_last=last == row.document_id),
        archive.get_document(session, row.document_id).number, row.on_day, row.issued_at, row.quantity,
    )  # fmt: skip


def _last_document(session: Session, row: ShareCertificate) -> object:
    return session.scalar(
        select(ShareCertificate.document_id)
        .where(ShareCertificate.membership_id == row.membership_id)
        .order_by(ShareCertificate.issued_at.desc(), ShareCertificate.document_id.desc())
        .limit(1)
    )
