"""Prove the share book again from its rows: numbers, chain, sums, reversals, holdings."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from coopgov.core import journal
from coopgov.core.db import table_of
from coopgov.core.journal import Fault
from coopgov.core.prepared import form_of
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.shares.asking import STORE, asked_facts
from coopgov.shares.book import BOOK_NAME, HEADER, line_name
from coopgov.shares.chain import GENESIS, commitment
from coopgov.shares.lines import Line, read_lines
from coopgov.shares.models import (
    BOOK,
    PeriodClose,
    ShareClass,
    ShareLeg,
    ShareLot,
    ShareNote,
    ShareRequest,
    ShareTx,
    TwoPersonRule,
)
from coopgov.shares.proofs import prove_lots, prove_procedure
from coopgov.shares.rules import CONDITIONAL, ORDINARY, ORDINARY_LABEL, Account, Cause, TxKind, has_its_form

Sides = list[tuple[Any, ...]]
_TX, _LEG, _LOT, _NOTE = map(table_of, (ShareTx, ShareLeg, ShareLot, ShareNote))
_ISSUED = (TxKind.SUBSCRIBE, TxKind.OPENING)


def verify(session: Session) -> Iterator[Fault]:
    """Tell every line of the share book that does not hold, in order; nothing when all is well."""
    prev, expected, heads = GENESIS, 0, journal.Heads(session, BOOK_NAME)
    originals: dict[int, Sides] = {}
    wanted = set(session.scalars(select(ShareTx.reverses_seq).where(ShareTx.reverses_seq.is_not(None))))
    for line in _lines(session):
        expected += 1
        if line.seq in wanted:
            originals[line.seq] = _sides(line.legs)
        fault = _check_chain(line, expected, prev) or _check_legs(line, originals) or _check_note(line)
        if fault:
            yield Fault(f"share_tx {line.seq}", fault)
        expected, prev = line.seq, line.hash
        heads.pass_by(line.seq, line.hash)
    yield from _check_tail(session, expected)
    yield from heads.faults(f"share_tx {expected}")
    yield from _check_holdings(session)
    yield from prove_procedure(session, BOOK)
    yield from prove_lots(session)
    yield from _check_lots(session)
    yield from _check_closes(session)
    yield from journal.check_kept(session, PeriodClose, TwoPersonRule)
    yield from _check_classes(session)
    asked = (
        (f"share_request {row.id}", asked_facts(row))
        for row in session.scalars(select(ShareRequest).execution_options(yield_per=1000))
    )
    yield from journal.check_marks(session, STORE, asked)
    yield from _check_standing(session)


def _check_classes(session: Session) -> Iterator[Fault]:
    """Ordinary shares have no limit of their own; every other class is what the act that made it says."""
    rows = list(session.scalars(select(ShareClass).order_by(ShareClass.code)))
    made = [(f"share_class {row.code}", journal.row_facts(row)) for row in rows if row.code != ORDINARY]
    yield from journal.check_marks(session, "share_class", made)
    for row in rows:
        limits = (row.is_transferable, row.is_refundable, row.min_hold, row.max_hold, row.max_part_of_capital)
        if row.code == ORDINARY and (row.label, *limits) != (ORDINARY_LABEL, True, True, 0, None, None):
            yield Fault(f"share_class {row.code}", "ordinary shares are given limits that no act decided")


class _Leg(NamedTuple):
    """What the proof reads of a leg, in the order of names."""

    account: Any
    class_id: Any
    first_acquired_on: Any
    issue_unit_cents: int
    line: int
    lot_id: Any
    membership_id: Any
    parent_lot_id: Any
    qty: int
    unit_cents: int
    tx_seq: int


def _lines(session: Session) -> Iterator[Line]:
    of_lot = {name: _LOT.c[name] for name in ("first_acquired_on", "issue_unit_cents", "parent_lot_id")}
    own = {name: _LEG.c[name] for name in _Leg._fields if name not in (*of_lot, "tx_seq")}
    form = form_of(session.get_bind().dialect.name, of_lot | own, optional="parent_lot_id")
    both = _LEG.join(_LOT, _LOT.c.id == _LEG.c.lot_id)
    legs = select(*form.columns, _LEG.c.tx_seq).select_from(both).order_by(_LEG.c.tx_seq, _LEG.c.line)
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
    if _is_plain_issue(line):
        return None
    legs = [_Leg._make(row) for row in line.legs]
    if any(_sum_of_class(legs, class_id) for class_id in {leg.class_id for leg in legs}):
        return "its legs do not add up to zero"
    if line.kind == TxKind.REVERSAL:
        undone = {(*side, -quantity) for *side, quantity in originals.get(line.reverses_seq or 0, [])}
        return None if set(_sides(line.legs)) == undone else "it is not the exact reversal of its original"
    return None if _has_its_form(line.kind, legs) else f"its legs are not those of a {line.kind}"


def _is_plain_issue(line: Line) -> bool:
    """What most lines are: one lot that its holder is given and that is issued; nothing more is to be asked of them."""
    if len(line.legs) != 2 or line.kind not in _ISSUED:
        return False
    taken, issued = line.legs
    quantity = taken[8]
    return bool(
        taken[0] == Account.HOLDER and issued[0] == Account.ISSUER and quantity > 0 and issued[8] == -quantity
        and taken[1] == issued[1] and taken[5] == issued[5]
    )  # fmt: skip


def _has_its_form(kind: str, legs: list[_Leg]) -> bool:
    try:
        sides = [leg._replace(account=Account(leg.account)) for leg in legs]
        return has_its_form(TxKind(kind), sides)
    except ValueError:
        return False


def _sides(rows: Sequence[Any]) -> Sides:
    return [(leg.account, leg.membership_id, leg.lot_id, leg.unit_cents, leg.qty) for leg in map(_Leg._make, rows)]


def _sum_of_class(legs: Sequence[_Leg], class_id: Any) -> int:
    return sum(leg.qty for leg in legs if leg.class_id == class_id)


def _check_note(line: Line) -> str | None:
    # An erased remark leaves its digest: that is how it can be forgotten without touching the book.
    if line.salt is None or commitment(line.salt, line.words) == line.payload_digest:
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
