"""Prove the money book again from its rows: numbers, chain, sums, reversals; then all of it at once (`proofs`)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.journal import Fault
from coopgov.shares.chain import GENESIS, commitment, link
from coopgov.shares.proofs import prove_procedure
from coopgov.treasury import proofs
from coopgov.treasury.banking.models import BankAccount, TransferFile, TransferLine
from coopgov.treasury.book import BOOK_NAME, HEADER, header_facts, line_name
from coopgov.treasury.models import BOOK, CapitalLeg, CapitalNote, CapitalTx
from coopgov.treasury.rules import CapitalKind

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
    for prove in (
        proofs.check_forms,
        proofs.check_claims,
        proofs.check_balances,
        proofs.check_against_shares,
        proofs.check_persons,
        proofs.check_closes,
        proofs.check_runs,
    ):
        yield from prove(session)
    yield from prove_procedure(session, BOOK)
    yield from journal.check_kept(session, BankAccount)
    yield from _check_files(session)


def _check_files(session: Session) -> Iterator[Fault]:
    """A payment file is the one that was drafted, and its lines add up to what it pays."""
    lines = select(TransferLine.file_id, func.count().label("lines"), func.sum(TransferLine.cents).label("cents"))
    told = lines.group_by(TransferLine.file_id).subquery()
    rows = session.execute(
        select(TransferFile.message_id, TransferFile.content, TransferFile.sha256)
        .add_columns((told.c.lines == TransferFile.lines) & (told.c.cents == TransferFile.total_cents))
        .outerjoin(told, told.c.file_id == TransferFile.id)
        .order_by(TransferFile.message_id)
        .execution_options(yield_per=BATCH)
    )
    for message_id, content, kept, adds_up in rows:
        if sha256(content).hexdigest() != kept or not adds_up:
            yield Fault(f"transfer_file {message_id}", "it is not the file that was drafted")


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
    undone = Counter((*side, -cents) for *side, cents in originals.get(tx.reverses_seq, []))
    return None if Counter(_sides(rows)) == undone else "it is not the exact reversal of its original"


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
