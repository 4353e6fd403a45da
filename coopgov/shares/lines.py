"""The lines of a book as a proof reads them: in order, with their legs, and the hash that these give."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from coopgov.core.prepared import Form, form_of
from coopgov.shares.chain import link_told

BATCH = 2000
_PICKED = ("seq", "kind", "legs", "reverses_seq", "payload_digest")


class Line(NamedTuple):
    """A line of a book and its legs as the driver gives them (in the order of their names), and the hash they give."""

    made: str
    legs: list[Any]
    seq: int
    kind: str
    told_legs: int
    reverses_seq: int | None
    payload_digest: str
    prev_hash: str
    hash: str
    salt: bytes | None
    words: str


def read_lines(
    session: Session, tx: Table, note: Table, names: tuple[str, ...], legs: Any, leg: Form
) -> Iterator[Line]:
    """Every line of a book by number; `legs` is the SELECT of the columns of `leg` and of the lines they belong to."""
    # Tables rather than models, whose rows cost twice as much.
    # Batches by number rather than one open cursor, so that each batch brings its legs with it.
    header = form_of(session.get_bind().dialect.name, {name: tx.c[name] for name in names}, optional="late_for")
    query = (
        select(*header.columns, tx.c.prev_hash, tx.c.hash, note.c.salt, note.c.words)
        .select_from(tx.outerjoin(note, note.c.tx_seq == tx.c.seq))
        .order_by(tx.c.seq)
        .limit(BATCH)
    )
    pick = itemgetter(*map(sorted(names).index, _PICKED), *range(len(names), len(names) + 4))
    last = 0
    while batch := session.execute(query.where(tx.c.seq > last)).all():
        after, last = last, pick(batch[-1])[0]
        found = _by_line(session, legs, after, last)
        for row in batch:
            told = pick(row)
            mine = found.get(told[0], [])
            yield Line(_made(told[5], header, row, leg, mine), mine, *told)


def _made(prev: str, header: Form, row: Any, leg: Form, legs: list[Any]) -> str:
    try:
        return link_told(prev, header.fill(row), map(leg.fill, legs))
    except (TypeError, ValueError):
        # SQLite keeps whatever was written by hand.
        return ""


def _by_line(session: Session, legs: Any, after: int, until: int) -> dict[int, list[Any]]:
    number = legs.selected_columns.tx_seq
    found: dict[int, list[Any]] = {}
    for row in session.execute(legs.where(number > after, number <= until)).all():
        found.setdefault(row[-1], []).append(row)
    return found
