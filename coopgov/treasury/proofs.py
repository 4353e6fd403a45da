"""What is proved over the money book as a whole: forms, claims, balances, ties, closes, runs; each in a pass or two."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import case, func, select, union_all
from sqlalchemy.orm import Session, aliased

from coopgov.core import journal
from coopgov.core.canonical import digest
from coopgov.core.journal import Fault
from coopgov.shares import queries as shares
from coopgov.shares.queries import Close
from coopgov.treasury.interest_lines import digest_of
from coopgov.treasury.models import CapitalLeg, CapitalRun, CapitalRunReversal, CapitalTx, InterestLine
from coopgov.treasury.rules import CAPITAL, NEVER_NEGATIVE, Bucket, CapitalKind, RunKind, has_form

BATCH = 1000
UNPAID = (Bucket.CALLED_UNPAID, Bucket.SUBSCRIBED_UNCALLED, Bucket.CLAIM)


def check_forms(session: Session) -> Iterator[Fault]:
    """Each kind moves its own buckets only, each its own way."""
    way = case((CapitalLeg.cents > 0, 1), else_=-1)
    rows = session.execute(
        select(CapitalTx.kind, CapitalLeg.bucket, way.label("way"), func.min(CapitalTx.seq).label("seq"))
        .join(CapitalTx, CapitalTx.seq == CapitalLeg.tx_seq)
        .group_by(CapitalTx.kind, CapitalLeg.bucket, way)
        .order_by(func.min(CapitalTx.seq))
    )
    for row in rows:
        if not has_form(row.kind, row.bucket, row.way):
            yield Fault(f"capital_tx {row.seq}", f"a {row.kind} does not move {row.bucket} that way")


def check_claims(session: Session) -> Iterator[Fault]:
    """What is not paid is a claim, to the cent, in each transaction."""
    first = session.scalar(
        select(CapitalLeg.tx_seq)
        .where(CapitalLeg.bucket.in_(UNPAID))
        .group_by(CapitalLeg.tx_seq, CapitalLeg.membership_id)
        .having(func.sum(CapitalLeg.cents) != 0)
        .order_by(CapitalLeg.tx_seq)
        .limit(1)
    )
    if first is not None:
        yield Fault(f"capital_tx {first}", "what is not paid is not the claim")


def check_balances(session: Session) -> Iterator[Fault]:
    """Nothing that a member holds or is owed is below zero on any day."""
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
        .where(CapitalLeg.bucket.in_(NEVER_NEGATIVE), CapitalLeg.membership_id.is_not(None))
        .subquery()
    )
    first = session.scalar(select(func.min(running.c.tx_seq)).where(running.c.held < 0))
    if first is not None:
        yield Fault(f"capital_tx {first}", "a balance falls below zero after it")


def check_against_shares(session: Session) -> Iterator[Fault]:
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


def check_persons(session: Session) -> Iterator[Fault]:
    """Nobody approves what she records."""
    first = session.scalar(select(func.min(CapitalTx.seq)).where(CapitalTx.approved_by == CapitalTx.recorded_by))
    if first is not None:
        yield Fault(f"capital_tx {first}", "it is approved by whoever recorded it")


def check_closes(session: Session) -> Iterator[Fault]:
    """Each close still ends where it ended: in both books, in the journal, and nothing of its days came since."""
    for close in shares.closes(session):
        where = f"period_close {close.id}"
        if _hash_of(session, close.capital_seq) != close.capital_hash and close.capital_seq:
            yield Fault(where, f"capital_tx {close.capital_seq} is not the one it was closed on")
        if close.share_seq and _share_hash(session, close.share_seq) != close.share_hash:
            yield Fault(where, f"share_tx {close.share_seq} is not the one it was closed on")
        yield from journal.check_head(session, journal.Head(close.journal_size, close.journal_head))
        yield from _check_nothing_since(session, close)


def _check_nothing_since(session: Session, close: Close) -> Iterator[Fault]:
    first = session.scalar(
        select(func.min(CapitalTx.seq)).where(
            CapitalTx.seq > close.capital_seq, CapitalTx.effective_on <= close.through_date
        )
    )
    if first is not None:
        yield Fault(f"capital_tx {first}", f"it was written after the close of {close.through_date} and is of its days")


def _hash_of(session: Session, seq: int) -> str | None:
    return session.scalar(select(CapitalTx.hash).where(CapitalTx.seq == seq))


def _share_hash(session: Session, seq: int) -> str | None:
    found = shares.find_transaction(session, seq)
    return found.hash if found is not None else None


def check_runs(session: Session) -> Iterator[Fault]:
    """Each run says what it was given and gave, stands alone for its year, and is undone as a whole."""
    yield from journal.check_kept(session, CapitalRun, CapitalRunReversal)
    standing: set[tuple[RunKind, int]] = set()
    undone = set(session.scalars(select(CapitalRunReversal.run_id)))
    for run in session.scalars(select(CapitalRun).order_by(CapitalRun.kind, CapitalRun.year, CapitalRun.attempt)):
        fault = _check_run(session, run, is_undone=run.id in undone)
        if run.id not in undone and (run.kind, run.year) in standing:
            fault = "another run of that year stands"
        if run.id not in undone:
            standing.add((run.kind, run.year))
        if fault:
            yield Fault(f"capital_run {run.id}", fault)


def _check_run(session: Session, run: CapitalRun, *, is_undone: bool) -> str | None:
    facts = json.loads(run.facts)
    if digest(facts) != run.digest:
        return "its facts do not give its digest"
    if is_undone and _stands(session, run):
        return "it is undone and a part of it stands"
    return _check_interest(session, run, facts) if run.kind is RunKind.INTEREST else None


def _stands(session: Session, run: CapitalRun) -> bool:
    undoing = aliased(CapitalTx)
    query = (
        select(CapitalTx.seq)
        .outerjoin(undoing, undoing.reverses_seq == CapitalTx.seq)
        .where(CapitalTx.run_id == run.id, CapitalTx.kind != CapitalKind.REVERSAL, undoing.seq.is_(None))
    )
    return session.scalar(query.limit(1)) is not None


def _check_interest(session: Session, run: CapitalRun, facts: dict[str, Any]) -> str | None:
    rows = session.execute(
        select(*InterestLine.__table__.columns)
        .where(InterestLine.run_id == run.id)
        .order_by(InterestLine.line)
        .execution_options(yield_per=BATCH)
    )
    if digest_of(dict(row) for row in rows.mappings()) != facts["lines"]:
        return "its lines of interest are not those it was written with"
    told = session.scalar(select(func.sum(InterestLine.cents)).where(InterestLine.run_id == run.id))
    written = session.scalar(
        select(func.sum(CapitalLeg.cents))
        .join(CapitalTx, CapitalTx.seq == CapitalLeg.tx_seq)
        .where(
            CapitalTx.run_id == run.id, CapitalTx.kind == CapitalKind.INTEREST_DECLARED,
            CapitalLeg.bucket == Bucket.INTEREST_DUE,
        )
    )  # fmt: skip
    return None if told == written == facts["total"] else "its lines, its transactions and its total differ"
