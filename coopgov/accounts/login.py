"""Flask-Login over our own table: the cookie holds a random token, each request looks it up."""

from datetime import timedelta
from uuid import UUID

from flask import Flask, current_app, session
from flask_babel import gettext
from flask_login import LoginManager, current_user, login_user, logout_user

from coopgov.accounts import queries, service
from coopgov.accounts.passwords import Passwords
from coopgov.accounts.queries import SessionRow, Signed
from coopgov.accounts.rules import MEMBER_SESSION, ROLE_LABELS, How
from coopgov.core.act import Act
from coopgov.core.policy import Actor, Role
from coopgov.web.acts import now, reading
from coopgov.web.vote_site import on_vote_site

PASSWORDS = "coopgov.passwords"
# Where Flask-Login keeps the token.
_SESSION_KEY = "_user_id"


class SignedIn:
    """The person a session stands for, in the form Flask-Login asks for."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, token: str, signed: Signed) -> None:
        self.token = token
        self.actor: Actor = signed.actor
        self.session: SessionRow = signed.session

    def get_id(self) -> str:
        """The session's token: random, one per sign-in, worthless once ended in the table."""
        return self.token


def init_login(app: Flask) -> None:
    """Let Flask-Login ask the table of sessions."""
    # The table decides; a fingerprint of the browser would sign out phones that change network.
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(_load)
    # All that its `init_app` adds is a look, after each request, for a second cookie that remembers: there is none.
    app.login_manager = manager  # type: ignore[attr-defined]  # where Flask-Login looks for it
    app.config["PERMANENT_SESSION_LIFETIME"] = MEMBER_SESSION + timedelta(days=1)
    app.extensions.setdefault(PASSWORDS, Passwords())
    app.jinja_env.filters["role"] = role_label


def passwords() -> Passwords:
    """How this application hashes passwords."""
    found = current_app.extensions[PASSWORDS]
    assert isinstance(found, Passwords)  # noqa: S101 - narrows Flask's untyped extensions
    return found


def signed_in() -> SignedIn | None:
    """The person of this request with her session, or None."""
    user = current_user._get_current_object() if current_user else None  # noqa: SLF001 - Werkzeug's own way to unwrap
    return user if isinstance(user, SignedIn) else None


def own_session() -> SignedIn:
    """The person of this request, for views that require a permission."""
    found = signed_in()
    assert found is not None  # noqa: S101 - the guard let this request through
    return found


def leave(act: Act) -> None:
    """End the session this browser comes with, if it has one."""
    found = signed_in()
    if found is not None:
        service.sign_out(act, token=found.token)


def enter(token: str) -> None:
    """Begin a new Flask session for this token: nothing of the old one is carried over but the language."""
    forget()
    signed = queries.find_signed(reading(), token, now())
    if signed is not None:
        session.permanent = True
        login_user(SignedIn(token, signed))


def forget() -> None:
    """Empty the browser's session, but for the language."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language


def role_label(role: Role) -> str:
    """An office in the language of the page."""
    return str(gettext(ROLE_LABELS[role]))


def _load(token: str) -> SignedIn | None:
    signed = queries.find_signed(reading(), token, now())
    # A code opens the voting site and nothing else; the rest opens all but the voting site.
    if signed is None or (signed.session.how is How.CODE) != on_vote_site():
        return None
    return SignedIn(token, signed)


def token_of_session() -> str | None:
    """The token that this browser comes with, whatever it is worth: for a statement that asks that itself."""
    found = session.get(_SESSION_KEY)
    return found if isinstance(found, str) else None


def current_account_id() -> UUID:
    """The account of this request, for views that require a permission."""
    return own_session().session.account_id
