"""Pages of the board: planning, the agenda, the checklist, convening, cancelling, the second call."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import queries, service
from coopgov.assemblies.documents import MOST_LETTERS
from coopgov.assemblies.forms import (
    AccountsForm,
    ActionForm,
    AdmissionItemForm,
    ItemForm,
    PlanForm,
    ProposalItemForm,
    ReasonForm,
    SecondCallForm,
    StatutesItemForm,
    revise_form,
)
from coopgov.assemblies.paper_forms import PAPER_LABELS, ElectionItemForm
from coopgov.assemblies.queries import AssemblyRow, ItemRow
from coopgov.assemblies.rules import AssemblyKind, NoticeChannel, State, SubjectKind, Told, channel_for
from coopgov.assemblies.rules.papers import read_form
from coopgov.assemblies.views.shared import STATE_PILLS, bp
from coopgov.core.act import Act
from coopgov.core.dates import paris_day
from coopgov.core.policy import Permission
from coopgov.core.preflight import Check, is_clear
from coopgov.law.arithmetic import earliest_assembly_day, year_end_before
from coopgov.members import queries as members
from coopgov.proposals import queries as proposals
from coopgov.statutes import queries as statutes
from coopgov.statutes.documents import resolution
from coopgov.web.acts import begin_act, now, reading, rulebook, today
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires
from coopgov.web.preflight import reasons_of, with_reasons

Response = ResponseReturnValue


@bp.get("/new")
@requires(Permission.ASSEMBLIES_PREPARE)
def new() -> Response:
    """An empty plan."""
    return _plan_page(PlanForm(remote_vote=True))


@bp.post("/new")
@requires(Permission.ASSEMBLIES_PREPARE)
def plan() -> Response:
    """Plan an assembly."""
    form = PlanForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            assembly_id = service.plan(
                act, kind=AssemblyKind(form.kind.data), title=form.title.data or "", held_at=form.held_at,
                place=form.place.data or "", remote_vote=form.remote_vote.data,
            )  # fmt: skip
            return redirect(url_for(".prepare", assembly_id=assembly_id), 303)
    return _plan_page(form), 422


def _plan_page(form: PlanForm) -> str:
    figure = rulebook().figure("assembly.notice_days.first", on=today())
    return render_template(
        "assemblies/plan.html", form=form, figure=figure, earliest=earliest_assembly_day(today(), figure.as_int())
    )


@bp.get("/<uuid:assembly_id>/edit")
@requires(Permission.ASSEMBLIES_PREPARE)
def edit(assembly_id: UUID) -> Response:
    """The plan as it stands."""
    assembly = queries.get_assembly(reading(), assembly_id)
    return render_template("assemblies/edit.html", form=revise_form(assembly), assembly=assembly)


@bp.post("/<uuid:assembly_id>/edit")
@requires(Permission.ASSEMBLIES_PREPARE)
def revise(assembly_id: UUID) -> Response:
    """Change the plan."""
    assembly = queries.get_assembly(reading(), assembly_id)
    form = revise_form(assembly)
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.revise(
                act, assembly_id=assembly_id, title=form.title.data or "", held_at=form.held_at,
                place=form.place.data or "", remote_vote=form.remote_vote.data,
            )  # fmt: skip
            return redirect(url_for(".prepare", assembly_id=assembly_id), 303)
    return render_template("assemblies/edit.html", form=form, assembly=assembly), 422


@bp.get("/<uuid:assembly_id>/prepare")
@requires(Permission.ASSEMBLIES_PREPARE)
def prepare(assembly_id: UUID) -> Response:
    """What is ready, what is not, and by when to act; the agenda to write."""
    return prepare_page(assembly_id, None)


def prepare_page(assembly_id: UUID, failed: BaseForm | None) -> Response:
    """The page of an assembly in preparation, with a form that was refused."""
    assembly = queries.get_assembly(reading(), assembly_id)
    if assembly.state is not State.PLANNED:
        return redirect(url_for(".show", assembly_id=assembly_id), 303)
    items = _as_it_stands(assembly)
    return render_template(
        "assemblies/prepare.html",
        assembly=assembly,
        items=items,
        checks=_preflight(assembly),
        forms=_without(items, _adding(failed)),
        failed=failed,
        papers={item.id: PAPER_LABELS[form.paper.kind] for item in items if (form := read_form(item.form)) is not None},
        pills=STATE_PILLS,
    )


def _preflight(assembly: AssemblyRow, told: Told | None = None) -> list[Check]:
    return queries.preflight(reading(), rulebook(), assembly, current_actor(), on=today(), told=told)


def _told(assembly: AssemblyRow) -> Told:
    """How many members would be told by e-mail and by letter, if the notice left today."""
    days = rulebook().figure("assembly.email_consent_days", on=today()).as_int()
    without = rulebook().figure("assembly.channel.without_consent", on=today()).as_text()
    people = members.recipients(reading(), today(), consent_before=assembly.held_on - timedelta(days=days))
    channels = [channel_for(consented=p.consented, email=p.email, without_consent=without) for p in people]
    by_mail = channels.count(NoticeChannel.EMAIL)
    return Told(by_mail, len(people) - by_mail)


def _adding(failed: BaseForm | None) -> dict[str, BaseForm]:
    """The forms that add a resolution; the one that failed keeps what was typed."""
    made: dict[str, Callable[[], BaseForm]] = {
        "accounts": lambda: AccountsForm(
            year_end=year_end_before(statutes.statutes_on(reading(), today()).year_end, today())
        ),
        "proposal": _proposal_form,
        "admission": _admission_form,
        "statutes": _statutes_form,
        "text": lambda: ItemForm(formdata=None),
        "election": lambda: ElectionItemForm(formdata=None),
    }
    kinds = {
        AccountsForm: "accounts", ProposalItemForm: "proposal", AdmissionItemForm: "admission",
        StatutesItemForm: "statutes", ItemForm: "text",
        ElectionItemForm: "election",
    }  # fmt: skip
    return {
        name: failed if failed is not None and kinds.get(type(failed)) == name else make()
        for name, make in made.items()
    }  # fmt: skip


def _without(items: Sequence[ItemRow], forms: dict[str, BaseForm]) -> dict[str, BaseForm]:
    """The forms without what is on this agenda already."""
    taken = {str(item.subject_id) for item in items}
    fields = (forms["proposal"]["proposal_id"], forms["admission"]["candidate_id"], forms["statutes"]["draft_id"])
    for field in fields:
        field.choices = {key: label for key, label in field.choices.items() if key not in taken}
    return forms


def _proposal_form() -> ProposalItemForm:
    form = ProposalItemForm()
    ready = proposals.ready_for_assembly(reading())
    form.proposal_id.choices = {str(row.id): f"n°\u00a0{row.number} – {row.title}" for row in ready}
    return form


def _admission_form() -> AdmissionItemForm:
    form = AdmissionItemForm()
    waiting = members.applications(reading())
    form.candidate_id.choices = {str(row.id): f"{row.name} – {row.town}" for row in waiting}
    return form


def _statutes_form() -> StatutesItemForm:
    form = StatutesItemForm()
    form.draft_id.choices = {str(row.id): row.title for row in statutes.drafts_to_vote(reading())}
    return form


def _as_it_stands(assembly: AssemblyRow) -> list[ItemRow]:
    """The agenda in preparation: a proposal or a draft of the statutes is read as it is written now."""
    items = queries.agenda(reading(), assembly.id)
    return [_with_its_words(item, assembly) if assembly.call == 1 else item for item in items]


def _with_its_words(item: ItemRow, assembly: AssemblyRow) -> ItemRow:
    title, text = item.title, item.text
    if item.subject_kind is SubjectKind.STATUTES and item.subject_id is not None:
        title, text = resolution(reading(), statutes.get_draft(reading(), item.subject_id), assembly.held_on)
    if item.subject_kind is SubjectKind.PROPOSAL and item.subject_id is not None:
        words = proposals.get_proposal(reading(), item.subject_id).text
        title, text = words.title, words.reasons
    return replace(item, title=title, text=text)


def _add(assembly_id: UUID, form: BaseForm, command: Callable[[Act], object]) -> Response:
    if form.validate():
        with refusals_on(form), begin_act() as act:
            command(act)
            return redirect(url_for(".prepare", assembly_id=assembly_id) + "#agenda", 303)
    page = prepare_page(assembly_id, form)
    return (page, 422) if isinstance(page, str) else page


@bp.post("/<uuid:assembly_id>/items/accounts")
@requires(Permission.ASSEMBLIES_PREPARE)
def add_accounts(assembly_id: UUID) -> Response:
    """Put the accounts on the agenda."""
    form = AccountsForm()
    return _add(
        assembly_id, form,
        lambda act: service.add_accounts_item(act, assembly_id=assembly_id, year_end=form.year_end.data),
    )  # fmt: skip


@bp.post("/<uuid:assembly_id>/items/proposal")
@requires(Permission.ASSEMBLIES_PREPARE)
def add_proposal(assembly_id: UUID) -> Response:
    """Put a proposal on the agenda."""
    form = _proposal_form()
    return _add(
        assembly_id, form,
        lambda act: service.add_proposal_item(act, assembly_id=assembly_id, proposal_id=form.proposal_id.data),
    )  # fmt: skip


@bp.post("/<uuid:assembly_id>/items/admission")
@requires(Permission.ASSEMBLIES_PREPARE)
def add_admission(assembly_id: UUID) -> Response:
    """Put an admission on the agenda."""
    form = _admission_form()
    return _add(
        assembly_id, form,
        lambda act: service.add_admission_item(act, assembly_id=assembly_id, candidate_id=form.candidate_id.data),
    )  # fmt: skip


@bp.post("/<uuid:assembly_id>/items/statutes")
@requires(Permission.ASSEMBLIES_PREPARE)
def add_statutes(assembly_id: UUID) -> Response:
    """Put a draft of the statutes on the agenda."""
    form = _statutes_form()
    return _add(
        assembly_id, form,
        lambda act: service.add_statutes_item(act, assembly_id=assembly_id, draft_id=form.draft_id.data),
    )  # fmt: skip


@bp.post("/<uuid:assembly_id>/items/text")
@requires(Permission.ASSEMBLIES_PREPARE)
def add_text(assembly_id: UUID) -> Response:
    """Put a resolution of the board on the agenda."""
    form = ItemForm()
    return _add(
        assembly_id, form,
        lambda act: service.add_text_item(
            act, assembly_id=assembly_id, title=form.title.data or "", text=form.text.data or ""
        ),
    )  # fmt: skip


@bp.get("/items/<uuid:item_id>/edit")
@requires(Permission.ASSEMBLIES_PREPARE)
def edit_item(item_id: UUID) -> Response:
    """A resolution's words."""
    item = queries.get_item(reading(), item_id)
    return render_template("assemblies/item.html", item=item, form=ItemForm(title=item.title, text=item.text))


@bp.post("/items/<uuid:item_id>/edit")
@requires(Permission.ASSEMBLIES_PREPARE)
def revise_item(item_id: UUID) -> Response:
    """Reword a resolution."""
    item, form = queries.get_item(reading(), item_id), ItemForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.revise_item(act, item_id=item_id, title=form.title.data or "", text=form.text.data or "")
            return redirect(url_for(".prepare", assembly_id=item.assembly_id) + "#agenda", 303)
    return render_template("assemblies/item.html", item=item, form=form), 422


@bp.post("/items/<uuid:item_id>/<any(up, down, remove):what>")
@requires(Permission.ASSEMBLIES_PREPARE)
def change_agenda(item_id: UUID, what: str) -> Response:
    """Move a resolution, or take it off."""
    assembly_id = queries.get_item(reading(), item_id).assembly_id
    if ActionForm().validate():
        with begin_act() as act:
            if what == "remove":
                service.remove_item(act, item_id=item_id)
            else:
                service.move_item(act, item_id=item_id, up=what == "up")
    return redirect(url_for(".prepare", assembly_id=assembly_id) + "#agenda", 303)


@bp.post("/items/<uuid:item_id>/<any(secret, open):what>-ballot")
@requires(Permission.ASSEMBLIES_PREPARE)
def set_ballot(item_id: UUID, what: str) -> Response:
    """Have a resolution voted by secret ballot, or openly."""
    assembly_id = queries.get_item(reading(), item_id).assembly_id
    if ActionForm().validate():
        with begin_act() as act:
            service.set_secret(act, item_id=item_id, is_secret=what == "secret")
    return redirect(url_for(".prepare", assembly_id=assembly_id) + "#agenda", 303)


@bp.get("/<uuid:assembly_id>/convene")
@requires(Permission.ASSEMBLIES_PREPARE)
def confirm_convening(assembly_id: UUID) -> Response:
    """Who gets what, what is refused, what to judge, before the button that cannot be taken back."""
    return _convene_page(queries.get_assembly(reading(), assembly_id), None)


@bp.post("/<uuid:assembly_id>/convene")
@requires(Permission.ASSEMBLIES_PREPARE)
def convene(assembly_id: UUID) -> Response:
    """Convene the members."""
    assembly = queries.get_assembly(reading(), assembly_id)
    checks = _preflight(assembly)
    form = with_reasons(ActionForm, checks)()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.convene(act, assembly_id=assembly_id, reasons=reasons_of(form, checks))
            flash(_("The assembly is convened. The mails leave now; print and post the letters today."), "success")
            return redirect(url_for(".show", assembly_id=assembly_id), 303)
    return _convene_page(assembly, form), 422


def _convene_page(assembly: AssemblyRow, form: BaseForm | None) -> str:
    told = _told(assembly)
    checks = _preflight(assembly, told)
    return render_template(
        "assemblies/convene.html", assembly=assembly, items=_as_it_stands(assembly),
        form=form or with_reasons(ActionForm, checks)(formdata=None), told=told, checks=checks,
        is_clear=is_clear(checks), channel=rulebook().figure("assembly.channel.without_consent", on=today()),
        most_letters=MOST_LETTERS,
    )  # fmt: skip


@bp.get("/<uuid:assembly_id>/cancel")
@requires(Permission.ASSEMBLIES_PREPARE)
def confirm_cancelling(assembly_id: UUID) -> Response:
    """What cancelling does, before the button."""
    return _cancel_page(assembly_id, ReasonForm())


@bp.post("/<uuid:assembly_id>/cancel")
@requires(Permission.ASSEMBLIES_PREPARE)
def cancel(assembly_id: UUID) -> Response:
    """Cancel an assembly."""
    form = ReasonForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            was_missed = queries.get_assembly(act.session, assembly_id).waits_for_an_end(act.now)
            service.cancel(act, assembly_id=assembly_id, reason=form.reason.data or "")
            told = _("It is noted that the assembly was not held.") if was_missed else _("The assembly is cancelled.")
            flash(told, "success")
            return redirect(url_for(".index"), 303)
    return _cancel_page(assembly_id, form), 422


def _cancel_page(assembly_id: UUID, form: ReasonForm) -> str:
    assembly = queries.get_assembly(reading(), assembly_id)
    is_missed = assembly.waits_for_an_end(now())
    return render_template("assemblies/cancel.html", assembly=assembly, is_missed=is_missed, form=form)


@bp.get("/<uuid:assembly_id>/second-call")
@requires(Permission.ASSEMBLIES_PREPARE)
def plan_second_call(assembly_id: UUID) -> Response:
    """The day of a second call."""
    return _second_call_page(assembly_id, SecondCallForm())


@bp.post("/<uuid:assembly_id>/second-call")
@requires(Permission.ASSEMBLIES_PREPARE)
def prepare_second_call(assembly_id: UUID) -> Response:
    """Prepare the second call."""
    form = SecondCallForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            second = service.prepare_second_call(act, assembly_id=assembly_id, held_at=form.held_at)
            return redirect(url_for(".prepare", assembly_id=second), 303)
    return _second_call_page(assembly_id, form), 422


def _second_call_page(assembly_id: UUID, form: SecondCallForm) -> str:
    assembly = queries.get_assembly(reading(), assembly_id)
    figure = rulebook().figure("assembly.notice_days.second", on=today())
    earliest = max(earliest_assembly_day(today(), figure.as_int()), paris_day(assembly.held_at) + timedelta(days=1))
    return render_template(
        "assemblies/second_call.html", assembly=assembly, form=form, figure=figure, earliest=earliest,
        items=queries.agenda(reading(), assembly_id),
    )  # fmt: skip
