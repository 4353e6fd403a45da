"""What every template may use without being handed it."""

import hashlib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import lazy_gettext as _l

from coopgov.core.policy import Permission
from coopgov.web.guard import current_actor
from coopgov.web.languages import gettext, language_in_force
from coopgov.web.vote_site import on_vote_site


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the main navigation."""

    label: str
    url: str
    active: bool
    icon: str


# (label, endpoint, permission, icon), in the order shown.
NAVIGATION: tuple[tuple[Any, str, Permission, str], ...] = (
    (_l("Home"), "home.index", Permission.HOME_SEE, "home"),
    (_l("Proposals"), "proposals.index", Permission.PROPOSALS_SEE, "lightbulb"),
    (_l("Assemblies"), "assemblies.index", Permission.ASSEMBLIES_SEE, "people"),
    (_l("Fees"), "terms.show", Permission.TERMS_SEE, "tag"),
    (_l("Members"), "members.index", Permission.MEMBERS_LIST, "person"),
    (_l("Shares"), "shares.index", Permission.SHARES_SEE, "coin"),
    (_l("My shares"), "shares.mine", Permission.SHARES_OWN, "coin"),
    (_l("Minutes"), "minutes.index", Permission.MINUTES_SEE, "book"),
    (_l("Statutes"), "statutes.show", Permission.STATUTES_SEE, "scale"),
    (_l("Compliance"), "compliance.index", Permission.COMPLIANCE_SEE, "check"),
    (_l("Registers"), "registers.index", Permission.REGISTERS_SEE, "register"),
    (_l("Integrity"), "registers.integrity", Permission.REGISTERS_SEE, "shield"),
)


# Blueprints with several entries: only the page itself is marked as the one where one is.
SEVERAL = frozenset({"registers", "shares"})
SOMEBODY = UUID(int=2017)


def register_globals(app: Flask) -> None:
    """Give templates the navigation, the actor, the demonstration bar and hashed asset addresses."""
    asset = partial(_asset, str(app.static_folder))
    app.jinja_env.globals.update(asset=asset, nav_items=nav_items, Permission=Permission, _=gettext, url_for=address_of)
    app.context_processor(_context)


def address_of(endpoint: str, **values: Any) -> str:
    """What `url_for` gives; the addresses of a list's lines differ by an identifier, and the rest is asked for once."""
    if len(values) == 1 and has_request_context():
        [(name, value)] = values.items()
        if type(value) is UUID and not endpoint.startswith("."):
            before, after = _around(request.script_root, endpoint, name)
            return f"{before}{value}{after}"
    return url_for(endpoint, **values)


@cache
def _around(_root: str, endpoint: str, name: str) -> tuple[str, str]:
    somebody: dict[str, Any] = {name: SOMEBODY}
    before, _somebody, after = url_for(endpoint, **somebody).partition(str(SOMEBODY))
    return before, after


def nav_items() -> list[NavItem]:
    """The entries the actor's offices of the day open."""
    actor = current_actor()
    if on_vote_site():
        return []
    return [
        NavItem(str(label), url_for(endpoint), _is_active(endpoint), icon)
        for label, endpoint, permission, icon in NAVIGATION
        if actor.is_signed_in and actor.may(permission) and endpoint in current_app.view_functions
    ]


def _asset(folder: str, path: str) -> str:
    """The address of a static file, changing with its content so that it may be cached for a year."""
    return _address(folder, request.script_root, path)


@cache
def _address(folder: str, _root: str, path: str) -> str:
    version = hashlib.sha256((Path(folder) / path).read_bytes()).hexdigest()[:12]
    return url_for("static", filename=path, v=version)


def _is_active(endpoint: str) -> bool:
    return request.blueprint == endpoint.split(".", 1)[0] and (
        request.blueprint not in SEVERAL or request.endpoint == endpoint
    )


def _context() -> dict[str, Any]:
    extensions = current_app.extensions
    return {
        "current_actor": current_actor(),
        "locale": language_in_force(),
        "cooperative": extensions.get("coopgov.cooperative", lambda: None)(),
        "demo": extensions.get("coopgov.demo", lambda: None)(),
    }
