"""Assemblies, their agendas and their bureaux."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from coopgov.assemblies.models import AgendaItem, Assembly, AssemblyOfficer, Convocation
from coopgov.assemblies.rules import AgendaDraft, AssemblyKind, ItemState, Office, State, SubjectKind
from coopgov.core.dates import paris_day
from coopgov.core.errors import NotFound
from coopgov.core.reading import once

_A_DAY = timedelta(days=1)
TO_COME = (State.PLANNED, State.CONVENED, State.OPEN)


@dataclass(frozen=True, slots=True)
class AssemblyRow:
    """An assembly as pages see it."""

    id: UUID
    kind: AssemblyKind
    title: str
    held_at: datetime
    place: str
    remote_vote: bool
    call: int
    previous_id: UUID | None
    state: State
    roll_id: UUID | None
    roll_hash: str
    enrolled: int
    remote_closes_at: datetime | None
    convened_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    present: int
    represented: int
    remote: int

    @property
    def held_on(self) -> date:
        """The legal day of the assembly."""
        return paris_day(self.held_at)

    @property
    def about(self) -> str:
        """How the journal and papers name it."""
        return f"assembly:{self.id}"

    def was_missed(self, now: datetime) -> bool:
        """Whether its day is past by more than a day and nobody opened it, or that was said of it since."""
        if self.state is State.CANCELLED:
            return self.convened_at is not None and self.closed_at is not None and self.closed_at > self.held_at
        return self.state is State.CONVENED and paris_day(now) > self.held_on + _A_DAY

    def waits_for_an_end(self, now: datetime) -> bool:
        """Whether it was missed and nobody has said so yet."""
        return self.state is State.CONVENED and self.was_missed(now)

    def takes_remote(self, now: datetime) -> bool:
        """Whether a ballot cast through the site is taken at that instant."""
        closes_at = self.remote_closes_at
        return self.state is State.CONVENED and self.remote_vote and closes_at is not None and now < closes_at

    def takes_proxies(self, now: datetime) -> bool:
        """Whether a proxy given through the site is taken at that instant."""
        closes_at = self.remote_closes_at
        return self.state is State.CONVENED and closes_at is not None and now < closes_at


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One resolution of an agenda."""

    id: UUID
    assembly_id: UUID
    position: int
    subject_kind: SubjectKind
    subject_id: UUID | None
    title: str
    text: str
    change_text: str
    subject_hash: str
    is_secret: bool
    form: str | None
    scrutin_id: UUID | None
    state: ItemState
    opened_at: datetime | None
    closed_at: datetime | None
    proclaimed_at: datetime | None
    present: int
    represented: int
    remote: int
    present_by_college: str | None
    outcome: str

    def draft(self) -> AgendaDraft:
        """The resolution as the rules read it."""
        return AgendaDraft(self.position, self.title, self.text, self.subject_kind, self.subject_id)


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """A member of the bureau."""

    office: Office
    account_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class AssemblyPage:
    """One page of past assemblies, and where the next begins."""

    rows: tuple[AssemblyRow, ...]
    next_key: UUID | None


@once
def find_assembly(session: Session, assembly_id: UUID) -> AssemblyRow | None:
    """One assembly, or None."""
    found = session.get(Assembly, assembly_id)
    return None if found is None else _assembly(found)


def get_assembly(session: Session, assembly_id: UUID) -> AssemblyRow:
    """One assembly; raises NotFound."""
    found = find_assembly(session, assembly_id)
    if found is None:
        raise NotFound
    return found


def find_second_call(session: Session, assembly_id: UUID) -> AssemblyRow | None:
    """The assembly convened again after this one, if there is one."""
    found = session.scalars(select(Assembly).where(Assembly.previous_id == assembly_id)).first()
    return None if found is None else _assembly(found)


@once
def list_assemblies(session: Session, *, to_come: bool, after: UUID | None = None, limit: int = 20) -> AssemblyPage:
    """Assemblies to come, the nearest first; or past ones, the latest first, page by page."""
    query = select(Assembly).where(Assembly.state.in_(TO_COME) if to_come else Assembly.state.not_in(TO_COME))
    if to_come:
        return AssemblyPage(
            tuple(_assembly(a) for a in session.scalars(query.order_by(Assembly.held_at, Assembly.id))), None
        )
    if after is not None and (last := session.get(Assembly, after)) is not None:
        query = query.where(tuple_(Assembly.held_at, Assembly.id) < (last.held_at, last.id))
    rows = session.scalars(query.order_by(Assembly.held_at.desc(), Assembly.id.desc()).limit(limit + 1)).all()
    more = len(rows) > limit
    return AssemblyPage(tuple(_assembly(row) for row in rows[:limit]), rows[limit - 1].id if more else None)


def assemblies_since(session: Session, since: datetime) -> list[AssemblyRow]:
    """The assemblies held after that instant or to come, in the order of time."""
    query = select(Assembly).where(Assembly.held_at > since).order_by(Assembly.held_at, Assembly.id)
    return [_assembly(row) for row in session.scalars(query)]


def convened_to(session: Session, member_id: UUID, assembly_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these assemblies this member was convened to."""
    mine = Convocation.member_id == member_id
    return set(session.scalars(select(Convocation.assembly_id).where(mine, Convocation.assembly_id.in_(assembly_ids))))


@once
def agenda(session: Session, assembly_id: UUID) -> list[ItemRow]:
    """The resolutions of an assembly in their order."""
    rows = session.scalars(
        select(AgendaItem).where(AgendaItem.assembly_id == assembly_id).order_by(AgendaItem.position)
    )
    return [_item(row) for row in rows]


def get_item(session: Session, item_id: UUID) -> ItemRow:
    """One resolution; raises NotFound."""
    found = session.get(AgendaItem, item_id)
    if found is None:
        raise NotFound
    return _item(found)


def officers(session: Session, assembly_id: UUID) -> list[OfficerRow]:
    """The bureau: chair, secretary, then tellers by name."""
    rows = session.scalars(select(AssemblyOfficer).where(AssemblyOfficer.assembly_id == assembly_id))
    order = list(Office)
    found = [OfficerRow(row.office, row.account_id, row.name) for row in rows]
    return sorted(found, key=lambda officer: (order.index(officer.office), officer.name))


def _assembly(row: Assembly) -> AssemblyRow:
    return AssemblyRow(
        id=row.id, kind=row.kind, title=row.title, held_at=row.held_at, place=row.place, remote_vote=row.remote_vote,
        call=row.call, previous_id=row.previous_id, state=row.state, roll_id=row.roll_id, roll_hash=row.roll_hash,
        enrolled=row.enrolled, remote_closes_at=row.remote_closes_at, convened_at=row.convened_at,
        opened_at=row.opened_at, closed_at=row.closed_at, present=row.present, represented=row.represented,
        remote=row.remote,
    )  # fmt: skip


def _item(row: AgendaItem) -> ItemRow:
    return ItemRow(
        id=row.id, assembly_id=row.assembly_id, position=row.position, subject_kind=row.subject_kind,
        subject_id=row.subject_id, title=row.title, text=row.text, change_text=row.change_text,
        subject_hash=row.subject_hash, is_secret=row.is_secret, form=row.form, scrutin_id=row.scrutin_id,
        state=row.state,
        opened_at=row.opened_at, closed_at=row.closed_at, proclaimed_at=row.proclaimed_at, present=row.present,
        represented=row.represented,
        remote=row.remote, present_by_college=row.present_by_college, outcome=row.outcome,
    )  # fmt: skip
