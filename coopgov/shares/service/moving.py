"""Shares that leave a holder's account: transferred, inherited, withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.members import queries as members
from coopgov.shares import book, queries, rules
from coopgov.shares.book import Entry, line_name
from coopgov.shares.events import SharesRedeemed, SharesTransferred
from coopgov.shares.rules import ORDINARY, BookName, Cause, ClassTerms, LotLeft, Taken, TxKind, late_day
from coopgov.shares.service.people import holder_on
from coopgov.shares.service.procedure import check_procedure


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
    terms = queries.get_class(act.session, asked.class_code)
    left = queries.lots_left(act.session, asked.from_id, asked.effective_on, class_id=terms.id)
    taken = _taken(left, asked)
    refuse_if(_check(act, asked, terms, left, taken))
    [seq] = book.write(act, [_entry(asked, taken)])
    facts = {
        "member": asked.from_id, "to": asked.to_id, "quantity": asked.quantity, "last": seq, "cause": asked.cause,
        "decision": asked.decision,
    }  # fmt: skip
    act.record(f"shares.{_DONE[asked.kind]}", line_name(seq), facts)
    _tell(act, asked, seq, rules.value_of(taken))
    return seq


_DONE = {TxKind.TRANSFER: "transferred", TxKind.INHERIT: "inherited", TxKind.REDEEM: "redeemed"}


def _taken(left: list[LotLeft], asked: Move) -> tuple[Taken, ...]:
    return rules.take(left, asked.quantity) if asked.lots is None else rules.take_chosen(left, asked.lots)


def _check(act: Act, asked: Move, terms: ClassTerms, left: list[LotLeft], taken: tuple[Taken, ...]) -> list[Breach]:
    name = members.get_member(act.session, asked.from_id).name
    procedure = check_procedure(
        act, BookName.SHARE, asked.kind, effective_on=asked.effective_on, true_on=asked.true_on,
        approved_by=asked.approved_by,
    )  # fmt: skip
    return [
        *procedure,
        *rules.check_decided(asked.decision),
        *_check_people(act, asked),
        *(rules.check_refundable(terms) if asked.kind is TxKind.REDEEM else rules.check_transferable(terms)),
        *rules.check_taken(name, asked.quantity, left, taken, asked.effective_on),
    ]


def _check_people(act: Act, asked: Move) -> list[Breach]:
    giver = holder_on(act, asked.from_id, asked.day)
    if asked.to_id is None:
        return rules.check_leaves(giver, asked.cause, asked.day)
    return rules.check_parties(giver, holder_on(act, asked.to_id, asked.day), asked.kind, asked.day)


def _entry(asked: Move, taken: tuple[Taken, ...]) -> Entry:
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
