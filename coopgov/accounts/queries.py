"""Reads of accounts, sessions and mandates."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Date, Row, String, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from coopgov.accounts.models import (
    Account,
    AccountSession,
    CalendarAddress,
    LoginLink,
    RoleMandate,
    RoleMandateEnd,
)
from coopgov.accounts.rules import GIVEN_BY_HAND, EndCause, How, Mandate, fold_email, lifetime
from coopgov.core.dates import paris_day
from coopgov.core.db import Instant
from coopgov.core.direct import Question
from coopgov.core.errors import NotFound
from coopgov.core.policy import Actor, Role

# As many identifiers as one statement may name on every engine.
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Somebody who can sign in."""

    id: UUID
    email: str
    name: str
    has_password: bool
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser signed in."""

    id: UUID
    account_id: UUID
    created_at: datetime
    how: How
    device: str


@dataclass(frozen=True, slots=True)
class Signed:
    """Who a session token stands for, with the offices of the day."""

    actor: Actor
    session: SessionRow


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link that can still be used."""

    name: str
    next_path: str


@dataclass(frozen=True, slots=True)
class CalendarReader:
    """For whom a calendar is read, with the offices of the day; since when its address is good."""

    actor: Actor
    language: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """An account with the offices it holds on a day."""

    account: AccountRow
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class OfficeHeld:
    """A mandate that runs on a day, and the name of its holder."""

    mandate: Mandate
    name: str


@dataclass(frozen=True, slots=True)
class MandateLine:
    """One line of the register of mandates (*registre des mandats*): given by whom, until when, ended how."""

    id: UUID
    account_id: UUID
    name: str
    role: Role
    rank: int
    """The first, second… mandate of this person in this office."""
    from_day: date
    until_day: date | None
    """The end of the term, as it was given."""
    decision: str
    recorded_at: datetime
    ended_on: date | None
    """The last day, where the mandate ended before its term."""
    cause: EndCause | None
    end_decision: str
    reason: str

    @property
    def last_day(self) -> date | None:
        """The last day on which the office is held, as far as is known."""
        return min(filter(None, (self.until_day, self.ended_on)), default=None)

    def holds_on(self, on: date) -> bool:
        """True when the office is held on that day."""
        return self.from_day <= on and (self.last_day is None or on <= self.last_day)


@dataclass(frozen=True, slots=True)
class People:
    """One page of accounts in the order of their addresses, and where the next begins."""

    rows: tuple[Person, ...]
    next_key: str | None


def token_hash(token: str) -> str:
    """What is stored of a secret token."""
    return hashlib.sha256(token.encode()).hexdigest()


# Accounts


def get_account(session: Session, account_id: UUID) -> AccountRow:
    """One account; raises NotFound."""
    row = session.execute(_accounts().where(Account.id == account_id)).first()
    if row is None:
        raise NotFound(f"account {account_id}")
    return _account(row)


def find_account_by_email(session: Session, email: str) -> AccountRow | None:
    """The account of an address, however it is spelt."""
    row = session.execute(_accounts().where(Account.email_folded == fold_email(email))).first()
    return _account(row) if row else None


def password_hash_of(session: Session, account_id: UUID) -> str | None:
    """The kept hash of an account's password, if it has one."""
    return session.scalar(select(Account.password_hash).where(Account.id == account_id))


def names_of(session: Session, account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of these accounts; unknown ones are left out."""
    return _told_by(session, Account.name, account_ids)


def languages_of(session: Session, account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The languages their people read; unknown accounts are left out."""
    return _told_by(session, Account.language, account_ids)


def _told_by(session: Session, column: InstrumentedAttribute[str], account_ids: Iterable[UUID]) -> dict[UUID, str]:
    wanted, told = list(set(account_ids)), dict[UUID, str]()
    for start in range(0, len(wanted), AT_ONCE):
        some = Account.id.in_(wanted[start : start + AT_ONCE])
        told.update(session.execute(select(Account.id, column).where(some)).all())
    return told


def list_people(session: Session, on: date, *, text: str = "", after: str = "", limit: int = 50) -> People:
    """Accounts whose address begins with `text`, in the order of addresses, with their offices of the day."""
    folded = fold_email(text)
    found = session.execute(
        _accounts()
        .where(Account.email_folded.startswith(folded, autoescape=True), Account.email_folded > after)
        .order_by(Account.email_folded)
        .limit(limit + 1)
    ).all()
    rows = [_account(row) for row in found[:limit]]
    roles = _roles_of(session, [row.id for row in rows], on)
    more = len(found) > limit
    return People(
        rows=tuple(Person(row, roles.get(row.id, ())) for row in rows),
        next_key=fold_email(rows[-1].email) if more else None,
    )


# Sessions and links


def find_signed(session: Session, token: str, now: datetime) -> Signed | None:
    """Who this token stands for at this instant: one statement for the session, the account and the mandates."""
    found = _SIGNED.rows(session, token_hash=token_hash(token), day=paris_day(now))
    if not found:
        return None
    *kept, name, _role = found[0]
    roles, signed = frozenset(filter(None, (row.role for row in found))), SessionRow(*kept)
    if not _is_open(signed, roles, now):
        return None
    return Signed(Actor(name=name, account_id=signed.account_id, roles=roles), signed)


def signed_account(offices: Iterable[Role]) -> str:
    """The account of an open session whose person holds one of these offices, for a statement written by hand.

    It asks what `find_signed` finds out; `signed_values` are what it is told.
    """
    names = ", ".join(f"'{office.value}'" for office in sorted(offices))
    # Told as an expression, the office is looked up among those of the account: SQLite would look through all members.
    wanted, more = _holds(f"coalesce(r.role, '') IN ({names})"), _holds(f"r.role <> '{Role.MEMBER.value}'")
    # An office ends a session sooner: only of one that is older is it asked whether there is any.
    return (
        "(SELECT k.account_id FROM account_session k WHERE k.token_hash = :token AND k.ended_at IS NULL "  # noqa: S608 - our names
        f"AND :entered = CASE WHEN k.how = '{How.CODE.value}' THEN '{How.CODE.value}' ELSE '' END "
        f"AND k.created_at > CASE k.how WHEN '{How.DEMONSTRATION.value}' THEN :shown_since "
        f"WHEN '{How.CODE.value}' THEN :office_since ELSE :member_since END "
        f"AND {wanted} AND (k.created_at > :office_since OR k.how = '{How.DEMONSTRATION.value}' OR NOT {more}))"
    )


def _holds(which: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM role_mandate r WHERE r.account_id = k.account_id AND {which} "  # noqa: S608 - our names
        "AND r.from_day <= :day AND (r.until_day IS NULL OR r.until_day >= :day) "
        "AND NOT EXISTS (SELECT 1 FROM role_mandate_end f WHERE f.mandate_id = r.id AND f.last_day < :day))"
    )


SIGNED_BINDS: tuple[BindParameter[Any], ...] = (
    bindparam("token", type_=String()), bindparam("entered", type_=String()), bindparam("day", type_=Date()),
    *(bindparam(name, type_=Instant()) for name in ("shown_since", "office_since", "member_since")),
)  # fmt: skip


def signed_values(token: str, now: datetime, *, by_code: bool) -> dict[str, Any]:
    """What `signed_account` is told of whoever comes with this token at this instant, by a code or otherwise."""
    return {
        "token": token_hash(token), "day": paris_day(now), "entered": How.CODE.value if by_code else "",
        "shown_since": now - _SHOWN, "office_since": now - _OFFICE, "member_since": now - _MEMBER,
    }  # fmt: skip


_SHOWN, _OFFICE, _MEMBER = lifetime((), How.DEMONSTRATION), lifetime([Role.BOARD]), lifetime([Role.MEMBER])


def list_sessions(session: Session, account_id: UUID, now: datetime) -> list[SessionRow]:
    """The browsers this account is signed in with, newest first."""
    roles = roles_on(session, account_id, paris_day(now))
    rows = session.scalars(
        select(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.ended_at.is_(None))
        .order_by(AccountSession.created_at.desc(), AccountSession.token_hash)
    )
    return [_session(row) for row in rows if _is_open(row, roles, now)]


def find_link(session: Session, token: str, now: datetime) -> LinkRow | None:
    """What a link opens, if it can still be used."""
    row = session.execute(
        select(Account.name, LoginLink.next_path)
        .join(Account, Account.id == LoginLink.account_id)
        .where(LoginLink.token_hash == token_hash(token), LoginLink.used_at.is_(None), LoginLink.expires_at > now)
    ).first()
    return LinkRow(*row) if row else None


# Calendars


def find_calendar_reader(session: Session, token: str, on: date) -> CalendarReader | None:
    """Whose calendar a secret opens, or None; her name is left out, because no line of a calendar tells it."""
    row = session.execute(
        select(Account.id, Account.language, CalendarAddress.made_at)
        .join(CalendarAddress, CalendarAddress.account_id == Account.id)
        .where(CalendarAddress.token_hash == token_hash(token))
    ).first()
    if row is None:
        return None
    account_id, language, made_at = row
    return CalendarReader(Actor("", account_id, roles_on(session, account_id, on)), language, made_at)


def find_calendar_made_at(session: Session, account_id: UUID) -> datetime | None:
    """Since when an account has a calendar address, or None."""
    return session.scalar(select(CalendarAddress.made_at).where(CalendarAddress.account_id == account_id))


# Mandates


def roles_on(session: Session, account_id: UUID, on: date) -> frozenset[Role]:
    """The offices an account holds on a day."""
    return frozenset(
        session.scalars(select(RoleMandate.role).where(RoleMandate.account_id == account_id, _holds_on(on)))
    )


def holders_of(session: Session, role: Role, on: date) -> list[AccountRow]:
    """The accounts that hold an office on a day, in the order of their names."""
    held = exists().where(RoleMandate.account_id == Account.id, RoleMandate.role == role, _holds_on(on))
    rows = [_account(row) for row in session.execute(_accounts().where(held))]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id))


def list_mandates(session: Session, account_id: UUID) -> list[Mandate]:
    """Every mandate an account ever had, by first day, with the day it really ended."""
    ended = _ends()
    rows = session.execute(
        select(RoleMandate, ended.c.last_day)
        .outerjoin(ended, ended.c.mandate_id == RoleMandate.id)
        .where(RoleMandate.account_id == account_id)
        .order_by(RoleMandate.from_day, RoleMandate.recorded_at, RoleMandate.id)
    )
    return [_mandate(row, last_day) for row, last_day in rows]


def offices_held_on(session: Session, on: date) -> list[OfficeHeld]:
    """Every mandate given by hand that runs on a day, by office, then by name."""
    rows = session.execute(_offices_held(), {"on": on})
    found = [OfficeHeld(_mandate(row, last_day), name) for row, last_day, name in rows]
    return sorted(found, key=lambda held: (GIVEN_BY_HAND.index(held.mandate.role), held.name.casefold()))


@cache
def _offices_held() -> Any:
    # Every home page asks it: made once.
    ended = _ends()
    return (
        select(RoleMandate, ended.c.last_day, Account.name)
        .join(Account, Account.id == RoleMandate.account_id)
        .outerjoin(ended, ended.c.mandate_id == RoleMandate.id)
        .where(RoleMandate.role.in_(GIVEN_BY_HAND), _holds_on(bindparam("on", type_=Date())))
    )


def register_of_mandates(session: Session, on: date, known_at: datetime | None = None) -> list[MandateLine]:
    """Every mandate given by hand that had begun on a day, as it was known at an instant: by office, day and name.

    Two statements: the mandates, and the first end of each.
    """
    ends = _first_ends(session, known_at)
    rank = func.row_number().over(
        partition_by=(RoleMandate.account_id, RoleMandate.role),
        order_by=(RoleMandate.from_day, RoleMandate.recorded_at),
    )
    rows = session.execute(
        select(RoleMandate, Account.name, rank.label("rank"))
        .join(Account, Account.id == RoleMandate.account_id)
        .where(RoleMandate.role.in_(GIVEN_BY_HAND), RoleMandate.from_day <= on, *_known(RoleMandate, known_at))
    ).all()
    lines = [_line(row, name, rank, ends.get(row.id)) for row, name, rank in rows]
    return sorted(lines, key=lambda one: (GIVEN_BY_HAND.index(one.role), one.from_day, one.name.casefold(), one.id))


def _first_ends(session: Session, known_at: datetime | None) -> dict[UUID, RoleMandateEnd]:
    rows = session.scalars(
        select(RoleMandateEnd)
        .where(*_known(RoleMandateEnd, known_at))
        .order_by(RoleMandateEnd.last_day.desc(), RoleMandateEnd.recorded_at.desc(), RoleMandateEnd.id)
    )
    # The earliest comes last, and stays.
    return {row.mandate_id: row for row in rows}


def _known(table: Any, known_at: datetime | None) -> list[ColumnElement[bool]]:
    return [] if known_at is None else [table.recorded_at <= known_at]


def _line(row: RoleMandate, name: str, rank: int, end: RoleMandateEnd | None) -> MandateLine:
    return MandateLine(
        id=row.id, account_id=row.account_id, name=name, role=row.role, rank=rank, from_day=row.from_day,
        until_day=row.until_day, decision=row.decision, recorded_at=row.recorded_at,
        ended_on=end.last_day if end else None, cause=end.cause if end else None,
        end_decision=end.decision if end else "", reason=(end.reason or "") if end else "",
    )  # fmt: skip


def _ends() -> Any:
    return (
        select(RoleMandateEnd.mandate_id, func.min(RoleMandateEnd.last_day).label("last_day"))
        .group_by(RoleMandateEnd.mandate_id)
        .subquery()
    )


def _holds_on(on: Any) -> ColumnElement[bool]:
    ended = exists().where(RoleMandateEnd.mandate_id == RoleMandate.id, RoleMandateEnd.last_day < on)
    return and_(RoleMandate.from_day <= on, or_(RoleMandate.until_day.is_(None), RoleMandate.until_day >= on), ~ended)


def _roles_of(session: Session, account_ids: Sequence[UUID], on: date) -> dict[UUID, tuple[Role, ...]]:
    rows = session.execute(
        select(RoleMandate.account_id, RoleMandate.role)
        .where(RoleMandate.account_id.in_(account_ids), _holds_on(on))
        .distinct()
    ).all()
    order = list(Role)
    ordered = sorted(rows, key=lambda row: (row.account_id, order.index(row.role)))
    return {key: tuple(row.role for row in some) for key, some in groupby(ordered, key=lambda row: row.account_id)}


def _is_open(kept: AccountSession | SessionRow, roles: frozenset[Role], now: datetime) -> bool:
    return now < kept.created_at + lifetime(roles, kept.how)


def _accounts() -> Any:
    return select(Account.id, Account.email, Account.name, Account.password_hash, Account.language)


def _account(row: Row[Any]) -> AccountRow:
    return AccountRow(row.id, row.email, row.name, row.password_hash is not None, row.language)


def _session(row: AccountSession) -> SessionRow:
    return SessionRow(row.id, row.account_id, row.created_at, row.how, row.device)


def _mandate(row: RoleMandate, ended: date | None) -> Mandate:
    last_day = min(filter(None, (row.until_day, ended)), default=None)
    return Mandate(row.id, row.account_id, row.role, row.from_day, last_day, row.decision, row.recorded_at)


# Every page of somebody signed in asks this: the statement is built once.
_SIGNED = Question(
    select(
        AccountSession.id,
        AccountSession.account_id,
        AccountSession.created_at,
        AccountSession.how,
        AccountSession.device,
        Account.name,
        RoleMandate.role,
    )
    .join(Account, Account.id == AccountSession.account_id)
    .outerjoin(RoleMandate, and_(RoleMandate.account_id == Account.id, _holds_on(bindparam("day", type_=Date()))))
    .where(AccountSession.token_hash == bindparam("token_hash"), AccountSession.ended_at.is_(None))
)
