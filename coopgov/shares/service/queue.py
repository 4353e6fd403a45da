"""Those who wait for a refund: who comes first, and what a movement leaves of what they ask."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core.act import Act
from coopgov.core.errors import NotFound
from coopgov.core.ids import new_id
from coopgov.core.policy import SYSTEM
from coopgov.core.states import step
from coopgov.members import queries as members
from coopgov.members.rules import standing_of
from coopgov.shares import asking, queries
from coopgov.shares.models import ShareRequest
from coopgov.shares.queries import RequestRow
from coopgov.shares.rules import OPEN, REQUEST_STEPS, Cause, RequestKind, RequestState, RequestStep, Waiting


def first_waiting(session: Session, member_id: UUID) -> Waiting | None:
    """Who comes before this member in the queue of refunds, or None; whoever does not wait comes last."""
    queue = queries.refund_queue(session)
    frozen = members.frozen_members(session, {asked.member_id for asked in queue})
    # An estate that is not settled keeps its place and holds nobody up.
    queue = [asked for asked in queue if asked.member_id not in frozen]
    if not queue or queue[0].member_id == member_id:
        return None
    return Waiting(members.get_member(session, queue[0].member_id).name, queue[0].earliest_on)


def second_person(asked: RequestRow, me: str) -> str | None:
    """The other person of an accepted request: who accepted it, or who drafted what I accepted."""
    if asked.approved_by is None:
        return None
    return next((who for who in (asked.approved_by, asked.drafted_by) if who not in (me, SYSTEM.pseudonym)), None)


def find_open_refund(session: Session, member_id: UUID, class_code: str) -> RequestRow | None:
    """The refund somebody waits for, of one class, or None."""
    return next(
        (
            asked
            for asked in reversed(queries.requests_of(session, member_id))
            if asked.is_open and asked.kind is RequestKind.REFUND and asked.class_code == class_code
        ),
        None,
    )


def mark_executed(act: Act, request_id: UUID, seq: int) -> None:
    """Note the movement that carried a request out."""
    row = locked(act, request_id)
    row.state, row.executed_tx = step(REQUEST_STEPS, row.state, RequestStep.EXECUTE), seq
    act.session.flush()  # what is asked next in this act must see it


def locked(act: Act, request_id: UUID) -> ShareRequest:
    """One request, held until the act ends; raises NotFound."""
    row = act.session.get(ShareRequest, request_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def carry_out(act: Act, request_id: UUID, seq: int, quantity: int) -> None:
    """Note that a refund was carried out; what it leaves waits on at the same place."""
    row = locked(act, request_id)
    rest, state = row.quantity - quantity, row.state
    mark_executed(act, request_id, seq)
    if rest > 0:
        _wait_on(act, row, rest, state)


def settle_refunds(act: Act, member_id: UUID) -> None:
    """Let a former member wait for the refund of what is held, no more and no less, since the day of the exit."""
    standing = standing_of(members.events_of(act.session, member_id), on=act.today)
    left_on = standing.left_on if standing is not None else None
    for terms in queries.classes(act.session):
        lots = queries.lots_left(act.session, member_id, act.today, class_id=terms.id)
        held = sum(lot.quantity for lot in lots)
        waiting = _waiting(act, member_id, terms.id)
        more = held - sum(row.quantity for row in waiting)
        if more < 0:
            _take_back(waiting, -more)
        elif more and left_on is not None and terms.is_refundable:
            _wait_for_more(act, waiting, member_id, terms.id, more, left_on)
    act.session.flush()  # what is asked next in this act must see it


def _waiting(act: Act, member_id: UUID, class_id: UUID) -> list[ShareRequest]:
    found = select(ShareRequest).where(
        ShareRequest.membership_id == member_id, ShareRequest.class_id == class_id,
        ShareRequest.kind == RequestKind.REFUND, ShareRequest.state.in_(OPEN),
    )  # fmt: skip
    return list(act.session.scalars(found.order_by(ShareRequest.earliest_on, ShareRequest.drafted_at)))


def _take_back(waiting: Sequence[ShareRequest], less: int) -> None:
    for row in reversed(waiting):
        taken = min(row.quantity, less)
        less -= taken
        if taken == row.quantity:
            row.state = RequestState.WITHDRAWN
        else:
            row.quantity -= taken


def _wait_for_more(
    act: Act, waiting: Sequence[ShareRequest], member_id: UUID, class_id: UUID, more: int, since: date
) -> None:
    if waiting and waiting[0].cause == Cause.EXIT and waiting[0].state is RequestState.SUBMITTED:
        waiting[0].quantity += more
        return
    row = ShareRequest(
        id=new_id(), kind=RequestKind.REFUND, state=RequestState.SUBMITTED, membership_id=member_id,
        class_id=class_id, quantity=more, lots="", cause=Cause.EXIT, asked_on=since, earliest_on=since, resolution="",
        drafted_by=SYSTEM.pseudonym, drafted_at=act.now, note="",
    )  # fmt: skip
    asking.write(act, row)
    act.record(
        "shares.refund_waits", f"share-request:{row.id}", {"member": member_id, "quantity": more, "since": since}
    )


def _wait_on(act: Act, row: ShareRequest, quantity: int, state: RequestState) -> None:
    columns = {column.key: getattr(row, column.key) for column in ShareRequest.__table__.columns}
    changed = {"id": new_id(), "quantity": quantity, "state": state, "executed_tx": None, "lots": ""}
    asking.write(act, ShareRequest(**columns | changed))
