"""What a count finds: who is elected, what stays open, which votes were equal, and the figures of the method."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from coopgov.ballots.counting.ties import Filled, Settled


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of one method; `detail` holds whole numbers and identifiers only."""

    elected: tuple[str, ...] = ()
    vacant: int = 0
    ties: tuple[Settled, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


def found(filled: Filled, detail: Mapping[str, Any]) -> Found:
    """Seats that were filled, with the figures they rest on."""
    return Found(filled.elected, filled.vacant, filled.ties, detail)


def tiers(ids: Iterable[str], worth: Callable[[str], Any]) -> list[list[str]]:
    """Options from the best to the worst, those of one worth together."""
    by_worth: dict[Any, list[str]] = {}
    for one in ids:
        by_worth.setdefault(worth(one), []).append(one)
    return [sorted(by_worth[value]) for value in sorted(by_worth, reverse=True)]


def at_least(part: int, whole: int, share: Fraction) -> bool:
    """Whether part/whole reaches a share, without dividing."""
    return part * share.denominator >= whole * share.numerator
