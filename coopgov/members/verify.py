"""Prove memberships again: every event is one that an act wrote, and what lists show follows from the events."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.journal import Fault
from coopgov.members.identities import COVERED, IDENTITIES, sealed_identity
from coopgov.members.models import EmailConsent, Membership, MembershipEvent, Party, PartyMerge
from coopgov.members.rules import EventFact, Person, Standing, fold_all

BATCH = 1000
_SHOWN = ("status", "category", "college", "applied_on", "joined_on", "left_on")


def verify(session: Session) -> Iterator[Fault]:
    """Tell every event or agreement that the journal does not know, and memberships that do not follow from them."""
    yield from journal.check_kept(session, MembershipEvent, EmailConsent)
    yield from _joined(session)
    yield from journal.check_marks(session, IDENTITIES, _identities(session))
    yield from _names(session)
    for rows in _memberships(session):
        folded = _folded(session, [row.id for row in rows])
        for row in rows:
            if _shown(row) != folded.get(row.id):
                yield Fault(f"membership {row.number}", "what lists show of it is not what its events make it")


def _identities(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every party that was written with a seal; those of before there were seals have none."""
    names = ("id", "salt", *COVERED)
    query = select(*(getattr(Party, name) for name in names)).where(Party.salt.is_not(None))
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        yield f"party {row[0]}", sealed_identity(dict(zip(names, row, strict=True)))


def _names(session: Session) -> Iterator[Fault]:
    """Tell the numbers under which lists show another name than the party's own."""
    query = select(Membership.number, Membership.name, Party.kind, Party.legal_name, Party.given_names).join(
        Party, Party.id == Membership.party_id
    )
    for number, shown, kind, legal_name, given_names in session.execute(query.execution_options(yield_per=BATCH)):
        if shown != Person(kind, legal_name, given_names).name:
            yield Fault(f"membership {number}", "lists show another name than that of the person")


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
