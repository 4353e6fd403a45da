"""What each count finds: published examples, equal votes, and what must never change a result."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from coopgov.ballots.counting.marks import blank_ballot, check_ballot, decode, encode, null_ballot
from coopgov.ballots.counting.methods import count
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
    Sharing,
)
from coopgov.ballots.counting.ties import TieRule, Ties, drawn
from coopgov.ballots.counting.urn import CheckedUrn, read_groups, read_urn
from tests.elections import GRADES, KINDS, SCRUTIN, a_paper, an_urn, ranked, some_ties, told

SEED = Ties(TieRule.SEED, seed="Trois-Rivières 2026")


def letters(ids: str) -> tuple[Option, ...]:
    return tuple(Option(one, one.upper()) for one in ids)


def of(paper, *ballots: tuple[int, str]) -> CheckedUrn:
    return read_groups(paper, {("", ranked(paper, order)): papers for papers, order in ballots})


def test_schulze_finds_the_winner_of_his_own_first_example():
    """M. Schulze, Social Choice and Welfare 36 (2011), 45 voters: duels, chains and E > A > C > B > D as printed there."""
    paper = Rivals(scrutin=SCRUTIN, options=letters("abcde"))
    ballots = [
        (5, "acbed"),
        (5, "adecb"),
        (8, "bedac"),
        (3, "cabed"),
        (7, "caebd"),
        (2, "cbade"),
        (7, "dceba"),
        (8, "ebadc"),
    ]
    result = count(of(paper, *ballots), SEED)
    assert result["elected"] == ["e"]
    assert result["detail"]["order"] == [["e"], ["a"], ["c"], ["b"], ["d"]]
    assert result["detail"]["duels"]["a"] == {"b": 20, "c": 26, "d": 30, "e": 22}
    assert result["detail"]["duels"]["d"] == {"a": 15, "b": 12, "c": 28, "e": 14}
    assert result["detail"]["paths"]["a"] == {"b": 28, "c": 28, "d": 30, "e": 24}
    assert result["detail"]["paths"]["e"] == {"a": 25, "b": 28, "c": 28, "d": 31}


def test_a_ranking_is_counted_as_the_known_dinner_of_twenty_guests():
    """Wikipedia, "Single transferable vote", its example of food: chocolate, then oranges, then strawberries."""
    paper = Ranking(scrutin=SCRUTIN, options=letters("opcsh"), seats=3)
    result = count(of(paper, (4, "o"), (2, "po"), (8, "cs"), (4, "ch"), (1, "s"), (1, "h")), SEED)
    stages = result["detail"]["stages"]
    assert (result["detail"]["quota"], result["elected"]) == (6, ["c", "o", "s"])
    assert stages[1]["to"] == {"s": [8, 400_000], "h": [4, 200_000]}
    assert stages[1]["votes"] == {"c": 600_000, "h": 300_000, "o": 400_000, "p": 200_000, "s": 500_000}
    assert [(stage["act"], stage["from"]) for stage in stages] == [
        ("first", ""), ("surplus", "c"), ("exclusion", "p"), ("exclusion", "h"), ("fill", ""),
    ]  # fmt: skip


def test_a_surplus_passes_on_at_five_decimals_and_the_remainder_is_lost():
    """SSI 2007/42, rule 48: 34 ballots at 8/34, that is 0.23529; the ballots of Wikipedia's "CPO-STV"."""
    paper = Ranking(scrutin=SCRUTIN, options=letters("acbds"), seats=3)
    result = count(of(paper, (25, "a"), (34, "cbd"), (7, "bd"), (8, "db"), (5, "ds"), (21, "sd")), SEED)
    stages = result["detail"]["stages"]
    assert (result["detail"]["quota"], sorted(result["elected"])) == (26, ["a", "c", "s"])
    assert stages[1]["to"] == {"b": [34, 34 * 23_529]}
    assert stages[1]["votes"]["b"] == 1_499_986
    assert stages[1]["lost"] == 14
    # Exactly the quota: elected, and nothing to pass on.
    assert (stages[2]["from"], stages[2]["votes"]["s"], stages[2]["elected"]) == ("d", 2_600_000, ["s"])
    assert [stage["act"] for stage in stages[3:]] == ["exclusion", "fill"]


def test_equal_surpluses_and_the_fewest_are_parted_by_the_most_recent_stage_that_can():
    """Rules 49(2) and 51(2)(a)."""
    paper = Ranking(scrutin=SCRUTIN, options=letters("abcd"), seats=1)
    # c and d end equal on 5, but d had 4 before and c had 5: d goes.
    result = count(of(paper, (9, "a"), (5, "c"), (4, "d"), (1, "bd"), (2, "b")), SEED)
    assert [(stage["act"], stage["from"]) for stage in result["detail"]["stages"][1:3]] == [
        ("exclusion", "b"), ("exclusion", "d"),
    ]  # fmt: skip
    assert result["ties"] == []


def test_of_two_earlier_stages_the_most_recent_decides():
    paper = Ranking(scrutin=SCRUTIN, options=letters("acdef"), seats=1)
    # c and d end on 6 each; first c had 5 to 4, then d had 6 to 5: c goes.
    result = count(of(paper, (14, "a"), (5, "c"), (4, "d"), (2, "ed"), (1, "fc"), (2, "f")), SEED)
    assert [stage["from"] for stage in result["detail"]["stages"][1:4]] == ["e", "f", "c"]


def test_equal_at_all_stages_is_settled_by_the_declared_rule_and_named():
    """Rules 49(3) and 51(2)(b): the lot of the returning officer is the rule that was declared."""
    paper = Ranking(scrutin=SCRUTIN, options=letters("abc"), seats=1)
    urn = of(paper, (3, "a"), (2, "b"), (2, "c"))
    [case] = count(urn, SEED)["ties"]
    last = drawn(SEED.seed, ["b", "c"])[-1]
    assert (case["matter"], case["among"], case["chosen"], case["stage"]) == ("exclusion", ["b", "c"], [last], 2)
    asked = count(urn, Ties(TieRule.CHAIR, chair=("c", "b", "a")))
    assert asked["ties"][0]["chosen"] == ["b"]
    waiting = count(urn, Ties(TieRule.CHAIR))
    assert (waiting["elected"], waiting["vacant"], waiting["ties"][0]["chosen"]) == ([], 1, [])


@pytest.mark.parametrize(("seats", "elected"), [(2, ["b", "a"]), (3, ["b", "a", "c"])])
def test_as_many_candidates_as_seats_are_all_elected_and_nothing_moves(seats, elected):
    paper = Ranking(scrutin=SCRUTIN, options=letters("abc"), seats=seats)
    result = count(of(paper, (5, "ba"), (3, "ab"), (1, "c")), SEED)
    assert result["elected"] == elected


def graded(*profiles: str) -> CheckedUrn:
    """One ballot a column: "543" grades an option 5, 4 and 3."""
    paper = Grades(scrutin=SCRUTIN, options=letters("abcdef"[: len(profiles)]), grades=GRADES)
    columns = list(zip(*profiles, strict=True))
    ballots = [{one: f"g{grade}" for one, grade in zip(paper.ids, column, strict=True)} for column in columns]
    return read_urn(paper, [("", encode(paper, told(paper, grades=grades))) for grades in ballots])


@pytest.mark.parametrize(
    ("profiles", "order", "majority"),
    [
        # The majority grade is the lower one of the two in the middle.
        (("0135", "1122"), [["a"], ["b"]], {"a": 1, "b": 1}),
        (("44555", "55444"), [["a"], ["b"]], {"a": 5, "b": 4}),
        # Equal majority grades: 3 leaves both, then a has 3 where b has 2.
        (("33300", "43220"), [["a"], ["b"]], {"a": 3, "b": 2}),
        (("22335", "12335"), [["a"], ["b"]], {"a": 3, "b": 3}),
        # One high grade more decides only when the middle has been used up.
        (("03335", "03334"), [["a"], ["b"]], {"a": 3, "b": 3}),
        (("03335", "53330"), [["a", "b"]], {"a": 3, "b": 3}),
    ],
)
def test_majority_judgment_takes_one_majority_grade_away_after_the_other(profiles, order, majority):
    result = count(graded(*profiles), SEED)
    assert (result["detail"]["order"], result["detail"]["majority"]) == (order, majority)
    assert bool(result["ties"]) == (len(order[0]) > 1)


def test_a_missing_grade_is_the_worst_where_the_paper_says_so():
    paper = Grades(scrutin=SCRUTIN, options=letters("ab"), grades=GRADES, missing=Missing.WORST)
    urn = read_urn(paper, [("", encode(paper, told(paper, grades={"a": "g2"})))])
    assert count(urn, SEED)["detail"]["grades"] == {"a": [0, 0, 1, 0, 0, 0], "b": [1, 0, 0, 0, 0, 0]}


@pytest.mark.parametrize(
    ("rule", "chair", "elected", "vacant"),
    [
        (TieRule.SEED, (), ["c", drawn(SEED.seed, "ab")[0]], 0),
        (TieRule.CHAIR, ("b", "a"), ["c", "b"], 0),
        (TieRule.CHAIR, (), ["c"], 1),
        (TieRule.REVOTE, (), ["c"], 1),
    ],
)
def test_equal_votes_for_the_last_seat_are_settled_by_the_declared_rule(rule, chair, elected, vacant):
    paper = Choices(scrutin=SCRUTIN, options=letters("abcd"), seats=2, least=1, most=2)
    urn = read_urn(paper, [("", encode(paper, told(paper, chosen=list(chosen)))) for chosen in ("ac", "bc", "c")])
    result = count(urn, Ties(rule, seed=SEED.seed, chair=chair))
    assert (result["elected"], result["vacant"]) == (elected, vacant)
    [case] = result["ties"]
    assert (case["among"], case["rule"], case["chosen"]) == (["a", "b"], rule.value, elected[1:])


def test_whom_nobody_chose_takes_no_seat():
    paper = Approval(scrutin=SCRUTIN, options=letters("abc"), seats=2)
    result = count(read_urn(paper, [("", encode(paper, told(paper, chosen=["a"])))]), SEED)
    assert (result["elected"], result["vacant"], result["ties"]) == (["a"], 1, [])


@pytest.mark.parametrize(
    ("rule", "ballots", "elected", "vacant"),
    [
        (TieRule.STATUS_QUO, ((1, "sa"), (1, "as")), ["s"], 0),
        (TieRule.STATUS_QUO, ((1, "abs"), (1, "bas")), [], 1),
        (TieRule.REVOTE, ((1, "sa"), (1, "as")), [], 1),
    ],
)
def test_where_texts_are_equal_the_status_quo_stays(rule, ballots, elected, vacant):
    paper = Rivals(scrutin=SCRUTIN, options=letters("abs"), status_quo="s")
    result = count(of(paper, *ballots), Ties(rule))
    assert (result["elected"], result["vacant"]) == (elected, vacant)
    assert result["ties"][0]["rule"] == rule.value


def test_resolutions_are_counted_by_college_and_a_blank_sheet_is_blank_for_each():
    paper = Resolutions(scrutin=SCRUTIN, options=letters("ab"))
    sheet = [
        ("makers", "for", "against"),
        ("makers", "for", "for"),
        ("staff", "against", "abstain"),
        ("staff", "against", "blank"),
    ]
    ballots = [(college, encode(paper, told(paper, answers={"a": a, "b": b}))) for college, a, b in sheet]
    result = count(
        read_urn(paper, [*ballots, ("staff", blank_ballot(paper)), ("staff", null_ballot(paper))]),
        Ties(TieRule.STATUS_QUO),
    )
    assert result["turnout"] == {
        "makers": {"valid": 2, "blank": 0, "null": 0},
        "staff": {"valid": 2, "blank": 1, "null": 1},
    }
    assert result["detail"]["answers"]["b"] == {
        "makers": {"for": 1, "against": 1, "abstain": 0, "blank": 0},
        "staff": {"for": 0, "against": 0, "abstain": 1, "blank": 2},
    }
    assert [(case["about"], case["chosen"]) for case in result["ties"]] == [("a", ["against"]), ("b", ["against"])]


def voted(votes: dict[str, int], seats: int, sharing: Sharing, threshold: str = "0", ties: Ties = SEED):
    people = tuple(f"nom {n}" for n in range(seats))
    paper = Lists(
        scrutin=SCRUTIN, options=tuple(Option(one, one.upper(), people) for one in votes), seats=seats, sharing=sharing,
        threshold=Fraction(threshold),
    )  # fmt: skip
    return count(
        read_groups(paper, {("", encode(paper, told(paper, chosen=[one]))): n for one, n in votes.items()}), ties
    )


@pytest.mark.parametrize(
    ("sharing", "seats"),
    [
        # The votes, in thousands, of Wikipedia's "D'Hondt method", whose table has these seats; remainders by hand.
        (Sharing.HIGHEST_AVERAGE, {"a": 4, "b": 3, "c": 1, "d": 0}),
        (Sharing.LARGEST_REMAINDER, {"a": 3, "b": 3, "c": 1, "d": 1}),
    ],
)
def test_lists_share_the_seats_by_the_declared_method(sharing, seats):
    result = voted({"a": 100, "b": 80, "c": 30, "d": 20}, 8, sharing)
    assert result["detail"]["seats"] == seats
    assert result["elected"][:2] == ["a#1", "a#2"]


def test_a_list_exactly_at_the_threshold_is_admitted_and_one_below_is_not():
    assert voted({"a": 90, "b": 5, "c": 5}, 2, Sharing.HIGHEST_AVERAGE, "1/20")["detail"]["admitted"] == ["a", "b", "c"]
    assert voted({"a": 91, "b": 5, "c": 5}, 2, Sharing.HIGHEST_AVERAGE, "1/20")["detail"]["admitted"] == ["a"]


def test_equal_averages_go_to_the_list_with_more_votes_then_to_the_declared_rule():
    more = voted({"a": 4, "b": 2}, 2, Sharing.HIGHEST_AVERAGE)
    assert (more["detail"]["seats"], more["ties"]) == ({"a": 2, "b": 0}, [])
    equal = voted({"a": 3, "b": 3}, 3, Sharing.HIGHEST_AVERAGE, ties=Ties(TieRule.REVOTE))
    assert (equal["detail"]["seats"], equal["vacant"]) == ({"a": 1, "b": 1}, 1)
    assert equal["ties"][0]["among"] == ["a", "b"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_urn_without_a_valid_ballot_decides_nothing(kind):
    paper = a_paper(kind, Random(1))  # noqa: S311 - a paper, not a secret
    for ballots in ([], [("", blank_ballot(paper))], [("", null_ballot(paper)), ("", blank_ballot(paper))]):
        result = count(read_urn(paper, ballots), SEED)
        assert (result["elected"], result["ties"]) == ([], [])


@pytest.mark.parametrize("kind", KINDS)
def test_neither_the_order_of_ballots_nor_that_of_options_changes_anything(kind):
    """Invariants 1 and 4: sums hold in each college; options are sorted by the rule on ties, never by their place."""
    random = Random(kind)  # noqa: S311 - elections that anybody draws again
    for _time in range(25):
        paper = a_paper(kind, random)
        groups, ties = an_urn(paper, random, 25), some_ties(paper, random)
        urn = read_groups(paper, groups)
        result = count(urn, ties)
        ballots = list(groups.elements())
        random.shuffle(ballots)
        assert count(read_urn(paper, ballots), ties) == result
        mixed = replace(paper, options=tuple(random.sample(paper.options, len(paper.options))))
        again = Counter({(college, _again(paper, mixed, content)): n for (college, content), n in groups.items()})
        assert count(read_groups(mixed, again), ties) == result
        assert {college: turnout.cast for college, turnout in urn.turnout.items()} == Counter(
            college for college, _content in ballots
        )
        assert urn.total.valid == sum(urn.groups.values())


def _again(paper, mixed, content: bytes) -> bytes:
    """The same ballot on the paper whose options stand in another order."""
    ballot = decode(paper, content)
    return null_ballot(mixed) if check_ballot(paper, ballot) else encode(mixed, ballot)
