"""What a process loads when it starts, and what waits until somebody needs it."""

import subprocess
import sys

import pytest

from coopgov.config import ROOT

WEB = {"flask", "sqlalchemy", "wtforms"}
# Papers, spreadsheets, calendars, migrations, jobs: whoever needs one of them waits for it, nobody else.
LATE = {
    "alembic", "apscheduler", "email_validator", "flask_migrate", "fontTools", "holidays", "icalendar", "markdown_it", "nh3", "num2words",
    "openpyxl", "psycopg", "segno", "stdnum", "weasyprint", "xlsxwriter",
}  # fmt: skip


@pytest.mark.parametrize(
    ("modules", "late"),
    [
        ("coopgov.app, coopgov.wiring, coopgov.migrating", LATE),
        ("coopgov.cli, coopgov.doctor, coopgov.serving, coopgov.law.telling", LATE | WEB),
    ],
)
def test_a_start_loads_only_what_every_process_needs(modules, late):
    code = f"import sys, {modules}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert late.isdisjoint(run.stdout.split())
