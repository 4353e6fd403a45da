"""The retro-planning of an assembly: a page to read and print, a file for a calendar."""

from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import ics, queries
from coopgov.assemblies.queries import AssemblyRow
from coopgov.assemblies.rules import Deadline, Meeting, State, SubjectKind, plan_deadlines
from coopgov.assemblies.views.shared import STATE_PILLS, bp, visible
from coopgov.core.calendar import calendar_of
from coopgov.core.policy import Permission
from coopgov.statutes import queries as statutes
from coopgov.web.acts import now, reading, rulebook, today
from coopgov.web.filters import sentence
from coopgov.web.guard import current_actor, requires


@bp.get("/<uuid:assembly_id>/deadlines")
@requires(Permission.ASSEMBLIES_SEE)
def deadlines(assembly_id: UUID) -> ResponseReturnValue:
    """Every date around an assembly: for the offices all of them, for a member those that concern her."""
    assembly = visible(assembly_id)
    found = _deadlines(assembly)
    return render_template(
        "assemblies/deadlines.html",
        assembly=assembly,
        deadlines=found,
        next_code=next((one.code for one in found if not one.past), None),
        sees_all=_sees_all(),
        pills=STATE_PILLS,
    )


@bp.get("/<uuid:assembly_id>/deadlines.ics")
@requires(Permission.ASSEMBLIES_SEE)
def deadlines_ics(assembly_id: UUID) -> ResponseReturnValue:
    """The same dates as a calendar file."""
    assembly = visible(assembly_id)
    found = _deadlines(assembly)
    about = ics.Assembly(
        id=assembly.id, title=assembly.title, place=assembly.place,
        url=url_for(".deadlines", assembly_id=assembly_id, _external=True),
        is_cancelled=assembly.state is State.CANCELLED,
    )  # fmt: skip
    body = ics.calendar_file(about, found, {one.code: _words(assembly, one) for one in found}, made_at=now())
    headers = {"Content-Disposition": f'attachment; filename="assemblee-{assembly.held_on.isoformat()}.ics"'}
    return Response(body, content_type=ics.MEDIA_TYPE, headers=headers)


def _sees_all() -> bool:
    return current_actor().may(Permission.REGISTERS_SEE)


def _deadlines(assembly: AssemblyRow) -> list[Deadline]:
    found = plan_deadlines(rulebook(), _meeting(assembly), now=now())
    return [one for one in found if one.concerns_members or _sees_all()]


def _meeting(assembly: AssemblyRow) -> Meeting:
    held = assembly.state is not State.INQUORATE
    kinds = {item.subject_kind for item in queries.agenda(reading(), assembly.id)}
    return Meeting(
        held_at=assembly.held_at, kind=assembly.kind, call=assembly.call, remote_vote=assembly.remote_vote,
        has_accounts=held and SubjectKind.ACCOUNTS in kinds, closes_at=assembly.remote_closes_at,
        may_be_called_again=assembly.state is not State.CLOSED,
        calendar=calendar_of(statutes.statutes_on(reading(), today()).seat),
    )  # fmt: skip


def _words(assembly: AssemblyRow, deadline: Deadline) -> ics.Words:
    """What a calendar shows: the deadline and the assembly, then the sentence and its articles."""
    articles = "\n".join(citation.text for citation in deadline.citations)
    summary = _("%(deadline)s – %(assembly)s", deadline=_(deadline.label), assembly=assembly.title)
    return ics.Words(summary, f"{sentence(deadline)}\n{articles}".strip())
