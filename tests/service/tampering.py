"""What someone does who has the database itself: change it behind coopgov's back, triggers and keys put aside."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, inspect, text

from coopgov.core.db import WRITES, db


def by_hand(*changes: str) -> None:
    """Make these changes as the owner of the database would, with no trigger and no key in the way."""
    db.session().rollback()
    options = {WRITES: True, "postgresql_readonly": False}
    with db.engine.connect().execution_options(**options) as connection, _no_keys(connection), connection.begin():
        _put_triggers_aside(connection)
        for change in changes:
            connection.execute(text(change.replace(":", r"\:")))


@contextmanager
def _no_keys(connection: Connection) -> Iterator[None]:
    """On SQLite, where whoever opens the file says whether keys hold; on PostgreSQL triggers put aside are all."""
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.execute("PRAGMA foreign_keys=OFF")
    yield
    if connection.dialect.name == "sqlite":
        driver.execute("PRAGMA foreign_keys=ON")


def _put_triggers_aside(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in inspect(connection).get_table_names():
            connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
        return
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f"DROP TRIGGER {name}"))
