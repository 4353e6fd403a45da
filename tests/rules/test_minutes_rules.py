"""What minutes hold and who approves them."""

from datetime import date
from uuid import uuid4

import pytest

from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesVersion
from coopgov.minutes.documents import paragraphs
from coopgov.minutes.facts import complete
from coopgov.minutes.rules import (
    Approval,
    BlockKind,
    Part,
    Signer,
    State,
    blocks_of,
    check_edit,
    content_hash,
    is_approved,
    signature_facts,
    signers_left,
    slots_of,
    state_of,
)

FACTS = complete({
    "assembly": {"title": "AG", "held_at": "2026-12-12T23:30:00+00:00"},
    "presence": {"enrolled": 31, "present": 5, "represented": 1, "remote": 0, "quorum_needed": "1/5"},
    "resolutions": [{"position": 1, "title": "Un", "text": "…"}, {"position": 2, "title": "Deux", "text": "…"}],
    "bureau": {"chair": "Alice Martin"},
})  # fmt: skip


def approval(signer: Signer, content: str) -> Approval:
    return Approval(signer, uuid4(), "Alice", content)


def test_every_part_the_law_asks_is_there_in_its_order():
    parts = [block.part for block in blocks_of(FACTS)]
    assert parts[:5] == [Part.OPENING, Part.BUREAU, Part.PRESENCE, Part.DOCUMENTS, Part.AGENDA]
    assert parts[-3:] == [Part.INCIDENTS, Part.REMARKS, Part.CLOSING]
    assert parts.count(Part.RESOLUTION) == parts.count(Part.RESULT) == 2
    assert set(parts) == set(Part)


def test_only_prose_has_a_place_to_write():
    assert all(bool(block.slot) == (block.kind is BlockKind.PROSE) for block in blocks_of(FACTS))
    assert slots_of(FACTS) == ["reports", "debates", "debate:1", "debate:2", "remarks"]


def test_holes_in_what_was_told_are_filled():
    assert FACTS["bureau"] == {"chair": {"name": "Alice Martin", "account_id": ""}, "secretary": None, "tellers": []}
    assert FACTS["presence"]["total"] == 6
    assert FACTS["presence"]["quorum_heads"] == 7
    assert FACTS["resolutions"][0]["citations"] == []


def test_the_day_is_a_day_in_paris():
    assert FACTS["assembly"]["held_on"] == "2026-12-13"


def test_minutes_are_to_write_then_to_approve_then_final():
    assert state_of(issued=False, prose={"debates": "  "}) is State.TO_WRITE
    assert state_of(issued=False, prose={"debates": "Rien."}) is State.TO_APPROVE
    assert state_of(issued=True, prose={}) is State.ISSUED


def test_an_empty_prose_does_not_change_the_text():
    assert content_hash("a", {"remarks": ""}) == content_hash("a", {})
    assert content_hash("a", {"remarks": "x"}) != content_hash("a", {})
    assert content_hash("b", {}) != content_hash("a", {})


def test_two_qualities_approve_the_very_same_text():
    both = [approval(Signer.CHAIR, "a"), approval(Signer.SECRETARY, "a")]
    assert is_approved(both, "a")
    assert not is_approved([approval(Signer.CHAIR, "a"), approval(Signer.SECRETARY, "b")], "a")
    assert signers_left([approval(Signer.CHAIR, "a")], "a") == [Signer.SECRETARY]
    assert signers_left([approval(Signer.CHAIR, "a")], "b") == [Signer.CHAIR, Signer.SECRETARY]


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, []),
        ({"issued": True}, ["minutes_are_final"]),
        ({"texts": {"agenda": "x"}}, ["not_a_prose"]),
        ({"texts": {"debates": "x" * 20_001}}, ["prose_too_long"]),
        ({"based_on": "old"}, ["minutes_changed"]),
        ({"texts": {"debate:9": "x"}, "based_on": "old"}, ["not_a_prose", "minutes_changed"]),
    ],
)
def test_an_edit_is_refused_with_every_reason(more, codes):
    asked = {"issued": False, "facts": FACTS, "texts": {"debates": "x"}, "based_on": None, "current": "now", **more}
    assert [breach.code for breach in check_edit(**asked)] == codes


def test_a_text_is_cut_at_its_empty_lines():
    assert paragraphs("Un\r\ndeux\r\n\r\n\r\n\r\ntrois") == ["Un deux", "trois"]
    assert paragraphs(" \n ") == []


@pytest.mark.parametrize(("form", "who"), [("scic-sa", "bureau"), ("scop-sarl", "managers_and_chair")])
def test_the_law_says_who_signs(form, who):
    told = signature_facts(_rulebook(form), date(2026, 12, 12))
    assert told["who"] == who
    assert told["citations"]
    assert told["electronic_citations"]


def _rulebook(form: str) -> Rulebook:
    return Rulebook(load_law(), [StatutesVersion(date(2020, 1, 1), LegalForm(form), {})])
