"""Tables of the assemblies: the meeting, its agenda, its bureau, proxies, notices, attendance, incidents."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.assemblies.rules import (
    AssemblyKind,
    AttendanceKind,
    ItemState,
    NoticeChannel,
    Office,
    ProxyState,
    State,
    SubjectKind,
)
from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id


class Assembly(Model):
    """A meeting of the members (*assemblée générale*), from its planning to its closing."""

    __tablename__ = "assembly"
    __table_args__ = (
        Index("ix_assembly_held_at", "held_at", "id"),
        Index("ix_assembly_state", "state", "held_at"),
        CheckConstraint("call IN (1, 2)", name="first_or_second_call"),
        CheckConstraint("(call = 2) = (previous_id IS NOT NULL)", name="second_call_names_the_first"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[AssemblyKind] = mapped_column(words(AssemblyKind))
    title: Mapped[str] = mapped_column(String(200))
    held_at: Mapped[datetime] = mapped_column(Instant)
    place: Mapped[str] = mapped_column(String(300))
    remote_vote: Mapped[bool]
    call: Mapped[int] = mapped_column(default=1)
    previous_id: Mapped[UUID | None] = mapped_column(ForeignKey("assembly.id"), unique=True)
    state: Mapped[State] = mapped_column(words(State), default=State.PLANNED)
    # The roll belongs to the ballots; its hash is printed on the notice, so it is kept here too.
    roll_id: Mapped[UUID | None]
    roll_hash: Mapped[str] = mapped_column(String(64), default="")
    enrolled: Mapped[int] = mapped_column(default=0)
    remote_closes_at: Mapped[datetime | None] = mapped_column(Instant)
    convened_at: Mapped[datetime | None] = mapped_column(Instant)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    # The presence found when the session opened, or when the quorum was noted as missing.
    present: Mapped[int] = mapped_column(default=0)
    represented: Mapped[int] = mapped_column(default=0)
    remote: Mapped[int] = mapped_column(default=0)


class AgendaItem(Model):
    """One resolution on the agenda (*point de l'ordre du jour*); its words are frozen when it is convened."""

    __tablename__ = "agenda_item"
    __table_args__ = (Index("ix_agenda_item_assembly_id", "assembly_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    # Dense from 1; not unique, because moving a resolution exchanges two positions in two statements.
    position: Mapped[int]
    subject_kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind))
    subject_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    change_text: Mapped[str] = mapped_column(Text, default="")
    subject_hash: Mapped[str] = mapped_column(String(64), default="")
    # Asked for while the agenda is open; the vote is sealed with it.
    is_secret: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The ballot paper of an election or of a choice, and its rule on equal votes, as JSON; once sealed, the vote's own.
    form: Mapped[str | None] = mapped_column(Text)
    scrutin_id: Mapped[UUID | None] = mapped_column(unique=True)
    state: Mapped[ItemState] = mapped_column(words(ItemState), default=ItemState.PLANNED)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    proclaimed_at: Mapped[datetime | None] = mapped_column(Instant)
    # The presence when this vote closed: quorum is measured again at each vote.
    present: Mapped[int] = mapped_column(default=0)
    represented: Mapped[int] = mapped_column(default=0)
    remote: Mapped[int] = mapped_column(default=0)
    # The same by college, as JSON, where a secret vote is weighed and its urn opened later.
    present_by_college: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(20), default="")

    @property
    def proposal_id(self) -> UUID | None:
        """The proposal it puts to the vote, if it is one."""
        return self.subject_id if self.subject_kind is SubjectKind.PROPOSAL else None

    @property
    def draft_id(self) -> UUID | None:
        """The draft of the statutes it puts to the vote, if it is one."""
        return self.subject_id if self.subject_kind is SubjectKind.STATUTES else None


class AssemblyOfficer(Model):
    """Who holds an office of the bureau (*membre du bureau*)."""

    __tablename__ = "assembly_officer"

    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    office: Mapped[Office] = mapped_column(words(Office), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Convocation(Model):
    """The evidence that one member was convened (*convocation*): how, with what, on which day."""

    __tablename__ = "convocation"

    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[NoticeChannel] = mapped_column(words(NoticeChannel))
    message_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None]
    sent_on: Mapped[date]


_ACTIVE_PROXY = text("state = 'active'")


class Proxy(Model):
    """A member's authority for another to vote in one assembly (*pouvoir*)."""

    __tablename__ = "proxy"
    __table_args__ = (
        # Whatever the program does, a member has one proxy in force at most.
        Index(
            "uq_proxy_one_active", "assembly_id", "grantor_id",
            unique=True, sqlite_where=_ACTIVE_PROXY, postgresql_where=_ACTIVE_PROXY,
        ),
        Index("ix_proxy_holder_id", "assembly_id", "holder_id", "state"),
        CheckConstraint("grantor_id <> holder_id", name="not_to_oneself"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    grantor_id: Mapped[UUID]
    grantor_name: Mapped[str] = mapped_column(String(250))
    holder_id: Mapped[UUID]
    holder_name: Mapped[str] = mapped_column(String(250))
    on_paper: Mapped[bool]
    state: Mapped[ProxyState] = mapped_column(words(ProxyState), default=ProxyState.ACTIVE)
    given_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class AttendanceEvent(Model):
    """A member came or went, in the room or through a connection; `seq` is the order in which it was noted."""

    __tablename__ = "attendance_event"
    __table_args__ = (Index("ix_attendance_event_member_id", "assembly_id", "member_id", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    member_id: Mapped[UUID]
    kind: Mapped[AttendanceKind] = mapped_column(words(AttendanceKind))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))


class RemotePresence(Model):
    """A member who voted before the assembly, and so counts as present (*votant à distance*).

    On PostgreSQL it has no foreign key to the assembly: each ballot would lock that one row, and all voters would
    queue. The statement that writes it reads the assembly.
    """

    __tablename__ = "remote_presence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["assembly_id"], ["assembly.id"], name="fk_remote_presence_assembly_id"
        ).ddl_if(dialect="sqlite"),
    )  # fmt: skip

    assembly_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)


class VoterCode(Model):
    """The code by which one voter enters the voting site (*code de vote*): its salt and its hash, never the code."""

    __tablename__ = "voter_code"

    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class AssemblyIncident(Model):
    """Something that disturbed the assembly and belongs in its minutes (*incident*)."""

    __tablename__ = "assembly_incident"
    __table_args__ = (Index("ix_assembly_incident_assembly_id", "assembly_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(String(1000))
    by: Mapped[str] = mapped_column(String(80))


class RollOpening(Model):
    """The board shows the roll to the members before it is frozen, so that they can dispute it."""

    __tablename__ = "roll_opening"

    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))


class RollDispute(Model):
    """What somebody says against the roll (*contestation*), and how she stood when she said it."""

    __tablename__ = "roll_dispute"
    __table_args__ = (Index("ix_roll_dispute_assembly_id", "assembly_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    member_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(250))
    # Her line as the roll told it then, as JSON: an answer that says it is corrected shows another.
    line: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(Instant)


class RollAnswer(Model):
    """The answer to a dispute: corrected, or kept, with the reason."""

    __tablename__ = "roll_answer"

    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("roll_dispute.id"), primary_key=True)
    is_corrected: Mapped[bool]
    text: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))


class ReminderPlan(Model):
    """When those who have not voted are reminded, in hours before the vote closes; the last one written counts."""

    __tablename__ = "reminder_plan"
    __table_args__ = (Index("ix_reminder_plan_assembly_id", "assembly_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    # A list of whole numbers as JSON; an empty one reminds nobody.
    hours: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(80))


class ReminderSent(Model):
    """A moment for which the reminders are written (*rappel*): it commits with its mails, and comes once."""

    __tablename__ = "reminder_sent"

    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"), primary_key=True)
    hours: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)


append_only(AssemblyOfficer.__table__)
append_only(Convocation.__table__)
append_only(Proxy.__table__, verbs=("DELETE",))
append_only(AttendanceEvent.__table__)
append_only(RemotePresence.__table__)
append_only(AssemblyIncident.__table__)
for _table in (RollOpening, RollDispute, RollAnswer, ReminderPlan, ReminderSent):
    append_only(_table.__table__)
