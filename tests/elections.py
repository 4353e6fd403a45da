"""Random elections of every kind, small enough for many, odd enough for ties, blank and null ballots."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

from coopgov.ballots.answered import RESOLUTION, archive_of, sheet_of
from coopgov.ballots.counting.archive import archive
from coopgov.ballots.counting.marks import blank_ballot, encode, null_ballot
from coopgov.ballots.counting.methods import count
from coopgov.ballots.counting.papers import (
    Answer,
    Approval,
    Choices,
    Grades,
    Lists,
    Missing,
    Option,
    Paper,
    Ranking,
    Resolutions,
    Rivals,
    Seated,
    Sharing,
)
from coopgov.ballots.counting.ties import TieRule, Ties
from coopgov.ballots.counting.urn import CheckedUrn, read_groups
from coopgov.ballots.queries import CollegeLine, Count, RollRow, ScrutinRow
from coopgov.ballots.rules import Level, State, Tally
from coopgov.core.errors import Citation
from coopgov.law.arithmetic import Base, DecisionRule

SCRUTIN = UUID("01890000-0000-7000-8000-000000000005")
NAMES = ("Awa", "Benoît", "Chloé", "Driss", "Élodie", "Fatou", "Gaël", "Hana", "Inès", "Jules", "Karim", "Lou")
WORDS = ("À rejeter", "Insuffisant", "Passable", "Assez bien", "Bien", "Très bien")
GRADES = tuple(Option(f"g{number}", word) for number, word in enumerate(WORDS))
KINDS = ("resolutions", "choices", "approval", "grades", "ranking", "rivals", "lists")


def options(number: int, *, names: int = 0) -> tuple[Option, ...]:
    people = tuple(f"Candidat {name}" for name in range(names))
    return tuple(Option(NAMES[place][0].lower().replace("é", "e"), NAMES[place], people) for place in range(number))


def told(paper: Paper, **marks: Any) -> dict[str, Any]:
    return {"v": 1, "scrutin": str(paper.scrutin), **marks}


def ranked(paper: Paper, order: str) -> bytes:
    """A ballot from letters in order: "cab" ranks c first."""
    return encode(paper, told(paper, ranks={one: rank for rank, one in enumerate(order, start=1)}))


def a_paper(kind: str, random: Random, *, most: int = 6) -> Paper:  # noqa: PLR0911 - one kind a line
    number = random.randint(2, most)
    seats = random.randint(1, number)
    match kind:
        case "resolutions":
            return Resolutions(scrutin=SCRUTIN, options=options(random.randint(1, 3)))
        case "choices":
            upper = random.randint(1, number)
            return Choices(
                scrutin=SCRUTIN, options=options(number), seats=seats, least=random.randint(1, upper), most=upper
            )
        case "approval":
            return Approval(scrutin=SCRUTIN, options=options(number), seats=seats)
        case "grades":
            missing = random.choice(list(Missing))
            return Grades(scrutin=SCRUTIN, options=options(number), seats=seats, grades=GRADES, missing=missing)
        case "ranking":
            return Ranking(scrutin=SCRUTIN, options=options(number), seats=seats)
        case "rivals":
            return Rivals(scrutin=SCRUTIN, options=options(number), status_quo=random.choice(["a", None]))
    seats = random.randint(1, 12)
    threshold = random.choice([Fraction(0), Fraction(1, 20), Fraction(1, 5)])
    sharing = random.choice(list(Sharing))
    return Lists(
        scrutin=SCRUTIN, options=options(number, names=seats), seats=seats, sharing=sharing, threshold=threshold
    )  # fmt: skip


def a_ballot(paper: Paper, random: Random) -> bytes:
    """One ballot: sometimes blank, some options liked more than others."""
    if random.random() < 0.05:
        return blank_ballot(paper)
    return encode(paper, told(paper, **_marks(paper, random)))


def a_bad_ballot(paper: Paper, random: Random) -> bytes:
    """One that no border lets in: null at the count, whoever reads it."""
    ballot = encode(paper, told(paper, **_marks(paper, random)))
    return random.choice(
        [
            null_ballot(paper), ballot[:-1], ballot + b"\0", b"\2" + ballot[1:], ballot[:9] + b"\1" + ballot[10:],
            ballot[:9] + b"\2" + ballot[10:], ballot[:10] + bytes(len(paper.options)), ballot[:-1] + b"\x63",
            ballot[:1] + bytes(8) + ballot[9:],
        ]
    )  # fmt: skip


def _marks(paper: Paper, random: Random) -> dict[str, Any]:  # noqa: PLR0911 - one kind a line
    ids = list(paper.ids)
    match paper:
        case Resolutions():
            return {"answers": {one: random.choice(list(Answer)).value for one in ids}}
        case Choices(least=least, most=most):
            return {"chosen": random.sample(ids, random.randint(least, most))}
        case Approval():
            return {"chosen": random.sample(ids, random.randint(1, len(ids)))}
        case Grades():
            grades = {one: random.choice(GRADES[place % 3 :]).id for place, one in enumerate(ids)}
            if paper.missing is Missing.WORST:
                grades = {one: grades[one] for one in random.sample(ids, random.randint(1, len(ids)))}
            return {"grades": grades}
        case Lists():
            return {"chosen": [random.choice(ids)]}
    order = random.sample(ids, random.randint(1, len(ids)))
    if isinstance(paper, Rivals) and random.random() < 0.4:
        ranks = [random.randint(1, 3) for _one in order]
        dense = {rank: place for place, rank in enumerate(sorted(set(ranks)), start=1)}
        return {"ranks": {one: dense[rank] for one, rank in zip(order, ranks, strict=True)}}
    return {"ranks": {one: rank for rank, one in enumerate(order, start=1)}}


def an_urn(
    paper: Paper, random: Random, papers: int, *, colleges: tuple[str, ...] = ("makers", "staff")
) -> Counter[tuple[str, bytes]]:
    kinds = [a_ballot(paper, random) for _ballot in range(max(1, papers // 2))]
    kinds += [a_bad_ballot(paper, random)] if random.random() < 0.4 else []
    return Counter((random.choice(colleges), random.choice(kinds)) for _ballot in range(papers))


def some_ties(paper: Paper, random: Random) -> Ties:
    rules = {
        Resolutions: (TieRule.STATUS_QUO, TieRule.CHAIR, TieRule.REVOTE), Rivals: tuple(TieRule),
        Ranking: (TieRule.SEED, TieRule.CHAIR),
    }.get(type(paper), (TieRule.SEED, TieRule.CHAIR, TieRule.REVOTE))  # fmt: skip
    rule = random.choice(rules)
    chair = ("for", "against") if isinstance(paper, Resolutions) else tuple(random.sample(paper.ids, len(paper.ids)))
    return Ties(rule, seed=f"tirage {random.random()}", chair=chair if rule is TieRule.CHAIR else ())


def counted(
    paper: Paper, groups: Mapping[tuple[str, bytes], int], ties: Ties
) -> tuple[CheckedUrn, dict[str, Any], dict[str, Any]]:
    """The urn, the first program's count and the archive."""
    urn = read_groups(paper, groups)
    result = count(urn, ties)
    roll = {"size": sum(groups.values()) + 3, "hash": "0" * 64, "colleges": {}}
    return urn, result, archive(paper, ties, roll=roll, ballots=groups, result=result)


def a_resolution(random: Random) -> dict[str, Any]:
    """The archive of a vote on one resolution, of heads or of weighed colleges, by any rule of majority."""
    weighed = random.random() < 0.6
    sizes = {college: random.randint(0, 9) for college in ("makers", "staff", "users")} | {
        "staff": random.randint(1, 9)
    }
    tallies = {college: a_tally(random, random.randint(0, size)) for college, size in sizes.items()}
    present = {college: random.randint(tallies[college].cast, size) for college, size in sizes.items()}
    rule = DecisionRule(
        random.choice([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)]), random.random() < 0.5, random.choice(list(Base)),
        (Citation("art. 27"),),
    )  # fmt: skip
    weights = {college: Fraction(random.randint(1, 5), 10) for college in sizes} if weighed else None
    lines = [CollegeLine(one, tallies[one], size, present[one] if weighed else None) for one, size in sizes.items()]
    scrutin = ScrutinRow(
        id=SCRUTIN, roll_id=SCRUTIN, level=Level.SECRET, subject_hash="a" * 64, title="Élargir l’atelier", rule=rule,
        window=None, college_weights=weights, seal="b" * 64, state=State.COUNTED, steps=(),
    )  # fmt: skip
    roll = RollRow(SCRUTIN, date(2026, 11, 1), sum(sizes.values()), sizes, "0" * 64, datetime(2026, 11, 1, tzinfo=UTC))
    counted = Count(tuple(lines), sum(present.values()))
    ballots = Counter[tuple[str, bytes]]()
    for college, tally in tallies.items():
        for choice, number in tally.by_choice.items():
            answers = {"answers": {RESOLUTION: choice.value}}
            ballots[college if weighed else "", encode(sheet_of(scrutin), told(sheet_of(scrutin), **answers))] += number
    return archive_of(scrutin, counted, roll=roll, ballots=+ballots)


def a_tally(random: Random, cast: int) -> Tally:
    """So many ballots, often with equal votes."""
    said = Counter(random.choice(["for", "against", "for", "against", "abstain", "blank"]) for _ballot in range(cast))
    return Tally(said["for"], said["against"], said["abstain"], said["blank"])


def seats_of(paper: Paper) -> int:
    return paper.seats if isinstance(paper, Seated) else 1
