"""A member's own file."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.errors import NotFound
from coopgov.core.i18n import N_
from coopgov.core.policy import Permission
from coopgov.members import queries, service
from coopgov.members.forms import ConsentForm
from coopgov.members.queries import MemberFile
from coopgov.members.views.blueprint import REFUSED, bp
from coopgov.members.views.files import contacts_page, file_context
from coopgov.web.acts import begin_act, reading, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires


@bp.get("/members/me")
@requires(Permission.ACCOUNT_OWN)
def me() -> ResponseReturnValue:
    """My own file."""
    return render_template("members/me.html", form=ConsentForm(), **file_context(_mine()))


@bp.route("/members/me/contacts", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
def my_contacts() -> ResponseReturnValue:
    """Change where I am reached."""
    return contacts_page(_mine(), url_for("members.me"))


@bp.post("/members/me/consent")
@requires(Permission.ACCOUNT_OWN)
def my_consent() -> ResponseReturnValue:
    """Agree to be convened by e-mail, or want letters again."""
    form, file = ConsentForm(), _mine()
    gives = form.given.data == "yes"
    if form.validate():
        with refusals_on(form), begin_act() as act:
            note = service.give_email_consent if gives else service.withdraw_email_consent
            note(act, member_id=file.member.id, on=today(), proof=N_("Said by the member on her own page, signed in"))
            flash(_("You will be convened by e-mail.") if gives else _("You will be convened by letter."), "success")
            return redirect(url_for("members.me"), 303)
    return render_template("members/me.html", form=form, **file_context(file)), REFUSED


def _mine() -> MemberFile:
    account_id = current_actor().account_id
    found = queries.find_by_account(reading(), account_id) if account_id else None
    if found is None:
        raise NotFound
    return queries.get_file(reading(), found.id)
