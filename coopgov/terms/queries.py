"""Reads of the terms: the schedule of a day, its history, and the changes on their way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid5

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from coopgov.core.dates import paris_day, paris_instant
from coopgov.core.errors import NotFound
from coopgov.core.outbox import FINAL, OutboxDelivery, OutboxMessage, Outcome
from coopgov.core.policy import Actor, Permission
from coopgov.core.reading import once
from coopgov.core.waiting import Waiting
from coopgov.terms.models import ChangeStep, ParameterVersion, ScheduledChange, ScheduledValue
from coopgov.terms.rules import PENDING, Announced, FeeChange, State, Timeline, VersionFact, change_hash

NOTICE_KIND = "terms.change"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The fee schedule of one day: the version of each line, and the latest decision among them."""

    on: date
    versions: Mapping[str, VersionFact]

    @property
    def values(self) -> dict[str, int]:
        return {key: version.value for key, version in self.versions.items()}

    @property
    def effective_from(self) -> date:
        return self._latest.effective_from

    @property
    def decision(self) -> str:
        return self._latest.decision

    @property
    def version_ids(self) -> dict[str, UUID]:
        return {key: version.id for key, version in self.versions.items()}

    @property
    def _latest(self) -> VersionFact:
        return max(self.versions.values(), key=lambda version: (version.effective_from, version.key))


@dataclass(frozen=True, slots=True)
class StepRow:
    """One state a change came to, and when."""

    state: State
    at: datetime
    eta: date | None
    last_notice_on: date | None
    notice_days: int | None
    given_up: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """An adopted change with what became of it."""

    id: UUID
    changes: tuple[FeeChange, ...]
    subject_hash: str
    change_hash: str
    proposal_id: UUID | None
    decision: str
    decided_on: date
    not_before: date | None
    expires_on: date
    notices: int
    unreached: int
    created_at: datetime
    steps: tuple[StepRow, ...]

    @property
    def state(self) -> State:
        return self.steps[-1].state

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def notified(self) -> StepRow | None:
        """The step that set the day of effect, if it was reached."""
        return next((step for step in self.steps if step.state is State.NOTIFIED), None)

    @property
    def eta(self) -> date | None:
        """The day of effect, once the last notice has left."""
        return self.notified.eta if self.notified else None


@dataclass(frozen=True, slots=True)
class NoticeCount:
    """How far the notices of a change have gone; `last_on` is the legal day of the last final outcome."""

    total: int
    sent: int
    given_up: int
    last_on: date | None

    @property
    def waiting(self) -> int:
        return self.total - self.sent - self.given_up


def timeline(session: Session) -> Timeline:
    """Every version, with the notified changes whose day of effect is known but that are not booked yet."""
    announced = [announcement(change) for change in in_turn(pending_changes(session)) if is_as_decided(change)]
    return Timeline(booked_versions(session), announced)


def is_as_decided(change: ChangeRow) -> bool:
    """Whether the lines of a change still give the hash under which it was queued; nobody is told of it otherwise."""
    return change_hash(change.changes) == change.change_hash


def in_turn(changes: Iterable[ChangeRow]) -> list[ChangeRow]:
    """The notified changes in the order they take effect: that of the days, then of the decisions."""
    notified = [(change.eta, change.created_at, change.id, change) for change in changes if change.eta is not None]
    return [change for *_, change in sorted(notified, key=lambda turn: turn[:3])]


def booked_versions(session: Session) -> list[VersionFact]:
    """The versions as they are stored, by line then day."""
    rows = session.execute(
        select(ParameterVersion, ScheduledChange.proposal_id, ScheduledChange.subject_hash)
        .outerjoin(ScheduledChange, ScheduledChange.id == ParameterVersion.change_id)
        .order_by(ParameterVersion.key, ParameterVersion.effective_from)
    )
    return [_version(row, proposal_id, subject_hash) for row, proposal_id, subject_hash in rows]


def announcement(change: ChangeRow) -> Announced:
    """The versions that a notified change makes; raises ValueError before its day of effect is known."""
    if change.eta is None:
        raise ValueError("the day of effect is not known yet")
    return Announced(change.eta, tuple(_future_version(change, line, change.eta) for line in change.changes))


def _future_version(change: ChangeRow, line: FeeChange, eta: date) -> VersionFact:
    # The id is known before the version is booked: an order of that day can already name it.
    return VersionFact(
        id=uuid5(change.id, line.key), key=line.key, effective_from=eta, value=line.new, base_id=line.base_version,
        change_id=change.id, decision=change.decision, decided_on=change.decided_on,
        proposal_id=change.proposal_id, subject_hash=change.subject_hash,
    )  # fmt: skip


def schedule_on(session: Session, on: date) -> Schedule:
    """The schedule in force that day; raises NotFound before the first one."""
    found = find_schedule_on(session, on)
    if found is None:
        raise NotFound
    return found


def find_schedule_on(session: Session, on: date) -> Schedule | None:
    """The schedule in force that day, or None before the first one."""
    versions = timeline(session).on(on)
    return Schedule(on, versions) if versions else None


def history(session: Session, key: str) -> list[VersionFact]:
    """The versions of one line, oldest first, announced ones included."""
    return timeline(session).history(key)


@once
def pending_changes(session: Session) -> list[ChangeRow]:
    """The adopted changes that are neither in force nor ended, oldest decision first."""
    return load_changes(session, pending_only())


def latest_changes(session: Session, *, limit: int) -> list[ChangeRow]:
    """The newest changes, newest first, whatever became of them."""
    newest = select(ScheduledChange).order_by(ScheduledChange.created_at.desc(), ScheduledChange.id).limit(limit)
    return load_changes(session, newest)


def get_change(session: Session, change_id: UUID) -> ChangeRow:
    """One change; raises NotFound."""
    found = load_changes(session, select(ScheduledChange).where(ScheduledChange.id == change_id))
    if not found:
        raise NotFound
    return found[0]


def find_by_subject(session: Session, subject_hash: str) -> ChangeRow | None:
    """The change that was queued for what bears this hash, if one was."""
    return next(
        iter(load_changes(session, select(ScheduledChange).where(ScheduledChange.subject_hash == subject_hash))), None
    )


def changes_of(session: Session, proposal_ids: Sequence[UUID]) -> dict[UUID, ChangeRow]:
    """The change that came of each of these proposals, where one did."""
    rows = load_changes(session, select(ScheduledChange).where(ScheduledChange.proposal_id.in_(proposal_ids)))
    return {row.proposal_id: row for row in rows if row.proposal_id is not None}


def is_queued(session: Session, subject_hash: str) -> bool:
    """True when what bears this hash was queued already."""
    return session.scalar(select(ScheduledChange.id).where(ScheduledChange.subject_hash == subject_hash)) is not None


def pending_keys(session: Session) -> frozenset[str]:
    """The lines of the schedule that a change on its way will move."""
    return frozenset(line.key for change in pending_changes(session) for line in change.changes)


def pending_only() -> Select[ScheduledChange]:
    """The changes without an end, oldest decision first."""
    ended = (
        select(ChangeStep.change_id)
        .where(ChangeStep.change_id == ScheduledChange.id, ChangeStep.state.not_in(PENDING))
        .exists()
    )
    return select(ScheduledChange).where(~ended).order_by(ScheduledChange.created_at, ScheduledChange.id)


def load_changes(session: Session, query: Select[ScheduledChange]) -> list[ChangeRow]:
    """The changes that a query gives, in its order, with their lines and steps: three statements at most."""
    changes = session.scalars(query).all()
    if not changes:
        return []
    ids = [change.id for change in changes]
    lines, steps = _lines(session, ids), _steps(session, ids)
    return [_change(change, lines[change.id], steps[change.id]) for change in changes]


def notices(session: Session, change_id: UUID) -> NoticeCount:
    """How many notices of a change were written, sent and given up."""
    outcomes = (
        select(OutboxDelivery.outcome, func.count(), func.max(OutboxDelivery.at, type_=OutboxDelivery.at.type))
        .join(OutboxMessage, OutboxMessage.id == OutboxDelivery.message_id)
        .where(*_are_notices(change_id), OutboxDelivery.outcome.in_(FINAL))
        .group_by(OutboxDelivery.outcome)
    )
    total = session.scalar(select(func.count()).select_from(OutboxMessage).where(*_are_notices(change_id))) or 0
    counts = {outcome: (count, last) for outcome, count, last in session.execute(outcomes)}
    last = max((last for _, last in counts.values()), default=None)
    sent, given_up = (counts.get(outcome, (0, None))[0] for outcome in (Outcome.SENT, Outcome.GIVEN_UP))
    return NoticeCount(total, sent, given_up, paris_day(last) if last else None)


def notices_of(session: Session, change: ChangeRow) -> NoticeCount:
    """The same for a page: once the last notice has left, what was noted then is read, nothing is counted again."""
    done = change.notified
    if done is None:
        return notices(session, change.id)
    given_up = done.given_up or 0
    return NoticeCount(change.notices, change.notices - given_up, given_up, done.last_notice_on)


def some_notice_waits(session: Session, change_id: UUID) -> bool:
    """True while one notice of the change has no final outcome."""
    final = (
        select(OutboxDelivery.id)
        .where(OutboxDelivery.message_id == OutboxMessage.id, OutboxDelivery.outcome.in_(FINAL))
        .exists()
    )
    return session.scalar(select(OutboxMessage.id).where(*_are_notices(change_id), ~final).limit(1)) is not None


def about(change_id: UUID) -> str:
    """How the journal and the outbox name a change."""
    return f"change:{change_id}"


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[Waiting]:
    """The changes of fees on their way, for whoever may see them."""
    if not actor.may(Permission.TERMS_SEE):
        return []
    return [_waiting(change) for change in pending_changes(session)]


def _waiting(change: ChangeRow) -> Waiting:
    due = paris_instant(change.eta, time.min) if change.eta else None
    return Waiting(gettext("A change of fees is on its way"), "terms.change", {"change_id": change.id}, due, "tag")


def _are_notices(change_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return OutboxMessage.about == about(change_id), OutboxMessage.kind == NOTICE_KIND


def _lines(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[FeeChange]]:
    found: dict[UUID, list[FeeChange]] = {change_id: [] for change_id in ids}
    rows = session.scalars(select(ScheduledValue).where(ScheduledValue.change_id.in_(ids)).order_by(ScheduledValue.key))
    for row in rows:
        found[row.change_id].append(FeeChange(row.key, row.old, row.new, row.base_id))
    return found


def _steps(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[StepRow]]:
    found: dict[UUID, list[StepRow]] = {change_id: [] for change_id in ids}
    rows = session.scalars(select(ChangeStep).where(ChangeStep.change_id.in_(ids)).order_by(ChangeStep.n))
    for row in rows:
        found[row.change_id].append(
            StepRow(row.state, row.at, row.eta, row.last_notice_on, row.notice_days, row.given_up, row.detail)
        )
    return found


def _change(row: ScheduledChange, lines: Sequence[FeeChange], steps: Sequence[StepRow]) -> ChangeRow:
    return ChangeRow(
        id=row.id, changes=tuple(lines), subject_hash=row.subject_hash, change_hash=row.change_hash,
        proposal_id=row.proposal_id, decision=row.decision, decided_on=row.decided_on, not_before=row.not_before,
        expires_on=row.expires_on, notices=row.notices, unreached=row.unreached, created_at=row.created_at,
        steps=tuple(steps),
    )  # fmt: skip


def _version(row: ParameterVersion, proposal_id: UUID | None, subject_hash: str | None) -> VersionFact:
    return VersionFact(
        id=row.id, key=row.key, effective_from=row.effective_from, value=row.value, base_id=row.base_id,
        change_id=row.change_id, decision=row.decision, decided_on=row.decided_on,
        proposal_id=proposal_id, subject_hash=subject_hash,
    )  # fmt: skip
