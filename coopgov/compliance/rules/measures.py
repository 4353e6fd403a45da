"""How a part stands beside its limit, and what it takes to cross it: whole numbers and exact fractions."""

from fractions import Fraction
from math import ceil, floor

from coopgov.compliance.rules.kinds import Obligation, Part, Said, Verdict
from coopgov.core.figures import Figure

# Five points of the whole, or one head: when this page begins to warn. Chosen here, not by the law.
NEAR = Fraction(1, 20)


def more_to_pass(part: int, whole: int, limit: Fraction, step: int = 1) -> int | None:
    """How many steps more of the part take it beyond the limit (the whole grows too); None when none ever do."""
    if limit >= 1:
        return None
    return max(floor((limit * whole - part) / (step * (1 - limit))) + 1, 0)


def others_to_come_back(part: int, whole: int, limit: Fraction, step: int = 1) -> int | None:
    """How many steps more of the rest bring the part back to its limit; None when none ever do."""
    if limit <= 0:
        return None
    return max(ceil((part / limit - whole) / step), 0)


def others_gone_to_pass(part: int, whole: int, limit: Fraction) -> int | None:
    """How many heads of the rest must leave until the part passes its limit; None when none are enough."""
    if limit <= 0 or part == 0:
        return None
    gone = floor(whole - part / limit) + 1
    return gone if 0 < gone <= whole - part else None


def verdict_of(part: Part, *, next_head_passes: bool = False) -> Verdict:
    """Broken beyond the limit, near within five points of it or when one head more would pass it."""
    if part.room < 0:
        return Verdict.RED
    return Verdict.NEAR if part.room < NEAR or next_head_passes else Verdict.FINE


def margins(*told: tuple[str, int | None]) -> tuple[Said, ...]:
    return tuple(Said(sentence, {"count": count}) for sentence, count in told if count is not None)


def nothing(code: str, label: str, sentence: str, *figures: Figure) -> Obligation:
    return Obligation(code, label, Verdict.TO_JUDGE, Said(sentence), figures=figures)


def to_do(is_needed: bool, sentence: str, values: dict[str, object] | None = None) -> Said | None:  # noqa: FBT001 - the condition reads first
    return Said(sentence, values or {}) if is_needed else None
