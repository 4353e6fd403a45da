"""Builds and registers; decides nothing."""

from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from coopgov.config import ROOT, Config, read_config
from coopgov.core import clock
from coopgov.core.act import Runtime
from coopgov.core.db import db
from coopgov.web import filters, guard, numbers, problems, security, vote_site
from coopgov.web.csrf import Csrf
from coopgov.web.languages import Languages, language
from coopgov.web.site import Site
from coopgov.web.templating import Environment

csrf = Csrf()


def create_app(config: Config | None = None) -> Flask:
    """Make the application for these settings (from the environment when none are given)."""
    config = config or read_config()
    app = Site("coopgov", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "coopgov" / "static"))
    app.jinja_environment = Environment
    app.config.update(_flask_settings(config))
    if config.proxies:
        # Only the addresses that our own proxies wrote are believed, and never the host they tell.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=0)  # type: ignore[method-assign]  # Flask's own way
    app.extensions["coopgov.config"] = config
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    csrf.init_app(app)
    Languages(app, locale_selector=language, default_translation_directories=str(ROOT / "coopgov" / "translations"))
    _register(app)
    return app


def _register(app: Flask) -> None:
    from coopgov import wiring  # noqa: PLC0415 - features load with the first application made, not with its factory

    app.extensions["coopgov.runtime"] = Runtime(wiring.HANDLERS, wiring.rulebook, clock.now)
    numbers.register_numbers(app)
    security.register_security(app)
    vote_site.register_vote_site(app)
    app.before_request(guard.deny_unguarded)
    problems.register_problems(app)
    filters.register_filters(app)
    for blueprint in wiring.BLUEPRINTS:
        app.register_blueprint(blueprint)
    wiring.register_features(app)


def _flask_settings(config: Config) -> dict[str, Any]:
    return {
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(config),
        "SESSION_COOKIE_NAME": "__Host-coopgov" if config.secure_cookies else "coopgov",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # The table of sessions decides how long one lasts, from its beginning: a newer cookie would add nothing.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "fr",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
    }


def _engine_options(config: Config) -> dict[str, Any]:
    # A failing statement must never write people's values into a log.
    if config.is_sqlite:
        return {"hide_parameters": True, "connect_args": {"timeout": 30}, "pool_size": 16, "max_overflow": 16}
    return {
        "hide_parameters": True,
        "pool_size": config.web_threads,
        "execution_options": {"postgresql_readonly": True},
    }
