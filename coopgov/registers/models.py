"""What strangers may check and what was proved: the codes of certificates, the nightly proofs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only


class ShareCertificate(Model):
    """A share certificate that a stranger can check by its code; only the code's SHA-256 is kept."""

    __tablename__ = "share_certificate"
    __table_args__ = (Index("ix_share_certificate_membership_id", "membership_id", "issued_at"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("issued_document.id"), unique=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"))
    on_day: Mapped[date]
    quantity: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(Instant)


class IntegrityProof(Model):
    """One check of everything that must not change (*preuve d'intégrité*): when, up to where, what it found."""

    __tablename__ = "integrity_proof"
    __table_args__ = (Index("ix_integrity_proof_proved_at", "proved_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proved_at: Mapped[datetime] = mapped_column(Instant)
    milliseconds: Mapped[int]
    faults: Mapped[int]
    # The ends of the three chains when it began: journal, shares, money.
    heads: Mapped[str] = mapped_column(Text)
    # What each store answered, as JSON.
    report: Mapped[str] = mapped_column(Text)


append_only(ShareCertificate.__table__)
append_only(IntegrityProof.__table__)
