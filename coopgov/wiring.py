"""Which event is heard by whom: the only upward calls between features."""

import importlib
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from coopgov.core.events import Handlers
from coopgov.core.figures import Figures

_FEATURES = (
    "accounts", "statutes", "members", "shares", "treasury", "ballots", "terms", "proposals",
    "assemblies", "minutes", "registers", "home", "demo",
)  # fmt: skip


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


for _feature in _FEATURES:
    _module(f"coopgov.{_feature}.models")
import coopgov.core.outbox  # noqa: E402
import coopgov.printing.models  # noqa: E402,F401

BLUEPRINTS: list[Blueprint] = []
for _feature in _FEATURES:
    for _file in ("views", "api"):
        _views = _module(f"coopgov.{_feature}.{_file}")
        if _views is not None and hasattr(_views, "bp"):
            BLUEPRINTS.append(_views.bp)

HANDLERS: Handlers = {}


def rulebook_maker() -> Callable[[Session], Figures]:
    loader, queries = _module("coopgov.law.loader"), _module("coopgov.statutes.queries")
    if loader is None or queries is None:
        return lambda _session: None  # type: ignore[return-value]
    law = loader.load_law()
    return lambda session: queries.rulebook(session, law)


def register_features(app: Flask, csrf: CSRFProtect) -> None:
    """Let features set up what is theirs."""
    login = _module("coopgov.accounts.login")
    if login is not None:
        login.init_login(app)
    from coopgov.web.globals import register_globals

    register_globals(app)
