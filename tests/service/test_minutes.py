"""Minutes: facts frozen at the close, prose in versions, two approvals, one issue."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.core.errors import RuleBroken
from coopgov.minutes import queries, service
from coopgov.minutes.events import MinutesIssued
from coopgov.minutes.rules import Signer, State
from coopgov.minutes.verify import verify
from coopgov.printing import archive
from tests.minutes_world import hold
from tests.shares_world import wire


@pytest.fixture
def world(app):
    return wire(app)


@pytest.fixture
def meeting(world, clock):
    return hold(world, clock)


@pytest.fixture
def minutes_id(world, meeting):
    with world.act() as a:
        return service.draft_for(a, assembly_id=meeting.id)


def write(world, meeting, minutes_id, **texts) -> int:
    with world.act(meeting.secretary) as a:
        return service.edit_prose(
            a, minutes_id=minutes_id, texts=texts or {"debates": "Personne n’a demandé la parole."}
        )


def approve(world, minutes_id, actor, as_, **more):
    with world.act(actor) as a:
        return service.approve(a, minutes_id=minutes_id, as_=as_, **more)


def refused(do, *args, **more) -> list[str]:
    with pytest.raises(RuleBroken) as refusal:
        do(*args, **more)
    return [breach.code for breach in refusal.value.breaches]


def test_the_draft_holds_what_happened(meeting, minutes_id, session):
    facts = queries.get_minutes(session, minutes_id).facts
    assert facts["bureau"]["chair"] == {"name": "Alice Martin", "account_id": str(meeting.chair.account_id)}
    assert (facts["presence"]["present"], facts["presence"]["enrolled"]) == (5, 5)
    resolution = facts["resolutions"][0]
    assert (resolution["outcome"], resolution["for"], resolution["against"]) == ("adopted", 4, 1)
    assert facts["incidents"][0]["text"].startswith("Une coupure")
    assert facts["journal"]["lines"] > 5


def test_a_sarl_names_everybody_who_took_part(meeting, minutes_id, session):
    names = [line["name"] for line in queries.get_minutes(session, minutes_id).facts["attendance"]]
    assert sorted(names) == sorted(person.name for person in meeting.people)


def test_an_sa_leaves_the_names_to_the_attendance_sheet_and_tells_its_colleges(world, clock, session):
    meeting = hold(world, clock, ready="scic-sa")
    with world.act() as a:
        minutes_id = service.draft_for(a, assembly_id=meeting.id)
    facts = queries.get_minutes(session, minutes_id).facts
    assert facts["attendance"] == []
    assert facts["signature"]["who"] == "bureau"
    assert [line["for"] for line in facts["resolutions"][0]["colleges"] if line["enrolled"]] == [4]


def test_drafting_twice_gives_the_same_minutes(world, meeting, minutes_id):
    with world.act() as a:
        assert service.draft_for(a, assembly_id=meeting.id) == minutes_id


def test_every_version_of_a_prose_is_kept(world, meeting, minutes_id, session):
    assert write(world, meeting, minutes_id, debates="Un premier jet.") == 1
    assert write(world, meeting, minutes_id, debates="Un premier jet.", remarks="") == 0
    assert write(world, meeting, minutes_id, debates="Mieux dit.") == 1
    texts = [version.text for version in queries.versions_of(session, minutes_id, "debates")]
    assert texts == ["Un premier jet.", "Mieux dit."]


def test_facts_are_not_written_by_hand(world, meeting, minutes_id):
    assert refused(write, world, meeting, minutes_id, result="Adoptée à l’unanimité.") == ["not_a_prose"]


def test_nobody_overwrites_what_she_has_not_read(world, meeting, minutes_id, session):
    read = queries.get_minutes(session, minutes_id).content_hash
    session.rollback()
    write(world, meeting, minutes_id)
    with pytest.raises(RuleBroken) as refusal, world.act(meeting.secretary) as a:
        service.edit_prose(a, minutes_id=minutes_id, texts={"debates": "Autre chose."}, based_on=read)
    assert refusal.value.breaches[0].code == "minutes_changed"


def test_both_approve_the_same_text_then_it_is_issued(world, meeting, minutes_id, session):
    write(world, meeting, minutes_id)
    assert approve(world, minutes_id, meeting.secretary, Signer.SECRETARY) is None
    document_id = approve(world, minutes_id, meeting.chair, Signer.CHAIR)
    minutes = queries.get_minutes(session, minutes_id)
    assert (minutes.state, minutes.document_id) == (State.ISSUED, document_id)
    document = archive.get_document(session, document_id)
    assert (document.series, document.number, document.about) == ("minutes", 1, f"assembly:{meeting.id}")
    facts = archive.get_facts(session, document_id)
    assert {approval["signer"] for approval in facts["approvals"]} == {"secretary", "chair"}
    assert facts["prose"]["debates"] == ["Personne n’a demandé la parole."]
    assert list(verify(session)) == []


def test_the_issue_is_told(world, meeting, minutes_id, monkeypatch):
    write(world, meeting, minutes_id)
    approve(world, minutes_id, meeting.secretary, Signer.SECRETARY)
    heard = []
    with world.act(meeting.chair) as a:
        object.__setattr__(a, "publish", heard.append)
        document_id = service.approve(a, minutes_id=minutes_id, as_=Signer.CHAIR)
    assert heard == [MinutesIssued(minutes_id, meeting.id, document_id)]


def test_an_approval_falls_when_the_text_changes(world, meeting, minutes_id, session):
    write(world, meeting, minutes_id)
    approve(world, minutes_id, meeting.secretary, Signer.SECRETARY)
    write(world, meeting, minutes_id, debates="Autrement.")
    assert approve(world, minutes_id, meeting.chair, Signer.CHAIR) is None
    assert queries.get_minutes(session, minutes_id).signers_left == [Signer.SECRETARY]


def test_only_who_held_the_office_approves_and_nobody_twice(world, meeting, minutes_id):
    write(world, meeting, minutes_id)
    assert refused(approve, world, minutes_id, meeting.secretary, Signer.CHAIR) == ["not_the_signer"]
    approve(world, minutes_id, meeting.chair, Signer.CHAIR)
    assert refused(approve, world, minutes_id, meeting.chair, Signer.CHAIR) == ["approved_already"]
    assert "same_signer_twice" in refused(approve, world, minutes_id, meeting.chair, Signer.SECRETARY)


def test_nothing_is_approved_before_the_debates_are_told(world, meeting, minutes_id):
    assert refused(approve, world, minutes_id, meeting.chair, Signer.CHAIR) == ["debates_missing"]


def test_what_was_read_is_what_is_approved(world, meeting, minutes_id):
    write(world, meeting, minutes_id)
    assert refused(approve, world, minutes_id, meeting.chair, Signer.CHAIR, content_hash="0" * 64) == [
        "minutes_changed"
    ]


def test_final_minutes_are_never_changed(world, meeting, minutes_id):
    write(world, meeting, minutes_id)
    approve(world, minutes_id, meeting.secretary, Signer.SECRETARY)
    approve(world, minutes_id, meeting.chair, Signer.CHAIR)
    assert refused(write, world, meeting, minutes_id, debates="Non.") == ["minutes_are_final"]
    assert refused(approve, world, minutes_id, meeting.chair, Signer.CHAIR) == ["minutes_are_final"]


@pytest.mark.parametrize("table", ["minutes", "minutes_prose", "minutes_approval", "minutes_issue"])
def test_the_database_refuses_to_rewrite_minutes(world, meeting, minutes_id, table):
    write(world, meeting, minutes_id)
    approve(world, minutes_id, meeting.secretary, Signer.SECRETARY)
    approve(world, minutes_id, meeting.chair, Signer.CHAIR)
    with pytest.raises(DatabaseError, match="append-only"), world.act() as a:
        a.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own table names


def test_minutes_wait_for_who_writes_then_for_who_approves(world, app, meeting, minutes_id, session, clock):
    def waiting(actor):
        session.rollback()
        with app.test_request_context():
            return [found.endpoint for found in queries.waiting_for(session, actor, clock.now)]

    assert waiting(meeting.secretary) == ["minutes.edit"]
    assert waiting(meeting.chair) == []
    write(world, meeting, minutes_id)
    assert waiting(meeting.secretary) == waiting(meeting.chair) == ["minutes.show"]
    approve(world, minutes_id, meeting.chair, Signer.CHAIR)
    assert waiting(meeting.chair) == []
    assert waiting(meeting.people[2]) == []
