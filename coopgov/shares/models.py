"""The tables of the share book: transactions, their legs, the lots of shares, the classes and their price."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id
from coopgov.shares.guards import Book, guarded_key, guards_of, install, procedure_of
from coopgov.shares.leg_guards import CLOSE_GUARDS, LEG_GUARDS, LOT_GUARDS
from coopgov.shares.rules import Account, BookName, CloseKind, RequestKind, RequestState, TxKind


class ShareClass(Model):
    """A class of shares (*catégorie de parts*)."""

    __tablename__ = "share_class"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(100))
    is_transferable: Mapped[bool] = mapped_column(default=True)
    is_refundable: Mapped[bool] = mapped_column(default=True)
    min_hold: Mapped[int] = mapped_column(default=0)
    max_hold: Mapped[int | None]
    # An exact fraction as text: "1/2".
    max_part_of_capital: Mapped[str | None] = mapped_column(String(20))


class ShareClassNominal(Model):
    """What one share of a class is worth from a day on (*valeur nominale*)."""

    __tablename__ = "share_class_nominal"
    __table_args__ = (CheckConstraint("cents > 0", name="positive"),)

    class_id: Mapped[UUID] = mapped_column(ForeignKey("share_class.id"), primary_key=True)
    from_date: Mapped[date] = mapped_column(primary_key=True)
    cents: Mapped[int] = mapped_column(BigInteger)
    resolution: Mapped[str] = mapped_column(String(200), default="")


class ShareTx(Model):
    """A transaction of the share book: numbered without a gap, chained, never rewritten (*mouvement*)."""

    __tablename__ = "share_tx"
    __table_args__ = (
        UniqueConstraint("seq", "effective_on"),
        CheckConstraint("seq > 0 AND legs > 1", name="numbers"),
        CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL)", name="reversal"),
        Index("ix_share_tx_effective_on", "effective_on", "seq"),
        # What was written after an instant: a register is told as it was known.
        Index("ix_share_tx_recorded_at", "recorded_at"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[TxKind] = mapped_column(words(TxKind))
    # The legal day, and the instant it was known: a register can be printed as it was known on any day.
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
    approved_by: Mapped[str | None] = mapped_column(String(80))
    request_id: Mapped[UUID | None]
    resolution: Mapped[str] = mapped_column(String(200), default="")
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    # What the subscriber promised to pay at once, on the form she signed.
    payable_now_cents: Mapped[int | None] = mapped_column(BigInteger)
    document_id: Mapped[UUID | None]
    document_sha256: Mapped[str | None] = mapped_column(String(64))
    reverses_seq: Mapped[int | None] = mapped_column(ForeignKey("share_tx.seq"), unique=True)
    # The true day of a movement that comes after the register of that day was closed.
    late_for: Mapped[date | None] = mapped_column(info={"since": "0003"})
    legs: Mapped[int]
    # Of the remark in `share_note`, which may be erased; empty without one.
    payload_digest: Mapped[str] = mapped_column(String(64), default="")
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class ShareLot(Model):
    """Shares acquired together: their first day and price stay with them (*lot*)."""

    __tablename__ = "share_lot"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("share_class.id"))
    opened_by_tx: Mapped[int] = mapped_column(ForeignKey("share_tx.seq"))
    first_acquired_on: Mapped[date]
    issue_unit_cents: Mapped[int] = mapped_column(BigInteger)
    parent_lot_id: Mapped[UUID | None] = mapped_column(ForeignKey("share_lot.id"))


class ShareLeg(Model):
    """One side of a transaction: shares of one lot, in or out of one account."""

    __tablename__ = "share_leg"
    __table_args__ = (
        # The day stands here too, so that a balance is read from one index; it cannot differ from the transaction's.
        guarded_key("share_leg", ["tx_seq", "effective_on"], ["share_tx.seq", "share_tx.effective_on"]),
        guarded_key("share_leg", ["membership_id"], ["membership.id"]),
        guarded_key("share_leg", ["class_id"], ["share_class.id"]),
        guarded_key("share_leg", ["lot_id"], ["share_lot.id"]),
        CheckConstraint("qty <> 0", name="qty"),
        CheckConstraint("unit_cents > 0", name="unit_cents"),
        CheckConstraint("(account = 'holder') = (membership_id IS NOT NULL)", name="account"),
        Index("ix_share_leg_membership_id", "membership_id", "effective_on", "qty", "unit_cents"),
        Index("ix_share_leg_lot_id", "lot_id"),
        Index("ix_share_leg_account", "account", "effective_on", "qty", "unit_cents"),
    )

    tx_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    effective_on: Mapped[date]
    account: Mapped[Account] = mapped_column(words(Account))
    membership_id: Mapped[UUID | None]
    class_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    qty: Mapped[int]
    unit_cents: Mapped[int] = mapped_column(BigInteger)


class ShareNote(Model):
    """A remark on a transaction, in a person's words: it may be erased, the chain keeps its salted digest."""

    __tablename__ = "share_note"

    tx_seq: Mapped[int] = mapped_column(ForeignKey("share_tx.seq"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    words: Mapped[str] = mapped_column(Text)


class ShareRequest(Model):
    """What somebody asks about shares (*demande*): it changes until it is executed, the book never does."""

    __tablename__ = "share_request"
    __table_args__ = (
        CheckConstraint("quantity > 0 OR kind = 'reversal'", name="quantity"),
        CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL)", name="reversal"),
        CheckConstraint("approved_by IS NULL OR approved_by <> drafted_by", name="two_persons"),
        CheckConstraint("(state = 'executed') = (executed_tx IS NOT NULL)", name="executed"),
        Index("ix_share_request_state", "state", "asked_on", "id"),
        Index("ix_share_request_membership_id", "membership_id", "asked_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[RequestKind] = mapped_column(words(RequestKind))
    state: Mapped[RequestState] = mapped_column(words(RequestState))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"))
    to_membership_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership.id"))
    class_id: Mapped[UUID | None] = mapped_column(ForeignKey("share_class.id"))
    to_class_id: Mapped[UUID | None] = mapped_column(ForeignKey("share_class.id"))
    quantity: Mapped[int] = mapped_column(default=0)
    # The lots chosen, as canonical JSON; empty for the oldest first.
    lots: Mapped[str] = mapped_column(Text, default="")
    reverses_seq: Mapped[int | None] = mapped_column(ForeignKey("share_tx.seq"))
    cause: Mapped[str] = mapped_column(String(40), default="")
    asked_on: Mapped[date]
    earliest_on: Mapped[date]
    resolution: Mapped[str] = mapped_column(String(200), default="")
    decided_on: Mapped[date | None]
    drafted_by: Mapped[str] = mapped_column(String(80))
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[str | None] = mapped_column(String(80))
    executed_tx: Mapped[int | None] = mapped_column(ForeignKey("share_tx.seq"), unique=True)
    note: Mapped[str] = mapped_column(Text, default="")


class PeriodClose(Model):
    """A register or a year closed (*arrêté*): nothing of those days is written any more; the heads tell the books."""

    __tablename__ = "period_close"
    __table_args__ = (UniqueConstraint("kind", "through_date"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[CloseKind] = mapped_column(words(CloseKind))
    through_date: Mapped[date]
    share_seq: Mapped[int]
    share_hash: Mapped[str] = mapped_column(String(64))
    capital_seq: Mapped[int]
    capital_hash: Mapped[str] = mapped_column(String(64))
    journal_size: Mapped[int] = mapped_column(BigInteger)
    journal_head: Mapped[str] = mapped_column(String(64))
    closed_at: Mapped[datetime] = mapped_column(Instant)
    closed_by: Mapped[str] = mapped_column(String(80))
    document_id: Mapped[UUID | None]


class TwoPersonRule(Model):
    """Whether a kind of movement needs two persons from a day on, and the decision that says so."""

    __tablename__ = "two_person_rule"
    __table_args__ = (Index("ix_two_person_rule_book", "book", "kind", "from_date"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    book: Mapped[BookName] = mapped_column(words(BookName))
    kind: Mapped[str] = mapped_column(String(40))
    from_date: Mapped[date]
    is_needed: Mapped[bool]
    decision: Mapped[str] = mapped_column(String(300))


BOOK = Book(
    tx="share_tx",
    leg="share_leg",
    amount="qty",
    zero_by="class_id",
    mirror="account, membership_id, class_id, lot_id, unit_cents",
    owner="membership_id",
    kept_in="lot_id",
    held="account = 'holder'",
    asked=("kind", "legs", "late_for", "reason_code"),
    name=BookName.SHARE.value,
    decided="redeem|transfer|inherit|convert|split|nominal_change",
)
_APPEND_ONLY = (ShareTx, ShareLeg, ShareLot, ShareClassNominal, PeriodClose, TwoPersonRule)
for _model in _APPEND_ONLY:
    append_only(_model.__table__)
append_only(ShareNote.__table__, verbs=("UPDATE",))
install(ShareTx.__table__, guards_of(BOOK) + procedure_of(BOOK), BOOK)
install(ShareLeg.__table__, guards_of(BOOK) + LEG_GUARDS, BOOK)
install(ShareLot.__table__, LOT_GUARDS)
install(PeriodClose.__table__, CLOSE_GUARDS)
