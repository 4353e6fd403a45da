"""What tellers typed of the paper ballots."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.ballots.models import PaperTyped


def typed_papers(session: Session, scrutin_id: UUID) -> dict[UUID, dict[int, bytes]]:
    """By teller, what each paper says; in the order of tellers and of papers."""
    rows = session.execute(
        select(PaperTyped.by, PaperTyped.number, PaperTyped.content)
        .where(PaperTyped.scrutin_id == scrutin_id)
        .order_by(PaperTyped.by, PaperTyped.number)
    )
    found: dict[UUID, dict[int, bytes]] = {}
    for by, number, content in rows:
        found.setdefault(by, {})[number] = bytes(content)
    return found
