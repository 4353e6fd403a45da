"""The shape of what is asked and told on the pages of compliance."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from coopgov.compliance.rules import FACT_LABELS, LONGEST_NOTE, Move
from coopgov.statutes.rules import College
from coopgov.web.filters import day
from coopgov.web.forms import BaseForm, WholeNumberField

NEEDED = _l("This field is needed.")


class DraftForm(BaseForm):
    """A movement to look at: who would come, who would leave, with how many shares."""

    class Meta(BaseForm.Meta):
        csrf = False

    employed_join = WholeNumberField(_l("Employed members who join"), [Optional()])
    external_join = WholeNumberField(_l("External members who join"), [Optional()])
    shares_each = WholeNumberField(_l("Shares that each of them subscribes"), [Optional()])
    college: Any = SelectField(_l("College of those who join"), [Optional()], validate_choice=True)
    employed_leave = WholeNumberField(_l("Employed members who leave"), [Optional()])
    member = WholeNumberField(_l("Number of a member"), [Optional()])
    move: Any = RadioField(
        _l("What this member does"),
        [Optional()],
        choices=lambda: {
            "": gettext("nothing"), Move.SUBSCRIBE.value: gettext("subscribes more shares"),
            Move.WITHDRAW.value: gettext("leaves"),
        },
    )  # fmt: skip
    named_shares = WholeNumberField(_l("Shares she subscribes"), [Optional()])
    stays = BooleanField(_l("Those who leave are not paid back yet: they keep their shares, without a vote"))

    def __init__(self, colleges: Sequence[College], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.college.choices = [("", gettext("Choose a college")), *((one.code, one.label) for one in colleges)]
        if not colleges:
            del self.college


class FactForm(BaseForm):
    """A fact to tell: what, when, of which financial year, what proves it."""

    kind: Any = RadioField(
        _l("What happened"),
        [InputRequired(_l("Choose what happened."))],
        choices=lambda: {kind.value: gettext(label) for kind, label in FACT_LABELS.items()},
    )
    day: Any = DateField(_l("On which day"), [InputRequired(NEEDED)])
    year_end: Any = SelectField(_l("Accounts of the year ended on"), [Optional()])
    note = StringField(_l("What proves it"), [Optional(), Length(max=LONGEST_NOTE)])

    def __init__(self, year_ends: Sequence[date], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year_end.choices = [("", _l("not accounts")), *((end.isoformat(), day(end)) for end in year_ends)]


class WithdrawalForm(BaseForm):
    """Why something told is withdrawn."""

    reason: Any = TextAreaField(_l("Reason"), [InputRequired(NEEDED), Length(max=LONGEST_NOTE)])
