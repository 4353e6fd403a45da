"""Giving an office, checked before it is given: on the pages of accounts, with what membership and statutes know."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts import queries as accounts
from coopgov.accounts.forms import MandateForm
from coopgov.accounts.views import bp as accounts_bp
from coopgov.accounts.views import show_person
from coopgov.core.policy import Permission, Role
from coopgov.core.preflight import Check, is_clear
from coopgov.members import queries, service
from coopgov.members.views.blueprint import REFUSED
from coopgov.web.acts import begin_act, reading
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import requires
from coopgov.web.preflight import reasons_of, with_reasons


@accounts_bp.post("/people/<uuid:account_id>/mandates")
@requires(Permission.ACCOUNTS_MANAGE)
def grant_role(account_id: UUID) -> ResponseReturnValue:
    """Check an office, then give it."""
    form, step = MandateForm(), request.form.get("step", "")
    fine = form.validate()
    if fine and step != "edit":
        with refusals_on(form):
            return _check_or_give(account_id, form, only_check=step == "check")
    return show_person(account_id, form), 200 if fine and step == "edit" else REFUSED


def _check_or_give(account_id: UUID, form: MandateForm, *, only_check: bool) -> ResponseReturnValue:
    checks = _preflight(account_id, form)
    if not is_clear(checks):
        return show_person(account_id, form, checks), REFUSED
    if only_check:
        return _confirmation(account_id, checks, with_reasons(MandateForm, checks)())
    judged = with_reasons(MandateForm, checks)()
    if not judged.validate():
        return _confirmation(account_id, checks, judged), REFUSED
    with begin_act() as act:
        service.give_office(
            act, account_id=account_id, role=Role(judged.role.data), from_day=judged.from_day.data,
            until_day=judged.until_day.data, decision=judged.decision.data or "", reasons=reasons_of(judged, checks),
        )  # fmt: skip
        flash(_("The office is given."), "success")
    return redirect(url_for("accounts.person", account_id=account_id), 303)


def _preflight(account_id: UUID, form: MandateForm) -> list[Check]:
    first: Any = form.from_day.data
    return queries.office_preflight(
        reading(), account_id, role=Role(form.role.data), from_day=first, until_day=form.until_day.data
    )


def _confirmation(account_id: UUID, checks: Sequence[Check], form: BaseForm) -> str:
    account = accounts.get_account(reading(), account_id)
    return render_template("accounts/confirm_mandate.html", account=account, checks=checks, form=form)
