"""Reads of one member, or of those named."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from coopgov.core.among import among
from coopgov.core.direct import Asked, Question
from coopgov.core.errors import NotFound
from coopgov.core.reading import once
from coopgov.members.models import (
    EmailConsent,
    Membership,
    MembershipEvent,
    Party,
    PartyContact,
)
from coopgov.members.queries.rows import (
    AT_ONCE,
    ConsentRow,
    ContactRow,
    EventRow,
    MemberFile,
    MemberRow,
    member_row,
    members_select,
)
from coopgov.members.rules import (
    REACHED_BY,
    EventFact,
    Person,
    Status,
)

# Asked for by nearly every command: made once, so that a command does not make it again.
_ONE = Question(members_select().where(Membership.id == bindparam("wanted", type_=Uuid())))
_SOME = Question(members_select().where(among(Membership.id, "wanted")))


@once
def find_by_account(session: Session, account_id: UUID) -> MemberRow | None:
    """The membership of an account: the present one, or the latest there was."""
    rows = [member_row(row) for row in session.execute(members_select().where(Membership.account_id == account_id))]
    return max(rows, key=lambda row: (row.status is Status.MEMBER, row.number), default=None)


def own_member(account: str) -> str:
    """The same for a statement written by hand: the member of an account that is told as an expression."""
    return (
        f"(SELECT m.id FROM membership m WHERE m.account_id = {account} "  # noqa: S608 - our names
        f"ORDER BY m.status = '{Status.MEMBER.value}' DESC, m.number DESC LIMIT 1)"
    )


def asked_of(member_id: UUID) -> Asked:
    """What `get_member` asks, to be asked ahead."""
    return _ONE, {"wanted": member_id}


def find_member(session: Session, member_id: UUID) -> MemberRow | None:
    """One member, or None."""
    row = _ONE.first(session, wanted=member_id)
    return member_row(row) if row else None


def get_member(session: Session, member_id: UUID) -> MemberRow:
    """One member; raises NotFound."""
    found = find_member(session, member_id)
    if found is None:
        raise NotFound
    return found


def get_members(session: Session, ids: Iterable[UUID]) -> dict[UUID, MemberRow]:
    """These members by id; unknown ones are left out."""
    wanted = list(set(ids))
    found: dict[UUID, MemberRow] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = _SOME.rows(session, wanted=tuple(wanted[start : start + AT_ONCE]))
        found.update((row.id, member_row(row)) for row in rows)
    return found


def get_file(session: Session, member_id: UUID) -> MemberFile:
    """All there is about one member, events oldest first; raises NotFound."""
    member = get_member(session, member_id)
    row = session.execute(
        select(Party, Membership.shares_wished, Membership.applied_on, Membership.left_on)
        .join(Party, Party.id == Membership.party_id)
        .where(Membership.id == member_id)
    ).one()
    return MemberFile(
        member=member, person=_person(row.Party), shares_wished=row.shares_wished, applied_on=row.applied_on,
        left_on=row.left_on, contacts=_contacts(session, row.Party.id), events=_events(session, member_id),
        consents=_consents(session, member_id),
    )  # fmt: skip


def events_of(session: Session, member_id: UUID) -> list[EventFact]:
    """The events of one membership as rules see them, in the order of their recording."""
    return [
        EventFact(row.id, row.kind, row.effective_on, row.status, row.category, row.college, row.reverses_id)
        for row in _events(session, member_id)
    ]


def find_by_number(session: Session, number: int) -> MemberRow | None:
    """The member of that number, or None."""
    row = session.execute(members_select().where(Membership.number == number)).first()
    return member_row(row) if row else None


def _person(row: Party) -> Person:
    return Person(
        kind=row.kind, legal_name=row.legal_name, given_names=row.given_names, birth_date=row.birth_date,
        birth_place=row.birth_place, siren=row.siren, representative=row.representative,
        is_cooperative=row.is_cooperative,
    )  # fmt: skip


def _contacts(session: Session, party_id: UUID) -> tuple[ContactRow, ...]:
    rows = session.scalars(
        select(PartyContact)
        .where(
            PartyContact.party_id == party_id,
            PartyContact.valid_until.is_(None),
            PartyContact.kind.in_(REACHED_BY),
        )
        .order_by(PartyContact.kind, PartyContact.valid_from)
    )
    return tuple(ContactRow(row.kind, row.value, row.valid_from) for row in rows)


def _events(session: Session, member_id: UUID) -> tuple[EventRow, ...]:
    rows = session.scalars(
        select(MembershipEvent).where(MembershipEvent.membership_id == member_id).order_by(MembershipEvent.id)
    )
    return tuple(
        EventRow(
            row.id, row.kind, row.effective_on, row.status, row.category, row.college, row.decided_by, row.decision,
            row.reason, row.recorded_at, row.reverses_id, row.reason_code, row.document_id,
        )
        for row in rows
    )  # fmt: skip


def _consents(session: Session, member_id: UUID) -> tuple[ConsentRow, ...]:
    rows = session.scalars(
        select(EmailConsent).where(EmailConsent.membership_id == member_id).order_by(EmailConsent.id)
    )
    return tuple(ConsentRow(row.given, row.on_day, row.proof, row.recorded_at) for row in rows)
