"""How a request about shares is written: what is asked is marked in the journal, only its answer changes."""

from typing import Any

from coopgov.core.act import Act
from coopgov.shares.models import ShareRequest

STORE = "share_request"
# Whose place in the queue, since when, for what: never rewritten. How many are left and the answer are.
ASKED = (
    "id", "kind", "membership_id", "to_membership_id", "class_id", "to_class_id", "reverses_seq", "cause", "asked_on",
    "earliest_on", "drafted_by", "drafted_at",
)  # fmt: skip


def write(act: Act, row: ShareRequest) -> None:
    """Write a request, and leave its mark with this act."""
    act.session.add(row)
    act.session.flush()  # what is asked next in this act must see it
    act.mark(STORE, [asked_facts(row)])


def asked_facts(row: ShareRequest) -> dict[str, Any]:
    """What the journal knows a request by."""
    return {name: getattr(row, name) for name in ASKED}
