"""Reads of movements of money that one person has prepared: those that wait for another, and the latest answers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core.errors import NotFound
from coopgov.core.money import Cents
from coopgov.core.policy import Actor, Permission
from coopgov.core.waiting import Waiting
from coopgov.shares import queries as share_queries
from coopgov.shares.rules import BookName, RequestState
from coopgov.treasury.models import CapitalRequest, CapitalRun
from coopgov.treasury.rules import (
    KIND_LABELS,
    PREPARED_KINDS,
    PREPARED_LABELS,
    RUN_LABELS,
    Bucket,
    CapitalKind,
    RunKind,
)

DONE = (RequestState.EXECUTED, RequestState.REFUSED, RequestState.WITHDRAWN)
LATEST = 20
# As many as a page shows: what waits is answered from the oldest on.
MOST = 200


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """One prepared movement as it stands."""

    id: UUID
    kind: CapitalKind
    state: RequestState
    member_id: UUID | None
    cents: Cents
    source: Bucket | None
    effective_on: date
    true_on: date | None
    reference: str
    resolution: str
    reverses_seq: int | None
    acknowledged: str
    drafted_by: str
    drafted_at: datetime
    answered_by: str | None
    answered_at: datetime | None
    reason: str
    executed_tx: int | None
    # The run that is undone as a whole.
    run_id: UUID | None
    run_kind: RunKind | None
    run_year: int | None

    @property
    def run_label(self) -> str:
        """Which run it undoes, to be translated; empty for a movement."""
        return RUN_LABELS[self.run_kind] if self.run_kind is not None else ""

    @property
    def label(self) -> str:
        """What it does, to be translated."""
        return KIND_LABELS[self.kind]

    @property
    def state_label(self) -> str:
        """Where it stands, to be translated."""
        return PREPARED_LABELS[self.state]

    @property
    def is_open(self) -> bool:
        """True while it waits for another person."""
        return self.state is RequestState.SUBMITTED


def get_prepared(session: Session, prepared_id: UUID) -> PreparedRow:
    """One prepared movement; raises NotFound."""
    row = session.execute(_requests().where(CapitalRequest.id == prepared_id)).first()
    if row is None:
        raise NotFound
    return _row(row)


def prepared_waiting(session: Session) -> list[PreparedRow]:
    """What waits for another person, the oldest first."""
    waiting = _requests().where(CapitalRequest.state == RequestState.SUBMITTED)
    found = session.execute(waiting.order_by(CapitalRequest.drafted_at, CapitalRequest.id).limit(MOST))
    return [_row(row) for row in found]


def prepared_done(session: Session) -> list[PreparedRow]:
    """The latest answers, the newest first."""
    done = _requests().where(CapitalRequest.state.in_(DONE))
    found = session.execute(done.order_by(CapitalRequest.answered_at.desc(), CapitalRequest.id).limit(LATEST))
    return [_row(row) for row in found]


def prepared_for(session: Session, actor: Actor, _now: datetime) -> list[Waiting]:
    """Movements of money to confirm, for whoever may and did not prepare them."""
    if not actor.may(Permission.SHARES_APPROVE) or actor.account_id is None:
        return []
    waiting = select(CapitalRequest.id).where(
        CapitalRequest.state == RequestState.SUBMITTED, CapitalRequest.drafted_by != actor.pseudonym
    )
    found = session.scalars(waiting.order_by(CapitalRequest.drafted_at).limit(MOST)).all()
    if not found:
        return []
    title = ngettext("%(num)s movement of money to confirm", "%(num)s movements of money to confirm", len(found))
    if len(found) == 1:
        return [Waiting(title, "treasury.show_prepared", {"prepared_id": found[0]}, icon="coin")]
    return [Waiting(title, "treasury.prepared", icon="coin")]


def two_person_kinds(session: Session, on: date) -> list[CapitalKind]:
    """The kinds of movements of money for which two persons are asked on that day."""
    return [kind for kind in PREPARED_KINDS if share_queries.needs_two(session, BookName.CAPITAL, kind, on)]


def _requests() -> Any:
    runs = CapitalRun.id == CapitalRequest.run_id
    return select(CapitalRequest, CapitalRun.kind, CapitalRun.year).outerjoin(CapitalRun, runs)


def _row(found: Any) -> PreparedRow:
    row, run_kind, run_year = found
    return PreparedRow(
        row.id, row.kind, row.state, row.membership_id, Cents(row.cents), row.source, row.effective_on, row.true_on,
        row.reference, row.resolution, row.reverses_seq, row.acknowledged, row.drafted_by, row.drafted_at,
        row.answered_by, row.answered_at, row.reason, row.executed_tx, row.run_id, run_kind, run_year,
    )  # fmt: skip
