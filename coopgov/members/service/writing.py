"""How memberships are written: rows in bulk, events, and the projection that follows from them."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from coopgov.accounts.rules import fold_email
from coopgov.core.act import Act
from coopgov.core.bulk import bulk_insert
from coopgov.core.db import one_at_a_time
from coopgov.core.errors import NotFound
from coopgov.core.ids import new_id
from coopgov.members import queries
from coopgov.members.identities import IDENTITIES, SALT_LENGTH, sealed_identity
from coopgov.members.models import Membership, MembershipEvent, MemberWord, Party, PartyContact, PartyRepresentative
from coopgov.members.rules import (
    Candidate,
    Category,
    College,
    ContactKind,
    DecidedBy,
    EventKind,
    PartyKind,
    Person,
    Reach,
    ReasonCode,
    Status,
    standing_of,
    words_of,
)
from coopgov.statutes import queries as statutes

# Any constant will do; it only has to be the same for all who change who the members are.
_ADVISORY_LOCK = 0x6E756D
# Rows per statement: large enough to be fast, small enough to stay flat in memory.
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Draft:
    """A membership about to be written, with everything its first rows need."""

    id: UUID
    number: int
    person: Person
    reach: Reach
    craft: str
    category: Category
    college: str
    status: Status
    has_shop: bool
    shares_wished: int = 0
    account_id: UUID | None = None
    applied_on: date | None = None
    joined_on: date | None = None
    left_on: date | None = None


def colleges_on(session: Session, on: date) -> tuple[College, ...]:
    """The colleges that the statutes of the day give."""
    found = statutes.find_statutes_on(session, on)
    return tuple(College(college.code, college.label) for college in found.colleges) if found else ()


def candidate_of(act: Act, row: Membership, on: date) -> Candidate:
    """What the rules of admission look at, in one membership."""
    party = act.session.get_one(Party, row.party_id)
    own = sells_on_own_account(act.session, on, has_shop=row.has_shop)
    return Candidate(row.category, row.college, row.applied_on, party.is_cooperative, on_own_account=own)


def sells_on_own_account(session: Session, on: date, *, has_shop: bool) -> bool:
    """Whether a shop makes its owner self-employed: not where sellers are employed entrepreneurs."""
    return has_shop and not statutes.employs_sellers(session, on)


def take_turn(session: Session) -> None:
    """Wait for whoever admits, applies or imports at this moment: what the rules look at must not move meanwhile."""
    one_at_a_time(session, _ADVISORY_LOCK)


def next_number(session: Session) -> int:
    """The next free number; whoever asks at the same moment waits, so that no two get the same."""
    take_turn(session)
    return (session.scalar(select(func.max(Membership.number))) or 0) + 1


def locked(session: Session, member_id: UUID) -> Membership:
    """The membership, held until the act ends so that two decisions on it cannot cross; raises NotFound."""
    row = session.get(Membership, member_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def insert_drafts(act: Act, drafts: Iterable[Draft]) -> None:
    """Write the parties, contacts, memberships and search words of these drafts."""
    for some in _chunks(drafts):
        parties = {draft.id: new_id() for draft in some}
        people = [_party(act, parties[draft.id], draft.person) for draft in some]
        _insert(act, Party, people)
        act.mark(IDENTITIES, map(sealed_identity, people))
        contacts = [row for draft in some for row in contact_rows(parties[draft.id], draft.reach, act.today)]
        _insert(act, PartyContact, contacts)
        _insert(act, PartyRepresentative, [row for draft in some for row in _representative(act, draft, parties)])
        _insert(act, Membership, [_membership(draft, parties[draft.id]) for draft in some])
        _insert(act, MemberWord, [row for draft in some for row in _words(draft)])


def insert_rows(act: Act, model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Write many rows of one table, some thousands at a time; the journal keeps the marks of what is append-only."""
    for some in _chunks(rows):
        _insert(act, model, some)
        if "append_only" in model.__table__.info:
            later = [column.name for column in model.__table__.columns if "since" in column.info]
            act.mark(str(model.__table__), [_told(row, later) for row in some])


def _told(row: dict[str, Any], later: Sequence[str]) -> dict[str, Any]:
    # As the journal tells a row: a column that came later says nothing while it is empty.
    return {name: value for name, value in row.items() if value is not None or name not in later}


@dataclass(frozen=True, slots=True)
class Why:
    """What stands behind an event beside its words: a reason that can be counted, a paper of the archive."""

    code: ReasonCode | None = None
    document_id: UUID | None = None


UNTOLD = Why()


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What happened to a membership, and what the member is from then on."""

    kind: EventKind
    effective_on: date
    status: Status
    category: Category
    college: str
    decided_by: DecidedBy | None = None
    decision: str = ""
    reason: str = ""
    reverses_id: int | None = None
    reason_code: ReasonCode | None = None
    document_id: UUID | None = None


def event_row(act: Act, member_id: UUID, event: NewEvent) -> dict[str, Any]:
    """One event as a row of this act."""
    return {
        "membership_id": member_id, "kind": event.kind, "effective_on": event.effective_on, "status": event.status,
        "category": event.category, "college": event.college, "decided_by": event.decided_by,
        "decision": event.decision[:300], "reason": event.reason[:500], "recorded_at": act.now,
        "recorded_by": act.actor.pseudonym, "reverses_id": event.reverses_id, "reason_code": event.reason_code,
        "document_id": event.document_id,
    }  # fmt: skip


def write_event(act: Act, row: Membership, kind: EventKind, **facts: Any) -> None:
    """Add one event and rewrite the projection that follows from all of them."""
    event = NewEvent(kind, **{"category": row.category, "college": row.college, **facts})
    insert_rows(act, MembershipEvent, [event_row(act, row.id, event)])
    project(act, row)


def project(act: Act, row: Membership) -> None:
    """Rewrite what lists show of a membership from its events."""
    standing = standing_of(queries.events_of(act.session, row.id), on=act.today)
    if standing is None:
        return
    row.status, row.category, row.college = standing.status, standing.category, standing.college
    row.applied_on, row.joined_on, row.left_on = standing.applied_on, standing.joined_on, standing.left_on
    act.session.flush()  # the next read of this act must see what the member now is


def rewrite_words(act: Act, row: Membership) -> None:
    """Rewrite the words a member is found by."""
    # The word that is her number leads to the others.
    of_number = MemberWord.word == str(row.number), MemberWord.number == row.number
    known = act.session.scalar(select(MemberWord.words).where(*of_number)) or ""
    act.session.execute(delete(MemberWord).where(MemberWord.word.in_(known.split()), MemberWord.number == row.number))
    _insert(act, MemberWord, _word_rows(row.number, row.sort_name, row.name, row.town))


def contact_rows(party_id: UUID, reach: Reach, since: date) -> list[dict[str, Any]]:
    """The contacts of a party as rows; what is empty is left out."""
    values = {
        ContactKind.EMAIL: reach.email.strip(),
        ContactKind.PHONE: reach.phone.strip(),
        ContactKind.ADDRESS: "\n".join(reach.postal_lines),
    }
    return [
        {
            "id": new_id(),
            "party_id": party_id,
            "kind": kind,
            "value": value,
            "valid_from": since,
            "valid_until": None,
            "proof": None,
            "reason": None,
        }
        for kind, value in values.items()
        if value
    ]


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while some := list(islice(rest, CHUNK)):
        yield some


def _insert(act: Act, model: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        bulk_insert(act.session, model, rows)


def _party(act: Act, party_id: UUID, person: Person) -> dict[str, Any]:
    return {
        "id": party_id, "kind": person.kind, "legal_name": person.legal_name, "given_names": person.given_names,
        "birth_date": person.birth_date, "birth_place": person.birth_place, "siren": person.siren,
        "representative": person.representative, "is_cooperative": person.is_cooperative, "created_at": act.now,
        "salt": secrets.token_bytes(SALT_LENGTH),
    }  # fmt: skip


def _representative(act: Act, draft: Draft, parties: dict[UUID, UUID]) -> list[dict[str, Any]]:
    if not draft.person.representative or draft.person.kind is PartyKind.PERSON:
        return []
    since = draft.joined_on or draft.applied_on or act.today
    return [representative_row(act, parties[draft.id], draft.person.representative, since)]


def representative_row(
    act: Act, party_id: UUID, name: str, since: date, office: str = "", proof: str = ""
) -> dict[str, Any]:
    """Who speaks for a party from a day on, as a row of this act."""
    return {
        "id": new_id(), "party_id": party_id, "name": name, "office": office, "from_day": since, "until_day": None,
        "proof": proof, "recorded_at": act.now, "recorded_by": act.actor.pseudonym,
    }  # fmt: skip


def _membership(draft: Draft, party_id: UUID) -> dict[str, Any]:
    return {
        "id": draft.id, "party_id": party_id, "number": draft.number, "account_id": draft.account_id,
        "shares_wished": draft.shares_wished, "craft": draft.craft, "has_shop": draft.has_shop,
        "name": draft.person.name, "sort_name": draft.person.sort_name, "town": draft.reach.town,
        "email": fold_email(draft.reach.email), "postal_address": "\n".join(draft.reach.postal_lines),
        "status": draft.status, "category": draft.category, "college": draft.college,
        "applied_on": draft.applied_on, "joined_on": draft.joined_on, "left_on": draft.left_on,
    }  # fmt: skip


def _words(draft: Draft) -> list[dict[str, Any]]:
    return _word_rows(draft.number, draft.person.sort_name, draft.person.name, draft.reach.town)


def _word_rows(number: int, sort_name: str, name: str, town: str) -> list[dict[str, Any]]:
    words = words_of(name, town, str(number))
    told = "".join(f" {word}" for word in words)
    return [{"word": word, "sort_name": sort_name, "number": number, "words": told} for word in words]
