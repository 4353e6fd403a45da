"""Where a past stands on its way into the books."""

from enum import StrEnum

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_


class BatchState(StrEnum):
    """What is to be done with a past that was sent."""

    # The mapping is to be looked at by a person.
    SENT = "sent"
    # The worker is to read it.
    WAITING = "waiting"
    EXAMINED = "examined"
    # The worker is to write it.
    SEALING = "sealing"
    SEALED = "sealed"
    DISCARDED = "discarded"
    # It could not be read: the summary says why.
    FAILED = "failed"


STATE_LABELS = {
    BatchState.SENT: N_("Sent"),
    BatchState.WAITING: N_("Being read"),
    BatchState.EXAMINED: N_("Read"),
    BatchState.SEALING: N_("Being written"),
    BatchState.SEALED: N_("Sealed"),
    BatchState.DISCARDED: N_("Thrown away"),
    BatchState.FAILED: N_("Could not be read"),
}
MOST_REASON = 500


def check_sealable(faults: int, doubts: list[str], reasons: dict[str, str]) -> list[Breach]:
    """List why a past may not be sealed: faults that are left, and doubts that nobody has accepted."""
    breaches = []
    if faults:
        sentence = N_("Faults are left: %(faults)s. Correct the files and send them again: nothing was written.")
        breaches.append(Breach("faults_left", sentence, {"faults": faults}))
    for code in doubts:
        if not reasons.get(code, "").strip():
            sentence = N_("Say why the past may stand as it was, for each kind of remark.")
            breaches.append(Breach("reason_missing", sentence, field=f"reason-{code}"))
    return breaches
