"""Issued documents: facts frozen at issue, the bytes rendered from them once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only
from coopgov.core.ids import new_id


class IssuedDocument(Model):
    """A paper as it was issued (*document émis*): its facts, their hash, its number in its series."""

    __tablename__ = "issued_document"
    __table_args__ = (
        UniqueConstraint("series", "number"),
        Index("ix_issued_document_about", "about", "kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(60))
    # Numbers run without a gap inside a series: "minutes", "certificate", …
    series: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    about: Mapped[str] = mapped_column(String(80))
    # The account that may read it beside the offices, or empty when every member may.
    owner: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5))
    template: Mapped[str] = mapped_column(String(80))
    facts: Mapped[str] = mapped_column(Text)
    facts_sha256: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("issued_document.id"), unique=True)


class RenderedDocument(Model):
    """The archived bytes of an issued document: where they are and their SHA-256."""

    __tablename__ = "rendered_document"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("issued_document.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    rendered_at: Mapped[datetime] = mapped_column(Instant)


append_only(IssuedDocument.__table__)
append_only(RenderedDocument.__table__)
