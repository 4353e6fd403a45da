"""Tables of the proposals: who wrote what, each version kept, who backs it, and the debate."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id
from coopgov.proposals.rules import Position, State, Step


class Proposal(Model):
    """A proposal (*proposition*): its number, its author, where it stands."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('frozen', 'adopted', 'rejected', 'no-quorum')) = (subject_hash IS NOT NULL)",
            name="hash_when_frozen",
        ),
        Index("ix_proposal_state", "state", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    author_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[State] = mapped_column(words(State))
    version: Mapped[int]
    # The version since which the change is the same: a backing given before it no longer counts.
    backed_since: Mapped[int] = mapped_column(default=1)
    brought_at: Mapped[datetime | None] = mapped_column(Instant)
    subject_hash: Mapped[str | None] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)


class ProposalVersion(Model):
    """One version of a proposal's words, kept for ever."""

    __tablename__ = "proposal_version"

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(300))
    reasons: Mapped[str] = mapped_column(Text)
    wished_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class ProposedValue(Model):
    """One typed change of one version: from which version of the schedule, to which value."""

    __tablename__ = "proposed_value"
    __table_args__ = (
        ForeignKeyConstraint(["proposal_id", "n"], ["proposal_version.proposal_id", "proposal_version.n"]),
        Index("ix_proposed_value_key", "key"),
    )

    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    old: Mapped[int]
    new: Mapped[int]
    base_id: Mapped[UUID]


class ProposalStep(Model):
    """One state a proposal came to, and when; two commands at once cannot both take the same place."""

    __tablename__ = "proposal_step"

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step: Mapped[Step] = mapped_column(words(Step))
    at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int]


class Backing(Model):
    """A member's support (*parrainage*) for a version; it may be taken back."""

    __tablename__ = "proposal_backing"

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)


class Comment(Model):
    """One argument of the debate, written once."""

    __tablename__ = "proposal_comment"
    __table_args__ = (
        Index("ix_proposal_comment_proposal_id", "proposal_id", "at", "id"),
        Index("ix_proposal_comment_author_id", "author_id", "proposal_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    author_id: Mapped[UUID]
    position: Mapped[Position] = mapped_column(words(Position))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)


for _table in (ProposalVersion, ProposedValue, ProposalStep, Comment):
    append_only(_table.__table__)
