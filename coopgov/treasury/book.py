"""The only writer of the money book: numbers, chains and stores transactions, one or a hundred thousand."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Table, select
from sqlalchemy.orm import Session

from coopgov.core.act import Act
from coopgov.core.bulk import Bound, insert_bound, look_again
from coopgov.core.db import one_at_a_time
from coopgov.core.direct import FIRST, Question, insert_together
from coopgov.shares import book as shares
from coopgov.shares.chain import LEDGER_PEN, Batches, Hand, Head, chained, chunks, commitment, link
from coopgov.treasury.models import CapitalLeg, CapitalNote, CapitalTx
from coopgov.treasury.rules import CapitalKind, Leg

# How the journal names the book as a whole, when one command writes many lines.
BOOK_NAME = "capital-book"


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction to be written."""

    kind: CapitalKind
    effective_on: date
    legs: Sequence[Leg]
    share_tx_seq: int | None = None
    resolution: str = ""
    note: str = ""
    reverses_seq: int | None = None
    run_id: UUID | None = None
    bank_line_id: UUID | None = None
    approved_by: str | None = None
    late_for: date | None = None


def take_the_pen(session: Session) -> None:
    """Be alone with both books until the end of the act; before anything is read that decides what is written."""
    one_at_a_time(session, LEDGER_PEN)


def line_name(seq: int) -> str:
    """How the journal names one transaction."""
    return f"capital-tx:{seq}"


_LAST = Question(select(CapitalTx.seq, CapitalTx.hash).order_by(CapitalTx.seq.desc()).limit(FIRST))


shares.ask_too(_LAST)


def head(session: Session) -> Head:
    """The end of the chain."""
    last = _LAST.first(session)
    return Head(*last) if last else Head()


def write(act: Act, entries: Sequence[Entry]) -> list[int]:
    """Write the transactions after the last one, in order; gives their numbers."""
    take_the_pen(act.session)
    before = head(act.session)
    return list(range(before.seq + 1, write_after(act, entries, before).seq + 1))


def write_after(act: Act, entries: Sequence[Entry], end: Head) -> Head:
    """Write the transactions after this one, under the pen; gives the new end of the chain."""
    for number, some in enumerate(chunks(entries)):
        end = _write_some(act, some, end)
        act.mark(BOOK_NAME, [head_facts(end)])
        if number == 0 and len(entries) > len(some):
            look_anew(act.session)
    return end


def made_later() -> list[Index]:
    """The indexes that only readers need."""
    table = CapitalLeg.__table__
    assert isinstance(table, Table)  # noqa: S101 - narrows declarative's FromClause
    return [index for index in table.indexes if index.name == "ix_capital_leg_bucket"]


def look_anew(session: Session) -> None:
    """Let the database see how large the book has become, between many chunks of one act."""
    look_again(session, CapitalTx, CapitalLeg)


def head_facts(end: Head) -> dict[str, Any]:
    """What the journal knows this end of the chain by: a book that is chained anew is not that book."""
    return {"seq": end.seq, "hash": end.hash}


def _write_some(act: Act, entries: Sequence[Entry], end: Head) -> Head:
    batches, end = made_after(shares.hand_of(act), entries, end)
    insert_together(act.session, *batches)
    return end


def made_after(hand: Hand, entries: Sequence[Entry], end: Head) -> tuple[Batches, Head]:
    """The rows of these transactions after that one, in the order of their tables, and the new end of the chain."""
    txs, notes, end = chained(entries, end, partial(_tx, hand))
    legs = [leg for tx, entry in zip(txs, entries, strict=True) for leg in _legs(tx, entry)]
    return ((CapitalTx, txs), (CapitalLeg, legs), (CapitalNote, notes)), end


def write_bound(act: Act, bound: Sequence[Bound], end: Head) -> None:
    """Write rows that were made elsewhere with `made_after`, under the pen; none is nothing."""
    if not bound:
        return
    for some in bound:
        insert_bound(act.session, some)
    act.mark(BOOK_NAME, [head_facts(end)])


def _tx(hand: Hand, entry: Entry, end: Head) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    seq, salt = end.seq + 1, secrets.token_bytes(32)
    tx: dict[str, Any] = {
        "seq": seq, "kind": entry.kind, "effective_on": entry.effective_on, "recorded_at": hand.at,
        "recorded_by": hand.by, "approved_by": entry.approved_by,
        "share_tx_seq": entry.share_tx_seq, "bank_line_id": entry.bank_line_id, "run_id": entry.run_id,
        "resolution": entry.resolution, "reverses_seq": entry.reverses_seq, "legs": len(entry.legs),
        "late_for": entry.late_for, "payload_digest": commitment(salt, entry.note) if entry.note else "",
        "prev_hash": end.hash,
    }  # fmt: skip
    legs = [leg_facts(line, leg) for line, leg in enumerate(entry.legs, start=1)]
    tx["hash"] = link(end.hash, header_facts(tx), legs)
    return tx, [{"tx_seq": seq, "salt": salt, "words": entry.note}] if entry.note else []


HEADER = (
    "seq", "kind", "effective_on", "recorded_by", "approved_by", "share_tx_seq", "bank_line_id", "run_id",
    "resolution", "reverses_seq", "legs", "payload_digest",
)  # fmt: skip


def header_facts(tx: Mapping[str, Any]) -> dict[str, Any]:
    """What the chain covers of a transaction's own row."""
    facts = {name: tx[name] for name in HEADER} | {"recorded_at": tx["recorded_at"].astimezone(UTC)}
    # The lines of before there were late ones keep their hash.
    return facts if tx["late_for"] is None else {**facts, "late_for": tx["late_for"]}


def leg_facts(line: int, leg: Leg) -> dict[str, Any]:
    """What the chain covers of a leg."""
    return {"line": line, "bucket": leg.bucket, "membership_id": leg.member_id, "cents": leg.cents}


def _legs(tx: Mapping[str, Any], entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "tx_seq": tx["seq"], "line": line, "effective_on": entry.effective_on, "membership_id": leg.member_id,
            "bucket": leg.bucket, "cents": leg.cents,
        }
        for line, leg in enumerate(entry.legs, start=1)
    ]  # fmt: skip
