"""Interest on shares (*intérêt aux parts*): by day and by lot, with the rates of each period, to the cent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor, lcm
from uuid import UUID

from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros, split
from coopgov.law.yearend import (
    InterestCap,
    ScicYear,
    ScopYear,
    check_scic_interest,
    check_scop_split,
    interest_cap,
)
from coopgov.shares.chain import Moment
from coopgov.treasury.rules.losses import FinancialYear

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """A yearly rate of interest, from a day to a day, both included."""

    from_on: date
    until: date
    rate: Fraction


@dataclass(frozen=True, slots=True)
class LotValue:
    """What one member holds of one lot, as changes of its value by day."""

    lot_id: UUID
    first_acquired_on: date
    moments: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days on which a sum paid on the shares of one lot did not change and bore one rate."""

    lot_id: UUID
    from_on: date
    until: date
    cents: int
    rate: Fraction
    days_of_year: int

    @property
    def days(self) -> int:
        """How many days, both ends included."""
        return (self.until - self.from_on).days + 1

    @property
    def interest(self) -> Fraction:
        """What these days earn, exactly."""
        return self.cents * self.days * self.rate / self.days_of_year


@dataclass(frozen=True, slots=True)
class SharedOut:
    """A sum shared out to the cent: to whom, and how many odd cents went to the largest remainders."""

    parts: tuple[Cents, ...]
    odd_cents: int

    @property
    def total(self) -> Cents:
        """The sum that was shared out."""
        return Cents(sum(self.parts))


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is withheld from interest paid to a person: income tax in advance, and social levies."""

    tax: Cents
    levies: Cents

    @property
    def total(self) -> Cents:
        """What she does not receive."""
        return Cents(self.tax + self.levies)


@dataclass(frozen=True, slots=True)
class Declared:
    """Interest about to be declared, with all that the law looks at."""

    year: FinancialYear
    rates: Sequence[Rate]
    total: Cents
    accounts: ScopYear | ScicYear | None
    assembly_on: date
    today: date
    # How the cap was checked by a person, while the texts do not have the published rates of the last years.
    cap_checked: str = ""


def stretches(
    lots: Sequence[LotValue], paid: Sequence[Moment], rates: Iterable[Rate], year: FinancialYear
) -> list[Stretch]:
    """What one member's paid shares earn in a year: her payments are counted on her oldest lots first.

    A day counts with what is held and paid at its end, so that a leaver earns until the day before she leaves.
    """
    oldest_first = sorted(lots, key=lambda lot: (lot.first_acquired_on, lot.lot_id))
    found: list[Stretch] = []
    for rate in rates:
        for first, after in pairwise(_bounds(oldest_first, paid, rate)):
            found += _on_days(oldest_first, paid, rate, (first, after - DAY), year.days)
    return found


def _bounds(lots: Sequence[LotValue], paid: Sequence[Moment], rate: Rate) -> list[date]:
    days = {moment.on for lot in lots for moment in lot.moments} | {moment.on for moment in paid}
    inside = {day for day in days if rate.from_on < day <= rate.until}
    return sorted({rate.from_on, *inside, rate.until + DAY})


def _on_days(
    lots: Sequence[LotValue], paid: Sequence[Moment], rate: Rate, days: tuple[date, date], days_of_year: int
) -> list[Stretch]:
    first, last = days
    left, found = _held(paid, first), []
    for lot in lots:
        cents = min(_held(lot.moments, first), left)
        left -= cents
        if cents > 0:
            found.append(Stretch(lot.lot_id, first, last, cents, rate.rate, days_of_year))
    return found


def _held(moments: Iterable[Moment], on: date) -> int:
    return sum(moment.amount for moment in moments if moment.on <= on)


def share_out(earned: Sequence[Fraction], total: Cents | None = None) -> SharedOut:
    """Share interest out in whole cents: all that was earned, rounded down; nobody is off by a cent or more.

    Each has her whole cents, and the odd ones go to the largest remainders, equal ones in order. With a `total`, that
    sum is shared out in proportion, to its last cent.
    """
    if total is not None:
        return _in_proportion(earned, total)
    whole = [floor(part) for part in earned]
    odd = floor(sum(earned, Fraction(0))) - sum(whole)
    by_remainder = sorted(range(len(earned)), key=lambda i: (whole[i] - earned[i], i))
    for i in by_remainder[:odd]:
        whole[i] += 1
    return SharedOut(tuple(map(Cents, whole)), odd)


def _in_proportion(earned: Sequence[Fraction], total: Cents) -> SharedOut:
    exact = sum(earned, Fraction(0))
    if not exact:
        return SharedOut(tuple(Cents(0) for _ in earned), 0)
    scale = lcm(*(part.denominator for part in earned))
    parts = split(total, [int(part * scale) for part in earned])
    return SharedOut(tuple(parts), total - sum(floor(part * total / exact) for part in earned))


def withhold(cents: int, figures: Figures, on: date, *, is_person: bool, is_exempt: bool = False) -> Withheld:
    """What the law has withheld from interest paid on that day, each part rounded to the nearest cent."""
    if not is_person:
        return Withheld(Cents(0), Cents(0))
    tax = Fraction(0) if is_exempt else figures.figure("year_end.tax.withholding", on=on).as_fraction()
    levies = figures.figure("year_end.tax.social_levies", on=on).as_fraction()
    return Withheld(_nearest(cents * tax), _nearest(cents * levies))


def _nearest(exact: Fraction) -> Cents:
    return Cents(floor(exact + Fraction(1, 2)))


def check_interest(declared: Declared, figures: Figures) -> list[Breach]:
    """List all that stands against declaring this interest."""
    return [
        *check_rates(declared.rates, declared.year),
        *_check_days(declared),
        *_check_cap(declared, figures),
        *_check_accounts(declared, figures),
    ]


def check_rates(rates: Sequence[Rate], year: FinancialYear) -> list[Breach]:
    """List what stands against the rates of a year: each above nothing, inside the year, one a day."""
    ordered = sorted(rates, key=lambda rate: rate.from_on)
    inside = all(year.begins_on <= rate.from_on <= rate.until <= year.ends_on for rate in ordered)
    apart = all(one.until < other.from_on for one, other in pairwise(ordered))
    if ordered and inside and apart and all(0 < rate.rate < 1 for rate in ordered):
        return []
    sentence = N_(
        "Give at least one rate between 0 and 100 %%, each for days between %(begins)s and %(ends)s, "
        "and one rate a day."
    )
    return [Breach("rates_do_not_fit", sentence, {"begins": year.begins_on, "ends": year.ends_on}, field="rates")]


def _check_days(declared: Declared) -> list[Breach]:
    if declared.year.ends_on < declared.assembly_on <= declared.today:
        return []
    sentence = N_(
        "The assembly decides interest after the year has ended, on %(ends)s, and before today. Check its day."
    )
    return [Breach("assembly_out_of_time", sentence, {"ends": declared.year.ends_on}, field="assembly_on")]


def find_cap(figures: Figures, assembly_on: date) -> InterestCap | None:
    """The cap on the rate; None for a form without one, or while the texts lack a published rate."""
    try:
        return interest_cap(figures, assembly_on=assembly_on)
    except KeyError:
        return None


def _check_cap(declared: Declared, figures: Figures) -> list[Breach]:
    margin = figures.find_figure("year_end.interest_cap_margin", on=declared.assembly_on)
    highest = max((rate.rate for rate in declared.rates), default=Fraction(0))
    if margin is None:
        return []
    cap = find_cap(figures, declared.assembly_on)
    if cap is None:
        return [] if declared.cap_checked.strip() else [_unknown_cap(margin.citations)]
    if highest <= cap.rate:
        return []
    sentence = N_("Interest on shares may be at most %(most)s for an assembly of %(day)s. Lower the rate.")
    values = {"most": cap.rate, "day": declared.assembly_on}
    return [Breach("rate_over_cap", sentence, values, cap.citations, field="rates")]


def _unknown_cap(citations: tuple[Citation, ...]) -> Breach:
    sentence = N_(
        "The texts do not have the bond rates of the three years before the assembly, so that the highest rate is not "
        "known. Look them up and say how you checked the rate."
    )
    return Breach("cap_not_known", sentence, {}, citations, field="cap_checked")


def _check_accounts(declared: Declared, figures: Figures) -> list[Breach]:
    """What the accounts of the year allow; a SCOP and a SCIC measure interest against them, another form does not."""
    match declared.accounts:
        case ScopYear() if figures.form.is_scop:
            return check_scop_split(declared.accounts, figures, declared.assembly_on)
        case ScicYear() if figures.form.is_scic:
            cap = find_cap(figures, declared.assembly_on)
            return [] if cap is None else check_scic_interest(declared.accounts, cap, figures, declared.assembly_on)
        case _ if (figures.form.is_scop or figures.form.is_scic) and not declared.cap_checked.strip():
            return [_unknown_accounts()]
        case _:
            return []


def _unknown_accounts() -> Breach:
    sentence = N_(
        "The law measures interest against the surplus and the reserves of the year. Give them, or say how you checked "
        "the amount."
    )
    return Breach("accounts_not_given", sentence, field="cap_checked")


def by_member(found: Mapping[UUID, Sequence[Stretch]]) -> dict[UUID, Fraction]:
    """What each member has earned exactly, in the order given."""
    return {member_id: sum((one.interest for one in some), Fraction(0)) for member_id, some in found.items()}


def check_anything(total: int, year: int) -> list[Breach]:
    """List why there is nothing to declare."""
    if total > 0:
        return []
    sentence = N_("No paid share has earned a cent of interest in %(year)s. Check the rates and the year.")
    return [Breach("no_interest", sentence, {"year": str(year), "total": Euros(Cents(total))}, field="rates")]
