"""The tables of the bank: the cooperative's account, payment files and their lines."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id
from coopgov.treasury.banking.rules import FileState


class BankAccount(Model):
    """The account that members pay to and are paid from; the last one written is in use, the others stay."""

    __tablename__ = "bank_account"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    holder: Mapped[str] = mapped_column(String(70))
    iban: Mapped[str] = mapped_column(String(34))
    bic: Mapped[str] = mapped_column(String(11), default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))


class TransferFile(Model):
    """A payment file (*fichier de virements*): drafted by one person, released by another, executed by the bank."""

    __tablename__ = "transfer_file"
    __table_args__ = (
        CheckConstraint("released_by IS NULL OR released_by <> drafted_by", name="two_persons"),
        CheckConstraint("state NOT IN ('released', 'executed') OR released_by IS NOT NULL", name="released_first"),
        CheckConstraint("(state = 'executed') = (executed_on IS NOT NULL)", name="executed_on_a_day"),
        CheckConstraint("total_cents > 0 AND lines > 0", name="numbers"),
        Index("ix_transfer_file_drafted_at", "drafted_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(String(35), unique=True)
    state: Mapped[FileState] = mapped_column(words(FileState))
    pay_on: Mapped[date]
    # The account that pays, as it stood when the file was drafted.
    iban: Mapped[str] = mapped_column(String(34))
    total_cents: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    drafted_by: Mapped[str] = mapped_column(String(80))
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    released_by: Mapped[str | None] = mapped_column(String(80))
    executed_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(80))


class TransferLine(Model):
    """One payment of a file; nobody stands in two files that may still be executed."""

    __tablename__ = "transfer_line"
    __table_args__ = (
        CheckConstraint("cents > 0", name="positive"),
        Index(
            "ix_transfer_line_open", "membership_id", unique=True, sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
    )  # fmt: skip

    file_id: Mapped[UUID] = mapped_column(ForeignKey("transfer_file.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"))
    cents: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(70))
    iban: Mapped[str] = mapped_column(String(34))
    end_to_end_id: Mapped[str] = mapped_column(String(35), unique=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    # The movement of the money book that tells the payment, once the bank has executed it.
    repaid_seq: Mapped[int | None] = mapped_column(ForeignKey("capital_tx.seq"), unique=True)


append_only(BankAccount.__table__)
