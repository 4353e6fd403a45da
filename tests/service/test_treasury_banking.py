"""Payment files: nobody who cannot be paid is left out in silence, nobody is paid twice, two persons release."""

import re
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from coopgov.core.errors import RuleBroken
from coopgov.core.money import Cents
from coopgov.core.policy import Actor, Role
from coopgov.members import service as members
from coopgov.printing import archive
from coopgov.printing.render import render_html
from coopgov.shares import former
from coopgov.shares import queries as share_queries
from coopgov.shares import service as shares
from coopgov.treasury import papers, queries, statement
from coopgov.treasury import service as treasury
from coopgov.treasury.banking import queries as banking
from coopgov.treasury.banking import service
from coopgov.treasury.banking.models import TransferLine
from coopgov.treasury.banking.rules import FileState
from coopgov.treasury.queue import claims
from coopgov.treasury.rules import Bucket
from tests.shares_world import wire

MARCH, JUNE, TODAY = date(2026, 3, 2), date(2026, 6, 1), date(2026, 11, 24)
OURS, HERS = "FR7630006000011234567890189", "FR1420041010050500013M02606"
HELENE, SECOND = (
    Actor(name, account_id=UUID(int=n), roles=frozenset({Role.BOARD})) for n, name in enumerate(("helene", "malik"))
)


@pytest.fixture
def world(app):
    made = wire(app)
    made.found("scop-sarl")
    for name in ("Zoé Œuvrard", "Bob Durand", "Dora Petit", "Emile Roux"):
        rich = made.a_member(name)
        subscribed(made, rich, 40)
    return made


def subscribed(world, member_id, quantity, *, paid=True):
    with world.act() as a:
        seq = shares.subscribe(a, member_id=member_id, quantity=quantity, effective_on=MARCH)
    owed = queries.account_of(a.session, member_id=member_id, on=MARCH).called_unpaid
    if paid:
        with world.act() as a:
            treasury.pay(a, member_id=member_id, cents=Cents(owed), effective_on=MARCH)
    return seq


def leaver(world, name, *, iban=HERS, paid=True, withdrawn=True):
    """Somebody who left in June with ten shares, withdrawn since or not."""
    member = world.a_member(name)
    subscribed(world, member, 10, paid=paid)
    with world.act() as a:
        members.resign(a, member_id=member, effective_on=JUNE, reason="départ")
        if iban:
            members.set_iban(a, member_id=member, iban=iban, on=MARCH, proof="RIB")
    if withdrawn:
        with world.act() as a:
            shares.redeem(a, member_id=member, quantity=10, effective_on=JUNE, decision="CA du 1er juin")
    return member


def account(world):
    with world.act() as a:
        service.write_account(a, holder="Les Mains Libres", iban=OURS)


def drafted(world, *ids, by=HELENE, pay_on=TODAY):
    with world.act(by) as a:
        return service.draft_file(a, member_ids=list(ids), pay_on=pay_on)


def codes(refusal):
    return sorted(breach.code for breach in refusal.value.breaches)


def test_f11_whoever_has_no_iban_is_named_and_stops_the_file(world, session):
    account(world)
    ana, ben = leaver(world, "Ana Sans"), leaver(world, "Ben Compte", iban="")
    with pytest.raises(RuleBroken) as refusal:
        drafted(world, ana, ben)
    assert (codes(refusal), "Ben Compte" in str(refusal.value)) == (["no_iban"], True)
    assert banking.list_files(session) == ([], None)


def test_f10_nobody_is_paid_who_never_paid_or_was_paid_back_already(world, session):
    account(world)
    paid, broke = leaver(world, "Ana Remboursée"), leaver(world, "Cyr Jamais", paid=False)
    waits = leaver(world, "Dan Attend", withdrawn=False)
    with world.act() as a:
        owed = queries.account_of(session, member_id=paid, on=TODAY).repayable
        treasury.repay(a, member_id=paid, cents=Cents(owed), effective_on=TODAY)
    with pytest.raises(RuleBroken) as refusal:
        drafted(world, paid, broke, waits)
    assert codes(refusal) == ["never_paid", "nothing_due", "repaid_already"]
    for name in ("Ana Remboursée", "Cyr Jamais", "Dan Attend"):
        assert name in str(refusal.value)


def test_shares_whose_refund_stands_in_a_payment_file_are_not_given_back_in_silence(world, session):
    account(world)
    ana = leaver(world, "Ana Remboursée")
    [*_, withdrawn] = share_queries.movements_of(session, ana)
    undone = {"seq": withdrawn.transaction.seq, "effective_on": TODAY, "reason": "Elle revient"}
    file = drafted(world, ana)
    with pytest.raises(RuleBroken) as refusal, world.act() as a:
        shares.reverse(a, **undone)
    [breach] = refusal.value.breaches
    assert (breach.code, breach.field, "Ana Remboursée" in str(breach)) == ("in_another_file", "acknowledged", True)
    with world.act(HELENE) as a:
        service.drop_file(a, file_id=file, reason="Elle revient")
    with world.act() as a:
        shares.reverse(a, **undone)


def test_f11_each_file_has_its_own_number_and_nobody_stands_in_two_that_may_be_executed(world, session):
    account(world)
    ana, ben = leaver(world, "Ana Une"), leaver(world, "Ben Deux")
    first, second = drafted(world, ana), drafted(world, ben)
    files = {banking.get_file(session, one).message_id for one in (first, second)}
    assert len(files) == 2
    with pytest.raises(RuleBroken, match="in_another_file"):
        drafted(world, ana)
    with pytest.raises(IntegrityError):  # the database holds it too
        _stand_in_both(world, first, second)
    with world.act() as a:
        service.drop_file(a, file_id=first, reason="Une erreur")
    assert banking.get_file(session, drafted(world, ana)).state is FileState.DRAFTED


def _stand_in_both(world, *files):
    with world.act() as a:
        lines = a.session.scalars(select(TransferLine).where(TransferLine.file_id.in_(files))).all()
        lines[0].membership_id = lines[1].membership_id


def test_a_second_person_releases_and_what_the_bank_paid_is_booked(world, session):
    account(world)
    ana, ben = leaver(world, "Éloïse D’Œuvre & Fils"), leaver(world, "Ben Deux")
    file = drafted(world, ana, ben)
    with pytest.raises(RuleBroken, match="same_person"), world.act(HELENE) as a:
        service.release_file(a, file_id=file)
    assert banking.waiting_for(session, HELENE, None) == []
    with pytest.raises(RuleBroken, match="file_state"), world.act() as a:
        service.take_file(a, file_id=file)
    [waits] = banking.waiting_for(session, SECOND, None)
    assert waits.params == {"file_id": file}
    with world.act(SECOND) as a:
        service.release_file(a, file_id=file)
        xml = service.take_file(a, file_id=file).decode()
    message = banking.get_file(session, file).message_id
    assert re.findall("<MsgId>(.*?)</MsgId>|<PmtInfId>(.*?)</PmtInfId>", xml) == [(message, ""), ("", message)]
    assert ("Eloise D'OEuvre Fils" in xml, "<CtrlSum>400.00</CtrlSum>" in xml, HERS in xml) == (True, True, True)
    with world.act() as a:
        service.execute_file(a, file_id=file, executed_on=TODAY, failed=[2])
    session.rollback()
    left = queries.accounts_of(session, [ana, ben], TODAY)
    assert (left[ana].repayable, left[ben].repayable) == (0, 200_00)
    assert [line.repaid_seq is None for line in banking.lines_of(session, file)] == [False, True]
    assert statement.lines_of(session, ana)[-1].approved_by == SECOND.pseudonym
    with pytest.raises(RuleBroken, match="file_state"), world.act() as a:
        service.execute_file(a, file_id=file, executed_on=TODAY)
    drafted(world, ben)


def test_the_database_wants_two_persons_and_a_changed_file_is_not_given_out(world, session):
    account(world)
    file = drafted(world, leaver(world, "Ana Une"))
    with pytest.raises(DatabaseError), world.act() as a:
        a.session.execute(text("UPDATE transfer_file SET released_by = drafted_by, state = 'released'"))
    with world.act() as a:
        service.release_file(a, file_id=file)
        a.session.execute(text("UPDATE transfer_file SET content = :c"), {"c": b"<Document/>"})
    session.rollback()
    with pytest.raises(RuleBroken, match="file_altered"), world.act() as a:
        service.take_file(a, file_id=file)
    with pytest.raises(DatabaseError, match="append-only"), world.act() as a:
        a.session.execute(text("UPDATE bank_account SET iban = 'x'"))


def test_the_queue_and_the_whole_account_tell_the_same_story(world, session):
    ana, dan = leaver(world, "Ana Une"), leaver(world, "Dan Attend", withdrawn=False)
    waiting = claims(session, TODAY, _law(world))
    assert {(one.member_id, one.quantity, one.cents, one.since) for one in waiting} == {
        (ana, 0, 200_00, JUNE), (dan, 10, 200_00, JUNE)
    }  # fmt: skip
    assert former.former_page(session, TODAY, limit=1)[0][0].member_id == dan
    lines = statement.lines_of(session, ana)
    assert [line.held for line in lines] == [10, 10, 10, 0, 0]
    assert [line.balances.get(Bucket.REPAYABLE, 0) for line in lines] == [0, 0, 0, 0, 200_00]
    first = statement.story(session, ana, limit=2)
    assert [line.seq for line in first.lines] == [line.seq for line in lines[::-1][:2]]
    assert len(statement.story(session, ana, after=first.next_key).lines) == 3


def _law(world):
    with world.act() as a:
        return a.rulebook


def test_papers_tell_what_is_owed_both_ways_and_hold_a_code_for_phones(world, session):
    account(world)
    ana, lea = leaver(world, "Ana Une"), world.a_member("Léa Doit")
    with world.act() as a:
        shares.subscribe(a, member_id=lea, quantity=2, effective_on=date(2025, 3, 3))
    subscribed(world, lea, 1, paid=False)
    with world.act() as a:
        issued = [
            papers.issue_call_notice(a, member_id=lea), papers.issue_refund_statement(a, member_id=ana),
            papers.issue_year_statement(a, member_id=lea, year=2025),
        ]  # fmt: skip
    call, refund, year = (_html(session, one) for one in issued)
    assert ("PARTS-" in call, "<svg" in call, "60,00" in call) == (True, True, True)
    facts = archive.get_facts(session, issued[0])
    assert facts["account"]["epc"].splitlines()[:4] == ["BCD", "002", "1", "SCT"]
    assert "EUR60.00" in facts["account"]["epc"]
    assert ("200,00" in refund, "CA du 1er juin" in refund) == (True, True)
    assert "Souscription" in year
    known = archive.get_facts(session, issued[2])
    assert [known[when]["shares"] for when in ("before", "after")] == [0, 2]
    told = archive.get_facts(session, issued[1])["reckoning"]
    parts = ("never_paid", "losses", "set_off", "given", "prescribed", "repaid", "owed")
    assert told["nominal"] == sum(told[name] for name in parts)
    with pytest.raises(RuleBroken, match="nothing_called"), world.act() as a:
        papers.issue_call_notice(a, member_id=ana)
    with pytest.raises(RuleBroken, match="year_not_over"), world.act() as a:
        papers.issue_year_statement(a, member_id=ana, year=2026)


def _html(session, document_id):
    document = archive.get_document(session, document_id)
    stamp = {
        "number": 1, "series": document.series, "issued_at": document.issued_at, "facts_sha256": "9f2c41aa" * 8,
    }  # fmt: skip
    facts = archive.get_facts(session, document_id)
    return render_html(f"{document.kind}.html", {**facts, "document": stamp}, language="fr", title=document.title)
