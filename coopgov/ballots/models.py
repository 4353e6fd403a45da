"""Tables of votes: all of them are only added to, and the database itself refuses the rest."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.ballots.rules import Channel, Choice, Level, State
from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id

# What the database itself sees of a ballot: ten bytes of form, and one for each of a hundred options at most.
A_BALLOT = "length(content) BETWEEN 11 AND 110"


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


class ScrutinForm(Model):
    """The ballot paper of a vote that answers no resolution, and its rule on equal votes: both are in the seal."""

    __tablename__ = "scrutin_form"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    form: Mapped[str] = mapped_column(Text)
    ties: Mapped[str] = mapped_column(Text)


class BallotMarked(Model):
    """A named ballot on another paper than a resolution's: its marks, one byte for each option behind ten of form."""

    __tablename__ = "ballot_marked"
    __table_args__ = (
        Index("ix_ballot_marked_channel", "scrutin_id", "channel"),
        CheckConstraint(A_BALLOT, name="as_long_as_a_ballot"),
    )

    scrutin_id: Mapped[UUID] = mapped_column(primary_key=True)
    voter_id: Mapped[UUID] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    cast_by: Mapped[UUID]
    receipt: Mapped[str] = mapped_column(String(64))


class TellerKey(Model):
    """What is sealed for a teller (*scrutateur*): only the code she alone was shown opens it."""

    __tablename__ = "teller_key"
    __table_args__ = (Index("ix_teller_key_account_id", "account_id", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # No foreign key: accounts belong to another feature.
    account_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(200))
    public: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)


class ScrutinKey(Model):
    """The key a secret vote is sealed to, and how many tellers open it."""

    __tablename__ = "scrutin_key"
    __table_args__ = (CheckConstraint("needed BETWEEN 1 AND tellers", name="needed_of_tellers"),)

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    needed: Mapped[int]
    tellers: Mapped[int]


class ScrutinKeyPart(Model):
    """One teller's part of that key: what tells it from a wrong one, and whose it is."""

    __tablename__ = "scrutin_key_part"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin_key.scrutin_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    teller_key_id: Mapped[UUID] = mapped_column(ForeignKey("teller_key.id"))
    commitment: Mapped[str] = mapped_column(String(64))


class SealedPart(Model):
    """The part itself, sealed for its teller; destroyed once the urn is open, and the envelopes with it."""

    __tablename__ = "sealed_part"

    scrutin_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Envelope(Model):
    """A sealed ballot (*enveloppe*): replaced until the vote closes, destroyed when the urn is opened.

    A voter who votes on paper in the room has an envelope without anything in it. Like a named ballot it has no
    foreign key to the scrutin, and no instant.
    """

    __tablename__ = "envelope"
    __table_args__ = (Index("ix_envelope_channel", "scrutin_id", "channel"),)

    scrutin_id: Mapped[UUID] = mapped_column(primary_key=True)
    voter_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    cast_by: Mapped[UUID]
    receipt: Mapped[str] = mapped_column(String(64))


class Participation(Model):
    """Who voted in a secret vote, once its urn is open (*émargement*): what the envelopes told, but for the ballot."""

    __tablename__ = "participation"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    voter_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    cast_by: Mapped[UUID]
    receipt: Mapped[str] = mapped_column(String(64))


class UrnBallot(Model):
    """A ballot of nobody (*bulletin*): written in shuffled order under a random name, all in one go."""

    __tablename__ = "urn_ballot"
    # Without a rowid there is no number that would keep the order of writing.
    __table_args__ = (
        Index("ix_urn_ballot_scrutin_id", "scrutin_id", "college", "choice"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"))
    # Told only where the colleges are weighed.
    college: Mapped[str] = mapped_column(String(40))
    choice: Mapped[Choice] = mapped_column(words(Choice))


class UrnMarked(Model):
    """The same on another paper than a resolution's."""

    __tablename__ = "urn_marked"
    __table_args__ = (
        Index("ix_urn_marked_scrutin_id", "scrutin_id", "content"),
        CheckConstraint(A_BALLOT, name="as_long_as_a_ballot"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PaperCount(Model):
    """What a teller read on the paper ballots of the room; two tellers read them, and must find the same."""

    __tablename__ = "paper_count"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    by: Mapped[UUID] = mapped_column(primary_key=True)
    college: Mapped[str] = mapped_column(String(40), primary_key=True)
    choice: Mapped[Choice] = mapped_column(words(Choice), primary_key=True)
    ballots: Mapped[int]


class PaperTyped(Model):
    """A paper ballot as one teller typed it; two do, and must find the same; thrown away when it is in the urn.

    In a secret vote its number is its place in the bundle (*liasse*); in a named one, the number of the voter.
    """

    __tablename__ = "paper_typed"
    __table_args__ = (CheckConstraint("length(content) BETWEEN 2 AND 110", name="as_long_as_a_paper"),)

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by: Mapped[UUID] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


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


class ScrutinArchive(Model):
    """All that a recount of a vote needs, in one file, as it was when its result was proclaimed (*archive*)."""

    __tablename__ = "scrutin_archive"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    archive: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


for _table in (
    Roll, RollEntry, Scrutin, ScrutinForm, ScrutinStep, BallotNamed, BallotMarked, TellerKey, ScrutinKey,
    ScrutinKeyPart, Participation, UrnBallot, UrnMarked, Urn, ScrutinTally, ScrutinResult, ScrutinArchive,
):  # fmt: skip
    append_only(_table.__table__)
append_only(SealedPart.__table__, verbs=("UPDATE",))

# Any constant will do, in a key space of its own: two numbers where the journal's lock takes one.
URN_LOCK = 0x75726E65
_CLOSED = (
    "EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = NEW.scrutin_id AND step IN ('room_closed', 'cancelled'))"
)
SUSPENDED = (
    "EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id "
    "AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id))"
)
STRUCK = (
    "EXISTS (SELECT 1 FROM scrutin s JOIN roll_strike k ON k.roll_id = s.roll_id "
    "WHERE s.id = NEW.scrutin_id AND k.voter_id = NEW.voter_id)"
)
# The statement that casts reads the steps as they were when it began. On PostgreSQL a closing or a suspension may
# commit in between, so the database looks again when the row enters: it waits for one under way, then reads afresh.
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION coopgov_closed_urn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"PERFORM pg_advisory_xact_lock_shared({URN_LOCK}, hashtext(NEW.scrutin_id::text)); "
    f"IF {_CLOSED} OR {SUSPENDED} OR {STRUCK} THEN RETURN NULL; END IF; RETURN NEW; END $$"
)


def _closed_urn(table: str, verb: str = "INSERT") -> dict[str, tuple[str, ...]]:
    name = f"{table}_closed_urn" if verb == "INSERT" else f"{table}_closed_urn_{verb.lower()}"
    return {
        "sqlite": (f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {_CLOSED} BEGIN SELECT RAISE(IGNORE); END",),
        "postgresql": (
            _FUNCTION,
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION coopgov_closed_urn()",
        ),
    }


# What is sealed stays until the urn is open, or the vote is given up: nobody throws envelopes away before.
_NOT_OPENED = (
    "NOT EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = OLD.scrutin_id AND step IN ('counted', 'cancelled'))"
)


def _kept_until_opened(table: str) -> dict[str, tuple[str, ...]]:
    name, refusal = f"{table}_kept", f"{table} is kept until its urn is opened"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    function = f"CREATE OR REPLACE FUNCTION coopgov_{name}() RETURNS trigger LANGUAGE plpgsql AS"
    body = f"BEGIN IF {_NOT_OPENED} THEN RAISE EXCEPTION '{refusal}'; END IF; RETURN OLD; END"
    return {
        "sqlite": (f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN {_NOT_OPENED} {refuse}",),
        "postgresql": (
            f"{function} $$ {body} $$",
            f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION coopgov_{name}()",
        ),
    }


# Migrations write the same text.
CLOSED_URN = _closed_urn("ballot_named")
GUARDS: dict[str, tuple[dict[str, tuple[str, ...]], ...]] = {
    "ballot_named": (CLOSED_URN,),
    "ballot_marked": (_closed_urn("ballot_marked"),),
    "envelope": (_closed_urn("envelope"), _closed_urn("envelope", "UPDATE"), _kept_until_opened("envelope")),
    "sealed_part": (_kept_until_opened("sealed_part"),),
}
for _model in (BallotNamed, BallotMarked, Envelope, SealedPart):
    for _guard in GUARDS[_model.__tablename__]:
        for _dialect, _statements in _guard.items():
            for _statement in _statements:
                _ddl = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
                event.listen(_model.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
