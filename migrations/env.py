"""How Alembic reaches the database: through the application's engine, as a writer."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from coopgov.core.db import REFUSE_REWRITE_FUNCTION, WRITES, Base, db
from coopgov.wiring import HANDLERS  # noqa: F401 - importing it imports every model


def run() -> None:
    """Run the migrations in one transaction where the engine allows it."""
    with db.engine.connect().execution_options(**{WRITES: True, "postgresql_readonly": False}) as connection:
        _configure(connection)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(REFUSE_REWRITE_FUNCTION)
            context.run_migrations()


def _configure(connection: Connection) -> None:
    options = current_app.extensions["migrate"].configure_args
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        **{"render_as_batch": True, "compare_type": True, **options},
    )


run()
