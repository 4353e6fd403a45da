"""Headers on every answer: nothing from another host, nothing inline, nothing cached in private."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, abort
from flask.globals import request_ctx

from coopgov.web.site import ONE_YEAR

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

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
_ADDED: Final = [(name, name.lower(), value) for name, value in (*HEADERS.items(), ("Cache-Control", "no-store"))]
_SECURE: Final = ("Strict-Transport-Security", f"max-age={ONE_YEAR}; includeSubDomains")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS: Final = frozenset({"same-origin", "none"})


def register_security(app: Flask) -> None:
    """Put the headers on every answer and refuse hosts and origins that are not ours."""
    app.before_request(_refuse_others)
    app.wsgi_app = _Protected(app.wsgi_app, secure=app.extensions["coopgov.config"].secure_cookies)  # type: ignore[method-assign]  # Flask's own way


class _Protected:
    """An application whose answers bear the headers; put on here, they are the plain pairs of the protocol already."""

    def __init__(self, answer: "WSGIApplication", *, secure: bool) -> None:
        self._answer, self._secure = answer, secure

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer as the application does."""

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            told = {name.lower() for name, _value in headers}
            headers += [(name, value) for name, lower, value in _ADDED if lower not in told]
            # Behind a proxy the request may look plain; browsers pay no heed to this header on a plain connection.
            if self._secure or environ["wsgi.url_scheme"] == "https":
                headers.append(_SECURE)
            return start_response(status, headers, *failure)

        return self._answer(environ, start)


def _refuse_others() -> None:
    # Every request comes by: Flask's proxies are asked once.
    request = request_ctx.request
    if request.host.rsplit(":", 1)[0] not in request_ctx.app.extensions["coopgov.config"].hosts:
        abort(400)
    # A second wall beside the CSRF token: browsers say where a form was sent from.
    if request.method not in _SAFE and request.headers.get("Sec-Fetch-Site", "same-origin") not in _OURS:
        abort(403)
