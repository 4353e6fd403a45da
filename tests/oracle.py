"""Votelib asked the same questions: a counting library of other people, with other rules where the law of a vote is silent.

Where it finds otherwise, or nothing, there is a rule of ours with a name. `differs` says which; nothing else is accepted.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from votelib.convert import RankedToCondorcetVotes
from votelib.evaluate.cardinal import MajorityJudgment
from votelib.evaluate.condorcet import Schulze
from votelib.evaluate.core import Tie, VotingSystemError, get_n_best
from votelib.evaluate.proportional import HighestAverages, LargestRemainder
from votelib.evaluate.sequential import TransferableVoteSelector

from coopgov.ballots.counting.papers import Grades, Lists, Ranking, Rivals, Seated, Sharing
from coopgov.ballots.counting.stv import count_ranking
from coopgov.ballots.counting.ties import Ties
from coopgov.ballots.counting.urn import CheckedUrn

# Fine enough for no ballot of a test to lose anything that matters.
EXACT = 10**40


def ask(urn: CheckedUrn, result: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - one kind a line
    """Votelib's answer: identifiers elected, seats by list, or None where it gives up."""
    paper = urn.paper
    try:
        match paper:
            case Ranking():
                return TransferableVoteSelector(quota_function="droop").evaluate(_rankings(urn), paper.seats)
            case Rivals():
                return Schulze().evaluate(RankedToCondorcetVotes().convert(_rankings(urn)), 1)
            case Grades():
                return MajorityJudgment().evaluate(_scores(urn, paper), paper.seats)
            case Lists():
                votes = {one: result["detail"]["votes"][one] for one in result["detail"]["admitted"]}
                averages = paper.sharing is Sharing.HIGHEST_AVERAGE
                method = HighestAverages("d_hondt") if averages else LargestRemainder("hare")
                return method.evaluate(votes, paper.seats)
            case Seated():
                return get_n_best({one: n for one, n in result["detail"]["votes"].items() if n}, paper.seats)
    except (NotImplementedError, VotingSystemError):
        return None
    return None


def _rankings(urn: CheckedUrn) -> dict[tuple[Any, ...], int]:
    rankings: dict[tuple[Any, ...], int] = {}
    for marks, papers in urn.groups.items():
        tied = [[one for one, mark in zip(urn.paper.ids, marks, strict=True) if mark == rank] for rank in range(1, 101)]
        order = tuple(ones[0] if len(ones) == 1 else frozenset(ones) for ones in tied if ones)
        rankings[order] = rankings.get(order, 0) + papers
    return rankings


def _scores(urn: CheckedUrn, paper: Grades) -> dict[frozenset[tuple[str, int]], int]:
    scores: Counter[frozenset[tuple[str, int]]] = Counter()
    for marks, papers in urn.groups.items():
        scores[frozenset((one, max(mark, 1)) for one, mark in zip(paper.ids, marks, strict=True))] += papers
    return scores


def differs(urn: CheckedUrn, result: Mapping[str, Any], ties: Ties) -> str:  # noqa: PLR0911 - one reason a line
    """Why the two answers may differ: the name of our rule; nothing where they agree; "?" where nothing explains it."""
    paper, answer = urn.paper, ask(urn, result)
    if result["ties"] or (isinstance(answer, list | dict) and any(isinstance(one, Tie) for one in answer)):
        return "equal votes: the declared rule settles"
    if isinstance(paper, Lists):
        return "" if answer == {one: n for one, n in result["detail"]["seats"].items() if n} else "?"
    if answer is not None and sorted(answer) == sorted(result["elected"]):
        return ""
    named = {one for marks in urn.groups for one, mark in zip(paper.ids, marks, strict=True) if mark}
    if len(named) < len(paper.ids) and not isinstance(paper, Grades):
        return "who is ranked by nobody still stands"
    if isinstance(paper, Ranking):
        return _differs_stv(urn, paper, result, ties, answer)
    if isinstance(paper, Grades) and answer and _pairs_agree(urn, paper, result["elected"], answer):
        return "majority value: who fell behind stays behind"
    return "?"


def _pairs_agree(urn: CheckedUrn, paper: Grades, ours: list[str], theirs: list[str]) -> bool:
    """Whether votelib, asked about two options alone, prefers each of ours: there nobody left behind comes back."""
    scores = _scores(urn, paper)
    return all(
        MajorityJudgment().evaluate(_only(scores, {one, two}), 1) == [one]
        for one in set(ours) - set(theirs)
        for two in set(theirs) - set(ours)
    )


def _only(scores: Mapping[frozenset[tuple[str, int]], int], pair: set[str]) -> Mapping[frozenset[tuple[str, int]], int]:
    kept: Counter[frozenset[tuple[str, int]]] = Counter()
    for ballot, papers in scores.items():
        kept[frozenset(mark for mark in ballot if mark[0] in pair)] += papers
    return kept


def _differs_stv(urn: CheckedUrn, paper: Ranking, result: Mapping[str, Any], ties: Ties, answer: Any) -> str:
    exact = count_ranking(paper, urn.groups, ties, unit=EXACT)
    stages = result["detail"]["stages"]
    if answer is not None and sorted(answer) == sorted(exact.elected):
        return "rule 48: five decimals, the remainder ignored"
    if any(stage["act"] == "exclusion" and _equal_fewest(stages, number) for number, stage in enumerate(stages)):
        return "rule 51: the most recent stage parts the fewest"
    if any(len(stage["elected"]) > 1 for stage in stages if stage["act"] != "fill"):
        return "rule 49: one surplus at a time, the highest first"
    if any(stage["act"] == "surplus" and stages[number - 1]["act"] == "surplus" for number, stage in enumerate(stages)):
        return "rule 49: one surplus at a time, the highest first"
    return "?"


def _equal_fewest(stages: list[Mapping[str, Any]], number: int) -> bool:
    before = stages[number - 1]["votes"]
    elected = {one for stage in stages[:number] for one in stage["elected"]}
    least = before[stages[number]["from"]]
    return sum(votes == least for one, votes in before.items() if one not in elected) > 1
