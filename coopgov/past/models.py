"""The tables of a past that is taken over: what was sent, and the seal that says it is in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id
from coopgov.past.rules.states import BatchState


class PastBatch(Model):
    """Files of a past that somebody sent: kept with their mapping until they are sealed or thrown away."""

    __tablename__ = "past_batch"
    __table_args__ = (Index("ix_past_batch_state", "state", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[BatchState] = mapped_column(words(BatchState))
    # Of the files' bytes, in order of their names.
    sha256: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[str] = mapped_column(Text, default="[]")
    # What the treasurer typed of a trial balance, and why she accepts what the law of the time asked for.
    balance: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[str] = mapped_column(Text, default="{}")
    # One line for the list: how many lines, faults, doubts.
    summary: Mapped[str] = mapped_column(Text, default="{}")
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    uploaded_by: Mapped[UUID | None]


class PastFile(Model):
    """One file of such a past; its bytes are thrown away once it is sealed."""

    __tablename__ = "past_file"

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("past_batch.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)


class PastSeal(Model):
    """A past that is in the books (*reprise scellée*): its hash, its report, its place in both books."""

    __tablename__ = "past_seal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # Of the files, their mapping and the reasons given: the same past is never taken over twice.
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    files: Mapped[str] = mapped_column(Text)
    mapping: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text)
    report: Mapped[str] = mapped_column(Text)
    report_sha256: Mapped[str] = mapped_column(String(64))
    members: Mapped[int]
    share_from: Mapped[int]
    share_until: Mapped[int]
    capital_from: Mapped[int]
    capital_until: Mapped[int]
    sealed_at: Mapped[datetime] = mapped_column(Instant)
    sealed_by: Mapped[str] = mapped_column(String(80))


append_only(PastSeal.__table__)
