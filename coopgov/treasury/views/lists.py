"""The treasurer's desk: what is to be called, received, admitted, paid back, and one member's whole account."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts import queries as accounts
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.shares import former
from coopgov.treasury import lists, papers, queries, queue, statement
from coopgov.treasury.banking import queries as banking
from coopgov.treasury.banking.rules import FileState
from coopgov.treasury.forms import YearForm
from coopgov.treasury.rules import claim_ends_on
from coopgov.treasury.views.blueprint import bp
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires

PAPERS = {
    "call": papers.issue_call_notice,
    "refund": papers.issue_refund_statement,
}


@bp.get("/")
@requires(Permission.SHARES_SEE)
def desk() -> ResponseReturnValue:
    """Everything that waits for the treasurer, each with how much and how many."""
    session, on, figures = reading(), today(), rulebook()
    owed = queries.owed_on(session, on, figures)
    waiting = former.former_holdings(session, on)
    return render_template(
        "treasury/desk.html",
        totals=queries.totals_on(session, on),
        to_call=lists.count_to_call(session),
        to_receive=queries.count_to_receive(session),
        candidates=members.count_candidates(session),
        owed=sum(one.cents for one in owed),
        owed_people=len({one.member_id for one in owed}),
        overdue=sum(one.cents for one in owed if one.due_on < on),
        waiting=sum(one.cents for one in waiting),
        waiters=len({one.member_id for one in waiting}),
        excess=queries.in_suspense(session),
        drafted=banking.count_open(session, FileState.DRAFTED),
        released=banking.count_open(session, FileState.RELEASED),
        prepared=len(queries.prepared_waiting(session)),
        may_admit=current_actor().may(Permission.MEMBERS_ADMIT),
    )


@bp.get("/to-call")
@requires(Permission.SHARES_SEE)
def to_call() -> ResponseReturnValue:
    """Everybody who has subscribed what is not called yet, with the last day for it."""
    after = request.args.get("after")
    return render_template(
        "treasury/to_call.html",
        page=lists.to_call(reading(), rulebook(), after=after),
        total=queries.totals_on(reading(), today()).uncalled,
        is_first=after is None,
        on=today(),
        may_record=current_actor().may(Permission.SHARES_RECORD),
    )


@bp.get("/owed")
@requires(Permission.SHARES_SEE)
def owed() -> ResponseReturnValue:
    """What is owed to people whose shares were withdrawn, the oldest first, and what is received in excess."""
    session, on, figures = reading(), today(), rulebook()
    rows, after = queries.owed_on(session, on, figures), request.args.get("after")
    shown, next_key = lists.page_of_owed(rows, after)
    return render_template(
        "treasury/owed.html",
        rows=[(one, claim_ends_on(one.due_on, figures)) for one in shown],
        total=sum(one.cents for one in rows),
        excess=queries.in_suspense(session),
        next_key=next_key,
        is_first=after is None,
        articles=queue.articles(figures, on),
        on=on,
        may_record=current_actor().may(Permission.SHARES_RECORD),
    )


@bp.get("/members/<uuid:member_id>/account")
@requires(Permission.SHARES_SEE)
def account(member_id: UUID) -> ResponseReturnValue:
    """One member's account: every movement of both books, with its decision, its reason and the balances after it."""
    return _account_page(member_id, YearForm(year=today().year - 1))


@bp.post("/members/<uuid:member_id>/papers/<any(call, refund):what>")
@requires(Permission.SHARES_RECORD)
def issue_paper(member_id: UUID, what: str) -> ResponseReturnValue:
    """Issue a call notice or the statement of a refund, in the language asked for."""
    form = BaseForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            PAPERS[what](act, member_id=member_id, language=_language())
            flash(_("The paper is ready among those of the member."), "success")
            return redirect(url_for("shares.member", member_id=member_id), 303)
    return _account_page(member_id, YearForm(formdata=None, year=today().year - 1), form), 422


@bp.post("/members/<uuid:member_id>/papers/year")
@requires(Permission.SHARES_RECORD)
def issue_year(member_id: UUID) -> ResponseReturnValue:
    """Issue the statement of a financial year."""
    form = YearForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            papers.issue_year_statement(act, member_id=member_id, year=form.year.data, language=_language())
            flash(_("The paper is ready among those of the member."), "success")
            return redirect(url_for("shares.member", member_id=member_id), 303)
    return _account_page(member_id, form), 422


def _account_page(member_id: UUID, form: YearForm, refused: BaseForm | None = None) -> str:
    session = reading()
    member = members.get_member(session, member_id)
    story = statement.story(session, member_id, after=request.args.get("after"))
    writers = {UUID(who) for line in story.lines for who in (line.recorded_by, line.approved_by) if who and "-" in who}
    return render_template(
        "treasury/account.html",
        member=member,
        story=story,
        labels=statement.SHOWN,
        writers={str(one): name for one, name in accounts.names_of(session, writers).items()},
        left_on=former.left_days(session, [member_id], today()).get(member_id),
        form=form,
        refused=refused or form,
        is_first="after" not in request.args,
        may_record=current_actor().may(Permission.SHARES_RECORD),
    )


def _language() -> str:
    return "en" if request.form.get("language") == "en" else "fr"
