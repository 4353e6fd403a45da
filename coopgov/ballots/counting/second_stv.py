"""The second program's count of a ranking: who holds each ballot, and at what value, written in two long columns."""

from collections.abc import Callable
from typing import Any

Facts = dict[str, Any]
# The marks of a ballot, by option, and how many papers bear them.
Ballot = tuple[dict[str, int], int]
UNIT = 100_000


class Ranked:
    """Rules 45 to 52 of SSI 2007/42, ballot by ballot; only the two columns go from one stage to the next."""

    def __init__(
        self, ballots: list[Ballot], ids: list[str], seats: int, settle: Callable[[str, list[str], int], str | None]
    ) -> None:
        self.ids, self.seats, self.settle = sorted(ids), seats, settle
        self.papers = [papers for _marks, papers in ballots]
        self.valid = sum(self.papers)
        self.quota = self.valid // (seats + 1) + 1
        self.full = self.quota * UNIT
        self.choices = [
            [one for _rank, one in sorted((r, one) for one, r in marks.items() if r)] for marks, _n in ballots
        ]
        self.holder: list[str | None] = [choices[0] for choices in self.choices]
        self.value = [UNIT] * len(ballots)
        # Votes of those whose surplus has gone: the quota, whatever becomes of their ballots.
        self.kept: dict[str, int] = {}
        self.elected: list[str] = []
        self.out: list[str] = []
        self.exhausted = 0
        self.stages: list[Facts] = []

    def run(self) -> None:
        """Count until the seats are filled, or until equal votes stay open."""
        if self.valid:
            self._close("first", "", {})
            while self._step():
                pass

    def _step(self) -> bool:
        votes = self.stages[-1]["votes"]
        hopeful = [one for one in votes if one not in self.elected]
        vacancies = self.seats - len(self.elected)
        if not vacancies or not hopeful:
            return False
        if len(hopeful) <= vacancies:
            self._close("fill", "", {}, hopeful)
            return False
        over = {one: votes[one] for one in self.elected if one not in self.kept and votes[one] > self.full}
        if over:
            return self._surplus(over)
        return self._exclusion({one: votes[one] for one in hopeful})

    def _surplus(self, over: dict[str, int]) -> bool:
        one = self._first("surplus", [one for one in sorted(over) if over[one] == max(over.values())])
        if one is None:
            return False
        surplus, total = over[one] - self.full, over[one]
        self.kept[one] = self.full
        self._close("surplus", one, self._transfer(one, lambda value: surplus * value // total))
        return True

    def _exclusion(self, hopeful: dict[str, int]) -> bool:
        one = self._first("exclusion", [one for one in sorted(hopeful) if hopeful[one] == min(hopeful.values())])
        if one is None:
            return False
        self.out.append(one)
        self._close("exclusion", one, self._transfer(one, lambda value: value))
        return True

    def _first(self, matter: str, among: list[str]) -> str | None:
        """The most recent earlier stage at which they were unequal decides; else the declared rule."""
        best = max if matter == "surplus" else min
        for stage in self.stages[-2::-1]:
            votes = {one: stage["votes"][one] for one in among}
            among = [one for one in among if votes[one] == best(votes.values())]
        return among[0] if len(among) == 1 else self.settle(matter, among, len(self.stages) + 1)

    def _transfer(self, source: str, share: Callable[[int], int]) -> dict[str | None, list[int]]:
        """Pass each of somebody's ballots on, at its share: papers and votes that each gets."""
        gone = {*self.elected, *self.out}
        moved: dict[str | None, list[int]] = {}
        for number, one in enumerate(self.holder):
            if one == source:
                choices = self.choices[number]
                later = (two for two in choices[choices.index(source) + 1 :] if two not in gone)
                self.holder[number] = following = next(later, None)
                self.value[number] = share(self.value[number])
                got = moved.setdefault(following, [0, 0])
                got[0] += self.papers[number]
                got[1] += self.papers[number] * self.value[number]
        return moved

    def _votes(self) -> dict[str, int]:
        """Everybody's votes, added up from the columns."""
        votes: dict[str, int] = dict.fromkeys((one for one in self.ids if one not in self.out), 0)
        for one, papers, value in zip(self.holder, self.papers, self.value, strict=True):
            if one is not None:
                votes[one] += papers * value
        return {**votes, **self.kept}

    def _close(
        self, act: str, source: str, moved: dict[str | None, list[int]], chosen: list[str] | None = None
    ) -> None:
        """Elect whoever reaches the quota, or those chosen, and write the stage down."""
        votes = self._votes()
        if chosen is None:
            chosen = [one for one in votes if one not in self.elected and votes[one] >= self.full]
        new = sorted(chosen, key=lambda one: (-votes[one], one))
        self.elected += new
        rest = moved.pop(None, [0, 0])
        self.exhausted += rest[1]
        to = {one: moved[one] for one in sorted(str(one) for one in moved)}
        self.stages.append(
            {
                "act": act, "from": source, "papers": rest[0] + sum(got[0] for got in to.values()), "to": to,
                "rest": rest, "votes": votes, "elected": new, "exhausted": self.exhausted,
                "lost": self.valid * UNIT - sum(votes.values()) - self.exhausted,
            }
        )  # fmt: skip
