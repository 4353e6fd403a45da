"""The tables of the money book: transactions of the capital's money and their legs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id
from coopgov.shares.guards import Book, among, guarded_key, guards_of, install, procedure_of
from coopgov.shares.rules import BookName, RequestState
from coopgov.treasury.guards import money_guards, run_guards
from coopgov.treasury.rules import NEEDS_DECISION, NEVER_NEGATIVE, Bucket, CapitalKind, RunKind

# Few lines are of a run: the others cost the index nothing.
_OF_A_RUN = text("run_id IS NOT NULL")


class CapitalTx(Model):
    """A transaction of the money book: numbered without a gap, chained, never rewritten."""

    __tablename__ = "capital_tx"
    __table_args__ = (
        UniqueConstraint("seq", "effective_on"),
        CheckConstraint("seq > 0 AND legs > 1", name="numbers"),
        CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL)", name="reversal"),
        Index("ix_capital_tx_share_tx_seq", "share_tx_seq"),
        Index("ix_capital_tx_run_id", "run_id", sqlite_where=_OF_A_RUN, postgresql_where=_OF_A_RUN),
        # What was written after an instant: a register is told as it was known.
        Index("ix_capital_tx_recorded_at", "recorded_at"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[CapitalKind] = mapped_column(words(CapitalKind))
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
    approved_by: Mapped[str | None] = mapped_column(String(80))
    # The movement of shares this money answers.
    share_tx_seq: Mapped[int | None] = mapped_column(ForeignKey("share_tx.seq"))
    bank_line_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    resolution: Mapped[str] = mapped_column(String(200), default="")
    reverses_seq: Mapped[int | None] = mapped_column(ForeignKey("capital_tx.seq"), unique=True)
    legs: Mapped[int]
    # The true day of what was written late, when its day was closed already.
    late_for: Mapped[date | None] = mapped_column(info={"since": "0004"})
    # Of the remark in `capital_note`, which may be erased; empty without one.
    payload_digest: Mapped[str] = mapped_column(String(64), default="")
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class CapitalLeg(Model):
    """One side of a transaction: money in or out of one bucket."""

    __tablename__ = "capital_leg"
    __table_args__ = (
        # The day stands here too, so that a balance is read from one index; it cannot differ from the transaction's.
        guarded_key("capital_leg", ["membership_id"], ["membership.id"]),
        guarded_key("capital_leg", ["tx_seq", "effective_on"], ["capital_tx.seq", "capital_tx.effective_on"]),
        CheckConstraint("cents <> 0", name="cents"),
        CheckConstraint(
            "membership_id IS NOT NULL OR bucket IN ('bank', 'reserve', 'suspense', 'tax_due')", name="bucket"
        ),
        Index("ix_capital_leg_membership_id", "membership_id", "bucket", "effective_on", "cents"),
        Index("ix_capital_leg_bucket", "bucket", "membership_id", "effective_on", "cents"),
    )

    tx_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    effective_on: Mapped[date]
    membership_id: Mapped[UUID | None]
    bucket: Mapped[Bucket] = mapped_column(words(Bucket))
    cents: Mapped[int] = mapped_column(BigInteger)


class CapitalNote(Model):
    """A remark on a transaction (a payment's reference, a reason): it may be erased, its digest stays."""

    __tablename__ = "capital_note"

    tx_seq: Mapped[int] = mapped_column(ForeignKey("capital_tx.seq"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    words: Mapped[str] = mapped_column(Text)


class CapitalRequest(Model):
    """A movement of money, or the undoing of a run, prepared by one person for another (*mouvement préparé*)."""

    __tablename__ = "capital_request"
    __table_args__ = (
        CheckConstraint("cents > 0 OR kind = 'reversal'", name="cents"),
        CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL OR run_id IS NOT NULL)", name="reversal"),
        CheckConstraint(
            "(run_id IS NULL) = (membership_id IS NOT NULL) AND (run_id IS NULL OR reverses_seq IS NULL)", name="whose"
        ),
        CheckConstraint(
            "state <> 'executed' OR answered_by IS NOT NULL AND answered_by <> drafted_by", name="two_persons"
        ),
        # A run may have written nothing: nothing is written to undo it.
        CheckConstraint(
            "(state = 'executed') = (executed_tx IS NOT NULL) OR state = 'executed' AND run_id IS NOT NULL",
            name="executed",
        ),
        Index("ix_capital_request_state", "state", "drafted_at", "id"),
        Index("ix_capital_request_membership_id", "membership_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[CapitalKind] = mapped_column(words(CapitalKind))
    state: Mapped[RequestState] = mapped_column(words(RequestState))
    membership_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership.id"))
    # The run that is undone as a whole: it is nobody's alone.
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("capital_run.id"))
    cents: Mapped[int] = mapped_column(BigInteger)
    # Which of her sums is used: to be paid back, or received in excess.
    source: Mapped[Bucket | None] = mapped_column(words(Bucket))
    effective_on: Mapped[date]
    true_on: Mapped[date | None]
    # What will stand in the movement's remark: it may be erased.
    reference: Mapped[str] = mapped_column(Text, default="")
    resolution: Mapped[str] = mapped_column(String(200), default="")
    reverses_seq: Mapped[int | None] = mapped_column(ForeignKey("capital_tx.seq"))
    acknowledged: Mapped[str] = mapped_column(Text, default="")
    # The digest of what would be undone and of what that would break, as it was when the reason was given.
    weighed: Mapped[str] = mapped_column(String(64), default="")
    drafted_by: Mapped[str] = mapped_column(String(80))
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    answered_by: Mapped[str | None] = mapped_column(String(80))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")
    executed_tx: Mapped[int | None] = mapped_column(ForeignKey("capital_tx.seq"), unique=True)


class CapitalRun(Model):
    """What was done for all members of a year at once; it stands until a reversal names it (*traitement annuel*)."""

    __tablename__ = "capital_run"
    __table_args__ = (
        UniqueConstraint("kind", "year", "attempt"),
        CheckConstraint("attempt > 0", name="attempt"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[RunKind] = mapped_column(words(RunKind))
    year: Mapped[int]
    attempt: Mapped[int]
    effective_on: Mapped[date]
    resolution: Mapped[str] = mapped_column(String(200), default="")
    # What it was given and what it gave, as canonical JSON, and the digest of that.
    facts: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))


class CapitalRunReversal(Model):
    """A run that was undone: each of its transactions is reversed."""

    __tablename__ = "capital_run_reversal"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("capital_run.id"), primary_key=True)
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))


class InterestLine(Model):
    """How a member's interest came about: one lot, some days, one rate; never worked out again."""

    __tablename__ = "interest_line"
    __table_args__ = (Index("ix_interest_line_run_id", "run_id", "membership_id"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("capital_run.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"))
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("share_lot.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    days: Mapped[int]
    days_of_year: Mapped[int]
    base_cents: Mapped[int] = mapped_column(BigInteger)
    # An exact fraction as text: "1/50".
    rate: Mapped[str] = mapped_column(String(20))
    cents: Mapped[int] = mapped_column(BigInteger)


BOOK = Book(
    tx="capital_tx",
    leg="capital_leg",
    amount="cents",
    zero_by="tx_seq",
    mirror="membership_id, bucket",
    owner="membership_id",
    kept_in="bucket",
    held=among("bucket", NEVER_NEGATIVE),
    asked=("kind", "legs", "share_tx_seq"),
    name=BookName.CAPITAL.value,
    decided="|".join(NEEDS_DECISION),
)
for _table in (
    CapitalTx.__table__,
    CapitalLeg.__table__,
    CapitalRun.__table__,
    CapitalRunReversal.__table__,
    InterestLine.__table__,
):
    append_only(_table)
append_only(CapitalNote.__table__, verbs=("UPDATE",))
_GUARDS = [*guards_of(BOOK), *procedure_of(BOOK), *money_guards(), *run_guards()]
for _table in (CapitalTx.__table__, CapitalLeg.__table__, CapitalRun.__table__, CapitalRunReversal.__table__):
    install(_table, _GUARDS, BOOK)
