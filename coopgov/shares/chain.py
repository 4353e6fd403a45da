"""What the share book and the money book have in common: numbered, chained transactions and their legs."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar

from coopgov.core.canonical import quick_json

T = TypeVar("T")
GENESIS = "0" * 64
CHUNK = 2000
# Rows of several tables, in the order in which they are written.
Row = dict[str, Any]
Batches = tuple[tuple[Any, list[Row]], ...]
# Any constant will do; both books are written under one pen, so that no two acts wait for each other's book.
LEDGER_PEN = 0x73686172


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the number of its last transaction, and that one's hash."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes in a book, and when."""

    at: datetime
    by: str


class Kept:
    """What follows from a whole book alone, kept under its head: the hash of the last line stands for all of it.

    Any new line changes the head, so a kept answer is never an old one; `verify` reads the book itself.
    """

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._answers: dict[tuple[Any, ...], Any] = {}

    def answer(self, head: Head, question: tuple[Any, ...], read: Callable[[], T]) -> T:
        """The answer to a question about the book that ends there; nobody changes it."""
        key = (head.hash, *question)
        if key not in self._answers:
            found = read()
            if len(self._answers) >= self._most:
                self._answers.clear()
            self._answers[key] = found
            return found
        kept: T = self._answers[key]
        return kept


@dataclass(frozen=True, slots=True)
class Moment:
    """One change of a running balance: its legal day, the number of its transaction, the amount."""

    on: date
    seq: int
    amount: int


def chained(
    entries: Iterable[T], end: Head, make: Callable[[T, Head], tuple[Row, list[Row]]]
) -> tuple[list[Row], list[Row], Head]:
    """The rows of transactions and of their remarks, each after the one before, and the new end of the chain."""
    txs: list[Row] = []
    notes: list[Row] = []
    for entry in entries:
        tx, note = make(entry, end)
        txs.append(tx)
        notes.extend(note)
        end = Head(tx["seq"], tx["hash"])
    return txs, notes, end


def link(prev_hash: str, header: Mapping[str, Any], legs: Sequence[Mapping[str, Any]]) -> str:
    """The hash of a transaction: over the hash before it, its header and its legs in order of line."""
    return hashlib.sha256(prev_hash.encode() + quick_json({"header": header, "legs": legs})).hexdigest()


def link_told(prev_hash: str, header: str, legs: Iterable[str]) -> str:
    """The same hash of a header and legs that are canonical JSON already."""
    told = f'{prev_hash}{{"header":{header},"legs":[{",".join(legs)}]}}'
    return hashlib.sha256(told.encode()).hexdigest()


def commitment(salt: bytes, words: str) -> str:
    """What the chain keeps of a remark, so that the remark itself can be erased."""
    return hashlib.sha256(salt + words.encode()).hexdigest()


def first_negative(moments: Iterable[Moment]) -> Moment | None:
    """The first moment at which the running total is below zero, with that total; None when there is none.

    Several amounts of one transaction count at once: a swap inside it is not a shortage.
    """
    total = 0
    for (on, seq), together in groupby(sorted(moments, key=_by_day), key=_by_day):
        total += sum(moment.amount for moment in together)
        if total < 0:
            return Moment(on, seq, total)
    return None


def least_from(moments: Iterable[Moment], on: date) -> int:
    """The lowest running total from the end of that day on: what may be taken away as of that day."""
    total, lowest = 0, None
    for moment in sorted(moments, key=_by_day):
        if moment.on > on and lowest is None:
            lowest = total
        total += moment.amount
        if lowest is not None:
            lowest = min(lowest, total)
    return total if lowest is None else lowest


def chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The rows, a couple of thousand at a time."""
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _by_day(moment: Moment) -> tuple[date, int]:
    return moment.on, moment.seq
