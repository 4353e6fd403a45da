"""The first counting program: what each kind of paper gives, in whole numbers and exact fractions.

Every count answers with plain facts, the same for the second program: turnout, elected, vacant, ties, and the detail
of its method. `telling` puts them into sentences.
"""

from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from coopgov.ballots.counting.grades import count_grades
from coopgov.ballots.counting.outcome import Found, at_least, found, tiers
from coopgov.ballots.counting.papers import (
    VERSION,
    Answer,
    Grades,
    Lists,
    Ranking,
    Resolutions,
    Rivals,
    Seated,
    Sharing,
)
from coopgov.ballots.counting.schulze import count_rivals
from coopgov.ballots.counting.stv import count_ranking
from coopgov.ballots.counting.ties import Contested, Filled, Settled, TieRule, Ties, fill
from coopgov.ballots.counting.urn import CheckedUrn


def count(urn: CheckedUrn, ties: Ties) -> dict[str, Any]:
    """Count an open urn by the method of its paper."""
    answer = _counted(urn, ties)
    return {
        "v": VERSION, "kind": urn.paper.kind,
        "turnout": {college: asdict(turnout) for college, turnout in sorted(urn.turnout.items())},
        "elected": list(answer.elected), "vacant": answer.vacant,
        "ties": [case.facts() for case in answer.ties], "detail": dict(answer.detail),
    }  # fmt: skip


def _counted(urn: CheckedUrn, ties: Ties) -> Found:
    match urn.paper:
        case Resolutions():
            return _count_resolutions(urn, ties)
        case Grades() as paper:
            return count_grades(paper, urn.groups, ties)
        case Ranking() as paper:
            return count_ranking(paper, urn.groups, ties)
        case Rivals() as paper:
            return count_rivals(paper, urn.groups, ties)
        case Lists() as paper:
            return _count_lists(paper, urn, ties)
        case Seated() as paper:
            return _count_chosen(paper, urn, ties)
    raise TypeError(f"nothing counts {type(urn.paper).__name__}")


def _count_resolutions(urn: CheckedUrn, ties: Ties) -> Found:
    """Answers of each resolution, by college; a blank sheet is blank for each of them."""
    answers = {one: _answers(urn, place) for place, one in enumerate(urn.paper.ids)}
    equal = [one for one, colleges in sorted(answers.items()) if _is_equal(colleges)]
    return Found(ties=tuple(_settle(one, ties) for one in equal), detail={"answers": dict(sorted(answers.items()))})


def _answers(urn: CheckedUrn, place: int) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for college, groups in sorted(urn.colleges.items()):
        line = counted[college] = {answer.value: 0 for answer in Answer}
        for marks, papers in groups.items():
            line[_WORDS[marks[place]]] += papers
        line[Answer.BLANK.value] += urn.turnout[college].blank
    return counted


_WORDS = {number: answer.value for number, answer in enumerate(Answer, start=1)}


def _is_equal(colleges: Mapping[str, Mapping[str, int]]) -> bool:
    for_, against = (sum(line[word] for line in colleges.values()) for word in (Answer.FOR.value, Answer.AGAINST.value))
    return for_ == against > 0


def _settle(resolution: str, ties: Ties) -> Settled:
    among = (Answer.AGAINST.value, Answer.FOR.value)
    chosen = among[:1] if ties.rule is TieRule.STATUS_QUO else tuple(ties.first(among)[:1])
    return Settled(Contested.ANSWER, among, ties.rule, chosen, about=resolution)


def _chosen(urn: CheckedUrn) -> dict[str, int]:
    """How many ballots choose each option."""
    votes = dict.fromkeys(sorted(urn.paper.ids), 0)
    for marks, papers in urn.groups.items():
        for one, mark in zip(urn.paper.ids, marks, strict=True):
            votes[one] += papers * mark
    return votes


def _count_chosen(paper: Seated, urn: CheckedUrn, ties: Ties) -> Found:
    """The most chosen take the seats; whom nobody chose takes none."""
    votes = _chosen(urn)
    order = tiers((one for one in votes if votes[one]), votes.__getitem__)
    return found(fill(order, paper.seats, ties), {"votes": votes, "order": order})


def _count_lists(paper: Lists, urn: CheckedUrn, ties: Ties) -> Found:
    """Lists that reach the threshold share the seats; their names take them in order."""
    votes = _chosen(urn)
    valid = urn.total.valid
    admitted = {one: n for one, n in votes.items() if n and at_least(n, valid, paper.threshold)}
    filled = _share(paper, admitted, ties) if admitted else Filled((), paper.seats, ())
    seats = {one: filled.elected.count(one) for one in votes}
    elected = tuple(f"{one}#{number}" for one in sorted(seats) for number in range(1, seats[one] + 1))
    detail = {"votes": votes, "admitted": sorted(admitted), "seats": seats}
    return Found(elected, filled.vacant, filled.ties, detail)


def _share(paper: Lists, votes: Mapping[str, int], ties: Ties) -> Filled:
    """Seats by list, one entry a seat; between equal averages or remainders the list with more votes comes first."""
    if paper.sharing is Sharing.HIGHEST_AVERAGE:
        shares = [(Fraction(n, seat), one) for one, n in votes.items() for seat in range(1, paper.seats + 1)]
        return _best(shares, votes, paper.seats, ties)
    total = sum(votes.values())
    whole = {one: n * paper.seats // total for one, n in votes.items()}
    rest = [(Fraction(n * paper.seats % total, total), one) for one, n in votes.items()]
    sure = tuple(one for one in sorted(whole) for _seat in range(whole[one]))
    filled = _best(rest, votes, paper.seats - len(sure), ties)
    return Filled((*sure, *filled.elected), filled.vacant, filled.ties)


def _best(shares: list[tuple[Fraction, str]], votes: Mapping[str, int], seats: int, ties: Ties) -> Filled:
    """The lists of the highest shares, one entry a share; a list stands once among equal shares."""
    worth: dict[tuple[Fraction, int], list[str]] = {}
    for share, one in shares:
        worth.setdefault((share, votes[one]), []).append(one)
    return fill([worth[value] for value in sorted(worth, reverse=True)], seats, ties)
