"""The file of a member's death: who settles it, the heirs, what is next."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.members import queries, service
from coopgov.members.forms import ConfirmForm, HeirForm, NotaryForm, UndoForm
from coopgov.members.labels import STATUS_LABELS, WISH_LABELS
from coopgov.members.rules import HeirWish, next_steps
from coopgov.members.views.blueprint import REFUSED, bp
from coopgov.web.acts import begin_act, reading, today
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import requires


@bp.get("/members/<uuid:member_id>/estate")
@requires(Permission.MEMBERS_SEE)
def estate(member_id: UUID) -> ResponseReturnValue:
    """The file of a death: what is known, and what is next."""
    return _page(member_id)


@bp.post("/members/<uuid:member_id>/estate")
@requires(Permission.MEMBERS_ADMIT)
def tell_notary(member_id: UUID) -> ResponseReturnValue:
    """Write who settles the estate."""
    form = NotaryForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.tell_notary(
                act, member_id=member_id, notary=form.notary.data or "", proof=form.proof.data or ""
            )  # fmt: skip
            return _back(member_id)
    return _page(member_id, notary=form), REFUSED


@bp.post("/members/<uuid:member_id>/heirs")
@requires(Permission.MEMBERS_ADMIT)
def name_heir(member_id: UUID) -> ResponseReturnValue:
    """Name an heir, or write what she now wishes."""
    form = HeirForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.name_heir(
                act, member_id=member_id, name=form.name.data or "", reach=form.reach.data or "",
                wish=HeirWish(form.wish.data), number=form.number.data,
            )  # fmt: skip
            return _back(member_id)
    return _page(member_id, heir=form), REFUSED


@bp.post("/members/<uuid:member_id>/heirs/<uuid:heir_id>/strike")
@requires(Permission.MEMBERS_ADMIT)
def strike_heir(member_id: UUID, heir_id: UUID) -> ResponseReturnValue:
    """Take somebody off who is no heir."""
    if ConfirmForm().validate():
        with begin_act() as act:
            service.strike_heir(act, member_id=member_id, heir_id=heir_id)
    return redirect(url_for("members.estate", member_id=member_id), 303)


@bp.post("/members/<uuid:member_id>/estate/close")
@requires(Permission.MEMBERS_ADMIT)
def close_estate(member_id: UUID) -> ResponseReturnValue:
    """Let the shares go to the heirs, or be paid back."""
    form = UndoForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.close_estate(act, member_id=member_id, reason=form.reason.data or "")
            flash(_("The file is closed: the shares no longer wait."), "success")
            return redirect(url_for("members.show", member_id=member_id), 303)
    return _page(member_id, close=form), REFUSED


def _back(member_id: UUID) -> ResponseReturnValue:
    flash(_("Recorded."), "success")
    return redirect(url_for("members.estate", member_id=member_id), 303)


def _page(
    member_id: UUID, *, notary: NotaryForm | None = None, heir: HeirForm | None = None, close: UndoForm | None = None
) -> str:
    member, party = queries.get_member(reading(), member_id), queries.get_party(reading(), member_id)
    file = party.estate
    if file is None:
        raise NotFound
    forms: list[BaseForm | None] = [notary, heir, close]
    has_representative = any(one.holds_on(today()) for one in party.representatives)
    facts = [one.fact for one in file.heirs]
    steps = next_steps(facts, has_notary=bool(file.notary), has_representative=has_representative)
    return render_template(
        "members/estate.html", member=member, party=party, estate=file, steps=[] if file.closed_on else steps,
        refused=next((form for form in forms if form is not None), None),
        notary=notary or NotaryForm(formdata=None, notary=file.notary, proof=file.proof),
        heir=heir or HeirForm(formdata=None, wish=HeirWish.UNKNOWN.value), close=close or UndoForm(formdata=None),
        status_labels=STATUS_LABELS, wish_labels=WISH_LABELS,
    )  # fmt: skip
