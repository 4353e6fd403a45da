"""The retro-planning of an assembly: a page to read and print, a paper to issue, a file for a calendar."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import ics, queries, service
from coopgov.assemblies.forms import ActionForm
from coopgov.assemblies.queries import AssemblyRow
from coopgov.assemblies.rules import Deadline, Meeting, State, plan_deadlines
from coopgov.assemblies.views.shared import bp, pill, visible
from coopgov.core.policy import Permission
from coopgov.printing import archive
from coopgov.statutes import queries as statutes
from coopgov.web.acts import begin_act, now, reading, rulebook, today
from coopgov.web.filters import sentence
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires


@bp.get("/<uuid:assembly_id>/deadlines")
@requires(Permission.ASSEMBLIES_SEE)
def deadlines(assembly_id: UUID) -> ResponseReturnValue:
    """Every date around an assembly: for the offices all of them, for a member those that concern her."""
    return _page(visible(assembly_id), ActionForm())


def _page(assembly: AssemblyRow, form: BaseForm) -> str:
    meeting, found = _deadlines(assembly)
    papers = archive.documents_about(reading(), assembly.about, kind="retroplanning") if _sees_all() else []
    return render_template(
        "assemblies/deadlines.html",
        assembly=assembly,
        deadlines=found,
        next_code=next((one.code for one in found if not one.past), None),
        sees_all=_sees_all(),
        pill=pill(assembly, now()),
        calendar=meeting.calendar,
        seat=statutes.statutes_on(reading(), today()).seat,
        papers=papers[::-1],
        form=form,
    )


@bp.post("/<uuid:assembly_id>/deadlines/paper")
@requires(Permission.ASSEMBLIES_PREPARE)
def issue_retroplanning(assembly_id: UUID) -> ResponseReturnValue:
    """Issue the retro-planning of this day as a paper, in the language asked for."""
    assembly, form = queries.get_assembly(reading(), assembly_id), ActionForm()
    language = "en" if request.form.get("language") == "en" else "fr"
    if form.validate():
        with refusals_on(form):
            with begin_act() as act:
                service.issue_retroplanning(act, assembly_id=assembly_id, language=language)
            flash(_("The retro-planning of this day is issued. It is among the papers below."), "success")
            return redirect(url_for(".deadlines", assembly_id=assembly_id) + "#papers", 303)
    return _page(assembly, form), 422


@bp.get("/<uuid:assembly_id>/deadlines.ics")
@requires(Permission.ASSEMBLIES_SEE)
def deadlines_ics(assembly_id: UUID) -> ResponseReturnValue:
    """The same dates as a calendar file."""
    assembly = visible(assembly_id)
    about = about_in_calendar(assembly, url_for(".deadlines", assembly_id=assembly_id, _external=True))
    lines = [ics.Line(about, one, words_of(assembly, one), now()) for one in _deadlines(assembly)[1]]
    headers = {"Content-Disposition": f'attachment; filename="assemblee-{assembly.held_on.isoformat()}.ics"'}
    body = ics.calendar_file(assembly.title, lines)
    return Response(body, content_type=ics.MEDIA_TYPE, headers=headers)


def _sees_all() -> bool:
    return current_actor().may(Permission.REGISTERS_SEE)


def _deadlines(assembly: AssemblyRow) -> tuple[Meeting, list[Deadline]]:
    [meeting] = queries.meetings(reading(), [assembly], today())
    found = plan_deadlines(rulebook(), meeting, now=now())
    return meeting, [one for one in found if one.concerns_members or _sees_all()]


def about_in_calendar(assembly: AssemblyRow, url: str) -> ics.Assembly:
    """What a calendar says of the assembly itself."""
    is_cancelled = assembly.state is State.CANCELLED
    return ics.Assembly(assembly.id, assembly.title, assembly.place, url, is_cancelled)


def words_of(assembly: AssemblyRow, deadline: Deadline) -> ics.Words:
    """What a calendar shows: the deadline and the assembly, then the sentence and its articles."""
    articles = "\n".join(citation.text for citation in deadline.citations)
    summary = _("%(deadline)s – %(assembly)s", deadline=_(deadline.label), assembly=assembly.title)
    return ics.Words(summary, f"{sentence(deadline)}\n{articles}".strip())
