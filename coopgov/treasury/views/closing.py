"""The end of a year: the losses its leavers bear, and the closing of the books with the heads of their chains."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts import queries as accounts
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.shares import book as share_book
from coopgov.shares import queries as shares
from coopgov.shares.rules import CloseKind
from coopgov.treasury import book, lists, queries, service
from coopgov.treasury.forms import CLOSE_LABELS, CloseForm, LossForm
from coopgov.treasury.views.blueprint import bp
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.filters import day
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires


@bp.get("/closing")
@requires(Permission.SHARES_SEE)
def closing() -> ResponseReturnValue:
    """What is closed, on which heads, and what came late since."""
    return _closing_page(CloseForm())


@bp.post("/closing")
@requires(Permission.SHARES_RECORD)
def close() -> ResponseReturnValue:
    """Close the register or a financial year: nothing is written for its days any more."""
    form = CloseForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.close_period(act, kind=CloseKind(form.kind.data), through_date=form.through_date.data)
            flash(_("The books are closed through %(day)s.", day=day(form.through_date.data)), "success")
            return redirect(url_for("treasury.closing"), 303)
    return _closing_page(form), 422


@bp.route("/losses", methods=["GET", "POST"])
@requires(Permission.SHARES_RECORD)
def losses() -> ResponseReturnValue:
    """Let those who left in a year bear their part of its losses."""
    form, status = LossForm(year=today().year - 1, effective_on=today()), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.bear_loss(
                    act, year=form.year.data, loss=form.loss.data, reserves=form.reserves.data,
                    effective_on=form.effective_on.data, resolution=form.resolution.data, true_on=form.true_on.data,
                )  # fmt: skip
                flash(_("The losses of the year are borne by those who left in it."), "success")
                return redirect(url_for("treasury.owed"), 303)
    rule = rulebook().figure("share.refund_at_nominal", on=today())
    return render_template("treasury/losses.html", form=form, citations=rule.citations), status


def _closing_page(form: CloseForm) -> str:
    session = reading()
    closes = shares.closes(session)
    since = closes[0].closed_at if closes else None
    late = shares.late_since(session, since)
    writers = [UUID(one.closed_by) for one in closes if "-" in one.closed_by]
    return render_template(
        "treasury/closing.html",
        form=form,
        closes=closes,
        labels=CLOSE_LABELS,
        names={str(one): name for one, name in accounts.names_of(session, writers).items()},
        share_head=share_book.head(session),
        money_head=book.head(session),
        late_shares=late,
        people=members.get_members(session, {tx.member_id for tx in late}),
        late_money=lists.late_since(session, since),
        overdue=queries.overdue_on(session, today(), rulebook()),
        may_record=current_actor().may(Permission.SHARES_RECORD),
    )
