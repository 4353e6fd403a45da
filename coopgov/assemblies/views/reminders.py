"""Reminders to those who have not voted: when they leave, and which have left."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import queries, service
from coopgov.assemblies.queries.reminding import reminder_hours, reminders_sent
from coopgov.assemblies.roll_forms import RemindersForm
from coopgov.assemblies.rules.reminding import check_plannable, moments
from coopgov.assemblies.views.shared import bp
from coopgov.core.policy import Permission
from coopgov.web.acts import begin_act, reading
from coopgov.web.forms import refusals_on
from coopgov.web.guard import requires


@bp.get("/<uuid:assembly_id>/reminders")
@requires(Permission.ASSEMBLIES_PREPARE)
def reminders(assembly_id: UUID) -> ResponseReturnValue:
    """When those who have not voted are reminded."""
    hours = reminder_hours(reading(), assembly_id)
    return _page(assembly_id, RemindersForm(hours=", ".join(map(str, hours))))


def _page(assembly_id: UUID, form: RemindersForm) -> str:
    assembly = queries.get_assembly(reading(), assembly_id)
    opens, closes, hours = assembly.convened_at, assembly.remote_closes_at, reminder_hours(reading(), assembly_id)
    return render_template(
        "assemblies/reminders.html", assembly=assembly, form=form, sent=reminders_sent(reading(), assembly_id),
        is_over=bool(check_plannable(assembly.state, remote_vote=assembly.remote_vote)),
        moments=moments(hours, opens_at=opens, closes_at=closes) if opens and closes else [], hours=hours,
    )  # fmt: skip


@bp.post("/<uuid:assembly_id>/reminders")
@requires(Permission.ASSEMBLIES_PREPARE)
def plan_reminders(assembly_id: UUID) -> ResponseReturnValue:
    """Choose the moments."""
    queries.get_assembly(reading(), assembly_id)
    form = RemindersForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.plan_reminders(act, assembly_id=assembly_id, hours=form.chosen)
            flash(_("The moments are kept."), "success")
            return redirect(url_for(".reminders", assembly_id=assembly_id), 303)
    return _page(assembly_id, form), 422
