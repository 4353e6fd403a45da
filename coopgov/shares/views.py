"""What the treasurer does in the share book. The pages that tell shares and money together stand in the treasury."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.shares import queries, service
from coopgov.shares.forms import ReversalForm, SubscriptionForm
from coopgov.statutes import queries as statutes
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires
from coopgov.web.numbers import kept_number

bp = Blueprint("shares", __name__, url_prefix="/shares")
PAGE = 50


@bp.get("/movements")
@requires(Permission.SHARES_SEE)
def movements() -> ResponseReturnValue:
    """The register of movements, newest first."""
    before = request.args.get("before", type=kept_number)
    rows = queries.register_page(reading(), before_seq=before, limit=PAGE)
    people = members.get_members(reading(), {row.member_id for row in rows})
    more = rows[-1].seq if rows and rows[-1].seq > 1 else None
    return render_template(
        "shares/movements.html",
        rows=rows,
        people=people,
        more=more,
        is_first=before is None,
        may_record=_may_record(),
    )


@bp.get("/members/<uuid:member_id>/subscribe")
@requires(Permission.SHARES_RECORD)
def subscribe(member_id: UUID) -> ResponseReturnValue:
    """The form of a subscription."""
    return _subscription_page(member_id, SubscriptionForm(effective_on=today()))


@bp.post("/members/<uuid:member_id>/subscribe")
@requires(Permission.SHARES_RECORD)
def record_subscription(member_id: UUID) -> ResponseReturnValue:
    """Record a subscription and issue its form for signature."""
    form = SubscriptionForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            seq = service.subscribe(
                act, member_id=member_id, quantity=form.quantity.data, effective_on=form.effective_on.data,
                resolution=form.resolution.data or "", payable_now=form.payable_now.data,
                is_conditional=form.is_conditional.data,
            )  # fmt: skip
            service.issue_bulletin(act, seq=seq)
            flash(_("The subscription is recorded and its form can be signed."), "success")
            return redirect(url_for("shares.member", member_id=member_id), 303)
    return _subscription_page(member_id, form), 422


@bp.get("/movements/<int:seq>/reverse")
@requires(Permission.SHARES_RECORD)
def reverse(seq: int) -> ResponseReturnValue:
    """The form that undoes a movement."""
    return _reversal_page(seq, ReversalForm(effective_on=today()))


@bp.post("/movements/<int:seq>/reverse")
@requires(Permission.SHARES_RECORD)
def record_reversal(seq: int) -> ResponseReturnValue:
    """Undo a movement by a new one, with the reason."""
    form = ReversalForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            new = service.reverse(act, seq=seq, effective_on=form.effective_on.data, reason=form.reason.data)
            member_id = queries.get_transaction(act.session, new).member_id
            flash(_("The movement is reversed. Both lines stay in the register."), "success")
            return redirect(url_for("shares.member", member_id=member_id), 303)
    return _reversal_page(seq, form), 422


@bp.post("/movements/<int:seq>/bulletin")
@requires(Permission.SHARES_RECORD)
def issue_bulletin(seq: int) -> ResponseReturnValue:
    """Issue the form of a subscription once more, in the language asked for."""
    language = "en" if request.form.get("language") == "en" else "fr"
    with begin_act() as act:
        movement = queries.get_transaction(act.session, seq)
        service.issue_bulletin(act, seq=seq, language=language)
    flash(_("The subscription form is issued."), "success")
    return redirect(url_for("shares.member", member_id=movement.member_id), 303)


def _subscription_page(member_id: UUID, form: SubscriptionForm) -> str:
    member, on = members.get_member(reading(), member_id), today()
    return render_template(
        "shares/subscribe.html",
        form=form,
        member=member,
        is_candidate=member.status is Status.CANDIDATE,
        nominal=statutes.statutes_on(reading(), on).share_nominal_cents,
        first=rulebook().figure("share.payup.first", on=on),
        years=rulebook().figure("share.payup.balance_years", on=on),
    )


def _reversal_page(seq: int, form: ReversalForm) -> str:
    movement = queries.get_transaction(reading(), seq)
    member = members.get_member(reading(), movement.member_id)
    return render_template("shares/reverse.html", form=form, movement=movement, member=member)


def _may_record() -> bool:
    return current_actor().may(Permission.SHARES_RECORD)
