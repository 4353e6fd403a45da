"""The shape of what the treasurer writes in the money book."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from coopgov.web.forms import BaseForm, CentsField, required

LONGEST_NUMBER = 10
NEEDED = _l("This field is needed.")


class PaymentForm(BaseForm):
    """A payment received: how much, when, by which reference."""

    amount = CentsField(_l("Amount received"), [required])
    effective_on: Any = DateField(_l("Received on"), [InputRequired(NEEDED)])
    reference = StringField(_l("Reference"), [Optional(), Length(max=200)])
    payer = StringField(_l("Paid by somebody else"), [Optional(), Length(max=200)])
    may_exceed = BooleanField(_l("Keep what is more than due until the member uses it or takes it back"))


class CallForm(BaseForm):
    """A call of what is not owed yet: how much, when, by which decision."""

    amount = CentsField(_l("Amount called"), [required])
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    resolution = StringField(_l("Decision"), [Optional(), Length(max=200)])


class SimulationForm(BaseForm):
    """What is looked at ahead: until when, who leaves, what comes in."""

    class Meta(BaseForm.Meta):
        csrf = False

    until: Any = DateField(_l("Until"), [Optional()])
    leavers = StringField(_l("Numbers of members who leave"), [Optional(), Length(max=300)])
    leave_on: Any = DateField(_l("They leave on"), [Optional()])
    inflow = CentsField(_l("New capital each month"), [Optional()])
    early = BooleanField(_l("Pay before the time is over, as far as the floor lets"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the numbers too: whole ones, apart from each other."""
        fine = super().validate(extra_validators)
        if not all(word.isascii() and word.isdigit() and len(word) < LONGEST_NUMBER for word in self.words):
            self.leavers.errors = [*self.leavers.errors, _l("Write numbers of members, for example 4, 12, 31.")]
            return False
        if self.inflow.data is not None and self.inflow.data < 0:
            self.inflow.errors = [*self.inflow.errors, _l("New capital is not less than nothing.")]
            return False
        return fine

    @property
    def words(self) -> list[str]:
        """The numbers as they were typed."""
        return [word for word in re.split(r"[\s,;]+", self.leavers.data or "") if word]

    @property
    def numbers(self) -> list[int]:
        """The numbers of those who leave."""
        return [int(word) for word in self.words]
