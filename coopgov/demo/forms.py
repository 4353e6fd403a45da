"""The date a visitor wants to be at."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField
from wtforms.validators import InputRequired

from coopgov.core.dates import paris_instant
from coopgov.web.forms import BaseForm


class ClockForm(BaseForm):
    """An instant, as a clock in Paris shows it."""

    to = DateTimeLocalField(
        _l("Date and time in Paris"),
        [InputRequired(_l("Choose a date and a time."))],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def instant(self) -> datetime | None:
        """The UTC instant that was typed."""
        typed = self.to.data
        return paris_instant(typed.date(), typed.time()) if typed else None
