"""Bring the database to the format of this version."""

from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import Migrate
from flask_migrate import upgrade as alembic_upgrade
from sqlalchemy import inspect, text

from coopgov.config import ROOT
from coopgov.core.db import db

MIGRATIONS = ROOT / "migrations"


def wanted_version() -> str:
    """The newest migration of this version, read from the one-line HEAD file."""
    return (MIGRATIONS / "HEAD").read_text().strip()


def present_version() -> str | None:
    """The version the database is at, or None when it is empty."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def upgrade() -> bool:
    """Apply the missing migrations; True when there were some."""
    if present_version() == wanted_version():
        return False
    _bind()
    alembic_upgrade(directory=str(MIGRATIONS))
    return True


def script() -> ScriptDirectory:
    """The migrations as Alembic knows them."""
    return ScriptDirectory(str(MIGRATIONS))


def _bind() -> None:
    if "migrate" not in current_app.extensions:
        Migrate(current_app, db, directory=str(MIGRATIONS))
