"""Movements of money by two persons: one prepares, another confirms or refuses; nothing is booked between."""

from contextlib import suppress
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import NotFound, refuse_if
from coopgov.core.ids import new_id
from coopgov.core.money import Cents
from coopgov.core.states import step
from coopgov.shares.rules import REQUEST_STEPS, BookName, RequestState, RequestStep, check_reason
from coopgov.shares.service import two_persons_clause
from coopgov.treasury import book, rules
from coopgov.treasury.models import CapitalRequest
from coopgov.treasury.prepared import STORE, prepared_facts
from coopgov.treasury.rules import Bucket, CapitalKind, Prepared
from coopgov.treasury.service.owed import give, prescribe, refund_overpayment, repay, set_off
from coopgov.treasury.service.telling import Details
from coopgov.treasury.service.undoing import reverse_payment

# Who will confirm it is not known yet.
SOMEBODY = "somebody else"


class _Tried(Exception):
    """Indicate that all went well: what was tried is undone."""


def prepare(act: Act, wish: Prepared) -> UUID:
    """Prepare a movement of money for another person (*préparer*); refused as the movement itself would be."""
    book.take_the_pen(act.session)
    refuse_if(rules.check_prepared(wish.kind))
    with suppress(_Tried), act.attempt():
        _write(act, wish, SOMEBODY)
        raise _Tried
    row = CapitalRequest(
        id=new_id(), kind=wish.kind, state=RequestState.SUBMITTED, membership_id=wish.member_id, cents=wish.cents,
        source=wish.source, effective_on=wish.effective_on, true_on=wish.true_on, reference=wish.reference.strip(),
        resolution=wish.resolution.strip()[:200], reverses_seq=wish.reverses_seq,
        acknowledged=wish.acknowledged.strip(), drafted_by=act.actor.pseudonym, drafted_at=act.now, reason="",
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()  # what is asked next in this act must see it
    act.mark(STORE, [prepared_facts(row)])
    facts = {"kind": wish.kind, "member": wish.member_id, "cents": wish.cents, "on": wish.effective_on}
    act.record("treasury.prepared", _name(row.id), facts)
    return row.id


def confirm(act: Act, *, prepared_id: UUID) -> int:
    """Confirm what another person has prepared: it is booked now (*confirmer*); gives its number."""
    book.take_the_pen(act.session)
    row = _locked(act, prepared_id)
    state, me = step(REQUEST_STEPS, row.state, RequestStep.EXECUTE), act.actor.pseudonym
    clause = two_persons_clause(act, BookName.CAPITAL, row.kind)
    refuse_if(rules.check_confirmed(row.drafted_by, me, clause))
    seq = _write(act, _wish(row), row.drafted_by)
    row.executed_tx, row.answered_by, row.answered_at, row.state = seq, me, act.now, state
    act.session.flush()  # what is asked next in this act must see it
    act.record("treasury.confirmed", _name(prepared_id), {"movement": seq})
    return seq


def refuse(act: Act, *, prepared_id: UUID, reason: str) -> None:
    """Refuse what was prepared, with the reason."""
    _end(act, prepared_id, RequestStep.REFUSE, reason)
    act.record("treasury.prepared_refused", _name(prepared_id), {"reason": reason.strip()})


def take_back(act: Act, *, prepared_id: UUID, reason: str) -> None:
    """Take back what was prepared, with the reason."""
    _end(act, prepared_id, RequestStep.WITHDRAW, reason)
    act.record("treasury.prepared_taken_back", _name(prepared_id), {"reason": reason.strip()})


def _end(act: Act, prepared_id: UUID, what: RequestStep, reason: str) -> None:
    row = _locked(act, prepared_id)
    state = step(REQUEST_STEPS, row.state, what)
    refuse_if(check_reason(reason))
    row.state, row.reason = state, reason.strip()
    row.answered_by, row.answered_at = act.actor.pseudonym, act.now


def _wish(row: CapitalRequest) -> Prepared:
    return Prepared(
        row.kind, row.membership_id, Cents(row.cents), row.effective_on, row.source, row.true_on, row.reference,
        row.resolution, row.reverses_seq, row.acknowledged,
    )  # fmt: skip


def _write(act: Act, wish: Prepared, by: str) -> int:
    if wish.kind is CapitalKind.REVERSAL:
        assert wish.reverses_seq is not None  # noqa: S101 - the database holds it for this kind
        return reverse_payment(
            act, seq=wish.reverses_seq, effective_on=wish.effective_on, reason=wish.reference,
            acknowledged=wish.acknowledged, approved_by=by,
        )  # fmt: skip
    return settle(act, wish, by)


def settle(act: Act, wish: Prepared, by: str | None = None) -> int:
    """Record what becomes of a sum that is owed to a member; gives its number."""
    source = wish.source or Bucket.REPAYABLE
    who, cents, on, reference = wish.member_id, wish.cents, wish.effective_on, wish.reference
    told: Details = {"true_on": wish.true_on, "resolution": wish.resolution, "approved_by": by}
    match wish.kind:
        case CapitalKind.SET_OFF:
            return set_off(
                act, member_id=who, cents=cents, effective_on=on, against=source, reference=reference, **told
            )  # fmt: skip
        case CapitalKind.GIFT:
            return give(act, member_id=who, cents=cents, effective_on=on, source=source, reference=reference, **told)
        case CapitalKind.PRESCRIBE:
            return prescribe(act, member_id=who, cents=cents, effective_on=on, reference=reference, **told)
        case _:
            back = refund_overpayment if source is Bucket.SUSPENSE else repay
            return back(act, member_id=who, cents=cents, effective_on=on, reference=reference, **told)


def _locked(act: Act, prepared_id: UUID) -> CapitalRequest:
    row = act.session.get(CapitalRequest, prepared_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _name(prepared_id: UUID) -> str:
    return f"capital-request:{prepared_id}"
