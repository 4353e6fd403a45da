"""One byte changed in any store is named by the check."""

import pytest
from sqlalchemy import text

from coopgov.minutes import service as minutes
from coopgov.minutes.rules import Signer
from coopgov.registers.verify import Store, reports, verify_all
from coopgov.shares import service as shares
from tests.minutes_world import hold
from tests.shares_world import wire


@pytest.fixture
def world(app):
    return wire(app)


@pytest.fixture
def lived(world, clock):
    """A cooperative with shares, a vote, minutes."""
    meeting = hold(world, clock)
    with world.act() as a:
        shares.subscribe(a, member_id=meeting.member_ids[0], quantity=3, effective_on=a.today)
        minutes_id = minutes.draft_for(a, assembly_id=meeting.id)
        minutes.edit_prose(a, minutes_id=minutes_id, texts={"debates": "Rien."})
    for actor, signer in ((meeting.secretary, Signer.SECRETARY), (meeting.chair, Signer.CHAIR)):
        with world.act(actor) as a:
            minutes.approve(a, minutes_id=minutes_id, as_=signer)
    return meeting


@pytest.fixture
def folder(app):
    return app.extensions["coopgov.config"].documents_dir


def tamper(world, table: str, statement: str) -> None:
    """Change a row as somebody with the database in hand would: the triggers first, then the row."""
    with world.act() as a:
        for drop in _drops(a.session, table):
            a.session.execute(text(drop))
        a.session.connection().exec_driver_sql(statement)


def _drops(session, table: str) -> list[str]:
    if session.get_bind().dialect.name == "postgresql":
        return [f"ALTER TABLE {table} DISABLE TRIGGER ALL"]
    rows = session.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table}
    )
    return [f"DROP TRIGGER {name}" for (name,) in rows]


def test_a_cooperative_that_nobody_touched_is_sound(lived, session, folder):
    assert verify_all(session, folder) == []
    assert [report.store for report in reports(session, folder)] == list(Store)


@pytest.mark.parametrize(
    ("store", "table", "change"),
    [
        (Store.JOURNAL, "journal_line", "kind = kind || 'x' WHERE seq = 2"),
        (Store.JOURNAL, "journal_payload", "payload = payload || ' '"),
        (Store.BALLOTS, "roll_entry", "name = name || 'x' WHERE number = 1"),
        (Store.BALLOTS, "scrutin", "title = title || 'x'"),
        (Store.BALLOTS, "ballot_named", "choice = 'for' WHERE choice = 'against'"),
        (Store.BALLOTS, "urn", "ballots = ballots + 1"),
        (Store.BALLOTS, "scrutin_tally", "facts = replace(facts, '\"for_\":4', '\"for_\":3')"),
        (Store.BALLOTS, "scrutin_result", "facts = replace(facts, 'adopted', 'rejected')"),
        (Store.MINUTES, "minutes", "facts = replace(facts, 'Valence', 'Romans')"),
        (Store.MINUTES, "minutes_prose", "text = 'Autre chose.'"),
        (Store.DOCUMENTS, "issued_document", "facts = replace(facts, 'Valence', 'Romans')"),
        (Store.SHARES, "share_leg", "qty = qty + 1 WHERE qty > 0"),
    ],
)
def test_a_changed_row_is_named_by_its_store(world, lived, session, folder, store, table, change):
    session.rollback()
    tamper(world, table, f"UPDATE {table} SET {change}")  # noqa: S608 - our own statements
    assert store in {report.store for report in reports(session, folder) if report.faults}


def test_a_removed_ballot_is_named(world, lived, session, folder):
    session.rollback()
    tamper(world, "ballot_named", "DELETE FROM ballot_named WHERE choice = 'against'")
    assert "its ballots do not give the hash of its urn" in {fault.what for fault in verify_all(session, folder)}
