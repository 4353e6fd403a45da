"""The cooperative in figures, and its share ledger in an open format."""

from tempfile import TemporaryFile

from flask import render_template, send_file
from flask.typing import ResponseReturnValue

from coopgov.core.policy import Permission
from coopgov.registers import ocf, plots
from coopgov.registers.rules import as_of
from coopgov.registers.views.blueprint import bp
from coopgov.web.acts import now, reading, today
from coopgov.web.guard import requires


@bp.get("/registers/figures")
@requires(Permission.REGISTERS_SEE)
def figures() -> ResponseReturnValue:
    """Capital, arrivals and departures, ages, crafts, colleges: on screen and on paper."""
    return render_template("registers/figures.html", drawn=plots.drawings(reading(), today()), on=today())


@bp.get("/registers/open-cap-format.zip")
@requires(Permission.REGISTERS_SEE)
def open_cap_format() -> ResponseReturnValue:
    """The share ledger of today as an Open Cap Format package."""
    file, asked = TemporaryFile(), as_of(None, None, now=now())  # noqa: SIM115 - the answer closes it
    ocf.write_package(file, reading(), asked, made_at=now())
    reading().rollback()
    file.seek(0)
    response = send_file(
        file, mimetype="application/zip", as_attachment=True, download_name=f"parts-{asked.on}.ocf.zip"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
