"""Sharing out a year's surplus: reserves, labour share, interest on shares, and the cap on that interest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor, lcm

from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros, split

# Rates are published and voted to a hundredth of a per cent.
_HUNDREDTH_OF_A_PERCENT = Fraction(1, 10_000)


@dataclass(frozen=True, slots=True)
class InterestCap:
    """The highest rate of interest on shares: the mean of published rates and a margin."""

    mean: Fraction
    margin: Fraction
    citations: tuple[Citation, ...]

    @property
    def exact(self) -> Fraction:
        return self.mean + self.margin

    @property
    def rate(self) -> Fraction:
        """The rate as an assembly votes it, rounded down so that it never passes the exact one."""
        return floor(self.exact / _HUNDREDTH_OF_A_PERCENT) * _HUNDREDTH_OF_A_PERCENT


def interest_cap(figures: Figures, *, assembly_on: date) -> InterestCap | None:
    """The cap for an assembly of that day; None for a SCOP, which has another rule.

    Raises KeyError while the rate of one of the half-years is not in the texts.
    """
    margin = figures.find_figure("year_end.interest_cap_margin", on=assembly_on)
    if margin is None:
        return None
    years = figures.figure("year_end.interest_cap_mean_years", on=assembly_on).as_int()
    rates = [
        figures.figure("year_end.bond_rate", on=date(year, month, 1)).as_fraction()
        for year in range(assembly_on.year - years, assembly_on.year)
        for month in (1, 7)
    ]
    return InterestCap(sum(rates, Fraction(0)) / len(rates), margin.as_fraction(), margin.citations)


@dataclass(frozen=True, slots=True)
class ScopYear:
    """What a SCOP shares out: its surplus, where capital and reserve stand, what statutes and assembly ask."""

    surplus: Cents
    highest_capital: Cents
    legal_reserve: Cents
    development: Fraction
    interest: Cents


@dataclass(frozen=True, slots=True)
class ScopSplit:
    """A SCOP's surplus in its four parts."""

    legal_reserve: Cents
    development_fund: Cents
    labour_share: Cents
    interest: Cents


@dataclass(frozen=True, slots=True)
class ScicYear:
    """What a SCIC shares out: the surplus and the grants in it, its reserves and capital, the interest asked."""

    surplus: Cents
    reserves: Cents
    capital: Cents
    interest: Cents
    grants: Cents


@dataclass(frozen=True, slots=True)
class ScicSplit:
    """A SCIC's surplus in its parts; `kept` is what is left, and goes to the reserves too."""

    legal_reserve: Cents
    statutory_reserve: Cents
    interest: Cents
    kept: Cents

    @property
    def reserves(self) -> Cents:
        """What the law and the statutes put in reserve before any interest."""
        return Cents(self.legal_reserve + self.statutory_reserve)


def split_scop_surplus(year: ScopYear, figures: Figures, on: date) -> ScopSplit:
    """Share out a SCOP's surplus (loi 78-763, art. 33): what the legal reserve no longer needs goes to development.

    The labour share is what is left; it is negative when too much was asked, which `check_scop_split` refuses.
    """
    _refuse_loss(year.surplus)
    due = _at_least(year.surplus, figures.figure("year_end.legal_reserve", on=on).as_fraction())
    needed = max(year.highest_capital - year.legal_reserve, 0)
    to_reserve = min(due, needed)
    to_development = _at_least(year.surplus, year.development) + due - to_reserve
    labour = year.surplus - to_reserve - to_development - year.interest
    return ScopSplit(Cents(to_reserve), Cents(to_development), Cents(labour), year.interest)


def check_scop_split(year: ScopYear, figures: Figures, on: date) -> list[Breach]:
    """List what article 33 refuses in that sharing out."""
    parts = split_scop_surplus(year, figures, on)
    return [
        *_check_development(year, parts, figures, on),
        *_check_labour(year, parts, figures, on),
        *_check_interest(parts, figures, on),
    ]


def _check_development(year: ScopYear, parts: ScopSplit, figures: Figures, on: date) -> list[Breach]:
    rule = figures.figure("year_end.development_fund_required", on=on)
    if year.surplus == 0 or (year.development > 0 and parts.development_fund > 0):
        return []
    sentence = N_("A part of the surplus goes to the development fund. Give it more than nothing.")
    return [Breach("no_development_fund", sentence, {}, rule.citations, field="development")]


def _check_labour(year: ScopYear, parts: ScopSplit, figures: Figures, on: date) -> list[Breach]:
    least = figures.figure("year_end.labour_share_min", on=on)
    needed = _at_least(year.surplus, least.as_fraction())
    if parts.labour_share >= needed:
        return []
    sentence = N_("The labour share is %(given)s and must be at least %(least)s. Lower the interest or the reserves.")
    values = {"given": Euros(parts.labour_share), "least": Euros(needed)}
    return [Breach("labour_share_too_small", sentence, values, least.citations, field="interest")]


def _check_interest(parts: ScopSplit, figures: Figures, on: date) -> list[Breach]:
    reserved = parts.legal_reserve + parts.development_fund
    breaches = []
    by_reserves = figures.figure("year_end.interest_capped_by_reserves", on=on)
    if by_reserves.as_bool() and parts.interest > reserved:
        sentence = N_("Interest on shares may not exceed what goes to the reserves, %(most)s. Give at most that.")
        values = {"most": Euros(reserved)}
        breaches.append(Breach("interest_over_reserves", sentence, values, by_reserves.citations, field="interest"))
    by_labour = figures.figure("year_end.interest_capped_by_labour_share", on=on)
    if by_labour.as_bool() and parts.interest > parts.labour_share:
        sentence = N_("Interest on shares may not exceed the labour share, %(most)s. Give at most that.")
        values = {"most": Euros(parts.labour_share)}
        breaches.append(Breach("interest_over_labour", sentence, values, by_labour.citations, field="interest"))
    return breaches


def split_scic_surplus(year: ScicYear, figures: Figures, on: date) -> ScicSplit:
    """Share out a SCIC's surplus (loi 47-1775, art. 16 and 19 nonies): what interest does not take is kept.

    What is kept is negative when too much was asked, which `check_scic_interest` refuses.
    """
    _refuse_loss(year.surplus)
    legal, statutory = _scic_reserves(year, year.surplus, figures, on)
    kept = year.surplus - legal - statutory - year.interest
    return ScicSplit(Cents(legal), Cents(statutory), year.interest, Cents(kept))


def most_scic_interest(year: ScicYear, cap: InterestCap, figures: Figures, on: date) -> Cents:
    """The most interest that may be paid: what reserves leave of the surplus without grants, and the capped rate."""
    counted = max(year.surplus - year.grants, 0)
    left = counted - sum(_scic_reserves(year, counted, figures, on))
    return Cents(min(left, floor(year.capital * cap.rate)))


def check_scic_interest(year: ScicYear, cap: InterestCap, figures: Figures, on: date) -> list[Breach]:
    """List what the law refuses in the interest asked."""
    most = most_scic_interest(year, cap, figures, on)
    if year.interest <= most:
        return []
    rule = figures.figure("year_end.statutory_reserve_min", on=on)
    sentence = N_("Interest on shares may be at most %(most)s this year. Give at most that.")
    citations = (*cap.citations, *rule.citations)
    return [Breach("interest_over_cap", sentence, {"most": Euros(most)}, citations, field="interest")]


def _scic_reserves(year: ScicYear, surplus: int, figures: Figures, on: date) -> tuple[int, int]:
    legal = 0
    if year.reserves < year.capital:
        legal = _at_least(surplus, figures.figure("year_end.legal_reserve", on=on).as_fraction())
    statutory = _at_least(surplus - legal, figures.figure("year_end.statutory_reserve_min", on=on).as_fraction())
    return legal, statutory


def has_labour_share(months_present: int, months_of_seniority: int, figures: Figures, on: date) -> bool:
    """Whether an employee, member or not, takes part in the labour share: presence or seniority, one is enough."""
    present = figures.figure("year_end.labour_share_presence_months", on=on).as_int()
    senior = figures.figure("year_end.labour_share_seniority_months", on=on).as_int()
    return months_present >= present or months_of_seniority >= senior


def share_labour(labour: Cents, weights: Sequence[int], coefficients: Sequence[Fraction]) -> list[Cents]:
    """Share the labour share to the cent, by wages, hours or heads, each times a seniority coefficient."""
    weighed = [weight * coefficient for weight, coefficient in zip(weights, coefficients, strict=True)]
    scale = lcm(*(weight.denominator for weight in weighed))
    return split(labour, [int(weight * scale) for weight in weighed])


def check_coefficients(coefficients: Sequence[Fraction], figures: Figures, on: date) -> list[Breach]:
    """List the seniority coefficients that the law finds too great."""
    most = figures.figure("year_end.labour_share_max_coefficient", on=on)
    if all(1 <= coefficient <= most.as_int() for coefficient in coefficients):
        return []
    sentence = N_("A seniority coefficient lies between 1 and %(most)s. Correct those that do not.")
    return [
        Breach("coefficient_out_of_bounds", sentence, {"most": most.as_int()}, most.citations, field="coefficients")
    ]


def check_patronage_refund(refund: Cents, figures: Figures, on: date) -> list[Breach]:
    """List what refuses a refund to members on their purchases or sales."""
    allowed = figures.find_figure("year_end.patronage_refund_allowed", on=on)
    if refund == 0 or allowed is None or allowed.as_bool():
        return []
    sentence = N_("The law gives no refund to users in a cooperative of this form. Put this sum in the reserves.")
    return [Breach("refund_not_allowed", sentence, {}, allowed.citations, field="refund")]


def _at_least(sum_: int, fraction: Fraction) -> int:
    """A part that is a minimum is rounded up to the cent."""
    return ceil(sum_ * fraction)


def _refuse_loss(surplus: int) -> None:
    if surplus < 0:
        raise ValueError(f"a loss is not shared out: {surplus}")
