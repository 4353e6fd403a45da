"""Paper ballots typed in by two tellers, each apart: when they are typed, where they differ, what still waits."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from coopgov.ballots.rules import Level, State
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_

# By teller, what she typed for each paper: by its place in the bundle of a secret vote, by the voter's in a named one.
Typed = Mapping[UUID, Mapping[int, bytes]]


def is_whole(papers: Iterable[int], voted: int) -> bool:
    """Whether a teller typed each paper of a bundle (*liasse*)."""
    return set(papers) == set(range(1, voted + 1))


def whole_entries(typed: Typed, voted: int) -> list[UUID]:
    """The tellers who typed the whole bundle."""
    return [by for by, papers in typed.items() if is_whole(papers, voted)]


def differing(typed: Typed, numbers: Iterable[int]) -> list[int]:
    """The papers that were not typed the same by everybody."""
    return [number for number in numbers if len({papers.get(number) for papers in typed.values()}) > 1]


def check_moment(level: Level, state: State) -> list[Breach]:
    """Papers of a named vote are typed while it is open; those of a secret one between its end and its opening."""
    if level is Level.NAMED and state is not State.ROOM_OPENED:
        sentence = N_("The papers of an open vote are typed while it is open in the room. Open the vote first.")
        return [Breach("not_the_moment_to_type", sentence)]
    if level is Level.SECRET and state is not State.ROOM_CLOSED:
        sentence = N_("The papers of a secret vote are typed between its end and the opening of its urn.")
        return [Breach("not_the_moment_to_type", sentence)]
    return []


def check_number(number: int, voted: int) -> list[Breach]:
    """A paper of the bundle has a number that is there."""
    if 1 <= number <= voted:
        return []
    sentence = N_("Of the %(voted)s papers, none has the number %(number)s. Count the papers and the voters again.")
    return [Breach("no_such_paper", sentence, {"voted": voted, "number": number})]


def check_reason(reason: str, *, corrects: bool) -> list[Breach]:
    """Once both entries are compared, what a teller typed is changed for a reason that is written down."""
    if not corrects or reason.strip():
        return []
    sentence = N_("Say why what was typed changes, for example what was misread.")
    return [Breach("correction_without_reason", sentence, field="reason")]


def check_not_voted(voter: str, *, has_voted: bool) -> list[Breach]:
    """A named ballot that is in the urn is not replaced, by a paper or otherwise."""
    if not has_voted:
        return []
    sentence = N_("%(voter)s has already voted. A named vote cannot be changed.")
    return [Breach("already_voted", sentence, {"voter": voter})]


def check_bundle(typed: Typed, voted: int) -> list[Breach]:
    """List what keeps the papers from the count: two tellers typed as many as people voted on paper, and the same."""
    if not voted and not typed:
        return []
    whole = whole_entries(typed, voted)
    if len(whole) < 2:
        sentence = N_(
            "Each of the %(voted)s papers is typed by two tellers, each apart. Tellers who typed all: %(count)s."
        )
        return [Breach("papers_typed_once", sentence, {"voted": voted, "count": len(whole)})]
    wrong = differing({by: typed[by] for by in whole}, range(1, voted + 1))
    return [_they_differ(wrong)] if wrong else []


def check_none_waits(typed: Typed) -> list[Breach]:
    """List what keeps a named vote from closing: a paper typed once only, or not the same twice."""
    numbers = sorted({number for papers in typed.values() for number in papers})
    if not numbers:
        return []
    sentence = N_(
        "Papers of these voters are not in the urn yet, typed once only or differently: %(numbers)s. Finish them first."
    )
    return [Breach("papers_wait", sentence, {"numbers": tuple(map(str, numbers))})]


def _they_differ(numbers: list[int]) -> Breach:
    sentence = N_("Two tellers did not type the same on these papers: %(numbers)s. Look again, and correct.")
    return Breach("papers_differ", sentence, {"numbers": tuple(map(str, numbers))})
