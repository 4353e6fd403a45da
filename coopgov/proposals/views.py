"""Proposals on the web: the list, one proposal and its debate, writing, comparing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.act import Act
from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.core.preflight import Check, is_clear
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.members.rules import Status
from coopgov.proposals import markdown, queries, service
from coopgov.proposals.forms import (
    POSITION_LABELS,
    STATE_LABELS,
    STEP_LABELS,
    CarryOutForm,
    CommentForm,
    FilterForm,
    PlainForm,
    ProposalForm,
    form_of,
)
from coopgov.proposals.queries import CommentPage, ProposalRow
from coopgov.proposals.rules import Position, State
from coopgov.statutes import queries as statutes
from coopgov.terms import documents as terms_documents
from coopgov.terms import queries as terms
from coopgov.terms.queries import ChangeRow
from coopgov.terms.simulation import Simulation, simulate
from coopgov.web import filters
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires
from coopgov.web.preflight import reasons_of, with_reasons

bp = Blueprint("proposals", __name__, url_prefix="/proposals")


@dataclass(frozen=True, slots=True)
class Rights:
    """What the person asking may do with a proposal; the page draws its buttons from it."""

    edit: bool
    submit: bool
    withdraw: bool
    comment: bool
    back: bool
    unback: bool
    bring: bool
    carry_out: bool


@bp.get("/")
@requires(Permission.PROPOSALS_SEE)
def index() -> ResponseReturnValue:
    """Proposals, newest first, by state or by words of the title."""
    form, member = FilterForm(request.args), _member()
    valid = form.validate()
    page = queries.list_proposals(
        reading(),
        state=State(form.state.data) if valid and form.state.data else None,
        text=(form.q.data or "") if valid else "",
        viewer_id=member.id if member else None,
        after=form.after.data if valid else None,
    )
    changes = terms.changes_of(reading(), [row.id for row in page.rows])
    html = render_template(
        "proposals/index.html", form=form, page=page, changes=changes, labels=STATE_LABELS, needed=_needed()
    )
    return html, 200 if valid else 422


@bp.get("/new")
@requires(Permission.PROPOSALS_WRITE)
def new() -> ResponseReturnValue:
    """An empty proposal."""
    return _show_form(ProposalForm(), None)


@bp.post("/")
@requires(Permission.PROPOSALS_WRITE)
def create() -> ResponseReturnValue:
    """Keep a new draft."""
    form, member = ProposalForm(), _author()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            proposal_id = service.draft(
                act, author_id=member.id, title=form.title.data or "", reasons=form.reasons.data or "",
                changes=form.changes, wished_on=form.wished_on.data,
            )  # fmt: skip
            flash(_("Your draft is kept. Nobody else sees it yet."), "success")
            return redirect(url_for(".show", proposal_id=proposal_id), 303)
    return _show_form(form, None)


@bp.get("/<uuid:proposal_id>")
@requires(Permission.PROPOSALS_SEE)
def show(proposal_id: UUID) -> ResponseReturnValue:
    """One proposal: its text, its effect, its backers, its debate."""
    return _show(_visible(proposal_id), CommentForm(None))


@bp.get("/<uuid:proposal_id>/edit")
@requires(Permission.PROPOSALS_WRITE)
def edit(proposal_id: UUID) -> ResponseReturnValue:
    """The text as it stands, to write its next version."""
    row = _own(proposal_id)
    return _show_form(form_of(row.text), row)


@bp.post("/<uuid:proposal_id>/edit")
@requires(Permission.PROPOSALS_WRITE)
def revise(proposal_id: UUID) -> ResponseReturnValue:
    """Keep the next version."""
    row, form = _own(proposal_id), ProposalForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.revise(
                act, proposal_id=row.id, author_id=row.author_id, title=form.title.data or "",
                reasons=form.reasons.data or "", changes=form.changes, wished_on=form.wished_on.data,
            )  # fmt: skip
            flash(_("The new version is kept, and the one before it too."), "success")
            return redirect(url_for(".show", proposal_id=row.id), 303)
    return _show_form(form, row)


@bp.post("/<uuid:proposal_id>/submit")
@requires(Permission.PROPOSALS_WRITE)
def submit(proposal_id: UUID) -> ResponseReturnValue:
    """Show the draft to the members."""
    row = _own(proposal_id)
    return _do(
        row, lambda act: service.submit(act, proposal_id=row.id, author_id=row.author_id), _("The debate is open.")
    )


@bp.post("/<uuid:proposal_id>/withdraw")
@requires(Permission.PROPOSALS_WRITE)
def withdraw(proposal_id: UUID) -> ResponseReturnValue:
    """Take the proposal back."""
    row = _own(proposal_id)
    done = _("The proposal is withdrawn.")
    return _do(row, lambda act: service.withdraw(act, proposal_id=row.id, author_id=row.author_id), done)


@bp.post("/<uuid:proposal_id>/back")
@requires(Permission.PROPOSALS_DEBATE)
def back(proposal_id: UUID) -> ResponseReturnValue:
    """Support the proposal."""
    row, member = _visible(proposal_id), _author()
    return _do(
        row, lambda act: service.back(act, proposal_id=row.id, member_id=member.id), _("You back this proposal.")
    )


@bp.post("/<uuid:proposal_id>/unback")
@requires(Permission.PROPOSALS_DEBATE)
def unback(proposal_id: UUID) -> ResponseReturnValue:
    """Take one's support back."""
    row, member = _visible(proposal_id), _author()
    done = _("You no longer back this proposal.")
    return _do(row, lambda act: service.unback(act, proposal_id=row.id, member_id=member.id), done)


@bp.post("/<uuid:proposal_id>/bring")
@requires(Permission.PROPOSALS_BRING)
def bring(proposal_id: UUID) -> ResponseReturnValue:
    """Let the board bring it to an assembly, once everything was checked."""
    row = _visible(proposal_id)
    checks = _preflight(row)
    form = with_reasons(PlainForm, checks)()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.bring(act, proposal_id=row.id, reasons=reasons_of(form, checks))
            flash(_("The board brings this proposal: it can be put on an agenda."), "success")
            return redirect(url_for(".show", proposal_id=row.id), 303)
    return _show(_visible(row.id), CommentForm(None), bring_form=form)


def _preflight(row: ProposalRow) -> list[Check]:
    """What bringing it would be checked for, should it be voted on today; the assembly's own day is checked again."""
    return queries.preflight(reading(), rulebook(), row, on=today(), voted_on=today(), by_board=True)


@bp.post("/<uuid:proposal_id>/carry-out")
@requires(Permission.PROPOSALS_BRING)
def carry_out(proposal_id: UUID) -> ResponseReturnValue:
    """Apply an adopted change where the board has the last word."""
    row, form = _visible(proposal_id), CarryOutForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            decision = form.decision.data or ""
            change_id = service.carry_out(act, proposal_id=row.id, decided_on=act.today, decision=decision)
            return redirect(url_for("terms.change", change_id=change_id), 303)
    return _show(row, CommentForm(None), carry_out=form)


@bp.post("/<uuid:proposal_id>/comments")
@requires(Permission.PROPOSALS_DEBATE)
def comment(proposal_id: UUID) -> ResponseReturnValue:
    """Add an argument to the debate."""
    row, form, member = _visible(proposal_id), CommentForm(), _author()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            position = Position(form.position.data)
            service.comment(
                act, proposal_id=row.id, author_id=member.id, position=position, text=form.text.data or ""
            )  # fmt: skip
            flash(_("Your argument is in the debate."), "success")
            return redirect(url_for(".show", proposal_id=row.id, _anchor="debate"), 303)
    return _show(row, form)


@bp.get("/<uuid:proposal_id>/diff/<int:older>/<int:newer>")
@requires(Permission.PROPOSALS_SEE)
def diff(proposal_id: UUID, older: int, newer: int) -> ResponseReturnValue:
    """What changed from one version to a later one."""
    row = _visible(proposal_id)
    found = queries.diff(reading(), row.id, older, newer)
    return render_template(
        "proposals/diff.html",
        row=row,
        diff=found,
        before=terms_documents.lines(found.older.text.changes),
        after=terms_documents.lines(found.newer.text.changes),
    )


def _do(row: ProposalRow, command: Callable[[Act], None], done: str) -> ResponseReturnValue:
    """Run the command behind a button: back to the page, which says what was done or why not."""
    form = PlainForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            command(act)
            flash(done, "success")
            return redirect(url_for(".show", proposal_id=row.id), 303)
    return _show(_visible(row.id), CommentForm(None), refused=form)


def _show(
    row: ProposalRow,
    form: CommentForm,
    *,
    refused: BaseForm | None = None,
    carry_out: CarryOutForm | None = None,
    bring_form: BaseForm | None = None,
) -> ResponseReturnValue:
    session, simulation = reading(), _simulation(row)
    change = terms.changes_of(session, [row.id]).get(row.id)
    failed = request.method == "POST" or simulation.is_refused
    rights = _rights(row, change)
    checks = _preflight(row) if rights.bring else []
    html = render_template(
        "proposals/show.html",
        row=row,
        html=markdown.render(row.reasons),
        lines=terms_documents.lines(row.changes),
        change=change,
        simulation=simulation,
        rights=rights,
        checks=checks,
        can_bring=is_clear(checks),
        bring_form=bring_form or with_reasons(PlainForm, checks)(None),
        needed=_needed(),
        backed=_has_backed(row),
        versions=queries.versions(session, row.id),
        steps=_dates(row),
        positions=queries.positions(session, row.id),
        comments=_comments(row),
        position=_position(),
        position_labels=POSITION_LABELS,
        state_labels=STATE_LABELS,
        form=form,
        refused=refused or PlainForm(None),
        carry_out_form=carry_out or CarryOutForm(None),
        render=markdown.render,
    )
    return html, 422 if failed else 200


def _show_form(form: ProposalForm, row: ProposalRow | None) -> ResponseReturnValue:
    form.explain(terms.timeline(reading()).newest())
    html = render_template("proposals/form.html", form=form, row=row)
    return html, 422 if request.method == "POST" else 200


def _comments(row: ProposalRow) -> CommentPage:
    after = request.args.get("after", type=UUID)
    return queries.comments(reading(), row.id, position=_position(), after=after)


def _position() -> Position | None:
    asked = request.args.get("position", "")
    return Position(asked) if asked in set(Position) else None


@dataclass(frozen=True, slots=True)
class Date:
    """One date in the life of a proposal, as the timeline shows it."""

    label: str
    state: str
    when: str
    detail: str | None = None


def _dates(row: ProposalRow) -> list[Date]:
    found = [Date(_("Begun"), "done", filters.instant(row.created_at))]
    for step in queries.steps(reading(), row.id):
        detail = _("Version %(n)s", n=step.version)
        found.append(Date(str(STEP_LABELS[step.step]), "done", filters.instant(step.at), detail))
    return found


def _simulation(row: ProposalRow) -> Simulation:
    found = terms.find_schedule_on(reading(), today())
    before: Mapping[str, int] = found.values if found else {}
    return simulate(request.args, before, {**before, **{change.key: change.new for change in row.changes}})


def _rights(row: ProposalRow, change: ChangeRow | None) -> Rights:
    actor, member = current_actor(), _member()
    is_member = member is not None and member.status is Status.MEMBER
    is_author = is_member and member is not None and member.id == row.author_id
    debating = row.state is State.DEBATING
    backed = _has_backed(row)
    brings = actor.may(Permission.PROPOSALS_BRING)
    left_to_board = row.state is State.ADOPTED and bool(row.changes) and change is None
    return Rights(
        edit=is_author and row.is_editable,
        submit=is_author and row.state is State.DRAFT,
        withdraw=is_author and row.is_editable,
        comment=is_member and debating,
        back=is_member and debating and not backed,
        unback=is_member and debating and backed,
        bring=brings and debating and row.brought_at is None,
        carry_out=brings and left_to_board,
    )


def _has_backed(row: ProposalRow) -> bool:
    member = _member()
    return member is not None and queries.has_backed(reading(), row.id, member.id)


def _visible(proposal_id: UUID) -> ProposalRow:
    """The proposal, if it is for this person to see: a draft is its author's alone."""
    row, member = queries.get_proposal(reading(), proposal_id), _member()
    if row.state is State.DRAFT and (member is None or member.id != row.author_id):
        raise NotFound
    return row


def _own(proposal_id: UUID) -> ProposalRow:
    row, member = _visible(proposal_id), _author()
    if row.author_id != member.id:
        abort(403)
    return row


def _author() -> MemberRow:
    member = _member()
    if member is None:
        abort(403)
    return member


def _member() -> MemberRow | None:
    account_id = current_actor().account_id
    return members.find_by_account(reading(), account_id) if account_id else None


def _needed() -> int:
    found = statutes.find_statutes_on(reading(), today())
    return found.proposal_backers if found else 0
