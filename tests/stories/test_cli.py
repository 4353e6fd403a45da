"""An operator at a terminal: fills a cooperative, checks it, imports a file, asks what is missing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from coopgov.config import ROOT
from coopgov.core.db import WRITES
from tests.conftest import ENGINES

COLUMNS = "Numéro;Nom;Prénom;E-mail;Catégorie;Date d’admission\n"
STEPS = [
    "est fondée", "sont inscrits au registre", "propose", "est convoquée", "votent à distance", "La séance s'ouvre",
    "adoptée", "rejetée", "Le procès-verbal est approuvé", "Chaque vendeur est prévenu", "Le préavis est écoulé",
    "est contre-passée", "présente sa candidature",
]  # fmt: skip


class Terminal:
    """Runs `coopgov` as an operator does, on one database."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def __call__(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COOPGOV_")}
        environment |= {"COOPGOV_DEMO": "1", "COOPGOV_DATA_DIR": str(self.folder), "COOPGOV_DATABASE_URL": self.url}
        command = [sys.executable, "-m", "coopgov.cli", *words]
        return subprocess.run(
            command, cwd=ROOT, env=environment | settings, capture_output=True, text=True, check=False, timeout=240
        )

    def changes_by_hand(self, statement: str) -> None:
        """Change a byte as the owner of the database could."""
        engine = create_engine(self.url)
        with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            else:
                connection.execute(text("DROP TRIGGER journal_line_no_update"))
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="module", params=ENGINES)
def terminal(request, tmp_path_factory):
    """A terminal on a database of its own, empty at first, that the tests of one engine share in their order."""
    folder = tmp_path_factory.mktemp(f"operator-{request.param}")
    if request.param == "sqlite":
        yield Terminal(folder, f"sqlite:///{folder / 'coopgov.sqlite3'}")
        return
    address = request.getfixturevalue("postgres_server")
    admin = create_engine(address.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE operator"))
    yield Terminal(folder, address.format(name="operator"))
    admin.dispose()


def test_a_year_is_told_step_by_step_and_everything_holds(terminal):
    told = terminal("demo", "--year", "--on", "2026-11-24")
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert [step for step in STEPS if not any(step in line for line in lines)] == []
    days = [re.match(r"(\d\d)/(\d\d)/(\d{4}) · ", line) for line in lines]
    assert all(days)
    assert [day.groups()[::-1] for day in days if day] == sorted(day.groups()[::-1] for day in days if day)


def test_a_database_that_holds_a_cooperative_is_left_alone(terminal):
    refused = terminal("demo")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "rien n'a été changé" in refused.stderr


def test_what_is_sound_is_said_with_the_head_to_keep(terminal):
    sound = terminal("verify")
    assert (sound.returncode, sound.stderr) == (0, "")
    [head] = re.findall(r"--head (\d+:[0-9a-f]{64})", sound.stdout)
    assert terminal("verify", "--head", head).returncode == 0
    assert terminal("verify", "--head", "9" + head).returncode == 1


def test_a_file_is_looked_at_first_then_taken_once(terminal, tmp_path):
    good, bad = tmp_path / "membres.csv", tmp_path / "fautes.csv"
    good.write_text(COLUMNS + "9001;Arnaud;Clémence;clemence@exemple.org;salariée;15/03/2024\n")
    bad.write_text(COLUMNS + "9002;Ben;Bilal;pas une adresse;salarié;30/02/2024\n")
    refused = terminal("import", str(bad), "--for-real")
    assert refused.returncode == 1
    assert all(word in refused.stdout for word in ("Ligne 2", "30/02/2024", "Rien n’a été écrit"))
    looked = terminal("import", str(good))
    assert (looked.returncode, "Nouveaux" in looked.stdout, "Rien n’a été écrit" in looked.stdout) == (0, True, True)
    assert "Importé." in terminal("import", str(good), "--for-real").stdout
    again = terminal("import", str(good), "--for-real")
    assert (again.returncode, "Nouveaux\u00a0: 0" in again.stdout) == (0, True)


def test_one_changed_byte_is_named_as_the_first_wrong_line(terminal):
    terminal.changes_by_hand("UPDATE journal_line SET line = replace(line, '\"v\"', '\"w\"') WHERE seq = 100")
    wrong = terminal("verify")
    assert wrong.returncode == 1
    assert wrong.stderr.splitlines()[0].startswith("✗ journal_line 100 ")
    assert "✓" not in wrong.stdout


def test_the_doctor_says_what_is_there_and_what_is_missing(terminal):
    examined = terminal("doctor")
    assert f"Base de données {'SQLite' if 'sqlite' in terminal.url else 'PostgreSQL'}" in examined.stdout
    lost = terminal("doctor", COOPGOV_DATABASE_URL="postgresql://nobody@/nothing?host=/nowhere")
    assert (lost.returncode, "✗" in lost.stdout) == (1, True)


@pytest.mark.parametrize(
    ("name", "value"), [("COOPGOV_BIND", "here"), ("COOPGOV_NONSENSE", "1"), ("COOPGOV_DATABASE_URL", "mysql://x")]
)
def test_a_setting_that_is_wrong_is_a_sentence_and_not_a_trace(tmp_path, name, value):
    refused = Terminal(tmp_path, f"sqlite:///{tmp_path / 'coopgov.sqlite3'}")("verify", **{name: value})
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(name)
    assert "Traceback" not in refused.stderr
