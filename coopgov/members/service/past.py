"""Writing down members with their whole history, taken over from an older register."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.accounts.bulk import Holder, open_for_members
from coopgov.accounts.rules import fold_email
from coopgov.core.act import Act
from coopgov.core.bulk import look_again
from coopgov.core.canonical import digest
from coopgov.members.models import EmailConsent, Membership, MembershipEvent, Party, PartyContact
from coopgov.members.rules import NewMember, Standing, Status
from coopgov.members.service.writing import CHUNK, Draft, NewEvent, event_row, insert_drafts, insert_rows


@dataclass(frozen=True, slots=True)
class PastMember:
    """A member with every event of her life; a reversal names the place of the event it undoes."""

    id: UUID
    number: int
    member: NewMember
    standing: Standing
    events: tuple[tuple[NewEvent, int | None], ...]


def enrol_past(act: Act, members: Iterator[PastMember]) -> int:
    """Write down members as they come, some thousands at a time; only present members get accounts."""
    count = 0
    while some := list(islice(members, CHUNK)):
        _write(act, some)
        count += len(some)
        facts = {"members": len(some), "sha256": digest([_told(past) for past in some])}
        act.record("members.taken_over", "members", facts)
    return count


def look_anew(session: Session) -> None:
    """Let the database see how many members there have become, between many chunks of one act."""
    look_again(session, Membership, MembershipEvent, Party, PartyContact)


def _write(act: Act, some: Sequence[PastMember]) -> None:
    accounts = _accounts(act, some)
    insert_drafts(act, (_draft(past, accounts) for past in some))
    first_hand = [event_row(act, past.id, event) for past in some for event, undoes in past.events if undoes is None]
    insert_rows(act, MembershipEvent, first_hand)
    insert_rows(
        act, MembershipEvent, _reversals(act, [past for past in some if any(u is not None for _e, u in past.events)])
    )
    insert_rows(act, EmailConsent, (row for past in some for row in _consents(act, past)))


def _reversals(act: Act, some: Sequence[PastMember]) -> Iterator[dict[str, Any]]:
    # The numbers of what they undo are the database's to give, so they are written after it.
    for past in some:
        rows = act.session.scalars(
            select(MembershipEvent.id).where(MembershipEvent.membership_id == past.id).order_by(MembershipEvent.id)
        ).all()
        places = [place for place, (_event, undoes) in enumerate(past.events) if undoes is None]
        ids = dict(zip(places, rows, strict=True))
        for event, undoes in past.events:
            if undoes is not None:
                yield event_row(act, past.id, replace(event, reverses_id=ids[undoes]))


def _accounts(act: Act, some: Sequence[PastMember]) -> dict[str, UUID]:
    holders = [
        Holder(past.member.reach.email, past.member.person.name, past.standing.joined_on, past.member.decision)
        for past in some
        if past.member.reach.email and past.standing.status is Status.MEMBER and past.standing.joined_on is not None
    ]
    return open_for_members(act, holders) if holders else {}


def _draft(past: PastMember, accounts: dict[str, UUID]) -> Draft:
    member, standing = past.member, past.standing
    is_member = standing.status is Status.MEMBER
    return Draft(
        id=past.id, number=past.number, person=member.person, reach=member.reach, craft=member.craft,
        category=standing.category, college=standing.college, status=standing.status, has_shop=member.has_shop,
        account_id=accounts.get(fold_email(member.reach.email)) if is_member else None,
        applied_on=standing.applied_on, joined_on=standing.joined_on, left_on=standing.left_on,
    )  # fmt: skip


def _consents(act: Act, past: PastMember) -> Iterator[dict[str, Any]]:
    if past.member.consent_on is not None:
        yield {
            "membership_id": past.id, "given": True, "on_day": past.member.consent_on,
            "proof": past.member.consent_proof[:300], "recorded_at": act.now, "recorded_by": act.actor.pseudonym,
        }  # fmt: skip


def _told(past: PastMember) -> dict[str, object]:
    return {"id": past.id, "number": past.number, "name": past.member.person.name, "events": len(past.events)}
