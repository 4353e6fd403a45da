"""Counting by the law: majorities, quorums, days of notice, proxies; whole numbers only."""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from coopgov.core.errors import Citation
from coopgov.core.figures import Figure, Figures

Kind = Literal["ordinary", "extraordinary"]
Call = Literal["first", "second"]


class Base(StrEnum):
    """What a majority is measured on (*assiette*): votes cast, people in the room, everybody."""

    EXPRESSED = "EXPRESSED"
    PRESENT_OR_REPRESENTED = "PRESENT_OR_REPRESENTED"
    ALL_MEMBERS = "ALL_MEMBERS"


class Tie(StrEnum):
    """What equal votes for and against decide (*partage des voix*): nobody in an assembly has a casting vote."""

    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of one vote: what was cast, who was in the room, who could have been."""

    for_: int
    against: int
    abstain: int
    blank: int
    present_or_represented: int
    enrolled: int

    def __post_init__(self) -> None:
        """Refuse what cannot be: more votes than people, more people than members."""
        if any(getattr(self, count.name) < 0 for count in fields(self)):
            raise ValueError(f"a count is negative: {self}")
        if not self.cast <= self.present_or_represented <= self.enrolled:
            raise ValueError(f"votes, people in the room and members do not fit: {self}")

    @property
    def expressed(self) -> int:
        """Votes for and against (*suffrages exprimés*): neither abstentions nor blank ballots."""
        return self.for_ + self.against

    @property
    def cast(self) -> int:
        """Everybody who answered, abstentions and blank ballots among them."""
        return self.expressed + self.abstain + self.blank

    def measured_on(self, base: Base) -> int:
        """The number of votes a majority is measured on."""
        match base:
            case Base.EXPRESSED:
                return self.expressed
            case Base.PRESENT_OR_REPRESENTED:
                return self.present_or_represented
            case Base.ALL_MEMBERS:
                return self.enrolled


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """What it takes to adopt: a fraction of a base, reached or passed, and the articles that say so."""

    fraction: Fraction
    strict: bool
    base: Base
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one vote, with the two numbers it rests on, and the rule on ties where it was one."""

    adopted: bool
    numerator: int
    denominator: int
    rule: DecisionRule
    tie: Tie | None = None


def reaches(part: int, whole: int, fraction: Fraction, *, strict: bool) -> bool:
    """Whether part/whole reaches the fraction (or passes it, when strict); an empty whole never does."""
    if whole <= 0:
        return False
    left, right = part * fraction.denominator, whole * fraction.numerator
    return left > right if strict else left >= right


def quorum_met(present_or_represented: int, enrolled: int, fraction: Fraction) -> bool:
    """Whether enough members are in the room; a fraction of 0 asks for no quorum."""
    return fraction == 0 or reaches(present_or_represented, enrolled, fraction, strict=False)


def quorum_heads(enrolled: int, fraction: Fraction) -> int:
    """The smallest number of members present or represented that meets the quorum."""
    return -(-enrolled * fraction.numerator // fraction.denominator)


def decide(counts: Counts, rule: DecisionRule) -> Decision:
    """Say whether the votes for reach the rule's fraction of its base; nobody to vote adopts nothing."""
    whole = counts.measured_on(rule.base)
    adopted = reaches(counts.for_, whole, rule.fraction, strict=rule.strict)
    is_tie = counts.for_ == counts.against > 0 and not adopted
    return Decision(adopted, counts.for_, whole, rule, Tie.REJECTED if is_tie else None)


def earliest_assembly_day(sent_on: date, notice_days: int) -> date:
    """The first day an assembly can be held: the day of sending is not counted, the day of the assembly is.

    Cass. com., 11 January 2005, n° 02-14.118; code de procédure civile, art. 641.
    """
    return sent_on + timedelta(days=notice_days)


def latest_sending_day(assembly_on: date, notice_days: int) -> date:
    """The last day the notice can leave, counted the same way."""
    return assembly_on - timedelta(days=notice_days)


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last day of the month when that month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def year_end_before(month_and_day: str, on: date) -> date:
    """The end of the financial year ("12-31") that closed last before that day."""
    year = on.year
    while (ended := _in_year(month_and_day, year)) >= on:
        year -= 1
    return ended


def _in_year(month_and_day: str, year: int) -> date:
    # A year may end on 29 February: in a common year, on the last day of that month.
    return add_months(date.fromisoformat(f"2000-{month_and_day}"), 12 * (year - 2000))


def decision_rule(figures: Figures, *, kind: Kind, call: Call, on: date) -> DecisionRule:
    """The rule of majority of an assembly of that kind, at that call, on that day."""
    fraction = figures.figure(f"assembly.majority.{kind}.{call}", on=on)
    strict = figures.figure(f"assembly.majority_strict.{kind}", on=on)
    base = figures.figure(f"assembly.majority_base.{kind}.{call}", on=on)
    citations = tuple(dict.fromkeys((*fraction.citations, *base.citations)))
    return DecisionRule(fraction.as_fraction(), strict.as_bool(), Base(base.as_text()), citations)


def quorum(figures: Figures, *, kind: Kind, call: Call, on: date) -> Figure:
    """The quorum of an assembly of that kind, at that call, on that day: a fraction of its members."""
    return figures.figure(f"assembly.quorum.{kind}.{call}", on=on)


def max_proxies(members: int, figures: Figures, on: date) -> int | None:
    """How many proxies one member may hold in a cooperative of that size; None where nothing limits them."""
    limits = [limit for limit in (_limit_by_size(members, figures, on), _own_limit(figures, on)) if limit is not None]
    return min(limits, default=None)


def _limit_by_size(members: int, figures: Figures, on: date) -> int | None:
    """A SCOP counts in twentieths of its members, and gives one proxy to the small ones (loi 78-763, art. 14)."""
    divisor = figures.find_figure("proxy.divisor", on=on)
    if divisor is None:
        return None
    if members < figures.figure("proxy.small_company_below", on=on).as_int():
        return figures.figure("proxy.small_company_limit", on=on).as_int()
    return members // divisor.as_int()


def _own_limit(figures: Figures, on: date) -> int | None:
    limit = figures.find_figure("proxy.max_per_holder", on=on)
    return None if limit is None else limit.as_int()
