"""Tables of the statutes: a version is written once and never again; a draft changes until it is convened."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.figures import LegalForm
from coopgov.core.ids import new_id
from coopgov.statutes.drafting import DraftState


class StatutesRow(Model):
    """One version of the statutes, in force from a day, by a decision."""

    __tablename__ = "statutes"
    __table_args__ = (
        CheckConstraint("share_nominal_cents > 0", name="nominal_positive"),
        CheckConstraint("statutory_minimum_cents >= 0", name="minimum_not_negative"),
        CheckConstraint("proposal_backers > 0", name="backers_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    in_force_from: Mapped[date] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(200))
    legal_form: Mapped[LegalForm] = mapped_column(words(LegalForm))
    is_cae: Mapped[bool]
    object_text: Mapped[str] = mapped_column(Text)
    seat: Mapped[str] = mapped_column(String(300))
    siren: Mapped[str] = mapped_column(String(9))
    rcs_city: Mapped[str] = mapped_column(String(100))
    # The day of registration (*immatriculation*), from which the company exists; once given it never changes.
    founded_on: Mapped[date | None] = mapped_column(info={"since": "0002"})
    share_nominal_cents: Mapped[int] = mapped_column(BigInteger)
    statutory_minimum_cents: Mapped[int] = mapped_column(BigInteger)
    year_end: Mapped[str] = mapped_column(String(5))
    proposal_backers: Mapped[int]
    decision: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))


class StatutesFigureRow(Model):
    """One figure that a version of the statutes gives, with its clause; the value is text, read by its unit."""

    __tablename__ = "statutes_figure"

    statutes_id: Mapped[UUID] = mapped_column(ForeignKey("statutes.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
    clause: Mapped[str] = mapped_column(String(100))


class StatutesCollegeRow(Model):
    """One college (*collège*) of a version of the statutes; the weight is a fraction written as text."""

    __tablename__ = "statutes_college"

    statutes_id: Mapped[UUID] = mapped_column(ForeignKey("statutes.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(120))
    weight: Mapped[str] = mapped_column(String(20))


class StatutesDraft(Model):
    """Statutes being written (*projet de statuts*): a whole text that an assembly may adopt, as canonical JSON."""

    __tablename__ = "statutes_draft"
    __table_args__ = (Index("ix_statutes_draft_state", "state", "changed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # The version it amends; none for the first statutes of the cooperative.
    base_id: Mapped[UUID | None] = mapped_column(ForeignKey("statutes.id"))
    title: Mapped[str] = mapped_column(String(200))
    reasons: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    wished_on: Mapped[date | None]
    state: Mapped[DraftState] = mapped_column(words(DraftState), default=DraftState.DRAFT)
    author: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    subject_hash: Mapped[str] = mapped_column(String(64), default="")
    decision: Mapped[str] = mapped_column(String(300), default="")
    decided_on: Mapped[date | None]
    # The version it became; none where an adopted draft stayed without effect.
    statutes_id: Mapped[UUID | None] = mapped_column(ForeignKey("statutes.id"))


class StatutesFrozen(Model):
    """A draft as it was put to a vote, whole, with the resolution's words; its hash is the vote's own subject."""

    __tablename__ = "statutes_frozen"

    subject_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("statutes_draft.id"))
    facts: Mapped[str] = mapped_column(Text)
    frozen_at: Mapped[datetime] = mapped_column(Instant)


append_only(StatutesRow.__table__)
append_only(StatutesFigureRow.__table__)
append_only(StatutesCollegeRow.__table__)
append_only(StatutesFrozen.__table__)
