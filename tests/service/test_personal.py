"""Personal data: all of somebody and nothing of others is handed over; what is no longer needed goes, the rest verifies."""

import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import text

import coopgov.wiring  # noqa: F401 - every table must be known to the metadata
from coopgov.accounts import queries as accounts
from coopgov.accounts import service as offices
from coopgov.core import journal
from coopgov.core.db import Base
from coopgov.core.errors import RuleBroken
from coopgov.core.policy import Role
from coopgov.members import queries as members
from coopgov.members import service as member_service
from coopgov.members import verify as members_verify
from coopgov.members.rules import Reach, Status
from coopgov.personal import papers, queries, service
from coopgov.personal.rules import LEFT_OUT, TABLES, Below, Fate, Hers, Situation, plan
from coopgov.shares import service as shares
from coopgov.shares import verify as shares_verify
from coopgov.shares.rules import RequestKind
from coopgov.statutes import queries as statutes
from coopgov.treasury import verify as money_verify
from tests.service.test_members import TODAY, breaches, statutes_of
from tests.service.test_parties import IBAN, somebody
from tests.shares_world import wire

# A column so named says whose a row is.
NAMES_SOMEBODY = re.compile(
    r"(^|_)(member_id|membership_id|party_id|account_id|voter_id|grantor_id|holder_id|author_id|owner|recipient|about"
    r"|recorded_by|written_by|cast_by|approved_by|uploaded_by|closed_by|by|author)$"
)


def test_every_table_that_names_somebody_is_handed_over_or_named_with_a_reason():
    tables = Base.metadata.tables
    told = {
        name for name, table in tables.items() if any(NAMES_SOMEBODY.search(column.name) for column in table.columns)
    }
    assert told - set(TABLES) - set(LEFT_OUT) == set()
    assert (set(TABLES) | set(LEFT_OUT)) - set(tables) == set()
    for name, entry in TABLES.items():
        asked = {*entry.hidden, *(entry.by if isinstance(entry, Hers) else [entry.column])}
        assert asked <= set(tables[name].columns.keys()), name
        assert not isinstance(entry, Below) or list(TABLES).index(entry.above) < list(TABLES).index(name)


def known(act, family="Roux", *, leaves=False):
    member_id = somebody(act, family)
    with act() as a:
        reach = Reach(f"{family.lower()}@exemple.fr", "06 98 76 54 32", (f"5 impasse {family}",), "26150", "Chamaloc")
        member_service.change_contacts(a, member_id=member_id, reach=reach, craft=f"Métier {family}")
        member_service.set_iban(a, member_id=member_id, iban=IBAN, on=TODAY, proof="RIB du 3")
        if leaves:
            member_service.resign(a, member_id=member_id, effective_on=TODAY, reason="départ")
    return member_id


def erase(act, member_id):
    with act() as a:
        return service.erase(a, member_id=member_id, reason="lettre du 3 mai")


def everything(session):
    """Every text that the database holds, but for the mails, which are proof."""
    skipped = {"outbox_message"}
    return " ".join(
        str(value)
        for name in Base.metadata.tables
        if name not in skipped
        for row in session.execute(text(f'SELECT * FROM "{name}"'))  # noqa: S608 - names of our own tables
        for value in row
    )


def faults(session):
    return [*journal.verify(session), *members_verify.verify(session)]


def test_an_export_holds_all_of_somebody_and_nothing_of_others(act, session):
    statutes_of(act)
    mine, other = known(act), known(act, "Voisin")
    account_id = members.get_member(session, mine).account_id
    sections = queries.gather(session, queries.whose(session, account_id=account_id))
    told = papers.as_json(sections, a_now(act)).decode()
    for word in ("Roux", "roux@exemple.fr", "06 98 76 54 32", "FR7630006000011234567890189", "Chamaloc", "Métier Roux"):
        assert word in told
    for another in ("Voisin", "voisin@exemple.fr", str(other), "password_hash", "token_hash", "marks"):
        assert another not in told
    assert json.loads(told)["tables"]["membership"]["rows"][0]["number"] == 1
    assert {name for name, table in json.loads(told)["tables"].items() if table["rows"]} >= {
        "party", "party_contact", "membership", "membership_event", "account", "role_mandate", "outbox_message",
        "journal_line", "journal_payload",
    }  # fmt: skip
    assert len(papers.as_zip(sections)) > 500
    read = str(papers.as_facts(sections, name="Odile Roux", cooperative={}, now=a_now(act))["tables"])
    assert "10/05/2022" in read


def a_now(act):
    with act() as a:
        return a.now


def test_f24_a_former_member_is_erased_but_for_the_register_and_all_still_verifies(act, session, clock):
    statutes_of(act)
    member_id, other = known(act, leaves=True), known(act, "Voisin")
    assert erase(act, member_id) == ["reach", "iban", "words"]
    kept = everything(session)
    for erased in ("roux@exemple.fr", "Métier Roux"):
        assert erased not in kept
    file = members.get_file(session, member_id)
    assert (file.person.name, file.member.number, file.member.status) == ("Odile Roux", 1, Status.FORMER)
    assert file.member.town == "Chamaloc"
    assert members.iban_of(session, member_id, TODAY) is None
    assert members.iban_of(session, other, TODAY) is not None
    assert faults(session) == []
    law = statutes.rulebook(session, statutes.the_law())
    assert queries.list_due(session, law, TODAY) == []
    clock.forward(days=5 * 366)
    [due] = queries.list_due(session, law, TODAY + timedelta(days=5 * 366))
    assert due.member.id == member_id
    assert "domicile" in erase(act, member_id)
    assert "impasse Roux" not in everything(session)
    assert queries.list_due(session, law, TODAY + timedelta(days=5 * 366)) == []
    assert faults(session) == []


def test_a_line_changed_after_an_erasure_is_still_found(act, session, app):
    statutes_of(act)
    member_id = known(act, leaves=True)
    erase(act, member_id)
    with act() as a:
        engine = a.session.get_bind().dialect.name
        if engine == "postgresql":
            a.session.execute(text("SET session_replication_role = replica"))
        else:
            a.session.execute(text("DROP TRIGGER membership_event_no_update"))
        a.session.execute(text("UPDATE membership_event SET reason = 'autre' WHERE kind = 'resigned'"))
        if engine == "postgresql":
            a.session.execute(text("SET session_replication_role = DEFAULT"))
    assert [fault.what for fault in members_verify.verify(session)] == [
        "it is not what the journal tells", "rows that the journal tells of are missing or changed",
    ]  # fmt: skip


def test_nothing_goes_while_the_person_is_a_member_or_waits_for_heirs(act, session):
    statutes_of(act)
    member_id = known(act)
    with pytest.raises(RuleBroken) as refusal:
        erase(act, member_id)
    assert breaches(refusal) == ["nothing_to_erase"]
    with act() as a:
        member_service.record_death(a, member_id=member_id, effective_on=TODAY)
    with pytest.raises(RuleBroken):
        erase(act, member_id)
    law = statutes.rulebook(session, statutes.the_law())
    waits = plan(Situation(Status.FORMER, TODAY, None, holds_or_is_owed=True), law, TODAY)
    assert [one.code for one in waits if one.fate is Fate.WAITS] == ["reach", "iban", "words", "domicile"]
    assert all(one.citations for one in waits)


def test_a_former_officer_keeps_her_name_in_the_register_of_mandates(act, session):
    statutes_of(act)
    member_id = known(act, leaves=True)
    account_id = members.get_member(session, member_id).account_id
    with act() as a:
        offices.grant_role(a, account_id=account_id, role=Role.BOARD, from_day=date(2025, 1, 1), until_day=TODAY)
    erase(act, member_id)
    assert [line.name for line in accounts.register_of_mandates(session, TODAY)] == ["Odile Roux"]
    assert accounts.find_account_by_email(session, "roux@exemple.fr") is None
    assert faults(session) == []


def test_remarks_in_the_books_go_and_both_books_still_verify(app, session):
    world = wire(app)
    world.found("scic-sa")
    alice, bob = (
        world.a_member("Alice Martin", email="alice@exemple.fr"),
        world.a_member("Bob Roy", email="b@exemple.fr"),
    )
    with world.act() as act:
        seqs = [shares.subscribe(act, member_id=one, quantity=2, effective_on=TODAY) for one in (alice, bob)]
        shares.subscribe(act, member_id=bob, quantity=500, effective_on=TODAY)
    with world.act() as act:
        for seq in seqs:
            shares.reverse(act, seq=seq, effective_on=TODAY, reason="remarque privée", acknowledged="Saisie à corriger")
    wish = shares.Wish(RequestKind.REFUND, alice, 1, TODAY, note="remarque privée sur une demande")
    with world.act() as act:
        asked = shares.request(act, wish)
    with world.act() as act:
        shares.refuse(act, request_id=asked, decision="Conseil")
    before = everything(session).count("remarque privée")
    with world.act() as act:
        member_service.resign(act, member_id=alice, effective_on=TODAY)
    with world.act() as act:
        assert service.erase(act, member_id=alice, reason="lettre") == ["reach", "iban", "words"]
    kept = everything(session)
    assert 0 < kept.count("remarque privée") == (before - 1) // 2
    assert "sur une demande" not in kept
    assert "alice@exemple.fr" not in kept
    assert [*faults(session), *shares_verify.verify(session), *money_verify.verify(session)] == []
