"""Writing down people who are members already: a history that is taken over, not decided here."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from coopgov.accounts.bulk import Holder, open_for_members
from coopgov.accounts.rules import fold_email
from coopgov.core.act import Act
from coopgov.core.bulk import look_again
from coopgov.core.canonical import digest
from coopgov.core.errors import refuse_if
from coopgov.core.ids import new_id
from coopgov.members import mails
from coopgov.members.models import EmailConsent, Membership, MembershipEvent
from coopgov.members.rules import (
    EventKind,
    NewMember,
    Status,
    check_college,
    check_not_ahead,
)
from coopgov.members.service.standing import link_account, other_member_with_email
from coopgov.members.service.writing import (
    Draft,
    NewEvent,
    colleges_on,
    event_row,
    insert_drafts,
    insert_rows,
    next_number,
)


def enrol(act: Act, *, member: NewMember, notify: bool = False) -> UUID:
    """Write down one person who is a member already, with her account; nobody is told unless `notify`."""
    number = member.number or next_number(act.session)
    colleges = colleges_on(act.session, member.joined_on) or colleges_on(act.session, act.today)
    refuse_if([*check_not_ahead(member.joined_on, act.today), *check_college(member.college, colleges)])
    draft = _draft(member, number, None)
    _write(act, [(draft, member)])
    row = act.session.get_one(Membership, draft.id)
    refuse_if(other_member_with_email(act, row))
    link_account(act, row, on=member.joined_on, decision=member.decision)
    act.record("member.enrolled", f"member:{draft.id}", _told(draft))
    if notify:
        mails.send(act, row, "members_admitted", on=member.joined_on, decision=member.decision, shares=0)
    return draft.id


def enrol_many(act: Act, rows: Iterable[NewMember], *, with_accounts: bool = True) -> list[UUID]:
    """Write down any number of people who are members already, in a few statements per thousand.

    Colleges and addresses are the caller's to check; one line of the journal stands for all.
    """
    members = list(rows)
    accounts = _open_accounts(act, members) if with_accounts else {}
    pairs = list(_numbered(act, members, accounts))
    _write(act, pairs)
    drafts = [draft for draft, _member in pairs]
    facts = {"members": len(drafts), "sha256": digest([_told(draft) for draft in drafts])}
    act.record("members.enrolled", "members", facts)
    return [draft.id for draft in drafts]


def _open_accounts(act: Act, members: Sequence[NewMember]) -> dict[str, UUID]:
    holders = [
        Holder(member.reach.email, member.person.name, member.joined_on, member.decision)
        for member in members
        if member.reach.email
    ]
    return open_for_members(act, holders) if holders else {}


def _numbered(act: Act, members: Sequence[NewMember], accounts: dict[str, UUID]) -> Iterator[tuple[Draft, NewMember]]:
    free = next_number(act.session)
    free = max([free, *(member.number + 1 for member in members if member.number)])
    for member in members:
        number = member.number
        if not number:
            number, free = free, free + 1
        yield _draft(member, number, accounts.get(fold_email(member.reach.email))), member


def _write(act: Act, pairs: Sequence[tuple[Draft, NewMember]]) -> None:
    insert_drafts(act, (draft for draft, _member in pairs))
    insert_rows(act, MembershipEvent, (row for draft, member in pairs for row in _events(act, draft, member)))
    insert_rows(act, EmailConsent, (row for draft, member in pairs for row in _consents(act, draft, member)))
    look_again(act.session, Membership, MembershipEvent, EmailConsent, rows=len(pairs))


def _draft(member: NewMember, number: int, account_id: UUID | None) -> Draft:
    return Draft(
        id=new_id(), number=number, person=member.person, reach=member.reach, craft=member.craft,
        category=member.category, college=member.college, status=Status.MEMBER, has_shop=member.has_shop,
        account_id=account_id, applied_on=member.applied_on, joined_on=member.joined_on,
    )  # fmt: skip


def _events(act: Act, draft: Draft, member: NewMember) -> Iterator[dict[str, Any]]:
    if member.applied_on is not None:
        applied = NewEvent(
            EventKind.APPLIED, member.applied_on, Status.CANDIDATE, member.category, member.college
        )  # fmt: skip
        yield event_row(act, draft.id, applied)
    admitted = NewEvent(
        EventKind.ADMITTED, member.joined_on, Status.MEMBER, member.category, member.college, decision=member.decision
    )  # fmt: skip
    yield event_row(act, draft.id, admitted)


def _consents(act: Act, draft: Draft, member: NewMember) -> Iterator[dict[str, Any]]:
    if member.consent_on is not None:
        yield {
            "membership_id": draft.id, "given": True, "on_day": member.consent_on, "proof": member.consent_proof[:300],
            "recorded_at": act.now, "recorded_by": act.actor.pseudonym,
        }  # fmt: skip


def _told(draft: Draft) -> dict[str, object]:
    return {
        "id": draft.id, "number": draft.number, "name": draft.person.name, "category": draft.category,
        "college": draft.college, "joined_on": draft.joined_on,
    }  # fmt: skip
