"""What someone does who has the database itself: change it behind coopgov's back, triggers put aside."""

from sqlalchemy import Connection, inspect, text

from coopgov.core.db import WRITES, db


def by_hand(*changes: str) -> None:
    """Make these changes as the owner of the database would, with no trigger in the way."""
    db.session().rollback()
    options = {WRITES: True, "postgresql_readonly": False}
    with db.engine.connect().execution_options(**options) as connection, connection.begin():
        _put_triggers_aside(connection)
        for change in changes:
            connection.execute(text(change.replace(":", r"\:")))


def _put_triggers_aside(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in inspect(connection).get_table_names():
            connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
        return
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f"DROP TRIGGER {name}"))
