"""How Alembic reaches the database: through the application's engine, as a writer."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from coopgov.core.db import WRITES, Base, Instant, db
from coopgov.wiring import HANDLERS  # noqa: F401 - importing it imports every model


def run() -> None:
    """Run the migrations in one transaction where the engine allows it."""
    with db.engine.connect().execution_options(**{WRITES: True, "postgresql_readonly": False}) as connection:
        _configure(connection)
        with context.begin_transaction():
            context.run_migrations()


def _render(kind: str, item: object, _context: object) -> str | bool:
    # A migration must not change when our own types do.
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def _configure(connection: Connection) -> None:
    options = current_app.extensions["migrate"].configure_args
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        **{"render_as_batch": True, "compare_type": True, "render_item": _render, **options},
    )


run()
