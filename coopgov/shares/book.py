"""The only writer of the share book: numbers, chains and stores transactions, one or a hundred thousand."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from coopgov.core.act import Act
from coopgov.core.bulk import Bound, insert_bound, look_again
from coopgov.core.db import one_at_a_time
from coopgov.core.direct import FIRST, Asked, Question, insert_together
from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_
from coopgov.core.money import Cents
from coopgov.core.reading import note_written
from coopgov.shares.chain import LEDGER_PEN, Batches, Hand, Head, chained, chunks, commitment, link
from coopgov.shares.leg_guards import NO_STANDING
from coopgov.shares.models import ShareLeg, ShareLot, ShareNote, ShareTx
from coopgov.shares.rules import Leg, Lot, TxKind

# How the journal names the book as a whole, when one command writes many lines.
BOOK_NAME = "share-book"


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction to be written."""

    kind: TxKind
    effective_on: date
    legs: tuple[Leg, ...]
    # The lots that begin with it.
    opens: tuple[Lot, ...] = ()
    reason_code: str = ""
    resolution: str = ""
    note: str = ""
    payable_now: Cents | None = None
    reverses_seq: int | None = None
    request_id: UUID | None = None
    # The second person, where two are needed.
    approved_by: str | None = None
    # The true day of a movement that comes after its register was closed.
    late_for: date | None = None


def take_the_pen(session: Session) -> None:
    """Be alone with both books until the end of the act; before anything is read that decides what is written."""
    one_at_a_time(session, LEDGER_PEN)


def hand_of(act: Act) -> Hand:
    """Who writes in this act, and when."""
    return Hand(act.now, act.actor.pseudonym)


def line_name(seq: int) -> str:
    """How the journal and the documents name one transaction."""
    return f"share-tx:{seq}"


def member_name(member_id: UUID) -> str:
    """How the journal and the documents name one member."""
    return f"member:{member_id}"


_LAST = Question(select(ShareTx.seq, ShareTx.hash).order_by(ShareTx.seq.desc()).limit(FIRST))


_heads: list[Question] = [_LAST]


def ask_too(question: Question) -> None:
    """Let the head of a book that answers this one be asked with its own."""
    _heads.append(question)


def heads_asked() -> list[Asked]:
    """What both books are asked first by whoever writes, to be asked ahead."""
    return [(question, {}) for question in _heads]


def head(session: Session) -> Head:
    """The end of the chain."""
    last = _LAST.first(session)
    return Head(*last) if last else Head()


def write(act: Act, entries: Sequence[Entry], *, after: Head | None = None) -> list[int]:
    """Write the transactions after the last one, in order; gives their numbers.

    Whoever read the end of the chain under the pen says so in `after`: it is not read again.
    """
    take_the_pen(act.session)
    before = after or head(act.session)
    return list(range(before.seq + 1, write_after(act, entries, before).seq + 1))


def write_after(act: Act, entries: Sequence[Entry], end: Head) -> Head:
    """Write the transactions after this one, under the pen; gives the new end of the chain."""
    note_written(act.session, BOOK_NAME)
    with standing_told():
        for number, some in enumerate(chunks(entries)):
            end = _write_some(act, some, end)
            act.mark(BOOK_NAME, [head_facts(end)])
            if number == 0 and len(entries) > len(some):
                look_anew(act.session)
    return end


@contextmanager
def standing_told() -> Iterator[None]:
    """Tell as a refusal what only the database looks up for each of many: what a membership was on a past day."""
    try:
        yield
    except DBAPIError as error:
        if NO_STANDING not in str(error.orig):
            raise
        sentence = N_("On that day somebody in this movement was no member, or had not left yet. Check the day.")
        raise RuleBroken([Breach("no_standing_that_day", sentence, field="effective_on")]) from error


def look_anew(session: Session) -> None:
    """Let the database see how large the book has become, between many chunks of one act."""
    look_again(session, ShareTx, ShareLot, ShareLeg)


def head_facts(end: Head) -> dict[str, Any]:
    """What the journal knows this end of the chain by: a book that is chained anew is not that book."""
    return {"seq": end.seq, "hash": end.hash}


def _write_some(act: Act, entries: Sequence[Entry], end: Head) -> Head:
    batches, end = made_after(hand_of(act), entries, end)
    insert_together(act.session, *batches)
    return end


def made_after(hand: Hand, entries: Sequence[Entry], end: Head) -> tuple[Batches, Head]:
    """The rows of these transactions after that one, in the order of their tables, and the new end of the chain."""
    txs, notes, end = chained(entries, end, partial(_tx, hand))
    pairs = list(zip(txs, entries, strict=True))
    lots = [lot for tx, entry in pairs for lot in _lots(tx, entry)]
    legs = [leg for tx, entry in pairs for leg in _legs(tx, entry)]
    return ((ShareTx, txs), (ShareLot, lots), (ShareLeg, legs), (ShareNote, notes)), end


def write_bound(act: Act, bound: Sequence[Bound], end: Head) -> None:
    """Write rows that were made elsewhere with `made_after`, under the pen; none is nothing."""
    if not bound:
        return
    note_written(act.session, BOOK_NAME)
    with standing_told():
        for some in bound:
            insert_bound(act.session, some)
    act.mark(BOOK_NAME, [head_facts(end)])


def _tx(hand: Hand, entry: Entry, end: Head) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    seq, salt = end.seq + 1, secrets.token_bytes(32)
    tx: dict[str, Any] = {
        "seq": seq, "kind": entry.kind, "effective_on": entry.effective_on, "recorded_at": hand.at,
        "recorded_by": hand.by, "approved_by": entry.approved_by, "request_id": entry.request_id,
        "late_for": entry.late_for,
        "resolution": entry.resolution, "reason_code": entry.reason_code, "payable_now_cents": entry.payable_now,
        "document_id": None, "document_sha256": None, "reverses_seq": entry.reverses_seq, "legs": len(entry.legs),
        "payload_digest": commitment(salt, entry.note) if entry.note else "", "prev_hash": end.hash,
    }  # fmt: skip
    legs = [leg_facts(line, leg) for line, leg in enumerate(entry.legs, start=1)]
    tx["hash"] = link(end.hash, header_facts(tx), legs)
    return tx, [{"tx_seq": seq, "salt": salt, "words": entry.note}] if entry.note else []


HEADER = (
    "seq", "kind", "effective_on", "recorded_by", "approved_by", "request_id", "resolution", "reason_code",
    "payable_now_cents", "document_id", "document_sha256", "reverses_seq", "legs", "payload_digest",
)  # fmt: skip


def header_facts(tx: Mapping[str, Any]) -> dict[str, Any]:
    """What the chain covers of a transaction's own row."""
    late = {"late_for": tx["late_for"]} if tx["late_for"] is not None else {}
    return {name: tx[name] for name in HEADER} | {"recorded_at": tx["recorded_at"].astimezone(UTC)} | late


def leg_facts(line: int, leg: Leg) -> dict[str, Any]:
    """What the chain covers of a leg: the history of its lot too."""
    parent = {"parent_lot_id": leg.lot.parent_id} if leg.lot.parent_id is not None else {}
    return parent | {
        "line": line, "account": leg.account, "membership_id": leg.member_id, "qty": leg.quantity,
        "unit_cents": leg.unit_cents, "lot_id": leg.lot.id, "class_id": leg.lot.class_id,
        "first_acquired_on": leg.lot.first_acquired_on, "issue_unit_cents": leg.lot.issue_unit_cents,
    }  # fmt: skip


def _lots(tx: Mapping[str, Any], entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "id": lot.id, "class_id": lot.class_id, "opened_by_tx": tx["seq"], "parent_lot_id": lot.parent_id,
            "first_acquired_on": lot.first_acquired_on, "issue_unit_cents": lot.issue_unit_cents,
        }
        for lot in entry.opens
    ]  # fmt: skip


def _legs(tx: Mapping[str, Any], entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "tx_seq": tx["seq"], "line": line, "effective_on": entry.effective_on, "account": leg.account,
            "membership_id": leg.member_id, "class_id": leg.lot.class_id, "lot_id": leg.lot.id,
            "qty": leg.quantity, "unit_cents": leg.unit_cents,
        }
        for line, leg in enumerate(entry.legs, start=1)
    ]  # fmt: skip
