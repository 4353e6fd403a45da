"""The first page, and the choice of language."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from coopgov.core.policy import ANONYMOUS
from coopgov.home import queries
from coopgov.web.acts import now, reading, today
from coopgov.web.guard import current_actor, public
from coopgov.web.languages import LANGUAGES
from coopgov.web.redirects import inside

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """What waits for me; for a stranger, what this is and how to come in."""
    actor = current_actor()
    if not actor.is_signed_in:
        return render_template("home/welcome.html", glance=queries.glance(reading(), ANONYMOUS, today()))
    return render_template(
        "home/index.html",
        waiting=queries.waiting_for(reading(), actor, now()),
        glance=queries.glance(reading(), actor, today()),
    )


@bp.post("/language")
@public
def set_language() -> ResponseReturnValue:
    """Keep the language chosen, and go back to the page it was chosen on."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(inside(request.form.get("next", ""), url_for(".index")), 303)
