"""Reads of who holds and who speaks: representatives, joint holders, doubles, estates, the account one is paid on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from coopgov.core.errors import NotFound
from coopgov.members.models import (
    DeathFile,
    Heir,
    JointHolder,
    Membership,
    Party,
    PartyContact,
    PartyMerge,
    PartyRepresentative,
)
from coopgov.members.queries.one import events_of
from coopgov.members.queries.rows import MemberRow, member_row, members_select
from coopgov.members.rules import (
    ContactKind,
    EventFact,
    HeirFact,
    HeirWish,
    PartyKind,
    Period,
    Representative,
    Status,
    mask_iban,
    periods_of,
    still_standing,
)
from coopgov.members.rules.doubles import Alike, Joining

# More pairs than this are looked at in turns.
MOST_PAIRS = 100


@dataclass(frozen=True, slots=True)
class HolderRow:
    """One of several who hold together, with her days."""

    name: str
    from_day: date
    until_day: date | None


@dataclass(frozen=True, slots=True)
class IbanRow:
    """An account number as it may be shown, with its days and its proof."""

    masked: str
    valid_from: date
    valid_until: date | None
    proof: str
    reason: str


@dataclass(frozen=True, slots=True)
class HeirRow:
    """An heir, what she wishes and what she is by now."""

    id: UUID
    name: str
    reach: str
    wish: HeirWish
    number: int | None
    status: Status | None

    @property
    def fact(self) -> HeirFact:
        """The same as rules see it."""
        return HeirFact(self.name, self.wish, self.status is Status.MEMBER)


@dataclass(frozen=True, slots=True)
class Estate:
    """The file of a member's death; her shares wait while it is open."""

    id: UUID
    died_on: date
    notary: str
    proof: str
    closed_on: date | None
    closed_for: str
    heirs: tuple[HeirRow, ...]


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """Another number of the same person, and since when they are joined."""

    member_id: UUID
    number: int
    name: str
    merged_at: datetime
    reason: str
    is_kept: bool
    """True when the other number is the one that stays."""


@dataclass(frozen=True, slots=True)
class PartyFile:
    """Who stands behind a membership, as its file tells it."""

    kind: PartyKind
    representatives: tuple[Representative, ...]
    holders: tuple[HolderRow, ...]
    ibans: tuple[IbanRow, ...]
    joined: tuple[JoinedRow, ...]
    estate: Estate | None
    standing: tuple[EventFact, ...]
    """The events that nobody undid, oldest first."""

    @property
    def periods(self) -> list[Period]:
        """The periods in which she was a member under this number."""
        return periods_of(self.standing)

    @property
    def is_joined(self) -> bool:
        """Whether this number is the double of another."""
        return any(one.is_kept for one in self.joined)


@dataclass(frozen=True, slots=True)
class Double:
    """Two numbers that look like one person, and by what."""

    first: MemberRow
    second: MemberRow
    alike: tuple[Alike, ...]


def get_party(session: Session, member_id: UUID) -> PartyFile:
    """Who stands behind a membership; raises NotFound. As many statements for everybody."""
    row = session.execute(
        select(Party.id, Party.kind).join(Membership, Membership.party_id == Party.id).where(Membership.id == member_id)
    ).first()
    if row is None:
        raise NotFound
    return PartyFile(
        kind=row.kind, representatives=representatives_of(session, row.id), holders=_holders(session, row.id),
        ibans=_ibans(session, row.id), joined=_joined_to(session, row.id), estate=_estate(session, member_id),
        standing=tuple(still_standing(events_of(session, member_id))),
    )  # fmt: skip


def representatives_of(session: Session, party_id: UUID) -> tuple[Representative, ...]:
    """Everybody who ever spoke for a party, the latest first."""
    one = PartyRepresentative
    rows = session.execute(
        select(one.name, one.office, one.from_day, one.until_day, one.proof)
        .where(one.party_id == party_id)
        .order_by(one.from_day.desc(), one.recorded_at.desc())
    )
    return tuple(Representative(*row) for row in rows)


def iban_of(session: Session, member_id: UUID, on: date) -> str | None:
    """The account a member is paid on that day, in clear: for a bank file, never for a page."""
    return ibans_of(session, [member_id], on).get(member_id)


def ibans_of(session: Session, member_ids: Collection[UUID], on: date) -> dict[UUID, str]:
    """The accounts these members are paid on that day, in clear; who has none is left out."""
    rows = session.execute(
        select(Membership.id, PartyContact.value)
        .join(PartyContact, PartyContact.party_id == Membership.party_id)
        .where(Membership.id.in_(member_ids), PartyContact.kind == ContactKind.IBAN, PartyContact.valid_from <= on)
        .where(or_(PartyContact.valid_until.is_(None), PartyContact.valid_until > on))
        .order_by(PartyContact.valid_from)
    )
    return {row.id: row.value for row in rows}


# Estates


def find_estate(session: Session, member_id: UUID) -> Estate | None:
    """The open file of a member's death, or None: while there is one her shares wait."""
    found = _estate(session, member_id)
    return found if found is not None and found.closed_on is None else None


def get_estate(session: Session, member_id: UUID) -> Estate:
    """The open file of a member's death; raises NotFound."""
    found = find_estate(session, member_id)
    if found is None:
        raise NotFound
    return found


def frozen_members(session: Session, member_ids: Collection[UUID]) -> set[UUID]:
    """Those of these members whose shares wait for heirs: nothing of them is transferred or paid back."""
    return set(
        session.scalars(
            select(DeathFile.membership_id).where(
                DeathFile.membership_id.in_(member_ids), DeathFile.closed_on.is_(None)
            )
        )
    )


def open_estates(session: Session) -> list[tuple[MemberRow, date]]:
    """The deceased members whose file is open, the longest ago first."""
    found = session.execute(
        select(DeathFile.membership_id, DeathFile.died_on)
        .where(DeathFile.closed_on.is_(None))
        .order_by(DeathFile.died_on, DeathFile.id)
        .limit(MOST_PAIRS)
    ).all()
    members = _rows(session, [row.membership_id for row in found])
    return [(members[row.membership_id], row.died_on) for row in found]


def _estate(session: Session, member_id: UUID) -> Estate | None:
    row = session.scalar(
        select(DeathFile).where(DeathFile.membership_id == member_id).order_by(DeathFile.opened_at.desc()).limit(1)
    )
    if row is None:
        return None
    return Estate(
        row.id, row.died_on, row.notary, row.proof, row.closed_on, row.closed_for, _heirs(session, row.id)
    )  # fmt: skip


def _heirs(session: Session, file_id: UUID) -> tuple[HeirRow, ...]:
    rows = session.execute(
        select(Heir.id, Heir.name, Heir.reach, Heir.wish, Membership.number, Membership.status)
        .outerjoin(Membership, Membership.id == Heir.membership_id)
        .where(Heir.file_id == file_id)
        .order_by(Heir.name, Heir.id)
    )
    return tuple(HeirRow(*row) for row in rows)


def _holders(session: Session, party_id: UUID) -> tuple[HolderRow, ...]:
    one = JointHolder
    rows = session.execute(
        select(one.name, one.from_day, one.until_day)
        .where(one.party_id == party_id)
        .order_by(one.from_day.desc(), one.name)
    )
    return tuple(HolderRow(*row) for row in rows)


def _ibans(session: Session, party_id: UUID) -> tuple[IbanRow, ...]:
    rows = session.scalars(
        select(PartyContact)
        .where(PartyContact.party_id == party_id, PartyContact.kind == ContactKind.IBAN)
        .order_by(PartyContact.valid_from.desc(), PartyContact.valid_until.desc().nulls_first())
    )
    return tuple(
        IbanRow(mask_iban(row.value), row.valid_from, row.valid_until, row.proof or "", row.reason or "")
        for row in rows
    )  # fmt: skip


# Doubles


def joined(session: Session, double: Membership, kept: Membership) -> Joining:
    """What is known of two numbers about to be joined."""
    ends = session.execute(
        select(PartyMerge.party_id, PartyMerge.into_party_id).where(
            PartyMerge.undone_at.is_(None),
            or_(PartyMerge.party_id.in_([double.party_id, kept.party_id]), PartyMerge.into_party_id == double.party_id),
        )
    ).all()
    doubles, kepts = {row.party_id for row in ends}, {row.into_party_id for row in ends}
    return Joining(
        is_one_party=double.party_id == kept.party_id, double_status=double.status,
        double_is_joined=double.party_id in doubles, others_joined_to_double=double.party_id in kepts,
        kept_number=kept.number, kept_status=kept.status, kept_is_joined=kept.party_id in doubles,
    )  # fmt: skip


def list_doubles(session: Session, *, limit: int = MOST_PAIRS) -> list[Double]:
    """Numbers that look like one person, by what they share; each pair once, in the order of numbers."""
    pairs: dict[tuple[UUID, UUID], list[Alike]] = {}
    for alike in Alike:
        for first, second in _pairs(session, alike, limit):
            pairs.setdefault((first, second), []).append(alike)
    rows = _rows(session, {member_id for pair in pairs for member_id in pair})
    found = [Double(rows[first], rows[second], tuple(alike)) for (first, second), alike in pairs.items()]
    return sorted(found, key=lambda double: (double.first.number, double.second.number))[:limit]


def _rows(session: Session, ids: Collection[UUID]) -> dict[UUID, MemberRow]:
    rows = session.execute(members_select().where(Membership.id.in_(ids)))
    return {row.id: member_row(row) for row in rows}


def _pairs(session: Session, alike: Alike, limit: int) -> list[tuple[UUID, UUID]]:
    one, other = (_entries(alike).subquery(name) for name in ("one", "other"))
    query = (
        select(one.c.id, other.c.id)
        .join(other, other.c.mark == one.c.mark)
        .where(one.c.party_id != other.c.party_id, one.c.number < other.c.number)
        .where(one.c.mark.in_(_several(alike)))
        .order_by(one.c.number, other.c.number)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _several(alike: Alike) -> Any:
    """What more than one number bears: grouped first, so that a hundred thousand are not compared two by two."""
    entries = _entries(alike).subquery()
    return select(entries.c.mark).group_by(entries.c.mark).having(func.count() > 1)


def _entries(alike: Alike) -> Any:
    """Every number not joined to another, with the mark by which it is compared."""
    member, party, contact = aliased(Membership), aliased(Party), aliased(PartyContact)
    born = member.sort_name + " " + cast(party.birth_date, String)
    marks: dict[Alike, tuple[Any, list[ColumnElement[bool]]]] = {
        Alike.NAME_AND_BIRTH: (born, [party.birth_date.is_not(None)]),
        Alike.SIREN: (party.siren, [party.siren != ""]),
        Alike.EMAIL: (member.email, [member.email != ""]),
        Alike.IBAN: (contact.value, [contact.kind == ContactKind.IBAN, contact.valid_until.is_(None)]),
    }
    mark, where = marks[alike]
    merged = select(PartyMerge.party_id).where(PartyMerge.undone_at.is_(None))
    query = select(member.id, member.number, member.party_id, mark.label("mark"))
    query = query.join(party, party.id == member.party_id)
    if alike is Alike.IBAN:
        query = query.join(contact, contact.party_id == party.id)
    return query.where(*where, member.party_id.not_in(merged))


def _joined_to(session: Session, party_id: UUID) -> tuple[JoinedRow, ...]:
    other = aliased(Membership)
    rows = session.execute(
        select(other.id, other.number, other.name, PartyMerge.merged_at, PartyMerge.reason, PartyMerge.into_party_id)
        .join(
            PartyMerge,
            or_(
                and_(PartyMerge.party_id == party_id, other.party_id == PartyMerge.into_party_id),
                and_(PartyMerge.into_party_id == party_id, other.party_id == PartyMerge.party_id),
            ),
        )
        .where(PartyMerge.undone_at.is_(None))
        .order_by(other.number)
    )
    return tuple(
        JoinedRow(row.id, row.number, row.name, row.merged_at, row.reason, row.into_party_id != party_id)
        for row in rows
    )  # fmt: skip


def numbers_of_person(session: Session, member_id: UUID) -> list[UUID]:
    """Every membership of the person behind one: under other numbers, and joined as doubles."""
    party_id = session.scalar(select(Membership.party_id).where(Membership.id == member_id))
    linked = select(PartyMerge.party_id).where(PartyMerge.into_party_id == party_id, PartyMerge.undone_at.is_(None))
    into = select(PartyMerge.into_party_id).where(PartyMerge.party_id == party_id, PartyMerge.undone_at.is_(None))
    theirs = or_(
        Membership.party_id == party_id, Membership.party_id.in_(linked), Membership.party_id.in_(into)
    )  # fmt: skip
    return list(session.scalars(select(Membership.id).where(theirs).order_by(Membership.number)))
