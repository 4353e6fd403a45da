"""One byte changed in any store is named by the check."""

import hashlib
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from coopgov.minutes import service as minutes
from coopgov.minutes.rules import Signer
from coopgov.registers.verify import Store, reports, verify_all
from coopgov.shares import book as share_book
from coopgov.shares import service as shares
from coopgov.shares.chain import GENESIS, link
from coopgov.shares.models import ShareLeg, ShareLot, ShareTx
from coopgov.shares.rules import Leg, Lot
from coopgov.terms import service as terms
from coopgov.treasury import book as money_book
from coopgov.treasury import service as treasury
from coopgov.treasury.models import CapitalLeg, CapitalTx
from tests.minutes_world import hold
from tests.shares_world import wire

FEES = {"commission.sales": 600, "listing.monthly": 500, "payment.fee": 120}


@pytest.fixture
def world(app):
    return wire(app)


@pytest.fixture
def lived(world, clock):
    """A cooperative with shares, a vote, minutes."""
    meeting = hold(world, clock)
    with world.act() as a:
        terms.set_schedule(a, values=FEES, effective_from=a.today, decision="Assemblée constitutive")
        shares.subscribe(a, member_id=meeting.member_ids[0], quantity=3, effective_on=a.today)
        treasury.pay(a, member_id=meeting.member_ids[0], cents=2000, effective_on=a.today)
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
        (Store.CAPITAL, "capital_leg", "cents = cents + 100 WHERE cents > 0"),
        (Store.CAPITAL, "capital_tx", "resolution = 'autre'"),
        (Store.OFFICES, "role_mandate", "role = 'board' WHERE role = 'secretary'"),
        (Store.STATUTES, "statutes_figure", "value = '1/10' WHERE name = 'assembly.quorum.ordinary.first'"),
        (Store.MEMBERS, "membership_event", "status = 'former' WHERE id = (SELECT min(id) FROM membership_event)"),
        (Store.MEMBERS, "membership", "joined_on = '2001-01-01' WHERE number = 1"),
        (Store.MEMBERS, "membership", "status = 'former' WHERE number = 1"),
        (Store.FEES, "parameter_version", "value = value + 5"),
        (Store.ASSEMBLIES, "agenda_item", "text = 'Vendre l’atelier.'"),
        (Store.ASSEMBLIES, "attendance_event", "kind = 'left' WHERE seq = (SELECT min(seq) FROM attendance_event)"),
        (Store.BALLOTS, "scrutin_step", "at = '2020-01-01 00:00:00'"),
        (Store.MINUTES, "minutes_approval", "name = 'Personne'"),
        (Store.DOCUMENTS, "issued_document", "owner = '' WHERE owner <> ''"),
        (Store.DOCUMENTS, "issued_document", "title = title || 'x'"),
    ],
)
def test_a_changed_row_is_named_by_its_store(world, lived, session, folder, store, table, change):
    session.rollback()
    tamper(world, table, f"UPDATE {table} SET {change}")  # noqa: S608 - our own statements
    assert store in {report.store for report in reports(session, folder) if report.faults}


@pytest.mark.parametrize("store", [Store.SHARES, Store.CAPITAL])
def test_a_book_that_is_chained_anew_is_not_the_book_the_journal_knows(world, lived, session, folder, store):
    session.rollback()
    table = {Store.SHARES: "share_tx", Store.CAPITAL: "capital_tx"}[store]
    tamper(world, table, f"UPDATE {table} SET resolution = 'Une autre décision'")  # noqa: S608 - our own names
    hashes = rechained(session, store)
    session.rollback()
    for seq, (prev, hashed) in hashes.items():
        tamper(world, table, f"UPDATE {table} SET prev_hash = '{prev}', hash = '{hashed}' WHERE seq = {seq}")  # noqa: S608 - the same
    [report] = [report for report in reports(session, folder) if report.store is store]
    assert "rows that the journal tells of are missing or changed" in {fault.what for fault in report.faults}
    assert not {fault.what for fault in report.faults} & {"its content does not give its hash"}


def rechained(session, store):
    """Each line's hashes as a forger with the program in hand would compute them."""
    tx, leg, book = {
        Store.SHARES: (ShareTx, ShareLeg, share_book), Store.CAPITAL: (CapitalTx, CapitalLeg, money_book),
    }[store]  # fmt: skip
    prev, found = GENESIS, {}
    for row in session.execute(select(*tx.__table__.c).order_by(tx.seq)).mappings().all():
        legs = session.scalars(select(leg).where(leg.tx_seq == row["seq"]).order_by(leg.line))
        hashed = link(prev, book.header_facts(row), [_leg(session, one) for one in legs])
        found[row["seq"]] = (prev, hashed)
        prev = hashed
    return found


def _leg(session, leg):
    if isinstance(leg, CapitalLeg):
        return {"line": leg.line, "bucket": leg.bucket, "membership_id": leg.membership_id, "cents": leg.cents}
    lot = session.get(ShareLot, leg.lot_id)
    told = Lot(lot.id, lot.class_id, lot.first_acquired_on, lot.issue_unit_cents, lot.parent_lot_id)
    return share_book.leg_facts(leg.line, Leg(leg.account, leg.membership_id, told, leg.qty, leg.unit_cents))


def test_papers_whose_facts_and_hash_change_together_are_found(world, lived, session, folder):
    facts = session.scalar(text("SELECT facts FROM issued_document WHERE kind = 'minutes'")).replace(
        "Valence", "Romans"
    )
    session.rollback()
    hashed = hashlib.sha256(facts.encode()).hexdigest()
    quoted = (
        facts.replace("'", "''").replace("%", "%%")
        if session.get_bind().dialect.name == "postgresql"
        else facts.replace("'", "''")
    )
    tamper(
        world, "issued_document",
        f"UPDATE issued_document SET facts = '{quoted}', facts_sha256 = '{hashed}' WHERE kind = 'minutes'",  # noqa: S608 - the same
    )  # fmt: skip
    [report] = [report for report in reports(session, folder) if report.store is Store.DOCUMENTS]
    assert {fault.what for fault in report.faults} == {
        "it is not what the journal tells", "rows that the journal tells of are missing or changed",
    }  # fmt: skip


def own_id(session):
    return "gen_random_uuid()" if session.get_bind().dialect.name == "postgresql" else f"'{uuid4().hex}'"


def test_an_office_slipped_in_is_named(world, lived, session, folder):
    session.rollback()
    tamper(
        world, "role_mandate",
        f"INSERT INTO role_mandate SELECT {own_id(session)}, account_id, 'treasurer', from_day, NULL, decision, recorded_at "  # noqa: S608 - the same
        "FROM role_mandate LIMIT 1",
    )  # fmt: skip
    [fault] = [fault for fault in verify_all(session, folder) if fault.where.startswith("role_mandate")]
    assert fault.what == "it is not what the journal tells"


def test_a_removed_ballot_is_named(world, lived, session, folder):
    session.rollback()
    tamper(world, "ballot_named", "DELETE FROM ballot_named WHERE choice = 'against'")
    assert "its ballots do not give the hash of its urn" in {fault.what for fault in verify_all(session, folder)}
