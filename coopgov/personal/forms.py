"""The shape of what is typed about personal data."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from coopgov.members.forms import NEEDED, one_line
from coopgov.web.forms import BaseForm


class ErasureForm(BaseForm):
    """Why data are erased, and that it is meant."""

    reason = StringField(
        _l("Reason"), [NEEDED, Length(max=300), one_line],
        description=_l("For example: request by letter of 3 May, or time of keeping over."),
    )  # fmt: skip
    is_meant = BooleanField(
        _l("I have read what goes and what stays: what is erased does not come back"),
        [InputRequired(_l("Tick the box to go on."))],
    )
