"""Tables of what may still happen to a sealed vote: a line of the roll struck, the vote suspended and taken up again.

Nothing that was sealed changes: each is a row of its own, only added, and the database looks at them at every ballot.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DDL, ForeignKey, ForeignKeyConstraint, FromClause, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.ballots.models import STRUCK, SUSPENDED, BallotMarked, BallotNamed, Envelope
from coopgov.core.db import Base, Instant, Model, append_only
from coopgov.core.ids import new_id


class RollStrike(Model):
    """A line struck off a frozen roll, with its cause (*radiation*); the line itself stays where it is."""

    __tablename__ = "roll_strike"
    __table_args__ = (
        ForeignKeyConstraint(["roll_id", "voter_id"], ["roll_entry.roll_id", "roll_entry.voter_id"]),
        UniqueConstraint("roll_id", "number"),
    )

    roll_id: Mapped[UUID] = mapped_column(primary_key=True)
    voter_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(1000))
    document: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))
    # The hash of the roll with this strike and those before it.
    hash: Mapped[str] = mapped_column(String(64))


class ScrutinSuspension(Model):
    """An open vote that takes no ballot for a while, and why (*suspension*)."""

    __tablename__ = "scrutin_suspension"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), index=True)
    # When the incident began, and when it was noted: the time lost is counted from the first.
    since: Mapped[datetime] = mapped_column(Instant)
    at: Mapped[datetime] = mapped_column(Instant)
    incident: Mapped[str] = mapped_column(String(1000))
    by: Mapped[str] = mapped_column(String(80))


class ScrutinResumption(Model):
    """The end of a suspension, and the instant at which the vote closes from now on (*reprise*)."""

    __tablename__ = "scrutin_resumption"

    suspension_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin_suspension.id"), primary_key=True)
    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    # Nothing where no end was announced: the chair closes a vote of the room.
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))


class ScrutinAnnulment(Model):
    """A judge took a proclaimed vote away (*annulation*): its result stays readable, and has no effect any more."""

    __tablename__ = "scrutin_annulment"

    scrutin_id: Mapped[UUID] = mapped_column(ForeignKey("scrutin.id"), primary_key=True)
    on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000))
    document: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))


for _table in (RollStrike, ScrutinSuspension, ScrutinResumption, ScrutinAnnulment):
    append_only(_table.__table__)


def _halted(table: str, verb: str) -> dict[str, tuple[str, ...]]:
    """A ballot that comes too soon enters nowhere; on PostgreSQL the trigger of a closed urn looks for this too."""
    name = f"{table}_halted" if verb == "INSERT" else f"{table}_halted_{verb.lower()}"
    ignore = "BEGIN SELECT RAISE(IGNORE); END"
    return {"sqlite": (f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {SUSPENDED} OR {STRUCK} {ignore}",)}


def _install(table: FromClause, statements: dict[str, tuple[str, ...]]) -> None:
    """Make these triggers with their table; migrations write the same text."""
    for dialect, made in statements.items():
        for statement in made:
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


for _model, _verbs in ((BallotNamed, ("INSERT",)), (BallotMarked, ("INSERT",)), (Envelope, ("INSERT", "UPDATE"))):
    for _verb in _verbs:
        _install(_model.__table__, _halted(_model.__tablename__, _verb))

_OVER = "('room_closed', 'cancelled')"
_HAS_VOTED = " OR ".join(
    f"EXISTS (SELECT 1 FROM {kind} b JOIN scrutin s ON s.id = b.scrutin_id "  # noqa: S608 - names of our own tables
    "WHERE s.roll_id = NEW.roll_id AND b.voter_id = NEW.voter_id)"
    for kind in ("ballot_named", "ballot_marked", "envelope", "participation")
)
_BEGUN = (
    "EXISTS (SELECT 1 FROM scrutin s JOIN scrutin_step d ON d.scrutin_id = s.id "
    "WHERE s.roll_id = NEW.roll_id AND d.step = 'room_opened')"
)
_ENDED = f"EXISTS (SELECT 1 FROM scrutin_step d WHERE d.scrutin_id = NEW.scrutin_id AND d.step IN {_OVER})"  # noqa: S608 - our own names
_NOT_PROCLAIMED = (
    "NOT EXISTS (SELECT 1 FROM scrutin_step d WHERE d.scrutin_id = NEW.scrutin_id AND d.step = 'proclaimed')"
)
_EARLIER = (
    "NEW.closes_at < (SELECT coalesce((SELECT max(r.closes_at) FROM scrutin_resumption r "
    "WHERE r.scrutin_id = NEW.scrutin_id), s.remote_closes_at) FROM scrutin s WHERE s.id = NEW.scrutin_id)"
)
_OF_ANOTHER = (
    "NOT EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.id = NEW.suspension_id AND p.scrutin_id = NEW.scrutin_id)"
)


@dataclass(frozen=True, slots=True)
class Guard:
    """A refusal of the database before a row enters: `when` it looks, what is `wrong`, what it says."""

    name: str
    table: str
    when: str
    wrong: str
    refusal: str

    @property
    def statements(self) -> dict[str, tuple[str, ...]]:
        """The SQL that makes it, by dialect."""
        make = f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS"
        refuse = f"IF {self.when} THEN IF {self.wrong} THEN RAISE EXCEPTION '{self.refusal}'; END IF; END IF"
        looks = f"WHEN ({self.when}) AND ({self.wrong}) BEGIN SELECT RAISE(ABORT, '{self.refusal}'); END"
        return {
            "sqlite": (f"CREATE TRIGGER {self.name} BEFORE INSERT ON {self.table} {looks}",),
            "postgresql": (
                f"{make} $$ BEGIN {refuse}; RETURN NEW; END $$",
                f"CREATE TRIGGER {self.name} BEFORE INSERT ON {self.table} FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            ),
        }


def _guard(table: str, name: str, when: str, wrong: str, refusal: str) -> Guard:
    return Guard(f"{table}_{name}", table, when, wrong, f"{table}: {refusal}")


GUARDS = [
    _guard("roll_strike", "before_vote", "NEW.voter_id IS NOT NULL", f"{_BEGUN} OR {_HAS_VOTED}", "she has voted"),
    _guard("scrutin_suspension", "open", "NEW.id IS NOT NULL", f"{SUSPENDED} OR {_ENDED}", "the vote is not open"),
    _guard("scrutin_resumption", "whole", "NEW.suspension_id IS NOT NULL", _OF_ANOTHER, "another vote was suspended"),
    _guard("scrutin_resumption", "later", "NEW.closes_at IS NOT NULL", _EARLIER, "a closing is never brought forward"),
    _guard(
        "scrutin_annulment", "proclaimed", "NEW.scrutin_id IS NOT NULL", _NOT_PROCLAIMED, "nothing was proclaimed"
    ),
    _guard(
        "scrutin_step", "not_suspended", "NEW.step IN ('room_opened', 'room_closed')", SUSPENDED,
        "the vote is suspended",
    ),
]  # fmt: skip
for _kept in GUARDS:
    _install(Base.metadata.tables[_kept.table], _kept.statements)
