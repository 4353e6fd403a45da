"""Bring the database to the format of this version."""

from flask import current_app
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
    _apply()
    return True


def _apply() -> None:
    # Most starts find nothing to apply, and Alembic takes a tenth of a second to load.
    import flask_migrate  # noqa: PLC0415 - see above

    if "migrate" not in current_app.extensions:
        flask_migrate.Migrate(current_app, db, directory=str(MIGRATIONS))
    flask_migrate.upgrade(directory=str(MIGRATIONS))
