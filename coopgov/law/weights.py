"""What the vote of a non-cooperating member weighs, so that all stay under the cap (loi 47-1775, art. 3 bis)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from coopgov.core.errors import Citation
from coopgov.core.figures import Figure, Figures

WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Heads:
    """Who votes: members who cooperate, and among the others the cooperative societies."""

    internal: int
    others: int
    cooperatives: int = 0

    def __post_init__(self) -> None:
        """Refuse fewer than nobody."""
        if min(self.internal, self.others, self.cooperatives) < 0:
            raise ValueError(f"a number of heads is negative: {self}")


@dataclass(frozen=True, slots=True)
class ExternalWeights:
    """The weight of one external vote, and of one vote of a cooperative society, with the articles that lower them."""

    heads: Heads
    others: Fraction
    cooperatives: Fraction
    citations: tuple[Citation, ...] = ()

    @property
    def external_votes(self) -> Fraction:
        """What all external votes weigh together, in heads."""
        return self.others * self.heads.others + self.cooperatives * self.heads.cooperatives

    @property
    def external_share(self) -> Fraction:
        """Their part of all the votes; nobody to vote has no part."""
        total = self.heads.internal + self.external_votes
        return self.external_votes / total if total else Fraction(0)


def external_weights(heads: Heads, figures: Figures, on: date) -> ExternalWeights:
    """Weigh external votes down to the cap; where the law sets none, each weighs one.

    The higher cap is open to cooperative societies only: they take the room that the others leave.
    """
    cap = figures.find_figure("membership.external_votes_max", on=on)
    wider = figures.find_figure("membership.external_votes_max_with_cooperatives", on=on)
    if cap is None or wider is None:
        return ExternalWeights(heads, WHOLE, WHOLE)
    others = _weight(heads.others, _most_votes(heads.internal, cap))
    left = max(_most_votes(heads.internal, wider) - others * heads.others, Fraction(0))
    citations = tuple(dict.fromkeys((*cap.citations, *wider.citations)))
    return ExternalWeights(heads, others, _weight(heads.cooperatives, left), citations)


def _most_votes(internal: int, cap: Figure) -> Fraction:
    """The external votes that make exactly that part of the whole: cap / (1 - cap) for each internal head."""
    part = cap.as_fraction()
    return internal * part / (1 - part)


def _weight(heads: int, votes: Fraction) -> Fraction:
    return WHOLE if heads == 0 else min(WHOLE, votes / heads)
