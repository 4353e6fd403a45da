"""Elections and choices: their ballot papers in preparation, equal votes that the chair settles."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import queries, service
from coopgov.assemblies.paper_forms import ChairForm, ElectionItemForm, PaperDraftForm, chair_form, paper_draft_form
from coopgov.assemblies.queries import ItemRow
from coopgov.assemblies.rules import SubjectKind
from coopgov.assemblies.rules.papers import draft_of_form, read_form
from coopgov.assemblies.views.prepare import prepare_page
from coopgov.assemblies.views.shared import bp
from coopgov.ballots import queries as ballots
from coopgov.ballots import sheets
from coopgov.ballots.deciding import Form, chair_order, check_ranks, check_settled, waiting_for_chair
from coopgov.ballots.said import how_lines
from coopgov.core.errors import NotFound, refuse_if
from coopgov.core.policy import Permission
from coopgov.web.acts import begin_act, reading
from coopgov.web.forms import refusals_on
from coopgov.web.guard import requires

Response = ResponseReturnValue


@bp.post("/<uuid:assembly_id>/items/election")
@requires(Permission.ASSEMBLIES_PREPARE)
def add_election(assembly_id: UUID) -> Response:
    """Put an election or a choice on the agenda; its ballot paper comes next."""
    form = ElectionItemForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            item_id = service.add_election_item(
                act, assembly_id=assembly_id, title=form.title.data or "", text=form.text.data or "",
                paper=form.paper.data, subject=SubjectKind(form.subject.data),
            )  # fmt: skip
            return redirect(url_for(".paper", item_id=item_id), 303)
    page = prepare_page(assembly_id, form)
    return (page, 422) if isinstance(page, str) else page


def _written(item_id: UUID) -> tuple[ItemRow, Form]:
    item = queries.get_item(reading(), item_id)
    form = read_form(item.form)
    if form is None:
        raise NotFound
    return item, form


@bp.get("/items/<uuid:item_id>/paper")
@requires(Permission.ASSEMBLIES_PREPARE)
def paper(item_id: UUID) -> Response:
    """The ballot paper of an election or a choice, as it stands."""
    item, form = _written(item_id)
    return _paper_page(item, form, paper_draft_form(draft_of_form(form)))


def _paper_page(item: ItemRow, form: Form, fields: PaperDraftForm) -> str:
    return render_template("assemblies/paper.html", item=item, form=fields, how=how_lines(form), kind=form.paper.kind)


@bp.post("/items/<uuid:item_id>/paper")
@requires(Permission.ASSEMBLIES_PREPARE)
def write_paper(item_id: UUID) -> Response:
    """Write the ballot paper."""
    item, form = _written(item_id)
    fields = paper_draft_form(draft_of_form(form))
    if fields.validate():
        with refusals_on(fields), begin_act() as act:
            service.set_paper(act, item_id=item_id, draft=fields.draft)
            return redirect(url_for(".prepare", assembly_id=item.assembly_id) + "#agenda", 303)
    return _paper_page(item, form, fields), 422


def _counted(item_id: UUID) -> tuple[ItemRow, Form, list[str]]:
    """A counted vote and the options whose equal votes wait for the chair."""
    item = queries.get_item(reading(), item_id)
    form = None if item.scrutin_id is None else ballots.find_form(reading(), item.scrutin_id)
    count = None if item.scrutin_id is None else ballots.find_count(reading(), item.scrutin_id)
    if form is None or count is None or count.form is None:
        raise NotFound
    return item, form, waiting_for_chair(count.form)


@bp.get("/items/<uuid:item_id>/equal-votes")
@requires(Permission.BALLOTS_RUN)
def equal_votes(item_id: UUID) -> Response:
    """The options with equal votes, for the chair to put in order."""
    item, form, tied = _counted(item_id)
    return _chair_page(item, chair_form(form, tied))


def _chair_page(item: ItemRow, form: ChairForm) -> str:
    return render_template("assemblies/equal_votes.html", item=item, form=form)


@bp.post("/items/<uuid:item_id>/equal-votes")
@requires(Permission.BALLOTS_RUN)
def settle(item_id: UUID) -> Response:
    """Proclaim the result with the chair's order; later equal votes are asked for together with these."""
    item, form, tied = _counted(item_id)
    fields = chair_form(form, tied)
    if fields.validate():
        fields, again = _with_later_ties(item, form, fields)
        if not again:
            with refusals_on(fields), begin_act() as act:
                service.proclaim(act, item_id=item_id, chair=chair_order(fields.ranks))
                flash(_("The result is proclaimed."), "success")
                return redirect(url_for(".room", assembly_id=item.assembly_id) + f"#item-{item_id}", 303)
    return _chair_page(item, fields), 422


def _with_later_ties(item: ItemRow, form: Form, fields: ChairForm) -> tuple[ChairForm, bool]:
    """The fields, with those of options that turn out equal once the first ones are in order; whether some lack."""
    assert item.scrutin_id is not None  # noqa: S101 - it was counted
    scrutin = ballots.get_scrutin(reading(), item.scrutin_id)
    while True:
        with refusals_on(fields):
            refuse_if(check_ranks(fields.ranks))
            found, _archive = sheets.counted_by_both(reading(), scrutin, tuple(chair_order(fields.ranks)))
            later = sorted(set(waiting_for_chair(found)) - set(fields.tied))
            if not later:
                return fields, False
            fields = chair_form(form, [*fields.tied, *later])
            if not fields.validate():
                with refusals_on(fields):
                    refuse_if(check_settled(form.paper, found))
                return fields, True
        if fields.breaches:
            return fields, True
