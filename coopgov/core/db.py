"""The two engines, their settings, and what models are made of."""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DDL, Connection, DateTime, Dialect, Engine, Enum, MetaData, Table, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction
from sqlalchemy.pool import Pool
from sqlalchemy.types import TypeDecorator

# Batch migrations on SQLite can only change a constraint that has a name.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# The first SQLite whose write-ahead log is free of the reset race (release notes of 3.51.3, 13 March 2026).
FIRST_SAFE_WAL = (3, 51, 3)
BUSY_TIMEOUT_MS = 30_000
MAPPED_BYTES = 1 << 30
WRITES = "coopgov_writes"
_KEYS = "coopgov_keys"
_USED = "coopgov_used"
# A connection that lay for so long may have lost its server.
PAUSE_SECONDS = 2
WAIT = "SELECT pg_advisory_xact_lock($1)"
_WAIT = WAIT.replace("$1", "%s")


class Base(DeclarativeBase):
    """The metadata that every table belongs to."""

    metadata = MetaData(naming_convention=NAMING)


# A reader must never write: sessions begin read-only and only an Act opens one for writing.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False}, disable_autonaming=True)

if TYPE_CHECKING:

    class Model(Base):
        """A mapped table; the type checker sees the plain declarative base."""

        __abstract__ = True
else:
    Model = db.Model


class Instant(TypeDecorator[datetime]):
    """A UTC instant: SQLite gives back naive values, so both directions are normalised here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What a value is in Python."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds an enum's value as plain text and gives the enum back."""
    return Enum(kind, native_enum=False, length=40, values_callable=lambda members: [m.value for m in members])


def table_of(model: Any) -> Table:
    """The table of a model: its rows cost a third of what objects do, where there are many."""
    table: Table = model.__table__
    return table


def append_only(table: Any, *, verbs: tuple[str, ...] = ("UPDATE", "DELETE")) -> None:
    """Let the database itself refuse to rewrite a table's rows, on both engines."""
    assert isinstance(table, Table)  # noqa: S101 - narrows declarative's FromClause
    table.info["append_only"] = verbs
    for verb in verbs:
        for dialect, statement in append_only_ddl(table.name, verb).items():
            event.listen(table, "after_create", _for_dialect(statement, dialect))


def append_only_ddl(table: str, verb: str) -> dict[str, str]:
    """The trigger that refuses one verb on one table, by dialect; migrations write the same text."""
    name, refusal = f"{table}_no_{verb.lower().replace(' ', '_')}", f"{table} is append-only"
    return {
        "sqlite": f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        "postgresql": f"CREATE TRIGGER {name} BEFORE {verb}{' OR TRUNCATE' if verb == 'DELETE' else ''} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()",
    }


REFUSE_REWRITE_FUNCTION = (
    "CREATE OR REPLACE FUNCTION coopgov_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
)


def _for_dialect(statement: str, dialect: str) -> Any:
    ddl: Any = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy 2.1 leaves it untyped
    return ddl.execute_if(dialect=dialect)


event.listen(Base.metadata, "before_create", _for_dialect(REFUSE_REWRITE_FUNCTION, "postgresql"))


def sqlite_may_use_wal() -> bool:
    """True when the SQLite library is new enough for its write-ahead log to be safe."""
    return sqlite3.sqlite_version_info >= FIRST_SAFE_WAL


@event.listens_for(Engine, "connect")
def _set_up_connection(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _pragmas():
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    elif type(connection).__module__.partition(".")[0] == "psycopg":
        # What we read through a cursor we read to its end: a plan for the first rows alone took 20 times as long.
        connection.autocommit = True
        connection.execute("SET cursor_tuple_fraction = 1")
        connection.autocommit = False
        # At a rollback the driver drops whatever is prepared once it has prepared anything, and ours with it.
        connection.prepare_threshold = None


@event.listens_for(Pool, "checkin")
def _note_use(_connection: Any, record: Any) -> None:
    record.info[_USED] = monotonic()


@event.listens_for(Pool, "checkout")
def _look_after_a_pause(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask PostgreSQL whether it is there still, unless it just was: asked each time, it costs as much as a query."""
    used = record.info.get(_USED)
    if used is None or monotonic() - used < PAUSE_SECONDS or isinstance(connection, sqlite3.Connection):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error


def _pragmas() -> list[str]:
    journal = "WAL" if sqlite_may_use_wal() else "DELETE"
    return [
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        f"journal_mode={journal}",
        "synchronous=FULL",
        "secure_delete=ON",
        # Without it, INSERT OR REPLACE removes a row behind the back of the triggers that refuse deletion.
        "recursive_triggers=ON",
        # A large file is read where the system keeps it: a connection holds 2 MB of its own, and would copy the rest.
        f"mmap_size={MAPPED_BYTES}",
    ]


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = bool(connection.get_execution_options().get(WRITES))
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def for_writing(session: Session) -> Connection:
    """Begin the session's transaction as a writer; SQLite takes its write lock at once."""
    session.rollback()
    connection = session.connection(execution_options={WRITES: True, "postgresql_readonly": False})
    session.info[WRITES] = True
    return connection


def one_at_a_time(session: Session, key: int) -> None:
    """Wait until no other act holds this key, and hold it to the commit; once more is free.

    On SQLite an act already holds the only write lock; PostgreSQL gets an advisory lock.
    """
    if is_held(session, key):
        return
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(_WAIT, (key,))
        hold_key(session, key)


def is_held(session: Session, key: int) -> bool:
    """Whether this act holds the key; one taken within a savepoint is lost when that is undone."""
    held: dict[int, SessionTransaction | None] = session.info.get(_KEYS, {})
    here = session.get_nested_transaction() or session.get_transaction()
    return held.get(key) is not None and _goes_on(held[key], here)


def hold_key(session: Session, key: int) -> None:
    """Remember that this act holds the key, as long as its present transaction goes on."""
    held: dict[int, SessionTransaction | None] = session.info.setdefault(_KEYS, {})
    held[key] = session.get_nested_transaction() or session.get_transaction()


def _goes_on(taken: SessionTransaction | None, here: SessionTransaction | None) -> bool:
    while here is not None and here is not taken:
        here = here.parent
    return here is not None


class FairLock:
    """A lock that serves in order of arrival: the same rate, a fraction of the tail."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, hold it, pass it on."""
        self._wait()
        try:
            yield
        finally:
            self._pass_on()

    def _wait(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


_sqlite_writer = FairLock()


@contextmanager
def writers_turn(dialect: str) -> Iterator[None]:
    """Queue the writers of this process on SQLite; PostgreSQL needs no queue."""
    if dialect != "sqlite":
        yield
        return
    with _sqlite_writer.turn():
        yield
