"""Deny by default: a view without a permission answers nobody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, redirect, request, url_for
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_login import current_user

from coopgov.core.policy import ANONYMOUS, Actor, Permission
from coopgov.web.vote_site import on_vote_site

PUBLIC = "public"
View = TypeVar("View", bound=Callable[..., Any])


def current_actor() -> Actor:
    """Who is asking: the signed-in person with the offices of the day, or nobody."""
    actor = getattr(current_user, "actor", None)
    return actor if isinstance(actor, Actor) else ANONYMOUS


def requires(permission: Permission) -> Callable[[View], View]:
    """Guard a view: sign in first, then hold an office that grants this."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if not actor.is_signed_in:
                return _sign_in_first()
            if not actor.may(permission):
                abort(403)
            return view(*args, **kwargs)

        guarded.guarded_by = permission  # type: ignore[attr-defined]  # read by deny_unguarded and the house test
        return guarded  # type: ignore[return-value]  # wraps keeps the view's signature

    return guard


def public(view: View) -> View:
    """Say that a view answers everybody; written where someone has thought about it."""
    view.guarded_by = PUBLIC  # type: ignore[attr-defined]  # read by deny_unguarded and the house test
    return view


def deny_unguarded() -> None:
    """Refuse any endpoint that says neither a permission nor public."""
    endpoint = request_ctx.request.endpoint
    view = request_ctx.app.view_functions.get(endpoint or "")
    if view is None or endpoint == "static":
        return
    if getattr(view, "guarded_by", None) is None:
        abort(403)


def for_a_program() -> bool:
    """True when the one who asks is a program: it wants JSON, and no page to sign in on."""
    return request.path.startswith("/api/")


def _sign_in_first() -> ResponseReturnValue:
    if for_a_program() or request.method not in {"GET", "HEAD"}:
        abort(401)
    if on_vote_site():
        return redirect(url_for("vote.door"), 303)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
