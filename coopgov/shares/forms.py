"""The shape of what the treasurer writes in the share book."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from coopgov.core.preflight import LONGEST_REASON
from coopgov.shares.rules import ORDINARY, Cause
from coopgov.web.forms import BaseForm, CentsField, RateField, WholeNumberField, required

NEEDED = _l("This field is needed.")
MOST_LETTERS = 500


class SubscriptionForm(BaseForm):
    """A subscription: how many shares, from when, what is owed at once."""

    quantity = WholeNumberField(_l("Number of shares"), [required])
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    true_on: Any = DateField(_l("True day, if it is late"), [Optional()])
    payable_now = CentsField(_l("Amount owed at once"), [Optional()])
    resolution = StringField(_l("Decision"), [Optional(), Length(max=200)])
    is_conditional = BooleanField(_l("Under condition of admission: it falls if admission is refused"))


class ReversalForm(BaseForm):
    """Undoing a movement: from when, and why."""

    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    reason: Any = TextAreaField(_l("Reason"), [InputRequired(NEEDED), Length(max=MOST_LETTERS)])
    acknowledged = TextAreaField(_l("Why it is undone all the same"), [Length(max=LONGEST_REASON)])


class MoveForm(BaseForm):
    """Shares that leave an account: how many, from when, by which decision."""

    # In the order of the page.
    names = ("quantity", "to", "cause", "class_code", "to_class", "effective_on", "true_on", "resolution")

    quantity = WholeNumberField(_l("Number of shares"), [required])
    class_code: Any = SelectField(_l("Class of shares"), default=ORDINARY)
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    true_on: Any = DateField(_l("True day, if it is late"), [Optional()])
    resolution = StringField(_l("Decision"), [InputRequired(NEEDED), Length(max=200)])
    to: Any
    cause: Any
    to_class: Any

    def fill(self, classes: Mapping[str, str]) -> None:
        """Offer the classes there are."""
        for name in ("class_code", "to_class"):
            if name in self:
                self[name].choices = dict(classes) or {ORDINARY: ORDINARY}


class GiftForm(MoveForm):
    """Shares that go to another member."""

    to: Any = WholeNumberField(_l("Number of the member who receives them"), [required])


class WithdrawalForm(MoveForm):
    """Shares that go back to the cooperative."""

    cause: Any = RadioField(
        _l("Why"),
        [InputRequired(NEEDED)],
        choices=lambda: {
            Cause.EXIT.value: str(_l("The member has left")),
            Cause.REDUCTION.value: str(_l("The member keeps fewer shares")),
        },
        default=Cause.EXIT.value,
    )


class ConversionForm(MoveForm):
    """Shares that become shares of another class."""

    to_class: Any = SelectField(_l("New class"))


def move_form(way: str) -> type[MoveForm]:
    """The form of one way in which shares leave an account."""
    return {"withdraw": WithdrawalForm, "convert": ConversionForm}.get(way, GiftForm)


class AnswerForm(BaseForm):
    """The answer to a request: the decision, or why it is taken back."""

    decision = StringField(_l("Decision or reason"), [InputRequired(NEEDED), Length(max=200)])
    decided_on: Any = DateField(_l("Decided on"), [Optional()])


class ExecutionForm(BaseForm):
    """The movement of a request: from when, by which decision."""

    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    true_on: Any = DateField(_l("True day, if it is late"), [Optional()])
    resolution = StringField(_l("Decision"), [Optional(), Length(max=200)])


class ReversalExecutionForm(ExecutionForm):
    """The same of a reversal, which may break what a movement may not."""

    acknowledged = TextAreaField(_l("Why it is undone all the same"), [Length(max=LONGEST_REASON)])


class NominalForm(BaseForm):
    """Another value of every share: a division, or another nominal value."""

    what: Any = RadioField(
        _l("What changes"),
        [InputRequired(NEEDED)],
        choices=lambda: {
            "split": str(_l("Each share is divided into several, the capital stays")),
            "nominal": str(_l("Each share takes another nominal value, the capital follows")),
        },
        default="split",
    )
    factor = WholeNumberField(_l("New shares for each one"), [Optional()])
    cents = CentsField(_l("New nominal value"), [Optional()])
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    resolution = StringField(_l("Decision"), [InputRequired(NEEDED), Length(max=200)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the figure that goes with what changes."""
        fine = super().validate(extra_validators)
        needed = self.factor if self.what.data == "split" else self.cents
        if fine and needed.data is None:
            needed.errors = [NEEDED]
            return False
        return fine


class ClassForm(BaseForm):
    """A new class of shares: its name, its value, what it allows, the decision."""

    label: Any = StringField(_l("Name"), [InputRequired(NEEDED), Length(max=100)])
    code: Any = StringField(_l("Code"), [InputRequired(NEEDED), Length(max=39)])
    nominal = CentsField(_l("Nominal value"), [required])
    from_date: Any = DateField(_l("From"), [InputRequired(NEEDED)])
    min_hold = WholeNumberField(_l("Fewest shares somebody holds"), [Optional()])
    max_hold = WholeNumberField(_l("Most shares somebody holds"), [Optional()])
    max_part = RateField(_l("Largest part of the capital somebody holds in them (%)"), [Optional()])
    is_transferable = BooleanField(_l("They may go to another member"), default=True)
    is_refundable = BooleanField(_l("They are paid back when the member leaves"), default=True)
    resolution = StringField(_l("Decision"), [InputRequired(NEEDED), Length(max=200)])


class CascadeForm(BaseForm):
    """Drafting reversals in order: why."""

    reason: Any = TextAreaField(_l("Reason"), [InputRequired(NEEDED), Length(max=MOST_LETTERS)], id="cascade_reason")


class SearchForm(BaseForm):
    """Words of a member's name, town or number; the day whose register is asked for."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Find a member"), [Length(max=100)])
    on: Any = DateField(_l("As it was on"), [Optional()])
