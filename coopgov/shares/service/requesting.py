"""Requests about shares: submitted, answered by another person, carried out or withdrawn."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.canonical import canonical_json
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.ids import new_id
from coopgov.core.policy import SYSTEM
from coopgov.core.preflight import Check
from coopgov.core.states import step
from coopgov.members import queries as members
from coopgov.members.events import MemberBack, MemberLeft
from coopgov.members.rules import EventKind
from coopgov.shares import asking, book, queries, rules
from coopgov.shares.events import WithdrawalWeighed
from coopgov.shares.models import ShareRequest
from coopgov.shares.queries import RequestRow
from coopgov.shares.rules import (
    ORDINARY,
    REQUEST_STEPS,
    BookName,
    Cause,
    RequestKind,
    RequestState,
    RequestStep,
    TxKind,
)
from coopgov.shares.service.changing import convert, preflight_conversion
from coopgov.shares.service.looking import Seeing
from coopgov.shares.service.moving import Details, Move, a_withdrawal, inherit, preflight_move, redeem, transfer
from coopgov.shares.service.people import holder_on
from coopgov.shares.service.queue import locked, mark_executed, second_person, settle_refunds
from coopgov.shares.service.undoing import reverse
from coopgov.shares.service.weighing import weigh_reversal

MOVEMENTS = {
    RequestKind.REFUND: TxKind.REDEEM,
    RequestKind.TRANSFER: TxKind.TRANSFER,
    RequestKind.INHERIT: TxKind.INHERIT,
    RequestKind.CONVERT: TxKind.CONVERT,
    RequestKind.REVERSAL: TxKind.REVERSAL,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks about shares, and since when it is asked."""

    kind: RequestKind
    member_id: UUID
    quantity: int
    asked_on: date
    to_id: UUID | None = None
    class_code: str = ORDINARY
    to_class: str = ""
    lots: Mapping[UUID, int] | None = None
    reverses_seq: int | None = None
    cause: str = ""
    earliest_on: date | None = None
    note: str = ""


def request(act: Act, wish: Wish, *, is_draft: bool = False) -> UUID:
    """Write down a request (*demande*), for another person to answer; gives its id."""
    refuse_if(
        rules.check_wish(
            wish.kind, wish.quantity, wish.asked_on, act.today, names_other=wish.to_id is not None
        )
    )  # fmt: skip
    lots = {str(lot): quantity for lot, quantity in (wish.lots or {}).items()}
    row = ShareRequest(
        id=new_id(), kind=wish.kind, state=RequestState.DRAFT if is_draft else RequestState.SUBMITTED,
        membership_id=wish.member_id, to_membership_id=wish.to_id,
        class_id=_class_id(act, wish.class_code) if wish.kind is not RequestKind.REVERSAL else None,
        to_class_id=_class_id(act, wish.to_class) if wish.to_class else None, quantity=wish.quantity,
        lots=canonical_json(lots).decode() if lots else "", reverses_seq=wish.reverses_seq, cause=wish.cause,
        asked_on=wish.asked_on, earliest_on=wish.earliest_on or wish.asked_on, resolution="",
        drafted_by=act.actor.pseudonym, drafted_at=act.now, note=wish.note.strip(),
    )  # fmt: skip
    asking.write(act, row)
    facts = {"kind": wish.kind, "member": wish.member_id, "quantity": wish.quantity, "asked_on": wish.asked_on}
    act.record("shares.requested", _name(row.id), facts)
    return row.id


def submit(act: Act, *, request_id: UUID) -> None:
    """Put a drafted request before the one who answers."""
    row = locked(act, request_id)
    row.state = step(REQUEST_STEPS, row.state, RequestStep.SUBMIT)
    act.record("shares.request_submitted", _name(request_id))


def accept(act: Act, *, request_id: UUID, decision: str, decided_on: date | None = None) -> None:
    """Accept a request, by the decision that says so; where two persons are needed, not the one who drafted it."""
    row = locked(act, request_id)
    state = step(REQUEST_STEPS, row.state, RequestStep.ACCEPT)
    me = act.actor.pseudonym
    needs_two = queries.needs_two(act.session, BookName.SHARE, MOVEMENTS[row.kind], act.today)
    refuse_if(rules.check_answer(decision, row.drafted_by, me, needs_two=needs_two))
    row.state, row.resolution, row.decided_on = state, decision.strip()[:200], decided_on or act.today
    row.approved_by = me if me != row.drafted_by else None
    act.record("shares.request_accepted", _name(request_id), {"decision": decision.strip()})


def refuse(act: Act, *, request_id: UUID, decision: str) -> None:
    """Refuse a request, by the decision that says so."""
    row = locked(act, request_id)
    state = step(REQUEST_STEPS, row.state, RequestStep.REFUSE)
    refuse_if([*rules.check_decided(decision), *_check_may_end(act, row)])
    row.state, row.resolution, row.decided_on = state, decision.strip()[:200], act.today
    act.record("shares.request_refused", _name(request_id), {"decision": decision.strip()})


def withdraw(act: Act, *, request_id: UUID, reason: str) -> None:
    """Take a request back; what was done on it stays."""
    row = locked(act, request_id)
    row.state = step(REQUEST_STEPS, row.state, RequestStep.WITHDRAW)
    refuse_if([*rules.check_reason(reason), *_check_may_end(act, row)])
    act.record("shares.request_withdrawn", _name(request_id), {"reason": reason.strip()})


def _check_may_end(act: Act, row: ShareRequest) -> list[Breach]:
    # A place in the queue was given by the exit itself, and goes with the shares alone.
    is_of_exit = row.kind is RequestKind.REFUND and row.drafted_by == SYSTEM.pseudonym
    holder = holder_on(act, row.membership_id, act.today)
    return rules.check_may_end(holder.name, is_of_exit=is_of_exit, has_left=holder.is_former)


def execute(
    act: Act,
    *,
    request_id: UUID,
    effective_on: date,
    decision: str = "",
    true_on: date | None = None,
    reasons: Mapping[str, str] | None = None,
    acknowledged: str = "",
) -> int:
    """Carry out a request: write its movement in the share book; gives the movement's number."""
    asked = queries.get_request(act.session, request_id)
    step(REQUEST_STEPS, asked.state, RequestStep.EXECUTE)
    decision = decision.strip() or asked.resolution
    if asked.kind is RequestKind.REVERSAL:
        seq = _reverse(act, asked, effective_on, decision, acknowledged)
    else:
        seq = _write(act, asked, effective_on, decision, true_on, reasons)
    # A withdrawal closes its own request as it is written, whoever asks for it.
    if queries.get_request(act.session, request_id).state is not RequestState.EXECUTED:
        mark_executed(act, request_id, seq)
    act.record("shares.request_executed", _name(request_id), {"movement": seq})
    return seq


def preflight_request(
    look: Seeing, asked: RequestRow, *, effective_on: date, decision: str, true_on: date | None = None
) -> list[Check]:
    """What the movement of a request would be checked for now; of a reversal, what it would break."""
    more = _details(asked, second_person(asked, look.actor.pseudonym), true_on, None)
    if asked.kind is RequestKind.REVERSAL and asked.reverses_seq is not None:
        return weigh_reversal(look, seq=asked.reverses_seq, effective_on=effective_on)
    if asked.kind is RequestKind.CONVERT:
        return preflight_conversion(
            look, member_id=asked.member_id, quantity=asked.quantity, from_class=asked.class_code,
            to_class=asked.to_class, effective_on=effective_on, decision=decision, **more,
        )  # fmt: skip
    cause = asked.cause if asked.kind is RequestKind.REFUND else ""
    move = Move(
        MOVEMENTS[asked.kind], asked.member_id, asked.quantity, effective_on, decision, asked.to_id, cause, **more
    )
    return preflight_move(look, move)


def withdrawal_of(look: Seeing, asked: RequestRow, effective_on: date) -> WithdrawalWeighed:
    """The question what becomes of the money of a refund that was asked for."""
    more = _details(asked, None, None, None)
    return a_withdrawal(
        look, Move(TxKind.REDEEM, asked.member_id, asked.quantity, effective_on, "", cause=asked.cause, **more)
    )


def _details(
    asked: RequestRow, approved_by: str | None, true_on: date | None, reasons: Mapping[str, str] | None
) -> Details:
    lots = {UUID(lot): int(quantity) for lot, quantity in json.loads(asked.lots).items()} if asked.lots else None
    return {
        "class_code": asked.class_code or ORDINARY, "lots": lots, "request_id": asked.id, "approved_by": approved_by,
        "true_on": true_on, "reasons": reasons,
    }  # fmt: skip


def _reverse(act: Act, asked: RequestRow, on: date, decision: str, acknowledged: str) -> int:
    assert asked.reverses_seq is not None  # noqa: S101 - the database holds it for this kind
    return reverse(
        act, seq=asked.reverses_seq, effective_on=on, reason=asked.note or decision, acknowledged=acknowledged,
        request_id=asked.id, approved_by=second_person(asked, act.actor.pseudonym),
    )  # fmt: skip


def _write(
    act: Act, asked: RequestRow, on: date, decision: str, true_on: date | None, reasons: Mapping[str, str] | None
) -> int:
    more = _details(asked, second_person(asked, act.actor.pseudonym), true_on, reasons)
    match asked.kind:
        case RequestKind.REFUND:
            return redeem(
                act, member_id=asked.member_id, quantity=asked.quantity, effective_on=on, decision=decision,
                cause=asked.cause or Cause.EXIT, **more,
            )  # fmt: skip
        case RequestKind.CONVERT:
            return convert(
                act, member_id=asked.member_id, quantity=asked.quantity, from_class=asked.class_code,
                to_class=asked.to_class, effective_on=on, decision=decision, **more,
            )  # fmt: skip
        case _:
            assert asked.to_id is not None  # noqa: S101 - a transfer names who receives
            give = transfer if asked.kind is RequestKind.TRANSFER else inherit
            return give(
                act, from_id=asked.member_id, to_id=asked.to_id, quantity=asked.quantity, effective_on=on,
                decision=decision, **more,
            )  # fmt: skip


# What follows from members who leave and come back


def on_member_left(act: Act, event: MemberLeft) -> None:
    """Whoever leaves waits, from that day on, for the refund of the shares held (*remboursement*)."""
    book.take_the_pen(act.session)
    # Whose admission is undone never was a member.
    left_on = date.min if event.kind is EventKind.REVERSAL else event.on
    name = members.get_member(act.session, event.member_id).name
    refuse_if(rules.check_left_since(name, _gained_last(act, event.member_id), left_on))
    if event.kind is not EventKind.REVERSAL:
        settle_refunds(act, event.member_id)


_GAINS = (TxKind.SUBSCRIBE, TxKind.TRANSFER, TxKind.INHERIT)


def _gained_last(act: Act, member_id: UUID) -> tuple[date, int] | None:
    """The last day on which somebody acquired shares as a member, and the movement; or None."""
    known = (movement.transaction for movement in queries.movements_of(act.session, member_id))
    gains = [tx for tx in known if tx.kind in _GAINS and tx.quantity > 0 and tx.reversed_by is None]
    return max(((tx.late_for or tx.effective_on, tx.seq) for tx in gains if not tx.is_conditional), default=None)


def on_member_back(act: Act, event: MemberBack) -> None:
    """Whoever is a member again asks for nothing any more; an exit that was carried out is not undone."""
    if event.is_undone:
        refuse_if(rules.check_exit_undone(_carried_out(act, event.member_id)))
    for asked in queries.requests_of(act.session, event.member_id):
        if asked.is_open and asked.kind is RequestKind.REFUND and asked.cause == Cause.EXIT:
            withdraw(act, request_id=asked.id, reason="De nouveau associé")


def _carried_out(act: Act, member_id: UUID) -> int | None:
    """What took the shares of somebody who, as it now stands, had not left on its day; or None."""
    for tx in (movement.transaction for movement in queries.movements_of(act.session, member_id)):
        is_exit = (tx.kind is TxKind.REDEEM and tx.reason_code == Cause.EXIT) or tx.kind is TxKind.INHERIT
        is_taken = is_exit and tx.quantity < 0 and tx.reversed_by is None
        if is_taken and holder_on(act, member_id, tx.late_for or tx.effective_on).is_member:
            return tx.seq
    return None


def _class_id(act: Act, code: str) -> UUID:
    return queries.get_class(act.session, code).id


def _name(request_id: UUID) -> str:
    return f"share-request:{request_id}"
