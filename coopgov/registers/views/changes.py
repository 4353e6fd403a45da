"""The register of one day as it was known on two: what was written in between."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from coopgov.core.policy import Permission
from coopgov.registers import queries, tables
from coopgov.registers.forms import ComparisonForm
from coopgov.registers.rules import as_of
from coopgov.registers.views.blueprint import bp
from coopgov.web.acts import now, reading, today
from coopgov.web.guard import requires


@bp.get("/registers/changes")
@requires(Permission.REGISTERS_SEE)
def changes() -> ResponseReturnValue:
    """Compare: the form first, then what changed."""
    form = ComparisonForm(request.args)
    if not request.args:
        return _page(form)
    if not form.validate():
        return _page(form), 422
    on = form.on.data or today()
    return _page(form, on=on, days=(form.before.data, form.after.data or today()))


def _page(form: ComparisonForm, *, on: date | None = None, days: tuple[date, date] | None = None) -> str:
    if days is None:
        return render_template("registers/changes.html", form=form, found=None, before=None, after=None, words={})
    before, after = sorted((as_of(on, day, now=now()) for day in days), key=lambda asked: asked.known_at)
    found = queries.changes(reading(), after.on, before=before.known_at, after=after.known_at)
    return render_template(
        "registers/changes.html", form=form, found=found, before=before, after=after,
        words=tables.words_of(reading(), after),
    )  # fmt: skip
