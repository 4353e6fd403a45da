"""Tables of the terms: what was decided, what became of it, and the value of each line from each day on."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id
from coopgov.terms.rules import State

_ENDS = text("state IN ('effective', 'halted', 'expired')")
_FIRST = text("base_id IS NULL")


class ScheduledChange(Model):
    """An adopted change of terms, as it was adopted; its life stands in `change_step`."""

    __tablename__ = "scheduled_change"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # The hash of everything that was voted on; one decision can be queued once.
    subject_hash: Mapped[str] = mapped_column(String(64), unique=True)
    change_hash: Mapped[str] = mapped_column(String(64))
    proposal_id: Mapped[UUID | None]
    decision: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    not_before: Mapped[date | None]
    expires_on: Mapped[date]
    notices: Mapped[int] = mapped_column(Integer)
    # Sellers without an e-mail address: they must be told on paper, and the page says so.
    unreached: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ScheduledValue(Model):
    """One line of an adopted change: from which version, to which value."""

    __tablename__ = "scheduled_value"

    change_id: Mapped[UUID] = mapped_column(ForeignKey("scheduled_change.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    old: Mapped[int]
    new: Mapped[int]
    base_id: Mapped[UUID]


class ChangeStep(Model):
    """One state an adopted change came to; it never comes to the same one twice, so the key makes it happen once."""

    __tablename__ = "change_step"
    __table_args__ = (
        CheckConstraint("(state = 'notified') = (eta IS NOT NULL)", name="eta_when_notified"),
        # The end of a change happens once, whichever end it is.
        Index(
            "uq_change_step_end", "change_id", unique=True,
            sqlite_where=_ENDS, postgresql_where=_ENDS,
        ),
    )  # fmt: skip

    change_id: Mapped[UUID] = mapped_column(ForeignKey("scheduled_change.id"), primary_key=True)
    state: Mapped[State] = mapped_column(words(State), primary_key=True)
    n: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    eta: Mapped[date | None]
    last_notice_on: Mapped[date | None]
    notice_days: Mapped[int | None]
    given_up: Mapped[int | None]
    detail: Mapped[str] = mapped_column(String(300), default="")


class ParameterVersion(Model):
    """The value of one line from one day on, until the version that names it as its base."""

    __tablename__ = "parameter_version"
    __table_args__ = (
        UniqueConstraint("key", "effective_from"),
        UniqueConstraint("change_id", "key"),
        # One successor per version and one first version per line: no fork, no gap.
        UniqueConstraint("base_id"),
        Index(
            "uq_parameter_version_first", "key", unique=True,
            sqlite_where=_FIRST, postgresql_where=_FIRST,
        ),
        CheckConstraint("(base_id IS NULL) = (change_id IS NULL)", name="changed_by_a_change"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(40))
    effective_from: Mapped[date]
    value: Mapped[int]
    base_id: Mapped[UUID | None] = mapped_column(ForeignKey("parameter_version.id"))
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("scheduled_change.id"))
    decision: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)


for _table in (ScheduledChange, ScheduledValue, ChangeStep, ParameterVersion):
    append_only(_table.__table__)
