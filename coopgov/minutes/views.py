"""Pages of the minutes."""

from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.dates import paris_day
from coopgov.core.policy import Actor, Permission
from coopgov.minutes import queries, service
from coopgov.minutes.documents import paragraphs
from coopgov.minutes.forms import ApprovalForm, field_of, prose_form, texts_of
from coopgov.minutes.queries import MinutesRow
from coopgov.minutes.rules import Signer, State
from coopgov.printing import archive
from coopgov.web.acts import begin_act, reading
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

# Frozen facts are text: the pages read them back as what they were.
READERS = {"at": datetime.fromisoformat, "on": date.fromisoformat, "fraction": Fraction, "paragraphs": paragraphs}

bp = Blueprint("minutes", __name__, url_prefix="/minutes")


@bp.get("/")
@requires(Permission.MINUTES_SEE)
def index() -> ResponseReturnValue:
    """Minutes, the newest first; drafts only for those who write or approve them."""
    page = queries.list_minutes(reading(), drafts=_sees_drafts(current_actor()), before=_key())
    return render_template("minutes/index.html", page=page)


def _key() -> tuple[datetime, UUID] | None:
    held_at, minutes_id = request.args.get("held_at"), request.args.get("id")
    if not held_at or not minutes_id:
        return None
    try:
        key = datetime.fromisoformat(held_at), UUID(minutes_id)
    except ValueError:
        abort(404)
    if key[0].tzinfo is None:
        abort(404)
    return key


def _sees_drafts(actor: Actor) -> bool:
    return actor.may(Permission.MINUTES_WRITE) or actor.may(Permission.MINUTES_APPROVE)


@bp.get("/<uuid:minutes_id>")
@requires(Permission.MINUTES_SEE)
def show(minutes_id: UUID) -> ResponseReturnValue:
    """One set of minutes as it stands."""
    return _page(_readable(minutes_id), ApprovalForm())


def _readable(minutes_id: UUID) -> MinutesRow:
    minutes = queries.get_minutes(reading(), minutes_id)
    if minutes.state is not State.ISSUED and not _sees_drafts(current_actor()):
        abort(404)
    return minutes


def _page(minutes: MinutesRow, form: ApprovalForm) -> str:
    document = None if minutes.document_id is None else archive.get_document(reading(), minutes.document_id)
    issued_on = None if document is None else paris_day(document.issued_at)
    signers = queries.approvable(minutes, current_actor())
    return render_template(
        "minutes/show.html",
        minutes=minutes,
        document=document,
        issued_on=issued_on,
        form=form,
        signers=signers,
        **READERS,
    )


@bp.get("/<uuid:minutes_id>/edit")
@requires(Permission.MINUTES_WRITE)
def edit(minutes_id: UUID) -> ResponseReturnValue:
    """The minutes with room to write between the facts."""
    minutes = _readable(minutes_id)
    if minutes.state is State.ISSUED:
        return redirect(url_for(".show", minutes_id=minutes_id), 303)
    return _editor(minutes, prose_form(minutes))


def _editor(minutes: MinutesRow, form: object) -> str:
    return render_template("minutes/edit.html", minutes=minutes, form=form, field_of=field_of, **READERS)


@bp.post("/<uuid:minutes_id>/edit")
@requires(Permission.MINUTES_WRITE)
def save(minutes_id: UUID) -> ResponseReturnValue:
    """Keep what the secretary wrote."""
    minutes = _readable(minutes_id)
    form = prose_form(minutes)
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.edit_prose(
                act, minutes_id=minutes_id, texts=texts_of(form, minutes), based_on=form.based_on.data
            )  # fmt: skip
            flash(_("The text is saved. Earlier versions are kept."), "success")
            return redirect(url_for(".show", minutes_id=minutes_id), 303)
    return _editor(minutes, form), 422


@bp.post("/<uuid:minutes_id>/approval")
@requires(Permission.MINUTES_APPROVE)
def approve(minutes_id: UUID) -> ResponseReturnValue:
    """Approve the text that was read, as chair or secretary."""
    form = ApprovalForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            issued = service.approve(
                act, minutes_id=minutes_id, as_=Signer(form.signer.data), content_hash=form.content_hash.data
            )
            flash(_approved(issued), "success")
            return redirect(url_for(".show", minutes_id=minutes_id), 303)
    return _page(_readable(minutes_id), form), 422


def _approved(issued: UUID | None) -> str:
    if issued is None:
        return str(_("Your approval is recorded. The other signer approves next."))
    return str(_("The minutes are final and stand in their register."))
