"""What an import compares with."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.accounts.rules import fold_email
from coopgov.core.errors import NotFound
from coopgov.members.models import (
    ImportBatch,
    Membership,
    Party,
)
from coopgov.members.queries.rows import AT_ONCE, BatchRow, KnownMember
from coopgov.members.rules import (
    Status,
)


def known_members(session: Session, numbers: Sequence[int]) -> dict[int, KnownMember]:
    """The members of these numbers, as an import compares them."""
    found: dict[int, KnownMember] = {}
    for start in range(0, len(numbers), AT_ONCE):
        rows = session.execute(
            select(
                Membership.number, Party.legal_name, Party.given_names, Party.siren, Membership.email, Membership.town,
                Membership.craft, Membership.category, Membership.college, Membership.joined_on, Membership.has_shop,
            )
            .join(Party, Party.id == Membership.party_id)
            .where(Membership.number.in_(numbers[start : start + AT_ONCE]))
        )  # fmt: skip
        found.update((row[0], KnownMember(*row[1:])) for row in rows)
    return found


def owners_of_emails(session: Session, emails: Sequence[str]) -> dict[str, int]:
    """The numbers of the present members who have these addresses."""
    wanted = sorted({fold_email(email) for email in emails} - {""})
    found: dict[str, int] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = session.execute(
            select(Membership.email, Membership.number).where(
                Membership.email.in_(wanted[start : start + AT_ONCE]), Membership.status == Status.MEMBER
            )
        )
        found.update((email, number) for email, number in rows)
    return found


def get_batch(session: Session, batch_id: UUID) -> BatchRow:
    """A file that was sent; raises NotFound, also when it was thrown away."""
    row = session.get(ImportBatch, batch_id)
    if row is None or (row.content is None and row.sealed_at is None):
        raise NotFound
    report: dict[str, int] = json.loads(row.report or "{}")
    return BatchRow(row.id, row.file_name, row.sha256, row.content, row.uploaded_at, row.sealed_at, report)
