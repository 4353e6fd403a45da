"""The shared world of the tests: each service and web test runs on SQLite and on PostgreSQL."""

import gc
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import NullPool, create_engine, text

from coopgov.config import Config
from coopgov.core.act import Act, Runtime, open_act
from coopgov.core.db import WRITES, Base, db
from coopgov.core.policy import SYSTEM, Actor
from tests.postgres import serve_postgres

# Nothing that is loaded before the first test is garbage: looking through it again and again takes a fifth of a short run.
gc.disable()
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ENGINES = ("sqlite", "postgresql")


def pytest_collection_finish() -> None:
    """Look for garbage again, but no more among what was loaded."""
    gc.freeze()
    gc.enable()


@dataclass
class TestClock:
    """A clock that moves only when a test moves it."""

    __test__ = False
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        """Move on by so many days, hours…"""
        self.now += timedelta(**span)
        return self.now


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of our own for this test process; gives its address."""
    with serve_postgres() as address:
        yield address


def make_config(folder: Path, url: str, *, demo: bool = False) -> Config:
    """The settings tests run with."""
    return Config(
        database_url=url,
        data_dir=folder,
        secret_key="a secret for tests only, long enough",
        demo=demo,
        base_url="http://localhost:8000",
        hosts=("localhost", "127.0.0.1"),
        bind="127.0.0.1:0",
        mail_url="mailbox:",
        mail_from="coop@example.org",
        web_workers=1,
        web_threads=4,
    )


class Browser(FlaskClient):
    """A client whose requests have a context of their own each, as on a real server."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request; what the test has read so far must not hold up a writer."""
        db.session.rollback()
        with self.application.app_context():
            return super().open(*args, **kwargs)


@dataclass
class Engine:
    """One database engine under test: how to begin again with empty tables."""

    url: str
    refresh: Callable[[], None]


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[str], Engine]:
    """Make each engine once, on first use."""
    made: dict[str, Engine] = {}

    def engine(kind: str) -> Engine:
        if kind not in made:
            maker = _sqlite if kind == "sqlite" else _postgresql
            made[kind] = maker(tmp_path_factory, request)
        return made[kind]

    return engine


def _sqlite(tmp: pytest.TempPathFactory, _request: pytest.FixtureRequest) -> Engine:
    folder = tmp.mktemp("sqlite")
    template, used = folder / "template.sqlite3", folder / "used.sqlite3"
    _create_tables(f"sqlite:///{template}")
    return Engine(f"sqlite:///{used}", lambda: shutil.copyfile(template, used) and None)


def _postgresql(_tmp: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Engine:
    address = request.getfixturevalue("postgres_server")
    admin = create_engine(address.format(name="postgres"), isolation_level="AUTOCOMMIT")

    def execute(statement: str) -> None:
        with admin.connect() as connection:
            connection.execute(text(statement))

    execute("CREATE DATABASE template_coopgov")
    _create_tables(address.format(name="template_coopgov"))

    def recreate() -> None:
        execute("DROP DATABASE IF EXISTS used WITH (FORCE)")
        execute("CREATE DATABASE used TEMPLATE template_coopgov")

    recreate()
    inside = create_engine(address.format(name="used"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    guards = _guards(inside)

    def refresh() -> None:
        # Emptying takes a hundredth of the time of a copy; a test that took a guard away gets a copy.
        if _guards(inside) != guards:
            recreate()
            return
        with inside.connect() as connection:
            connection.exec_driver_sql(EMPTY_ALL)

    request.addfinalizer(admin.dispose)
    return Engine(address.format(name="used"), refresh)


EMPTY_ALL = """
SET session_replication_role = replica;
DO $$ DECLARE name regclass; BEGIN
  FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
    EXECUTE 'DELETE FROM ' || name;
  END LOOP;
END $$;
"""


def _guards(engine: SqlEngine) -> Sequence[Any]:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT tgrelid, tgname, tgenabled, tgfoid FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
        )
        return found.all()


def _create_tables(url: str) -> None:
    import coopgov.wiring  # noqa: F401, PLC0415 - it knows every table; the tests of pure rules do without it

    engine = create_engine(url)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        Base.metadata.create_all(connection)
    engine.dispose()


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory, engines: Callable[[str], Engine]) -> Callable[[str], Flask]:
    """One application per engine for the whole session; its tables are refreshed for each test."""
    from coopgov.app import create_app  # noqa: PLC0415 - half the time of a run of pure rules

    made: dict[str, Flask] = {}

    def app(kind: str) -> Flask:
        if kind not in made:
            made[kind] = create_app(make_config(tmp_path_factory.mktemp("data"), engines(kind).url))
            made[kind].config.update(TESTING=True, WTF_CSRF_ENABLED=False)
            made[kind].test_client_class = Browser
        return made[kind]

    return app


@pytest.fixture
def clock() -> TestClock:
    """The clock of the test: 24 November 2026, 10:00 in Paris."""
    return TestClock()


@pytest.fixture(params=ENGINES)
def app(
    request: pytest.FixtureRequest,
    apps: Callable[[str], Flask],
    engines: Callable[[str], Engine],
    clock: TestClock,
) -> Iterator[Flask]:
    """The real application on an empty database, once per engine."""
    made = apps(request.param)
    engines(request.param).refresh()
    made.extensions["coopgov.runtime"] = replace(made.extensions["coopgov.runtime"], clock=clock)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Any:
    """A reading session."""
    return db.session()


ActMaker = Callable[..., AbstractContextManager[Act]]


@pytest.fixture
def act(app: Flask) -> ActMaker:
    """Open an act: `with act() as a:` as the system, `with act(actor) as a:` as somebody."""

    @contextmanager
    def make(actor: Actor = SYSTEM) -> Iterator[Act]:
        runtime = app.extensions["coopgov.runtime"]
        assert isinstance(runtime, Runtime)
        with open_act(runtime, actor) as opened:
            yield opened

    return make


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without pictures, signed out."""
    return app.test_client()
