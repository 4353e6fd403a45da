"""The shape of what the treasurer writes in the money book."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from coopgov.web.forms import BaseForm, CentsField, required

NEEDED = _l("This field is needed.")


class PaymentForm(BaseForm):
    """A payment received: how much, when, by which reference."""

    amount = CentsField(_l("Amount received"), [required])
    effective_on: Any = DateField(_l("Received on"), [InputRequired(NEEDED)])
    reference = StringField(_l("Reference"), [Optional(), Length(max=200)])


class CallForm(BaseForm):
    """A call of what is not owed yet: how much, when, by which decision."""

    amount = CentsField(_l("Amount called"), [required])
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    resolution = StringField(_l("Decision"), [Optional(), Length(max=200)])
