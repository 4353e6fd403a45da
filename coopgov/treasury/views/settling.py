"""What becomes of what the cooperative owes a member: paid back, used, given up, or kept after the legal time."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.treasury import queries, service
from coopgov.treasury.forms import Settling, SettlingForm
from coopgov.treasury.queries import MemberAccount
from coopgov.treasury.rules import Bucket, CapitalKind, Prepared
from coopgov.treasury.views.blueprint import bp
from coopgov.treasury.views.preparing import prepared_for_another, two_persons
from coopgov.web.acts import begin_act, reading, today
from coopgov.web.filters import money
from coopgov.web.forms import refusals_on
from coopgov.web.guard import requires

# Each way to settle: the kind of its movement, and which of her sums it takes.
WAYS: Mapping[Settling, tuple[CapitalKind, Bucket]] = {
    Settling.REPAY: (CapitalKind.REPAY, Bucket.REPAYABLE),
    Settling.REFUND_EXCESS: (CapitalKind.REPAY, Bucket.SUSPENSE),
    Settling.USE_EXCESS: (CapitalKind.SET_OFF, Bucket.SUSPENSE),
    Settling.SET_OFF: (CapitalKind.SET_OFF, Bucket.REPAYABLE),
    Settling.GIVE: (CapitalKind.GIFT, Bucket.REPAYABLE),
    Settling.GIVE_EXCESS: (CapitalKind.GIFT, Bucket.SUSPENSE),
    Settling.PRESCRIBE: (CapitalKind.PRESCRIBE, Bucket.REPAYABLE),
}


@bp.route("/members/<uuid:member_id>/settle", methods=["GET", "POST"])
@requires(Permission.SHARES_RECORD)
def settle(member_id: UUID) -> ResponseReturnValue:
    """Record what becomes of a sum that is owed to a member, or prepare it for another person."""
    account = queries.account_of(reading(), member_id=member_id, on=today())
    form = SettlingForm(_possible(account), effective_on=today(), amount=account.repayable or account.suspense or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            with refusals_on(form), begin_act() as act:
                wish = _wish(member_id, form)
                if request.form.get("step") == "ask":
                    return prepared_for_another(service.prepare(act, wish))
                service.settle(act, wish)
                flash(_("It is recorded: %(amount)s.", amount=money(form.amount.data)), "success")
                return redirect(url_for("treasury.account", member_id=member_id), 303)
    person = members.get_member(reading(), member_id)
    page = render_template("treasury/settle.html", form=form, member=person, account=account, two=two_persons())
    return page, status


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


def _wish(member_id: UUID, form: SettlingForm) -> Prepared:
    kind, source = WAYS[Settling(form.what.data)]
    return Prepared(
        kind, member_id, form.amount.data, form.effective_on.data, source, form.true_on.data,
        form.reference.data or "", form.resolution.data or "",
    )  # fmt: skip
