"""The table of compliance: what people told that the application cannot know."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.compliance.rules import LONGEST_NOTE, FactKind
from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id


class ToldFact(Model):
    """One fact told by a person (*fait déclaré*), or the withdrawal of one; never rewritten."""

    __tablename__ = "told_fact"
    __table_args__ = (Index("ix_told_fact_kind", "kind", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[FactKind] = mapped_column(words(FactKind))
    day: Mapped[date]
    # The end of the financial year it concerns, for accounts.
    year_end: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    withdraws_id: Mapped[UUID | None] = mapped_column(ForeignKey("told_fact.id"), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))


append_only(ToldFact.__table__)
