"""The shape of what the treasurer writes in the share book."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from coopgov.web.forms import BaseForm, CentsField, WholeNumberField, required

NEEDED = _l("This field is needed.")
MOST_LETTERS = 500


class SubscriptionForm(BaseForm):
    """A subscription: how many shares, from when, what is owed at once."""

    quantity = WholeNumberField(_l("Number of shares"), [required])
    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    payable_now = CentsField(_l("Amount owed at once"), [Optional()])
    resolution = StringField(_l("Decision"), [Optional(), Length(max=200)])
    is_conditional = BooleanField(_l("Under condition of admission: it falls if admission is refused"))


class ReversalForm(BaseForm):
    """Undoing a movement: from when, and why."""

    effective_on: Any = DateField(_l("Takes effect on"), [InputRequired(NEEDED)])
    reason: Any = TextAreaField(_l("Reason"), [InputRequired(NEEDED), Length(max=MOST_LETTERS)])


class SearchForm(BaseForm):
    """Words of a member's name, town or number; the day whose register is asked for."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Find a member"), [Length(max=100)])
    on: Any = DateField(_l("As it was on"), [Optional()])
