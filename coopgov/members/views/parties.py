"""Who holds and who speaks: representatives, joint holders, the account one is paid on, those who come back."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.errors import NotFound
from coopgov.core.i18n import N_
from coopgov.core.policy import Permission
from coopgov.members import queries, service
from coopgov.members.forms import (
    HoldersForm,
    IbanForm,
    ReinstateForm,
    RepresentativeForm,
    day_of,
    default_day,
    document_of,
)
from coopgov.members.queries import MemberRow
from coopgov.members.rules import DecidedBy, Status
from coopgov.members.views.blueprint import REFUSED, bp
from coopgov.members.views.lists import papers_to_cite
from coopgov.web.acts import begin_act, reading, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires


@bp.route("/members/<uuid:member_id>/representative", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def representative(member_id: UUID) -> ResponseReturnValue:
    """Name who speaks for an organisation, joint holders or heirs."""
    member, form, status = queries.get_member(reading(), member_id), RepresentativeForm(), 200
    default_day(form, "from_day", today())
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.name_representative(
                    act, member_id=member_id, name=form.name.data or "", office=form.office.data or "",
                    from_day=day_of(form.from_day), proof=form.proof.data or "",
                )  # fmt: skip
                flash(_("Recorded."), "success")
                return redirect(url_for("members.show", member_id=member_id), 303)
    party = queries.get_party(reading(), member_id)
    return render_template("members/representative.html", form=form, member=member, party=party), status


@bp.route("/members/<uuid:member_id>/holders", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def holders(member_id: UUID) -> ResponseReturnValue:
    """Write down that several hold these shares together."""
    member, form, status = queries.get_member(reading(), member_id), HoldersForm(), 200
    default_day(form, "on", today())
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.hold_together(
                    act, member_id=member_id, names=form.holders, representative=form.representative.data or "",
                    on=day_of(form.on), proof=form.proof.data or "",
                )  # fmt: skip
                flash(_("Recorded."), "success")
                return redirect(url_for("members.show", member_id=member_id), 303)
    return render_template("members/holders.html", form=form, member=member), status


@bp.route("/members/<uuid:member_id>/iban", methods=["GET", "POST"])
@requires(Permission.SHARES_RECORD)
def iban(member_id: UUID) -> ResponseReturnValue:
    """Write the account a member is paid on."""
    back = url_for("members.show", member_id=member_id)
    return _iban_page(queries.get_member(reading(), member_id), back)


@bp.route("/members/me/iban", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
def my_iban() -> ResponseReturnValue:
    """Write the account I am paid on."""
    account_id = current_actor().account_id
    member = queries.find_by_account(reading(), account_id) if account_id else None
    if member is None:
        raise NotFound
    return _iban_page(member, url_for("members.me"), proof=N_("Given by the member on her own page, signed in"))


@bp.route("/members/<uuid:member_id>/reinstate", methods=["GET", "POST"])
@requires(Permission.MEMBERS_ADMIT)
def reinstate(member_id: UUID) -> ResponseReturnValue:
    """Take a former member back under her old number."""
    member = queries.get_member(reading(), member_id)
    if member.status is not Status.FORMER:
        raise NotFound
    form, status = ReinstateForm(papers_to_cite(member_id)), 200
    default_day(form, "effective_on", today())
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.reinstate(
                    act, member_id=member_id, effective_on=day_of(form.effective_on),
                    decision=form.decision.data or "", decided_by=DecidedBy(form.decided_by.data),
                    why=service.Why(document_id=document_of(form.document_id)),
                )  # fmt: skip
                flash(_("%(name)s is now a member.", name=member.name), "success")
                return redirect(url_for("members.show", member_id=member_id), 303)
    return render_template("members/reinstate.html", form=form, member=member), status


def _iban_page(member: MemberRow, back: str, *, proof: str = "") -> ResponseReturnValue:
    form, status = IbanForm(), 200
    default_day(form, "on", today())
    if proof:
        del form.proof
    if form.is_submitted():
        status = REFUSED
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.set_iban(
                    act, member_id=member.id, iban=form.iban.data or "", on=day_of(form.on),
                    proof=proof or form.proof.data or "", reason=form.reason.data or "",
                )  # fmt: skip
                flash(_("The account is kept. A message tells it to the person."), "success")
                return redirect(back, 303)
    party = queries.get_party(reading(), member.id)
    return render_template("members/iban.html", form=form, member=member, party=party, back=back), status
