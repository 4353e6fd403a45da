"""What is asked of a register: a name, the day, the day on which it was known."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from coopgov.web.forms import BaseForm


class AsOfForm(BaseForm):
    """The two days of a register, and whom to look for."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Find a member"), [Length(max=100)])
    on: Any = DateField(_l("As it stood on"), [Optional()])
    known: Any = DateField(_l("As it was known on"), [Optional()])
    present = BooleanField(_l("Only those who were members on that day"))


class ComparisonForm(BaseForm):
    """The register of one day, as it was known on two."""

    class Meta(BaseForm.Meta):
        csrf = False

    on: Any = DateField(_l("The register of"), [Optional()])
    before: Any = DateField(_l("As it was known on"), [InputRequired(_l("Choose the day from which you compare."))])
    after: Any = DateField(_l("And on"), [Optional()])
