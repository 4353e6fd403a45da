"""A message is written with the fact it tells, and what became of it is the evidence of the notice."""

import pytest

from coopgov.core import outbox
from coopgov.core.outbox import Outcome, Recipient
from tests.service.counting import statements


@pytest.fixture
def queue(act, clock):
    """Write so many messages, a second apart; gives their ids."""

    def write(how_many=1, about="assembly:1", kind="notice"):
        with act() as a:
            ids = []
            for n in range(how_many):
                to = Recipient(f"m{n}@example.org", f"Membre {n}", f"member:{n}")
                ids.append(outbox.queue(a, kind=kind, about=about, to=to, subject="Convocation", body="Bonjour."))
                a.now = clock.forward(seconds=1)
        return ids

    return write


@pytest.fixture
def note(act, clock):
    """Write the outcome of an attempt, a minute later."""

    def write(message_id, outcome, detail=""):
        clock.forward(minutes=1)
        with act() as a:
            outbox.note_delivery(a, message_id, outcome, detail)
        return clock.now

    return write


def test_what_waits_is_told_oldest_first(queue, session):
    ids = queue(4)
    assert [message.id for message in outbox.undelivered(session, limit=3)] == ids[:3]


@pytest.mark.parametrize("outcome", outbox.FINAL)
def test_a_final_outcome_ends_the_waiting(queue, note, session, outcome):
    first, second = queue(2)
    note(first, outcome)
    assert [message.id for message in outbox.undelivered(session, limit=9)] == [second]


def test_a_failed_attempt_waits_on_and_is_counted(queue, note, session):
    (message,) = queue()
    note(message, Outcome.FAILED, "x" * 1000)
    note(message, Outcome.FAILED)
    (waiting,) = outbox.undelivered(session, limit=9)
    assert (waiting.attempts, waiting.sent_at) == (2, None)


def test_the_evidence_tells_who_was_written_to_and_when_it_left(queue, note, session):
    first, second = queue(2)
    queue(1, about="assembly:2")
    queue(1, kind="reminder")
    note(first, Outcome.FAILED)
    sent = note(first, Outcome.SENT)
    note(second, Outcome.GIVEN_UP)
    evidence = outbox.messages_about(session, "assembly:1", "notice")
    assert [(m.id, m.to_address, m.attempts, m.sent_at) for m in evidence] == [
        (first, "m0@example.org", 2, sent),
        (second, "m1@example.org", 1, None),
    ]


def test_the_newest_are_told_first_with_what_became_of_them(queue, note, session):
    ids = queue(3)
    sent = note(ids[0], Outcome.SENT)
    assert [(m.id, m.sent_at) for m in outbox.latest(session, limit=9)] == [
        (ids[2], None),
        (ids[1], None),
        (ids[0], sent),
    ]


def test_one_message_is_found_or_not(queue, note, session):
    (message,) = queue()
    sent = note(message, Outcome.SENT)
    found = outbox.get_message(session, message)
    assert (found.body, found.attempts, found.sent_at) == ("Bonjour.", 1, sent)
    assert outbox.get_message(session, outbox.new_id()) is None


def test_a_subject_is_one_line(act, session):
    with act() as a:
        to = Recipient("lea@example.org", "Léa")
        outbox.queue(a, kind="k", about="x:1", to=to, subject="Un\r\nBcc: eve@example.org", body="")
    assert outbox.latest(session, limit=1)[0].subject == "Un Bcc: eve@example.org"


READS = {
    "undelivered": lambda session: outbox.undelivered(session, limit=99),
    "latest": lambda session: outbox.latest(session, limit=99),
    "messages_about": lambda session: outbox.messages_about(session, "assembly:1", "notice"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("how_many", [1, 12])
def test_a_list_is_one_statement_however_long(queue, note, session, read, how_many):
    for message in queue(how_many):
        note(message, Outcome.FAILED)
    with statements() as sent:
        assert len(read(session)) == how_many
    assert len(sent) == 1
