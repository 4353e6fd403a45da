"""The register of movements, subscriptions, reversals."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.act import Act
from coopgov.core.policy import Permission
from coopgov.core.preflight import Check, is_clear
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.shares import queries, service
from coopgov.shares.events import ReversalWeighed
from coopgov.shares.forms import CascadeForm, ReversalForm, SubscriptionForm
from coopgov.shares.rules import BookName, RequestKind, TxKind
from coopgov.shares.views.blueprint import bp
from coopgov.statutes import queries as statutes
from coopgov.web.acts import ask, begin_act, reading, rulebook, today
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires
from coopgov.web.numbers import kept_number
from coopgov.web.preflight import reasons_of, with_reasons

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
    form, step = SubscriptionForm(), request.form.get("step", "")
    fine = form.validate()
    if fine and step != "edit":
        with refusals_on(form):
            return _check_or_record(form, _asked(member_id, form), only_check=step == "check")
    return _subscription_page(member_id, form), 200 if fine and step == "edit" else 422


def _check_or_record(form: SubscriptionForm, asked: service.Asked, *, only_check: bool) -> ResponseReturnValue:
    checks = service.preflight(reading(), asked, rulebook(), today=today())
    if not is_clear(checks):
        return _subscription_page(asked.member_id, form, checks), 422
    if only_check:
        return _confirmation(asked, checks, with_reasons(SubscriptionForm, checks)())
    judged = with_reasons(SubscriptionForm, checks)()
    if not judged.validate():
        return _confirmation(asked, checks, judged), 422
    with begin_act() as act:
        seq = service.record(act, asked, reasons_of(judged, checks))
        service.issue_bulletin(act, seq=seq)
        flash(_("The subscription is recorded and its form can be signed."), "success")
    return redirect(url_for("shares.member", member_id=asked.member_id), 303)


def _asked(member_id: UUID, form: SubscriptionForm) -> service.Asked:
    return service.Asked(
        member_id, form.quantity.data, form.effective_on.data, form.payable_now.data, form.is_conditional.data,
        resolution=form.resolution.data or "", true_on=form.true_on.data,
    )  # fmt: skip


def _confirmation(asked: service.Asked, checks: Sequence[Check], form: BaseForm) -> str:
    nominal = statutes.statutes_on(reading(), asked.effective_on).share_nominal_cents
    return render_template(
        "shares/confirm.html", asked=asked, member=members.get_member(reading(), asked.member_id), checks=checks,
        form=form, total=asked.quantity * nominal,
    )  # fmt: skip


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
            if request.form.get("step") == "ask":
                return _ask_reversal(act, seq, form)
            new = service.reverse(
                act, seq=seq, effective_on=form.effective_on.data, reason=form.reason.data,
                acknowledged=form.acknowledged.data or "",
            )  # fmt: skip
            member_id = queries.get_transaction(act.session, new).member_id
            flash(_("The movement is reversed. Both lines stay in the register."), "success")
            return redirect(url_for("shares.member", member_id=member_id), 303)
    return _reversal_page(seq, form), 422


def _ask_reversal(act: Act, seq: int, form: ReversalForm) -> ResponseReturnValue:
    member_id = queries.get_transaction(act.session, seq).member_id
    wish = service.Wish(
        RequestKind.REVERSAL, member_id, 0, act.today, reverses_seq=seq, note=form.reason.data or "",
    )  # fmt: skip
    asked = service.request(act, wish)
    flash(_("The request is written down: another person answers it."), "success")
    return redirect(url_for("shares.show_request", request_id=asked), 303)


@bp.post("/movements/<int:seq>/cascade")
@requires(Permission.SHARES_RECORD)
def draft_cascade(seq: int) -> ResponseReturnValue:
    """Draft the reversal of a movement and of all that rests on it, each a request."""
    form = CascadeForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.draft_cascade(act, seq=seq, reason=form.reason.data)
            flash(_("The reversals are drafted, in the order in which they are recorded."), "success")
            return redirect(url_for("shares.list_requests"), 303)
    return _reversal_page(seq, ReversalForm(formdata=None, effective_on=today()), form), 422


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


def _subscription_page(member_id: UUID, form: SubscriptionForm, checks: Sequence[Check] = ()) -> str:
    member, on = members.get_member(reading(), member_id), today()
    return render_template(
        "shares/subscribe.html",
        form=form,
        checks=checks,
        member=member,
        closed=queries.closed_through(reading()),
        is_candidate=member.status is Status.CANDIDATE,
        nominal=statutes.statutes_on(reading(), on).share_nominal_cents,
        first=rulebook().figure("share.payup.first", on=on),
        years=rulebook().figure("share.payup.balance_years", on=on),
    )


def _reversal_page(seq: int, form: ReversalForm, cascade: CascadeForm | None = None) -> str:
    movement = queries.get_transaction(reading(), seq)
    member = members.get_member(reading(), movement.member_id)
    rests = service.cascade_of(reading(), seq) if movement.can_be_reversed else []
    look, money = service.Look(reading(), current_actor(), today(), rulebook()), ReversalWeighed(seq)
    ask(money)
    return render_template(
        "shares/reverse.html",
        form=form,
        checks=[
            *service.weigh_reversal(look, seq=seq, effective_on=form.effective_on.data or today()),
            *money.points,
        ],
        movement=movement,
        member=member,
        needs_two=queries.needs_two(reading(), BookName.SHARE, TxKind.REVERSAL, today()),
        rests=rests,
        cascade=cascade or CascadeForm(),
    )


def _may_record() -> bool:
    return current_actor().may(Permission.SHARES_RECORD)
