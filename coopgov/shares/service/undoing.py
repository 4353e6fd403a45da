"""Undo a movement."""

from collections.abc import Sequence
from datetime import date

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.shares import book, queries, rules
from coopgov.shares.book import Entry, line_name
from coopgov.shares.chain import Moment
from coopgov.shares.events import SharesReversed
from coopgov.shares.rules import TxKind, Undoing


def reverse(act: Act, *, seq: int, effective_on: date, reason: str) -> int:
    """Undo a movement by a new one that names it, exactly and once (*contre-passation*); gives its number."""
    book.take_the_pen(act.session)
    original = queries.get_transaction(act.session, seq)
    legs = rules.negated(queries.legs_of(act.session, seq))
    refuse_if(
        rules.check_reversal(
            Undoing(
                seq, original.kind, original.effective_on, effective_on, act.today, reason, original.reversed_by,
                _timelines_after(act, legs, effective_on),
            )
        )
    )  # fmt: skip
    entry = Entry(TxKind.REVERSAL, effective_on, legs, reason_code="reversal", note=reason.strip(), reverses_seq=seq)
    [new] = book.write(act, [entry])
    act.record("shares.reversed", line_name(new), {"reverses": seq, "reason": reason.strip(), "last": new})
    act.publish(SharesReversed(new, seq, effective_on, reason.strip()))
    return new


def _timelines_after(act: Act, legs: Sequence[rules.Leg], on: date) -> list[list[Moment]]:
    known = queries.lot_moments(act.session, [leg.lot.id for leg in legs])
    after = book.head(act.session).seq + 1
    for leg in legs:
        if leg.member_id is not None:
            known[leg.member_id, leg.lot.id].append(Moment(on, after, leg.quantity))
    return list(known.values())
