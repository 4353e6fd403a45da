"""Every error as a sentence for a person, or as problem+json for a program."""

import secrets
from http import HTTPStatus

from flask import Flask, current_app, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from coopgov.core.errors import Breach, Forbidden, NotFound, RuleBroken
from coopgov.web.filters import sentence
from coopgov.web.guard import for_a_program


def register_problems(app: Flask) -> None:
    """Answer every failure in the form its asker reads."""
    app.register_error_handler(RuleBroken, _refused)
    app.register_error_handler(NotFound, lambda _error: _answer(404))
    app.register_error_handler(Forbidden, lambda _error: _answer(403))
    app.register_error_handler(CSRFError, lambda _error: _answer(400, key="expired"))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crashed)


def breach_as_json(breach: Breach) -> dict[str, object]:
    """One refusal, for a program."""
    return {
        "code": breach.code,
        "detail": sentence(breach),
        "field": breach.field,
        "citations": [{"text": citation.text, "url": citation.url} for citation in breach.citations],
    }


def _refused(error: RuleBroken) -> ResponseReturnValue:
    if for_a_program():
        return _problem(422, breaches=[breach_as_json(breach) for breach in error.breaches])
    return render_template("errors/refused.html", breaches=error.breaches), 422


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None:
        return error
    answer = make_response(_answer(error.code))
    # What the protocol asks to be told: Allow with 405, Retry-After with 429.
    answer.headers.extend([(name, value) for name, value in error.get_headers() if name != "Content-Type"])
    return answer


def _crashed(error: Exception) -> ResponseReturnValue:
    if current_app.testing or current_app.debug:
        raise error
    reference = secrets.token_hex(4)
    # The kind and place of the failure, never its values: they may be personal data.
    current_app.logger.error("failure %s: %s at %s", reference, type(error).__name__, _place(error))
    return _answer(500, reference=reference)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"


def _answer(status: int, *, key: str = "", reference: str = "") -> ResponseReturnValue:
    if for_a_program():
        return _problem(status, **({"reference": reference} if reference else {}))
    title, words = _words(key or str(status))
    told = {"title": title, "text": words, "status": status, "reference": reference}
    try:
        return render_template("errors/error.html", **told), status
    except Exception:
        # The site's page asks the database who is reading; it may be the database that broke.
        return current_app.jinja_env.get_template("errors/bare.html").render(told, locale=str(get_locale())), status


def _problem(status: int, **more: object) -> ResponseReturnValue:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, **more}
    response = jsonify(body)
    response.content_type = "application/problem+json"
    return response, status


def _words(key: str) -> tuple[str, str]:
    return {
        "400": (_("This request is not understood"), _("Go back, check what you sent and try again.")),
        "401": (_("Please sign in"), _("This page is for people who are signed in. Sign in and try again.")),
        "403": (_("This is not open to you"), _("Your offices of today do not allow this. Ask the secretary if you think they should.")),
        "404": (_("There is nothing here"), _("The address is wrong, or what it named is not for you to see.")),
        "405": (_("This cannot be done here"), _("Go back and use the button of the page.")),
        "413": (_("This file is too large"), _("Send a file of at most 16 MB.")),
        "429": (_("Too many tries"), _("Wait a few minutes, then try again.")),
        "expired": (_("This form was open for too long"), _("Nothing was sent. Go back, reload the page and send it again.")),
        "500": (_("Something broke on our side"), _("Nothing was changed. Try again; if it goes on, tell the administrator the reference below.")),
    }.get(key, (_("This cannot be done"), _("Go back and try again.")))  # fmt: skip
