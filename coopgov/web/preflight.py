"""The pre-flight as pages and services use it: the fields of what a person judges, and what is kept of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from coopgov.core import judgements
from coopgov.core.act import Act
from coopgov.core.canonical import digest
from coopgov.core.errors import refuse_if
from coopgov.core.preflight import LONGEST_REASON, Check, broken_by, check_preflight, points_to_judge
from coopgov.web.filters import sentence
from coopgov.web.forms import BaseForm

NEEDED = _l("Write what you checked: without it nothing is done.")
# What is written of a point is evidence: it is never kept for another one.
CHANGED = _l("They have changed since you read them. Read them again, then confirm.")


def with_reasons(form: type[BaseForm], checks: Sequence[Check]) -> type[Any]:
    """The form with one field more for each point that a person has to judge, and which points she was shown."""
    points = points_to_judge(checks)
    fields: dict[str, Any] = {check.reason_field: _reason(n) for n, check in enumerate(points, start=1)}
    if points:
        fields["points_shown"] = _shown(points)
    return type(form.__name__, (form,), fields)


def _shown(points: Sequence[Check]) -> HiddenField:
    mark = digest([[point.code, point.sentence, {name: str(value) for name, value in point.values.items()}]
                   for point in points])  # fmt: skip

    def is_what_was_read(_form: BaseForm, field: HiddenField) -> None:
        said, field.data = field.data, mark
        if said != mark:
            raise ValidationError(CHANGED)

    return HiddenField(_l("Points to judge"), [is_what_was_read], default=mark)


def _reason(number: int) -> TextAreaField:
    label = _l("I checked (point %(number)s)", number=number)
    return TextAreaField(label, [InputRequired(NEEDED), Length(max=LONGEST_REASON)])


def reasons_of(form: BaseForm, checks: Sequence[Check]) -> dict[str, str]:
    """What was written for each point, by its code."""
    return {check.code: form[check.reason_field].data or "" for check in points_to_judge(checks)}


def judge(act: Act, about: str, checks: Sequence[Check], reasons: Mapping[str, str]) -> list[dict[str, str]]:
    """Refuse what is red and what nobody judged; keep the rest for ever. Gives what the act's line tells of it."""
    refuse_if(check_preflight(checks, reasons))
    return _keep(act, about, [(check, reasons[check.code]) for check in points_to_judge(checks)])


def acknowledge(act: Act, about: str, checks: Sequence[Check], reason: str) -> list[dict[str, str]]:
    """Keep for ever what a correction breaks and why it was made all the same. Gives what the act's line tells."""
    return _keep(act, about, [(check, reason) for check in broken_by(checks)])


def _keep(act: Act, about: str, points: Sequence[tuple[Check, str]]) -> list[dict[str, str]]:
    if not points:
        return []
    # The judgement is kept in the language of the register, whatever the page was read in.
    with force_locale("fr"):
        kept = [judgements.Point(check.code, sentence(check), reason.strip()) for check, reason in points]
    judgements.keep(act, about, kept)
    return [{"code": point.code, "reason": point.reason} for point in kept]
