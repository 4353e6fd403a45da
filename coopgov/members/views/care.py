"""What to look at among the members: doubles to join or separate, estates to settle, mandates that end."""

from datetime import date, datetime, time
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts.rules import CAUSE_LABELS
from coopgov.core.dates import paris_instant
from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.members import queries, service
from coopgov.members.forms import AsKnownForm, UndoForm
from coopgov.members.labels import ALIKE_LABELS, STATUS_LABELS
from coopgov.members.views.blueprint import REFUSED, bp
from coopgov.web.acts import begin_act, reading, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import requires


@bp.get("/members/care")
@requires(Permission.MEMBERS_SEE)
def care() -> ResponseReturnValue:
    """The files of deaths to settle, and the numbers that look like one person."""
    return render_template(
        "members/care.html", estates=queries.open_estates(reading()), doubles=queries.list_doubles(reading()),
        status_labels=STATUS_LABELS, alike_labels=ALIKE_LABELS,
    )  # fmt: skip


@bp.route("/members/<uuid:member_id>/join/<uuid:into_id>", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def join_numbers(member_id: UUID, into_id: UUID) -> ResponseReturnValue:
    """Join a number to another of the same person."""
    double, kept = queries.get_member(reading(), member_id), queries.get_member(reading(), into_id)
    form, status = UndoForm(), 200
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.join_doubles(act, member_id=member_id, into_id=into_id, reason=form.reason.data or "")
                flash(_("The two numbers are joined."), "success")
                return redirect(url_for("members.show", member_id=into_id), 303)
    return render_template(
        "members/join.html", form=form, double=double, kept=kept, status_labels=STATUS_LABELS
    ), status


@bp.route("/members/<uuid:member_id>/separate", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def separate_numbers(member_id: UUID) -> ResponseReturnValue:
    """Separate a number from the one it was joined to."""
    member, party = queries.get_member(reading(), member_id), queries.get_party(reading(), member_id)
    kept = next((one for one in party.joined if one.is_kept), None)
    if kept is None:
        raise NotFound
    form, status = UndoForm(), 200
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.separate_doubles(act, member_id=member_id, reason=form.reason.data or "")
                flash(_("The two numbers are separate again."), "success")
                return redirect(url_for("members.show", member_id=member_id), 303)
    return render_template("members/separate.html", form=form, member=member, kept=kept), status


@bp.get("/members/mandates")
@requires(Permission.MEMBERS_SEE)
def mandates() -> ResponseReturnValue:
    """The mandates of a day, as they were known on a day."""
    form = AsKnownForm(request.args)
    fine = form.validate()
    on: date = form.on.data if fine and form.on.data else today()
    known: date | None = form.known.data if fine else None
    shown = queries.organs_on(reading(), on, _end_of(known))
    return render_template(
        "members/mandates.html", form=form, on=on, known=known, held=[one for one in shown if one.is_held],
        past=[one for one in shown if not one.is_held], cause_labels=CAUSE_LABELS,
    )  # fmt: skip


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else paris_instant(day, time.max)
