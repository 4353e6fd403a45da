"""The shape of what is typed to sign in, and to give and end offices."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from coopgov.accounts.rules import (
    CAUSE_LABELS,
    GIVEN_BY_HAND,
    LONGEST_EMAIL,
    LONGEST_PASSWORD,
    ROLE_LABELS,
    EndCause,
    check_email,
)
from coopgov.core.policy import Role
from coopgov.core.typed import fits_one_line
from coopgov.web.filters import sentence
from coopgov.web.forms import BaseForm


def address(_form: BaseForm, field: Field) -> None:
    """Refuse what no mail can be sent to."""
    for breach in check_email(field.data or ""):
        raise ValidationError(sentence(breach))


def one_line(_form: BaseForm, field: Field) -> None:
    """Refuse what cannot stand on one line."""
    if not fits_one_line(field.data or ""):
        raise ValidationError(gettext("Write this on one line, with ordinary characters."))


NEEDED = InputRequired(_l("This field is needed."))
EMAIL = [InputRequired(_l("Write your e-mail address.")), Length(max=LONGEST_EMAIL), address]
PASSWORD = Length(max=LONGEST_PASSWORD, message=_l("A password has at most %(max)d characters."))


class LinkForm(BaseForm):
    """Ask for a link."""

    email = StringField(_l("E-mail address"), EMAIL)
    next = HiddenField()


class PasswordSignInForm(BaseForm):
    """Sign in with a password."""

    email = StringField(_l("E-mail address"), EMAIL)
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password.")), PASSWORD])
    next = HiddenField()


class NewPasswordForm(BaseForm):
    """Choose a password, after showing the present one."""

    current = PasswordField(_l("Present password"), [Optional(), PASSWORD])
    password = PasswordField(_l("New password"), [InputRequired(_l("Write a new password.")), PASSWORD])


class AccountForm(BaseForm):
    """Somebody who will be able to sign in."""

    email = StringField(_l("E-mail address"), [*EMAIL])
    name = StringField(_l("First and last name"), [NEEDED, Length(max=200), one_line])


class MandateForm(BaseForm):
    """Give an office for some days."""

    role = SelectField(_l("Office"), [NEEDED])
    from_day = DateField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    until_day = DateField(_l("Last day"), [Optional()], description=_l("Leave empty if no end is known."))
    decision = StringField(
        _l("Decision"),
        [NEEDED, Length(max=200), one_line],
        description=_l("For example: general meeting of 12 June, 4th resolution."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = _choices(GIVEN_BY_HAND)


class EndForm(BaseForm):
    """End an office on a day."""

    role = SelectField(_l("Office"), [NEEDED])
    last_day = DateField(_l("Last day"), [InputRequired(_l("Choose the last day."))])
    cause = SelectField(_l("Why it ends"), [Optional()])
    decision = StringField(_l("Decision"), [NEEDED, Length(max=200), one_line])
    reason = StringField(
        _l("Reason"), [Optional(), Length(max=300), one_line], description=_l("Needed for a revocation.")
    )  # fmt: skip

    def __init__(self, held: Sequence[Role], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = _choices(held)
        causes = [(cause.value, gettext(label)) for cause, label in CAUSE_LABELS.items()]
        self.cause.choices = [("", gettext("Not said")), *causes]

    @property
    def cause_chosen(self) -> EndCause | None:
        """Why it ends, as the service takes it."""
        return EndCause(self.cause.data) if self.cause.data else None


def _choices(roles: Sequence[Role]) -> list[tuple[str, str]]:
    return [(role.value, gettext(ROLE_LABELS[role])) for role in roles]
