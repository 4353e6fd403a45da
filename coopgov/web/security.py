"""Headers on every answer: nothing from another host, nothing inline, nothing cached in private."""

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, abort
from flask.globals import request_ctx

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
ONE_YEAR = 31_536_000
_ADDED: Final = [(name, name.lower(), value) for name, value in (*HEADERS.items(), ("Cache-Control", "no-store"))]
_SECURE: Final = ("Strict-Transport-Security", f"max-age={ONE_YEAR}; includeSubDomains")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS: Final = frozenset({"same-origin", "none"})


def register_security(app: Flask) -> None:
    """Put the headers on every answer and refuse hosts and origins that are not ours."""
    app.before_request(_refuse_others)
    app.after_request(_add_headers)


def _refuse_others() -> None:
    # Every request comes by: Flask's proxies are asked once.
    request = request_ctx.request
    if request.host.rsplit(":", 1)[0] not in request_ctx.app.extensions["coopgov.config"].hosts:
        abort(400)
    # A second wall beside the CSRF token: browsers say where a form was sent from.
    if request.method not in _SAFE and request.headers.get("Sec-Fetch-Site", "same-origin") not in _OURS:
        abort(403)


def _add_headers(response: Response) -> Response:
    request, headers = request_ctx.request, response.headers
    told = {name.lower() for name, _value in headers}
    added = [(name, value) for name, lower, value in _ADDED if lower not in told]
    # Behind a proxy the request may look plain; browsers pay no heed to this header on a plain connection.
    if request.is_secure or request_ctx.app.extensions["coopgov.config"].secure_cookies:
        added.append(_SECURE)
    headers.extend(added)
    if request.endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST:
        headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    return response
