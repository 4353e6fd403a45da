"""What becomes of what the cooperative owes a member: paid back, used, given up, or kept after the legal time."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.act import Act
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.treasury import queries, service
from coopgov.treasury.forms import Settling, SettlingForm
from coopgov.treasury.queries import MemberAccount
from coopgov.treasury.rules import Bucket
from coopgov.treasury.views.blueprint import bp
from coopgov.web.acts import begin_act, reading, today
from coopgov.web.filters import money
from coopgov.web.forms import refusals_on
from coopgov.web.guard import requires


@bp.route("/members/<uuid:member_id>/settle", methods=["GET", "POST"])
@requires(Permission.SHARES_RECORD)
def settle(member_id: UUID) -> ResponseReturnValue:
    """Record what becomes of a sum that is owed to a member."""
    account = queries.account_of(reading(), member_id=member_id, on=today())
    form = SettlingForm(_possible(account), effective_on=today(), amount=account.repayable or account.suspense or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            with refusals_on(form), begin_act() as act:
                _COMMANDS[Settling(form.what.data)](act, member_id, form)
                flash(_("It is recorded: %(amount)s.", amount=money(form.amount.data)), "success")
                return redirect(url_for("treasury.account", member_id=member_id), 303)
    person = members.get_member(reading(), member_id)
    return render_template("treasury/settle.html", form=form, member=person, account=account), status


def _possible(account: MemberAccount) -> list[Settling]:
    """What can become of her sums now; everything when nothing is owed today, since a day of the past may be told."""
    owes = account.called_unpaid + account.uncalled > 0
    has_excess, has_owed = account.suspense > 0, account.repayable > 0
    if not (has_excess or has_owed):
        return list(Settling)
    allowed = {
        Settling.REPAY: has_owed, Settling.REFUND_EXCESS: has_excess, Settling.USE_EXCESS: has_excess and owes,
        Settling.SET_OFF: has_owed and owes, Settling.GIVE: has_owed, Settling.GIVE_EXCESS: has_excess,
        Settling.PRESCRIBE: has_owed,
    }  # fmt: skip
    return [one for one, is_allowed in allowed.items() if is_allowed]


def _repay(act: Act, member_id: UUID, form: SettlingForm) -> None:
    service.repay(
        act, member_id=member_id, cents=form.amount.data, effective_on=form.effective_on.data,
        reference=form.reference.data or "", true_on=form.true_on.data,
    )  # fmt: skip


def _refund_excess(act: Act, member_id: UUID, form: SettlingForm) -> None:
    service.refund_overpayment(
        act, member_id=member_id, cents=form.amount.data, effective_on=form.effective_on.data,
        reference=form.reference.data or "", true_on=form.true_on.data,
    )  # fmt: skip


def _set_off(against: Bucket) -> Callable[[Act, UUID, SettlingForm], None]:
    def command(act: Act, member_id: UUID, form: SettlingForm) -> None:
        service.set_off(
            act, member_id=member_id, cents=form.amount.data, effective_on=form.effective_on.data, against=against,
            reference=form.reference.data or "", true_on=form.true_on.data,
        )  # fmt: skip

    return command


def _give(source: Bucket) -> Callable[[Act, UUID, SettlingForm], None]:
    def command(act: Act, member_id: UUID, form: SettlingForm) -> None:
        service.give(
            act, member_id=member_id, cents=form.amount.data, effective_on=form.effective_on.data, source=source,
            resolution=form.resolution.data or "", reference=form.reference.data or "", true_on=form.true_on.data,
        )  # fmt: skip

    return command


def _prescribe(act: Act, member_id: UUID, form: SettlingForm) -> None:
    service.prescribe(
        act, member_id=member_id, cents=form.amount.data, effective_on=form.effective_on.data,
        reference=form.reference.data or "", true_on=form.true_on.data,
    )  # fmt: skip


_COMMANDS: dict[Settling, Callable[[Act, UUID, SettlingForm], None]] = {
    Settling.REPAY: _repay,
    Settling.REFUND_EXCESS: _refund_excess,
    Settling.USE_EXCESS: _set_off(Bucket.SUSPENSE),
    Settling.SET_OFF: _set_off(Bucket.REPAYABLE),
    Settling.GIVE: _give(Bucket.REPAYABLE),
    Settling.GIVE_EXCESS: _give(Bucket.SUSPENSE),
    Settling.PRESCRIBE: _prescribe,
}
