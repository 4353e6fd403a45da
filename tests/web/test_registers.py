"""Archived documents as they are served, and the page that checks everything again."""

import hashlib

import pytest

from coopgov.core.dates import paris_day
from coopgov.printing import archive
from coopgov.printing.sheets import XLSX_TYPE
from tests.minutes_world import enrol, sign_in
from tests.shares_world import wire

FACTS = {
    "cooperative": {"name": "Coop", "legal_form": "SCOP", "seat": "Valence", "capital": None, "siren": None,
                    "registry": None},
}  # fmt: skip


@pytest.fixture
def world(app):
    found = wire(app)
    found.found()
    return found


@pytest.fixture
def people(world):
    return enrol(world)


def issue(world, owner=""):
    paper = archive.Paper(
        kind="specimen", series="specimen", about="thing:1", title="Un papier", template="x.html", facts=FACTS,
        owner=owner,
    )  # fmt: skip
    with world.act() as a:
        return archive.issue(a, paper)


def archived(world, document_id, data=b"%PDF-1.7 specimen"):
    """Archive bytes for a document as the printer does, without the printer."""
    folder = world.app.extensions["coopgov.config"].documents_dir
    sha256 = hashlib.sha256(data).hexdigest()
    archive._store(folder, data)
    with world.act() as a:
        rendered = archive.RenderedDocument(
            document_id=document_id, sha256=sha256, size=len(data), rendered_at=a.now
        )  # fmt: skip
        a.session.add(rendered)
    return archive.path_of(folder, sha256)


def test_a_document_is_served_as_it_was_archived(client, world, people):
    document_id = issue(world)
    archived(world, document_id)
    sign_in(client, world, people[1][2])
    answer = client.get(f"/documents/{document_id}.pdf")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"%PDF-1.7 specimen", "application/pdf")
    assert answer.headers["Content-Disposition"] == "inline; filename=specimen-1.pdf"
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'
    again = client.get(f"/documents/{document_id}.pdf", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_persons_own_paper_leaves_no_copy_behind(client, world, people):
    document_id = issue(world, f"member:{people[0][2]}")
    archived(world, document_id)
    sign_in(client, world, people[1][2])
    answer = client.get(f"/documents/{document_id}.pdf")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in answer.headers


def test_a_document_not_printed_yet_asks_to_wait(client, world, people):
    document_id = issue(world)
    sign_in(client, world, people[1][2])
    answer = client.get(f"/documents/{document_id}.pdf")
    assert answer.status_code == 503
    assert answer.headers["Refresh"] == answer.headers["Retry-After"] == "3"
    assert "en préparation" in answer.text


def test_a_document_that_changed_on_disk_is_not_shown(client, world, people):
    document_id = issue(world)
    path = archived(world, document_id)
    sign_in(client, world, people[1][0])
    path.write_bytes(b"%PDF-1.7 another")
    assert "endommagé" in client.get(f"/documents/{document_id}.pdf").text
    path.unlink()
    assert client.get(f"/documents/{document_id}.pdf").status_code == 500


def test_a_paper_of_one_member_is_not_there_for_another(client, world, people):
    ids, actors = people
    for owner in (f"member:{ids[2]}", str(actors[2].account_id)):
        document_id = issue(world, owner)
        for actor, status in ((actors[2], 503), (actors[3], 404), (actors[1], 503)):
            sign_in(client, world, actor)
            assert client.get(f"/documents/{document_id}.pdf").status_code == status


def test_nobody_reads_a_paper_without_signing_in(client, world):
    assert client.get(f"/documents/{issue(world)}.pdf").status_code == 303


def test_the_register_is_for_offices_and_goes_by_pages(client, world, people, session):
    for _ in range(3):
        issue(world)
    sign_in(client, world, people[1][2])
    assert client.get("/documents/").status_code == 403
    sign_in(client, world, people[1][0])
    assert client.get("/documents/").text.count("Un papier") == 3
    assert client.get("/documents/", query_string={"kind": "minutes"}).text.count("Un papier") == 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_register_leaves_as_a_file_that_says_what_it_is(client, world, people, kind):
    sign_in(client, world, people[1][0])
    told = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX_TYPE}[kind]
    with client.get(f"/registers/members.{kind}") as answer:
        assert (answer.status_code, answer.content_type) == (200, told)


def test_integrity_says_that_all_is_sound(client, world, people, clock):
    issue(world)
    sign_in(client, world, people[1][0])
    page = client.get("/integrity")
    assert page.status_code == 200
    assert "Tout est tel" not in page.text
    assert "Tout est tel qu’il a été écrit" in client.post("/integrity", follow_redirects=True).text


def test_integrity_names_the_damaged_document(client, world, people):
    path = archived(world, issue(world))
    path.write_bytes(b"%PDF-1.7 another")
    sign_in(client, world, people[1][0])
    page = client.post("/integrity", follow_redirects=True).text
    assert "Anomalie" in page
    assert "document specimen 1" in page
    assert "son fichier archivé n’est pas celui qui a été émis" in page


def test_the_day_of_issue_is_a_day_in_paris(world, session):
    document = archive.get_document(session, issue(world))
    assert paris_day(document.issued_at).isoformat() == "2026-11-24"
