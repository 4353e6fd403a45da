"""The page where anybody checks a vote: its seal, its urn, its result, and one's own ballot."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.ballots import answered, queries, service, sheets
from coopgov.ballots.counting.archive import to_abif, to_blt, to_text
from coopgov.ballots.counting.urn import CheckedUrn
from coopgov.ballots.forms import AnnulForm, CodeForm, MakeForm
from coopgov.ballots.plots import drawn
from coopgov.ballots.queries import OwnBallot, Result, ScrutinRow, Suspension
from coopgov.ballots.rules import COUNTABLE, Choice, Level, State
from coopgov.ballots.said import how_lines, said_in, told_lines
from coopgov.ballots.sealing import BadCode, public_of, secret_of
from coopgov.config import ROOT
from coopgov.core.dates import paris_day
from coopgov.core.errors import Breach, NotFound, refuse_if
from coopgov.core.figures import Figure
from coopgov.core.i18n import N_
from coopgov.core.policy import Permission
from coopgov.law.arithmetic import add_months
from coopgov.members import queries as members
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.filters import day, instant
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, public, requires
from coopgov.web.security import CSP

bp = Blueprint("ballots", __name__, url_prefix="/ballots")
WITHOUT_NETWORK = CSP.replace("connect-src 'self'", "connect-src 'none'")


@bp.get("/<uuid:scrutin_id>")
@requires(Permission.ASSEMBLIES_SEE)
def show(scrutin_id: UUID) -> ResponseReturnValue:
    """One vote: what was sealed, where it stands, what it decided, and the reader's own ballots."""
    session = reading()
    scrutin = queries.get_scrutin(session, scrutin_id)
    return render_template(
        "ballots/show.html", scrutin=scrutin, roll=queries.get_roll(session, scrutin.roll_id),
        urn=queries.find_urn(session, scrutin_id), turnout=queries.told_turnouts(session, [scrutin_id])[scrutin_id],
        is_secret=scrutin.level is Level.SECRET, tellers=queries.tellers_of(session, scrutin_id),
        result=queries.find_result(session, scrutin_id), mine=_own_ballots(scrutin), steps=_steps(scrutin),
        may_export=scrutin.form is None and scrutin.state in COUNTABLE and current_actor().may(Permission.BALLOTS_RUN),
        form=scrutin.form, how=how_lines(scrutin.form) if scrutin.form else [], said=said_in,
        **_count_of(queries.find_result(session, scrutin_id)),
    )  # fmt: skip


def _count_of(result: Result | None) -> dict[str, Any]:
    """A count in pictures; on another paper than a resolution's, in sentences too."""
    if result is None:
        return {"told": [], "drawn": None}
    told = told_lines(result.paper, result.form) if result.paper is not None and result.form is not None else []
    return {"told": told, "drawn": drawn(result)}


def _file(content: str | bytes, name: str, mimetype: str) -> Response:
    header = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=mimetype, headers=header)


@bp.get("/<uuid:scrutin_id>/archive.json")
@requires(Permission.ASSEMBLIES_SEE)
def archive(scrutin_id: UUID) -> ResponseReturnValue:
    """All that anybody needs to count a proclaimed vote again; it names no voter."""
    told = to_text(sheets.get_archive(reading(), scrutin_id))
    return _file(told, f"scrutin-{scrutin_id}.json", "application/json")


@bp.get("/<uuid:scrutin_id>/ballots.<any(blt, abif):format>")
@requires(Permission.ASSEMBLIES_SEE)
def foreign(scrutin_id: UUID, format: str) -> ResponseReturnValue:  # noqa: A002 - the name in the address
    """The ballots of a proclaimed vote for foreign counting programs."""
    title = queries.get_scrutin(reading(), scrutin_id).title
    urn = _urn_of(scrutin_id)
    told = to_blt(urn, title) if format == "blt" else to_abif(urn, title)
    return _file(told, f"scrutin-{scrutin_id}.{format}", "text/plain")


def _urn_of(scrutin_id: UUID) -> CheckedUrn:
    if queries.find_form(reading(), scrutin_id) is not None:
        return sheets.urn_of(reading(), scrutin_id)
    labels = {Choice.FOR: _("Votes for"), Choice.AGAINST: _("Votes against"), Choice.ABSTAIN: _("Abstentions")}
    return answered.urn_of(reading(), scrutin_id, labels)


@bp.get("/recount.py")
@public
def recount_program() -> ResponseReturnValue:
    """The program that counts an archive again, with the standard library alone."""
    return _file((ROOT / "tools" / "recount.py").read_bytes(), "recount.py", "text/x-python")


@bp.get("/recount")
@public
def recount() -> ResponseReturnValue:
    """The page that counts an archive again in the browser; it may ask nothing of anybody, this site included."""
    return render_template("ballots/recount.html"), {"Content-Security-Policy": WITHOUT_NETWORK}


@bp.get("/<uuid:scrutin_id>/ballots.jsonl")
@requires(Permission.BALLOTS_RUN)
def export(scrutin_id: UUID) -> ResponseReturnValue:
    """The closed urn, ballot by ballot, with the receipts of a named vote: what the hash in the journal is taken of."""
    if queries.find_form(reading(), scrutin_id) is not None:
        raise NotFound  # its archive tells all that is counted
    lines: Iterator[str] = queries.export_ballots(reading(), scrutin_id)
    # Whole before it is sent: the session of this request ends with it.
    return Response(
        "".join(f"{line}\n" for line in lines),
        mimetype="application/jsonl",
        headers={"Content-Disposition": f'attachment; filename="ballots-{scrutin_id}.jsonl"'},
    )


@bp.get("/code")
@requires(Permission.BALLOTS_RUN)
def code() -> ResponseReturnValue:
    """A teller's code: whether she has one, and how to try it."""
    return _code_page(CodeForm())


def _code_page(form: CodeForm, *, shown: str | None = None, is_right: bool | None = None) -> str:
    account_id = current_actor().account_id
    keys = [] if account_id is None else queries.teller_keys(reading(), [account_id])
    return render_template(
        "ballots/code.html", key=next(iter(keys), None), code=shown, form=form, is_right=is_right
    )  # fmt: skip


@bp.post("/code")
@requires(Permission.BALLOTS_RUN)
def make_code() -> ResponseReturnValue:
    """Make a code and show it, once: the answer is the page itself, and leaves no copy."""
    actor = current_actor()
    if not MakeForm().validate() or actor.account_id is None:
        return redirect(url_for(".code"), 303)
    with begin_act() as act:
        shown = service.make_teller_key(act, account_id=actor.account_id, name=actor.name)
    return _code_page(CodeForm(formdata=None), shown=shown), {"Cache-Control": "no-store"}


@bp.post("/code/try")
@requires(Permission.BALLOTS_RUN)
def try_code() -> ResponseReturnValue:
    """Tell whether a code is this teller's own."""
    form, account_id = CodeForm(), current_actor().account_id
    if form.validate() and account_id is not None:
        with refusals_on(form):
            refuse_if(_check_own_code(account_id, form.code.data or ""))
            return _code_page(CodeForm(formdata=None), is_right=True), {"Cache-Control": "no-store"}
    return _code_page(form), 422, {"Cache-Control": "no-store"}


def _check_own_code(account_id: UUID, typed: str) -> list[Breach]:
    try:
        public = public_of(secret_of(typed))
    except BadCode:
        sentence = N_("This is not a teller’s code: a letter is missing or wrong. Read it again from the paper.")
        return [Breach("code_unreadable", sentence, field="code")]
    if any(key.public == public for key in queries.teller_keys(reading(), [account_id])):
        return []
    sentence = N_("This is a teller’s code, but not the one you have now. Look for the paper of your last code.")
    return [Breach("code_of_another", sentence, field="code")]


@bp.get("/<uuid:scrutin_id>/annulment")
@requires(Permission.ASSEMBLIES_PREPARE)
def annulment(scrutin_id: UUID) -> ResponseReturnValue:
    """Note that a judge annulled a proclaimed vote: what it does, before the button."""
    return _annulment_page(scrutin_id, AnnulForm())


def _annulment_page(scrutin_id: UUID, form: AnnulForm) -> str:
    return render_template("ballots/annulment.html", scrutin=queries.get_scrutin(reading(), scrutin_id), form=form)


@bp.post("/<uuid:scrutin_id>/annulment")
@requires(Permission.ASSEMBLIES_PREPARE)
def annul(scrutin_id: UUID) -> ResponseReturnValue:
    """Note it."""
    form = AnnulForm()
    queries.get_scrutin(reading(), scrutin_id)
    if form.validate() and form.on.data is not None:
        with refusals_on(form), begin_act() as act:
            service.annul(
                act, scrutin_id=scrutin_id, on=form.on.data, reason=form.reason.data or "",
                document=form.document.data or "",
            )  # fmt: skip
            flash(_("The annulment is noted. What the vote changed of the fees is stopped or undone."), "success")
            return redirect(url_for(".show", scrutin_id=scrutin_id), 303)
    return _annulment_page(scrutin_id, form), 422


def _own_ballots(scrutin: ScrutinRow) -> list[OwnBallot]:
    account_id = current_actor().account_id
    member = members.find_by_account(reading(), account_id) if account_id is not None else None
    return [] if member is None else queries.own_ballots(reading(), scrutin, member.id)


def _steps(scrutin: ScrutinRow) -> list[dict[str, str | None]]:
    labels = {
        State.SEALED: _("Vote sealed"), State.ROOM_OPENED: _("Opened in the room"), State.ROOM_CLOSED: _("Vote closed"),
        State.COUNTED: _("Counted by two programs"), State.PROCLAIMED: _("Result proclaimed"),
        State.CANCELLED: _("Cancelled before its end"),
    }  # fmt: skip
    if scrutin.state is State.CANCELLED:
        return [_step(scrutin, taken.step, labels[taken.step]) for taken in scrutin.steps]
    steps = [_step(scrutin, state, label) for state, label in labels.items() if state is not State.CANCELLED]
    steps[2:2] = [_suspension(one) for one in scrutin.suspensions]
    return [*steps, *_after(scrutin)]


def _suspension(one: Suspension) -> dict[str, str | None]:
    if one.resumed_at is None:
        return {"label": _("Suspended"), "state": "current", "when": instant(one.since), "detail": one.incident}
    told = _("Suspended, and taken up again on %(at)s", at=instant(one.resumed_at))
    return {"label": told, "state": "done", "when": instant(one.since), "detail": one.incident}


def _after(scrutin: ScrutinRow) -> Iterator[dict[str, str | None]]:
    """What comes of a proclaimed vote: published at once, annulled by a judge or, once none can be asked, archived."""
    proclaimed = scrutin.at(State.PROCLAIMED)
    state, when = ("todo", None) if proclaimed is None else ("done", instant(proclaimed))
    yield {"label": _("Published, with what a recount needs"), "state": state, "when": when, "detail": None}
    if scrutin.annulled is not None:
        label, when = _("Annulled by a judge"), day(scrutin.annulled.on)
        yield {"label": label, "state": "failed", "when": when, "detail": scrutin.annulled.document}
        return
    years = rulebook().find_figure("assembly.nullity_action_years", on=today())
    if years is not None:
        yield _archived(proclaimed, years)


def _archived(proclaimed: datetime | None, years: Figure) -> dict[str, str | None]:
    articles = ", ".join(one.text for one in years.citations)
    label = _("Archived: nobody can ask a judge to annul it any more")
    if proclaimed is None:
        return {"label": label, "state": "todo", "when": None, "detail": articles}
    last = add_months(paris_day(proclaimed), 12 * years.as_int())
    return {"label": label, "state": "done" if today() > last else "todo", "when": day(last), "detail": articles}


def _step(scrutin: ScrutinRow, state: State, label: str) -> dict[str, str | None]:
    at = scrutin.at(state)
    if at is None:
        return {"label": label, "state": "todo", "when": None, "detail": None}
    done = "failed" if state is State.CANCELLED else "done"
    return {"label": label, "state": done, "when": instant(at), "detail": None}
