"""What only people can judge: without a reason nothing is done; with one, it stays in the journal and the minutes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from coopgov.accounts import queries as accounts
from coopgov.accounts import service as account_service
from coopgov.assemblies import queries, service
from coopgov.assemblies.rules import State
from coopgov.core import journal, judgements
from coopgov.core.errors import RuleBroken
from coopgov.core.policy import Role
from coopgov.members import service as members
from coopgov.members.rules import Application, Category, PartyKind, Person, Reach
from coopgov.proposals import queries as proposals
from coopgov.proposals import service as proposal_service
from coopgov.shares import queries as shares
from coopgov.shares import service as share_service
from tests.assemblies_world import wire

TODAY = date(2026, 11, 24)
WHY = "Relu : la résolution ne touche ni aux statuts ni à l’exclusion."
JUDGED = {"competence-1": WHY, "doubts": "Articles relus.", "convenor": "Conseil du 20 novembre 2026."}


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found()
    return found


def codes(caught):
    return [(breach.code, breach.field) for breach in caught.value.breaches]


def kept(session):
    return session.scalar(select(func.count()).select_from(judgements.Judgement))


def test_without_a_reason_nothing_is_convened_and_nothing_kept(world):
    assembly_id = world.plan()
    before = journal.head(world.session)
    for reasons in ({}, {"competence-1": " "}, {**JUDGED, "doubts": ""}, {**JUDGED, "doubts": "é" * 1001}):
        with pytest.raises(RuleBroken) as refusal:
            world.do("convene", assembly_id=assembly_id, reasons=reasons)
        assert ("not_judged", "reason_doubts") in codes(refusal) or codes(refusal) == [
            ("judgement_too_long", "reason_doubts")
        ]
    assert queries.get_assembly(world.session, assembly_id).state is State.PLANNED
    assert (kept(world.session), journal.head(world.session)) == (0, before)


def test_what_was_judged_stays_in_the_journal_and_comes_into_the_minutes(world):
    assembly_id = world.plan()
    with world.act(world.actor(1)) as a:
        service.convene(a, assembly_id=assembly_id, reasons=JUDGED)
    about = f"assembly:{assembly_id}"
    found = {judged.code: judged for judged in judgements.judged_about(world.session, about)}
    assert found.keys() == JUDGED.keys()
    assert found["competence-1"].sentence.startswith("La résolution 1, « Résolution 1 », est un texte libre")
    assert found["competence-1"].by == str(world.account(1))
    [line] = [entry for entry in journal.entries_about(world.session, about) if entry.kind == "assembly.convened"]
    assert {one["code"]: one["reason"] for one in line.payload["judged"]} == JUDGED
    told = {one["reason"]: one["by"] for one in queries.minutes_facts(world.session, assembly_id)["judgements"]}
    assert told == dict.fromkeys(JUDGED.values(), "Alix Membre01")
    assert list(judgements.verify(world.session)) == []


@pytest.mark.parametrize("statement", ["UPDATE judgement SET reason = 'x'", "DELETE FROM judgement"])
def test_a_judgement_is_never_rewritten(world, statement):
    world.convened()
    with pytest.raises(DatabaseError, match="append-only"), world.act() as a:
        a.session.execute(text(statement))


def test_no_reason_convenes_too_late(world):
    assembly_id = world.plan()
    world.forward(days=40)
    with pytest.raises(RuleBroken) as refusal:
        world.do("convene", assembly_id=assembly_id, reasons={**JUDGED, "notice_too_short": WHY})
    assert codes(refusal) == [("notice_too_short", "held_on")]


def test_a_mandate_is_given_once_it_was_judged(world):
    with world.act() as a:
        stranger = account_service.create_account(a, email="eve@exemple.fr", name="Eve Dupuis")
    asked = {
        "account_id": stranger, "role": Role.BOARD, "from_day": TODAY, "until_day": date(2030, 11, 24),
        "decision": "AG du 20 novembre",
    }  # fmt: skip
    for refused, reasons, code in (
        ({}, {}, "not_judged"),
        ({"until_day": None}, {"member": WHY}, "mandate_without_end"),
        ({"until_day": date(2032, 11, 25)}, {"member": WHY}, "mandate_too_long"),
    ):
        with pytest.raises(RuleBroken) as refusal, world.act() as a:
            members.give_office(a, reasons=reasons, **{**asked, **refused})
        assert codes(refusal)[0][0] == code
    assert accounts.list_mandates(world.session, stranger) == []
    with world.act() as a:
        members.give_office(a, reasons={"member": WHY}, **asked)
    assert [mandate.role for mandate in accounts.list_mandates(world.session, stranger)] == [Role.BOARD]
    [judged] = judgements.judged_about(world.session, f"account:{stranger}")
    assert (judged.code, judged.reason) == ("member", WHY)


def test_a_subscription_beyond_the_hundredth_member_is_taken_once_it_was_judged(app, clock):
    world = wire(app, clock)
    world.found("scop-sarl", 100)
    with world.act() as a:
        candidate = members.apply(a, application=application())
    asked = share_service.Asked(candidate, 4, TODAY, is_conditional=True)
    with pytest.raises(RuleBroken) as refusal, world.act() as a:
        share_service.record(a, asked, {})
    assert codes(refusal) == [("not_judged", "reason_admission")]
    assert shares.capital_on(world.session, TODAY) == 0
    with world.act() as a:
        seq = share_service.record(a, asked, {"admission": "Un associé part le 30 novembre."})
    [judged] = judgements.judged_about(world.session, f"share-tx:{seq}")
    assert "au plus 100 " in judged.sentence


def application():
    return Application(
        person=Person(PartyKind.PERSON, "Arnaud", "Clémence"), craft="", category=Category.EMPLOYED,
        reach=Reach("c@exemple.fr", "", ("3 rue des Lilas",), "26000", "Die"), shares_wished=4, accepts_statutes=True,
    )  # fmt: skip


def test_the_board_brings_a_proposal_that_changes_no_fee_once_it_was_judged(world):
    author = world.ids[5]
    with world.act() as a:
        plain = proposal_service.draft(a, author_id=author, title="Un atelier", reasons="Parce que.", changes={})
        proposal_service.submit(a, proposal_id=plain, author_id=author)
    with pytest.raises(RuleBroken) as refusal, world.act() as a:
        proposal_service.bring(a, proposal_id=plain)
    assert codes(refusal) == [("not_judged", "reason_competence")]
    with world.act() as a:
        proposal_service.bring(a, proposal_id=plain, reasons={"competence": WHY})
    assert proposals.get_proposal(world.session, plain).brought_at
    assert [one.reason for one in judgements.judged_about(world.session, f"proposal:{plain}")] == [WHY]


def test_a_proposal_that_was_withdrawn_since_keeps_the_notice_back(world):
    author = world.ids[5]
    with world.act() as a:
        plain = proposal_service.draft(a, author_id=author, title="Un atelier", reasons="Parce que.", changes={})
        proposal_service.submit(a, proposal_id=plain, author_id=author)
    assembly_id = world.plan(texts=0, held_at=world.clock.now + timedelta(days=30))
    world.do("add_proposal_item", assembly_id=assembly_id, proposal_id=plain)
    with world.act() as a:
        proposal_service.withdraw(a, proposal_id=plain, author_id=author)
    assert world.refused("convene", assembly_id=assembly_id) == ["proposal_not_debated"]
