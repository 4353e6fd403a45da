"""Pages that exist only in the demonstration: its characters, its mails, its clock, its components."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import import_module
from uuid import UUID

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from coopgov.accounts import login
from coopgov.accounts import queries as account_queries
from coopgov.accounts import service as accounts
from coopgov.accounts.rules import How, device
from coopgov.config import Config
from coopgov.core import outbox
from coopgov.core.act import Runtime
from coopgov.core.errors import NotFound
from coopgov.core.words import fill
from coopgov.demo import queries, service
from coopgov.demo.clock import demo_clock, forget_offset
from coopgov.demo.forms import ClockForm
from coopgov.demo.rules import pieces
from coopgov.web.acts import begin_act, now, reading, today
from coopgov.web.filters import instant
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, public

bp = Blueprint("demo", __name__, url_prefix="/demo")

STEPS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
REFUSED = 422
FEW, MANY = 10, 20


@dataclass(frozen=True, slots=True)
class Bar:
    """What the bar on top of every page of the demonstration shows."""

    today: date
    characters_url: str
    mailbox_url: str
    clock_url: str


@bp.record
def _set_the_stage(state: BlueprintSetupState) -> None:
    # Only the demonstration has a bar and a clock that moves.
    app = state.app
    if isinstance(app, Flask) and _config(app).demo:
        runtime = app.extensions["coopgov.runtime"]
        assert isinstance(runtime, Runtime)  # noqa: S101 - narrows Flask's untyped extensions
        app.extensions["coopgov.runtime"] = replace(runtime, clock=demo_clock(app))
        app.extensions["coopgov.demo"] = _bar


@bp.before_request
def _only_in_the_demonstration() -> None:
    if not _config(current_app).demo:
        abort(404)


def _config(app: Flask) -> Config:
    config = app.extensions["coopgov.config"]
    assert isinstance(config, Config)  # noqa: S101 - narrows Flask's untyped extensions
    return config


def _bar() -> Bar:
    return Bar(today(), url_for("demo.index"), url_for("demo.mailbox"), url_for("demo.clock"))


# Characters


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """The characters a visitor can be."""
    characters = queries.list_characters(reading(), str(get_locale()))
    return render_template("demo/index.html", characters=characters)


@bp.post("/characters/<key>")
@public
def become(key: str) -> ResponseReturnValue:
    """Sign in as a character."""
    account_id = queries.get_character_account(reading(), key)
    with begin_act() as act:
        login.leave(act)
        token = accounts.open_session(
            act, account_id=account_id, how=How.DEMONSTRATION, device=device(request.user_agent.string)
        )
    login.enter(token)
    return redirect(url_for("home.index"), 303)


# Mails


@bp.get("/mailbox")
@public
def mailbox() -> ResponseReturnValue:
    """The newest mails: to the character one is, then to whomever they go."""
    account_id, session = current_actor().account_id, reading()
    mine = account_queries.get_account(session, account_id).email if account_id else ""
    return render_template(
        "demo/mailbox.html",
        mine=outbox.latest(session, limit=FEW, to_address=mine) if mine else [],
        messages=outbox.latest(session, limit=MANY),
    )


@bp.get("/mailbox/<uuid:message_id>")
@public
def message(message_id: UUID) -> ResponseReturnValue:
    """One mail, its links to this site ready to be followed."""
    found = outbox.get_message(reading(), message_id)
    if found is None:
        raise NotFound(f"message {message_id}")
    config = _config(current_app)
    text = pieces(fill(found.kind, found.body, config.secret_key), config.base_url)
    return render_template("demo/message.html", message=found, pieces=text)


# The clock


@bp.get("/clock")
@public
def clock() -> ResponseReturnValue:
    """The demonstration's date, and how to move it."""
    return render_template("demo/clock.html", form=ClockForm(), now=now())


@bp.post("/clock/<any(day, week):step>")
@public
def step_forward(step: str) -> ResponseReturnValue:
    """Move on by a day or a week."""
    form = ClockForm(formdata=None)
    with refusals_on(form), begin_act() as act:
        moved = service.move_clock(act, by=STEPS[step])
        flash(_("It is now %(now)s.", now=instant(moved)), "success")
    return _after_move(form)


@bp.post("/clock")
@public
def set_clock() -> ResponseReturnValue:
    """Move on to a date."""
    form = ClockForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            moved = service.move_clock(act, to=form.instant())
            flash(_("It is now %(now)s.", now=instant(moved)), "success")
        return _after_move(form)
    return render_template("demo/clock.html", form=form, now=now()), REFUSED


def _after_move(form: ClockForm) -> ResponseReturnValue:
    forget_offset()
    if form.breaches:
        return render_template("demo/clock.html", form=form, now=now()), REFUSED
    return redirect(url_for("demo.clock"), 303)


# Components


@bp.get("/composants")
@public
def components() -> ResponseReturnValue:
    """The living page of every component."""
    samples = import_module("coopgov.demo.samples").samples()
    return render_template("demo/components.html", samples=samples)
