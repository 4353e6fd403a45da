"""Votes that cannot go on: suspending them with the incident, taking them up again with the time lost."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import queries, service
from coopgov.assemblies.queries.suspending import scrutins_of, suspended_now
from coopgov.assemblies.roll_forms import ResumptionForm, SuspensionForm
from coopgov.assemblies.rules import State, remote_closes_at
from coopgov.assemblies.views.shared import bp, tell_of_unreached, visible
from coopgov.ballots.changing import running
from coopgov.ballots.changing_rules import least_closing
from coopgov.core.dates import paris_time
from coopgov.core.policy import Permission
from coopgov.web.acts import begin_act, now, reading, rulebook
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import requires

Response = ResponseReturnValue


@bp.get("/<uuid:assembly_id>/suspension")
@requires(Permission.ASSEMBLIES_RUN)
def suspension(assembly_id: UUID) -> Response:
    """Suspend the votes that take ballots now, or take them up again."""
    if suspended_now(reading(), assembly_id) is not None:
        return _page(assembly_id, ResumptionForm())
    at = paris_time(now())
    return _page(assembly_id, SuspensionForm(since_on=at.date(), since_time=at.time()))


def _page(assembly_id: UUID, form: BaseForm) -> str:
    session, assembly = reading(), visible(assembly_id)
    scrutins, halted = scrutins_of(session, assembly_id), suspended_now(session, assembly_id)
    window = next((one.window_now for one in scrutins if one.suspended), None)
    return render_template(
        "assemblies/suspension.html", assembly=assembly, form=form, halted=halted, scrutins=scrutins,
        going=[one for one in scrutins if running(one, now()).takes_ballots],
        least=least_closing(window, since=halted.since, now=now()) if halted else None,
        law=remote_closes_at(rulebook(), held_at=assembly.held_at), is_remote=assembly.state is State.CONVENED,
    )  # fmt: skip


@bp.post("/<uuid:assembly_id>/suspension")
@requires(Permission.ASSEMBLIES_RUN)
def suspend(assembly_id: UUID) -> Response:
    """Suspend them."""
    queries.get_assembly(reading(), assembly_id)
    form = SuspensionForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            # A page shows minutes: the present one has not begun when the clock of the act reads its seconds.
            since = min(form.since, act.now)
            incident = form.incident.data or ""
            unreached = service.suspend_votes(act, assembly_id=assembly_id, since=since, incident=incident)
            flash(_("The votes are suspended: no ballot is taken. The voters are told by e-mail."), "success")
            tell_of_unreached(unreached)
            return redirect(url_for(".suspension", assembly_id=assembly_id), 303)
    return _page(assembly_id, form), 422


@bp.post("/<uuid:assembly_id>/resumption")
@requires(Permission.ASSEMBLIES_RUN)
def resume(assembly_id: UUID) -> Response:
    """Take them up again."""
    queries.get_assembly(reading(), assembly_id)
    form = ResumptionForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            resumed = service.resume_votes(act, assembly_id=assembly_id, closes_at=form.closes_at)
            flash(_("Ballots are taken again. The voters are told by e-mail."), "success")
            tell_of_unreached(resumed.unreached)
            return redirect(url_for(".show", assembly_id=assembly_id), 303)
    return _page(assembly_id, form), 422
