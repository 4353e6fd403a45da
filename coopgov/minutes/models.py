"""Tables of the minutes: facts frozen once, prose in versions, approvals, the issue; nothing is rewritten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id
from coopgov.minutes.rules import Signer


class Minutes(Model):
    """The minutes of one assembly (*procès-verbal*): the facts as they were when it closed."""

    __tablename__ = "minutes"
    __table_args__ = (Index("ix_minutes_held_at", "held_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # No foreign key: assemblies are another feature's.
    assembly_id: Mapped[UUID] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(200))
    held_at: Mapped[datetime] = mapped_column(Instant)
    facts: Mapped[str] = mapped_column(Text)
    facts_hash: Mapped[str] = mapped_column(String(64))
    drafted_at: Mapped[datetime] = mapped_column(Instant)


class MinutesProse(Model):
    """One version of what the secretary wrote in one place."""

    __tablename__ = "minutes_prose"

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), primary_key=True)
    slot: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Instant)
    written_by: Mapped[str] = mapped_column(String(200))


class MinutesApproval(Model):
    """Somebody's approval of one text, known by its hash; another text needs another approval."""

    __tablename__ = "minutes_approval"
    __table_args__ = (UniqueConstraint("minutes_id", "content_hash", "account_id"),)

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    signer: Mapped[Signer] = mapped_column(words(Signer), primary_key=True)
    account_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(200))
    approved_at: Mapped[datetime] = mapped_column(Instant)


class MinutesIssue(Model):
    """The final minutes: which text, under which document of the register."""

    __tablename__ = "minutes_issue"

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    document_id: Mapped[UUID] = mapped_column(ForeignKey("issued_document.id"), unique=True)
    issued_at: Mapped[datetime] = mapped_column(Instant)


for _table in (Minutes, MinutesProse, MinutesApproval, MinutesIssue):
    append_only(_table.__table__)
