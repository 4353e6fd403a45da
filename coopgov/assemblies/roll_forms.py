"""The shape of what is typed about the roll, suspensions and reminders."""

import re
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from coopgov.assemblies.rules.roll import LONGEST_DISPUTE
from coopgov.ballots.changing_rules import LONGEST_DOCUMENT, LONGEST_REASON
from coopgov.core.dates import paris_instant
from coopgov.web.forms import BaseForm, WholeNumberField, required

_HOURS = r"^\s*\d{1,4}(\s*[,;]\s*\d{1,4})*\s*$"
CORRECTED, KEPT = "corrected", "kept"


class DisputeForm(BaseForm):
    """What is wrong on the roll."""

    text = TextAreaField(
        _l("What is wrong, and why"),
        [InputRequired(_l("Say what is wrong on the roll, and why.")), Length(max=LONGEST_DISPUTE)],
        description=_l("For example: “I was admitted on 3 March, and my line is missing.”"),
    )


class AnswerForm(BaseForm):
    """The answer to a dispute."""

    verdict = RadioField(
        _l("Answer"),
        [InputRequired(_l("Say whether the roll was corrected."))],
        choices=lambda: {
            CORRECTED: str(_l("She is right: the roll is corrected")),
            KEPT: str(_l("The roll stays as it is")),
        },
    )
    text = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Give the reason of the answer: the member reads it.")), Length(max=LONGEST_DISPUTE)],
    )


class StrikeForm(BaseForm):
    """Whose line is struck off the roll, and why."""

    number = WholeNumberField(_l("Number of the member"), [required])
    reason = TextAreaField(
        _l("Which error was found"),
        # The minutes tell it behind a few words of ours.
        [InputRequired(_l("Say which error was found.")), Length(max=LONGEST_REASON - 400)],
    )
    document = StringField(
        _l("Paper that shows it"),
        [InputRequired(_l("Name the paper that shows the error.")), Length(max=LONGEST_DOCUMENT)],
        description=_l("For example: letter of resignation of 4 January, received on the 6th."),
    )


class SuspensionForm(BaseForm):
    """What happened, and since when."""

    incident = TextAreaField(
        _l("What happened"),
        [InputRequired(_l("Say what happened: it is told to the voters.")), Length(max=LONGEST_REASON - 200)],
        description=_l("For example: the site could not be reached."),
    )
    since_on = DateField(_l("Since: day"), [InputRequired(_l("Choose the day."))])
    since_time = TimeField(_l("Since: hour (Paris time)"), [InputRequired(_l("Choose the hour."))])

    @property
    def since(self) -> datetime:
        """The instant at which the incident began."""
        return _instant(self.since_on.data, self.since_time.data)


class ResumptionForm(BaseForm):
    """Until when remote voting is open from now on; left empty, the time lost is given back."""

    until_on = DateField(_l("New end: day"), [Optional()])
    until_time = TimeField(_l("New end: hour (Paris time)"), [Optional()])

    @property
    def closes_at(self) -> datetime | None:
        """The end that was chosen, if one was."""
        if self.until_on.data is None or self.until_time.data is None:
            return None
        return _instant(self.until_on.data, self.until_time.data)


class RemindersForm(BaseForm):
    """How many hours before the end the reminders leave."""

    hours = StringField(
        _l("Hours before the end"),
        [
            Optional(),
            Length(max=60),
            Regexp(r"^\s*\d{1,4}(\s*[,;]\s*\d{1,4})*\s*$", message=_l("Write it like 72, 24.")),
        ],
        description=_l("Whole numbers, with a comma between them; empty, nobody is reminded."),
    )

    @property
    def chosen(self) -> list[int]:
        """The moments that were typed."""
        return [int(one) for one in re.findall(r"\d+", self.hours.data or "")]


def _instant(day: Any, hour: Any) -> datetime:
    assert day is not None  # noqa: S101 - asked after validation
    assert hour is not None  # noqa: S101 - asked after validation
    return paris_instant(day, hour)
