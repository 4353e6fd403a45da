"""The characters and the clock of the demonstration."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Model


class DemoCharacter(Model):
    """Somebody a visitor can sign in as, with the story to play."""

    __tablename__ = "demo_character"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    label_fr: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(200))
    story_fr: Mapped[str] = mapped_column(Text, default="")
    story_en: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[int]


class DemoClock(Model):
    """How far the demonstration's date runs ahead of the real one."""

    __tablename__ = "demo_clock"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offset_seconds: Mapped[int] = mapped_column(BigInteger)
