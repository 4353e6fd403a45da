"""Sending what waits in the outbox: it may be killed anywhere and run again."""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy.orm import Session

from coopgov.core import outbox
from coopgov.core.act import Act, Runtime, open_act
from coopgov.core.db import db
from coopgov.core.outbox import Message, OutboxHorizon, Outcome
from coopgov.core.policy import SYSTEM
from coopgov.core.words import fill

log = logging.getLogger("coopgov.mail")

# How long to wait after the first, second… failure: about a day in all, then the message is given up.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
MOST_ATTEMPTS = len(RETRY_AFTER) + 1
PATIENCE_SECONDS = 20
SUBMISSION_PORT = 587
ONE_DAY = timedelta(days=1)
# An act may read its clock a while before it commits.
MARGIN = timedelta(hours=1)


class Settings(Protocol):
    """What sending needs to be told."""

    @property
    def mail_url(self) -> str: ...
    @property
    def mail_from(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def secret_key(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one sweep did."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    unreachable: str = ""


class Refused(Exception):
    """Indicate that a message was not taken; `for_good` when it never will be."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Unreachable(Exception):
    """Indicate that there is no mail server to talk to at present."""


class Transport(Protocol):
    """Something that takes messages."""

    def send(self, message: EmailMessage) -> None:
        """Hand a message over; raises Refused."""

    def close(self) -> None:
        """Say good-bye."""


class Mailbox:
    """The demonstration's transport: the outbox itself is the mailbox, nothing leaves."""

    def send(self, message: EmailMessage) -> None:
        """Take the message; `deliver` keeps whole batches without asking it one by one."""

    def close(self) -> None:
        """Nothing to close."""


class Smtp:
    """One connection to a mail server, kept for many messages and opened again when it is lost."""

    def __init__(self, url: SplitResult) -> None:
        self._url = url
        self._client = _connect(url)

    def send(self, message: EmailMessage) -> None:
        """Hand a message over; raises Refused, or Unreachable when the server cannot be reached again."""
        try:
            self._client.send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            code, reason = next(iter(refusal.recipients.values()))
            raise Refused(f"{code} {reason.decode(errors='replace')}", for_good=code >= 500) from refusal
        except (smtplib.SMTPNotSupportedError, UnicodeError) as refusal:
            raise Refused("the server does not take this address", for_good=True) from refusal
        except (smtplib.SMTPException, OSError) as failure:
            self._client = _reconnect(self._client, self._url)
            raise Refused(f"{type(failure).__name__}: {failure}", for_good=False) from failure

    def close(self) -> None:
        """Say good-bye, if the server is still there."""
        with suppress(smtplib.SMTPException, OSError):
            self._client.quit()


@contextmanager
def open_transport(settings: Settings) -> Iterator[Transport]:
    """What takes messages, as `mail_url` says; raises Unreachable."""
    url = urlsplit(settings.mail_url)
    transport: Transport = Mailbox() if url.scheme == "mailbox" else Smtp(url)
    try:
        yield transport
    finally:
        transport.close()


def deliver(settings: Settings, runtime: Runtime, limit: int = 200) -> DeliveryReport:
    """Try to send what is due; one transaction per message, so that what was sent is known to be sent.

    Killed between sending and noting, it sends again under the same Message-ID.
    """
    waiting = _waiting(runtime, limit)
    report: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
    unreachable = ""
    if waiting:
        try:
            for outcome in _send_all(settings, runtime, waiting):
                report[outcome] += 1
        except Unreachable as outage:
            # No attempt is noted: an outage of the server is not the messages' fault.
            log.warning("mail server unreachable: %s", outage)
            unreachable = str(outage)
    return DeliveryReport(report[Outcome.SENT], report[Outcome.FAILED], report[Outcome.GIVEN_UP], unreachable)


def _send_all(settings: Settings, runtime: Runtime, waiting: list[Message]) -> Iterator[Outcome]:
    with open_transport(settings) as transport:
        if isinstance(transport, Mailbox):
            yield from _keep_all(runtime, waiting)
            return
        for message in waiting:
            outcome, detail, outage = _try(transport, settings, message)
            with open_act(runtime, SYSTEM) as act:
                outbox.note_delivery(act, message.id, outcome, detail)
            yield outcome
            if outage is not None:
                raise outage


def _keep_all(runtime: Runtime, waiting: list[Message]) -> Iterator[Outcome]:
    # Nothing leaves, so nothing can be half sent: one transaction for all.
    with open_act(runtime, SYSTEM) as act:
        for message in waiting:
            outbox.note_delivery(act, message.id, Outcome.SENT)
    yield from [Outcome.SENT] * len(waiting)


def _try(transport: Transport, settings: Settings, message: Message) -> tuple[Outcome, str, Unreachable | None]:
    last = message.attempts + 1 >= MOST_ATTEMPTS
    try:
        transport.send(compose(message, settings))
    except Refused as refusal:
        return Outcome.GIVEN_UP if refusal.for_good or last else Outcome.FAILED, str(refusal), None
    except Unreachable as outage:
        # The connection broke on this message; it may be the reason, so the attempt counts.
        return Outcome.GIVEN_UP if last else Outcome.FAILED, str(outage), outage
    return Outcome.SENT, "", None


def _waiting(runtime: Runtime, limit: int) -> list[Message]:
    session, now = db.session(), runtime.clock()
    since = _horizon(session, runtime, now)
    waiting = outbox.to_deliver(session, now, since=since, retry_after=RETRY_AFTER, limit=limit)
    # No transaction stays open while a mail server takes its time: on SQLite it would hold up every writer.
    session.rollback()
    return waiting


# Sweeps run every few seconds over years of mail: once a day they note where they need not look.


def _horizon(session: Session, runtime: Runtime, now: datetime) -> datetime:
    kept = session.get(OutboxHorizon, 1)
    if kept is not None and now - kept.looked_at < ONE_DAY:
        return kept.before
    with open_act(runtime, SYSTEM) as act:
        return _move_horizon(act)


def _move_horizon(act: Act) -> datetime:
    oldest = outbox.oldest_undelivered(act.session)
    before = min(oldest or act.now, act.now) - MARGIN
    act.session.merge(OutboxHorizon(id=1, before=before, looked_at=act.now))
    return before


# The message itself


def compose(message: Message, settings: Settings) -> EmailMessage:
    """The mail of an outbox message, the same bytes each time; raises Refused when it cannot be one."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    mail = EmailMessage()
    try:
        mail["To"] = _address(message.to_address, message.to_name)
        mail["Subject"] = _one_line(message.subject)
    except (ValueError, IndexError) as error:
        # The standard parser stumbles in several ways over what is no address.
        raise Refused(f"not an address: {error}", for_good=True) from error
    mail["From"] = settings.mail_from
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.id}@{host}>"
    mail["List-Id"] = f"<{message.kind.replace('_', '-')}.{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(fill(message.kind, message.body, settings.secret_key), charset="utf-8")
    return mail


def _address(address: str, name: str) -> Address:
    local, _, domain = address.strip().rpartition("@")
    if not local or not domain or _one_line(address) != address.strip():
        raise ValueError("it has no name or no domain")
    return Address(display_name=_one_line(name), addr_spec=f"{local}@{domain.encode('idna').decode()}")


def _one_line(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())


# The connection


def _connect(url: SplitResult) -> smtplib.SMTP:
    try:
        client = _open(url)
        if url.username:
            client.login(unquote(url.username), unquote(url.password or ""))
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    return client


def _open(url: SplitResult) -> smtplib.SMTP:
    host, context = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=PATIENCE_SECONDS, context=context)
    client = smtplib.SMTP(host, url.port or 25, timeout=PATIENCE_SECONDS)
    if url.port == SUBMISSION_PORT:
        client.starttls(context=context)
    return client


def _reconnect(client: smtplib.SMTP, url: SplitResult) -> smtplib.SMTP:
    with suppress(smtplib.SMTPException, OSError):
        if client.noop()[0] == 250:
            return client
    client.close()
    return _connect(url)
