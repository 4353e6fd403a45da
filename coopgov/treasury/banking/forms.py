"""The shape of what is typed about the bank."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from coopgov.web.forms import BaseForm

NEEDED = _l("This field is needed.")


def _member(value: object) -> UUID:
    """A member's id, as it was sent or as it is known."""
    return UUID(str(value))


class AccountForm(BaseForm):
    """The cooperative's own bank account."""

    holder: Any = StringField(_l("In the name of"), [InputRequired(NEEDED), Length(max=70)])
    iban: Any = StringField(_l("IBAN"), [InputRequired(NEEDED), Length(max=42)])
    bic = StringField(_l("BIC"), [Optional(), Length(max=11)])


class FileForm(BaseForm):
    """Whom to pay back, and when."""

    pay_on: Any = DateField(_l("To be paid on"), [InputRequired(NEEDED)])
    payees: Any = SelectMultipleField(
        _l("People to pay back"), coerce=_member, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validate_choice=False,
    )  # fmt: skip


class ExecutionForm(BaseForm):
    """What the bank did: when, and which payments it could not make."""

    executed_on: Any = DateField(_l("Paid by the bank on"), [InputRequired(NEEDED)])
    failed: Any = SelectMultipleField(
        _l("Payments that the bank did not make"), [Optional()], coerce=int, widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(), validate_choice=True,
    )  # fmt: skip


class DropForm(BaseForm):
    """Why a file is given up."""

    reason: Any = TextAreaField(_l("Reason"), [InputRequired(NEEDED), Length(max=500)])
