"""The value of a share changes for everybody on one day: what would change, and the act itself."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.act import Act
from coopgov.core.policy import Permission
from coopgov.core.preflight import Check, is_clear
from coopgov.shares import queries, service
from coopgov.shares.forms import NominalForm
from coopgov.shares.rules import ORDINARY
from coopgov.shares.service import Change, Look
from coopgov.shares.views.blueprint import bp
from coopgov.statutes import queries as statutes
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires


@bp.get("/nominal")
@requires(Permission.SHARES_APPROVE)
def nominal() -> ResponseReturnValue:
    """What shares are worth, and the form that gives them another value."""
    return _page(NominalForm(effective_on=today()))


@bp.post("/nominal")
@requires(Permission.SHARES_APPROVE)
def change_nominal() -> ResponseReturnValue:
    """Check a division or another nominal value, and write it for every holder."""
    form, step = NominalForm(), request.form.get("step", "")
    if not form.validate():
        return _page(form), 422
    checks: Sequence[Check] = ()
    with refusals_on(form):
        checks = service.preflight_change(_look(), _change(form))
        if is_clear(checks) and step == "record":
            with begin_act() as act:
                _write(form, act)
            flash(_("Every holder’s shares are exchanged."), "success")
            return redirect(url_for("shares.movements"), 303)
    return _page(form, checks), 200 if is_clear(checks) and checks else 422


def _write(form: NominalForm, act: Act) -> None:
    on, decision = form.effective_on.data, form.resolution.data or ""
    if form.what.data == "split":
        service.split(act, factor=form.factor.data, effective_on=on, decision=decision)
    else:
        service.change_nominal(act, cents=form.cents.data, effective_on=on, decision=decision)


def _change(form: NominalForm) -> Change:
    on, decision = form.effective_on.data, form.resolution.data or ""
    if form.what.data == "split":
        return service.a_split(_look(), class_code=ORDINARY, factor=form.factor.data, on=on, decision=decision)
    return service.a_new_nominal(_look(), class_code=ORDINARY, cents=form.cents.data, on=on, decision=decision)


def _look() -> Look:
    return Look(reading(), current_actor(), today(), rulebook())


def _page(form: NominalForm, checks: Sequence[Check] = ()) -> str:
    session, on = reading(), today()
    return render_template(
        "shares/nominal.html", form=form, checks=checks, values=queries.values_held(session, on),
        nominal=statutes.statutes_on(session, on).share_nominal_cents, is_clear=bool(checks) and is_clear(checks),
    )  # fmt: skip
