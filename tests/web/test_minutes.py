"""The pages of minutes, from the draft to the archived paper."""

import pytest

from coopgov.minutes import queries, service
from coopgov.minutes.rules import Signer, State
from tests.minutes_world import hold, sign_in
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


def read(session, minutes_id):
    session.rollback()
    return queries.get_minutes(session, minutes_id)


def save(client, minutes_id, session, **texts):
    based_on = read(session, minutes_id).content_hash
    return client.post(f"/minutes/{minutes_id}/edit", data={"based_on": based_on, **texts})


def approve(client, minutes_id, session, signer):
    data = {"content_hash": read(session, minutes_id).content_hash, "signer": signer}
    return client.post(f"/minutes/{minutes_id}/approval", data=data)


def test_minutes_go_from_draft_to_archived_paper(client, world, meeting, minutes_id, session):
    sign_in(client, world, meeting.secretary)
    page = client.get(f"/minutes/{minutes_id}/edit").text
    assert "Une coupure de courant" in page
    assert "Résumé des débats" in page
    assert save(client, minutes_id, session, debates="Débat nourri.", debate_1="Une question.").status_code == 303
    assert approve(client, minutes_id, session, "secretary").status_code == 303
    sign_in(client, world, meeting.chair)
    assert "Approuver ce texte au titre de la présidence" in client.get(f"/minutes/{minutes_id}").text
    assert approve(client, minutes_id, session, "chair").status_code == 303
    page = client.get(f"/minutes/{minutes_id}").text
    assert f"/documents/{read(session, minutes_id).document_id}.pdf" in page
    assert "signature électronique avancée" in page


def test_a_member_sees_minutes_only_once_they_are_final(client, world, meeting, minutes_id, session):
    sign_in(client, world, meeting.people[2])
    assert client.get(f"/minutes/{minutes_id}").status_code == 404
    assert str(minutes_id) not in client.get("/minutes/").text
    assert client.get(f"/minutes/{minutes_id}/edit").status_code == 403
    _issue(world, meeting, minutes_id)
    assert client.get(f"/minutes/{minutes_id}").status_code == 200
    assert str(minutes_id) in client.get("/minutes/").text


def test_a_refused_approval_says_why_on_the_same_page(client, world, meeting, minutes_id, session):
    sign_in(client, world, meeting.chair)
    answer = approve(client, minutes_id, session, "chair")
    assert answer.status_code == 422
    assert "Le résumé des débats manque" in answer.text


def test_a_text_written_meanwhile_is_not_overwritten(client, world, meeting, minutes_id, session):
    sign_in(client, world, meeting.secretary)
    answer = client.post(f"/minutes/{minutes_id}/edit", data={"based_on": "0" * 64, "debates": "À moi."})
    assert answer.status_code == 422
    assert "À moi." in answer.text
    assert read(session, minutes_id).state is State.TO_WRITE


def test_final_minutes_have_no_editor(client, world, meeting, minutes_id, session):
    _issue(world, meeting, minutes_id)
    sign_in(client, world, meeting.secretary)
    assert client.get(f"/minutes/{minutes_id}/edit").status_code == 303
    assert save(client, minutes_id, session, debates="Non.").status_code == 422


def test_older_minutes_are_reached_by_a_key_and_a_bad_key_is_nothing(client, world, meeting, minutes_id):
    sign_in(client, world, meeting.secretary)
    key = {"held_at": "2000-01-01T00:00:00+00:00", "id": str(minutes_id)}
    assert f'href="/minutes/{minutes_id}"' in client.get("/minutes/").text
    assert f'href="/minutes/{minutes_id}"' not in client.get("/minutes/", query_string=key).text
    assert client.get("/minutes/", query_string={**key, "held_at": "x"}).status_code == 404


def _issue(world, meeting, minutes_id):
    with world.act(meeting.secretary) as a:
        service.edit_prose(a, minutes_id=minutes_id, texts={"debates": "Rien."})
    for actor, signer in ((meeting.secretary, Signer.SECRETARY), (meeting.chair, Signer.CHAIR)):
        with world.act(actor) as a:
            service.approve(a, minutes_id=minutes_id, as_=signer)
