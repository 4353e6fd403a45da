"""Interest on shares: declared for a year, paid, undone as a whole; and every yearly run."""

import re
from datetime import timedelta
from fractions import Fraction
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.money import Cents
from coopgov.core.policy import Permission
from coopgov.core.preflight import Check
from coopgov.members import queries as members
from coopgov.shares.service import Look
from coopgov.treasury import queries, service
from coopgov.treasury.forms import InterestForm, InterestPaymentForm, RunUndoForm
from coopgov.treasury.rules import ACCOUNTS, RUN_LABELS, CapitalKind, Prepared, Rate, RunKind, check_exempt
from coopgov.treasury.service import GivenAccounts
from coopgov.treasury.views.blueprint import bp
from coopgov.treasury.views.preparing import prepared_for_another, two_persons
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

BASIS = 10_000


@bp.get("/interest")
@requires(Permission.SHARES_SEE)
def interest() -> ResponseReturnValue:
    """The interest of each year, what was undone, and the forms that declare, pay and undo."""
    return _page(InterestForm(year=today().year - 1, effective_on=today()))


@bp.post("/interest")
@requires(Permission.SHARES_RECORD)
def declare_interest() -> ResponseReturnValue:
    """Write the interest that an assembly voted."""
    form = InterestForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            accounts = service.accounts_of_year(act, year=form.year.data, given=_given(form))
            service.declare_interest(
                act, year=form.year.data, rates=_rates(act, form), assembly_on=form.assembly_on.data,
                effective_on=form.effective_on.data, accounts=accounts, cap_checked=form.cap_checked.data or "",
                resolution=form.resolution.data,
            )  # fmt: skip
            flash(_("The interest is declared, member by member."), "success")
            return redirect(url_for("treasury.interest"), 303)
    return _page(form), 422


@bp.post("/interest/pay")
@requires(Permission.SHARES_RECORD)
def pay_interest() -> ResponseReturnValue:
    """Pay the interest of a year, less what the law has withheld."""
    form = InterestPaymentForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            exempt = _exempt(act, form.exempt.data or "")
            service.pay_interest(act, year=form.paid_year.data, effective_on=form.paid_on.data, exempt=exempt)
            flash(_("The interest is paid, less what the law has withheld."), "success")
            return redirect(url_for("treasury.interest"), 303)
    return _page(payment=form), 422


@bp.post("/interest/undo")
@requires(Permission.SHARES_RECORD)
def undo_run() -> ResponseReturnValue:
    """Undo a yearly run as a whole, so that it can be done again, or prepare that for another person."""
    form = RunUndoForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            run_id = service.standing_run(act, kind=RunKind(form.undone.data), year=form.undone_year.data)
            if request.form.get("step") == "ask":
                return prepared_for_another(service.prepare(act, _undoing(run_id, form)))
            service.undo_run(
                act, run_id=run_id, effective_on=form.undone_on.data, reason=form.reason.data,
                acknowledged=form.acknowledged.data or "",
            )  # fmt: skip
            flash(_("It is undone as a whole: it can be done again."), "success")
            return redirect(url_for("treasury.interest"), 303)
    return _page(undoing=form), 422


def _undoing(run_id: UUID, form: RunUndoForm) -> Prepared:
    return Prepared(
        CapitalKind.REVERSAL, None, Cents(0), form.undone_on.data, reference=form.reason.data,
        acknowledged=form.acknowledged.data or "", run_id=run_id,
    )  # fmt: skip


def _page(
    form: InterestForm | None = None,
    payment: InterestPaymentForm | None = None,
    undoing: RunUndoForm | None = None,
) -> str:
    day = today()
    return render_template(
        "treasury/interest.html",
        form=form or InterestForm(formdata=None, year=day.year - 1, effective_on=day),
        payment=payment or InterestPaymentForm(formdata=None, paid_year=day.year - 1, paid_on=day),
        undoing=undoing or RunUndoForm(formdata=None, undone_year=day.year - 1, undone_on=day),
        answered=next((one for one in (form, payment, undoing) if one is not None), None),
        checks=_broken_by(undoing) if undoing is not None else [],
        runs=queries.runs(reading()),
        labels=RUN_LABELS,
        accounts=ACCOUNTS,
        figures=rulebook(),
        two=two_persons(),
        may_record=current_actor().may(Permission.SHARES_RECORD),
    )


def _broken_by(form: RunUndoForm) -> list[Check]:
    """What undoing what was asked for would break, as far as the answers say what that is."""
    kinds, year, on = dict.fromkeys(RunKind), form.undone_year.data, form.undone_on.data
    run = queries.find_run(reading(), RunKind(form.undone.data), year) if form.undone.data in kinds and year else None
    if run is None or on is None:
        return []
    return service.weigh_run(Look(reading(), current_actor(), today(), rulebook()), run=run, effective_on=on)


def _rates(act: Act, form: InterestForm) -> list[Rate]:
    year = service.year_of_account(act, form.year.data)
    first = Fraction(form.rate.data or 0, BASIS)
    change = form.change_on.data
    if change is None:
        return [Rate(year.begins_on, year.ends_on, first)]
    second = Fraction(form.second_rate.data or 0, BASIS)
    return [Rate(year.begins_on, change - timedelta(days=1), first), Rate(change, year.ends_on, second)]


def _given(form: InterestForm) -> GivenAccounts | None:
    if form.surplus.data is None:
        return None
    part = Fraction(form.development.data or 0, BASIS)
    return GivenAccounts(form.surplus.data, Cents(form.reserves.data or 0), Cents(form.grants.data or 0), part)


def _exempt(act: Act, typed: str) -> list[UUID]:
    words = typed.replace(",", " ").split()
    found = {word: members.find_by_number(act.session, int(word)) for word in words if re.fullmatch("[0-9]{1,9}", word)}
    refuse_if(check_exempt(tuple(word for word in words if found.get(word) is None)))
    return [member.id for member in found.values() if member is not None]
