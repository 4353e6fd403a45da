"""The voting site's own pages: its door, and the codes that open it."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from coopgov.accounts import login, rules
from coopgov.assemblies import queries
from coopgov.assemblies.queries.codes import codes_made
from coopgov.assemblies.rules.codes import TAKES_CODES
from coopgov.assemblies.service.codes import PrintedCode, count_code_try, make_code_again, make_codes, use_code
from coopgov.assemblies.views.shared import bp
from coopgov.config import Config
from coopgov.core.policy import Permission
from coopgov.web.acts import begin_act, reading
from coopgov.web.forms import BaseForm, WholeNumberField, refusals_on, required
from coopgov.web.guard import current_actor, public, requires

vote_bp = Blueprint("vote", __name__, url_prefix="/vote")
REFUSED, TOO_MANY = 422, 429
_ONCE = {"Cache-Control": "no-store"}


class DoorForm(BaseForm):
    """Who enters: a member number and the code that came before the meeting."""

    number = WholeNumberField(_l("Your member number"), [required])
    code = StringField(_l("Your code for this vote"), [InputRequired(_l("Type the code.")), Length(max=60)])


class AgainForm(BaseForm):
    """Whose code is made again."""

    number = WholeNumberField(_l("Number of the member"), [required])


@vote_bp.get("")
@public
def door() -> ResponseReturnValue:
    """Ask for the member number and the code."""
    if current_actor().is_signed_in:
        return _to_a_vote()
    return render_template("assemblies/door.html", form=DoorForm())


def _to_a_vote() -> ResponseReturnValue:
    """To the nearest assembly that is convened or in session."""
    rows = queries.list_assemblies(reading(), to_come=True).rows
    found = next((row.id for row in rows if row.state in TAKES_CODES), None)
    if found is None:
        return render_template("assemblies/door.html", form=DoorForm(formdata=None))
    return redirect(url_for("assemblies.vote", assembly_id=found), 303)


@vote_bp.post("")
@public
def enter() -> ResponseReturnValue:
    """Enter with a code: the try is counted before the code is looked at."""
    form = DoorForm()
    if form.validate():
        with refusals_on(form):
            with begin_act() as act:
                count_code_try(act, number=form.number.data, origin=request.remote_addr or "")
            with begin_act() as act:
                device = rules.device(request.user_agent.string)
                token, assembly_id = use_code(act, number=form.number.data, typed=form.code.data or "", device=device)
            login.enter(token)
            return redirect(url_for("assemblies.vote", assembly_id=assembly_id), 303)
    refused = TOO_MANY if any(breach.code in rules.THROTTLED for breach in form.breaches) else REFUSED
    return render_template("assemblies/door.html", form=form), refused


# Codes, for who prepares the assembly


def _config() -> Config:
    found = current_app.extensions["coopgov.config"]
    assert isinstance(found, Config)  # noqa: S101 - narrows Flask's untyped extensions
    return found


@bp.get("/<uuid:assembly_id>/codes")
@requires(Permission.ASSEMBLIES_PREPARE)
def codes(assembly_id: UUID) -> ResponseReturnValue:
    """How many codes there are, and how to make those that are missing."""
    return _codes_page(assembly_id, BaseForm(formdata=None), AgainForm(formdata=None))


def _codes_page(assembly_id: UUID, form: BaseForm, again: AgainForm, shown: list[PrintedCode] | None = None) -> str:
    assembly = queries.get_assembly(reading(), assembly_id)
    return render_template(
        "assemblies/codes.html", assembly=assembly, form=form, again=again, codes=codes_made(reading(), assembly_id),
        is_over=assembly.state not in TAKES_CODES and assembly.convened_at is not None, shown=shown or [],
        address=_config().vote_url,
    )  # fmt: skip


@bp.post("/<uuid:assembly_id>/codes")
@requires(Permission.ASSEMBLIES_PREPARE)
def make_voter_codes(assembly_id: UUID) -> ResponseReturnValue:
    """Make the codes that are missing; those for paper are in the answer, once, and leave no copy."""
    form, config = BaseForm(), _config()
    if form.validate():
        with refusals_on(form):
            with begin_act() as act:
                shown = make_codes(act, assembly_id=assembly_id, secret=config.secret_key, address=config.vote_url)
            flash(_("The codes are made. Mails leave with theirs; print this page for the others now."), "success")
            return _codes_page(assembly_id, form, AgainForm(formdata=None), shown), _ONCE
    return _codes_page(assembly_id, form, AgainForm(formdata=None)), REFUSED


@bp.post("/<uuid:assembly_id>/codes/again")
@requires(Permission.ASSEMBLIES_PREPARE)
def make_voter_code_again(assembly_id: UUID) -> ResponseReturnValue:
    """Make another code for one voter, shown once."""
    again, config = AgainForm(), _config()
    if again.validate():
        with refusals_on(again):
            with begin_act() as act:
                made = make_code_again(
                    act, assembly_id=assembly_id, number=again.number.data, secret=config.secret_key,
                    address=config.vote_url,
                )  # fmt: skip
            return _codes_page(assembly_id, BaseForm(formdata=None), AgainForm(formdata=None), [made]), _ONCE
    return _codes_page(assembly_id, BaseForm(formdata=None), again), REFUSED
