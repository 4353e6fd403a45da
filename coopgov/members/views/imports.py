"""Importing a file of members: send it, read what it would do, then do it."""

import csv
import io
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.policy import Permission
from coopgov.members import queries, service
from coopgov.members.forms import ConfirmForm, UploadForm
from coopgov.members.importing.checking import ImportReport, plan_import
from coopgov.members.importing.columns import COLUMNS
from coopgov.members.importing.table import read_table
from coopgov.members.views.blueprint import REFUSED, bp
from coopgov.members.views.lists import present_colleges
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import requires

# Enough to see what is wrong; the file has the rest.
FAULTS_SHOWN = 100


@bp.get("/members/import")
@requires(Permission.MEMBERS_IMPORT)
def import_file() -> ResponseReturnValue:
    """Say what the file must hold, and take it."""
    return render_template("members/import.html", form=UploadForm(), columns=COLUMNS)


@bp.post("/members/import")
@requires(Permission.MEMBERS_IMPORT)
def upload() -> ResponseReturnValue:
    """Keep a file that can be read, and show what it would do."""
    form = UploadForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            name, content = form.file.data.filename or "", form.file.data.read()
            batch_id = service.keep_batch(act, file_name=name, content=content)
            return redirect(url_for("members.batch", batch_id=batch_id), 303)
    return render_template("members/import.html", form=form, columns=COLUMNS), REFUSED


@bp.get("/members/import/<uuid:batch_id>")
@requires(Permission.MEMBERS_IMPORT)
def batch(batch_id: UUID) -> ResponseReturnValue:
    """What a kept file would do, line by line; nothing is written yet."""
    return _batch_page(batch_id, ConfirmForm())


@bp.post("/members/import/<uuid:batch_id>")
@requires(Permission.MEMBERS_IMPORT)
def import_batch(batch_id: UUID) -> ResponseReturnValue:
    """Import a kept file for good, whole."""
    form = ConfirmForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            report = service.seal_batch(act, batch_id=batch_id)
            flash(_("Imported: %(count)s members.", count=report.new), "success")
            return redirect(url_for("members.index"), 303)
    return _batch_page(batch_id, form), REFUSED


@bp.post("/members/import/<uuid:batch_id>/discard")
@requires(Permission.MEMBERS_IMPORT)
def discard(batch_id: UUID) -> ResponseReturnValue:
    """Throw a kept file away."""
    if ConfirmForm().validate():
        with begin_act() as act:
            service.discard_batch(act, batch_id=batch_id)
    return redirect(url_for("members.import_file"), 303)


@bp.get("/members/import/model.csv")
@requires(Permission.MEMBERS_IMPORT)
def model_file() -> ResponseReturnValue:
    """A file with the right columns and one line of example."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([column.title for column in COLUMNS])
    writer.writerow([column.example for column in COLUMNS])
    # With the mark that makes spreadsheets read it as UTF-8.
    body = text.getvalue().encode("utf-8-sig")
    return Response(
        body, mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="membres.csv"'}
    )  # fmt: skip


def _batch_page(batch_id: UUID, form: BaseForm) -> str:
    kept = queries.get_batch(reading(), batch_id)
    report = _report(kept.file_name, kept.content) if kept.content is not None else None
    faults = report.faults[:FAULTS_SHOWN] if report else ()
    return render_template("members/batch.html", form=form, batch=kept, report=report, faults=faults)


def _report(file_name: str, content: bytes) -> ImportReport:
    table = read_table(file_name, content)
    plan = plan_import(reading(), table, colleges=present_colleges(), today=today(), law=rulebook())
    return plan.report()
