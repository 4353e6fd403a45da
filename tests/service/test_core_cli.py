"""`coopgov verify`: what is stored is what was written, also against a head kept elsewhere."""

from datetime import date

import pytest
from click.testing import CliRunner

from coopgov.cli import main
from coopgov.core import journal
from coopgov.core.db import db
from coopgov.core.figures import LegalForm
from coopgov.statutes import queries
from coopgov.statutes.ready import ready_names
from tests.service.tampering import by_hand


@pytest.fixture
def held(act, session):
    """Three lines, and the head of the journal as somebody wrote it down."""
    for n in range(3):
        with act() as a:
            a.record("test.done", f"thing:{n}")
    head = journal.head(session)
    session.rollback()
    return f"{head.size}:{head.hash}"


@pytest.fixture
def verify(app, tmp_path):
    def run(*options):
        url = app.extensions["coopgov.config"].database_url
        settings = {"COOPGOV_DEMO": "1", "COOPGOV_DATABASE_URL": url, "COOPGOV_DATA_DIR": str(tmp_path)}
        return CliRunner().invoke(main, ["verify", *options], env=settings)

    return run


def test_a_sound_journal_is_told_with_its_head_to_write_down(held, verify):
    done = verify()
    assert (done.exit_code, f"--head {held}" in done.output) == (0, True)
    assert verify("--head", held).exit_code == 0


def test_a_cut_tail_is_told_against_the_head(held, verify):
    by_hand("DELETE FROM journal_line WHERE seq = 3")
    assert verify().exit_code == 0
    done = verify("--head", held)
    assert (done.exit_code, "the journal is shorter than the head you hold" in done.output) == (1, True)


def test_a_fault_is_told_and_fails(held, verify):
    by_hand("UPDATE journal_line SET about = 'thing:9' WHERE seq = 2")
    done = verify()
    assert (done.exit_code, "✗ journal_line 2" in done.output, "✓" in done.output) == (1, True, False)


def test_a_head_that_is_none_is_a_sentence(held, verify):
    done = verify("--head", "12")
    assert (done.exit_code, done.output.startswith("--head")) == (2, True)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_first_statutes_are_adopted_from_a_model_or_a_file(app, tmp_path):
    def coopgov(*words):
        url = app.extensions["coopgov.config"].database_url
        settings = {"COOPGOV_DEMO": "1", "COOPGOV_DATABASE_URL": url, "COOPGOV_DATA_DIR": str(tmp_path)}
        return CliRunner().invoke(main, ["statutes", *words], env=settings)

    def adopt(what):
        return coopgov("adopt", str(what), "--decision", "AG", "--on", "2026-01-01")

    assert all(name in coopgov("ready").output for name in ready_names())
    ours = tmp_path / "ours.toml"
    ours.write_text(coopgov("print", "scop-sarl").output.replace("841597263", "841597264"), "utf-8")
    refused = adopt(ours)
    assert (refused.exit_code, "✗ siren : Ce SIREN n’est pas juste" in refused.output) == (1, True)
    ours.write_text(coopgov("print", "scop-sarl").output.replace('"3/4"', '"3/0"'), "utf-8")
    assert (adopt(ours).exit_code, "ours.toml: figures: assembly.quorum" in adopt(ours).output) == (2, True)
    assert (adopt("nothing").exit_code, "scop-sarl" in adopt("nothing").output) == (2, True)
    assert adopt("scop-sarl").exit_code == 0
    assert queries.statutes_on(db.session(), date(2026, 1, 1)).legal_form is LegalForm.SCOP_SARL
    again = adopt("scop-sarl")
    assert (again.exit_code, "1er janvier 2026" in again.output) == (1, True)
