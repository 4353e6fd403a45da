"""What a secret vote asks of its papers and of its tellers: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coopgov.ballots.rules import Choice, State, Tally
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_

_PAPER_VERSION: Final = 1
_ANSWERS: Final = tuple(Choice)


def paper_of(choice: Choice) -> bytes:
    """What a secret ballot paper says, in two bytes: the version and the answer."""
    return bytes([_PAPER_VERSION, _ANSWERS.index(choice) + 1])


def choice_on(paper: bytes) -> Choice | None:
    """What a paper says, whatever it was filled up with; None when it says nothing that was offered."""
    version, answer, rest = paper[:1], paper[1:2], paper[2:]
    if version != bytes([_PAPER_VERSION]) or rest.strip(b"\0") or not 1 <= int.from_bytes(answer) <= len(_ANSWERS):
        return None
    return _ANSWERS[int.from_bytes(answer) - 1]


def needed_tellers(tellers: int) -> int:
    """How many of the tellers open an urn together: more than half of them."""
    return tellers // 2 + 1


def check_tellers(tellers: int) -> list[Breach]:
    """List what stands against sealing a secret vote: somebody must be able to open its urn."""
    if tellers:
        return []
    sentence = N_(
        "A secret vote is sealed for its tellers, and nobody has a teller’s code yet. "
        "Let each teller make one on the page “My teller’s code”."
    )
    return [Breach("no_teller_code", sentence)]


def check_enough_codes(given: int, needed: int) -> list[Breach]:
    """List the tellers that are missing to open the urns."""
    if given >= needed:
        return []
    sentence = N_("Codes of tellers given: %(given)s; needed to open this urn: %(needed)s. Ask the others for theirs.")
    return [Breach("codes_missing", sentence, {"given": given, "needed": needed}, field="codes")]


@dataclass(frozen=True, slots=True)
class PaperReading:
    """What one teller read on the paper ballots, by college."""

    teller: str
    tallies: Mapping[str, Tally]


def check_paper(readings: Sequence[PaperReading], voted: Mapping[str, int]) -> list[Breach]:
    """List what stands against the paper ballots: two tellers read as many as people voted on paper, and the same."""
    if not any(voted.values()) and not readings:
        return []
    return [*_check_two_readings(readings), *_check_as_many(readings, voted)]


def _check_two_readings(readings: Sequence[PaperReading]) -> list[Breach]:
    if len(readings) < 2:
        sentence = N_(
            "Paper ballots are read by two tellers, each apart: %(count)s did so yet. Enter the other reading."
        )
        return [Breach("paper_read_once", sentence, {"count": len(readings)})]
    first, *others = readings
    sentence = N_(
        "%(one)s and %(other)s did not read the same on the paper ballots. Count them again, and correct the wrong "
        "entry."
    )
    return [
        Breach("paper_readings_differ", sentence, {"one": first.teller, "other": other.teller})
        for other in others
        if dict(other.tallies) != dict(first.tallies)
    ]


def _check_as_many(readings: Sequence[PaperReading], voted: Mapping[str, int]) -> list[Breach]:
    sentence = N_("%(teller)s read %(read)s paper ballots, and %(voted)s people voted on paper. Count both again.")
    return [
        Breach("paper_does_not_fit", sentence, {"teller": one.teller, "read": read, "voted": sum(voted.values())})
        for one in readings
        if (read := sum(tally.cast for tally in one.tallies.values())) != sum(voted.values())
    ]


def check_reading_open(state: State) -> list[Breach]:
    """List what stands against entering what was read on paper ballots: they are read once the vote is closed."""
    if state is State.ROOM_CLOSED:
        return []
    sentence = N_("Paper ballots are read between the end of the vote and its count. Close the vote first.")
    return [Breach("not_the_moment_to_read", sentence)]
