"""Convening freezes the roll and the texts, seals the votes, and leaves the evidence of each notice."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from coopgov.assemblies import queries
from coopgov.assemblies.models import Convocation
from coopgov.assemblies.rules import AssemblyKind, NoticeChannel, State
from coopgov.ballots import queries as ballots
from coopgov.core.journal import entries_about
from coopgov.core.outbox import messages_about
from coopgov.members import service as members
from coopgov.printing import archive
from coopgov.statutes.ready import ready_set
from tests.assemblies_world import HELD_AT, wire


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found(without_consent=3)
    return found


def test_an_assembly_is_planned_only_while_its_notice_can_leave_in_time(world):
    soon = world.clock.now + timedelta(days=15)
    assert world.plan(held_at=soon)
    assert world.refused(
        "plan", kind=AssemblyKind.ORDINARY, held_at=soon - timedelta(days=1), place="Valence", remote_vote=True
    ) == ["notice_too_short"]  # fmt: skip


def test_convening_freezes_the_roll_and_seals_each_vote(world):
    assembly_id = world.convened(texts=2)
    assembly = queries.get_assembly(world.session, assembly_id)
    assert (assembly.state, assembly.enrolled) == (State.CONVENED, 20)
    assert assembly.roll_hash == ballots.get_roll(world.session, assembly.roll_id).hash
    assert assembly.remote_closes_at == datetime.fromisoformat("2027-01-14T14:00:00+00:00")
    items = queries.agenda(world.session, assembly_id)
    scrutins = ballots.get_scrutins(world.session, [item.scrutin_id for item in items])
    assert {s.subject_hash for s in scrutins.values()} == {item.subject_hash for item in items}
    assert all(s.window.closes_at == assembly.remote_closes_at for s in scrutins.values())


def test_each_member_is_convened_by_the_channel_accepted_in_time(world):
    assembly_id = world.convened()
    counted = queries.count_by_channel(world.session, assembly_id)
    assert counted == {NoticeChannel.EMAIL: 17, NoticeChannel.LETTER: 3, NoticeChannel.REGISTERED_LETTER: 0}
    about = f"assembly:{assembly_id}"
    mails = messages_about(world.session, about, "assembly.notice")
    assert len(mails) == 17
    assert "Alix Membre00" in next(m for m in mails if m.to_address == "m0@exemple.fr").body
    assert all("\ue000" not in mail.body for mail in mails)
    letters = archive.documents_about(world.session, about, kind="letter")
    assert {letter.owner for letter in letters} == {f"member:{world.ids[n]}" for n in (17, 18, 19)}


def test_who_agreed_too_late_receives_a_letter(world):
    assembly_id = world.plan()
    with world.act() as a:
        members.give_email_consent(a, member_id=world.ids[19], on=a.today, proof="formulaire")
    world.do("convene", assembly_id=assembly_id)  # 52 days before: in time
    assert queries.count_by_channel(world.session, assembly_id)[NoticeChannel.EMAIL] == 18
    late = world.plan(held_at=world.clock.now + timedelta(days=30))
    world.do("convene", assembly_id=late)  # 30 days before: later than the 35 days asked for
    assert queries.count_by_channel(world.session, late)[NoticeChannel.EMAIL] == 17


def test_the_notice_carries_roll_and_journal(world):
    assembly_id = world.convened()
    [notice] = archive.documents_about(world.session, f"assembly:{assembly_id}", kind="notice")
    facts = archive.get_facts(world.session, notice.id)
    assert facts["roll_hash"] == queries.get_assembly(world.session, assembly_id).roll_hash
    assert len(facts["journal_hash"]) == 64
    assert facts["notice_days"]["value"] == 15
    assert facts["proxies"]["value"] == 1
    assert [document.kind for document in archive.documents_about(world.session, f"assembly:{assembly_id}")].count(
        "proxy_form"
    ) == 1


def test_an_empty_agenda_or_a_late_notice_leaves_no_trace(world):
    assembly_id = world.plan(texts=0)
    assert world.refused("convene", assembly_id=assembly_id) == ["agenda_empty"]
    world.do("add_text_item", assembly_id=assembly_id, title="Une résolution", text="L’assemblée décide.")
    world.clock.now = HELD_AT - timedelta(days=14)
    assert world.refused("convene", assembly_id=assembly_id) == ["notice_too_short"]
    assert queries.get_assembly(world.session, assembly_id).state is State.PLANNED
    assert messages_about(world.session, f"assembly:{assembly_id}", "assembly.notice") == []


def test_nothing_of_a_convened_assembly_can_be_changed(world):
    assembly_id = world.convened()
    [item] = world.items(assembly_id)
    assert world.refused("convene", assembly_id=assembly_id) == ["not_from_this_state"]
    assert world.refused("remove_item", item_id=item) == ["already_convened"]
    assert world.refused("add_text_item", assembly_id=assembly_id, title="x", text="y") == ["already_convened"]
    with pytest.raises(DatabaseError, match="append-only"), world.act() as a:
        a.session.execute(text("UPDATE convocation SET sent_on = '2020-01-01'"))


def test_the_agenda_is_written_moved_and_reworded_until_then(world):
    assembly_id = world.plan(texts=3)
    first, second, third = world.items(assembly_id)
    world.do("move_item", item_id=third, up=True)
    world.do("remove_item", item_id=first)
    world.do("revise_item", item_id=second, title="Deuxième", text="Autrement.")
    found = queries.agenda(world.session, assembly_id)
    assert [(item.position, item.id) for item in found] == [(1, third), (2, second)]
    assert found[1].title == "Deuxième"


def test_the_accounts_are_those_of_the_last_year_that_is_closed(world):
    assembly_id = world.plan(texts=0)
    world.do("add_accounts_item", assembly_id=assembly_id)
    [item] = queries.agenda(world.session, assembly_id)
    assert item.title == "Approbation des comptes de l’exercice clos le 31 décembre 2025 et quitus"
    assert "quitus aux administrateurs" in item.text


def test_one_line_of_the_journal_tells_of_the_convening(world):
    assembly_id = world.convened()
    lines = [
        entry for entry in entries_about(world.session, f"assembly:{assembly_id}") if entry.kind == "assembly.convened"
    ]
    assert [(line.payload["by_mail"], line.payload["by_letter"]) for line in lines] == [(17, 3)]


def test_a_cancelled_assembly_tells_those_it_had_convened(world):
    assembly_id = world.convened()
    world.do("cancel", assembly_id=assembly_id, reason="La salle a brûlé.")
    assert queries.get_assembly(world.session, assembly_id).state is State.CANCELLED
    mails = messages_about(world.session, f"assembly:{assembly_id}", "assembly.cancelled")
    assert len(mails) == 17
    assert "La salle a brûlé." in mails[0].body


def test_beyond_three_hundred_letters_one_list_is_printed(app, clock):
    world = wire(app, clock)
    world.found(count=320, without_consent=310)
    assembly_id = world.convened()
    kinds = [document.kind for document in archive.documents_about(world.session, f"assembly:{assembly_id}")]
    assert kinds.count("letter") == 0
    assert kinds.count("letter_list") == 1
    rows = world.session.scalar(
        select(func.count()).select_from(Convocation).where(Convocation.assembly_id == assembly_id)
    )
    assert rows == 320
    assert world.session.scalars(select(Convocation.sent_on).distinct()).all() == [date(2026, 11, 24)]


def test_papers_say_what_is_true_of_the_form_of_the_company(app, clock):
    world = wire(app, clock)
    world.found("scic-sa", count=8)
    about = f"assembly:{world.convened()}"
    [notice] = archive.documents_about(world.session, about, kind="notice")
    [form] = archive.documents_about(world.session, about, kind="proxy_form")
    colleges = archive.get_facts(world.session, notice.id)["colleges"]
    assert [college["weight"] for college in colleges] == ["2/5", "1/5", "1/5", "1/5"]
    assert archive.get_facts(world.session, form.id)["who_holds"] == "member_spouse_or_partner"


@pytest.mark.parametrize(
    ("channel", "told"), [("email", "comme le prévoient les statuts"), ("letter", "vous l’avez accepté")]
)
def test_a_mail_says_why_it_is_one(app, clock, monkeypatch, channel, told):
    text_of = ready_set("scop-sas")
    own = replace(text_of.figures["assembly.channel.without_consent"], value=channel)
    by_statutes = replace(text_of, figures={**text_of.figures, "assembly.channel.without_consent": own})
    monkeypatch.setattr("tests.assemblies_world.ready_set", lambda _name: by_statutes)
    world = wire(app, clock)
    world.found(count=3)
    about = f"assembly:{world.convened()}"
    assert all(told in mail.body for mail in messages_about(world.session, about, "assembly.notice"))
