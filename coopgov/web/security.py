"""Headers on every answer: nothing from another host, nothing inline, nothing cached in private."""

from http import HTTPStatus

from flask import Flask, Response, abort, current_app, request

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


def register_security(app: Flask) -> None:
    """Put the headers on every answer and refuse hosts and origins that are not ours."""
    app.before_request(_refuse_other_hosts)
    app.before_request(_refuse_other_origins)
    app.after_request(_add_headers)


def _refuse_other_hosts() -> None:
    config = current_app.extensions["coopgov.config"]
    if request.host.rsplit(":", 1)[0] not in config.hosts:
        abort(400)


def _refuse_other_origins() -> None:
    # A second wall beside the CSRF token: browsers say where a form was sent from.
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403)


def _add_headers(response: Response) -> Response:
    told = {name.lower() for name, _value in response.headers}
    response.headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in told])
    # Behind a proxy the request may look plain; browsers pay no heed to this header on a plain connection.
    if request.is_secure or current_app.extensions["coopgov.config"].secure_cookies:
        response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    if request.endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST:
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
