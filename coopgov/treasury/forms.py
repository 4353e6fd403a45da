"""The shape of what the treasurer writes in the money book."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from coopgov.core.i18n import N_
from coopgov.core.preflight import LONGEST_REASON
from coopgov.shares.rules import CloseKind
from coopgov.treasury.rules import RUN_LABELS
from coopgov.web.forms import BaseForm, CentsField, RateField, WholeNumberField, required

LONGEST_NUMBER = 10
NEEDED = _l("This field is needed.")


class PaymentForm(BaseForm):
    """A payment received: how much, when, by which reference."""

    amount = CentsField(_l("Amount received"), [required])
    effective_on: Any = DateField(_l("Received on"), [InputRequired(NEEDED)])
    true_on: Any = DateField(_l("True day, if it is late"), [Optional()])
    reference = StringField(_l("Reference"), [Optional(), Length(max=200)])
    payer = StringField(_l("Paid by somebody else"), [Optional(), Length(max=200)])
    may_exceed = BooleanField(_l("Keep what is more than due until the member uses it or takes it back"))


class CallForm(BaseForm):
    """A call of what is not owed yet: how much, when, by which decision."""

    amount = CentsField(_l("Amount called"), [required])
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    true_on: Any = DateField(_l("True day, if it is late"), [Optional()])
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


class YearForm(BaseForm):
    """The financial year of a statement."""

    year = WholeNumberField(
        _l("Financial year that ends in"), [required, NumberRange(1900, 2200, _l("Check the year."))]
    )


class Settling(StrEnum):
    """What becomes of a sum that the cooperative owes a member."""

    REPAY = "repay"
    REFUND_EXCESS = "refund_excess"
    USE_EXCESS = "use_excess"
    SET_OFF = "set_off"
    GIVE = "give"
    GIVE_EXCESS = "give_excess"
    PRESCRIBE = "prescribe"


SETTLING_LABELS = {
    Settling.REPAY: _l("It is paid back for her shares"),
    Settling.REFUND_EXCESS: _l("What was received in excess is given back"),
    Settling.USE_EXCESS: _l("What was received in excess pays what she owes on shares"),
    Settling.SET_OFF: _l("What is owed for her shares pays what she owes on others"),
    Settling.GIVE: _l("She gives up what is owed for her shares"),
    Settling.GIVE_EXCESS: _l("She gives up what was received in excess"),
    Settling.PRESCRIBE: _l("Nobody claimed it in the legal time: the cooperative keeps it"),
}


class SettlingForm(BaseForm):
    """What becomes of a sum, how much, when, on what ground."""

    what: Any = RadioField(_l("What becomes of it"), [InputRequired(_l("Choose what becomes of it."))])
    amount = CentsField(_l("Amount"), [required])
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    true_on: Any = DateField(_l("True day, if it is late"), [Optional()])
    reference = StringField(_l("Reference"), [Optional(), Length(max=200)])
    resolution = StringField(_l("Decision"), [Optional(), Length(max=200)])

    def __init__(self, possible: Sequence[Settling], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.what.choices = [(one.value, SETTLING_LABELS[one]) for one in possible]


class ConfirmationForm(BaseForm):
    """The answer to what another person has prepared; a refusal says why."""

    reason = TextAreaField(_l("Reason, if it is refused or taken back"), [Optional(), Length(max=500)])


class LossForm(BaseForm):
    """The losses of a year that its leavers bear a part of."""

    year = WholeNumberField(
        _l("Financial year that ends in"), [required, NumberRange(1900, 2200, _l("Check the year."))]
    )
    loss = CentsField(_l("Loss of the year"), [required])
    reserves = CentsField(_l("Reserves that bear it first"), [required])
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    true_on: Any = DateField(_l("True day, if it is late"), [Optional()])
    resolution: Any = StringField(_l("Decision"), [InputRequired(NEEDED), Length(max=200)])


class InterestForm(BaseForm):
    """The interest an assembly voted: at which rates, and what the law measures it against."""

    year = WholeNumberField(
        _l("Financial year that ends in"), [required, NumberRange(1900, 2200, _l("Check the year."))]
    )
    rate = RateField(_l("Yearly rate"), [required])
    change_on: Any = DateField(_l("Another rate from"), [Optional()])
    second_rate = RateField(_l("That rate"), [Optional()])
    assembly_on: Any = DateField(_l("Day of the assembly"), [InputRequired(NEEDED)])
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    resolution: Any = StringField(_l("Decision"), [InputRequired(NEEDED), Length(max=200)])
    surplus = CentsField(_l("Surplus of the year"), [Optional()])
    reserves = CentsField(_l("Reserves (in a SCOP, the legal reserve)"), [Optional()])
    grants = CentsField(_l("Grants in the surplus"), [Optional()])
    development = RateField(_l("Part of the surplus for the development fund"), [Optional()])
    cap_checked = StringField(_l("How the highest rate or the accounts were checked"), [Optional(), Length(max=300)])


class InterestPaymentForm(BaseForm):
    """The interest of which year is paid, and when."""

    paid_year = WholeNumberField(
        _l("Financial year that ends in"), [required, NumberRange(1900, 2200, _l("Check the year."))]
    )
    paid_on: Any = DateField(_l("Interest paid on"), [InputRequired(NEEDED)])
    exempt = StringField(_l("Numbers of members exempt from the income tax in advance"), [Optional(), Length(max=300)])


class RunUndoForm(BaseForm):
    """Which yearly run is undone, when, and why."""

    undone: Any = RadioField(
        _l("What is undone"),
        [InputRequired(_l("Choose what is undone."))],
        choices=lambda: {kind.value: gettext(label) for kind, label in RUN_LABELS.items()},
    )
    undone_year = WholeNumberField(
        _l("Financial year that ends in"), [required, NumberRange(1900, 2200, _l("Check the year."))]
    )
    undone_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    reason: Any = StringField(_l("Reason"), [InputRequired(NEEDED), Length(max=300)])
    acknowledged = TextAreaField(_l("Why it is undone all the same"), [Length(max=LONGEST_REASON)])


CLOSE_LABELS = {
    CloseKind.REGISTER: N_("the register, through a day"),
    CloseKind.YEAR: N_("a financial year, through its last day"),
}


class CloseForm(BaseForm):
    """What is closed, and through which day."""

    kind: Any = RadioField(
        _l("What is closed"),
        [InputRequired(_l("Choose what is closed."))],
        choices=lambda: {kind.value: gettext(label) for kind, label in CLOSE_LABELS.items()},
    )
    through_date: Any = DateField(_l("Through the day"), [InputRequired(NEEDED)])
