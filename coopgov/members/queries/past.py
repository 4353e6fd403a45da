"""Members as a history: what taking over a past compares with, and what an export writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.members.models import EmailConsent, Membership, MembershipEvent, Party, PartyContact
from coopgov.members.queries.rows import AT_ONCE
from coopgov.members.rules import Category, ContactKind, DecidedBy, EventKind, PartyKind, Status

BATCH = 1000


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One event as it was written."""

    id: int
    member_number: int
    kind: EventKind
    effective_on: date
    status: Status
    category: Category
    college: str
    decided_by: DecidedBy | None
    decision: str
    reason: str
    reverses_id: int | None


@dataclass(frozen=True, slots=True)
class HistoryMember:
    """A member with what an export tells of her."""

    id: UUID
    number: int
    kind: PartyKind
    legal_name: str
    given_names: str
    birth_date: date | None
    birth_place: str
    siren: str
    representative: str
    craft: str
    has_shop: bool
    category: Category
    college: str
    joined_on: date | None
    email: str
    phone: str
    address: str
    consent_on: date | None


@dataclass(frozen=True, slots=True)
class Here:
    """A member who is in the books already, and what is known of her life."""

    id: UUID
    number: int
    name: str
    events: tuple[HistoryEvent, ...]


def members_here(session: Session, numbers: Sequence[int]) -> dict[int, Here]:
    """Those of these numbers who are in the books already, with their events in order."""
    found: dict[int, Here] = {}
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        rows = session.execute(
            select(Membership.id, Membership.number, Membership.name).where(Membership.number.in_(some))
        )
        events: dict[int, list[HistoryEvent]] = {}
        people = [Here(id_, number, name, ()) for id_, number, name in rows]
        for event in _events(session, Membership.number.in_([here.number for here in people])) if people else ():
            events.setdefault(event.member_number, []).append(event)
        found |= {
            here.number: Here(here.id, here.number, here.name, tuple(events.get(here.number, ()))) for here in people
        }
    return found


def all_members(session: Session) -> Iterator[HistoryMember]:
    """Every member by number, a thousand at a time."""
    last = 0
    while True:
        rows: list[Any] = list(
            session.execute(
                select(
                    Membership.id, Membership.number, Party.kind, Party.legal_name, Party.given_names, Party.birth_date,
                    Party.birth_place, Party.siren, Party.representative, Membership.craft, Membership.has_shop,
                    Membership.category, Membership.college, Membership.joined_on, Membership.party_id,
                )
                .join(Party, Party.id == Membership.party_id)
                .where(Membership.number > last)
                .order_by(Membership.number)
                .limit(BATCH)
            )
        )  # fmt: skip
        if not rows:
            return
        contacts, consents = _contacts(session, [row[-1] for row in rows]), _consents(session, [row[0] for row in rows])
        for row in rows:
            mine = contacts.get(row[-1], {})
            reach = [mine.get(kind, "") for kind in (ContactKind.EMAIL, ContactKind.PHONE, ContactKind.ADDRESS)]
            yield HistoryMember(*[*row[:-1], *reach, consents.get(row[0])])
        last = rows[-1][1]


def all_events(session: Session) -> Iterator[HistoryEvent]:
    """Every event in order of members’ numbers, days and writing."""
    return _events(session, Membership.number > 0)


def _events(session: Session, where: Any) -> Iterator[HistoryEvent]:
    event = MembershipEvent
    rows = session.execute(
        select(
            event.id, Membership.number, event.kind, event.effective_on, event.status, event.category, event.college,
            event.decided_by, event.decision, event.reason, event.reverses_id,
        )
        .join(Membership, Membership.id == event.membership_id)
        .where(where)
        .order_by(Membership.number, event.effective_on, event.id)
        .execution_options(yield_per=BATCH)
    )  # fmt: skip
    return (HistoryEvent(*row) for row in rows)


def _contacts(session: Session, party_ids: Sequence[UUID]) -> dict[UUID, dict[ContactKind, str]]:
    found: dict[UUID, dict[ContactKind, str]] = {}
    for start in range(0, len(party_ids), AT_ONCE):
        rows = session.execute(
            select(PartyContact.party_id, PartyContact.kind, PartyContact.value)
            .where(PartyContact.party_id.in_(party_ids[start : start + AT_ONCE]), PartyContact.valid_until.is_(None))
            .order_by(PartyContact.valid_from, PartyContact.id)
        )
        for party_id, kind, value in rows:
            found.setdefault(party_id, {})[kind] = value
    return found


def _consents(session: Session, member_ids: Sequence[UUID]) -> dict[UUID, date]:
    found: dict[UUID, date] = {}
    for start in range(0, len(member_ids), AT_ONCE):
        rows = session.execute(
            select(EmailConsent.membership_id, EmailConsent.given, EmailConsent.on_day)
            .where(EmailConsent.membership_id.in_(member_ids[start : start + AT_ONCE]))
            .order_by(EmailConsent.id)
        )
        for member_id, given, on_day in rows:
            if given:
                found[member_id] = on_day
            else:
                found.pop(member_id, None)
    return found
