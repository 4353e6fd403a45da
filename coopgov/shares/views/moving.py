"""Shares that leave an account: the form, the last look before it is written, the request for a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as NoPage

from coopgov.core.act import Act
from coopgov.core.i18n import N_
from coopgov.core.policy import Permission
from coopgov.core.preflight import Check, is_clear
from coopgov.members import queries as members
from coopgov.shares import queries, service
from coopgov.shares.forms import MoveForm, move_form
from coopgov.shares.rules import ORDINARY, BookName, RequestKind, TxKind
from coopgov.shares.service import Look, Move, Wish
from coopgov.shares.views.blueprint import bp
from coopgov.web.acts import ask, begin_act, reading, rulebook, today
from coopgov.web.filters import sentence
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires
from coopgov.web.preflight import reasons_of, with_reasons

# Who approves it is not known before it is asked for.
SOMEBODY = "somebody else"


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which shares leave an account."""

    kind: TxKind
    asks: RequestKind
    title: str
    lead: str


WAYS: Mapping[str, Way] = {
    "transfer": Way(
        TxKind.TRANSFER, RequestKind.TRANSFER, N_("Record a transfer"),
        N_("Shares go to another member, with their first day and what was paid on them."),
    ),
    "inherit": Way(
        TxKind.INHERIT, RequestKind.INHERIT, N_("Record an inheritance"),
        N_("Shares of somebody who died go to an heir who is a member, with their first day."),
    ),
    "withdraw": Way(
        TxKind.REDEEM, RequestKind.REFUND, N_("Record a withdrawal"),
        N_("Shares are cancelled, and what was paid on them is to be paid back, less losses."),
    ),
    "convert": Way(
        TxKind.CONVERT, RequestKind.CONVERT, N_("Record a change of class"),
        N_("Shares become shares of another class for the same value."),
    ),
}  # fmt: skip


@bp.get("/members/<uuid:member_id>/<any(transfer, inherit, withdraw, convert):way>")
@requires(Permission.SHARES_RECORD)
def move(member_id: UUID, way: str) -> ResponseReturnValue:
    """The form of a movement out of an account."""
    return _form_page(member_id, way, _form(way, effective_on=today(), quantity=_all_of(member_id)))


@bp.post("/members/<uuid:member_id>/<any(transfer, inherit, withdraw, convert):way>")
@requires(Permission.SHARES_RECORD)
def record_move(member_id: UUID, way: str) -> ResponseReturnValue:
    """Check a movement, record it, or ask for it where another person approves."""
    form, step = _form(way), request.form.get("step", "")
    fine = form.validate() and _names_somebody(form)
    if fine and step != "edit":
        with refusals_on(form):
            return _check_or_record(member_id, way, form, step)
    return _form_page(member_id, way, form), 200 if fine and step == "edit" else 422


def _check_or_record(member_id: UUID, way: str, form: MoveForm, step: str) -> ResponseReturnValue:
    checks = _checks(member_id, way, form)
    if not is_clear(checks):
        return _form_page(member_id, way, form, checks), 422
    if step == "check":
        return _confirmation(member_id, way, form, checks, with_reasons(type(form), checks)())
    judged = with_reasons(type(form), checks)()
    judged.fill(_classes())
    if not judged.validate():
        return _confirmation(member_id, way, form, checks, judged), 422
    with begin_act() as act:
        if step == "ask":
            asked = service.request(act, _wish(member_id, way, form))
            flash(_("The request is written down: another person answers it."), "success")
            return redirect(url_for("shares.show_request", request_id=asked), 303)
        _record(act, member_id, way, form, reasons_of(judged, checks))
        flash(_("The movement is recorded."), "success")
        tell(checks)
    return redirect(url_for("shares.member", member_id=member_id), 303)


def tell(checks: Sequence[Check]) -> None:
    """Say after it what the page said before of the money: the sum, and the article."""
    for check in checks:
        if check.code == "set_off":
            articles = ", ".join(citation.text for citation in check.citations)
            flash(f"{sentence(check)} ({articles})" if articles else sentence(check), "info")


def _checks(member_id: UUID, way: str, form: MoveForm) -> list[Check]:
    look = Look(reading(), current_actor(), today(), rulebook())
    by = SOMEBODY if _needs_two(way) else None
    if way == "convert":
        return service.preflight_conversion(
            look, member_id=member_id, quantity=form.quantity.data, from_class=_class(form),
            to_class=form.to_class.data, effective_on=form.effective_on.data, decision=form.resolution.data or "",
            true_on=form.true_on.data, approved_by=by,
        )  # fmt: skip
    return [*service.preflight_move(look, _move(member_id, way, form, approved_by=by)), *_money(member_id, way, form)]


def _money(member_id: UUID, way: str, form: MoveForm) -> list[Check]:
    """What whoever keeps the money has to say of a withdrawal."""
    if way != "withdraw":
        return []
    look = Look(reading(), current_actor(), today(), rulebook())
    weighed = service.a_withdrawal(look, _move(member_id, way, form))
    ask(weighed)
    return weighed.points


def _record(act: Act, member_id: UUID, way: str, form: MoveForm, reasons: Mapping[str, str]) -> int:
    if way == "convert":
        return service.convert(
            act, member_id=member_id, quantity=form.quantity.data, from_class=_class(form), to_class=form.to_class.data,
            effective_on=form.effective_on.data, decision=form.resolution.data or "", true_on=form.true_on.data,
        )  # fmt: skip
    return service.move(act, _move(member_id, way, form, reasons=reasons))


def _move(
    member_id: UUID, way: str, form: MoveForm, *, approved_by: str | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Move:  # fmt: skip
    return Move(
        WAYS[way].kind, member_id, form.quantity.data, form.effective_on.data, form.resolution.data or "", _taker(form),
        form.cause.data if way == "withdraw" else "", _class(form), approved_by=approved_by, true_on=form.true_on.data,
        reasons=reasons,
    )  # fmt: skip


def _wish(member_id: UUID, way: str, form: MoveForm) -> Wish:
    return Wish(
        WAYS[way].asks, member_id, form.quantity.data, today(), to_id=_taker(form), class_code=_class(form),
        to_class=form.to_class.data if way == "convert" else "", cause=form.cause.data if way == "withdraw" else "",
        earliest_on=min(form.effective_on.data, today()), note=form.resolution.data or "",
    )  # fmt: skip


def _form(way: str, **told: object) -> MoveForm:
    form = move_form(way)(**told)
    form.fill(_classes())
    return form


def _classes() -> dict[str, str]:
    return {terms.code: terms.label for terms in queries.classes(reading())}


def _class(form: MoveForm) -> str:
    return form.class_code.data or ORDINARY


def _all_of(member_id: UUID) -> int | None:
    return queries.shares_held(reading(), member_id=member_id, on=today()) or None


def _taker(form: MoveForm) -> UUID | None:
    if "to" not in form or form.to.data is None:
        return None
    found = members.find_by_number(reading(), form.to.data)
    return found.id if found is not None else None


def _names_somebody(form: MoveForm) -> bool:
    if "to" not in form or _taker(form) is not None:
        return True
    form.to.errors = [_("Nobody has this number. Look it up in the list of members.")]
    return False


def _needs_two(way: str) -> bool:
    return queries.needs_two(reading(), BookName.SHARE, WAYS[way].kind, today())


def _form_page(member_id: UUID, way: str, form: MoveForm, checks: Sequence[Check] = ()) -> str:
    return render_template("shares/move.html", checks=checks, **_told(member_id, way, form))


def _confirmation(member_id: UUID, way: str, form: MoveForm, checks: Sequence[Check], judged: BaseForm) -> str:
    told = _told(member_id, way, form)
    taker = _taker(form)
    other = members.get_member(reading(), taker).name if taker is not None else ""
    fields = [judged[name] for name in form.names if name in judged]
    told |= {"form": judged, "checks": checks, "other": other, "fields": fields}
    return render_template("shares/confirm_move.html", **told)


def _told(member_id: UUID, way: str, form: MoveForm) -> dict[str, object]:
    session, on = reading(), today()
    member = members.find_member(session, member_id)
    if member is None:
        raise NoPage
    return {
        "form": form, "way": way, "title": WAYS[way].title, "lead": WAYS[way].lead, "member": member,
        "lots": queries.lots_held(session, member_id, on), "needs_two": _needs_two(way),
        "closed": queries.closed_through(session), "quantity": form.quantity.data, "effective_on": _day(form),
    }  # fmt: skip


def _day(form: MoveForm) -> date | None:
    day: date | None = form.true_on.data or form.effective_on.data
    return day
