"""Who holds the capital, and how low it may fall."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from math import ceil

from coopgov.compliance.rules.kinds import Obligation, Part, Said, Verdict
from coopgov.compliance.rules.measures import (
    NEAR,
    margins,
    more_to_pass,
    nothing,
    others_to_come_back,
    to_do,
    verdict_of,
)
from coopgov.compliance.rules.situation import Situation
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros


def employed_capital(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    least = figures.find_figure("membership.employed_capital_min", on=on)
    if least is None:
        return
    label = N_("Capital held by employed members")
    held, capital, limit = situation.employed_capital, situation.capital, least.as_fraction()
    if capital == 0:
        yield nothing("employed_capital", label, N_("No share is subscribed: there is no capital to hold."), least)
        return
    part, others = Part(Fraction(held, capital), limit, is_floor=True), capital - held
    is_red = part.room < 0
    yield Obligation(
        "employed_capital", label, verdict_of(part),
        Said(N_("Employed members hold %(part)s of the capital, %(held)s out of %(capital)s; at least %(limit)s."),
             {"part": part.share, "held": Euros(Cents(held)), "capital": Euros(Cents(capital)), "limit": limit}),
        () if is_red else margins(
            (N_("Shares subscribed by others that would cross it: %(count)s."),
             more_to_pass(others, capital, 1 - limit, situation.nominal)),
        ),
        to_do(is_red, N_("Shares that employed members must subscribe to come back: %(count)s."),
               {"count": others_to_come_back(others, capital, 1 - limit, situation.nominal)}),
        (least,), part,
    )  # fmt: skip


def largest_holder(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    most, largest = figures.find_figure("share.max_holder_fraction", on=on), situation.largest
    if most is None:
        return
    label = N_("Largest holder")
    if largest is None or situation.capital == 0:
        yield nothing("largest_holder", label, N_("No share is subscribed: there is no capital to hold."), most)
        return
    capital, limit = situation.capital, most.as_fraction()
    part = Part(Fraction(largest.cents, capital), limit)
    is_red = part.room < 0
    yield Obligation(
        "largest_holder", label, verdict_of(part),
        Said(N_("The largest holder has %(part)s of the capital, %(held)s; at most %(limit)s."),
             {"part": part.share, "held": Euros(Cents(largest.cents)), "limit": limit}),
        () if is_red else margins(
            (N_("Shares this holder would subscribe to cross it: %(count)s."),
             more_to_pass(largest.cents, capital, limit, situation.nominal)),
        ),
        to_do(is_red, N_("Shares that others must subscribe to come back: %(count)s."),
               {"count": others_to_come_back(largest.cents, capital, limit, situation.nominal)}),
        (most,), part,
    )  # fmt: skip


def floor_of_capital(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    ratio = figures.figure("capital.floor_ratio", on=on)
    lowest = ceil(situation.peak * ratio.as_fraction())
    part = Part(_part(situation.capital, situation.peak), ratio.as_fraction(), is_floor=True)
    is_red = situation.capital < lowest
    yield Obligation(
        "floor_of_capital", N_("Floor of the capital"), verdict_of(part) if situation.peak else Verdict.FINE,
        Said(N_("Capital: %(capital)s; floor: %(floor)s, which is %(ratio)s of the highest it ever was, %(peak)s."),
             {"capital": Euros(Cents(situation.capital)), "floor": Euros(Cents(lowest)), "ratio": ratio.as_fraction(),
              "peak": Euros(Cents(situation.peak))}),
        () if is_red else (Said(N_("What may still be paid back above this floor: %(amount)s."),
                                {"amount": Euros(Cents(situation.capital - lowest))}),),
        to_do(is_red, N_("Pay nothing back: reimbursements wait, in their order, until shares are subscribed.")),
        (ratio,), part if situation.peak else None,
    )  # fmt: skip


def _part(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(1)


def minimum_of_capital(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    names = ("capital.statutory_minimum_cents", "capital.form_minimum_cents")
    found = [figure for name in names if (figure := figures.find_figure(name, on=on)) is not None]
    if not found:
        return
    least = max(figure.as_int() for figure in found)
    missing = least - situation.capital
    is_near = 0 <= -missing < least * NEAR
    yield Obligation(
        "minimum_of_capital", N_("Minimum of the capital"),
        Verdict.RED if missing > 0 else Verdict.NEAR if is_near else Verdict.FINE,
        Said(N_("Capital: %(capital)s; at least %(least)s."),
             {"capital": Euros(Cents(situation.capital)), "least": Euros(Cents(least))}),
        (Said(N_("What may still be paid back above this minimum: %(amount)s."), {"amount": Euros(Cents(-missing))}),)
        if missing <= 0 else (),
        to_do(missing > 0, N_("Subscribe at least %(amount)s more, and pay nothing back until then."),
               {"amount": Euros(Cents(max(missing, 0)))}),
        tuple(figure for figure in found if figure.as_int() == least),
    )  # fmt: skip


def nominal(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    low = figures.find_figure("share.nominal_min_cents", on=on)
    high = figures.find_figure("share.nominal_max_cents", on=on)
    if low is None or high is None:
        return
    is_within = low.as_int() <= situation.nominal <= high.as_int()
    yield Obligation(
        "nominal", N_("Nominal value of a share"), Verdict.FINE if is_within else Verdict.TO_JUDGE,
        Said(N_("A share is worth %(nominal)s; between %(low)s and %(high)s."),
             {"nominal": Euros(Cents(situation.nominal)), "low": Euros(Cents(low.as_int())),
              "high": Euros(Cents(high.as_int()))}),
        (), to_do(not is_within, N_("Ask whether the decree still holds before anything is changed.")), (low, high),
    )  # fmt: skip


def public_bodies(situation: Situation, figures: Figures, on: date) -> Iterator[Obligation]:
    most = figures.find_figure("capital.public_bodies_max", on=on)
    if most is None or situation.capital == 0:
        return
    held = situation.cents(lambda kind: kind.is_organisation)
    part = Part(Fraction(held, situation.capital), most.as_fraction())
    is_within = part.room >= 0
    yield Obligation(
        "public_bodies", N_("Capital held by public bodies"), Verdict.FINE if is_within else Verdict.TO_JUDGE,
        Said(N_("Organisations of every kind hold %(part)s of the capital together; public bodies at most %(limit)s."),
             {"part": part.share, "limit": most.as_fraction()}),
        (), to_do(not is_within, N_("Count the shares of public bodies among them.")), (most,), part,
    )  # fmt: skip
