"""Prove the money book again from its rows: numbers, chain, sums, reversals, balances, and the share book beside it."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.journal import Fault
from coopgov.shares import queries as shares
from coopgov.shares.chain import GENESIS, commitment, link
from coopgov.treasury.book import BOOK_NAME, HEADER, header_facts, line_name
from coopgov.treasury.models import CapitalLeg, CapitalNote, CapitalTx
from coopgov.treasury.rules import CAPITAL, NEVER_NEGATIVE, CapitalKind

BATCH = 1000
Sides = list[tuple[Any, ...]]


def verify(session: Session) -> Iterator[Fault]:
    """Tell every line of the money book that does not hold, in order; nothing when all is well."""
    prev, expected, heads = GENESIS, 0, journal.Heads(session, BOOK_NAME)
    originals: dict[int, Sides] = {}
    wanted = set(session.scalars(select(CapitalTx.reverses_seq).where(CapitalTx.reverses_seq.is_not(None))))
    for tx, legs in _lines(session):
        expected += 1
        if tx.seq in wanted:
            originals[tx.seq] = _sides(legs)
        fault = _check_chain(tx, legs, expected, prev) or _check_legs(tx, legs, originals) or _check_note(tx)
        if fault:
            yield Fault(f"capital_tx {tx.seq}", fault)
        expected, prev = tx.seq, tx.hash
        heads.pass_by(tx.seq, tx.hash)
    yield from _check_tail(session, expected)
    yield from heads.faults(f"capital_tx {expected}")
    yield from _check_balances(session)
    yield from _check_against_shares(session)


def _lines(session: Session) -> Iterator[tuple[Any, list[Any]]]:
    # Batches by number rather than one open cursor, so that each batch brings its legs with it.
    last = 0
    while True:
        batch = session.execute(
            select(*_HEADER, CapitalNote.salt, CapitalNote.words)
            .outerjoin(CapitalNote, CapitalNote.tx_seq == CapitalTx.seq)
            .where(CapitalTx.seq > last)
            .order_by(CapitalTx.seq)
            .limit(BATCH)
        ).all()
        if not batch:
            return
        legs = _legs_between(session, last, batch[-1].seq)
        yield from ((tx, legs.get(tx.seq, [])) for tx in batch)
        last = batch[-1].seq


def _legs_between(session: Session, after: int, until: int) -> dict[int, list[Any]]:
    rows = session.execute(
        select(*CapitalLeg.__table__.c)
        .where(CapitalLeg.tx_seq > after, CapitalLeg.tx_seq <= until)
        .order_by(CapitalLeg.tx_seq, CapitalLeg.line)
    )
    return {seq: list(legs) for seq, legs in groupby(rows, key=lambda row: row.tx_seq)}


# The columns of the header come first, in its order.
_HEADER = [CapitalTx.__table__.c[name] for name in (*HEADER, "recorded_at", "late_for", "prev_hash", "hash")]


def _header(tx: Any) -> dict[str, Any]:
    return header_facts(dict(zip((*HEADER, "recorded_at", "late_for"), tx, strict=False)))


def _check_chain(tx: Any, rows: Sequence[Any], expected: int, prev: str) -> str | None:
    if tx.seq != expected:
        return f"line {expected} is missing"
    if tx.prev_hash != prev:
        return "its prev_hash is not the hash of the line before"
    legs = [
        {"line": row.line, "bucket": row.bucket, "membership_id": row.membership_id, "cents": row.cents} for row in rows
    ]
    return None if link(prev, _header(tx), legs) == tx.hash else "its content does not give its hash"


def _check_legs(tx: Any, rows: Sequence[Any], originals: dict[int, Sides]) -> str | None:
    if len(rows) != tx.legs:
        return f"it has {len(rows)} legs instead of {tx.legs}"
    if sum(row.cents for row in rows):
        return "its legs do not add up to zero"
    if tx.kind is not CapitalKind.REVERSAL:
        return None
    undone = {(*side, -cents) for *side, cents in originals.get(tx.reverses_seq, [])}
    return None if set(_sides(rows)) == undone else "it is not the exact reversal of its original"


def _sides(rows: Sequence[Any]) -> Sides:
    return [(row.membership_id, row.bucket, row.cents) for row in rows]


def _check_note(tx: Any) -> str | None:
    # An erased remark leaves its digest: that is how it can be forgotten without touching the book.
    if tx.salt is None or commitment(tx.salt, tx.words) == tx.payload_digest:
        return None
    return "its remark does not give its digest"


def _check_tail(session: Session, last: int) -> Iterator[Fault]:
    # A cut tail leaves a perfect chain; the journal, chained apart, still tells how long the book was.
    told = journal.entries_about(session, BOOK_NAME) + journal.entries_about(session, line_name(last + 1))
    lengths = [int(entry.payload["last"]) for entry in told if entry.payload and "last" in entry.payload]
    if max(lengths, default=0) > last:
        yield Fault(f"capital_tx {last + 1}", "the journal tells of it and it is missing")


def _check_balances(session: Session) -> Iterator[Fault]:
    running = (
        select(
            CapitalLeg.tx_seq,
            func.sum(CapitalLeg.cents)
            .over(
                partition_by=(CapitalLeg.membership_id, CapitalLeg.bucket),
                order_by=(CapitalLeg.effective_on, CapitalLeg.tx_seq),
            )
            .label("held"),
        )
        .where(CapitalLeg.bucket.in_(NEVER_NEGATIVE))
        .subquery()
    )
    first = session.scalar(select(func.min(running.c.tx_seq)).where(running.c.held < 0))
    if first is not None:
        yield Fault(f"capital_tx {first}", "a balance falls below zero after it")


def _check_against_shares(session: Session) -> Iterator[Fault]:
    """For each movement of shares, member and day, the value moved is the capital moved; so it is on every day."""
    first = session.execute(_untied().limit(1)).first()
    if first is not None:
        what = f"on {first.on_day} shares and money differ by {int(first.cents)} cents"
        yield Fault(f"member {first.member_id}", what)


def first_untied(session: Session, *, until: date) -> date | None:
    """The first day until then on which shares and money do not agree, or None."""
    first = session.execute(_untied(until).limit(1)).first()
    return first.on_day if first is not None else None


def _untied(until: date | None = None) -> Any:
    money = (
        select(
            CapitalTx.share_tx_seq.label("seq"),
            CapitalLeg.membership_id.label("member_id"),
            CapitalLeg.effective_on.label("on_day"),
            (-CapitalLeg.cents).label("cents"),
        )
        .join(CapitalTx, CapitalTx.seq == CapitalLeg.tx_seq)
        .where(CapitalLeg.bucket.in_(CAPITAL))
    )
    both = union_all(shares.value_changes(), money).subquery()
    query = (
        select(both.c.member_id, both.c.on_day, func.sum(both.c.cents).label("cents"))
        .group_by(both.c.member_id, both.c.on_day, both.c.seq)
        .having(func.sum(both.c.cents) != 0)
        .order_by(both.c.on_day, both.c.member_id)
    )
    return query if until is None else query.where(both.c.on_day <= until)
