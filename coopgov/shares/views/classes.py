"""The classes of shares: those there are, what the law allows of another one, and the form that makes it."""

from fractions import Fraction

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.policy import Permission
from coopgov.shares import queries, service
from coopgov.shares.forms import ClassForm
from coopgov.shares.views.blueprint import bp
from coopgov.statutes import queries as statutes
from coopgov.statutes.sheet import lines_about
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

# What bounds a class of shares, in the order in which the form asks.
BOUNDS = (
    "share.single_nominal", "share.nominal_min_cents", "share.nominal_max_cents", "share.min_for_admission",
    "share.max_holder_fraction", "membership.employed_capital_min",
)  # fmt: skip
WHOLE = 10_000


@bp.get("/classes")
@requires(Permission.SHARES_APPROVE)
def classes() -> ResponseReturnValue:
    """The classes there are, and the form of another one."""
    nominal = statutes.statutes_on(reading(), today()).share_nominal_cents
    return _page(ClassForm(from_date=today(), nominal=nominal))


@bp.post("/classes")
@requires(Permission.SHARES_APPROVE)
def make_class() -> ResponseReturnValue:
    """Make a class of shares, by the decision that says so."""
    form = ClassForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            part = form.max_part.data
            service.new_class(
                act, code=form.code.data.strip(), label=form.label.data, nominal=form.nominal.data,
                from_date=form.from_date.data, decision=form.resolution.data or "",
                min_hold=form.min_hold.data or 0, max_hold=form.max_hold.data,
                max_part=Fraction(part, WHOLE) if part is not None else None,
                is_transferable=form.is_transferable.data, is_refundable=form.is_refundable.data,
            )  # fmt: skip
            flash(_("The class of shares is made."), "success")
            return redirect(url_for("shares.classes"), 303)
    return _page(form), 422


def _page(form: ClassForm) -> str:
    session, on = reading(), today()
    look = service.Look(session, current_actor(), on, rulebook())
    known, version = queries.classes(session), statutes.statutes_on(session, on)
    return render_template(
        "shares/classes.html", form=form, classes=known,
        nominals={one.code: service.nominal_of(look, one.code, on) for one in known},
        bounds=lines_about(BOUNDS, version, statutes.the_law(), on), nominal=version.share_nominal_cents,
    )  # fmt: skip
