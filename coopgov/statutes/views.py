"""The page of the statutes: who the cooperative is, the figures it sets, and its earlier versions."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coopgov.core.policy import Permission
from coopgov.statutes import queries, sheet
from coopgov.statutes.queries import Statutes
from coopgov.web.acts import reading, today
from coopgov.web.guard import requires

bp = Blueprint("statutes", __name__)


@bp.get("/statutes")
@requires(Permission.STATUTES_SEE)
def show() -> ResponseReturnValue:
    """The statutes of today, or the first ones to come."""
    versions = queries.history(reading())
    current = next((version for version in versions if version.in_force_from <= today()), None)
    return _page(current or (versions[-1] if versions else None), versions)


@bp.get("/statutes/<uuid:statutes_id>")
@requires(Permission.STATUTES_SEE)
def version(statutes_id: UUID) -> ResponseReturnValue:
    """One version of the statutes, past or to come."""
    return _page(queries.get_statutes(reading(), statutes_id), queries.history(reading()))


def _page(statutes: Statutes | None, versions: list[Statutes]) -> str:
    if statutes is None:
        return render_template("statutes/none.html")
    law, on = queries.the_law(), max(statutes.in_force_from, today())
    return render_template(
        "statutes/show.html",
        statutes=statutes,
        current=next((one.id for one in versions if one.in_force_from <= today()), None),
        form_label=queries.form_label(statutes.legal_form),
        mentions=queries.mentions(statutes, statutes.statutory_minimum_cents),
        lines=sheet.statutes_lines(statutes, law, on),
        law_lines=sheet.law_lines(statutes, law, on),
        versions=versions,
        today=today(),
    )
