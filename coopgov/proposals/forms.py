"""The shape of what members type about proposals."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SearchField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from coopgov.proposals import rules
from coopgov.proposals.rules import Position, State, Step, Text
from coopgov.terms.documents import shown
from coopgov.terms.forms import AskForm, fee_field
from coopgov.terms.rules import PARAMETERS, VersionFact
from coopgov.web.forms import BaseForm, WholeNumberField

STATE_LABELS: Mapping[State, Any] = {
    State.DRAFT: _l("Draft"),
    State.DEBATING: _l("In debate"),
    State.FROZEN: _l("Frozen for the vote"),
    State.ADOPTED: _l("Adopted"),
    State.REJECTED: _l("Rejected"),
    State.NO_QUORUM: _l("No quorum"),
    State.WITHDRAWN: _l("Withdrawn"),
}
STEP_LABELS: Mapping[Step, Any] = {
    Step.SUBMIT: _l("Shown to the members"),
    Step.FREEZE: _l("Frozen for the vote"),
    Step.RELEASE: _l("Given back to the debate"),
    Step.ADOPT: _l("Adopted"),
    Step.REJECT: _l("Rejected"),
    Step.LACK_QUORUM: _l("No quorum"),
    Step.REOPEN: _l("Put before a second call"),
    Step.WITHDRAW: _l("Withdrawn"),
}
POSITION_LABELS: Mapping[Position, Any] = {
    Position.FOR: _l("For"),
    Position.AGAINST: _l("Against"),
    Position.NEUTRAL: _l("Neutral"),
}


class ProposalForm(BaseForm):
    """A proposal: its words and, line by line, the new fees it asks for; an empty line does not change."""

    title = StringField(_l("Title"), [InputRequired(_l("Give it a title.")), Length(max=rules.TITLE_LENGTH)])
    reasons = TextAreaField(_l("Reasons"), [Length(max=rules.REASONS_LENGTH)])
    wished_on = DateField(_l("Wished day of effect"), [Optional()])

    @property
    def fee_fields(self) -> list[Any]:
        """The inputs of the schedule's lines, in its order."""
        return [self[parameter.field] for parameter in PARAMETERS.values()]

    @property
    def changes(self) -> dict[str, int]:
        """The new value of each line that was filled in."""
        typed = {key: self[parameter.field].data for key, parameter in PARAMETERS.items()}
        return {key: value for key, value in typed.items() if value is not None}

    def explain(self, newest: Mapping[str, VersionFact]) -> None:
        """Say beside each line what it is today and what it may become."""
        for key, parameter in PARAMETERS.items():
            if key in newest:
                self[parameter.field].description = _hint(key, newest[key].value)


for _parameter in PARAMETERS.values():
    setattr(ProposalForm, _parameter.field, fee_field(_parameter, _l(_parameter.label)))


def _hint(key: str, value: int) -> str:
    parameter = PARAMETERS[key]
    return str(
        gettext(
            "Today %(today)s. Between %(minimum)s and %(maximum)s, in steps of %(step)s. Leave it empty to keep it.",
            today=shown(key, value),
            minimum=shown(key, parameter.minimum),
            maximum=shown(key, parameter.maximum),
            step=shown(key, parameter.step),
        )
    )


def form_of(text: Text) -> ProposalForm:
    """The form filled in with a text, to write its next version; what is being sent takes its place."""
    values = {PARAMETERS[change.key].field: change.new for change in text.changes if change.key in PARAMETERS}
    return ProposalForm(title=text.title, reasons=text.reasons, wished_on=text.wished_on, **values)


class CommentForm(BaseForm):
    """One argument and which way it pulls."""

    position = RadioField(
        _l("Your position"),
        [InputRequired(_l("Say whether you are for, against or neutral."))],
        choices=lambda: {position.value: str(label) for position, label in POSITION_LABELS.items()},
    )
    text = TextAreaField(_l("Your argument"), [Length(max=rules.COMMENT_LENGTH)])


class PlainForm(BaseForm):
    """A button: nothing but the proof that the page sent it."""


class CarryOutForm(BaseForm):
    """The board's own decision after the members' opinion."""

    decision = StringField(_l("Reference of the board's decision"), [InputRequired(), Length(max=300)])


class FilterForm(AskForm):
    """Which proposals to list."""

    q = SearchField(_l("Words of the title"), [Optional(), Length(max=100)])
    state = SelectField(
        _l("State"),
        [Optional()],
        choices=lambda: {
            "": gettext("All states"),
            **{state.value: str(label) for state, label in STATE_LABELS.items()},
        },
    )
    after = WholeNumberField(validators=[Optional()])
