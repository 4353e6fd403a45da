"""Tables of votes: all of them are only added to, and the database itself refuses the rest."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DDL, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.ballots.rules import Channel, Choice, Level, State
from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id


class Roll(Model):
    """Who may vote, frozen on a reference day (*liste électorale*)."""

    __tablename__ = "roll"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference_on: Mapped[date]
    size: Mapped[int]
    # Number of voters by college, as JSON.
    colleges: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime] = mapped_column(Instant)


class RollEntry(Model):
    """One voter of a roll: one line, one ballot, whatever she owns."""

    __tablename__ = "roll_entry"

    roll_id: Mapped[UUID] = mapped_column(ForeignKey("roll.id"), primary_key=True)
    # A membership; no foreign key, since ballots do not know members.
    voter_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    college: Mapped[str] = mapped_column(String(40))


class Scrutin(Model):
    """A vote as it was sealed (*scrutin*): no column ever changes, its state follows from its steps."""

    __tablename__ = "scrutin"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    roll_id: Mapped[UUID] = mapped_column(ForeignKey("roll.id"), index=True)
    level: Mapped[Level] = mapped_column(words(Level))
    subject_hash: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(String(300))
    rule: Mapped[str] = mapped_column(Text)
    remote_opens_at: Mapped[datetime | None] = mapped_column(Instant)
    remote_closes_at: Mapped[datetime | None] = mapped_column(Instant)
    college_weights: Mapped[str | None] = mapped_column(Text)
    seal: Mapped[str] = mapped_column(String(64), unique=True)


class ScrutinStep(Model):
    """What was done to a vote, when, by whom; each step at most once."""

    __tablename__ = "scrutin_step"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    step: Mapped[State] = mapped_column(words(State), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))


class BallotNamed(Model):
    """A named ballot (*bulletin nominatif*): written by one statement, never changed.

    No foreign key to the scrutin: on PostgreSQL each ballot would lock that one row, and the whole room
    would queue. The statement that writes it reads the scrutin and the roll; `verify` looks again.
    """

    __tablename__ = "ballot_named"
    __table_args__ = (Index("ix_ballot_named_channel", "scrutin_id", "channel"),)

    scrutin_id: Mapped[UUID] = mapped_column(primary_key=True)
    voter_id: Mapped[UUID] = mapped_column(primary_key=True)
    choice: Mapped[Choice] = mapped_column(words(Choice))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    cast_by: Mapped[UUID]
    receipt: Mapped[str] = mapped_column(String(64))


class Urn(Model):
    """The closed urn: how many ballots, and the hash that the journal holds too."""

    __tablename__ = "urn"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    ballots: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class ScrutinTally(Model):
    """The count agreed by two programs, by college: canonical facts and their hash."""

    __tablename__ = "scrutin_tally"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    facts: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


class ScrutinResult(Model):
    """The proclaimed result: canonical facts and their hash."""

    __tablename__ = "scrutin_result"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    facts: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


for _table in (Roll, RollEntry, Scrutin, ScrutinStep, BallotNamed, Urn, ScrutinTally, ScrutinResult):
    append_only(_table.__table__)

# Any constant will do, in a key space of its own: two numbers where the journal's lock takes one.
URN_LOCK = 0x75726E65
_CLOSED = (
    "EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = NEW.scrutin_id AND step IN ('room_closed', 'cancelled'))"
)
# The statement that casts reads the steps as they were when it began. On PostgreSQL a closing may commit in
# between, so the database looks again when the row enters: it waits for a closing under way, then reads afresh.
_ON_SQLITE = (
    f"CREATE TRIGGER ballot_named_closed_urn BEFORE INSERT ON ballot_named WHEN {_CLOSED} "
    "BEGIN SELECT RAISE(IGNORE); END"
)
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION coopgov_closed_urn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"PERFORM pg_advisory_xact_lock_shared({URN_LOCK}, hashtext(NEW.scrutin_id::text)); "
    f"IF {_CLOSED} THEN RETURN NULL; END IF; RETURN NEW; END $$"
)
_ON_POSTGRESQL = (
    "CREATE TRIGGER ballot_named_closed_urn BEFORE INSERT ON ballot_named "
    "FOR EACH ROW EXECUTE FUNCTION coopgov_closed_urn()"
)
# Migrations write the same text.
CLOSED_URN = {"sqlite": (_ON_SQLITE,), "postgresql": (_FUNCTION, _ON_POSTGRESQL)}
for _dialect, _statements in CLOSED_URN.items():
    for _statement in _statements:
        _ddl = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
        event.listen(BallotNamed.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
