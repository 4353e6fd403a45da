"""Am I on the roll? Each person's line with its reason, disputes and answers, lines struck off with cause."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import queries, service
from coopgov.assemblies.forms import ActionForm
from coopgov.assemblies.queries import AssemblyRow
from coopgov.assemblies.queries.roll import disputes, get_dispute, my_line, roll_opened_at
from coopgov.assemblies.roll_forms import CORRECTED, AnswerForm, DisputeForm, StrikeForm
from coopgov.assemblies.rules import State
from coopgov.assemblies.rules.roll import capacity
from coopgov.assemblies.views.shared import bp, me, my_membership, sees_preparation
from coopgov.ballots import queries as ballots
from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.members.labels import CATEGORY_LABELS, STATUS_LABELS
from coopgov.statutes import queries as statutes
from coopgov.web.acts import begin_act, reading, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

Response = ResponseReturnValue


def _shown(assembly_id: UUID) -> AssemblyRow:
    """An assembly whose roll this actor may look at: the frozen one, or the one that the board opened."""
    assembly = queries.get_assembly(reading(), assembly_id)
    is_open = assembly.state is not State.PLANNED or roll_opened_at(reading(), assembly_id) is not None
    if not is_open and not sees_preparation(current_actor()):
        raise NotFound
    return assembly


@bp.get("/<uuid:assembly_id>/roll")
@requires(Permission.ASSEMBLIES_SEE)
def roll(assembly_id: UUID) -> Response:
    """Whether I am on the roll, and why; for the board, what is disputed."""
    return _roll_page(_shown(assembly_id), DisputeForm())


def _roll_page(assembly: AssemblyRow, form: DisputeForm) -> str:
    session, member = reading(), me()
    found, is_board = disputes(session, assembly.id), sees_preparation(current_actor())
    frozen = ballots.get_roll(session, assembly.roll_id) if assembly.roll_id else None
    return render_template(
        "assemblies/roll.html", assembly=assembly, member=member, form=form, is_board=is_board, frozen=frozen,
        line=my_line(session, assembly, member, today()) if member else None,
        capacity=capacity(members.get_file(session, member.id).person.kind) if member else None,
        opened_at=roll_opened_at(session, assembly.id), disputes=found if is_board else [],
        mine=[one for one in found if member is not None and one.member_id == member.id],
        strikes=ballots.strikes(session, assembly.roll_id) if assembly.roll_id else [],
        counts=frozen.voters_by_college if frozen else _counts(),
        colleges={one.code: one.label for one in statutes.statutes_on(session, assembly.held_on).colleges},
        categories=CATEGORY_LABELS, statuses=STATUS_LABELS, today=today(),
    )  # fmt: skip


def _counts() -> dict[str, int]:
    """How many would be on the roll today, by college."""
    found: dict[str, int] = {}
    for voter in members.voters_on(reading(), today()):
        found[voter.college] = found.get(voter.college, 0) + 1
    return found


@bp.post("/<uuid:assembly_id>/roll")
@requires(Permission.BALLOTS_CAST)
def dispute_roll(assembly_id: UUID) -> Response:
    """Say what is wrong on the roll."""
    assembly, member, form = _shown(assembly_id), my_membership(), DisputeForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.dispute_roll(act, assembly_id=assembly_id, member_id=member.id, text=form.text.data or "")
            flash(_("The board has your dispute. Its answer is sent to you, and stands on this page."), "success")
            return redirect(url_for(".roll", assembly_id=assembly_id), 303)
    return _roll_page(assembly, form), 422


@bp.post("/<uuid:assembly_id>/roll/open")
@requires(Permission.ASSEMBLIES_PREPARE)
def open_roll(assembly_id: UUID) -> Response:
    """Show the roll in preparation to the members."""
    if ActionForm().validate():
        with begin_act() as act:
            service.open_roll(act, assembly_id=assembly_id)
        flash(_("Each member now sees her line, and can dispute it until the assembly is convened."), "success")
    return redirect(url_for(".roll", assembly_id=assembly_id), 303)


@bp.get("/disputes/<uuid:dispute_id>")
@requires(Permission.ASSEMBLIES_PREPARE)
def dispute(dispute_id: UUID) -> Response:
    """One dispute, with how its author stood then and stands now."""
    return _dispute_page(dispute_id, AnswerForm())


def _dispute_page(dispute_id: UUID, form: AnswerForm) -> str:
    found = get_dispute(reading(), dispute_id)
    assembly = queries.get_assembly(reading(), found.assembly_id)
    member = members.get_member(reading(), found.member_id)
    return render_template(
        "assemblies/dispute.html", dispute=found, assembly=assembly, member=member, form=form,
        line=my_line(reading(), assembly, member, today()),
    )  # fmt: skip


@bp.post("/disputes/<uuid:dispute_id>")
@requires(Permission.ASSEMBLIES_PREPARE)
def answer_dispute(dispute_id: UUID) -> Response:
    """Answer a dispute."""
    form, found = AnswerForm(), get_dispute(reading(), dispute_id)
    if form.validate():
        with refusals_on(form), begin_act() as act:
            is_corrected = form.verdict.data == CORRECTED
            service.answer_dispute(act, dispute_id=dispute_id, is_corrected=is_corrected, text=form.text.data or "")
            flash(_("The answer is given, and sent to %(name)s.", name=found.name), "success")
            return redirect(url_for(".roll", assembly_id=found.assembly_id), 303)
    return _dispute_page(dispute_id, form), 422


@bp.get("/<uuid:assembly_id>/roll/strike")
@requires(Permission.ASSEMBLIES_PREPARE)
def confirm_strike(assembly_id: UUID) -> Response:
    """What striking a line off does, before the button."""
    return _strike_page(_frozen(assembly_id), StrikeForm())


def _frozen(assembly_id: UUID) -> AssemblyRow:
    assembly = queries.get_assembly(reading(), assembly_id)
    if assembly.roll_id is None:
        raise NotFound
    return assembly


def _strike_page(assembly: AssemblyRow, form: StrikeForm) -> str:
    return render_template("assemblies/strike.html", assembly=assembly, form=form)


@bp.post("/<uuid:assembly_id>/roll/strike")
@requires(Permission.ASSEMBLIES_PREPARE)
def strike_off(assembly_id: UUID) -> Response:
    """Strike a line off the frozen roll."""
    assembly, form = _frozen(assembly_id), StrikeForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.strike_off(
                act, assembly_id=assembly_id, number=form.number.data, reason=form.reason.data or "",
                document=form.document.data or "",
            )  # fmt: skip
            flash(_("The line is struck off. The member is told, and the minutes will say it."), "success")
            return redirect(url_for(".roll", assembly_id=assembly_id), 303)
    return _strike_page(assembly, form), 422
