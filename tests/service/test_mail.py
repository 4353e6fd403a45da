"""What waits in the outbox leaves once, whatever happens on the way."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from coopgov.core import mail, outbox
from coopgov.core.db import db
from coopgov.core.outbox import OutboxDelivery, Outcome, Recipient


class Server:
    """A mail server that keeps what it takes and refuses what a test tells it to."""

    def __init__(self) -> None:
        self.taken: list[SimpleNamespace] = []
        self.refusals: dict[str, str] = {}

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802 - aiosmtpd's own name
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - the same
        self.taken.append(SimpleNamespace(to=envelope.rcpt_tos, content=envelope.content.decode()))
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server() -> Iterator[Server]:
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.url = f"smtp://127.0.0.1:{controller.port}"
    yield handler
    controller.stop()


@pytest.fixture
def runtime(app):
    return app.extensions["coopgov.runtime"]


@pytest.fixture
def settings(app, server):
    return replace(app.extensions["coopgov.config"], mail_url=server.url)


@pytest.fixture
def queue(act):
    def write(address="lea@example.org", name="Léa Petit", subject="Convocation", body="Bonjour.\n"):
        with act() as a:
            return outbox.queue(
                a, kind="test", about="x:1", to=Recipient(address, name), subject=subject, body=body
            )  # fmt: skip

    return write


def outcomes(message_id):
    db.session().rollback()
    rows = db.session().scalars(select(OutboxDelivery).where(OutboxDelivery.message_id == message_id))
    return [row.outcome for row in sorted(rows, key=lambda row: row.at)]


def test_a_message_leaves_once(queue, settings, runtime, server):
    message = queue()
    assert mail.deliver(settings, runtime).sent == 1
    assert mail.deliver(settings, runtime) == mail.DeliveryReport()
    assert [sent.to for sent in server.taken] == [["lea@example.org"]]
    assert outcomes(message) == [Outcome.SENT]


def test_a_message_killed_before_it_was_noted_leaves_again_as_the_same(queue, settings, runtime, server, session):
    message = outbox.get_message(session, queue())
    with mail.open_transport(settings) as transport:
        transport.send(mail.compose(message, settings))
    mail.deliver(settings, runtime)
    first, second = (sent.content for sent in server.taken)
    assert first == second
    assert f"Message-ID: <{message.id}@localhost>" in first


def test_one_poison_message_does_not_stop_the_others(queue, settings, runtime, server):
    poison = queue(address="not an address")
    queue(address="ana@example.org")
    report = mail.deliver(settings, runtime)
    assert (report.sent, report.given_up) == (1, 1)
    assert outcomes(poison) == [Outcome.GIVEN_UP]


def test_an_address_refused_for_good_is_given_up_at_once(queue, settings, runtime, server):
    server.refusals["lea@example.org"] = "550 no such person"
    message = queue()
    assert mail.deliver(settings, runtime).given_up == 1
    assert outcomes(message) == [Outcome.GIVEN_UP]


def test_an_address_refused_for_now_is_tried_less_and_less_often_then_given_up(queue, settings, runtime, server, clock):
    server.refusals["lea@example.org"] = "451 later"
    message = queue()
    mail.deliver(settings, runtime)
    assert mail.deliver(settings, runtime) == mail.DeliveryReport()
    for wait in mail.RETRY_AFTER:
        clock.forward(seconds=wait.total_seconds() - 1)
        assert mail.deliver(settings, runtime) == mail.DeliveryReport()
        clock.forward(seconds=1)
        mail.deliver(settings, runtime)
    assert outcomes(message) == [Outcome.FAILED] * 7 + [Outcome.GIVEN_UP]


def test_messages_waiting_to_be_tried_again_do_not_hold_up_new_ones(queue, settings, runtime, server):
    for number in range(4):
        server.refusals[f"m{number}@example.org"] = "451 later"
        queue(address=f"m{number}@example.org")
    mail.deliver(settings, runtime, limit=4)
    queue(address="ana@example.org")
    assert mail.deliver(settings, runtime, limit=2).sent == 1


def test_an_outage_of_the_server_costs_no_attempt(queue, settings, runtime):
    message = queue()
    away = replace(settings, mail_url="smtp://127.0.0.1:1")
    assert mail.deliver(away, runtime).unreachable
    assert outcomes(message) == []
    assert mail.deliver(settings, runtime).sent == 1


def test_a_name_or_subject_cannot_add_a_header(queue, settings, runtime, server):
    queue(name="Léa\r\nBcc: eve@example.org", subject="Bonjour\r\nBcc: eve@example.org")
    mail.deliver(settings, runtime)
    (sent,) = server.taken
    assert sent.to == ["lea@example.org"]
    assert not any(line.startswith("Bcc") for line in sent.content.splitlines())


def test_the_demonstrations_mailbox_marks_as_sent(queue, app, runtime):
    message = queue()
    mail.deliver(app.extensions["coopgov.config"], runtime)
    assert outcomes(message) == [Outcome.SENT]


def test_a_message_older_than_the_horizon_is_found_the_next_day(queue, settings, runtime, clock, server):
    mail.deliver(settings, runtime)
    present = clock.now
    clock.forward(days=-30)
    queue()
    clock.now = present
    assert mail.deliver(settings, runtime).sent == 0
    clock.forward(days=1)
    assert mail.deliver(settings, runtime).sent == 1
