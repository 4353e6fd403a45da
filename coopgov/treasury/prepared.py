"""What the journal knows a prepared movement of money by: what was prepared never changes, only its answer does."""

from typing import Any

from coopgov.treasury.models import CapitalRequest

STORE = "capital_request"
# Remarks are not among them: they may be erased.
PREPARED = (
    "id", "kind", "membership_id", "run_id", "cents", "source", "effective_on", "true_on", "resolution",
    "reverses_seq", "weighed", "drafted_by", "drafted_at",
)  # fmt: skip


def prepared_facts(row: CapitalRequest) -> dict[str, Any]:
    """What is marked of it as it is written."""
    return {name: getattr(row, name) for name in PREPARED}
