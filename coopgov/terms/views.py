"""The fee page: the schedule in force, what is coming and when, and how each line came to be."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.figures import Figure
from coopgov.core.policy import Permission
from coopgov.statutes import queries as statutes
from coopgov.terms import documents, queries, rules, service
from coopgov.terms.forms import DayForm
from coopgov.terms.plot import StepLine, step_line
from coopgov.terms.queries import ChangeRow, NoticeCount
from coopgov.terms.rules import PARAMETERS, Delay, Parameter, Timeline, VersionFact
from coopgov.terms.simulation import Simulation, simulate
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.guard import current_actor, requires

bp = Blueprint("terms", __name__, url_prefix="/terms")
RECENT = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the schedule on the page: its value of the day and the drawing of its past."""

    parameter: Parameter
    version: VersionFact
    history: tuple[VersionFact, ...]
    plot: StepLine

    def shown(self, value: int) -> str:
        """A value of this line as people read it."""
        return documents.shown(self.parameter.key, value)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One adopted change on the page: its lines, its notices, what its delay is made of, the days that remain."""

    row: ChangeRow
    lines: tuple[documents.ChangeLine, ...]
    notices: NoticeCount
    delay: Delay
    days_left: int


@bp.get("/")
@requires(Permission.TERMS_SEE)
def show() -> ResponseReturnValue:
    """The schedule of today or of the day asked for, and what is on its way."""
    session, form = reading(), DayForm(request.args)
    valid = form.validate()
    on = (form.on.data if valid else None) or today()
    timeline = queries.timeline(session)
    page = render_template(
        "terms/show.html",
        form=form,
        on=on,
        is_today=on == today(),
        lines=_lines(timeline, on),
        changes=[_change(change) for change in queries.pending_changes(session)],
        ended=[change for change in queries.latest_changes(session, limit=RECENT) if not change.is_pending],
        decides=_who_decides(),
    )
    return page, 200 if valid else 422


@bp.get("/changes/<uuid:change_id>")
@requires(Permission.TERMS_SEE)
def change(change_id: UUID) -> ResponseReturnValue:
    """One adopted change: its notices, its day of effect, what it does to a shop."""
    row = queries.get_change(reading(), change_id)
    simulation = _simulation(row)
    page = render_template(
        "terms/change.html",
        change=_change(row),
        simulation=simulation,
        may_run=row.is_pending and current_actor().may(Permission.TERMS_EXECUTE),
    )
    return page, 422 if simulation.is_refused else 200


@bp.post("/changes/<uuid:change_id>/run")
@requires(Permission.TERMS_EXECUTE)
def run(change_id: UUID) -> ResponseReturnValue:
    """Do by hand what the worker does by itself, if it was off: it can do no more than is due."""
    queries.get_change(reading(), change_id)
    with begin_act() as act:
        service.note_notices(act)
        service.execute_due(act)
    flash(_("What was due has been done."), "success")
    return redirect(url_for(".change", change_id=change_id), 303)


def _who_decides() -> Figure | None:
    if statutes.find_statutes_on(reading(), today()) is None:
        return None
    return rulebook().find_figure("terms.decision_power", on=today())


def _lines(timeline: Timeline, on: date) -> list[Line]:
    in_force = timeline.on(on)
    return [
        Line(parameter, in_force[key], tuple(timeline.history(key)), step_line(timeline.history(key), today()))
        for key, parameter in PARAMETERS.items()
        if key in in_force
    ]


def _change(row: ChangeRow) -> ChangeView:
    notified = row.notified
    delay = rules.delay(
        decided_on=row.decided_on,
        not_before=row.not_before,
        last_notice_on=notified.last_notice_on if notified else None,
        notice=rulebook().figure(service.NOTICE_DAYS, on=(notified and notified.last_notice_on) or today()),
        today=today(),
    )
    notices = queries.notices_of(reading(), row)
    return ChangeView(row, tuple(documents.lines(row.changes)), notices, delay, (delay.eta - today()).days)


def _simulation(row: ChangeRow) -> Simulation:
    schedule = queries.schedule_on(reading(), today())
    before = {**schedule.values, **{line.key: line.old for line in row.changes}}
    after = {**schedule.values, **{line.key: line.new for line in row.changes}}
    return simulate(request.args, before, after)
