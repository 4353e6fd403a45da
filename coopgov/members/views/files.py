"""A member's file, as offices see it, and what they record in it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.act import Act
from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.members import queries, service
from coopgov.members.events import ClosesAsked
from coopgov.members.forms import (
    ConsentForm,
    DepartureForm,
    MoveForm,
    PaperConsentForm,
    UndoForm,
    code_of,
    contacts_form_of,
    day_of,
    default_day,
    document_of,
)
from coopgov.members.labels import (
    BODY_LABELS,
    CATEGORY_LABELS,
    EVENT_LABELS,
    REASON_LABELS,
    STATUS_KINDS,
    STATUS_LABELS,
)
from coopgov.members.queries import MemberFile
from coopgov.members.rules import Category, EventKind, entered_late
from coopgov.members.views.blueprint import REFUSED, bp
from coopgov.members.views.lists import papers_to_cite, present_colleges
from coopgov.printing.archive import documents_about
from coopgov.web.acts import ask, begin_act, reading, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

# Pages of the features above, linked where they exist.
SHARES, DOCUMENT = "shares.account", "registers.document"


@bp.get("/members/<uuid:member_id>")
@requires(Permission.MEMBERS_LIST)
def show(member_id: UUID) -> ResponseReturnValue:
    """One member's file; to a member without office, another's does not exist."""
    actor = current_actor()
    if not actor.may(Permission.MEMBERS_SEE):
        if queries.get_member(reading(), member_id).account_id != actor.account_id:
            raise NotFound
        return redirect(url_for("members.me"), 303)
    file = queries.get_file(reading(), member_id)
    form = PaperConsentForm()
    default_day(form, "on", today())
    return render_template("members/show.html", form=form, **file_context(file))


@bp.route("/members/<uuid:member_id>/contacts", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def edit_contacts(member_id: UUID) -> ResponseReturnValue:
    """Change where a member is reached, on her word."""
    return contacts_page(queries.get_file(reading(), member_id), url_for("members.show", member_id=member_id))


@bp.post("/members/<uuid:member_id>/consent")
@requires(Permission.MEMBERS_ADMIT)
def record_consent(member_id: UUID) -> ResponseReturnValue:
    """Write down an agreement to e-mail, or its withdrawal, that came on paper."""
    form, file = PaperConsentForm(), queries.get_file(reading(), member_id)
    if form.validate():
        with refusals_on(form), begin_act() as act:
            note = service.give_email_consent if form.given.data == "yes" else service.withdraw_email_consent
            note(act, member_id=member_id, on=day_of(form.on), proof=form.proof.data or "")
            return redirect(url_for("members.show", member_id=member_id), 303)
    return render_template("members/show.html", form=form, **file_context(file)), REFUSED


@bp.route("/members/<uuid:member_id>/departure", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def departure(member_id: UUID) -> ResponseReturnValue:
    """Record that a member leaves."""
    member = queries.get_member(reading(), member_id)
    form = DepartureForm(papers_to_cite(member_id))
    default_day(form, "effective_on", today())
    status = 200
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                DEPARTURE_COMMANDS[EventKind(form.kind.data)](act, member_id, form)
                flash(_("Recorded."), "success")
                return redirect(url_for("members.show", member_id=member_id), 303)
    return render_template("members/departure.html", form=form, member=member), status


@bp.route("/members/<uuid:member_id>/college", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def move(member_id: UUID) -> ResponseReturnValue:
    """Move a member to another college or category."""
    member = queries.get_member(reading(), member_id)
    form, status = MoveForm(present_colleges(), category=member.category.value, college=member.college), 200
    default_day(form, "effective_on", today())
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.change_college(
                    act, member_id=member_id, effective_on=day_of(form.effective_on),
                    college=form.college.data if "college" in form else "",
                    category=Category(form.category.data), decision=form.decision.data or "",
                )  # fmt: skip
                flash(_("Recorded."), "success")
                return redirect(url_for("members.show", member_id=member_id), 303)
    return render_template("members/move.html", form=form, member=member), status


@bp.route("/members/<uuid:member_id>/events/<int:event_id>/undo", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def undo(member_id: UUID, event_id: int) -> ResponseReturnValue:
    """Undo the latest event, recorded by mistake."""
    file = queries.get_file(reading(), member_id)
    event = next((event for event in file.events if event.id == event_id), None)
    if event is None:
        raise NotFound
    form, status = UndoForm(), 200
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.reverse_event(act, event_id=event_id, reason=form.reason.data or "")
                return redirect(url_for("members.show", member_id=member_id), 303)
    label = EVENT_LABELS[event.kind]
    return render_template("members/undo.html", form=form, member=file.member, event=event, label=label), status


def contacts_page(file: MemberFile, back: str) -> ResponseReturnValue:
    """Show and take the form of contacts; goes back to a page when it is kept."""
    form, status = contacts_form_of(file), 200
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.change_contacts(
                    act, member_id=file.member.id, reach=form.reach, craft=" ".join((form.craft.data or "").split())
                )  # fmt: skip
                flash(_("The contacts are kept."), "success")
                return redirect(back, 303)
    return render_template("members/contacts.html", form=form, member=file.member, back=back), status


def file_context(file: MemberFile) -> dict[str, Any]:
    """What the pages of a member's file share."""
    undone = {event.reverses_id for event in file.events if event.reverses_id is not None}
    standing = [event for event in file.events if event.kind is not EventKind.REVERSAL and event.id not in undone]
    last = max(standing, key=lambda event: (event.effective_on, event.id), default=None)
    stays = (EventKind.APPLIED, EventKind.MERGED)
    asked = ClosesAsked()
    ask(asked)
    return {
        "file": file,
        "party": queries.get_party(reading(), file.member.id),
        "reason_labels": REASON_LABELS,
        "member": file.member,
        "undone": undone,
        "late": {one.id for one in file.events if entered_late(one.effective_on, one.recorded_at, asked.closes)},
        "can_undo": last.id if last and len(standing) > 1 and last.kind not in stays else None,
        "documents": documents_about(reading(), f"member:{file.member.id}"),
        "shares_url": _url_if_there(SHARES, member_id=file.member.id),
        "document_url": lambda document: _url_if_there(DOCUMENT, document_id=document.id),
        "college_labels": {college.code: college.label for college in present_colleges()},
        "status_labels": STATUS_LABELS,
        "status_kinds": STATUS_KINDS,
        "category_labels": CATEGORY_LABELS,
        "event_labels": EVENT_LABELS,
        "body_labels": BODY_LABELS,
        "consent_form": ConsentForm(),
    }


def _url_if_there(endpoint: str, **params: Any) -> str | None:
    return url_for(endpoint, **params) if endpoint in current_app.view_functions else None


def _why(form: DepartureForm) -> service.Why:
    return service.Why(code_of(form.code), document_of(form.document_id))


def _resigned(act: Act, member_id: UUID, form: DepartureForm) -> None:
    service.resign(
        act, member_id=member_id, effective_on=day_of(form.effective_on), reason=form.reason.data or "", why=_why(form)
    )  # fmt: skip


def _contract_ended(act: Act, member_id: UUID, form: DepartureForm) -> None:
    service.end_contract(
        act, member_id=member_id, effective_on=day_of(form.effective_on), reason=form.reason.data or "",
        excepted=form.excepted.data, why=_why(form),
    )  # fmt: skip


def _excluded(act: Act, member_id: UUID, form: DepartureForm) -> None:
    service.exclude(
        act, member_id=member_id, effective_on=day_of(form.effective_on), decision=form.decision.data or "",
        reason=form.reason.data or "", why=_why(form),
    )  # fmt: skip


def _deceased(act: Act, member_id: UUID, form: DepartureForm) -> None:
    service.record_death(
        act, member_id=member_id, effective_on=day_of(form.effective_on), proof=form.reason.data or "", why=_why(form)
    )  # fmt: skip


DEPARTURE_COMMANDS: Mapping[EventKind, Callable[[Act, UUID, DepartureForm], None]] = {
    EventKind.RESIGNED: _resigned,
    EventKind.CONTRACT_ENDED: _contract_ended,
    EventKind.EXCLUDED: _excluded,
    EventKind.DECEASED: _deceased,
}
