"""The pre-flight as pages and services use it: the fields of what a person judges, and what is kept of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from coopgov.core import judgements
from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.preflight import LONGEST_REASON, Check, check_preflight, points_to_judge
from coopgov.web.filters import sentence
from coopgov.web.forms import BaseForm

NEEDED = _l("Write what you checked: without it nothing is done.")


def with_reasons(form: type[BaseForm], checks: Sequence[Check]) -> type[Any]:
    """The form with one field more for each point that a person has to judge."""
    fields = {check.reason_field: _reason(n) for n, check in enumerate(points_to_judge(checks), start=1)}
    return type(form.__name__, (form,), fields)


def _reason(number: int) -> TextAreaField:
    label = _l("I checked (point %(number)s)", number=number)
    return TextAreaField(label, [InputRequired(NEEDED), Length(max=LONGEST_REASON)])


def reasons_of(form: BaseForm, checks: Sequence[Check]) -> dict[str, str]:
    """What was written for each point, by its code."""
    return {check.code: form[check.reason_field].data or "" for check in points_to_judge(checks)}


def judge(act: Act, about: str, checks: Sequence[Check], reasons: Mapping[str, str]) -> list[dict[str, str]]:
    """Refuse what is red and what nobody judged; keep the rest for ever. Gives what the act's line tells of it."""
    refuse_if(check_preflight(checks, reasons))
    points = points_to_judge(checks)
    # The judgement is kept in the language of the register, whatever the page was read in.
    with force_locale("fr"):
        kept = [judgements.Point(check.code, sentence(check), reasons[check.code].strip()) for check in points]
    if kept:
        judgements.keep(act, about, kept)
    return [{"code": point.code, "reason": point.reason} for point in kept]
