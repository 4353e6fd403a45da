"""Pages of personal data: one's own, the files of others for those who keep them, what is due."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.members.forms import ConfirmForm
from coopgov.personal import papers, queries, service
from coopgov.personal.forms import ErasureForm
from coopgov.personal.queries import Section
from coopgov.printing.letterhead import Letterhead
from coopgov.printing.render import PrintingUnavailable, render_pdf
from coopgov.shares import queries as shares
from coopgov.statutes import queries as statutes
from coopgov.web.acts import begin_act, now, reading, rulebook, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

bp = Blueprint("personal", __name__)
REFUSED = 422


@bp.get("/me/data")
@requires(Permission.ACCOUNT_OWN)
def mine() -> ResponseReturnValue:
    """What is kept of me, how long, and how to take it along."""
    who = queries.whose(reading(), account_id=current_actor().account_id)
    kept = queries.preview(reading(), who.members[0], rulebook(), today()) if who.members else []
    return render_template("personal/mine.html", kept=kept)


@bp.get("/me/data.json")
@requires(Permission.ACCOUNT_OWN)
def mine_json() -> ResponseReturnValue:
    """All that is kept of me, for a program."""
    return _file(papers.as_json(_own(), now()), "application/json", "mes-donnees.json")


@bp.get("/me/data.zip")
@requires(Permission.ACCOUNT_OWN)
def mine_zip() -> ResponseReturnValue:
    """All that is kept of me, as sheets."""
    return _file(papers.as_zip(_own()), "application/zip", "mes-donnees.zip")


@bp.post("/me/data.pdf")
@requires(Permission.ACCOUNT_OWN)
def mine_pdf() -> ResponseReturnValue:
    """All that is kept of me, to be read."""
    facts = papers.as_facts(_own(), name=current_actor().name, cooperative=_letterhead(), now=now())
    language = "en" if str(get_locale()) == "en" else "fr"
    # The press takes seconds: no reader's lock meanwhile.
    reading().rollback()
    try:
        pdf = render_pdf("personal_data.html", facts, language=language, title=_("Personal data"))
    except PrintingUnavailable as missing:
        flash(_(missing.sentence, command=missing.command), "warning")
        return redirect(url_for("personal.mine"), 303)
    return _file(pdf, "application/pdf", "mes-donnees.pdf")


@bp.post("/members/<uuid:member_id>/data")
@requires(Permission.MEMBERS_ADMIT)
def hand_over(member_id: UUID) -> ResponseReturnValue:
    """All that is kept of a member, for whoever answers her request; the journal tells it."""
    members.get_member(reading(), member_id)
    if not ConfirmForm().validate():
        return redirect(url_for("personal.erasure", member_id=member_id), 303)
    with begin_act() as act:
        found = service.hand_over(act, member_id=member_id)
    return _file(papers.as_zip(found), "application/zip", "donnees.zip")


@bp.route("/members/<uuid:member_id>/erasure", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def erasure(member_id: UUID) -> ResponseReturnValue:
    """Show what goes, what waits and what stays of a file; then erase what goes."""
    member, form, status = members.get_member(reading(), member_id), ErasureForm(), 200
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.erase(act, member_id=member_id, reason=form.reason.data or "")
                flash(_("What was no longer needed is erased."), "success")
                return redirect(url_for("members.show", member_id=member_id), 303)
    kept = queries.preview(reading(), member_id, rulebook(), today())
    return render_template("personal/erasure.html", form=form, member=member, kept=kept), status


@bp.get("/members/due")
@requires(Permission.MEMBERS_ADMIT)
def due() -> ResponseReturnValue:
    """The files whose time of keeping is over."""
    return render_template("personal/due.html", rows=queries.list_due(reading(), rulebook(), today()))


def _own() -> Sequence[Section]:
    account_id = current_actor().account_id
    if account_id is None:
        raise NotFound
    return queries.gather(reading(), queries.whose(reading(), account_id=account_id))


def _letterhead() -> dict[str, object]:
    version = statutes.statutes_on(reading(), today())
    capital = shares.capital_on(reading(), today())
    return Letterhead(
        name=version.name, legal_form=statutes.mentions(version, capital, "fr")["form"], seat=version.seat,
        capital=capital, siren=version.siren or None, registry=version.rcs_city or None,
    ).as_facts()  # fmt: skip


def _file(body: bytes, kind: str, name: str) -> Response:
    return Response(
        body, mimetype=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )  # fmt: skip
