"""The shape of a paper ballot as a teller types it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import Length

from coopgov.assemblies.forms import choice_labels
from coopgov.assemblies.paper_forms import Marked
from coopgov.ballots.counting.papers import Option
from coopgov.web.forms import BaseForm

_LONGEST = 1000


class WithdrawForm(BaseForm):
    """Why what was typed is forgotten."""

    reason = TextAreaField(_l("Reason"), [Length(max=_LONGEST)])


class TypedForm(WithdrawForm):
    """What a paper says, apart from its marks."""

    null = BooleanField(_l("This paper is null: it cannot be counted as it is filled in"))


class TypedAnswerForm(WithdrawForm):
    """What a paper answers to a resolution."""

    choice = SelectField(_l("What the paper says"), choices=lambda: {"": "–", **choice_labels()}, validate_choice=False)

    def validate_choice(self, field: Any) -> None:
        """Refuse no answer, and one that does not exist."""
        if field.data not in choice_labels():
            field.errors = [*field.errors, _l("Choose one.")]


class PaperMarks(Marked):
    """The marks of a paper, its options in the order in which they are printed."""

    @property
    def options(self) -> tuple[Option, ...]:
        """The options as they were declared."""
        return self.paper.options
