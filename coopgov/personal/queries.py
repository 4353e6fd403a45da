"""Reads of all that is kept of somebody, from the tables that the map of personal data names."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Date, Select, Table, bindparam, func, or_, select
from sqlalchemy.orm import Session

from coopgov.accounts import queries as accounts
from coopgov.core.canonical import plain
from coopgov.core.dates import add_years, paris_day
from coopgov.core.db import Base
from coopgov.core.figures import Figures
from coopgov.core.policy import Actor, Permission
from coopgov.core.waiting import Waiting
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.members.rules import Status
from coopgov.personal.rules import TABLES, Below, Hers, Kept, Key, Situation, due_on, plan
from coopgov.shares import queries as shares
from coopgov.statutes import queries as statutes
from coopgov.treasury import queries as treasury
from coopgov.treasury.rules import Bucket

# As many files as one page of what is due shows.
MOST = 100
# Marks of rows tell nothing to anybody.
_MARKS = "marks"


@dataclass(frozen=True, slots=True)
class Whose:
    """Somebody, under every identifier by which a row may be hers."""

    members: tuple[UUID, ...]
    parties: tuple[UUID, ...]
    accounts: tuple[UUID, ...]

    def values(self, key: Key) -> list[Any]:
        """The identifiers of that kind."""
        named = [f"member:{one}" for one in self.members] + [f"account:{one}" for one in self.accounts]
        found: Mapping[Key, Iterable[Any]] = {
            Key.MEMBER: self.members, Key.PARTY: self.parties, Key.ACCOUNT: self.accounts, Key.NAMED: named,
            Key.PSEUDONYM: [str(one) for one in self.accounts],
        }  # fmt: skip
        return list(found[key])

    def holds(self, value: object) -> bool:
        """Whether an identifier is hers."""
        return value in self.members or value in self.parties or value in self.accounts


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table that are somebody's, each by the names of its columns."""

    table: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A file whose time has come, or will."""

    member: MemberRow
    due_on: date


def whose(session: Session, *, member_id: UUID | None = None, account_id: UUID | None = None) -> Whose:
    """Somebody by one of her memberships, or by her account."""
    if member_id is None and account_id is not None:
        found = members.find_by_account(session, account_id)
        member_id = found.id if found else None
    ids = tuple(members.numbers_of_person(session, member_id)) if member_id is not None else ()
    table = Base.metadata.tables["membership"]
    rows = session.execute(select(table.c.party_id, table.c.account_id).where(table.c.id.in_(ids))).all()
    held = {row.account_id for row in rows if row.account_id is not None} | ({account_id} if account_id else set())
    return Whose(ids, tuple(dict.fromkeys(row.party_id for row in rows)), tuple(sorted(held)))


def gather(session: Session, who: Whose) -> list[Section]:
    """All that is kept of somebody, and nothing of others: one statement for each table."""
    found: dict[str, list[Any]] = {}
    sections = []
    for name, entry in TABLES.items():
        table = Base.metadata.tables.get(name)
        if table is None:
            continue
        rows = session.execute(_rows_of(table, entry, who, found)).mappings().all()
        found[name] = list(rows)
        columns = tuple(column.name for column in table.columns if column.name not in entry.hidden)
        shown = tuple(_shown(name, entry, dict(row), columns, who) for row in rows)
        sections.append(Section(name, entry.title, columns, shown))
    return sections


def _rows_of(table: Table, entry: Hers | Below, who: Whose, found: Mapping[str, list[Any]]) -> Any:
    query = select(table).order_by(*table.primary_key.columns)
    if isinstance(entry, Below):
        above = {row[entry.of] for row in found.get(entry.above, ())}
        return query.where(table.c[entry.column].in_(above))
    return query.where(or_(*(table.c[column].in_(who.values(key)) for column, key in entry.by.items())))


def _shown(name: str, entry: Hers | Below, row: dict[str, Any], columns: Sequence[str], who: Whose) -> dict[str, Any]:
    told = {column: plain_value(row[column]) for column in columns}
    beside = entry.beside if isinstance(entry, Hers) else {}
    for column, owner in beside.items():
        if not who.holds(row[owner]):
            told[column] = ""
    if name == "journal_payload":
        told["payload"] = json.dumps(
            {key: value for key, value in json.loads(row["payload"]).items() if key != _MARKS}, ensure_ascii=False
        )
    return told


def plain_value(value: Any) -> Any:
    """A value as JSON and sheets take it: text, whole numbers, yes or no, nothing."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(plain(value)) if not isinstance(value, dict | list) else json.dumps(plain(value), ensure_ascii=False)


# Retention


def situation_of(session: Session, member_id: UUID, on: date) -> Situation:
    """What the retention of a member's data depends on, over every number of hers."""
    who = whose(session, member_id=member_id)
    file = members.get_file(session, member_id)
    held = shares.holdings_of(session, who.members, on)
    owed = treasury.buckets_of(session, who.members, on)
    offices = [one for account_id in who.accounts for one in accounts.list_mandates(session, account_id)]
    rows = [members.get_member(session, one) for one in who.members]
    is_member = any(row.status in {Status.MEMBER, Status.CANDIDATE} for row in rows)
    return Situation(
        status=Status.MEMBER if is_member else file.member.status, left_on=_left_on(file),
        last_movement_on=max(_last_movements(session, who.members).values(), default=None),
        holds_or_is_owed=any(one.quantity for one in held.values()) or any(map(_is_owed, owed.values())),
        is_frozen=bool(members.frozen_members(session, who.members)),
        has_office=any(one.role.value != "member" for one in offices),
    )  # fmt: skip


def preview(session: Session, member_id: UUID, law: Figures, on: date) -> list[Kept]:
    """What erasing somebody's file would do today."""
    return plan(situation_of(session, member_id, on), law, on)


def list_due(session: Session, law: Figures, on: date) -> list[Due]:
    """The files whose time has come and that still hold something to erase, the longest ago first.

    As many statements for a hundred as for one; doubles are looked at together once a file is opened.
    """
    rows = _candidates(session, _old_enough(law, on))
    found = members.get_members(session, [row.id for row in rows])
    dues = [(row.id, due_on(one, law, on)) for row, one in zip(rows, _situations(session, rows, on), strict=True)]
    kept = [Due(found[member_id], due) for member_id, due in dues if due is not None and due <= on]
    return sorted(kept, key=lambda one: (one.due_on, one.member.number))


def _situations(session: Session, rows: Sequence[Any], on: date) -> list[Situation]:
    ids = [row.id for row in rows]
    held, owed = shares.holdings_of(session, ids, on), treasury.buckets_of(session, ids, on)
    frozen, last = members.frozen_members(session, ids), _last_movements(session, ids)
    return [
        Situation(
            row.status, row.left_on or row.applied_on, last.get(row.id),
            holds_or_is_owed=bool(held[row.id].quantity) or _is_owed(owed.get(row.id, {})), is_frozen=row.id in frozen,
        )
        for row in rows
    ]  # fmt: skip


def _is_owed(buckets: Mapping[Bucket, int]) -> bool:
    return any(cents for bucket, cents in buckets.items() if bucket is not Bucket.LOSS_BORNE)


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[Waiting]:
    """What waits for those who keep the files: data whose time has come."""
    if not actor.may(Permission.MEMBERS_ADMIT):
        return []
    on = paris_day(now)
    if statutes.find_statutes_on(session, on) is None:
        return []
    # Whether shares are still held is looked at on the page behind it.
    count = len(_candidates(session, _old_enough(statutes.rulebook(session, statutes.the_law()), on)))
    if not count:
        return []
    told = _("Old files to look at, to erase what is no longer needed: %(count)s", count=count)
    return [Waiting(told, "personal.due", icon="shield")]


def _old_enough(law: Figures, on: date) -> date:
    return add_years(on, -law.figure("retention.member_file_years", on=on).as_int())


def _left_on(file: Any) -> date | None:
    if file.left_on is not None or not file.events:
        found: date | None = file.left_on
        return found
    last: date = max(event.effective_on for event in file.events)
    return last


def _last_movements(session: Session, ids: Sequence[UUID]) -> dict[UUID, date]:
    last: dict[UUID, date] = {}
    for name in ("share_leg", "capital_leg"):
        table = Base.metadata.tables[name]
        query = select(table.c.membership_id, func.max(table.c.effective_on)).where(table.c.membership_id.in_(ids))
        for member_id, day in session.execute(query.group_by(table.c.membership_id)):
            last[member_id] = max(day, last.get(member_id, day))
    return last


def _candidates(session: Session, before: date) -> Sequence[Any]:
    """Those who left or were refused before a day and of whom something can still be erased."""
    return session.execute(_left_before(), {"before": before}).all()


@cache
def _left_before() -> Select[Any]:
    # Every home page of those who keep the files asks it: the statement is built once.
    table, contact = Base.metadata.tables["membership"], Base.metadata.tables["party_contact"]
    reached, day = select(contact.c.party_id), bindparam("before", type_=Date())
    return (
        select(table.c.id, table.c.status, table.c.left_on, table.c.applied_on)
        .where(table.c.status.in_([Status.FORMER, Status.REFUSED]))
        .where(or_(table.c.left_on < day, table.c.left_on.is_(None) & (table.c.applied_on < day)))
        .where(or_(table.c.email != "", table.c.postal_address != "", table.c.party_id.in_(reached)))
        .order_by(table.c.left_on, table.c.number)
        .limit(MOST)
    )
