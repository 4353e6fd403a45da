"""What the treasurer records in the money book: payments, calls, reversals."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.act import Act
from coopgov.core.money import Cents
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.shares.forms import ReversalForm
from coopgov.shares.service import Look
from coopgov.treasury import queries, service
from coopgov.treasury.forms import CallForm, PaymentForm
from coopgov.treasury.rules import CapitalKind, Prepared
from coopgov.treasury.views.blueprint import bp
from coopgov.treasury.views.preparing import prepared_for_another, two_persons
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.filters import money
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires


@bp.get("/to-receive")
@requires(Permission.SHARES_SEE)
def to_receive() -> ResponseReturnValue:
    """Everybody who owes what is called, the oldest call first."""
    return render_template(
        "treasury/to_receive.html",
        on=today(),
        owed=queries.to_receive(reading(), after=request.args.get("after")),
        total=queries.totals_on(reading(), today()).called_unpaid,
        is_first="after" not in request.args,
        may_record=current_actor().may(Permission.SHARES_RECORD),
    )


@bp.get("/members/<uuid:member_id>/pay")
@requires(Permission.SHARES_RECORD)
def pay(member_id: UUID) -> ResponseReturnValue:
    """The form of a payment, with what is owed already filled in."""
    owed = queries.account_of(reading(), member_id=member_id, on=today()).called_unpaid
    return _page("treasury/pay.html", member_id, PaymentForm(effective_on=today(), amount=owed or None))


@bp.post("/members/<uuid:member_id>/pay")
@requires(Permission.SHARES_RECORD)
def record_payment(member_id: UUID) -> ResponseReturnValue:
    """Record a payment received."""
    form = PaymentForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.pay(
                act, member_id=member_id, cents=form.amount.data, effective_on=form.effective_on.data,
                reference=form.reference.data or "", payer=form.payer.data or "", may_exceed=form.may_exceed.data,
                true_on=form.true_on.data,
            )  # fmt: skip
            flash(_("The payment of %(amount)s is recorded.", amount=money(form.amount.data)), "success")
            return redirect(url_for("shares.member", member_id=member_id), 303)
    return _page("treasury/pay.html", member_id, form), 422


@bp.get("/members/<uuid:member_id>/call")
@requires(Permission.SHARES_RECORD)
def call(member_id: UUID) -> ResponseReturnValue:
    """The form of a call, with what can be called already filled in."""
    rest = queries.account_of(reading(), member_id=member_id, on=today()).uncalled
    return _page("treasury/call.html", member_id, CallForm(effective_on=today(), amount=rest or None))


@bp.post("/members/<uuid:member_id>/call")
@requires(Permission.SHARES_RECORD)
def record_call(member_id: UUID) -> ResponseReturnValue:
    """Call a part of what a member does not owe yet."""
    form = CallForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.call(
                act, member_id=member_id, cents=form.amount.data, effective_on=form.effective_on.data,
                resolution=form.resolution.data or "", true_on=form.true_on.data,
            )  # fmt: skip
            flash(_("The call of %(amount)s is recorded.", amount=money(form.amount.data)), "success")
            return redirect(url_for("shares.member", member_id=member_id), 303)
    return _page("treasury/call.html", member_id, form), 422


@bp.get("/movements/<int:seq>/reverse")
@requires(Permission.SHARES_RECORD)
def reverse(seq: int) -> ResponseReturnValue:
    """The form that undoes a payment or a call."""
    return _reversal_page(seq, ReversalForm(effective_on=today()))


@bp.post("/movements/<int:seq>/reverse")
@requires(Permission.SHARES_RECORD)
def record_reversal(seq: int) -> ResponseReturnValue:
    """Undo a payment or a call by a new movement, with the reason."""
    form = ReversalForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            if request.form.get("step") == "ask":
                return prepared_for_another(service.prepare(act, _undoing(act, seq, form)))
            new = service.reverse_payment(
                act, seq=seq, effective_on=form.effective_on.data, reason=form.reason.data,
                acknowledged=form.acknowledged.data or "",
            )  # fmt: skip
            member_id = queries.get_transaction(act.session, new).member_id
            flash(_("The movement is reversed. Both lines stay in the register."), "success")
            return redirect(url_for("shares.member", member_id=member_id), 303)
    return _reversal_page(seq, form), 422


def _undoing(act: Act, seq: int, form: ReversalForm) -> Prepared:
    member_id = queries.get_transaction(act.session, seq).member_id
    return Prepared(
        CapitalKind.REVERSAL, member_id, Cents(0), form.effective_on.data, reference=form.reason.data,
        reverses_seq=seq, acknowledged=form.acknowledged.data or "",
    )  # fmt: skip


def _page(template: str, member_id: UUID, form: PaymentForm | CallForm) -> str:
    person = members.get_member(reading(), member_id)
    account = queries.account_of(reading(), member_id=member_id, on=today())
    return render_template(template, form=form, member=person, account=account)


def _reversal_page(seq: int, form: ReversalForm) -> str:
    movement = queries.get_transaction(reading(), seq)
    person = members.get_member(reading(), movement.member_id)
    look = Look(reading(), current_actor(), today(), rulebook())
    checks = service.weigh_reversal(look, seq=seq, effective_on=form.effective_on.data or today())
    return render_template(
        "treasury/reverse.html", form=form, movement=movement, member=person, checks=checks, two=two_persons()
    )
