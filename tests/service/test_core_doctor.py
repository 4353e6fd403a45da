"""The doctor says what is missing, for what, and the line that mends it."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from coopgov.cli import main
from coopgov.doctor import examine
from tests.conftest import make_config


@pytest.fixture
def config(tmp_path):
    return make_config(tmp_path / "var", f"sqlite:///{tmp_path}/var/coopgov.sqlite3")


def finding(config, beginning):
    (found,) = [finding for finding in examine(config) if finding.what.startswith(beginning)]
    return found


def test_every_finding_has_a_remedy_or_is_in_order(config):
    assert [found.what for found in examine(config) if not found.ok and not found.remedy] == []


def test_this_machine_is_fit_to_run_and_test(config):
    assert [found for found in examine(config) if not found.ok and "français" not in found.what] == []


def test_a_missing_program_is_named_with_its_package(config, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    for what, package in (("Tests : Chromium", "chromium-headless-shell"), ("Tests : poppler", "poppler-utils")):
        found = finding(config, what)
        assert (found.ok, found.remedy) == (False, f"sudo apt-get install -y {package}")


def test_a_database_that_does_not_answer_is_told(config):
    away = replace(config, database_url="postgresql://nobody@/none?host=/nowhere")
    found = finding(away, "Base de données PostgreSQL")
    assert not found.ok
    assert "COOPGOV_DATABASE_URL" in found.remedy


def test_postgresql_that_answers_is_in_order(config, postgres_server):
    there = replace(config, database_url=postgres_server.format(name="postgres"))
    assert finding(there, "Base de données PostgreSQL").ok


def test_the_doctor_writes_nothing(config, tmp_path):
    examine(config)
    assert list(tmp_path.iterdir()) == []


def run(*words, **environ):
    return CliRunner().invoke(main, [*words], env={"COOPGOV_DEMO": "1", **environ})


def test_the_command_says_each_thing_and_fails_when_one_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("doctor", COOPGOV_DATA_DIR=str(tmp_path))
    assert done.exit_code == 1
    assert "✓ PDF : WeasyPrint et Pango" in done.output
    assert "✗ Tests : Chromium\n    sudo apt-get install -y chromium-headless-shell\n" in done.output


@pytest.mark.parametrize(
    ("name", "value"), [("COOPGOV_DEMO", "yes"), ("COOPGOV_TYPO", "1"), ("COOPGOV_SECRET_KEY", "short")]
)
def test_a_bad_setting_is_a_sentence_and_not_a_trace(tmp_path, name, value):
    done = run("doctor", COOPGOV_DATA_DIR=str(tmp_path), **{name: value})
    assert (done.exit_code, done.output.startswith(name)) == (2, True)
    assert "Traceback" not in done.output
