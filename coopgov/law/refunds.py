"""What a share is paid back for, and how far refunds may take the capital down."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from coopgov.core.errors import Citation
from coopgov.core.figures import Figures
from coopgov.core.money import Cents


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum the law gives, and the articles it comes from."""

    cents: Cents
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of a year, the reserves that bear them first, and the capital that bears the rest.

    The legal reserve is not among those reserves: it is never used for this.
    """

    loss: Cents
    reserves: Cents
    capital: Cents

    def __post_init__(self) -> None:
        """Refuse a negative sum, and a company without capital."""
        if min(self.loss, self.reserves) < 0 or self.capital <= 0:
            raise ValueError(f"losses, reserves and capital do not fit: {self}")

    @property
    def part_of_capital(self) -> Fraction:
        """The part of the capital that is lost, between none and all of it."""
        borne = max(self.loss - self.reserves, 0)
        return min(Fraction(borne, self.capital), Fraction(1))


def refund_value(subscribed: Cents, losses: Losses, figures: Figures, on: date) -> Amount:
    """The nominal value of a member's shares less their part of the losses, rounded down to the cent.

    Never more than was subscribed: no part of the reserves goes with a share.
    """
    rule = figures.figure("share.refund_at_nominal", on=on)
    return Amount(Cents(floor(subscribed * (1 - losses.part_of_capital))), rule.citations)


def capital_floor(highest: Cents, statutory_minimum: Cents, figures: Figures, on: date) -> Amount:
    """The level refunds may not take the capital under: the highest of the law's, the form's and the statutes'."""
    ratio = figures.figure("capital.floor_ratio", on=on)
    of_form = figures.figure("capital.form_minimum_cents", on=on)
    by_ratio = ceil(highest * ratio.as_fraction())
    level = max(by_ratio, of_form.as_int(), statutory_minimum)
    citations = of_form.citations if level == of_form.as_int() > by_ratio else ratio.citations
    return Amount(Cents(level), citations)


def most_refundable(capital: Cents, level: Amount) -> Cents:
    """What may be paid back today without going under the floor; the rest waits its turn."""
    return Cents(max(capital - level.cents, 0))
