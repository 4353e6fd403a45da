"""Prove memberships again: every event is one that an act wrote, and what lists show follows from the events."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.journal import Fault
from coopgov.members.models import EmailConsent, Membership, MembershipEvent, PartyMerge
from coopgov.members.rules import EventFact, Standing, fold_all

BATCH = 1000
_SHOWN = ("status", "category", "college", "applied_on", "joined_on", "left_on")


def verify(session: Session) -> Iterator[Fault]:
    """Tell every event or agreement that the journal does not know, and memberships that do not follow from them."""
    yield from journal.check_kept(session, MembershipEvent, EmailConsent)
    yield from _joined(session)
    for rows in _memberships(session):
        folded = _folded(session, [row.id for row in rows])
        for row in rows:
            if _shown(row) != folded.get(row.id):
                yield Fault(f"membership {row.number}", "what lists show of it is not what its events make it")


def _joined(session: Session) -> Iterator[Fault]:
    """Tell numbers joined whose event was undone apart, and numbers separated whose event still counts."""
    undone = select(MembershipEvent.reverses_id).where(MembershipEvent.reverses_id.is_not(None))
    is_undone = PartyMerge.event_id.in_(undone)
    rows = session.scalars(
        select(PartyMerge.id).where(
            PartyMerge.event_id.is_not(None),
            or_(and_(PartyMerge.undone_at.is_(None), is_undone), and_(PartyMerge.undone_at.is_not(None), ~is_undone)),
        )
    )
    for merge_id in rows:
        yield Fault(f"party_merge {merge_id}", "it is not what the events of its number say")


def _memberships(session: Session) -> Iterator[list[Any]]:
    last = 0
    while True:
        query = select(Membership.id, Membership.number, *(getattr(Membership, name) for name in _SHOWN))
        rows = list(session.execute(query.where(Membership.number > last).order_by(Membership.number).limit(BATCH)))
        if not rows:
            return
        yield rows
        last = rows[-1].number


def _folded(session: Session, ids: list[UUID]) -> dict[UUID, Standing | None]:
    event = MembershipEvent
    rows = session.execute(
        select(
            event.membership_id, event.id, event.kind, event.effective_on, event.status, event.category, event.college,
            event.reverses_id,
        )
        .where(event.membership_id.in_(ids))
        .order_by(event.membership_id, event.id)
    )  # fmt: skip
    return {
        member_id: fold_all(EventFact(*row[1:]) for row in events)
        for member_id, events in groupby(rows, key=lambda row: row[0])
    }


def _shown(row: Any) -> Standing:
    return Standing(*(getattr(row, name) for name in _SHOWN))
