"""A certificate tells a stranger whether it still holds; a night's proof names what does not, and proposes a repair."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from coopgov.core.errors import RuleBroken
from coopgov.core.journal import Fault
from coopgov.printing import archive
from coopgov.registers import beside, documents, proving, queries, service, verify
from coopgov.registers.invariants import INVARIANTS, Repair, Store, anomaly_of, broken
from coopgov.registers.rules import CODES_PER_NETWORK, Standing
from coopgov.registers.verify import check_held, read_heads
from coopgov.shares import queries as share_queries
from coopgov.shares import service as shares
from coopgov.treasury import service as treasury
from tests.service.tampering import by_hand
from tests.shares_world import wire


@pytest.fixture
def world(app):
    made = wire(app)
    handlers = app.extensions["coopgov.runtime"].handlers
    handlers[shares_event()] = [service.on_certificate_issued]
    made.found()
    return made


def shares_event():
    from coopgov.shares.events import CertificateIssued  # noqa: PLC0415 - one name

    return CertificateIssued


def certify(world, member_id, on):
    """A new certificate, and the code that stands on it."""
    with world.act() as a:
        document_id = treasury.issue_certificate(a, member_id=member_id, on=on)
        facts = archive.get_facts(a.session, document_id)
    return facts["verify_url"].rpartition("/")[2]


def test_a_certificate_holds_until_a_newer_one_or_a_movement(world, session, clock):
    member = world.a_member("Marie-Thérèse d’Haïti")
    with world.act() as a:
        shares.subscribe(a, member_id=member, quantity=3, effective_on=a.today)
    today = date(2026, 11, 24)
    first = certify(world, member, today)
    told = queries.find_certificate(session, first, today)
    assert (told.standing, told.quantity, told.on) == (Standing.VALID, 3, today)
    clock.forward(hours=1)
    second = certify(world, member, today)
    assert queries.find_certificate(session, first, today).standing is Standing.SUPERSEDED
    assert queries.find_certificate(session, second, today).standing is Standing.VALID
    with world.act() as a:
        shares.subscribe(a, member_id=member, quantity=1, effective_on=a.today)
    assert queries.find_certificate(session, second, today).standing is Standing.SUPERSEDED
    assert queries.find_certificate(session, second[:-1] + "x", today) is None


def test_the_public_page_tells_no_name_and_answers_wrong_codes_alike(world, client, clock):
    member = world.a_member("Marie-Thérèse d’Haïti")
    with world.act() as a:
        shares.subscribe(a, member_id=member, quantity=3, effective_on=a.today)
    code = certify(world, member, date(2026, 11, 24))
    # Another network for each engine: the tries are counted in this process.
    client.environ_base["REMOTE_ADDR"] = f"192.0.{client.application.extensions['coopgov.config'].is_sqlite + 2}.1"
    page = client.get(f"/verify/{code}")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Haïti" not in page.text
    # None of its letters stands in a token that is drawn by lot.
    wrong = {one: client.get(f"/verify/{one}") for one in ("~~", "~~" * 11, "~~" * 250)}
    assert len({(answer.status_code, answer.text.replace(one, "")) for one, answer in wrong.items()}) == 1
    for _try in range(CODES_PER_NETWORK.most):
        client.get("/verify/y")
    assert client.get(f"/verify/{code}").status_code == 429
    clock.forward(hours=2)
    assert client.get(f"/verify/{code}").status_code == 200


def test_a_proof_is_kept_and_lets_the_attestation_be_issued(world, app, session, clock, tmp_path):
    with pytest.raises(RuleBroken, match="not_proved"), world.act() as a:
        service.attest(a)
    with app.test_request_context():
        proving.prove(session, tmp_path, world.act)
        assert not proving.is_due(session, clock.now)
        proof = queries.find_last_proof(session)
        assert (proof.faults, proof.anomalies) == (0, ())
        with world.act() as a:
            paper = service.attest(a)
    facts = archive.get_facts(session, paper)
    assert len(facts["invariants"]) == len(INVARIANTS)
    assert any("coopgov verify --head" in line for line in facts["heads"])
    clock.forward(hours=25)
    assert proving.is_due(session, clock.now)
    with pytest.raises(RuleBroken, match="not_proved"), world.act() as a:
        service.attest(a)


def test_the_proof_of_a_night_is_due_from_two_o_clock_in_paris(session):
    assert not proving.is_due(session, datetime(2026, 7, 1, 23, 59, tzinfo=UTC))
    assert proving.is_due(session, datetime(2026, 7, 2, 0, 0, tzinfo=UTC))


def test_an_anomaly_is_named_by_what_it_breaks_with_a_repair():
    cases = [
        (Store.SHARES, Fault("share_tx 7", "a holding falls below zero after it"), "never_below_zero", Repair.REVERSE),
        (Store.SHARES, Fault("share_tx 7", "its content does not give its hash"), "chain", Repair.RESTORE),
        (Store.CAPITAL, Fault(f"member {'0' * 36}", "on 2026 shares and money differ by 5"), "tie", Repair.COMPARE),
        (Store.DOCUMENTS, Fault("document x 1", "its archived file is missing"), "papers", Repair.RESTORE),
    ]
    found = [anomaly_of(store, fault) for store, fault, _code, _repair in cases]
    assert [(one.invariant.code, one.repair) for one in found] == [(code, repair) for *_rest, code, repair in cases]
    assert found[0].seq == 7
    assert {code for code, anomalies in broken(found).items() if anomalies} == {code for *_rest, code, _repair in cases}


def test_a_line_that_no_guard_would_let_in_is_proved_wrong(world, session, app, tmp_path):
    """The trigger is taken away, as somebody with the keys of the database could."""
    member = world.a_member()
    with world.act() as a:
        shares.subscribe(a, member_id=member, quantity=3, effective_on=a.today)
    with world.act() as a:
        postgresql = a.session.get_bind().dialect.name == "postgresql"
        off = "DROP TRIGGER share_lot_no_update" + (" ON share_lot" if postgresql else "")
        a.session.execute(text(off))
        a.session.execute(text("UPDATE share_lot SET issue_unit_cents = 1"))
    with app.test_request_context():
        proving.prove(session, tmp_path, world.act)
        found = broken(queries.find_last_proof(session).anomalies)
    [lot] = found["lots"]
    assert (lot.repair, lot.seq) == (Repair.REVERSE, 1)
    with world.act() as a:
        [draft] = service.draft_repair(a, seq=1, reason="prix du lot")
    assert share_queries.shares_held(session, member_id=member, on=date(2026, 11, 24)) == 3
    assert draft is not None


def test_a_cut_tail_is_found_against_a_printed_head(world, session):
    member = world.a_member()
    with world.act() as a:
        shares.subscribe(a, member_id=member, quantity=3, effective_on=a.today)
    held = read_heads(documents.heads_now(session).written)
    assert check_held(session, held) == []
    longer = {"parts": type(held["parts"])(2, "0" * 64), "argent": type(held["parts"])(1, "0" * 64)}
    told = {fault.where: fault.what for fault in check_held(session, longer)}
    assert told["share_tx 2"] == "the book is shorter than the head you hold"
    assert told["capital_tx 1"] == "its hash is not that of the head you hold"
    with pytest.raises(ValueError, match="livre"):
        read_heads(f"livre=1:{'0' * 64}")


def subscribed(world):
    """A member with three shares."""
    member = world.a_member()
    with world.act() as a:
        shares.subscribe(a, member_id=member, quantity=3, effective_on=a.today)


def test_a_leg_of_another_day_of_no_line_or_of_nobody_is_found(world, session, tmp_path):
    subscribed(world)
    subscribed(world)
    nobody = "0" * 31 + "9"
    for leg in ("share_leg", "capital_leg"):
        by_hand(
            f"UPDATE {leg} SET effective_on = '2026-01-01' WHERE tx_seq = 1 AND line = 1",  # noqa: S608 - our own names
            f"UPDATE {leg} SET tx_seq = 9 WHERE tx_seq = 1 AND line = 2",  # noqa: S608 - the same
            f"UPDATE {leg} SET membership_id = '{nobody}' WHERE tx_seq = 2 AND membership_id IS NOT NULL",  # noqa: S608 - the same
        )
    told = [fault.where for fault in verify.verify_all(session, tmp_path) if "of another day" in fault.what]
    assert told == [f"{book} {seq}" for book in ("share_tx", "capital_tx") for seq in (1, 2, 9)]


def test_long_books_are_proved_by_two_processes_that_find_what_one_finds(world, session, tmp_path, monkeypatch):
    subscribed(world)
    by_hand(
        "UPDATE capital_leg SET cents = cents + 1",
        "UPDATE share_leg SET unit_cents = unit_cents + 1",
        "UPDATE membership SET status = 'former'",
    )
    alone = verify.reports(session, tmp_path)
    monkeypatch.setattr(beside, "LARGE", 1)
    asked, answer = [], beside._answer
    monkeypatch.setattr(beside, "_answer", lambda second: asked.append(answer(second)) or asked[0])
    assert verify.reports(session, tmp_path) == alone
    assert {store: bool(faults) for store, faults in asked[0].items()} == {Store.CAPITAL: True}
    # Where the second process cannot tell, the first one does it all.
    monkeypatch.setattr(beside, "_answer", lambda _second: {})
    assert verify.reports(session, tmp_path) == alone
