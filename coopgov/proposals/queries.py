"""Reads of the proposals: lists, one proposal, its versions, its debate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import BindParameter, Select, Uuid, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session

from coopgov.core.errors import NotFound
from coopgov.core.figures import Figures
from coopgov.core.policy import Actor, Permission
from coopgov.core.preflight import Check
from coopgov.core.waiting import Waiting
from coopgov.members import queries as members
from coopgov.proposals import rules
from coopgov.proposals.comparison import Piece, compare
from coopgov.proposals.models import Backing, Comment, Proposal, ProposalStep, ProposalVersion, ProposedValue
from coopgov.proposals.rules import EDITABLE, Position, State, Step, Text, subject_hash
from coopgov.statutes import queries as statutes
from coopgov.terms import queries as terms
from coopgov.terms.rules import FeeChange

PAGE = 20
SHOWN_WAITING = 3


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal in its current version, with the number of its backers."""

    id: UUID
    number: int
    author_id: UUID
    author_name: str
    state: State
    version: int
    text: Text
    backers: int
    brought_at: datetime | None
    subject_hash: str | None
    decision: str
    decided_on: date | None
    created_at: datetime
    submitted_at: datetime | None

    @property
    def title(self) -> str:
        return self.text.title

    @property
    def reasons(self) -> str:
        return self.text.reasons

    @property
    def changes(self) -> tuple[FeeChange, ...]:
        return self.text.changes

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A page of a list, newest first, and the number after which the next one begins."""

    rows: tuple[ProposalRow, ...]
    next_key: int | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a proposal and when it was written."""

    n: int
    text: Text
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StepRow:
    """One state a proposal came to, and when."""

    step: Step
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One argument, with its author's name."""

    id: UUID
    author_name: str
    position: Position
    text: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CommentPage:
    """A page of the debate, oldest first, and the argument after which the next one begins."""

    rows: tuple[CommentRow, ...]
    next_key: UUID | None


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed between two versions."""

    older: VersionRow
    newer: VersionRow
    title: tuple[Piece, ...]
    reasons: tuple[Piece, ...]


def get_proposal(session: Session, proposal_id: UUID) -> ProposalRow:
    """One proposal; raises NotFound."""
    found = _rows(session, select(Proposal).where(Proposal.id == proposal_id))
    if not found:
        raise NotFound
    return found[0]


def list_proposals(
    session: Session,
    *,
    state: State | None = None,
    text: str = "",
    author_id: UUID | None = None,
    viewer_id: UUID | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> ProposalPage:
    """Proposals, newest number first; a draft is shown to its author (`viewer_id`) and to nobody else."""
    query = select(Proposal).where(or_(Proposal.state != State.DRAFT, Proposal.author_id == viewer_id))
    query = query.order_by(Proposal.number.desc()).limit(limit + 1)
    for wanted in _filters(state, text, author_id, after):
        query = query.where(wanted)
    rows = _rows(session, query)
    return ProposalPage(tuple(rows[:limit]), rows[limit - 1].number if len(rows) > limit else None)


def _filters(state: State | None, text: str, author_id: UUID | None, after: int | None) -> list[Any]:
    wanted: list[Any] = []
    if state is not None:
        wanted.append(Proposal.state == state)
    if author_id is not None:
        wanted.append(Proposal.author_id == author_id)
    if after is not None:
        wanted.append(Proposal.number < after)
    if text.strip():
        wanted.append(ProposalVersion.title.icontains(text.strip(), autoescape=True))
    return wanted


def ready_for_assembly(session: Session, on: date | None = None) -> list[ProposalRow]:
    """Debated proposals that enough members back or that the board brings, lowest number first.

    Without a day, the threshold is that of the latest statutes.
    """
    query = select(Proposal).where(Proposal.state == State.DEBATING).order_by(Proposal.number)
    enough = _backers_of_proposal() >= backers_needed(session, on)
    return _rows(session, query.where(or_(Proposal.brought_at.is_not(None), enough)))


def backers_needed(session: Session, on: date | None = None) -> int:
    """The statutes' threshold on that day, or in their latest version."""
    found = statutes.find_latest(session) if on is None else statutes.find_statutes_on(session, on)
    if found is None:
        raise NotFound
    return found.proposal_backers


def preflight(
    session: Session, figures: Figures, row: ProposalRow, *, on: date, voted_on: date, by_board: bool
) -> list[Check]:
    """The pre-flight of a proposal looked at on one day, should it be voted on another."""
    found = statutes.statutes_on(session, voted_on)
    facts = rules.Brought(
        text=row.text, backers=row.backers, needed=backers_needed(session, on),
        by_board=by_board or row.brought_at is not None, current=terms.timeline(session).newest(),
        frozen=frozen_keys(session, but=row.id), pending=terms.pending_keys(session),
        decision_power=found.fee_decision, voted_on=voted_on,
    )  # fmt: skip
    return rules.preflight(facts, figures)


def frozen_keys(session: Session, *, but: UUID) -> dict[str, int]:
    """The lines of the schedule that other frozen texts would move, each with that proposal's number."""
    rows = session.execute(
        select(ProposedValue.key, Proposal.number)
        .join(Proposal, and_(Proposal.id == ProposedValue.proposal_id, Proposal.version == ProposedValue.n))
        .where(Proposal.state == State.FROZEN, Proposal.id != but)
        .order_by(Proposal.number)
    )
    return dict(rows.all())


def versions(session: Session, proposal_id: UUID) -> list[VersionRow]:
    """Every version of a proposal, oldest first."""
    rows = session.scalars(
        select(ProposalVersion).where(ProposalVersion.proposal_id == proposal_id).order_by(ProposalVersion.n)
    ).all()
    changes = _changes(session, [(proposal_id, row.n) for row in rows])
    return [VersionRow(row.n, _text(row, changes), row.created_at) for row in rows]


def is_frozen_text(session: Session, proposal_id: UUID, hashed: str, title: str, reasons: str) -> bool:
    """Whether these words are a version of the proposal whose subject gives that hash."""
    number = session.scalar(select(Proposal.number).where(Proposal.id == proposal_id))
    found = [row for row in versions(session, proposal_id) if subject_hash(number or 0, row.n, row.text) == hashed]
    return [(row.text.title, row.text.reasons) for row in found] == [(title, reasons)]


def diff(session: Session, proposal_id: UUID, older: int, newer: int) -> Diff:
    """What changed from one version to a later one; raises NotFound when there are no such versions."""
    found = {row.n: row for row in versions(session, proposal_id)}
    if older not in found or newer not in found or older >= newer:
        raise NotFound
    old, new = found[older], found[newer]
    title, reasons = compare(old.text.title, new.text.title), compare(old.text.reasons, new.text.reasons)
    return Diff(old, new, tuple(title), tuple(reasons))


def steps(session: Session, proposal_id: UUID) -> list[StepRow]:
    """The states a proposal came to, oldest first."""
    rows = session.scalars(select(ProposalStep).where(ProposalStep.proposal_id == proposal_id).order_by(ProposalStep.n))
    return [StepRow(row.step, row.at, row.version) for row in rows]


def comments(
    session: Session,
    proposal_id: UUID,
    *,
    position: Position | None = None,
    after: UUID | None = None,
    limit: int = PAGE,
) -> CommentPage:
    """A page of the debate, oldest first."""
    query = select(Comment).where(Comment.proposal_id == proposal_id).order_by(Comment.at, Comment.id).limit(limit + 1)
    if position is not None:
        query = query.where(Comment.position == position)
    if after is not None and (last := session.get(Comment, after)) is not None:
        query = query.where(tuple_(Comment.at, Comment.id) > (last.at, last.id))
    rows = session.scalars(query).all()
    names = _names(session, [row.author_id for row in rows])
    shown = tuple(_comment(row, names) for row in rows[:limit])
    return CommentPage(shown, shown[-1].id if len(rows) > limit else None)


def positions(session: Session, proposal_id: UUID) -> dict[Position, int]:
    """How many arguments pull each way."""
    rows = session.execute(
        select(Comment.position, func.count()).where(Comment.proposal_id == proposal_id).group_by(Comment.position)
    )
    counts: dict[Position, int] = dict(rows.all())
    return {position: counts.get(position, 0) for position in Position}


def has_backed(session: Session, proposal_id: UUID, member_id: UUID) -> bool:
    """True when this member's support counts for the change as it stands."""
    query = (
        select(Backing.member_id)
        .join(Proposal, Proposal.id == Backing.proposal_id)
        .where(
            Backing.proposal_id == proposal_id, Backing.member_id == member_id, Backing.version >= Proposal.backed_since
        )
    )
    return session.scalar(query) is not None


def backers_of(session: Session, proposal_id: UUID) -> list[UUID]:
    """The members whose support counts for the change as it stands, in the order they gave it."""
    query = (
        select(Backing.member_id)
        .join(Proposal, Proposal.id == Backing.proposal_id)
        .where(Backing.proposal_id == proposal_id, Backing.version >= Proposal.backed_since)
        .order_by(Backing.at, Backing.member_id)
    )
    return list(session.scalars(query))


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[Waiting]:
    """Proposals to finish, to read and back, or to put before an assembly."""
    found: list[Waiting] = []
    member = members.find_by_account(session, actor.account_id) if actor.account_id else None
    if member is not None and actor.may(Permission.PROPOSALS_WRITE):
        hers = {"member": member.id}
        found += [
            _waiting(row.id, gettext("Finish your draft: %(title)s", title=row.title), "edit")
            for row in session.execute(_drafts(), hers)
        ]
        found += [
            _waiting(row.id, gettext("Read and discuss: %(title)s", title=row.title), "chat")
            for row in session.execute(_unread(), hers)
        ]
    if actor.may(Permission.PROPOSALS_BRING):
        found += [
            _waiting(row.id, gettext("Put before an assembly: %(title)s", title=row.title), "assembly")
            for row in _ready(session)
        ]
    return found


def _ready(session: Session) -> list[ProposalRow]:
    return ready_for_assembly(session) if statutes.find_latest(session) else []


# Every home page asks these two: each statement is built once.
@cache
def _drafts() -> Select[UUID, str]:
    return _titles().where(Proposal.state == State.DRAFT, Proposal.author_id == _MEMBER)


@cache
def _unread() -> Select[UUID, str]:
    """The newest debated proposals of others that a member has neither backed nor spoken on."""
    backed = select(Backing.member_id).where(Backing.proposal_id == Proposal.id, Backing.member_id == _MEMBER)
    spoke = select(Comment.id).where(Comment.proposal_id == Proposal.id, Comment.author_id == _MEMBER)
    return _titles().where(
        Proposal.state == State.DEBATING, Proposal.author_id != _MEMBER, ~backed.exists(), ~spoke.exists()
    )


def _titles() -> Select[UUID, str]:
    words = and_(ProposalVersion.proposal_id == Proposal.id, ProposalVersion.n == Proposal.version)
    newest = select(Proposal.id, ProposalVersion.title).join(ProposalVersion, words).order_by(Proposal.number.desc())
    return newest.limit(SHOWN_WAITING)


_MEMBER: BindParameter[UUID] = bindparam("member", type_=Uuid())


def _waiting(proposal_id: UUID, title: str, icon: str) -> Waiting:
    return Waiting(title, "proposals.show", {"proposal_id": proposal_id}, None, icon)


@cache
def _backers_of_proposal() -> Any:
    return (
        select(func.count())
        .select_from(Backing)
        .where(Backing.proposal_id == Proposal.id, Backing.version >= Proposal.backed_since)
        .correlate(Proposal)
        .scalar_subquery()
    )


def _rows(session: Session, query: Select[Proposal]) -> list[ProposalRow]:
    """The proposals a query gives, in its order: their words, changes, backers, authors: three statements."""
    version = and_(ProposalVersion.proposal_id == Proposal.id, ProposalVersion.n == Proposal.version)
    found = session.execute(
        query.add_columns(ProposalVersion, _backers_of_proposal()).join(ProposalVersion, version)
    ).all()
    if not found:
        return []
    changes = _changes(session, [(row.id, row.version) for row, _, _ in found])
    names = _names(session, [row.author_id for row, _, _ in found])
    return [_row(row, _text(words, changes), backers, names) for row, words, backers in found]


def _changes(session: Session, wanted: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], list[FeeChange]]:
    found: dict[tuple[UUID, int], list[FeeChange]] = {key: [] for key in wanted}
    ids = {proposal_id for proposal_id, _ in wanted}
    rows = session.scalars(select(ProposedValue).where(ProposedValue.proposal_id.in_(ids)).order_by(ProposedValue.key))
    for row in rows:
        if (row.proposal_id, row.n) in found:
            found[row.proposal_id, row.n].append(FeeChange(row.key, row.old, row.new, row.base_id))
    return found


def _names(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {member_id: row.name for member_id, row in members.get_members(session, list(set(ids))).items()}


def _text(row: ProposalVersion, changes: Mapping[tuple[UUID, int], Sequence[FeeChange]]) -> Text:
    return Text(row.title, row.reasons, tuple(changes[row.proposal_id, row.n]), row.wished_on)


def _comment(row: Comment, names: Mapping[UUID, str]) -> CommentRow:
    return CommentRow(row.id, names.get(row.author_id, ""), row.position, row.text, row.version, row.at)


def _row(row: Proposal, text: Text, backers: int, names: Mapping[UUID, str]) -> ProposalRow:
    return ProposalRow(
        id=row.id, number=row.number, author_id=row.author_id, author_name=names.get(row.author_id, ""),
        state=row.state, version=row.version, text=text, backers=backers, brought_at=row.brought_at,
        subject_hash=row.subject_hash, decision=row.decision, decided_on=row.decided_on,
        created_at=row.created_at, submitted_at=row.submitted_at,
    )  # fmt: skip
