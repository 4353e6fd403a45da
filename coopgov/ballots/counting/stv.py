"""Single transferable vote by the Scottish rules: weighted inclusive Gregory, to five decimals.

The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52: quota (46), election (47),
surplus (48, 49), exclusion (50, 51), last vacancies (52). Votes are whole hundred-thousandths, so that the remainder
which rule 48 ignores is the remainder of a whole division. Where rules 49 and 51 have the returning officer draw lots,
the rule declared for this vote settles.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from coopgov.ballots.counting.outcome import Found
from coopgov.ballots.counting.papers import Ranking
from coopgov.ballots.counting.ties import Contested, Settled, Ties

UNIT: Final = 100_000
# The ballots received together, at one value: marks, the rank that counts now, and how many papers.
Parcel = tuple[int, list[tuple[bytes, int, int]]]


def count_ranking(paper: Ranking, groups: Mapping[bytes, int], ties: Ties, *, unit: int = UNIT) -> Found:
    """Count a ranking, stage by stage; `unit` other than the Order's is for comparing with exact programs."""
    count = _Count(paper, groups, ties, unit)
    if groups:
        count.run()
    detail = {"unit": unit, "quota": count.quota, "stages": count.stages}
    return Found(tuple(count.elected), paper.seats - len(count.elected), tuple(count.settled), detail)


class _Open(Exception):
    """Indicate that equal votes cannot be settled yet: the count stops there."""


class _Count:
    """Where a count stands: the parcels and votes of each candidate, and every stage so far."""

    def __init__(self, paper: Ranking, groups: Mapping[bytes, int], ties: Ties, unit: int) -> None:
        self.ids, self.seats, self.ties, self.unit = paper.ids, paper.seats, ties, unit
        self.papers = sum(groups.values())
        self.quota = self.papers // (paper.seats + 1) + 1
        self.groups = groups
        self.continuing = [True] * len(self.ids)
        self.piles: list[list[Parcel]] = [[] for _one in self.ids]
        self.votes = [0] * len(self.ids)
        self.excluded: set[int] = set()
        self.elected: list[str] = []
        self.exhausted = 0
        self.stages: list[dict[str, Any]] = []
        self.settled: list[Settled] = []
        # Elected with more than the quota, whose surplus waits.
        self.waiting: set[int] = set()

    def run(self) -> None:
        """Count until the seats are filled, or until equal votes stay open."""
        self._first_stage()
        try:
            while self._vacancies() and self._contested():
                self._next_stage()
        except _Open:
            return
        if self._vacancies() and self._left():
            self._fill()

    def _vacancies(self) -> int:
        return self.seats - len(self.elected)

    def _left(self) -> list[int]:
        return [place for place, continues in enumerate(self.continuing) if continues]

    def _contested(self) -> bool:
        return len(self._left()) > self._vacancies()

    def _first_stage(self) -> None:
        ballots: list[list[tuple[bytes, int, int]]] = [[] for _one in self.ids]
        for marks, papers in self.groups.items():
            ballots[marks.index(1)].append((marks, 1, papers))
        for place, parcel in enumerate(ballots):
            if parcel:
                self.piles[place].append((self.unit, parcel))
                self.votes[place] = self.unit * sum(papers for _marks, _rank, papers in parcel)
        self._record("first")

    def _next_stage(self) -> None:
        if self.waiting:
            self._transfer_surplus()
        else:
            self._exclude()

    def _transfer_surplus(self) -> None:
        """Rules 48 and 49: the highest surplus first, each paper at its share of it."""
        most = max(self.votes[place] for place in self.waiting)
        among = [place for place in self.waiting if self.votes[place] == most]
        place = self._pick(Contested.SURPLUS, among)
        self.waiting.discard(place)
        total, surplus = self.votes[place], self.votes[place] - self.quota * self.unit
        parcels = [(surplus * value // total, ballots) for value, ballots in self.piles[place]]
        self.piles[place] = []
        self.votes[place] = self.quota * self.unit
        self._record("surplus", place, parcels)

    def _exclude(self) -> None:
        """Rules 50 and 51: the fewest votes go, each paper at the value it had."""
        left = self._left()
        fewest = min(self.votes[place] for place in left)
        place = self._pick(Contested.EXCLUSION, [one for one in left if self.votes[one] == fewest])
        self.continuing[place] = False
        self.excluded.add(place)
        parcels, self.piles[place] = self.piles[place], []
        self.votes[place] = 0
        self._record("exclusion", place, parcels)

    def _fill(self) -> None:
        """Rule 52: as many candidates as vacancies are elected, and nothing is transferred any more."""
        self._record("fill", elected=self._left())

    def _pick(self, matter: Contested, among: list[int]) -> int:
        """Who goes first: by the most recent stage at which they were unequal, else by the declared rule."""
        best = max if matter is Contested.SURPLUS else min
        for stage in reversed(self.stages[:-1]):
            if len(among) == 1:
                break
            wanted = best(stage["votes"][self.ids[place]] for place in among)
            among = [place for place in among if stage["votes"][self.ids[place]] == wanted]
        return among[0] if len(among) == 1 else self._settle(matter, among)

    def _settle(self, matter: Contested, among: list[int]) -> int:
        ids = sorted(self.ids[place] for place in among)
        order = self.ties.first(ids)
        chosen = order[:1] if matter is Contested.SURPLUS else order[-1:]
        self.settled.append(Settled(matter, tuple(ids), self.ties.rule, tuple(chosen), stage=len(self.stages) + 1))
        if not chosen:
            raise _Open
        return self.ids.index(chosen[0])

    def _record(
        self, act: str, source: int | None = None, parcels: Iterable[Parcel] = (), *, elected: list[int] | None = None
    ) -> None:
        """Move the parcels, elect whoever reaches the quota, and write the stage down."""
        papers, moved, rest = self._move(parcels)
        reached = [place for place in self._left() if self.votes[place] >= self.quota * self.unit]
        self._elect(reached if elected is None else elected)
        chosen = len(reached if elected is None else elected)
        self.exhausted += rest[1]
        held = {self.ids[place]: votes for place, votes in enumerate(self.votes) if place not in self.excluded}
        self.stages.append(
            {
                "act": act, "from": "" if source is None else self.ids[source], "papers": papers,
                "to": dict(sorted((self.ids[place], got) for place, got in moved.items())), "rest": rest,
                "votes": dict(sorted(held.items())), "elected": self.elected[len(self.elected) - chosen :],
                "exhausted": self.exhausted,
                "lost": self.papers * self.unit - sum(self.votes) - self.exhausted,
            }
        )  # fmt: skip

    def _elect(self, places: list[int]) -> None:
        for place in sorted(places, key=lambda one: (-self.votes[one], self.ids[one])):
            self.continuing[place] = False
            self.elected.append(self.ids[place])
            if self.votes[place] > self.quota * self.unit:
                self.waiting.add(place)

    def _move(self, parcels: Iterable[Parcel]) -> tuple[int, dict[int, list[int]], list[int]]:
        """Give each paper to its next continuing candidate: papers, what each got, what has no next choice."""
        moved: dict[int, list[int]] = {}
        rest, all_papers, continuing = [0, 0], 0, self.continuing
        for value, ballots in parcels:
            onwards: dict[int, list[tuple[bytes, int, int]]] = {}
            for marks, rank, papers in ballots:
                next_rank = rank + 1
                while (place := marks.find(next_rank)) >= 0 and not continuing[place]:
                    next_rank += 1
                onwards.setdefault(place, []).append((marks, next_rank, papers))
            for place, parcel in onwards.items():
                papers = sum(ballot[2] for ballot in parcel)
                all_papers += papers
                got = rest if place < 0 else moved.setdefault(place, [0, 0])
                got[0] += papers
                got[1] += papers * value
                if place >= 0:
                    self.piles[place].append((value, parcel))
                    self.votes[place] += papers * value
        return all_papers, moved, rest
