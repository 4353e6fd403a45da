"""The archive: numbered without a gap, printed once, and whatever was changed afterwards is named."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from coopgov import jobs
from coopgov.core.act import open_act
from coopgov.core.canonical import digest
from coopgov.core.errors import Breach, NotFound, RuleBroken, refuse_if
from coopgov.core.policy import SYSTEM
from coopgov.printing import archive, render
from coopgov.printing.archive import Paper
from tests.service.tampering import by_hand

NOTE = '<html lang="fr"><head><title>{{ title }}</title></head><body><p>{{ name }}, {{ document.number }}</p></body></html>'
PAPER = Paper(kind="note", series="note", about="thing:1", title="Note", template="note.html", facts={"name": "Léa"})
PATIENCE = 30


@pytest.fixture(autouse=True)
def small_templates(tmp_path, monkeypatch):
    """Two papers of one line: one that prints, one that asks for a fact it is not given."""
    folder = tmp_path / "templates" / "fr"
    folder.mkdir(parents=True)
    (folder / "note.html").write_text(NOTE)
    (folder / "broken.html").write_text("{{ nowhere }}")
    monkeypatch.setattr(render, "TEMPLATES", [folder.parent])
    render.environment.cache_clear()


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    """Where this test's bytes are kept; the jobs of the application are told so too."""
    config = replace(app.extensions["coopgov.config"], data_dir=tmp_path)
    monkeypatch.setitem(app.extensions, "coopgov.config", config)
    return config.documents_dir


@pytest.fixture
def issue(act):
    """Issue a paper in an act of its own."""

    def make(paper=PAPER):
        with act() as a:
            return archive.issue(a, paper)

    return make


@pytest.fixture
def printed(act, session, folder, issue):
    """One document whose bytes are archived."""
    document_id = issue()
    jobs.render_documents()
    return archive.get_document(session, document_id)


def faults(session, folder):
    session.rollback()
    return [(fault.where, fault.what) for fault in archive.verify(session, folder)]


# Numbers and facts


def test_numbers_run_inside_each_series(act, session):
    with act() as a:
        for series in ("note", "letter", "note", "note"):
            archive.issue(a, replace(PAPER, series=series))
    found = archive.documents_about(session, "thing:1")
    assert sorted((d.series, d.number) for d in found) == [("letter", 1), ("note", 1), ("note", 2), ("note", 3)]


def test_a_refused_act_uses_no_number(act, issue, session):
    def refused():
        with act() as a:
            archive.issue(a, PAPER)
            refuse_if([Breach("no", "No.")])

    issue()
    with pytest.raises(RuleBroken):
        refused()
    assert archive.get_document(session, issue()).number == 2


def test_numbers_have_no_gap_and_no_double_whoever_issues_at_the_same_time(app, session, folder):
    runtime, start = app.extensions["coopgov.runtime"], threading.Barrier(6)

    def work(number):
        start.wait(PATIENCE)
        for turn in range(4):
            with app.app_context(), open_act(runtime, SYSTEM) as act:
                for series in ("note", "letter") if (number + turn) % 2 else ("letter", "note"):
                    archive.issue(act, replace(PAPER, series=series))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    numbers = {series: [] for series in ("letter", "note")}
    for document in archive.documents_about(session, "thing:1"):
        numbers[document.series].append(document.number)
    assert {series: sorted(found) for series, found in numbers.items()} == {s: list(range(1, 25)) for s in numbers}
    assert faults(session, folder) == []


def test_facts_are_frozen_with_their_hash(issue, session):
    document = archive.get_document(session, issue())
    assert archive.get_facts(session, document.id) == {"name": "Léa"}
    assert document.facts_sha256 == digest({"name": "Léa"})
    assert document.sha256 is None


def test_facts_that_are_not_plain_are_refused(issue, session):
    with pytest.raises(TypeError):
        issue(replace(PAPER, facts={"rate": 0.1}))
    assert archive.documents_about(session, "thing:1") == []


def test_a_document_is_replaced_once(issue):
    first = issue()
    issue(replace(PAPER, replaces=first))
    with pytest.raises(IntegrityError):
        issue(replace(PAPER, replaces=first))


def test_what_was_never_issued_is_not_found(session):
    with pytest.raises(NotFound):
        archive.get_document(session, uuid4())
    with pytest.raises(NotFound):
        archive.get_facts(session, uuid4())


# Printing


def test_what_is_issued_is_printed_and_served_from_the_archive(printed, session, folder):
    assert archive.read_bytes(printed, folder).startswith(b"%PDF")
    assert archive.unrendered(session, limit=9) == []
    assert faults(session, folder) == []


def test_a_document_is_printed_once_even_if_its_template_changes(printed, session, folder, tmp_path):
    before = archive.read_bytes(printed, folder)
    (tmp_path / "templates" / "fr" / "note.html").write_text("<p>autre chose</p>")
    assert archive.render(session, printed.id) is None
    jobs.render_documents()
    assert archive.read_bytes(archive.get_document(session, printed.id), folder) == before


def test_other_bytes_are_not_kept_in_the_place_of_the_first(act, printed, session, folder):
    with act() as a:
        archive.keep(a, printed.id, b"%PDF other", folder)
    assert archive.get_document(session, printed.id).sha256 == printed.sha256


def test_bytes_are_not_served_before_they_are_made(issue, session, folder):
    with pytest.raises(NotFound):
        archive.read_bytes(archive.get_document(session, issue()), folder)


def test_a_crash_between_the_file_and_the_commit_does_no_harm(act, issue, session, folder):
    def crash(document_id, pdf):
        with act() as a:
            archive.keep(a, document_id, pdf, folder)
            raise SystemExit

    document_id = issue()
    pdf = archive.render(session, document_id)
    with pytest.raises(SystemExit):
        crash(document_id, pdf)
    assert archive.unrendered(session, limit=9) == [document_id]
    assert faults(session, folder) == []
    jobs.render_documents()
    assert archive.read_bytes(archive.get_document(session, document_id), folder) == pdf
    assert [path.suffix for path in folder.rglob("*") if path.is_file()] == [".pdf"]


def test_one_paper_that_cannot_be_printed_keeps_back_no_other(issue, session, folder, clock):
    broken = issue(replace(PAPER, template="broken.html"))
    clock.forward(seconds=1)
    good = issue()
    jobs.render_documents()
    assert archive.get_document(session, good).sha256 is not None
    assert archive.unrendered(session, limit=9) == [broken]


def test_nobody_waits_to_write_while_the_press_runs(app, issue, folder, tmp_path):
    runtime, wrote, seen = app.extensions["coopgov.runtime"], [], []

    def write():
        with app.app_context(), open_act(runtime, SYSTEM) as act:
            act.record("test.done", "thing:1")
        wrote.append("meanwhile")

    def meanwhile():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(5)
        seen.extend(wrote)

    (tmp_path / "templates" / "fr" / "note.html").write_text("<title>x</title><p>{{ meanwhile() }}</p>")
    render.environment("fr").globals["meanwhile"] = meanwhile
    issue()
    jobs.render_documents()
    assert seen == ["meanwhile"]


# What was changed afterwards


def test_a_changed_file_is_named_and_not_served(printed, session, folder):
    path = archive.path_of(folder, printed.sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert faults(session, folder) == [("document note 1", "its archived file is not what was issued")]
    with pytest.raises(NotFound):
        archive.read_bytes(printed, folder)


def test_a_missing_file_is_named_and_not_served(printed, session, folder):
    archive.path_of(folder, printed.sha256).unlink()
    assert faults(session, folder) == [("document note 1", "its archived file is missing")]
    with pytest.raises(NotFound):
        archive.read_bytes(printed, folder)


@pytest.mark.parametrize("facts", ['{"name":"Ana"}', '{"name": "Léa"}', "not JSON"])
def test_changed_facts_are_named(printed, session, folder, facts):
    by_hand(f"UPDATE issued_document SET facts = '{facts}'")  # noqa: S608 - a forger's hand
    assert ("document note 1", "its facts do not give their hash") in faults(session, folder)


def test_a_missing_document_is_named(issue, session, folder):
    for _ in range(3):
        issue()
    by_hand("DELETE FROM issued_document WHERE number = 2")
    assert faults(session, folder) == [
        ("document note 3", "the number before it is missing"),
        ("issued_document", "rows that the journal tells of are missing or changed"),
    ]
