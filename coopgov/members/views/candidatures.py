"""Candidatures: sent by anybody, looked at by the board and the secretary."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.errors import NotFound
from coopgov.core.figures import Figures
from coopgov.core.policy import Permission
from coopgov.members import queries, service
from coopgov.members.forms import (
    AdmitForm,
    ApplicationForm,
    RefuseForm,
    code_of,
    day_of,
    default_day,
    document_of,
)
from coopgov.members.labels import BODY_LABELS, CATEGORY_LABELS, STATUS_LABELS
from coopgov.members.queries import MemberRow
from coopgov.members.rules import DecidedBy, Status, board_may_admit
from coopgov.members.views.blueprint import REFUSED, bp
from coopgov.members.views.lists import papers_to_cite, present_colleges
from coopgov.statutes import queries as statutes
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import public, requires

ASSEMBLIES = "assemblies.index"


@bp.route("/members/apply", methods=["GET", "POST"])
@public
def apply() -> ResponseReturnValue:
    """Show the form of a candidature, and take it in."""
    form, status = ApplicationForm(present_colleges()), 200
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.apply(act, application=form.application, origin=request.remote_addr or "")
                return redirect(url_for("members.applied"), 303)
    return _application_page(form), status


@bp.get("/members/applied")
@public
def applied() -> ResponseReturnValue:
    """Say that the candidature arrived, and what comes next."""
    return render_template("members/applied.html")


@bp.get("/members/applications")
@requires(Permission.MEMBERS_ADMIT)
def applications() -> ResponseReturnValue:
    """The candidates who await a decision."""
    law, on = rulebook(), today()
    rows = queries.applications(reading())
    return render_template(
        "members/applications.html", rows=rows, body=law.figure("membership.admission_body", on=on),
        board_admits={row.id for row in rows if board_may_admit(row.category, on=on, law=law)},
        assemblies_url=url_for(ASSEMBLIES) if ASSEMBLIES in current_app.view_functions else None,
        category_labels=CATEGORY_LABELS, status_labels=STATUS_LABELS, body_labels=BODY_LABELS,
        college_labels={college.code: college.label for college in present_colleges()},
    )  # fmt: skip


@bp.route("/members/<uuid:member_id>/admit", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def admit(member_id: UUID) -> ResponseReturnValue:
    """Admit a candidate by the board's own decision; refused with the article where an assembly must decide."""
    member, form, status = _candidate(member_id), AdmitForm(), 200
    default_day(form, "effective_on", today())
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.admit(
                    act, member_id=member_id, effective_on=day_of(form.effective_on), decision=form.decision.data or "",
                    decided_by=_own_body(act.rulebook),
                )  # fmt: skip
                flash(_("%(name)s is now a member.", name=member.name), "success")
                return redirect(url_for("members.show", member_id=member_id), 303)
    return render_template("members/admit.html", form=form, member=member), status


@bp.route("/members/<uuid:member_id>/refuse", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def refuse(member_id: UUID) -> ResponseReturnValue:
    """Tell a candidate no."""
    member, form, status = _candidate(member_id), RefuseForm(papers_to_cite(member_id)), 200
    default_day(form, "on", today())
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.refuse_candidate(
                    act, member_id=member_id, on=day_of(form.on), decision=form.decision.data or "",
                    why=service.Why(code_of(form.code), document_of(form.document_id)),
                )  # fmt: skip
                flash(_("The answer is on its way to %(name)s.", name=member.name), "success")
                return redirect(url_for("members.applications"), 303)
    return render_template("members/refuse.html", form=form, member=member), status


def _application_page(form: ApplicationForm) -> str:
    law, on = rulebook(), today()
    current = statutes.statutes_on(reading(), on)
    if not form.shares_wished.raw_data:
        form.shares_wished.data = _least_shares(law)
    return render_template(
        "members/apply.html", form=form, statutes=current, form_label=statutes.form_label(current.legal_form),
        is_scop=current.legal_form.is_scop, least=_least_shares(law),
        body=law.figure("membership.admission_body", on=on), body_labels=BODY_LABELS,
        external_allowed=law.find_figure("membership.external_allowed", on=on),
        external_most=law.find_figure("membership.external_votes_max", on=on),
    )  # fmt: skip


def _least_shares(law: Figures) -> int:
    figure = law.find_figure("share.min_for_admission", on=today())
    return figure.as_int() if figure else 1


def _candidate(member_id: UUID) -> MemberRow:
    found = queries.get_member(reading(), member_id)
    if found.status is not Status.CANDIDATE:
        raise NotFound
    return found


def _own_body(law: Figures) -> DecidedBy:
    # In a company led by managers, the office of the board is theirs.
    body = law.figure("membership.admission_body", on=today()).as_text()
    return DecidedBy.MANAGEMENT if body == DecidedBy.MANAGEMENT else DecidedBy.BOARD
