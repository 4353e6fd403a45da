"""The pages of the statutes: those in force, their versions and differences, the drafts and their editor."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound
from coopgov.core.policy import Permission
from coopgov.statutes import queries, service, sheet
from coopgov.statutes.changes import changes
from coopgov.statutes.drafting import DraftState, effect_day, may_write
from coopgov.statutes.forms import (
    CURRENT,
    ActionForm,
    AdoptForm,
    DraftForm,
    SectionForm,
    WordsForm,
    draft_form,
    section_form,
)
from coopgov.statutes.queries import DraftRow, Statutes
from coopgov.statutes.sections import LABELS, Section, section_of, sections_for
from coopgov.statutes.sheet import ChangeLine
from coopgov.web.acts import begin_act, reading, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

bp = Blueprint("statutes", __name__)
Response = ResponseReturnValue

PILLS: dict[DraftState, tuple[Any, str]] = {
    DraftState.DRAFT: (_l("Being written"), "neutral"),
    DraftState.FROZEN: (_l("Before the assembly"), "info"),
    DraftState.NO_QUORUM: (_l("Without quorum"), "warning"),
    DraftState.ADOPTED: (_l("Draft adopted"), "success"),
    DraftState.REJECTED: (_l("Draft rejected"), "danger"),
    DraftState.WITHDRAWN: (_l("Given up"), "neutral"),
}


# Versions


@bp.get("/statutes")
@requires(Permission.STATUTES_SEE)
def show() -> Response:
    """The statutes of today, or the first ones to come."""
    versions = queries.history(reading())
    current = next((version for version in versions if version.in_force_from <= today()), None)
    return _page(current or (versions[-1] if versions else None), versions)


@bp.get("/statutes/<uuid:statutes_id>")
@requires(Permission.STATUTES_SEE)
def version(statutes_id: UUID) -> Response:
    """One version of the statutes, past or to come."""
    return _page(queries.get_statutes(reading(), statutes_id), queries.history(reading()))


def _page(statutes: Statutes | None, versions: list[Statutes]) -> str:
    if statutes is None:
        return render_template("statutes/none.html", drafts=_drafts(), pills=PILLS)
    law, on = queries.the_law(), max(statutes.in_force_from, today())
    return render_template(
        "statutes/show.html",
        statutes=statutes,
        current=next((one.id for one in versions if one.in_force_from <= today()), None),
        form_label=queries.form_label(statutes.legal_form),
        mentions=queries.mentions(statutes, statutes.statutory_minimum_cents),
        lines=sheet.statutes_lines(statutes, law, on),
        law_lines=sheet.law_lines(statutes, law, on),
        versions=versions,
        drafts=[row for row in _drafts() if row.state in {DraftState.DRAFT, DraftState.FROZEN, DraftState.NO_QUORUM}],
        pills=PILLS,
        can_draft=may_write(current_actor(), is_first=False),
        today=today(),
    )


@bp.get("/statutes/<uuid:statutes_id>/changes")
@requires(Permission.STATUTES_SEE)
def differences(statutes_id: UUID) -> Response:
    """What one version changed in another: the one before, unless the address names one."""
    newer, versions = queries.get_statutes(reading(), statutes_id), queries.history(reading())
    older = _older(newer, versions, request.args.get("from", ""))
    lines = [] if older is None else _lines_between(older, newer)
    return render_template(
        "statutes/changes.html", newer=newer, older=older, lines=lines,
        others=[one for one in versions if one.id != newer.id],
    )  # fmt: skip


def _older(newer: Statutes, versions: Sequence[Statutes], asked: str) -> Statutes | None:
    before = [one for one in versions if one.in_force_from < newer.in_force_from]
    return next((one for one in versions if str(one.id) == asked), before[0] if before else None)


def _lines_between(older: Statutes, newer: Statutes) -> list[ChangeLine]:
    law = queries.the_law()
    return sheet.change_lines(changes(older.text, newer.text, law), law, newer.legal_form, newer.in_force_from)


# Drafts


@bp.get("/statutes/drafts")
@requires(Permission.STATUTES_SEE)
def drafts() -> Response:
    """The drafts that the person asking may read, the last changed first."""
    can_draft = may_write(current_actor(), is_first=queries.find_latest(reading()) is None)
    return render_template("statutes/drafts.html", drafts=_drafts(), pills=PILLS, can_draft=can_draft)


def _drafts() -> list[DraftRow]:
    return [row for row in queries.list_drafts(reading()) if _may_read(row)]


def _readable(draft_id: UUID) -> DraftRow:
    """A draft that who asks may read; raises NotFound for any other."""
    row = queries.get_draft(reading(), draft_id)
    if not _may_read(row):
        raise NotFound
    return row


def _may_read(row: DraftRow) -> bool:
    """Whether who asks may read a draft: everybody once it is put to a vote, before that those who write it."""
    return row.is_shown or may_write(current_actor(), is_first=row.base_id is None)


@bp.get("/statutes/drafts/new")
@requires(Permission.STATUTES_DRAFT)
def new_draft() -> Response:
    """An empty draft."""
    return _new_page(_draft_form())


@bp.post("/statutes/drafts/new")
@requires(Permission.STATUTES_DRAFT)
def begin_draft() -> Response:
    """Begin a draft."""
    form = _draft_form()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            draft_id = service.draft_statutes(
                act, title=form.title.data or "", reasons=form.reasons.data or "", wished_on=form.wished_on.data,
                ready=None if form.source.data == CURRENT else form.source.data,
            )  # fmt: skip
            return redirect(url_for(".draft", draft_id=draft_id), 303)
    return _new_page(form), 422


def _draft_form() -> DraftForm:
    latest = queries.find_latest(reading())
    return draft_form(latest.text if latest else None)


def _new_page(form: DraftForm) -> str:
    return render_template("statutes/new_draft.html", form=form, is_first=queries.find_latest(reading()) is None)


@bp.get("/statutes/drafts/<uuid:draft_id>")
@requires(Permission.STATUTES_SEE)
def draft(draft_id: UUID) -> Response:
    """One draft: what it changes, what stands against it, its sections."""
    row = _readable(draft_id)
    return _draft_page(row, writes=may_write(current_actor(), is_first=row.base_id is None))


def _draft_page(row: DraftRow, *, writes: bool) -> str:
    law, on = queries.the_law(), effect_day(row.wished_on, today())
    found = queries.changes_of(reading(), row)
    base = queries.get_statutes(reading(), row.base_id) if row.base_id is not None else None
    latest = queries.find_latest(reading())
    can_write = writes and row.state is DraftState.DRAFT
    return render_template(
        "statutes/draft.html", draft=row, base=base, pill=PILLS[row.state], can_write=can_write, writes=writes,
        lines=sheet.change_lines(found, law, row.text.legal_form, on), labels=LABELS,
        against=_with_sections(queries.stands_against(reading(), row, on)) if can_write else [],
        sections=_counted(row, [section_of(change.name) for change in found], on) if can_write else [],
        is_old=latest is not None and row.base_id is not None and latest.id != row.base_id,
        is_first=row.base_id is None, form_label=queries.form_label(row.text.legal_form),
    )  # fmt: skip


def _with_sections(breaches: Sequence[Breach]) -> list[tuple[Breach, Section | None]]:
    return [(breach, _section_of(breach.field)) for breach in breaches]


def _section_of(name: str | None) -> Section | None:
    try:
        return section_of(name or "")
    except KeyError:
        return None


def _counted(row: DraftRow, changed: Sequence[Section], on: date) -> list[tuple[Section, int]]:
    """The sections with how many changes stand in each."""
    found = sections_for(row.text.legal_form, queries.the_law(), on)
    return [(section, changed.count(section)) for section in found]


@bp.get("/statutes/drafts/<uuid:draft_id>/words")
@requires(Permission.STATUTES_DRAFT)
def words(draft_id: UUID) -> Response:
    """The title, the reasons and the wished day of a draft."""
    row = _readable(draft_id)
    form = WordsForm(title=row.title, reasons=row.reasons, wished_on=row.wished_on)
    return render_template("statutes/words.html", form=form, draft=row)


@bp.post("/statutes/drafts/<uuid:draft_id>/words")
@requires(Permission.STATUTES_DRAFT)
def reword(draft_id: UUID) -> Response:
    """Change the words of a draft."""
    row, form = _readable(draft_id), WordsForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.reword_draft(
                act, draft_id=draft_id, title=form.title.data or "", reasons=form.reasons.data or "",
                wished_on=form.wished_on.data,
            )  # fmt: skip
            return redirect(url_for(".draft", draft_id=draft_id), 303)
    return render_template("statutes/words.html", form=form, draft=row), 422


@bp.get("/statutes/drafts/<uuid:draft_id>/edit/<section>")
@requires(Permission.STATUTES_DRAFT)
def edit_section(draft_id: UUID, section: str) -> Response:
    """One section of the editor."""
    row, on = _edited(draft_id)
    if row.state is not DraftState.DRAFT:
        return redirect(url_for(".draft", draft_id=draft_id), 303)
    return _section_page(row, _section_form(row, section, on), on)


@bp.post("/statutes/drafts/<uuid:draft_id>/edit/<section>")
@requires(Permission.STATUTES_DRAFT)
def revise_section(draft_id: UUID, section: str) -> Response:
    """Keep one section."""
    row, on = _edited(draft_id)
    form = _section_form(row, section, on)
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.revise_draft(act, draft_id=draft_id, edit=form.edit())
            flash(_("The section is kept in the draft."), "success")
            return redirect(url_for(".draft", draft_id=draft_id) + "#sections", 303)
    return _section_page(row, form, on), 422


def _edited(draft_id: UUID) -> tuple[DraftRow, date]:
    row = _readable(draft_id)
    return row, effect_day(row.wished_on, today())


def _section_form(row: DraftRow, name: str, on: date) -> SectionForm:
    law = queries.the_law()
    found = next((one for one in sections_for(row.text.legal_form, law, on) if one == name), None)
    if found is None:
        raise NotFound
    return section_form(found, row.text, law, on)


def _section_page(row: DraftRow, form: SectionForm, on: date) -> str:
    return render_template(
        "statutes/section.html", draft=row, form=form, label=LABELS[form.section], section=form.section,
        lines=form.lines(row.text, queries.the_law(), on), on=on, form_label=queries.form_label(row.text.legal_form),
        is_first=row.base_id is None,
    )  # fmt: skip


@bp.post("/statutes/drafts/<uuid:draft_id>/<any(withdraw, take_up, rebase):what>")
@requires(Permission.STATUTES_DRAFT)
def change_draft(draft_id: UUID, what: str) -> Response:
    """Give a draft up, write on after a missing quorum, or take it over to the version in place."""
    _readable(draft_id)
    if ActionForm().validate():
        with begin_act() as act:
            _STEPS[what](act, draft_id=draft_id)
    return redirect(url_for(".draft", draft_id=draft_id), 303)


_STEPS: dict[str, Callable[..., None]] = {
    "withdraw": service.withdraw_draft,
    "take_up": service.take_up_draft,
    "rebase": service.rebase_draft,
}


@bp.get("/statutes/drafts/<uuid:draft_id>/adopt")
@requires(Permission.STATUTES_DRAFT)
def confirm_adoption(draft_id: UUID) -> Response:
    """The decision that adopts the first statutes, before the button that cannot be taken back."""
    row = _readable(draft_id)
    form = AdoptForm(in_force_from=row.text.founded_on or today())
    return _adopt_page(row, form)


@bp.post("/statutes/drafts/<uuid:draft_id>/adopt")
@requires(Permission.STATUTES_DRAFT)
def adopt_first(draft_id: UUID) -> Response:
    """Adopt the first statutes."""
    row, form = _readable(draft_id), AdoptForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            _adopt(act, draft_id, form)
            flash(_("The cooperative has its statutes."), "success")
            return redirect(url_for(".show"), 303)
    return _adopt_page(row, form), 422


def _adopt(act: Act, draft_id: UUID, form: AdoptForm) -> None:
    assert form.in_force_from.data is not None  # noqa: S101 - asked after validation
    service.adopt_first(
        act, draft_id=draft_id, in_force_from=form.in_force_from.data, decision=form.decision.data or ""
    )  # fmt: skip


def _adopt_page(row: DraftRow, form: AdoptForm) -> str:
    return render_template(
        "statutes/adopt.html", draft=row, form=form, form_label=queries.form_label(row.text.legal_form)
    )  # fmt: skip
