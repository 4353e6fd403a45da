"""What an agenda may still put to the vote: a candidate not answered yet, a proposal still debated."""

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_


def check_still_candidate(name: str, *, is_candidate: bool) -> list[Breach]:
    """List what stands against putting an admission to the vote: an answer was given since."""
    if is_candidate:
        return []
    sentence = N_("%(name)s is not a candidate any more. Choose another one.")
    return [Breach("not_a_candidate", sentence, {"name": name}, field="candidate_id")]


def check_debated(title: str, *, is_debated: bool) -> list[Breach]:
    """List what stands against putting a proposal to the vote: it is not being debated, or not any more."""
    if is_debated:
        return []
    sentence = N_("“%(title)s” is not being debated: it cannot be put to the vote. Choose another proposal.")
    return [Breach("proposal_not_debated", sentence, {"title": title}, field="proposal_id")]
