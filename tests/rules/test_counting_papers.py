"""What may be written on a ballot: every wrong ballot is refused by one function, at the border and at the count."""

import json
from dataclasses import replace
from fractions import Fraction
from random import Random
from uuid import UUID

import pytest

from coopgov.ballots.counting.marks import LONGEST, ballot_size, check_ballot, decode, encode, null_ballot
from coopgov.ballots.counting.papers import (
    Approval,
    Choices,
    Grades,
    Lists,
    Missing,
    Option,
    Ranking,
    Resolutions,
    Rivals,
    check_form,
    paper_from_facts,
)
from coopgov.ballots.counting.ties import TieRule, Ties, check_ties, shown
from coopgov.ballots.counting.urn import read_urn
from coopgov.core.errors import RuleBroken
from tests.elections import GRADES, KINDS, SCRUTIN, a_ballot, a_paper, options, told

SHEET = Resolutions(scrutin=SCRUTIN, options=options(2))
TWO_OF_FOUR = Choices(scrutin=SCRUTIN, options=options(4), seats=2, least=2, most=2)
APPROVAL = Approval(scrutin=SCRUTIN, options=options(3))
JUDGMENT = Grades(scrutin=SCRUTIN, options=options(2), grades=GRADES)
RANKING = Ranking(scrutin=SCRUTIN, options=options(4), seats=2)
RIVALS = Rivals(scrutin=SCRUTIN, options=options(3), status_quo="a")
LISTS = Lists(scrutin=SCRUTIN, options=options(2, names=3), seats=3)
PAPERS = (SHEET, TWO_OF_FOUR, APPROVAL, JUDGMENT, RANKING, RIVALS, LISTS)

WRONG = [
    (RANKING, {"ranks": {"a": 1, "z": 2}}, "option_not_offered"),
    (TWO_OF_FOUR, {"chosen": ["a", "z"]}, "option_not_offered"),
    (TWO_OF_FOUR, {"chosen": ["a", "a"]}, "option_twice"),
    (TWO_OF_FOUR, {"chosen": ["a", "b", "c"]}, "too_many"),
    (TWO_OF_FOUR, {"chosen": ["a"]}, "too_few"),
    (TWO_OF_FOUR, {}, "too_few"),
    (LISTS, {"chosen": ["a", "b"]}, "too_many"),
    (APPROVAL, {"chosen": []}, "too_few"),
    (RANKING, {"ranks": {}}, "too_few"),
    (RANKING, {"ranks": {"a": -1}}, "rank_out_of_range"),
    (RANKING, {"ranks": {"a": 0}}, "rank_out_of_range"),
    (RANKING, {"ranks": {"a": 5}}, "rank_out_of_range"),
    (RANKING, {"ranks": {"a": 1, "b": 1}}, "rank_tied"),
    (RANKING, {"ranks": {"a": 1, "b": 3}}, "rank_missing"),
    (RIVALS, {"ranks": {"a": 2, "b": 2}}, "rank_missing"),
    (RANKING, {"ranks": {"a": "1"}}, "rank_not_a_number"),
    (RANKING, {"ranks": {"a": True}}, "rank_not_a_number"),
    (RANKING, {"ranks": {"a": 1.0}}, "rank_not_a_number"),
    (RANKING, {"ranks": ["a"]}, "ballot_unreadable"),
    (RANKING, {"blank": True, "ranks": {"a": 1}}, "blank_with_choice"),
    (SHEET, {"blank": True, "answers": {"a": "for", "b": "for"}}, "blank_with_choice"),
    (RANKING, {"blank": "yes"}, "ballot_unreadable"),
    (SHEET, {"answers": {"a": "for"}}, "too_few"),
    (SHEET, {"answers": {"a": "for", "b": "perhaps"}}, "answer_not_offered"),
    (SHEET, {"answers": {"a": "for", "b": ["for"]}}, "answer_not_offered"),
    (JUDGMENT, {"grades": {"a": "g1"}}, "too_few"),
    (JUDGMENT, {"grades": {"a": "g1", "b": "g9"}}, "grade_not_offered"),
    (JUDGMENT, {"grades": {"a": "g1", "b": 3}}, "grade_not_offered"),
    (RANKING, {"chosen": ["a"]}, "ballot_unreadable"),
    (RANKING, {"v": 2, "ranks": {"a": 1}}, "version_unknown"),
    (RANKING, {"v": "1", "ranks": {"a": 1}}, "version_unknown"),
    (RANKING, {"scrutin": str(UUID(int=7)), "ranks": {"a": 1}}, "other_vote"),
]  # fmt: skip


@pytest.mark.parametrize(("paper", "marks", "code"), WRONG)
def test_a_wrong_ballot_is_refused_with_a_sentence(paper, marks, code):
    ballot = {**told(paper), **marks}
    breaches = check_ballot(paper, ballot)
    assert breaches[0].code == code
    assert all(str(breach) and "%(" not in str(breach) for breach in breaches)
    assert check_ballot(paper, json.dumps(ballot))[0].code == code
    with pytest.raises(RuleBroken):
        encode(paper, ballot)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 1_000_000, "ballot_too_big"),
        (json.dumps({**told(RANKING), "ranks": {f"o{n}": 1 for n in range(60_000)}}), "ballot_too_big"),
        (f'{{"v":1,"scrutin":"{SCRUTIN}","ranks":{{"a":1,"a":2}}}}', "option_twice"),
        ("[" * 5_000, "ballot_unreadable"),
        ("null", "ballot_unreadable"),
        ('"{}"', "ballot_unreadable"),
        (b"\xff\xfe", "ballot_unreadable"),
        ("[]", "ballot_unreadable"),
        (f'{{"v":1,"scrutin":"{SCRUTIN}","ranks":{{"a":NaN}}}}', "rank_not_a_number"),
    ],
)  # fmt: skip
def test_a_wrong_text_is_refused_before_it_is_believed(text, code):
    assert check_ballot(RANKING, text)[0].code == code


def test_what_a_stranger_wrote_is_never_echoed_at_length():
    [breach, *_others] = check_ballot(RANKING, {**told(RANKING), "ranks": {"<script>" * 100: 1}})
    assert breach.code == "option_not_offered"
    assert len(str(breach)) < 150


@pytest.mark.parametrize("kind", KINDS)
def test_every_sound_ballot_has_bytes_of_one_length_that_tell_it_back(kind):
    random = Random(kind)  # noqa: S311 - elections that anybody draws again
    for _time in range(30):
        paper = a_paper(kind, random)
        ballots = [a_ballot(paper, random) for _ballot in range(5)]
        assert {len(ballot) for ballot in ballots} == {ballot_size(paper)}
        for ballot in ballots:
            assert check_ballot(paper, decode(paper, ballot)) == []
            assert encode(paper, decode(paper, ballot)) == ballot
            assert encode(paper, json.dumps(decode(paper, ballot))) == ballot


def test_a_sheet_of_blank_answers_is_a_blank_ballot():
    blank = encode(SHEET, told(SHEET, blank=True))
    assert encode(SHEET, told(SHEET, answers={"a": "blank", "b": "blank"})) == blank
    assert read_urn(SHEET, [("", blank[:9] + b"\0" + b"\4\4")]).total.null == 1


ONE = encode(RANKING, told(RANKING, ranks={"a": 1, "b": 2}))


@pytest.mark.parametrize(
    "content",
    [
        ONE[:10] + bytes([1, 1, 0, 0]), ONE[:10] + bytes([1, 3, 0, 0]), ONE[:10] + bytes([255, 0, 0, 0]), ONE[:10] + bytes(4),
        ONE[:9] + b"\1" + ONE[10:], ONE[:9] + b"\2" + ONE[10:], ONE[:9] + b"\7" + ONE[10:], b"\2" + ONE[1:], ONE[:-1],
        ONE + b"\0", b"", ONE[:1] + b"12345678" + ONE[9:], null_ballot(RANKING),
    ],
)  # fmt: skip
def test_a_ballot_that_would_be_refused_at_the_border_is_null_at_the_count(content):
    urn = read_urn(RANKING, [("makers", ONE), ("makers", content)])
    assert (urn.total.valid, urn.total.null, urn.total.cast) == (1, 1, 2)
    assert sum(urn.nulls.values()) == 1


def test_a_ballot_of_another_vote_or_form_is_null_at_the_count():
    others = [
        replace(RANKING, scrutin=UUID(int=7)),
        replace(RANKING, seats=1),
        replace(RANKING, options=options(4)[::-1]),
    ]
    for other in others:
        foreign = encode(other, told(other, ranks={"a": 1}))
        assert read_urn(RANKING, [("", foreign)]).nulls == {"other_vote": 1}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_form_is_rebuilt_from_its_facts_and_keeps_its_tag(paper):
    assert check_form(paper) == []
    assert paper_from_facts(json.loads(json.dumps(paper.facts()))) == paper
    assert paper_from_facts(paper.facts()).tag == paper.tag
    with pytest.raises(ValueError, match="no such ballot paper"):
        paper_from_facts({**paper.facts(), "v": 2})


@pytest.mark.parametrize(
    ("paper", "codes"),
    [
        (replace(RANKING, options=()), ["options_count", "seats_count"]),
        (replace(APPROVAL, options=tuple(Option(f"o{n}", f"Option {n}") for n in range(101))), ["options_count"]),
        (replace(APPROVAL, options=(Option("a", "Awa"), Option("a", "Zoé"))), ["options_same_id"]),
        (replace(APPROVAL, options=(Option("a", "Awa"), Option("b", " awa"))), ["options_same_label"]),
        (replace(APPROVAL, options=(Option("é", "Awa"), Option("b", " "))), ["option_unsound", "option_unsound"]),
        (replace(RANKING, seats=5), ["seats_count"]),
        (replace(RANKING, seats=0), ["seats_count"]),
        (replace(TWO_OF_FOUR, least=3), ["choices_bounds"]),
        (replace(TWO_OF_FOUR, most=5), ["choices_bounds"]),
        (replace(JUDGMENT, grades=GRADES[:1]), ["grades_unsound"]),
        (replace(JUDGMENT, grades=GRADES + GRADES[:1]), ["grades_unsound"]),
        (replace(RIVALS, status_quo="z"), ["status_quo_unknown"]),
        (replace(LISTS, seats=4), ["list_too_short", "list_too_short"]),
        (replace(LISTS, threshold=Fraction(1)), ["threshold_unsound"]),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_before_the_seal(paper, codes):
    assert [breach.code for breach in check_form(paper)] == codes
    assert all("%(" not in str(breach) for breach in check_form(paper))


@pytest.mark.parametrize(
    ("paper", "ties", "codes"),
    [
        (RANKING, Ties(TieRule.SEED, seed="2026"), []),
        (RANKING, Ties(TieRule.SEED), ["seed_missing"]),
        (RANKING, Ties(TieRule.REVOTE), ["tie_rule_unfit"]),
        (APPROVAL, Ties(TieRule.STATUS_QUO), ["tie_rule_unfit"]),
        (APPROVAL, Ties(TieRule.REVOTE), []),
        (RIVALS, Ties(TieRule.STATUS_QUO), []),
        (SHEET, Ties(TieRule.CHAIR), []),
        (SHEET, Ties(TieRule.CHAIR, chair=("for",)), []),
        (SHEET, Ties(TieRule.CHAIR, chair=("a",)), ["chair_order_unsound"]),
        (RANKING, Ties(TieRule.CHAIR, chair=("b", "b", "a")), ["chair_order_unsound"]),
        (SHEET, Ties(TieRule.SEED, seed="2026"), ["tie_rule_unfit"]),
    ],
)
def test_a_rule_on_equal_votes_suits_its_paper(paper, ties, codes):
    assert [breach.code for breach in check_ties(paper, ties)] == codes


def test_each_voter_sees_a_shuffled_paper_in_an_order_of_her_own():
    paper = replace(RANKING, options=options(8), shuffled=True)
    orders = {tuple(option.id for option in shown(paper, f"voter {n}")) for n in range(20)}
    assert len(orders) > 10
    assert all(sorted(order) == sorted(paper.ids) for order in orders)
    assert shown(paper, "voter 1") == shown(paper, "voter 1")
    assert shown(RANKING, "voter 1") == RANKING.options


def test_a_paper_that_takes_missing_grades_still_asks_for_one():
    paper = replace(JUDGMENT, missing=Missing.WORST)
    assert check_ballot(paper, told(paper, grades={"a": "g3"})) == []
    assert [breach.code for breach in check_ballot(paper, told(paper, grades={}))] == ["too_few"]


def test_the_longest_sound_ballot_is_read():
    many = tuple(Option(f"{n:040d}", f"Option {n}") for n in range(100))
    paper = Ranking(scrutin=SCRUTIN, options=many, seats=9)
    text = json.dumps(told(paper, ranks={option.id: n for n, option in enumerate(many, start=1)}))
    assert len(text) < LONGEST
    assert check_ballot(paper, text) == []
