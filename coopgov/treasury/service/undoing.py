"""Undoing: by a new transaction that names the old one, exactly and once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Unpack

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.preflight import check_acknowledged
from coopgov.shares.chain import Moment
from coopgov.treasury import book, queries, rules
from coopgov.treasury.book import line_name
from coopgov.treasury.rules import NEVER_NEGATIVE, Bucket, CapitalKind, Leg, Undoing
from coopgov.treasury.service.telling import Details, Told
from coopgov.treasury.service.weighing import weigh_reversal
from coopgov.web.preflight import acknowledge


def reverse_payment(
    act: Act, *, seq: int, effective_on: date, reason: str, acknowledged: str = "", **more: Unpack[Details]
) -> int:
    """Undo a movement of money that stands alone by a new one (*contre-passation*); gives its number.

    It corrects an entry, and may break what a movement may not: `acknowledged` says why it is done all the same.
    """
    book.take_the_pen(act.session)
    told = Told(effective_on, reason, **more)
    original = queries.get_header(act.session, seq)
    legs = rules.negated(queries.legs_of(act.session, seq))
    undoing = Undoing(
        seq, original.kind, original.effective_on, effective_on, reason, original.share_tx_seq,
        original.reversed_by, timelines_after(act, legs, effective_on), is_of_run=original.run_id is not None,
    )  # fmt: skip
    checks = weigh_reversal(act, seq=seq, effective_on=effective_on)
    refuse_if(
        told.check(act, CapitalKind.REVERSAL) + rules.check_reversal(undoing) + check_acknowledged(checks, acknowledged)
    )
    entry = replace(told.entry(CapitalKind.REVERSAL, legs), reverses_seq=seq)
    [new] = book.write(act, [entry])
    facts = {
        "reverses": seq, "reason": reason.strip(), "last": new,
        "acknowledged": acknowledge(act, line_name(new), checks, acknowledged),
    }  # fmt: skip
    act.record("treasury.reversed", line_name(new), facts)
    return new


def timelines_after(act: Act, legs: Sequence[Leg], on: date) -> list[list[Moment]]:
    """The timelines of all that may not fall below zero, as they would be with these legs on that day."""
    people = sorted({leg.member_id for leg in legs if leg.member_id is not None})
    known = queries.moments_of(act.session, people)
    after = book.head(act.session).seq + 1
    for leg in legs:
        if leg.member_id is not None:
            known[leg.member_id].setdefault(leg.bucket, []).append(Moment(on, after, leg.cents))
    return [_kept(buckets, bucket) for buckets in known.values() for bucket in NEVER_NEGATIVE]


def _kept(buckets: Mapping[Bucket, list[Moment]], bucket: Bucket) -> list[Moment]:
    return buckets.get(bucket, [])
