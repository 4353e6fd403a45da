"""Schulze's method for rival texts: an option wins that no other beats by a stronger chain of duels.

The strength of a duel is the number of ballots of its winner ("winning votes"), of a chain that of its weakest duel;
options without a rank stand together after all the others (M. Schulze, "A new monotonic, clone-independent, reversal
symmetric, and Condorcet-consistent single-winner election method", Social Choice and Welfare 36, 2011). Where several
options are unbeaten the declared rule on equal votes settles, not Schulze's draw of ballots.
"""

from collections.abc import Mapping

from coopgov.ballots.counting.outcome import Found
from coopgov.ballots.counting.papers import Rivals
from coopgov.ballots.counting.ties import Contested, Settled, TieRule, Ties

Duels = dict[str, dict[str, int]]
# No rank reaches it (papers.MOST_OPTIONS), and it stays below the bit that comparisons borrow.
_UNRANKED = bytes([127])


def count_rivals(paper: Rivals, groups: Mapping[bytes, int], ties: Ties) -> Found:
    """Hold all duels, find the chains, and name the text that is adopted."""
    duels = _duels(paper.ids, groups)
    paths = strongest_paths(duels)
    order = _order(paths) if groups else []
    detail = {"duels": duels, "paths": paths, "order": order}
    if not groups:
        return Found(vacant=1, detail=detail)
    unbeaten = order[0]
    if len(unbeaten) == 1:
        return Found((unbeaten[0],), detail=detail)
    chosen = _settle(paper, unbeaten, ties)
    return Found(chosen, 1 - len(chosen), (Settled(Contested.SEAT, tuple(unbeaten), ties.rule, chosen),), detail)


def _settle(paper: Rivals, unbeaten: list[str], ties: Ties) -> tuple[str, ...]:
    """Where the status quo is among the unbeaten it stays; where it is not, nothing is adopted and so it stays too."""
    if ties.rule is TieRule.STATUS_QUO:
        return (paper.status_quo,) if paper.status_quo in unbeaten else ()
    return tuple(ties.first(unbeaten)[:1])


def _duels(ids: tuple[str, ...], groups: Mapping[bytes, int]) -> Duels:
    """How many ballots put one option before another, for all pairs.

    All the ballots of one weight are compared at once: their ranks for an option are the bytes of one long number,
    whose high bits, set before a subtraction, tell byte by byte which was not smaller.
    """
    duels: Duels = {one: {two: 0 for two in sorted(ids) if two != one} for one in sorted(ids)}
    by_papers: dict[int, list[bytes]] = {}
    for marks, papers in groups.items():
        by_papers.setdefault(papers, []).append(marks)
    for papers, ballots in by_papers.items():
        whole = b"".join(ballots).replace(b"\0", _UNRANKED)
        ranks = {one: int.from_bytes(whole[place :: len(ids)], "little") for place, one in enumerate(ids)}
        high = int.from_bytes(b"\x80" * len(ballots), "little")
        for one, row in duels.items():
            raised = ranks[one] | high
            for two in row:
                row[two] += papers * (len(ballots) - ((raised - ranks[two]) & high).bit_count())
    return duels


def strongest_paths(duels: Duels) -> Duels:
    """The strength of the strongest chain from each option to each other (Floyd and Warshall)."""
    ids = list(duels)
    paths = {
        one: {two: votes if votes > duels[two][one] else 0 for two, votes in row.items()} for one, row in duels.items()
    }
    for middle in ids:
        for one in ids:
            if one == middle:
                continue
            row, reach = paths[one], paths[one][middle]
            for two, onwards in paths[middle].items():
                if two != one and (through := min(reach, onwards)) > row[two]:
                    row[two] = through
    return paths


def _order(paths: Duels) -> list[list[str]]:
    """The unbeaten, then the unbeaten of the others, and so on."""
    order: list[list[str]] = []
    left = set(paths)
    while left:
        unbeaten = [
            one for one in sorted(left) if all(paths[one][two] >= paths[two][one] for two in left if two != one)
        ]
        order.append(unbeaten)
        left.difference_update(unbeaten)
    return order
