"""The shape of what is typed about votes."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from coopgov.web.forms import BaseForm


class CodeForm(BaseForm):
    """A teller's code, to try it."""

    code = StringField(_l("My code"), [InputRequired(_l("Type the code.")), Length(max=200)])


class MakeForm(BaseForm):
    """A button without anything to fill in."""
