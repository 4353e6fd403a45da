"""The page that checks everything again."""

from flask import render_template
from flask.typing import ResponseReturnValue

from coopgov.core import journal
from coopgov.core.policy import Permission
from coopgov.registers import queries, verify
from coopgov.registers.views.blueprint import bp, documents_folder
from coopgov.web.acts import now, reading
from coopgov.web.guard import requires

MOST_FAULTS = 20
# Beyond this many lines the check is a command's work, not a page's.
MOST_LINES = 200_000


@bp.get("/integrity")
@requires(Permission.REGISTERS_SEE)
def integrity() -> ResponseReturnValue:
    """Where the journal stands, and the button that checks everything again."""
    return _integrity(None)


@bp.post("/integrity")
@requires(Permission.REGISTERS_SEE)
def check() -> ResponseReturnValue:
    """Check everything again now; reads only, nothing is written."""
    if journal.head(reading()).size > MOST_LINES:
        return _integrity(None), 422
    return _integrity(verify.reports(reading(), documents_folder(), most=MOST_FAULTS))


def _integrity(reports: list[verify.Report] | None) -> str:
    head = journal.head(reading())
    return render_template(
        "registers/integrity.html", head=head, series=queries.series(reading()), reports=reports, checked_at=now(),
        too_large=head.size > MOST_LINES, most=MOST_FAULTS,
    )  # fmt: skip
