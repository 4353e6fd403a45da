"""Majority judgment (*jugement majoritaire*).

An option's majority grade is the highest grade that more than half of the ballots give it or better: of an even
number, the lower of the two in the middle. Between options of the same majority grade the rule is Balinski and
Laraki's own, the majority value: take one ballot of the majority grade away from each, look at the new majority grades,
and go on until they differ ("A theory of measuring, electing, and ranking", PNAS 104, 2007; "Majority Judgment",
MIT Press, 2011). It is not the comparison of the larger group above or below the grade, which is also in use. Options
that never differ have the same grades throughout: their votes are equal.
"""

from collections.abc import Mapping
from functools import cmp_to_key

from coopgov.ballots.counting.outcome import Found, found
from coopgov.ballots.counting.papers import Grades
from coopgov.ballots.counting.ties import Filled, Ties, fill

# Pairs of grades with how many times they come: the lower and the upper neighbour of the middle, outwards.
Value = list[tuple[tuple[int, int], int]]


def count_grades(paper: Grades, groups: Mapping[bytes, int], ties: Ties) -> Found:
    """Grade, order and elect."""
    profiles = _profiles(paper, groups)
    if not groups:
        return found(Filled((), paper.seats, ()), {"grades": profiles, "order": [], "majority": {}})
    order = _order({one: majority_value(profile) for one, profile in profiles.items()})
    detail = {"grades": profiles, "order": order, "majority": {one: _middle(profiles[one]) for one in sorted(profiles)}}
    return found(fill(order, paper.seats, ties), detail)


def _profiles(paper: Grades, groups: Mapping[bytes, int]) -> dict[str, list[int]]:
    """How many ballots give each grade, from the worst to the best; a missing grade is the worst."""
    profiles = {one: [0] * len(paper.grades) for one in paper.ids}
    for papers, marks in _by_papers(groups).items():
        whole = b"".join(marks)
        for place, one in enumerate(paper.ids):
            column = whole[place :: len(paper.ids)]
            for grade in range(len(paper.grades)):
                profiles[one][grade] += papers * column.count(grade + 1)
            profiles[one][0] += papers * column.count(0)
    return dict(sorted(profiles.items()))


def _by_papers(groups: Mapping[bytes, int]) -> dict[int, list[bytes]]:
    """Distinct ballots by how many papers bear them: columns of one weight are counted without a loop."""
    by_papers: dict[int, list[bytes]] = {}
    for marks, papers in groups.items():
        by_papers.setdefault(papers, []).append(marks)
    return by_papers


def _middle(profile: list[int]) -> int:
    """The majority grade: the place of the lower middle ballot."""
    left = (sum(profile) - 1) // 2
    for grade, papers in enumerate(profile):
        left -= papers
        if left < 0:
            return grade
    raise ValueError("nobody graded")


def majority_value(profile: list[int]) -> Value:
    """The majority grades that come one after the other as the middle ballot is taken away, in runs.

    Of an odd number the first is alone; then they come in pairs, the one below the middle and the one above it. Of an
    even number they come in pairs at once, for the lower middle goes first and leaves the upper one in the middle.
    """
    papers = sum(profile)
    lower, upper = list(profile), list(profile)
    _keep(lower, papers // 2, from_best=False)
    _keep(upper, papers // 2, from_best=True)
    value: Value = []
    if papers % 2:
        middle = _middle(profile)
        value.append(((middle, middle), 1))
    low, high = len(profile) - 1, 0
    while (low := _last(lower, low)) >= 0:
        high = _next(upper, high)
        run = min(lower[low], upper[high])
        value.append(((low, high), run))
        lower[low] -= run
        upper[high] -= run
    return value


def _keep(profile: list[int], papers: int, *, from_best: bool) -> None:
    """Leave only so many ballots of a profile, those at one end."""
    places = range(len(profile) - 1, -1, -1) if from_best else range(len(profile))
    for place in places:
        profile[place] = min(profile[place], papers)
        papers -= profile[place]


def _last(profile: list[int], place: int) -> int:
    while place >= 0 and not profile[place]:
        place -= 1
    return place


def _next(profile: list[int], place: int) -> int:
    while not profile[place]:
        place += 1
    return place


def _order(values: Mapping[str, Value]) -> list[list[str]]:
    """Options from the best majority value to the worst, those of the same value together."""

    def by_value(one: str, two: str) -> int:
        return _compare(values[one], values[two])

    best_first = sorted(sorted(values), key=cmp_to_key(by_value), reverse=True)
    order: list[list[str]] = []
    for one in best_first:
        if order and _compare(values[order[-1][0]], values[one]) == 0:
            order[-1].append(one)
        else:
            order.append([one])
    return [sorted(tier) for tier in order]


def _compare(one: Value, two: Value) -> int:
    """Which of two values comes first in favour: above, below or equal to zero; both hold as many ballots."""
    left, right = 0, 0
    here, there = iter(one), iter(two)
    grade, other = (0, 0), (0, 0)
    while True:
        if not left:
            grade, left = next(here, ((0, 0), 0))
        if not right:
            other, right = next(there, ((0, 0), 0))
        if not left or grade != other:
            return (grade > other) - (grade < other)
        both = min(left, right)
        left, right = left - both, right - both
