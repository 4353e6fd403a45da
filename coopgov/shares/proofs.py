"""Prove again, on what is written, what the database asked of each line when it was written: for both books."""

from collections.abc import Iterator
from dataclasses import asdict
from string import Template

from sqlalchemy import text
from sqlalchemy.orm import Session

from coopgov.core.journal import Fault
from coopgov.shares.guards import DECIDED, TWO_PERSONS, Book, in_words_of
from coopgov.shares.leg_guards import FOREIGN_LOT

# So many lines of each kind are told.
MOST = 20
# As the guard, but for the closes there were when the line was written.
_CLOSED = (
    "NEW.effective_on <= (SELECT max(c.through_date) FROM period_close c WHERE c.closed_at < NEW.recorded_at "
    "AND c.through_date >= NEW.effective_on)"
)
_ON_LINES = (
    (_CLOSED, "it is dated in a register that was closed"),
    (TWO_PERSONS, "another person should have approved it"),
    (DECIDED, "it needs a decision and names none"),
)
# The day of a leg stands in no hash: it is that of its line, whose hash tells it.
_STRAY = (
    "SELECT DISTINCT l.tx_seq FROM $leg l LEFT JOIN $tx t ON t.seq = l.tx_seq AND t.effective_on = l.effective_on "
    "LEFT JOIN membership m ON m.id = l.membership_id "
    "WHERE t.seq IS NULL OR l.membership_id IS NOT NULL AND m.id IS NULL ORDER BY 1 LIMIT :most"
)
_ALL_LEGS = "share_tx t JOIN share_leg l ON l.tx_seq = t.seq"
_FOREIGN = f"SELECT DISTINCT t.seq FROM {_ALL_LEGS} WHERE {FOREIGN_LOT} ORDER BY 1 LIMIT :most"  # noqa: S608 - our own
_LOT_FAULTS = (
    (
        (
            "SELECT DISTINCT l.tx_seq FROM share_leg l JOIN share_lot o ON o.id = l.lot_id "
            "WHERE l.unit_cents <> o.issue_unit_cents ORDER BY 1 LIMIT :most"
        ),
        "a share of it is not worth the price of its lot",
    ),
    (
        _FOREIGN,
        "its new shares are of another lot, or of another day: the lot has lost its first day",
    ),
    (
        (
            "SELECT o.opened_by_tx FROM share_lot o JOIN share_lot p ON p.id = o.parent_lot_id "
            "WHERE o.first_acquired_on <> p.first_acquired_on ORDER BY 1 LIMIT :most"
        ),
        "a lot that it opens has lost its first day",
    ),
    (
        (
            "SELECT o.opened_by_tx FROM share_lot o LEFT JOIN (SELECT lot_id, min(tx_seq) AS first FROM share_leg "
            "GROUP BY lot_id) l ON l.lot_id = o.id WHERE coalesce(l.first, 0) <> o.opened_by_tx ORDER BY 1 LIMIT :most"
        ),
        "a lot that it opens is not moved by it first",
    ),
)


def prove_procedure(session: Session, book: Book) -> Iterator[Fault]:
    """Tell the lines of a book that no guard would let in: closed registers, two persons, decisions."""
    names = asdict(book)
    for wrong, what in _ON_LINES:
        where = Template(wrong).safe_substitute(names)
        query = f"SELECT NEW.seq FROM {book.tx} NEW WHERE {where} ORDER BY NEW.seq LIMIT :most"  # noqa: S608 - our own names
        yield from _told(session, query, book.tx, what)
    stray = Template(_STRAY).substitute(names)
    yield from _told(session, stray, book.tx, "a leg of it is of another day, of no line or of nobody")


def prove_lots(session: Session) -> Iterator[Fault]:
    """Tell the lines by which shares lost their price or their first day."""
    for query, what in _LOT_FAULTS:
        yield from _told(session, query, "share_tx", what)


def _told(session: Session, query: str, tx: str, what: str) -> Iterator[Fault]:
    asked = in_words_of(session.get_bind().dialect.name, query)
    for seq in session.scalars(text(asked), {"most": MOST}).all():
        yield Fault(f"{tx} {seq}", what)
