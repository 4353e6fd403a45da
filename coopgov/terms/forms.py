"""The shape of what is asked of the terms."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import Optional, ValidationError

from coopgov.core.money import Cents
from coopgov.terms.rules import Parameter, Unit
from coopgov.web.forms import BaseForm, CentsField, RateField, required

# No shop sells a hundred million euros in a month; more is a slip of the hand.
MOST_SALES = Cents(10_000_000_000)


class AskForm(BaseForm):
    """A form sent with GET: it changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False


class DayForm(AskForm):
    """The day whose schedule is asked for."""

    on = DateField(_l("The schedule on"), [Optional()])


class SalesForm(AskForm):
    """A month's sales, to see what a change would cost or save."""

    sales = CentsField(_l("Your sales in a month"), [required])

    def validate_sales(self, field: CentsField) -> None:
        """Refuse what no shop sells."""
        if field.data is not None and not 0 <= field.data <= MOST_SALES:
            raise ValidationError(_l("Write an amount between 0 and 100 000 000 €."))


def fee_field(parameter: Parameter, label: str) -> Any:
    """The input of one line of the schedule: a rate in percent or an amount in euros."""
    kind = RateField if parameter.unit is Unit.BASIS_POINTS else CentsField
    return kind(label, [Optional()])
