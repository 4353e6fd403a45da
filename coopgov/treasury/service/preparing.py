"""Movements of money by two persons: one prepares, another confirms or refuses; nothing is booked between."""

from contextlib import suppress
from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.canonical import digest
from coopgov.core.errors import NotFound, refuse_if
from coopgov.core.ids import new_id
from coopgov.core.money import Cents
from coopgov.core.preflight import Check, broken_by
from coopgov.core.states import step
from coopgov.shares.rules import REQUEST_STEPS, BookName, RequestState, RequestStep, check_reason
from coopgov.shares.service import Seeing, two_persons_clause
from coopgov.treasury import book, queries, rules
from coopgov.treasury.models import CapitalRequest
from coopgov.treasury.prepared import STORE, prepared_facts
from coopgov.treasury.rules import Bucket, CapitalKind, Prepared
from coopgov.treasury.service.owed import give, prescribe, refund_overpayment, repay, set_off
from coopgov.treasury.service.runs import undo_run
from coopgov.treasury.service.telling import Details
from coopgov.treasury.service.undoing import reverse_payment
from coopgov.treasury.service.weighing import weigh_reversal, weigh_run

# Who will confirm it is not known yet.
SOMEBODY = "somebody else"


class _Tried(Exception):
    """Indicate that all went well: what was tried is undone."""


def prepare(act: Act, wish: Prepared) -> UUID:
    """Prepare a movement of money, or the undoing of a run (*préparer*); refused as that itself would be."""
    book.take_the_pen(act.session)
    refuse_if(rules.check_prepared(wish.kind))
    with suppress(_Tried), act.attempt():
        _write(act, wish, SOMEBODY)
        raise _Tried
    row = CapitalRequest(
        id=new_id(), kind=wish.kind, state=RequestState.SUBMITTED, membership_id=wish.member_id, run_id=wish.run_id,
        cents=wish.cents, source=wish.source, effective_on=wish.effective_on, true_on=wish.true_on,
        reference=wish.reference.strip(), resolution=wish.resolution.strip()[:200], reverses_seq=wish.reverses_seq,
        acknowledged=wish.acknowledged.strip(), weighed=_weighed(act, wish), drafted_by=act.actor.pseudonym,
        drafted_at=act.now, reason="",
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()  # what is asked next in this act must see it
    act.mark(STORE, [prepared_facts(row)])
    about = {"run": wish.run_id} if wish.run_id else {"member": wish.member_id, "cents": wish.cents}
    act.record("treasury.prepared", _name(row.id), {"kind": wish.kind, "on": wish.effective_on, **about})
    return row.id


def confirm(act: Act, *, prepared_id: UUID) -> int:
    """Confirm what another person has prepared: it is booked now (*confirmer*); gives its number, or the last."""
    book.take_the_pen(act.session)
    row = _locked(act, prepared_id)
    state, me = step(REQUEST_STEPS, row.state, RequestStep.EXECUTE), act.actor.pseudonym
    clause = two_persons_clause(act, BookName.CAPITAL, row.kind)
    wish = _wish(row)
    refuse_if(
        rules.check_confirmed(row.drafted_by, me, clause) + rules.check_unchanged(row.weighed, _weighed(act, wish))
    )
    seq = _write(act, wish, row.drafted_by)
    row.executed_tx, row.answered_by, row.answered_at, row.state = seq or None, me, act.now, state
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


def weigh_undoing(look: Seeing, *, run_id: UUID | None, reverses_seq: int | None, effective_on: date) -> list[Check]:
    """What a prepared undoing would break now, of a run or of a movement; nothing for any other movement."""
    if run_id is not None:
        return weigh_run(look, run=queries.get_run(look.session, run_id), effective_on=effective_on)
    return [] if reverses_seq is None else weigh_reversal(look, seq=reverses_seq, effective_on=effective_on)


def _end(act: Act, prepared_id: UUID, what: RequestStep, reason: str) -> None:
    row = _locked(act, prepared_id)
    state = step(REQUEST_STEPS, row.state, what)
    refuse_if(check_reason(reason))
    row.state, row.reason = state, reason.strip()
    row.answered_by, row.answered_at = act.actor.pseudonym, act.now


def _wish(row: CapitalRequest) -> Prepared:
    return Prepared(
        row.kind, row.membership_id, Cents(row.cents), row.effective_on, row.source, row.true_on, row.reference,
        row.resolution, row.reverses_seq, row.acknowledged, row.run_id,
    )  # fmt: skip


def _weighed(act: Act, wish: Prepared) -> str:
    """The digest of what would be undone and of what that would break; empty when there is nothing to undo."""
    lines = _undone_by(act, wish)
    if lines is None:
        return ""
    run_id, seq = wish.run_id, wish.reverses_seq
    checks = weigh_undoing(act, run_id=run_id, reverses_seq=seq, effective_on=wish.effective_on)
    # Neither names nor sums: a digest of what may be erased would tell it.
    return digest({"lines": lines, "broken": sorted(check.code for check in broken_by(checks))})


def _undone_by(act: Act, wish: Prepared) -> list[int] | None:
    if wish.run_id is None:
        return None if wish.reverses_seq is None else [wish.reverses_seq]
    if queries.get_run(act.session, wish.run_id).undone_on is not None:
        return None
    return [header.seq for header in queries.standing_of_run(act.session, wish.run_id)]


def _write(act: Act, wish: Prepared, by: str) -> int:
    if wish.run_id is not None:
        return undo_run(
            act, run_id=wish.run_id, effective_on=wish.effective_on, reason=wish.reference,
            acknowledged=wish.acknowledged, approved_by=by,
        )  # fmt: skip
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
    assert who is not None  # noqa: S101 - only a run is of nobody alone
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
