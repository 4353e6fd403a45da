"""The shape of what is sent about a past."""

from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import Length

from coopgov.web.forms import BaseForm


class FilesForm(BaseForm):
    """The files of a past."""

    files = MultipleFileField(_l("Files (CSV or XLSX)"))


class MappingForm(BaseForm):
    """How the sheets are read, one choice per column, named by the page; and a trial balance that is typed."""

    balance = TextAreaField(_l("Trial balance: an account and its balance a line"), [Length(max=5000)])


class SealForm(BaseForm):
    """The reasons, one per kind of remark, named by the page."""
