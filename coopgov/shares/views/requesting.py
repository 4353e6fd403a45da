"""Requests about shares: those that wait for a second person, their answer, their movement."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts import queries as accounts
from coopgov.core.policy import Permission
from coopgov.core.preflight import Check, is_clear
from coopgov.members import queries as members
from coopgov.shares import queries, service
from coopgov.shares.events import ReversalWeighed, WithdrawalWeighed
from coopgov.shares.forms import AnswerForm, ExecutionForm, ReversalExecutionForm
from coopgov.shares.queries import RequestRow
from coopgov.shares.rules import RequestKind, RequestState
from coopgov.shares.service import Look
from coopgov.shares.views.blueprint import bp
from coopgov.shares.views.moving import tell
from coopgov.web.acts import ask, begin_act, reading, rulebook, today
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires
from coopgov.web.preflight import reasons_of, with_reasons

DONE = (RequestState.EXECUTED, RequestState.REFUSED, RequestState.WITHDRAWN)
LATEST = 20


@bp.get("/requests")
@requires(Permission.SHARES_SEE)
def list_requests() -> ResponseReturnValue:
    """What is asked about shares and waits, in order, and the latest answers."""
    session = reading()
    waiting = queries.requests_in(session, (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.ACCEPTED))
    done = queries.requests_in(session, DONE)[-LATEST:][::-1]
    people = members.get_members(session, {row.member_id for row in [*waiting, *done]})
    return render_template("shares/requests.html", waiting=waiting, done=done, people=people)


@bp.get("/requests/<uuid:request_id>")
@requires(Permission.SHARES_SEE)
def show_request(request_id: UUID) -> ResponseReturnValue:
    """One request, what is checked of it, its answer."""
    asked = queries.get_request(reading(), request_id)
    return _page(asked, AnswerForm(decided_on=today()))


@bp.post("/requests/<uuid:request_id>/answer")
@requires(Permission.SHARES_APPROVE)
def answer_request(request_id: UUID) -> ResponseReturnValue:
    """Accept a request, refuse it, submit a draft, or take it back."""
    form, step = AnswerForm(), request.form.get("step", "")
    if form.validate():
        with refusals_on(form), begin_act() as act:
            words = form.decision.data or ""
            match step:
                case "accept":
                    service.accept(act, request_id=request_id, decision=words, decided_on=form.decided_on.data)
                case "refuse":
                    service.refuse(act, request_id=request_id, decision=words)
                case "submit":
                    service.submit(act, request_id=request_id)
                case _:
                    service.withdraw(act, request_id=request_id, reason=words)
            flash(_("The answer is kept."), "success")
            return redirect(url_for("shares.show_request", request_id=request_id), 303)
    asked = queries.get_request(reading(), request_id)
    return _page(asked, form), 422


@bp.post("/requests/<uuid:request_id>/execute")
@requires(Permission.SHARES_RECORD)
def execute_request(request_id: UUID) -> ResponseReturnValue:
    """Write the movement that was asked for."""
    asked = queries.get_request(reading(), request_id)
    form = _execution(asked)()
    answer = AnswerForm(formdata=None, decided_on=today())
    if not form.validate():
        return _page(asked, answer, form), 422
    checks = _checks(asked, form.effective_on.data, form.resolution.data or "", form.true_on.data)
    judged = with_reasons(_execution(asked), checks)()
    # What a reversal breaks does not stop it, once a person has said why.
    if (is_clear(checks) or "acknowledged" in judged) and judged.validate():
        with refusals_on(judged), begin_act() as act:
            service.execute(
                act, request_id=request_id, effective_on=form.effective_on.data, decision=form.resolution.data or "",
                true_on=form.true_on.data, reasons=reasons_of(judged, checks),
                acknowledged=(judged.acknowledged.data or "") if "acknowledged" in judged else "",
            )  # fmt: skip
            flash(_("The movement is recorded."), "success")
            tell(checks)
            return redirect(url_for("shares.member", member_id=asked.member_id), 303)
    return _page(asked, answer, judged, checks), 422


def _execution(asked: RequestRow) -> type[ExecutionForm]:
    return ReversalExecutionForm if asked.kind is RequestKind.REVERSAL else ExecutionForm


def _checks(asked: RequestRow, on: date, decision: str, true_on: date | None) -> list[Check]:
    look = Look(reading(), current_actor(), today(), rulebook())
    found = service.preflight_request(look, asked, effective_on=on, decision=decision, true_on=true_on)
    weighed: ReversalWeighed | WithdrawalWeighed
    match asked.kind:
        case RequestKind.REFUND:
            weighed = service.withdrawal_of(look, asked, on)
        case RequestKind.REVERSAL if asked.reverses_seq is not None:
            weighed = ReversalWeighed(asked.reverses_seq)
        case _:
            return found
    ask(weighed)
    return [*found, *weighed.points]


def _page(asked: RequestRow, answer: BaseForm, execution: BaseForm | None = None, checks: Sequence[Check] = ()) -> str:
    session, actor = reading(), current_actor()
    decision = asked.resolution or asked.note
    if execution is None:
        checks = _checks(asked, today(), decision, None) if asked.is_open else ()
        execution = with_reasons(_execution(asked), checks)(formdata=None, effective_on=today(), resolution=decision)
    people = members.get_members(session, [one for one in (asked.member_id, asked.to_id) if one is not None])
    return render_template(
        "shares/request.html", asked=asked, people=people, answer=answer, execution=execution, checks=checks,
        names=_names(asked), may_answer=actor.may(Permission.SHARES_APPROVE),
        may_record=actor.may(Permission.SHARES_RECORD),
    )  # fmt: skip


def _names(asked: RequestRow) -> dict[str, str]:
    ids = [UUID(who) for who in (asked.drafted_by, asked.approved_by) if who is not None and len(who) == len(_AN_ID)]
    return {str(account_id): name for account_id, name in accounts.names_of(reading(), ids).items()}


_AN_ID = str(UUID(int=0))
