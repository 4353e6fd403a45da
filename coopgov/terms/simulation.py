"""What a change would cost or save one shop, for the sales she types."""

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from coopgov.core.money import Cents
from coopgov.terms import rules
from coopgov.terms.forms import SalesForm


@dataclass(frozen=True, slots=True)
class Simulation:
    """The form, and once it is filled in, each line and the whole, before and after."""

    form: SalesForm
    charges: tuple[rules.Charge, ...] = ()
    rounding: str = rules.ROUNDING

    @property
    def before(self) -> Cents:
        return Cents(sum(charge.before for charge in self.charges))

    @property
    def after(self) -> Cents:
        return Cents(sum(charge.after for charge in self.charges))

    @property
    def difference(self) -> Cents:
        return Cents(self.after - self.before)

    @property
    def is_refused(self) -> bool:
        return bool(self.form.errors)


def simulate(asked: MultiDict[str, str], before: Mapping[str, int], after: Mapping[str, int]) -> Simulation:
    """Compare two schedules for the month's sales in `asked`; without any, only the form."""
    form = SalesForm(asked)
    if "sales" not in asked or not form.validate():
        return Simulation(form)
    return Simulation(form, tuple(rules.compare(before, after, form.sales.data)))
