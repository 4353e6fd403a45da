"""Prove the money book again from its rows: numbers, chain, sums, reversals; then all of it at once (`proofs`)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.db import table_of
from coopgov.core.journal import Fault
from coopgov.core.prepared import form_of
from coopgov.shares.chain import GENESIS, commitment
from coopgov.shares.lines import Line, read_lines
from coopgov.shares.proofs import prove_procedure
from coopgov.treasury import proofs
from coopgov.treasury.banking.models import BankAccount, TransferFile, TransferLine
from coopgov.treasury.book import BOOK_NAME, HEADER, line_name
from coopgov.treasury.models import BOOK, CapitalLeg, CapitalNote, CapitalRequest, CapitalTx
from coopgov.treasury.prepared import STORE, prepared_facts
from coopgov.treasury.rules import CapitalKind

BATCH = 1000
Sides = list[tuple[Any, ...]]
_TX, _LEG, _NOTE = map(table_of, (CapitalTx, CapitalLeg, CapitalNote))


def verify(session: Session) -> Iterator[Fault]:
    """Tell every line of the money book that does not hold, in order; nothing when all is well."""
    prev, expected, heads = GENESIS, 0, journal.Heads(session, BOOK_NAME)
    originals: dict[int, Sides] = {}
    wanted = set(session.scalars(select(CapitalTx.reverses_seq).where(CapitalTx.reverses_seq.is_not(None))))
    for line in _lines(session):
        expected += 1
        if line.seq in wanted:
            originals[line.seq] = _sides(line.legs)
        fault = _check_chain(line, expected, prev) or _check_legs(line, originals) or _check_note(line)
        if fault:
            yield Fault(f"capital_tx {line.seq}", fault)
        expected, prev = line.seq, line.hash
        heads.pass_by(line.seq, line.hash)
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
    prepared = ((f"capital_request {row.id}", prepared_facts(row)) for row in session.scalars(select(CapitalRequest)))
    yield from journal.check_marks(session, STORE, prepared)


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


class _Leg(NamedTuple):
    """What the proof reads of a leg, in the order of names."""

    bucket: str
    cents: int
    line: int
    membership_id: Any
    tx_seq: int


def _lines(session: Session) -> Iterator[Line]:
    form = form_of(session.get_bind().dialect.name, {name: _LEG.c[name] for name in _Leg._fields if name != "tx_seq"})
    legs = select(*form.columns, _LEG.c.tx_seq).order_by(_LEG.c.tx_seq, _LEG.c.line)
    return read_lines(session, _TX, _NOTE, (*HEADER, "recorded_at", "late_for"), legs, form)


def _check_chain(line: Line, expected: int, prev: str) -> str | None:
    if line.seq != expected:
        return f"line {expected} is missing"
    if line.prev_hash != prev:
        return "its prev_hash is not the hash of the line before"
    return None if line.made == line.hash else "its content does not give its hash"


def _check_legs(line: Line, originals: dict[int, Sides]) -> str | None:
    if len(line.legs) != line.told_legs:
        return f"it has {len(line.legs)} legs instead of {line.told_legs}"
    if sum([leg[1] for leg in line.legs]):
        return "its legs do not add up to zero"
    if line.kind != CapitalKind.REVERSAL:
        return None
    undone = Counter((*side, -cents) for *side, cents in originals.get(line.reverses_seq or 0, []))
    return None if Counter(_sides(line.legs)) == undone else "it is not the exact reversal of its original"


def _sides(rows: Sequence[Any]) -> Sides:
    return [(leg.membership_id, leg.bucket, leg.cents) for leg in map(_Leg._make, rows)]


def _check_note(line: Line) -> str | None:
    # An erased remark leaves its digest: that is how it can be forgotten without touching the book.
    if line.salt is None or commitment(line.salt, line.words) == line.payload_digest:
        return None
    return "its remark does not give its digest"


def _check_tail(session: Session, last: int) -> Iterator[Fault]:
    # A cut tail leaves a perfect chain; the journal, chained apart, still tells how long the book was.
    told = journal.entries_about(session, BOOK_NAME) + journal.entries_about(session, line_name(last + 1))
    lengths = [int(entry.payload["last"]) for entry in told if entry.payload and "last" in entry.payload]
    if max(lengths, default=0) > last:
        yield Fault(f"capital_tx {last + 1}", "the journal tells of it and it is missing")
