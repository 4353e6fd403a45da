"""The retro-planning on paper, and assemblies whose day passed without them, on both engines."""

import re
import subprocess
from datetime import timedelta

import pytest

from coopgov.assemblies import queries
from coopgov.assemblies.rules import State
from coopgov.core import journal
from coopgov.core.outbox import messages_about
from coopgov.printing import archive
from tests.assemblies_world import HELD_AT, wire


@pytest.fixture
def world(app, clock):
    found = wire(app, clock)
    found.found()
    return found


def pages_of(world, document_id, tmp_path):
    """The words of the paper, as they are read back from its PDF."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(archive.render(world.session, document_id))
    told = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    return re.sub(r"[\s\u202f\u00a0]+", " ", told.stdout)


def test_the_paper_tells_each_deadline_with_its_article_as_of_its_day(world, tmp_path):
    assembly_id = world.plan()
    first = world.do("issue_retroplanning", assembly_id=assembly_id)
    text = pages_of(world, first, tmp_path)
    for told in (
        "Rétroplanning de l’assemblée", "au 24 novembre 2026", "31 décembre 2026", "11 janvier 2027",
        "14 janvier 2027 à 15:00", "R225-84", "jour non ouvré", "janv. 2027", "Conseil", "Associés", "d’après le code postal",
    ):  # fmt: skip
        assert told in text, told
    assert world.do("issue_retroplanning", assembly_id=assembly_id) == first
    world.forward(days=1)
    second = world.do("issue_retroplanning", assembly_id=assembly_id)
    assert archive.get_facts(world.session, second)["as_of"] == "2026-11-25"
    assert archive.get_document(world.session, first).owner == "offices"


def test_a_reader_of_english_has_a_courtesy_version(world, tmp_path):
    document_id = world.do("issue_retroplanning", assembly_id=world.plan(), language="en")
    text = pages_of(world, document_id, tmp_path)
    for told in ("Retro-planning of the assembly", "Notice to members", "The French version alone", "Paris time"):
        assert told in text, told


def test_a_cancelled_assembly_has_no_deadline_to_print(world):
    assembly_id = world.plan()
    world.do("cancel", assembly_id=assembly_id, reason="Trop tôt")
    assert world.refused("issue_retroplanning", assembly_id=assembly_id) == ["no_deadline_to_keep"]


def test_the_paper_of_the_offices_is_not_laid_before_the_assembly(world):
    assembly_id = world.convened()
    world.do("issue_retroplanning", assembly_id=assembly_id)
    told = queries.minutes_facts(world.session, assembly_id)["documents"]
    assert "Rétroplanning" not in " ".join(document["title"] for document in told)


def test_an_assembly_nobody_opened_leaves_the_waiting_lists_and_its_end_is_journaled(world):
    assembly_id = world.convened()
    waits = lambda n: {one.title for one in queries.waiting_for(world.session, world.actor(n), world.clock.now)}  # noqa: E731
    for days, is_missed in ((1, False), (2, True)):
        world.clock.now = HELD_AT + timedelta(days=days)
        assert queries.get_assembly(world.session, assembly_id).was_missed(world.clock.now) is is_missed
        assert (waits(5) == set()) is is_missed
    assert [title for title in waits(0) if "personne ne l’a ouverte" in title]
    world.do("cancel", assembly_id=assembly_id, reason="Neige")
    told = queries.get_assembly(world.session, assembly_id)
    assert (told.state, told.was_missed(world.clock.now), told.waits_for_an_end(world.clock.now)) == (
        State.CANCELLED, True, False,
    )  # fmt: skip
    assert journal.entries_about(world.session, told.about)[-1].kind == "assembly.not_held"
    mail = messages_about(world.session, told.about, "assembly.cancelled")[0]
    assert mail.subject.startswith("Non tenue")
    assert "n’a pas été tenue" in mail.body
    assert waits(0) == set()
