"""A site of its own for voting (C. com. R225-61, R223-20-1): another host name, another cookie, nothing but votes."""

from typing import Any, Final

from flask import Flask, Response, abort, current_app, has_request_context, redirect, request, url_for
from flask.globals import request_ctx
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue

from coopgov.config import Config
from coopgov.web.signing import KeptSigner

# Where one votes: elsewhere these pages send on to the voting site.
VOTES: Final = frozenset({
    "vote.door", "vote.enter", "assemblies.vote", "assemblies.cast_vote", "assemblies.correct_vote",
})  # fmt: skip
_DOORS: Final = frozenset({"vote.door", "vote.enter"})
# What is answered there too: one's receipts, how secret a vote is, how to count it again, the language, the way out.
BESIDE: Final = frozenset({
    "assemblies.receipts", "ballots.show", "ballots.archive", "ballots.foreign", "ballots.recount",
    "ballots.recount_program", "home.set_language", "accounts.sign_out", "static",
})  # fmt: skip


class HostSessions(SecureCookieSessionInterface):
    """Cookies of sessions: that of the voting site has a name of its own, and neither host reads the other's."""

    def __init__(self) -> None:
        self._signers: dict[object, KeptSigner | None] = {}

    def get_signing_serializer(self, app: Flask) -> KeptSigner | None:
        """What signs the cookie, made once for a secret: every request asks for it."""
        if app.secret_key not in self._signers:
            self._signers[app.secret_key] = self._signer(app)
        return self._signers[app.secret_key]

    def _signer(self, app: Flask) -> KeptSigner | None:
        made = super().get_signing_serializer(app)
        if made is None:
            return None
        told: Any = {"serializer": made.serializer, "signer_kwargs": made.signer_kwargs}
        return KeptSigner(made.secret_keys, salt=made.salt, **told)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """What hardly any page changes is not told again; that it was looked at is."""
        if not session or session.modified or "Vary" in response.headers:
            super().save_session(app, session, response)
        elif session.accessed:
            response.headers.add("Vary", "Cookie")

    def get_cookie_name(self, app: Flask) -> str:
        """The name of the cookie for the host that is asked."""
        name = super().get_cookie_name(app)
        return f"{name}-vote" if app.extensions["coopgov.config"].vote_host and on_vote_site() else name


def register_vote_site(app: Flask) -> None:
    """Keep the voting site and the rest apart."""
    app.session_interface = HostSessions()
    app.before_request(_keep_apart)
    app.jinja_env.globals.update(on_vote_site=on_vote_site, has_vote_site=has_vote_site)


def has_vote_site() -> bool:
    """Whether votes have a site of their own."""
    return bool(_config().vote_host)


def on_vote_site() -> bool:
    """Whether this request came to the voting site."""
    if not has_request_context():
        return False
    return has_vote_site() and request.host.rsplit(":", 1)[0] == _config().vote_host


def _keep_apart() -> ResponseReturnValue | None:
    if not has_vote_site():
        if request_ctx.request.endpoint in _DOORS:
            abort(404)
        return None
    if on_vote_site():
        return _answer_on_site()
    if request.endpoint in VOTES:
        # What was sent here is not taken along: she sees the page there, and sends it again.
        return redirect(_config().vote_url + request.path.removesuffix("/correct"), 303)
    return None


def _answer_on_site() -> ResponseReturnValue | None:
    if request.endpoint == "home.index":
        return redirect(url_for("vote.door"), 303)
    if request.endpoint not in VOTES | BESIDE:
        abort(404)
    return None


def _config() -> Config:
    found = current_app.extensions["coopgov.config"]
    assert isinstance(found, Config)  # noqa: S101 - narrows Flask's untyped extensions
    return found
