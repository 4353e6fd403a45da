"""Giving one's proxy, taking it back, declining one."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import queries, service
from coopgov.assemblies.forms import ActionForm, HolderForm
from coopgov.assemblies.rules import proxy_limit, remote_closes_at
from coopgov.assemblies.views.shared import bp, my_membership, visible
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.web.acts import begin_act, reading, rulebook
from coopgov.web.forms import refusals_on
from coopgov.web.guard import requires

FOUND = 20


@bp.get("/<uuid:assembly_id>/proxy")
@requires(Permission.PROXIES_GIVE)
def proxy(assembly_id: UUID) -> ResponseReturnValue:
    """Look for the member who will carry one's vote."""
    return _page(assembly_id, HolderForm(formdata=None))


def _page(assembly_id: UUID, form: HolderForm) -> str:
    assembly, member, text = visible(assembly_id), my_membership(), request.args.get("q", "").strip()
    found = members.list_members(reading(), text=text, status=Status.MEMBER, limit=FOUND).rows if text else ()
    deadline, citations = remote_closes_at(rulebook(), held_at=assembly.held_at)
    return render_template(
        "assemblies/proxy.html",
        assembly=assembly,
        form=form,
        text=text,
        found=[row for row in found if row.id != member.id],
        given=queries.active_proxy_of(reading(), assembly_id, member.id),
        limit=proxy_limit(rulebook(), members=assembly.enrolled, on=assembly.held_on),
        deadline=deadline,
        deadline_citations=citations,
    )


@bp.post("/<uuid:assembly_id>/proxy")
@requires(Permission.PROXIES_GIVE)
def give_proxy(assembly_id: UUID) -> ResponseReturnValue:
    """Give one's proxy to the member chosen."""
    form, member = HolderForm(), my_membership()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.give_proxy(act, assembly_id=assembly_id, grantor_id=member.id, holder_id=form.holder_id)
            flash(_("Your proxy is given. Its holder is told by e-mail."), "success")
            return redirect(url_for(".show", assembly_id=assembly_id), 303)
    return _page(assembly_id, form), 422


@bp.post("/<uuid:assembly_id>/proxy/revoke")
@requires(Permission.PROXIES_GIVE)
def revoke_proxy(assembly_id: UUID) -> ResponseReturnValue:
    """Take one's proxy back."""
    member = my_membership()
    if ActionForm().validate():
        with begin_act() as act:
            service.revoke_proxy(act, assembly_id=assembly_id, grantor_id=member.id)
        flash(_("Your proxy is revoked. You vote yourself again."), "success")
    return redirect(url_for(".show", assembly_id=assembly_id), 303)


@bp.post("/<uuid:assembly_id>/proxy/decline/<uuid:grantor_id>")
@requires(Permission.PROXIES_GIVE)
def decline_proxy(assembly_id: UUID, grantor_id: UUID) -> ResponseReturnValue:
    """Give back a proxy one holds."""
    member = my_membership()
    if ActionForm().validate():
        with begin_act() as act:
            service.decline_proxy(act, assembly_id=assembly_id, holder_id=member.id, grantor_id=grantor_id)
        flash(_("The proxy is declined. Its giver is told by e-mail."), "success")
    return redirect(url_for(".show", assembly_id=assembly_id), 303)
