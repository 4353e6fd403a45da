"""Movements of money that one person prepares and another confirms (*mouvements préparés*): pure."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.errors import Breach, Citation
from coopgov.core.i18n import N_
from coopgov.core.money import Cents
from coopgov.shares.rules import TWO_PERSON_KINDS, BookName, RequestState
from coopgov.treasury.rules.buckets import Bucket, CapitalKind

PREPARED_KINDS = tuple(CapitalKind(kind) for kind in TWO_PERSON_KINDS[BookName.CAPITAL])
PREPARED_LABELS = {
    RequestState.SUBMITTED: N_("Waits for another person"),
    RequestState.EXECUTED: N_("Confirmed and recorded"),
    RequestState.REFUSED: N_("Refused"),
    RequestState.WITHDRAWN: N_("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What somebody prepares: which movement, of whose money or of which run, from when, on what ground."""

    kind: CapitalKind
    member_id: UUID | None
    cents: Cents
    effective_on: date
    source: Bucket | None = None
    true_on: date | None = None
    # The payment's reference; of a reversal, its reason.
    reference: str = ""
    resolution: str = ""
    reverses_seq: int | None = None
    acknowledged: str = ""
    run_id: UUID | None = None


def check_prepared(kind: CapitalKind) -> list[Breach]:
    """List what stands against preparing a movement of this kind for another person."""
    if kind in PREPARED_KINDS:
        return []
    return [Breach("not_prepared", N_("A movement of this kind is recorded at once, or for all members together."))]


def check_confirmed(drafted_by: str, confirmed_by: str, clause: tuple[Citation, ...]) -> list[Breach]:
    """List what stands against confirming: whoever prepared a movement never confirms it."""
    if drafted_by != confirmed_by:
        return []
    sentence = N_(
        "Nobody confirms what she has prepared herself. Another person of the board or treasury does, or take it back."
    )
    return [Breach("confirmed_by_oneself", sentence, citations=clause)]


def check_unchanged(then: str, now: str) -> list[Breach]:
    """List what stands against confirming an undoing that was weighed: it would undo or break something else now."""
    if now in ("", then):
        return []
    sentence = N_(
        "What this would undo, or what that would break, has changed since it was prepared. Refuse it or take it back, "
        "and prepare it again."
    )
    return [Breach("weighed_otherwise", sentence)]
