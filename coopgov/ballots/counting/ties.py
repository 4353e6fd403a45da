"""Equal votes (*égalité*): settled by a rule declared before the vote, and named in the result."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from coopgov.ballots.counting.papers import Answer, Option, Paper, Ranking, Resolutions, Rivals
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_


class TieRule(StrEnum):
    """Who settles equal votes: nobody (nothing changes), the chair, a lot drawn by a published seed, a new vote."""

    STATUS_QUO = "status_quo"
    CHAIR = "chair"
    SEED = "seed"
    REVOTE = "revote"


class Contested(StrEnum):
    """What the equal votes were about."""

    ANSWER = "answer"
    SEAT = "seat"
    SURPLUS = "surplus"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True)
class Ties:
    """The declared rule; an order of all options comes with the chair's decision or from the seed."""

    rule: TieRule
    seed: str = ""
    chair: tuple[str, ...] = ()

    def declared(self) -> dict[str, Any]:
        """What is sealed before the vote; the chair's order comes after the count that asked for it."""
        return {"tie": self.rule.value, "seed": self.seed}

    def facts(self) -> dict[str, Any]:
        """The rule as plain facts, as it settled."""
        return {**self.declared(), "chair": list(self.chair)}

    def first(self, tied: Iterable[str]) -> list[str]:
        """The tied options, the preferred one first; nothing where this rule, or the chair yet, prefers none."""
        among = sorted(tied)
        if self.rule is TieRule.SEED:
            return drawn(self.seed, among)
        if self.rule is TieRule.CHAIR and set(among) <= set(self.chair):
            return sorted(among, key=self.chair.index)
        return []


@dataclass(frozen=True, slots=True)
class Settled:
    """One case of equal votes: among whom, about what, and who came out of it; nobody where it stays open."""

    matter: Contested
    among: tuple[str, ...]
    rule: TieRule
    chosen: tuple[str, ...]
    # The stage of the count, or the resolution, where that means something.
    stage: int = 0
    about: str = ""

    def facts(self) -> dict[str, Any]:
        """The case as plain facts, named in the result."""
        return {
            "matter": self.matter.value, "among": list(self.among), "rule": self.rule.value,
            "chosen": list(self.chosen), "stage": self.stage, "about": self.about,
        }  # fmt: skip


# A seat has no status quo; a ranking meets equal votes at each stage, and a new vote at each would have no end.
_ALLOWED: Final[Mapping[type[Paper], frozenset[TieRule]]] = {
    Resolutions: frozenset({TieRule.STATUS_QUO, TieRule.CHAIR, TieRule.REVOTE}),
    Rivals: frozenset(TieRule),
    Ranking: frozenset({TieRule.CHAIR, TieRule.SEED}),
}
_OF_SEATS: Final = frozenset({TieRule.CHAIR, TieRule.SEED, TieRule.REVOTE})


def check_ties(paper: Paper, ties: Ties) -> list[Breach]:
    """List what a rule on equal votes lacks, or why it does not suit this paper."""
    breaches = []
    if ties.rule not in _ALLOWED.get(type(paper), _OF_SEATS):
        sentence = N_("This rule on equal votes does not suit this kind of ballot paper. Choose another one.")
        breaches.append(Breach("tie_rule_unfit", sentence, field="tie"))
    if ties.rule is TieRule.SEED and not ties.seed:
        breaches.append(Breach("seed_missing", N_("Publish the seed of the lot before the vote opens."), field="seed"))
    ids = {Answer.FOR.value, Answer.AGAINST.value} if isinstance(paper, Resolutions) else paper.ids_set
    if len(set(ties.chair)) < len(ties.chair) or not ids.issuperset(ties.chair):
        sentence = N_("The chair puts each of the equal options in order, once, and no other.")
        breaches.append(Breach("chair_order_unsound", sentence, field="chair"))
    return breaches


def drawn(seed: str, ids: Iterable[str]) -> list[str]:
    """Identifiers in the order a published seed draws: by the SHA-256 of the seed, a colon and the identifier."""
    return sorted(ids, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())


def shown(paper: Paper, voter_seed: str) -> tuple[Option, ...]:
    """The options in the order one voter sees them: hers alone where the paper is shuffled."""
    if not paper.shuffled:
        return paper.options
    place = {one: number for number, one in enumerate(drawn(voter_seed, paper.ids))}
    return tuple(sorted(paper.options, key=lambda option: place[option.id]))


@dataclass(frozen=True, slots=True)
class Filled:
    """Who takes the seats: elected, how many seats stay open, the cases of equal votes."""

    elected: tuple[str, ...]
    vacant: int
    ties: tuple[Settled, ...]


def fill(tiers: Sequence[Sequence[str]], seats: int, ties: Ties) -> Filled:
    """Give seats from the best tier down; only the tier that crosses the last seat needs the rule on ties."""
    elected: list[str] = []
    for tier in tiers:
        left = seats - len(elected)
        if left == 0:
            break
        among = sorted(tier)
        if len(among) <= left:
            elected += among
            continue
        chosen = tuple(ties.first(among)[:left])
        case = Settled(Contested.SEAT, tuple(among), ties.rule, chosen)
        return Filled((*elected, *chosen), left - len(chosen), (case,))
    return Filled(tuple(elected), seats - len(elected), ())
