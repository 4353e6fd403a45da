"""The tables of the money book: transactions of the capital's money and their legs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.shares.guards import Book, guards_of, install
from coopgov.treasury.rules import NEVER_NEGATIVE, Bucket, CapitalKind


class CapitalTx(Model):
    """A transaction of the money book: numbered without a gap, chained, never rewritten."""

    __tablename__ = "capital_tx"
    __table_args__ = (
        UniqueConstraint("seq", "effective_on"),
        CheckConstraint("seq > 0 AND legs > 1", name="numbers"),
        CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL)", name="reversal"),
        Index("ix_capital_tx_share_tx_seq", "share_tx_seq"),
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
    # Of the remark in `capital_note`, which may be erased; empty without one.
    payload_digest: Mapped[str] = mapped_column(String(64), default="")
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class CapitalLeg(Model):
    """One side of a transaction: money in or out of one bucket."""

    __tablename__ = "capital_leg"
    __table_args__ = (
        # The day stands here too, so that a balance is read from one index; it cannot differ from the transaction's.
        ForeignKeyConstraint(["tx_seq", "effective_on"], ["capital_tx.seq", "capital_tx.effective_on"]),
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
    membership_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership.id"))
    bucket: Mapped[Bucket] = mapped_column(words(Bucket))
    cents: Mapped[int] = mapped_column(BigInteger)


class CapitalNote(Model):
    """A remark on a transaction (a payment's reference, a reason): it may be erased, its digest stays."""

    __tablename__ = "capital_note"

    tx_seq: Mapped[int] = mapped_column(ForeignKey("capital_tx.seq"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    words: Mapped[str] = mapped_column(Text)


BOOK = Book(
    tx="capital_tx",
    leg="capital_leg",
    amount="cents",
    zero_by="tx_seq",
    mirror="membership_id, bucket",
    owner="membership_id",
    kept_in="bucket",
    held=f"bucket IN ({', '.join(repr(bucket.value) for bucket in NEVER_NEGATIVE)})",
)
append_only(CapitalTx.__table__)
append_only(CapitalLeg.__table__)
append_only(CapitalNote.__table__, verbs=("UPDATE",))
install(CapitalTx.__table__, guards_of(BOOK))
install(CapitalLeg.__table__, guards_of(BOOK))
