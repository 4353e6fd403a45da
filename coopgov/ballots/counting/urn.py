"""An urn opened for the count: each ballot checked again, identical ones together, nothing of their order left."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coopgov.ballots.counting.marks import Reader, check_ballot, is_blank, marks_of
from coopgov.ballots.counting.papers import Paper


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many ballots were cast, and what they are: valid, blank or null (*valables, blancs, nuls*)."""

    valid: int = 0
    blank: int = 0
    null: int = 0

    @property
    def cast(self) -> int:
        """All the ballots of the urn."""
        return self.valid + self.blank + self.null

    def __add__(self, other: "Turnout") -> "Turnout":
        """Both urns together."""
        return Turnout(self.valid + other.valid, self.blank + other.blank, self.null + other.null)


@dataclass(frozen=True, slots=True)
class CheckedUrn:
    """Ballots that were checked: only these can be counted."""

    paper: Paper
    # By college, the marks of valid ballots and how many bear them.
    colleges: Mapping[str, Mapping[bytes, int]]
    turnout: Mapping[str, Turnout]
    # Why ballots are null, by the code of the first breach.
    nulls: Mapping[str, int]

    @property
    def groups(self) -> Mapping[bytes, int]:
        """The marks of valid ballots of all colleges together."""
        if len(self.colleges) == 1:
            return next(iter(self.colleges.values()))
        whole: Counter[bytes] = Counter()
        for groups in self.colleges.values():
            whole.update(groups)
        return whole

    @property
    def total(self) -> Turnout:
        """The ballots of all colleges together."""
        return sum(self.turnout.values(), start=Turnout())


def read_urn(paper: Paper, ballots: Iterable[tuple[str, bytes]]) -> CheckedUrn:
    """Open an urn of ballots, each with the college of its voter."""
    return read_groups(paper, Counter(ballots))


def read_groups(paper: Paper, groups: Mapping[tuple[str, bytes], int]) -> CheckedUrn:
    """The same from ballots that were grouped already, as a database groups them."""
    faults = _faults(paper, {content for _college, content in groups})
    colleges: dict[str, dict[bytes, int]] = {}
    turnout: dict[str, Turnout] = {}
    nulls: Counter[str] = Counter()
    for (college, content), count in groups.items():
        valid = colleges.setdefault(college, {})
        if content in faults:
            nulls[faults[content]] += count
            found = Turnout(null=count)
        elif is_blank(content):
            found = Turnout(blank=count)
        else:
            marks = marks_of(content)
            valid[marks] = valid.get(marks, 0) + count
            continue
        turnout[college] = turnout.get(college, Turnout()) + found
    for college, valid in colleges.items():
        turnout[college] = turnout.get(college, Turnout()) + Turnout(valid=sum(valid.values()))
    return CheckedUrn(paper, colleges, turnout, dict(nulls))


def _faults(paper: Paper, contents: Iterable[bytes]) -> dict[bytes, str]:
    """The contents that are no sound ballot, each with the code of what is wrong first."""
    told = Reader(paper).told
    checked = ((content, check_ballot(paper, told(content))) for content in contents)
    return {content: breaches[0].code for content, breaches in checked if breaches}
