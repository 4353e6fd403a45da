"""The transactional outbox: a message commits with the fact it tells and is the evidence of the notice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, Text, exists, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from coopgov.core.act import Act
from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id


class Outcome(StrEnum):
    """What became of one attempt to deliver."""

    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


FINAL = (Outcome.SENT, Outcome.GIVEN_UP)
NEWEST_FIRST = 20


class OutboxMessage(Model):
    """One message to one address, written once; what became of it stands in `outbox_delivery`."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_about", "about", "kind"),
        Index("ix_outbox_message_created_at", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(80))
    to_address: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(200))
    # Who it is for (membership or account), so that one person's evidence is found without her address.
    recipient: Mapped[str] = mapped_column(String(80), default="")
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class OutboxDelivery(Model):
    """One attempt to deliver a message, and its outcome."""

    __tablename__ = "outbox_delivery"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox_message.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    detail: Mapped[str] = mapped_column(String(300), default="")


class OutboxHorizon(Model):
    """An instant before which every message has a final outcome, so that sweeps need not look there."""

    __tablename__ = "outbox_horizon"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[datetime] = mapped_column(Instant)
    looked_at: Mapped[datetime] = mapped_column(Instant)


OLDEST_FIRST = (OutboxMessage.created_at, OutboxMessage.id)

append_only(OutboxMessage.__table__)
append_only(OutboxDelivery.__table__)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is read back, with what became of it."""

    id: UUID
    kind: str
    about: str
    to_address: str
    to_name: str
    subject: str
    body: str
    created_at: datetime
    attempts: int = 0
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes: the name and address, and who that is (`member:id`, `account:id`)."""

    address: str
    name: str
    who: str = ""


def queue(act: Act, *, kind: str, about: str, to: Recipient, subject: str, body: str) -> UUID:
    """Write a message in this transaction; the worker sends it after the commit."""
    message = OutboxMessage(
        id=new_id(), kind=kind, about=about, to_address=to.address, to_name=to.name, recipient=to.who,
        subject=" ".join(subject.split()), body=body, created_at=act.now,
    )  # fmt: skip
    act.session.add(message)
    return message.id


def undelivered(session: Session, *, limit: int) -> list[Message]:
    """Messages without a final outcome, oldest first, with the number of attempts made."""
    return _read(session, _messages().where(~_attempted(*FINAL)).order_by(*OLDEST_FIRST).limit(limit))


def to_deliver(
    session: Session, now: datetime, *, since: datetime, retry_after: Sequence[timedelta], limit: int
) -> list[Message]:
    """Messages whose next attempt is due: the newest few, then the oldest, then those that failed before.

    The newest go first because a link to sign in must not wait behind ten thousand notices.
    """
    untried = select(OutboxMessage).where(OutboxMessage.created_at >= since, ~_attempted())
    newest = untried.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id).limit(NEWEST_FIRST)
    oldest = untried.order_by(OutboxMessage.created_at, OutboxMessage.id).limit(limit)
    found = {row.id: _message(row, 0) for query in (newest, oldest) for row in session.scalars(query)}
    again = _to_retry(session, now, since, retry_after)
    return [*found.values(), *again][:limit]


def _to_retry(session: Session, now: datetime, since: datetime, retry_after: Sequence[timedelta]) -> Iterator[Message]:
    # Counted per message, not grouped: the few messages after `since` are few, the attempts of all years are not.
    of_message = OutboxDelivery.message_id == OutboxMessage.id
    attempts = select(func.count()).where(of_message).correlate(OutboxMessage).scalar_subquery()
    last_at = select(func.max(OutboxDelivery.at, type_=Instant())).where(of_message).correlate(OutboxMessage)
    rows = session.execute(
        select(OutboxMessage, attempts, last_at.scalar_subquery())
        .where(OutboxMessage.created_at >= since, _attempted(), ~_attempted(*FINAL))
        .order_by(OutboxMessage.created_at, OutboxMessage.id)
    )
    for row, made, tried_at in rows:
        if tried_at + retry_after[min(made, len(retry_after)) - 1] <= now:
            yield _message(row, made)


def oldest_undelivered(session: Session) -> datetime | None:
    """When the oldest message without a final outcome was written; this reads the whole outbox."""
    return session.scalar(
        select(OutboxMessage.created_at).where(~_attempted(*FINAL)).order_by(OutboxMessage.created_at).limit(1)
    )


def _attempted(*outcomes: Outcome) -> ColumnElement[bool]:
    attempt = aliased(OutboxDelivery)
    which = (attempt.outcome.in_(outcomes),) if outcomes else ()
    return exists().where(attempt.message_id == OutboxMessage.id, *which).correlate(OutboxMessage)


def note_delivery(act: Act, message_id: UUID, outcome: Outcome, detail: str = "") -> None:
    """Write what became of one attempt."""
    act.session.add(
        OutboxDelivery(id=new_id(), message_id=message_id, at=act.now, outcome=outcome, detail=detail[:300])
    )


def latest(session: Session, *, limit: int, to_address: str | None = None) -> list[Message]:
    """The newest messages, to everybody or to one address, newest first, with what became of them."""
    wanted = _messages().order_by(OutboxMessage.created_at.desc(), OutboxMessage.id).limit(limit)
    if to_address is not None:
        wanted = wanted.where(OutboxMessage.to_address == to_address)
    return _read(session, wanted)


def messages_about(session: Session, about: str, kind: str) -> list[Message]:
    """The messages of one kind about one thing, oldest first, with the instant each was sent."""
    wanted = _messages().where(OutboxMessage.about == about, OutboxMessage.kind == kind)
    return _read(session, wanted.order_by(*OLDEST_FIRST))


def get_message(session: Session, message_id: UUID) -> Message | None:
    """One message, or None."""
    return next(iter(_read(session, _messages().where(OutboxMessage.id == message_id))), None)


def _messages() -> Select[OutboxMessage, int, datetime | None]:
    # Looked up row by row through the index of deliveries: a list of ids would end at 65,535 of them.
    of_message = OutboxDelivery.message_id == OutboxMessage.id
    attempts = select(func.count()).select_from(OutboxDelivery).where(of_message)
    sent_at = select(func.min(OutboxDelivery.at)).where(of_message, OutboxDelivery.outcome == Outcome.SENT)
    return select(OutboxMessage, attempts.scalar_subquery(), sent_at.scalar_subquery())


def _read(session: Session, wanted: Select[OutboxMessage, int, datetime | None]) -> list[Message]:
    return [_message(*row) for row in session.execute(wanted)]


def _message(row: OutboxMessage, attempts: int, sent_at: datetime | None = None) -> Message:
    return Message(
        id=row.id, kind=row.kind, about=row.about, to_address=row.to_address, to_name=row.to_name,
        subject=row.subject, body=row.body, created_at=row.created_at, attempts=attempts, sent_at=sent_at,
    )  # fmt: skip
