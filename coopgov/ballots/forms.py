"""The shape of what is typed about votes."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from coopgov.ballots.changing_rules import LONGEST_DOCUMENT, LONGEST_REASON
from coopgov.web.forms import BaseForm


class CodeForm(BaseForm):
    """A teller's code, to try it."""

    code = StringField(_l("My code"), [InputRequired(_l("Type the code.")), Length(max=200)])


class AnnulForm(BaseForm):
    """The judgment that annulled a vote."""

    on = DateField(_l("Day of the judgment"), [InputRequired(_l("Choose the day."))])
    document = StringField(
        _l("Judgment"),
        [InputRequired(_l("Name the judgment: the court, the number.")), Length(max=LONGEST_DOCUMENT)],
        description=_l("For example: Valence court, no. 26/01234."),
    )
    reason = TextAreaField(
        _l("Why the vote was annulled"),
        [InputRequired(_l("Say why the judge annulled the vote.")), Length(max=LONGEST_REASON)],
    )


class MakeForm(BaseForm):
    """A button without anything to fill in."""
