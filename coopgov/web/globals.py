"""What every template may use without being handed it."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask, current_app, has_request_context, request, url_for

from coopgov.core.i18n import N_
from coopgov.core.policy import Permission
from coopgov.web.guard import current_actor
from coopgov.web.languages import gettext, language_in_force
from coopgov.web.vote_site import on_vote_site

# More addresses than we have: whoever may name the root of the site must not make this grow for ever.
MOST_KNOWN = 4096


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the main navigation."""

    label: str
    url: str
    active: bool
    icon: str


# (label, endpoint, permission, icon), in the order shown.
NAVIGATION: tuple[tuple[str, str, Permission, str], ...] = (
    (N_("Home"), "home.index", Permission.HOME_SEE, "home"),
    (N_("Proposals"), "proposals.index", Permission.PROPOSALS_SEE, "lightbulb"),
    (N_("Assemblies"), "assemblies.index", Permission.ASSEMBLIES_SEE, "people"),
    (N_("Fees"), "terms.show", Permission.TERMS_SEE, "tag"),
    (N_("Members"), "members.index", Permission.MEMBERS_LIST, "person"),
    (N_("Shares"), "shares.index", Permission.SHARES_SEE, "coin"),
    (N_("My shares"), "shares.mine", Permission.SHARES_OWN, "coin"),
    (N_("Minutes"), "minutes.index", Permission.MINUTES_SEE, "book"),
    (N_("Statutes"), "statutes.show", Permission.STATUTES_SEE, "scale"),
    (N_("Compliance"), "compliance.index", Permission.COMPLIANCE_SEE, "check"),
    (N_("Registers"), "registers.index", Permission.REGISTERS_SEE, "register"),
    (N_("Integrity"), "registers.integrity", Permission.REGISTERS_SEE, "shield"),
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
    name, value = next(iter(values.items()), ("", None))
    is_known = type(value) is UUID if len(values) == 1 else not values
    if not is_known or endpoint.startswith(".") or not has_request_context():
        return url_for(endpoint, **values)
    before, after = _around(request.root_path, endpoint, name)
    return f"{before}{value}{after}" if values else before


@lru_cache(MOST_KNOWN)
def _around(_root: str, endpoint: str, name: str) -> tuple[str, str]:
    somebody: dict[str, Any] = {name: SOMEBODY} if name else {}
    before, _somebody, after = url_for(endpoint, **somebody).partition(str(SOMEBODY))
    return before, after


def nav_items() -> list[NavItem]:
    """The entries the actor's offices of the day open."""
    actor = current_actor()
    if on_vote_site():
        return []
    return [
        NavItem(gettext(label), address_of(endpoint), _is_active(endpoint), icon)
        for label, endpoint, permission, icon in NAVIGATION
        if actor.is_signed_in and actor.may(permission) and endpoint in current_app.view_functions
    ]


def _asset(folder: str, path: str) -> str:
    """The address of a static file, changing with its content so that it may be cached for a year."""
    return _address(folder, request.root_path, path)


@lru_cache(MOST_KNOWN)
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
