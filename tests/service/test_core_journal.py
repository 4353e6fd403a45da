"""The journal: chained, append-only, one line per command; what was changed by hand is named."""

import json
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.core import journal
from coopgov.core.journal import FIRST_PREV, Fault, Head, read_head
from coopgov.core.policy import Actor, Role
from tests.service.counting import statements
from tests.service.tampering import by_hand

LINES = 5


@pytest.fixture
def written(act):
    """Five lines, one per act."""
    for n in range(1, LINES + 1):
        with act() as a:
            a.record("test.done", f"thing:{n}", {"name": "Élodie", "n": n})


def faults(session, expected=None):
    session.rollback()
    return list(journal.verify(session, expected))


def test_lines_are_chained_and_verify(written, session):
    assert journal.head(session).size == LINES
    assert faults(session) == []
    assert [entry.payload for entry in journal.entries_about(session, "thing:1")] == [{"n": 1, "name": "Élodie"}]


def test_an_empty_journal_has_a_head_and_no_fault(session):
    assert journal.head(session) == Head(0, FIRST_PREV)
    assert faults(session, Head(0, FIRST_PREV)) == []


def test_a_line_holds_who_in_which_office_and_no_personal_data(act, session):
    who = UUID(int=7)
    with act(Actor("Léa Petit", account_id=who, roles=frozenset({Role.SECRETARY, Role.MEMBER}))) as a:
        a.record("test.done", "thing:1", {"name": "Léa Petit"})
    told = json.loads(session.scalar(text("SELECT line FROM journal_line")))
    assert (told["actor"], told["role"], told["prev"]) == (str(who), "member,secretary", FIRST_PREV)
    assert "Léa" not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("statement", ["UPDATE journal_line SET kind = 'x'", "DELETE FROM journal_line"])
def test_the_database_refuses_to_rewrite_a_line(act, statement):
    with act() as a:
        a.record("test.done", "thing:1")
    with pytest.raises(DatabaseError, match="append-only"), act() as a:
        a.session.execute(text(statement))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE journal_line SET line = replace(line, 'test.done', 'test.dome') WHERE seq = 3", 3),
        ("UPDATE journal_line SET line = substr(line, 2) WHERE seq = 3", 3),
        ("UPDATE journal_line SET line = '[]' WHERE seq = 3", 3),
        ("UPDATE journal_line SET hash = 'f' || substr(hash, 2, 62) || 'f' WHERE seq = 3", 3),
        ("UPDATE journal_line SET kind = 'test.other' WHERE seq = 3", 3),
        ("UPDATE journal_line SET about = 'thing:9' WHERE seq = 3", 3),
        ("UPDATE journal_line SET at = '2020-01-01 00:00:00.000000' WHERE seq = 3", 3),
        ("UPDATE journal_payload SET payload = replace(payload, '3', '4') WHERE payload LIKE '%3%'", 3),
        ("DELETE FROM journal_line WHERE seq = 3", 4),
        ("DELETE FROM journal_line WHERE seq = 1", 2),
    ],
)
def test_one_thing_changed_by_hand_is_named(app, written, session, change, where):
    by_hand(change)
    assert f"journal_line {where}" in {fault.where for fault in faults(session)}


def test_a_missing_line_is_named_once(written, session):
    by_hand("DELETE FROM journal_line WHERE seq = 3")
    assert faults(session) == [Fault("journal_line 4", "line 3 is missing or out of place")]


def test_a_missing_line_closed_up_behind_is_named(written, session):
    by_hand(
        "DELETE FROM journal_line WHERE seq = 3",
        "UPDATE journal_line SET seq = 3 WHERE seq = 4",
        "UPDATE journal_line SET seq = 4 WHERE seq = 5",
    )
    assert {fault.where for fault in faults(session)} >= {"journal_line 3", "journal_line 4"}


def test_two_lines_swapped_are_both_named(written, session):
    by_hand("UPDATE journal_line SET seq = 99 WHERE seq = 2", "UPDATE journal_line SET seq = 2 WHERE seq = 4",
            "UPDATE journal_line SET seq = 4 WHERE seq = 99")  # fmt: skip
    assert {fault.where for fault in faults(session)} >= {"journal_line 2", "journal_line 4"}


def test_a_line_rewritten_with_its_own_hash_is_betrayed_by_the_next(written, session):
    by_hand(*rewritten(session, 3))
    assert faults(session) == [Fault("journal_line 4", "its prev is not the hash of the line before")]


def rewritten(session, seq):
    """What a careful forger writes: a new text and the hash that goes with it."""
    line = session.scalar(text("SELECT line FROM journal_line WHERE seq = :seq"), {"seq": seq})
    forged = line.replace("system", "nobody")
    hashed = journal.hashlib.sha256(forged.encode()).hexdigest()
    return [f"UPDATE journal_line SET line = '{forged}', hash = '{hashed}' WHERE seq = {seq}"]  # noqa: S608 - a forger's hand


def test_an_erased_payload_keeps_the_chain_valid(act, written, session):
    with act() as a:
        a.session.execute(text("DELETE FROM journal_payload WHERE payload LIKE '%3%'"))
    assert faults(session) == []
    assert [entry.payload for entry in journal.entries_about(session, "thing:3")] == [None]


def test_another_payload_in_the_place_of_an_erased_one_is_named(written, session):
    by_hand("UPDATE journal_payload SET payload = '{}' WHERE payload LIKE '%3%'")
    assert faults(session) == [Fault("journal_line 3", "its payload is not what it committed to")]


def test_a_cut_tail_shows_only_against_a_head_kept_elsewhere(written, session):
    held = journal.head(session)
    by_hand("DELETE FROM journal_line WHERE seq > 3")
    assert faults(session) == []
    assert faults(session, held) == [Fault("journal", "the journal is shorter than the head you hold")]


def test_a_tail_written_anew_shows_against_a_head_kept_elsewhere(act, written, session):
    held = journal.head(session)
    by_hand("DELETE FROM journal_line WHERE seq > 3")
    for n in range(3):
        with act() as a:
            a.record("test.forged", f"thing:{n}")
    assert faults(session) == []
    assert faults(session, held) == [Fault("journal_line 5", "its hash is not that of the head you hold")]


def test_a_journal_that_has_grown_still_goes_through_the_head_held(act, written, session):
    held = journal.head(session)
    with act() as a:
        a.record("test.done", "thing:6")
    assert faults(session, held) == []


def test_a_head_is_read_as_it_was_written():
    assert read_head(f" 12:{'AB' * 32}\n") == Head(12, "ab" * 32)


@pytest.mark.parametrize(
    "written", ["", "12", "12:", f"x:{'a' * 64}", f"12:{'a' * 63}", f"-1:{'a' * 64}", f"١:{'a' * 64}"]
)
def test_a_head_that_is_none_is_refused(written):
    with pytest.raises(ValueError):
        read_head(written)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("column", ["at", "salt_id"])
def test_a_row_that_cannot_be_read_is_a_fault_and_not_a_crash(written, session, column):
    by_hand(f"UPDATE journal_line SET {column} = 'zz' WHERE seq = 3")  # noqa: S608 - two names of our own
    assert [fault.where for fault in faults(session)] == ["journal"]


def test_a_clock_that_runs_backwards_writes_nothing(act, written, session, clock):
    clock.forward(seconds=-61)
    with pytest.raises(journal.ClockWentBack), act() as a:
        a.record("test.done", "thing:6")
    assert journal.head(session).size == LINES


def test_a_small_disorder_is_straightened(act, written, session, clock):
    before = clock.now
    clock.forward(seconds=-59)
    with act() as a:
        a.record("test.done", "thing:6")
    assert [entry.at for entry in journal.entries_about(session, "thing:6")] == [before]
    assert faults(session) == []


def test_an_act_that_notes_nothing_writes_no_line(act, written, session):
    with act():
        pass
    assert journal.head(session).size == LINES


def test_the_check_of_the_whole_chain_is_one_statement(written, session):
    with statements() as made:
        faults(session)
    assert len(made) == 1
