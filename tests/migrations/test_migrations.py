"""The migrations make exactly the tables, indexes and triggers of the models, on both engines, up and down."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import Connection, create_engine, inspect, text

from coopgov.app import create_app
from coopgov.config import ROOT
from coopgov.core.act import open_act
from coopgov.core.db import WRITES, Base, db
from coopgov.core.policy import SYSTEM
from coopgov.members import service as members
from coopgov.members.rules import Category, NewMember, PartyKind, Person
from coopgov.migrating import MIGRATIONS, upgrade, wanted_version
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from tests.conftest import ENGINES, make_config

SINCE = date(2024, 1, 1)


@pytest.fixture(params=ENGINES)
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        address = request.getfixturevalue("postgres_server")
        _recreate(address, "migrated")
        url = address.format(name="migrated")
    made = create_app(make_config(tmp_path, url))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def _recreate(address: str, name: str) -> None:
    admin = create_engine(address.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()


def _is_elsewhere(difference, connection):
    """Whether it is a constraint that only the other engine has (`ddl_if`)."""
    rules = {
        constraint.name: constraint._ddl_if.dialect
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if constraint._ddl_if is not None
    }
    only = rules.get(difference[1].name) if difference[0] == "add_fk" else None
    return only is not None and only != connection.dialect.name


def test_the_migrations_make_the_models(empty_app):
    assert upgrade() is True
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [other for other in compare_metadata(context, Base.metadata) if not _is_elsewhere(other, connection)]
        assert found == []
    assert upgrade() is False


def test_the_migrations_write_the_triggers_of_the_models(empty_app):
    upgrade()
    migrated = _triggers()
    _drop_everything()
    with _writing() as connection:
        Base.metadata.create_all(connection)
    assert migrated == _triggers()
    assert migrated


def _triggers() -> dict[str, str]:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        else:
            rows = connection.execute(
                text(
                    "SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
                    "UNION ALL SELECT proname, concat(prosrc, proconfig) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                )
            ).all()
        return {name: re.sub(r"\s+", " ", body) for name, body in rows}


@contextmanager
def _writing() -> Iterator[Connection]:
    options = {WRITES: True, "postgresql_readonly": False}
    with db.engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _drop_everything() -> None:
    with _writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
            return
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'DROP TABLE "{table}"')


def test_a_migration_can_be_undone_and_done_again(empty_app):
    upgrade()
    downgrade(directory=str(MIGRATIONS), revision="base")
    with db.engine.connect() as connection:
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}
    assert left == set()
    assert upgrade() is True


def test_members_are_found_by_the_same_words_after_a_migration_undone_and_done_again(empty_app):
    upgrade()
    with open_act(empty_app.extensions["coopgov.runtime"], SYSTEM) as act:
        statutes.adopt_statutes(act, text=ready_set("scop-sarl"), in_force_from=SINCE, decision="constitution")
        people = [Person(PartyKind.PERSON, name, "Zoé") for name in ("Le Goff", "Dubois")]
        members.enrol_many(act, [NewMember(person, SINCE, Category.EMPLOYED) for person in people])
    before = _words()
    assert ("goff", "le goff zoe", 1, ["1", "goff", "le", "zoe"]) in before
    downgrade(directory=str(MIGRATIONS), revision="0008")
    upgrade()
    assert _words() == before


def _words() -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT word, sort_name, number, words FROM member_word"))
        return sorted((word, name, number, sorted(words.split())) for word, name, number, words in rows)


def test_head_is_the_newest_and_the_only_one():
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [wanted_version()]


def test_migrations_never_import_models():
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert not re.search(r"import.*models|from coopgov\.\w+\.models", path.read_text()), path.name
