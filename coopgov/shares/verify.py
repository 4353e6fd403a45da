"""Prove the share book again from its rows: numbers, chain, sums, reversals, holdings."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from coopgov.core import journal
from coopgov.core.journal import Fault
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.shares.book import BOOK_NAME, HEADER, header_facts, line_name
from coopgov.shares.chain import GENESIS, commitment, link
from coopgov.shares.models import BOOK, PeriodClose, ShareLeg, ShareLot, ShareNote, ShareTx, TwoPersonRule
from coopgov.shares.proofs import prove_lots, prove_procedure
from coopgov.shares.rules import CONDITIONAL, Account, Cause, TxKind, has_its_form

BATCH = 1000
Sides = list[tuple[Any, ...]]


def verify(session: Session) -> Iterator[Fault]:
    """Tell every line of the share book that does not hold, in order; nothing when all is well."""
    prev, expected, heads = GENESIS, 0, journal.Heads(session, BOOK_NAME)
    originals: dict[int, Sides] = {}
    wanted = set(session.scalars(select(ShareTx.reverses_seq).where(ShareTx.reverses_seq.is_not(None))))
    for tx, legs in _lines(session):
        expected += 1
        if tx.seq in wanted:
            originals[tx.seq] = _sides(legs)
        fault = (
            _check_chain(tx, legs, expected, prev)
            or _check_legs(tx, legs, originals)
            or _check_form(tx, legs)
            or _check_note(tx)
        )
        if fault:
            yield Fault(f"share_tx {tx.seq}", fault)
        expected, prev = tx.seq, tx.hash
        heads.pass_by(tx.seq, tx.hash)
    yield from _check_tail(session, expected)
    yield from heads.faults(f"share_tx {expected}")
    yield from _check_holdings(session)
    yield from prove_procedure(session, BOOK)
    yield from prove_lots(session)
    yield from _check_lots(session)
    yield from _check_closes(session)
    yield from journal.check_kept(session, PeriodClose, TwoPersonRule)
    yield from _check_standing(session)


def _lines(session: Session) -> Iterator[tuple[Any, list[Any]]]:
    # Batches by number rather than one open cursor, so that each batch brings its legs with it.
    last = 0
    while True:
        batch = session.execute(
            select(*_HEADER, ShareNote.salt, ShareNote.words)
            .outerjoin(ShareNote, ShareNote.tx_seq == ShareTx.seq)
            .where(ShareTx.seq > last)
            .order_by(ShareTx.seq)
            .limit(BATCH)
        ).all()
        if not batch:
            return
        legs = _legs_between(session, last, batch[-1].seq)
        yield from ((tx, legs.get(tx.seq, [])) for tx in batch)
        last = batch[-1].seq


def _legs_between(session: Session, after: int, until: int) -> dict[int, list[Any]]:
    rows = session.execute(
        select(
            ShareLeg.tx_seq, ShareLeg.line, ShareLeg.account, ShareLeg.membership_id, ShareLeg.class_id,
            ShareLeg.lot_id, ShareLeg.qty, ShareLeg.unit_cents, ShareLeg.effective_on,
            ShareLot.first_acquired_on, ShareLot.issue_unit_cents, ShareLot.parent_lot_id,
        )
        .join(ShareLot, ShareLot.id == ShareLeg.lot_id)
        .where(ShareLeg.tx_seq > after, ShareLeg.tx_seq <= until)
        .order_by(ShareLeg.tx_seq, ShareLeg.line)
    )  # fmt: skip
    return {seq: list(legs) for seq, legs in groupby(rows, key=lambda row: row.tx_seq)}


# The columns of the header come first, in its order.
_HEADER = [ShareTx.__table__.c[name] for name in (*HEADER, "recorded_at", "late_for", "prev_hash", "hash")]


def _header(tx: Any) -> dict[str, Any]:
    return header_facts(dict(zip((*HEADER, "recorded_at", "late_for"), tx, strict=False)))


def _check_chain(tx: Any, rows: Sequence[Any], expected: int, prev: str) -> str | None:
    if tx.seq != expected:
        return f"line {expected} is missing"
    if tx.prev_hash != prev:
        return "its prev_hash is not the hash of the line before"
    if link(prev, _header(tx), [_facts(row) for row in rows]) != tx.hash:
        return "its content does not give its hash"
    return None


def _facts(row: Any) -> dict[str, Any]:
    parent = {"parent_lot_id": row.parent_lot_id} if row.parent_lot_id is not None else {}
    return parent | {
        "line": row.line, "account": row.account, "membership_id": row.membership_id, "qty": row.qty,
        "unit_cents": row.unit_cents, "lot_id": row.lot_id, "class_id": row.class_id,
        "first_acquired_on": row.first_acquired_on, "issue_unit_cents": row.issue_unit_cents,
    }  # fmt: skip


def _check_legs(tx: Any, rows: Sequence[Any], originals: dict[int, Sides]) -> str | None:
    if len(rows) != tx.legs:
        return f"it has {len(rows)} legs instead of {tx.legs}"
    if any(_sum_of_class(rows, class_id) for class_id in {row.class_id for row in rows}):
        return "its legs do not add up to zero"
    if tx.kind is not TxKind.REVERSAL:
        return None
    undone = {(*side, -quantity) for *side, quantity in originals.get(tx.reverses_seq, [])}
    return None if set(_sides(rows)) == undone else "it is not the exact reversal of its original"


def _check_form(tx: Any, rows: Sequence[Any]) -> str | None:
    return None if has_its_form(tx.kind, rows) else f"its legs are not those of a {tx.kind.value}"


def _sides(rows: Sequence[Any]) -> Sides:
    return [(row.account, row.membership_id, row.lot_id, row.unit_cents, row.qty) for row in rows]


def _sum_of_class(rows: Sequence[Any], class_id: Any) -> int:
    return sum(row.qty for row in rows if row.class_id == class_id)


def _check_note(tx: Any) -> str | None:
    # An erased remark leaves its digest: that is how it can be forgotten without touching the book.
    if tx.salt is None or commitment(tx.salt, tx.words) == tx.payload_digest:
        return None
    return "its remark does not give its digest"


def _check_lots(session: Session) -> Iterator[Fault]:
    parent = aliased(ShareLot)
    issued = ShareTx.kind.in_((TxKind.SUBSCRIBE, TxKind.OPENING)) & ShareLot.parent_lot_id.is_(None)
    exchanged = ShareTx.kind.in_((TxKind.CONVERT, TxKind.SPLIT, TxKind.NOMINAL_CHANGE)) & (
        parent.first_acquired_on == ShareLot.first_acquired_on
    )
    first = session.scalar(
        select(func.min(ShareLot.opened_by_tx))
        .join(ShareTx, ShareTx.seq == ShareLot.opened_by_tx)
        .outerjoin(parent, parent.id == ShareLot.parent_lot_id)
        .where(
            or_(
                func.coalesce(issued | exchanged, false()).is_(False),
                ShareLot.first_acquired_on > func.coalesce(ShareTx.late_for, ShareTx.effective_on),
            )
        )
    )
    if first is not None:
        yield Fault(f"share_tx {first}", "a lot that it opens has lost its first day or its origin")


def _check_closes(session: Session) -> Iterator[Fault]:
    for close in session.scalars(select(PeriodClose).order_by(PeriodClose.through_date, PeriodClose.closed_at)):
        told = session.scalar(select(ShareTx.hash).where(ShareTx.seq == close.share_seq)) or GENESIS
        if told != close.share_hash:
            yield Fault(f"period_close {close.through_date}", "the share book is not the one that was closed")
    closed = select(PeriodClose.id).where(
        PeriodClose.through_date >= ShareTx.late_for, PeriodClose.share_seq < ShareTx.seq
    )
    first = session.scalar(select(func.min(ShareTx.seq)).where(ShareTx.late_for.is_not(None), ~closed.exists()))
    if first is not None:
        yield Fault(f"share_tx {first}", "it is told as late, and no register that was closed asks for it")


def _check_standing(session: Session) -> Iterator[Fault]:
    """Who takes shares is a member on the day, who takes them back has left; a reversed movement never was."""
    undone = select(ShareTx.reverses_seq).where(ShareTx.reverses_seq.is_not(None))
    day, spell = func.coalesce(ShareTx.late_for, ShareTx.effective_on), members.spells().subquery()
    takes = ShareTx.kind.in_((TxKind.SUBSCRIBE, TxKind.TRANSFER, TxKind.INHERIT)) & (ShareLeg.qty > 0)
    leaves = (ShareTx.kind == TxKind.REDEEM) & (ShareTx.reason_code != Cause.REDUCTION)
    right = or_(
        takes & (spell.c.status == Status.MEMBER),
        takes & (ShareTx.reason_code == CONDITIONAL),
        leaves & (spell.c.status == Status.FORMER),
    )
    same = and_(
        spell.c.member_id == ShareLeg.membership_id, spell.c.since <= day,
        or_(spell.c.until.is_(None), spell.c.until > day),
    )  # fmt: skip
    first = session.scalar(
        select(func.min(ShareTx.seq))
        .join(ShareLeg, ShareLeg.tx_seq == ShareTx.seq)
        .outerjoin(spell, same)
        .where(
            ShareLeg.account == Account.HOLDER, or_(takes, leaves), ShareTx.seq.not_in(undone),
            func.coalesce(right, false()).is_(False),
        )
    )  # fmt: skip
    if first is not None:
        yield Fault(f"share_tx {first}", "who holds or leaves was not one on that day")


def _check_tail(session: Session, last: int) -> Iterator[Fault]:
    # A cut tail leaves a perfect chain; the journal, chained apart, still tells how long the book was.
    told = journal.entries_about(session, BOOK_NAME) + journal.entries_about(session, line_name(last + 1))
    lengths = [int(entry.payload["last"]) for entry in told if entry.payload and "last" in entry.payload]
    if max(lengths, default=0) > last:
        yield Fault(f"share_tx {last + 1}", "the journal tells of it and it is missing")


def _check_holdings(session: Session) -> Iterator[Fault]:
    running = (
        select(
            ShareLeg.tx_seq,
            func.sum(ShareLeg.qty)
            .over(
                partition_by=(ShareLeg.membership_id, ShareLeg.lot_id),
                order_by=(ShareLeg.effective_on, ShareLeg.tx_seq),
            )
            .label("held"),
        )
        .where(ShareLeg.account == Account.HOLDER)
        .subquery()
    )
    first = session.scalar(select(func.min(running.c.tx_seq)).where(running.c.held < 0))
    if first is not None:
        yield Fault(f"share_tx {first}", "a holding falls below zero after it")
