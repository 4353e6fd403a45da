"""Shares that leave a holder's account: transferred, inherited, withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.preflight import Check, check_preflight
from coopgov.shares import book, queries, rules
from coopgov.shares.book import Entry, line_name
from coopgov.shares.events import SharesRedeemed, SharesTransferred, WithdrawalWeighed
from coopgov.shares.moving_preflight import Facts, preflight
from coopgov.shares.rules import ORDINARY, BookName, Cause, Taken, TxKind, late_day
from coopgov.shares.service.limits import after_of
from coopgov.shares.service.looking import Seeing
from coopgov.shares.service.papers import issue_transfer_order
from coopgov.shares.service.people import holder_on
from coopgov.shares.service.procedure import check_procedure
from coopgov.shares.service.queue import carry_out, find_open_refund, first_waiting, second_person, settle_refunds
from coopgov.web.preflight import judge


@dataclass(frozen=True, slots=True)
class Move:
    """Shares about to leave an account: whose, how many, of which class, from when, by which decision."""

    kind: TxKind
    from_id: UUID
    quantity: int
    effective_on: date
    decision: str
    to_id: UUID | None = None
    cause: str = ""
    class_code: str = ORDINARY
    lots: Mapping[UUID, int] | None = None
    request_id: UUID | None = None
    approved_by: str | None = None
    true_on: date | None = None
    # What a person checked of each point left to her.
    reasons: Mapping[str, str] | None = None

    @property
    def day(self) -> date:
        """The day it truly happens."""
        return self.true_on or self.effective_on


class Details(TypedDict, total=False):
    """What may be said beside: the class, the lots chosen, the request, the second person, the true day if late."""

    class_code: str
    lots: Mapping[UUID, int] | None
    request_id: UUID | None
    approved_by: str | None
    true_on: date | None
    reasons: Mapping[str, str] | None


def transfer(
    act: Act, *, from_id: UUID, to_id: UUID, quantity: int, effective_on: date, decision: str, **more: Unpack[Details]
) -> int:
    """Record a transfer of shares between members (*cession de parts*), approved; gives its number."""
    return move(act, Move(TxKind.TRANSFER, from_id, quantity, effective_on, decision, to_id, **more))


def inherit(
    act: Act, *, from_id: UUID, to_id: UUID, quantity: int, effective_on: date, decision: str, **more: Unpack[Details]
) -> int:
    """Record that shares of a deceased member pass to an heir who is a member (*transmission*); gives its number."""
    return move(act, Move(TxKind.INHERIT, from_id, quantity, effective_on, decision, to_id, **more))


def redeem(
    act: Act,
    *,
    member_id: UUID,
    quantity: int,
    effective_on: date,
    decision: str,
    cause: str = Cause.EXIT,
    **more: Unpack[Details],
) -> int:
    """Record a withdrawal of shares (*annulation de parts*), to be paid back; gives its number."""
    return move(act, Move(TxKind.REDEEM, member_id, quantity, effective_on, decision, cause=cause, **more))


def move(act: Act, asked: Move) -> int:
    """Write a movement out of an account, and tell the features above; gives its number."""
    book.take_the_pen(act.session)
    asked = _with_request(act, asked)
    facts = _facts(act, asked)
    checks = _preflight(act, asked, facts)
    refuse_if(check_preflight(checks, asked.reasons or {}))
    [seq] = book.write(act, [_entry(asked, facts.taken)])
    judged = judge(act, line_name(seq), checks, asked.reasons or {})
    payload = {
        "member": asked.from_id, "to": asked.to_id, "quantity": asked.quantity, "last": seq, "cause": asked.cause,
        "decision": asked.decision, "judged": judged,
    }  # fmt: skip
    act.record(f"shares.{_DONE[asked.kind]}", line_name(seq), payload)
    _settle(act, asked, seq)
    _tell(act, asked, seq, rules.value_of(facts.taken))
    return seq


def _with_request(act: Seeing, asked: Move) -> Move:
    """A withdrawal answers the refund that waits, whoever thought of it."""
    if asked.kind is not TxKind.REDEEM or asked.request_id is not None or asked.cause != Cause.EXIT:
        return asked
    waiting = find_open_refund(act.session, asked.from_id, asked.class_code)
    if waiting is None:
        return asked
    # Who accepted it agreed to so many shares of these lots, not to more or to others.
    is_agreed = asked.quantity <= waiting.quantity and asked.lots is None and not waiting.lots
    approved_by = asked.approved_by or (second_person(waiting, act.actor.pseudonym) if is_agreed else None)
    return replace(asked, request_id=waiting.id, approved_by=approved_by)


def _settle(act: Act, asked: Move, seq: int) -> None:
    if asked.request_id is not None:
        carry_out(act, asked.request_id, seq, asked.quantity)
    if asked.cause != Cause.REDUCTION:
        settle_refunds(act, asked.from_id)


def preflight_move(look: Seeing, asked: Move) -> list[Check]:
    """What a movement out of an account would be checked for now; writes nothing."""
    asked = _with_request(look, asked)
    return _preflight(look, asked, _facts(look, asked))


def a_withdrawal(look: Seeing, asked: Move) -> WithdrawalWeighed:
    """The question what becomes of the money of shares about to be withdrawn, for whoever keeps it."""
    asked = _with_request(look, asked)
    cents = rules.value_of(_facts(look, asked).taken)
    return WithdrawalWeighed(asked.from_id, cents, asked.effective_on)


_DONE = {TxKind.TRANSFER: "transferred", TxKind.INHERIT: "inherited", TxKind.REDEEM: "redeemed"}


def _facts(act: Seeing, asked: Move) -> Facts:
    terms = queries.get_class(act.session, asked.class_code)
    left = queries.lots_left(act.session, asked.from_id, asked.effective_on, class_id=terms.id)
    taken = rules.take(left, asked.quantity) if asked.lots is None else rules.take_chosen(left, asked.lots)
    procedure = check_procedure(
        act, BookName.SHARE, asked.kind, effective_on=asked.effective_on, true_on=asked.true_on,
        approved_by=asked.approved_by,
    )  # fmt: skip
    return Facts(
        asked.kind, holder_on(act, asked.from_id, asked.day),
        holder_on(act, asked.to_id, asked.day) if asked.to_id is not None else None,
        asked.cause, asked.quantity, asked.decision, asked.effective_on, asked.day, procedure, terms, left, taken,
    )  # fmt: skip


def _preflight(act: Seeing, asked: Move, facts: Facts) -> list[Check]:
    waiting = first_waiting(act.session, asked.from_id) if asked.kind is TxKind.REDEEM else None
    return preflight(facts, after_of(act, facts, waiting), act.rulebook)


def _entry(asked: Move, taken: Sequence[Taken]) -> Entry:
    legs = (
        rules.withdrawal_legs(asked.from_id, taken)
        if asked.to_id is None
        else rules.transfer_legs(asked.from_id, asked.to_id, taken)
    )
    return Entry(
        asked.kind, asked.effective_on, legs, reason_code=asked.cause, resolution=asked.decision.strip()[:200],
        request_id=asked.request_id, approved_by=asked.approved_by,
        late_for=late_day(asked.effective_on, asked.true_on),
    )  # fmt: skip


def _tell(act: Act, asked: Move, seq: int, cents: int) -> None:
    if asked.to_id is None:
        act.publish(
            SharesRedeemed(
                seq, asked.from_id, asked.quantity, cents, asked.effective_on, asked.decision.strip(), asked.cause
            )
        )
        return
    act.publish(
        SharesTransferred(
            seq, asked.from_id, asked.to_id, asked.quantity, cents, asked.effective_on, asked.decision.strip()
        )
    )
    issue_transfer_order(act, seq=seq)
