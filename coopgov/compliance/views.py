"""The page of compliance: what the law asks and how it stands, what a movement would do, what people told."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts import queries as accounts
from coopgov.compliance import queries, service
from coopgov.compliance.forms import DraftForm, FactForm, WithdrawalForm
from coopgov.compliance.plots import trends
from coopgov.compliance.rules import (
    AHEAD_MONTHS,
    FACT_LABELS,
    NEAR,
    Change,
    Draft,
    Fact,
    FactKind,
    Move,
    Situation,
    Verdict,
    changes,
    check_draft,
    deadlines,
    pressing_first,
    ratios,
    situation_after,
    standing,
)
from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.statutes import queries as statutes
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

bp = Blueprint("compliance", __name__, url_prefix="/compliance")


@bp.before_request
def wait_for_statutes() -> ResponseReturnValue | None:
    """Before the first statutes there is nothing to measure by: their page says so, to whoever may see this one."""
    if not current_actor().may(Permission.COMPLIANCE_SEE) or statutes.find_statutes_on(reading(), today()):
        return None
    return redirect(url_for("statutes.show"), 303)


@bp.get("/")
@requires(Permission.COMPLIANCE_SEE)
def index() -> ResponseReturnValue:
    """Every obligation, the broken ones first, and how the ratios moved."""
    session, on, figures = reading(), today(), rulebook()
    situation = queries.situation_on(session, on)
    found = pressing_first([*ratios(situation, figures, on), *deadlines(queries.dated_on(session, on), figures, on)])
    return render_template(
        "compliance/index.html",
        groups=[(verdict, [one for one in found if one.verdict is verdict]) for verdict in Verdict],
        trends=trends(queries.history(session, on), situation.colleges, figures, on),
        largest=situation.largest if _may_see_names() else None,
        near=NEAR,
        ahead_months=AHEAD_MONTHS,
        on=on,
    )


def _may_see_names() -> bool:
    return current_actor().may(Permission.SHARES_SEE)


@bp.get("/draft")
@requires(Permission.COMPLIANCE_SEE)
def draft() -> ResponseReturnValue:
    """What a movement would do; nothing is written."""
    session, on = reading(), today()
    situation = queries.situation_on(session, on)
    form = _draft_form(situation)
    is_asked = any(text for text in request.args.values())
    after = _drafted(form, situation, on) if is_asked else None
    page = render_template(
        "compliance/draft.html", form=form, is_asked=is_asked,
        changes=_compared(situation, after, on) if after else [],
        heads=_heads_of_colleges(situation, after) if after else [],
    )  # fmt: skip
    return page, 422 if form.errors or form.breaches else 200


def _draft_form(situation: Situation) -> DraftForm:
    form = DraftForm(situation.colleges, request.args)
    if not _may_see_names():
        # What one member holds is for those who see shares: the differences would tell it.
        del form.member, form.move, form.named_shares
    return form


def _drafted(form: DraftForm, situation: Situation, on: date) -> Situation | None:
    """What the movement would leave; None when it cannot be drafted or moves nothing."""
    if not form.validate():
        return None
    drafted = _draft(form, on)
    form.breaches = check_draft(situation, drafted)
    return None if form.breaches or drafted.is_empty else situation_after(situation, drafted)


def _heads_of_colleges(before: Situation, after: Situation) -> list[tuple[str, int, int]]:
    """The members of each college, before and after."""
    return [(one.label, before.by_college[one.code], after.by_college[one.code]) for one in before.colleges]


def _compared(situation: Situation, after: Situation, on: date) -> Sequence[Change]:
    figures = rulebook()
    return changes(ratios(situation, figures, on), ratios(after, figures, on))


def _draft(form: DraftForm, on: date) -> Draft:
    typed = form.data
    number = typed.get("member")
    return Draft(
        employed_join=typed["employed_join"] or 0,
        external_join=typed["external_join"] or 0,
        shares_each=1 if typed["shares_each"] is None else typed["shares_each"],
        college=typed.get("college") or "",
        employed_leave=typed["employed_leave"] or 0,
        named=None if number is None else queries.find_named(reading(), number, on),
        move=Move(typed["move"]) if typed.get("move") else None,
        named_shares=typed.get("named_shares") or 0,
        is_refunded=not typed["stays"],
    )


@bp.get("/facts")
@requires(Permission.COMPLIANCE_SEE)
def facts() -> ResponseReturnValue:
    """What people told, and the form to tell more."""
    return _facts_page(_fact_form())


@bp.post("/facts")
@requires(Permission.COMPLIANCE_TELL)
def tell() -> ResponseReturnValue:
    """Tell what happened outside of the application."""
    form = _fact_form()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            ended = form.year_end.data
            service.tell(
                act, kind=FactKind(form.kind.data), day=form.day.data, note=form.note.data or "",
                year_end=date.fromisoformat(ended) if ended else None,
            )  # fmt: skip
            flash(_("What you told is written down."), "success")
            return redirect(url_for(".facts"), 303)
    return _facts_page(form), 422


def _fact_form() -> FactForm:
    return FactForm(queries.year_ends(reading(), today()))


def _facts_page(form: FactForm) -> str:
    told = queries.facts(reading())
    held = {fact.id for fact in standing(told)}
    writers = accounts.names_of(reading(), [UUID(fact.recorded_by) for fact in told if _is_account(fact)])
    return render_template(
        "compliance/facts.html",
        form=form,
        facts=told,
        held=held,
        writers={str(account_id): name for account_id, name in writers.items()},
        labels=FACT_LABELS,
        may_tell=current_actor().may(Permission.COMPLIANCE_TELL),
    )


def _is_account(fact: Fact) -> bool:
    return "-" in fact.recorded_by


@bp.get("/facts/<uuid:fact_id>/withdraw")
@requires(Permission.COMPLIANCE_TELL)
def ask_withdrawal(fact_id: UUID) -> ResponseReturnValue:
    """The form that withdraws what was told in error."""
    return _withdrawal_page(fact_id, WithdrawalForm())


@bp.post("/facts/<uuid:fact_id>/withdraw")
@requires(Permission.COMPLIANCE_TELL)
def withdraw(fact_id: UUID) -> ResponseReturnValue:
    """Withdraw what was told in error, with the reason."""
    form = WithdrawalForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.withdraw(act, fact_id=fact_id, reason=form.reason.data)
            flash(_("It is withdrawn. Both stay readable."), "success")
            return redirect(url_for(".facts"), 303)
    return _withdrawal_page(fact_id, form), 422


def _withdrawal_page(fact_id: UUID, form: WithdrawalForm) -> str:
    told = next((one for one in queries.facts(reading()) if one.id == fact_id and one.withdraws_id is None), None)
    if told is None:
        raise NotFound
    return render_template("compliance/withdraw.html", form=form, fact=told, labels=FACT_LABELS)
