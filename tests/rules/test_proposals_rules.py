"""The rules of proposals: states, completeness, what the vote's hash covers."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.errors import RuleBroken
from coopgov.core.states import step
from coopgov.proposals import rules
from coopgov.proposals.comparison import compare
from coopgov.proposals.markdown import render
from coopgov.proposals.rules import TRANSITIONS, State, Step, Text
from coopgov.terms.rules import FeeChange

CHANGE = FeeChange("commission.sales", 800, 650, uuid4())
WORDS = Text("Baisser la commission", "Parce que.", (CHANGE,), date(2027, 1, 1))


def codes(breaches):
    return [breach.code for breach in breaches]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Step)
def test_what_the_table_of_proposals_does_not_have_is_refused(state, move):
    if (state, move) in TRANSITIONS:
        assert step(TRANSITIONS, state, move) is TRANSITIONS[state, move]
    else:
        with pytest.raises(RuleBroken):
            step(TRANSITIONS, state, move)


def test_nothing_leaves_an_ended_proposal():
    assert not [pair for pair in TRANSITIONS if pair[0] in {State.ADOPTED, State.REJECTED, State.WITHDRAWN}]


@pytest.mark.parametrize(
    "other",
    [
        replace(WORDS, title="Baisser la commission "),
        replace(WORDS, reasons="Parce que"),
        replace(WORDS, wished_on=None),
        replace(WORDS, changes=()),
        replace(WORDS, changes=(replace(CHANGE, new=645),)),
        replace(WORDS, changes=(replace(CHANGE, base_version=uuid4()),)),
    ],
)
def test_the_hash_covers_every_word_and_every_figure(other):
    assert rules.subject_hash(1, 1, WORDS) == rules.subject_hash(1, 1, WORDS)
    assert rules.subject_hash(1, 1, other) != rules.subject_hash(1, 1, WORDS)


def test_the_hash_covers_the_number_and_the_version():
    assert len({rules.subject_hash(n, v, WORDS) for n in (1, 2) for v in (1, 2)}) == 4


def test_a_draft_needs_a_title_and_what_is_shown_needs_reasons_too():
    empty = Text("  ", " ")
    assert codes(rules.check_text(empty)) == ["no_title"]
    assert codes(rules.check_complete(empty)) == ["no_title", "no_reasons"]
    assert rules.check_complete(WORDS) == []


def test_a_text_has_a_length():
    long = Text("t" * 121, "r" * 20_001)
    assert [(b.field, b.values["excess"]) for b in rules.check_text(long)] == [("title", 1), ("reasons", 1)]


def test_a_wished_day_is_to_come_and_belongs_to_a_change():
    today = date(2026, 11, 24)
    assert rules.check_wish(WORDS, today) == []
    assert codes(rules.check_wish(replace(WORDS, wished_on=today), today)) == ["wish_in_the_past"]
    assert codes(rules.check_wish(replace(WORDS, changes=()), today)) == ["wish_without_change"]


def test_enough_backers_or_the_board_bring_a_proposal():
    assert rules.check_ready(backers=3, needed=3, by_board=False) == []
    assert rules.check_ready(backers=0, needed=3, by_board=True) == []
    assert codes(rules.check_ready(backers=2, needed=3, by_board=False)) == ["not_enough_backers"]


def test_a_line_waits_for_the_decision_before():
    assert codes(rules.check_free_keys([CHANGE], {CHANGE.key: 4}, frozenset())) == ["line_is_frozen"]
    assert codes(rules.check_free_keys([CHANGE], {}, frozenset({CHANGE.key}))) == ["line_is_pending"]
    assert rules.check_free_keys([CHANGE], {"payment.fee": 4}, frozenset({"listing.monthly"})) == []


def test_a_backer_is_asked_again_only_when_the_question_changes():
    assert WORDS.asks_the_same_as(replace(WORDS, reasons="Mieux dit."))
    assert not WORDS.asks_the_same_as(replace(WORDS, changes=(replace(CHANGE, new=600),)))
    assert not Text("a", "b").asks_the_same_as(Text("a", "c"))


def test_a_result_for_another_hash_is_refused():
    assert rules.check_same_subject("a" * 64, "a" * 64) == []
    assert codes(rules.check_same_subject("a" * 64, "b" * 64)) == ["another_subject"]
    assert codes(rules.check_same_subject(None, "b" * 64)) == ["another_subject"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_comparison_gives_both_texts_back(old, new):
    pieces = compare(old, new)
    assert "".join(text for operation, text in pieces if operation != "insert") == old
    assert "".join(text for operation, text in pieces if operation != "delete") == new


def test_a_comparison_shows_words_inside_a_paragraph():
    assert compare("Un.\n\nLe taux est de 8 %.", "Un.\n\nLe taux est de 6 %.") == [
        ("equal", "Un.\n\nLe taux est de "), ("delete", "8"), ("insert", "6"), ("equal", " %."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        "![x](https://evil.example/pixel.png)",
        '<img src="https://evil.example/pixel.png">',
        "[x](javascript:alert(1))",
        "[x](data:text/html,hello)",
        '<a href="/" onclick="x()">y</a>',
        "<style>p{}</style>",
    ],
)
def test_a_text_carries_no_script_no_image_no_style(bad):
    html = str(render(bad))
    # What is typed as HTML is shown as text: no tag of the bad kinds remains.
    assert not any(
        tag in html for tag in ("<script", "<img", "<style", 'href="javascript', 'href="data', '<a href="/" on')
    )


def test_headings_of_a_text_follow_the_page():
    assert str(render("## Un\n\n#### Deux\n\n## Trois")).startswith("<h3>Un</h3>\n<h4>Deux</h4>\n<h3>Trois</h3>")


def test_a_link_tells_nothing_to_where_it_leads():
    assert 'rel="noopener noreferrer nofollow"' in str(render("[texte](https://example.org)"))
