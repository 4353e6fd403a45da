"""The requests about shares: those that wait, in their order, and those of a member."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopgov.core.errors import NotFound
from coopgov.core.policy import Actor, Permission
from coopgov.core.waiting import Waiting
from coopgov.shares.models import ShareClass, ShareRequest
from coopgov.shares.rules import OPEN, REQUEST_LABELS, STATE_LABELS, Cause, RequestKind, RequestState


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as it stands."""

    id: UUID
    kind: RequestKind
    state: RequestState
    member_id: UUID
    to_id: UUID | None
    class_code: str
    to_class: str
    quantity: int
    lots: str
    reverses_seq: int | None
    cause: str
    asked_on: date
    earliest_on: date
    resolution: str
    decided_on: date | None
    drafted_by: str
    approved_by: str | None
    executed_tx: int | None
    note: str

    @property
    def label(self) -> str:
        """What it asks for, to be translated."""
        return REQUEST_LABELS[self.kind]

    @property
    def state_label(self) -> str:
        """Where it stands, to be translated."""
        return STATE_LABELS[self.state]

    @property
    def is_open(self) -> bool:
        """True while it waits for an answer or for its movement."""
        return self.state in OPEN


def get_request(session: Session, request_id: UUID) -> RequestRow:
    """One request; raises NotFound."""
    row = session.get(ShareRequest, request_id)
    if row is None:
        raise NotFound
    return _rows(session, [row])[0]


def requests_in(session: Session, states: Iterable[RequestState]) -> list[RequestRow]:
    """The requests in these states, in the order in which they are served."""
    query = select(ShareRequest).where(ShareRequest.state.in_(tuple(states)))
    return _rows(session, session.scalars(query.order_by(*_ORDER)))


def requests_of(session: Session, member_id: UUID) -> list[RequestRow]:
    """Every request of a member, the newest first."""
    query = select(ShareRequest).where(ShareRequest.membership_id == member_id)
    return _rows(session, session.scalars(query.order_by(ShareRequest.asked_on.desc(), ShareRequest.drafted_at.desc())))


def refund_queue(session: Session) -> list[RequestRow]:
    """Who waits for a refund after leaving, in the order of departures and requests."""
    waiting = ShareRequest.kind == RequestKind.REFUND, ShareRequest.cause == Cause.EXIT, ShareRequest.state.in_(OPEN)
    return _rows(session, session.scalars(select(ShareRequest).where(*waiting).order_by(*_ORDER)))


def waiting_for(session: Session, actor: Actor, _now: datetime) -> list[Waiting]:
    """The requests about shares that wait for an answer, for those who may give one."""
    if not actor.may(Permission.SHARES_APPROVE):
        return []
    waiting = select(func.count()).select_from(ShareRequest).where(ShareRequest.state == RequestState.SUBMITTED)
    number = session.scalar(waiting) or 0
    if not number:
        return []
    title = ngettext("%(num)s request about shares to answer", "%(num)s requests about shares to answer", number)
    return [Waiting(title, "shares.list_requests", icon="shares")]


_ORDER = (ShareRequest.earliest_on, ShareRequest.asked_on, ShareRequest.drafted_at, ShareRequest.id)


def _rows(session: Session, found: Iterable[ShareRequest]) -> list[RequestRow]:
    rows: Sequence[ShareRequest] = list(found)
    codes: dict[Any, str] = dict(session.execute(select(ShareClass.id, ShareClass.code)).all()) if rows else {}
    return [
        RequestRow(
            row.id, row.kind, row.state, row.membership_id, row.to_membership_id, codes.get(row.class_id, ""),
            codes.get(row.to_class_id, ""), row.quantity, row.lots, row.reverses_seq, row.cause, row.asked_on,
            row.earliest_on, row.resolution, row.decided_on, row.drafted_by, row.approved_by, row.executed_tx, row.note,
        )
        for row in rows
    ]  # fmt: skip
