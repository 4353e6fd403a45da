"""Somebody who judges every point that a pre-flight leaves to people."""

from typing import Any
from uuid import UUID

from coopgov.assemblies import queries
from coopgov.assemblies import service as assemblies
from coopgov.core.preflight import points_to_judge

CHECKED = "J’ai vérifié."


def reasons(checks: Any) -> dict[str, str]:
    """A reason for each point to judge."""
    return {check.code: CHECKED for check in points_to_judge(checks)}


def convene(act: Any, *, assembly_id: UUID) -> None:
    """Convene an assembly, its points judged."""
    row = queries.get_assembly(act.session, assembly_id)
    found = queries.preflight(act.session, act.rulebook, row, act.actor, on=act.today)
    assemblies.convene(act, assembly_id=assembly_id, reasons=reasons(found))
