"""Undo a movement."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.ids import new_id
from coopgov.core.preflight import check_acknowledged
from coopgov.shares import asking, book, queries, rules
from coopgov.shares.book import Entry, line_name
from coopgov.shares.chain import Moment
from coopgov.shares.events import ReversalWeighed, SharesReversed
from coopgov.shares.models import ShareRequest
from coopgov.shares.rules import BookName, RequestKind, RequestState, TxKind, Undoing
from coopgov.shares.service.procedure import check_procedure
from coopgov.shares.service.queue import settle_refunds
from coopgov.shares.service.weighing import weigh_reversal
from coopgov.web.preflight import acknowledge


def reverse(
    act: Act,
    *,
    seq: int,
    effective_on: date,
    reason: str,
    acknowledged: str = "",
    request_id: UUID | None = None,
    approved_by: str | None = None,
) -> int:
    """Undo a movement by a new one that names it, exactly and once (*contre-passation*); gives its number.

    It corrects an entry, and may break what a movement may not: `acknowledged` says why it is done all the same.
    """
    book.take_the_pen(act.session)
    legs = rules.negated(queries.legs_of(act.session, seq))
    money = ReversalWeighed(seq)
    act.publish(money)
    checks = [*weigh_reversal(act, seq=seq, effective_on=effective_on), *money.points]
    refuse_if(
        _check(act, seq, effective_on, reason, legs)
        + _check_procedure(act, effective_on, approved_by)
        + check_acknowledged(checks, acknowledged)
    )
    entry = Entry(
        TxKind.REVERSAL, effective_on, legs, reason_code="reversal", note=reason.strip(), reverses_seq=seq,
        request_id=request_id, approved_by=approved_by,
    )  # fmt: skip
    [new] = book.write(act, [entry])
    facts = {
        "reverses": seq, "reason": reason.strip(), "last": new,
        "acknowledged": acknowledge(act, line_name(new), checks, acknowledged),
    }  # fmt: skip
    act.record("shares.reversed", line_name(new), facts)
    for member_id in dict.fromkeys(leg.member_id for leg in legs if leg.member_id is not None):
        settle_refunds(act, member_id)
    act.publish(SharesReversed(new, seq, effective_on, reason.strip()))
    return new


def cascade_of(session: Session, seq: int) -> list[int]:
    """The movements to reverse before this one, in order; nothing when none rests on it."""
    return rules.cascade(seq, queries.undo_steps(session, seq))


def draft_cascade(act: Act, *, seq: int, reason: str) -> list[UUID]:
    """Draft a request of reversal for each movement that rests on this one, and for itself, in order."""
    refuse_if(rules.check_reason(reason))
    drafts = []
    for place, one in enumerate([*cascade_of(act.session, seq), seq]):
        member_id = queries.get_transaction(act.session, one).member_id
        row = ShareRequest(
            id=new_id(), kind=RequestKind.REVERSAL, state=RequestState.DRAFT, membership_id=member_id, quantity=0,
            reverses_seq=one, lots="", cause="", asked_on=act.today, earliest_on=act.today, resolution="",
            drafted_by=act.actor.pseudonym, drafted_at=act.now + timedelta(microseconds=place), note=reason.strip(),
        )  # fmt: skip
        asking.write(act, row)
        drafts.append(row.id)
    act.record("shares.cascade_drafted", line_name(seq), {"reason": reason.strip(), "number": len(drafts)})
    return drafts


def _check(act: Act, seq: int, effective_on: date, reason: str, legs: Sequence[rules.Leg]) -> list[Breach]:
    original = queries.get_transaction(act.session, seq)
    stands = original.can_be_reversed
    undoing = Undoing(
        seq, original.kind, original.effective_on, effective_on, act.today, reason, original.reversed_by,
        _timelines_after(act, legs, effective_on), cascade_of(act.session, seq) if stands else (),
    )  # fmt: skip
    return rules.check_reversal(undoing)


def _check_procedure(act: Act, effective_on: date, approved_by: str | None) -> list[Breach]:
    # The rule of reversals speaks of the day itself.
    found = check_procedure(
        act, BookName.SHARE, TxKind.REVERSAL, effective_on=effective_on, approved_by=approved_by
    )  # fmt: skip
    return [breach for breach in found if breach.code != "day_not_come"]


def _timelines_after(act: Act, legs: Sequence[rules.Leg], on: date) -> list[list[Moment]]:
    known = queries.lot_moments(act.session, [leg.lot.id for leg in legs])
    after = book.head(act.session).seq + 1
    for leg in legs:
        if leg.member_id is not None:
            known[leg.member_id, leg.lot.id].append(Moment(on, after, leg.quantity))
    return list(known.values())
