"""A count told in sentences: each round, each duel, each case of equal votes, from the facts both programs agree on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from coopgov.ballots.counting.archive import names_elected
from coopgov.ballots.counting.papers import Choices, Grades, Lists, Missing, Paper, Rivals, Seated, Sharing
from coopgov.ballots.counting.ties import TieRule, Ties
from coopgov.core.i18n import N_, Word

Facts = Mapping[str, Any]
RULES: Final[Mapping[str, Word]] = {
    TieRule.STATUS_QUO: Word(N_("nothing changes")),
    TieRule.CHAIR: Word(N_("the chair decides")),
    TieRule.SEED: Word(N_("a lot drawn by the published seed")),
    TieRule.REVOTE: Word(N_("a new vote")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a count, translated and filled when it is shown."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    # The stage it belongs to, for a replay step by step.
    stage: int = 0

    def __str__(self) -> str:
        return self.sentence % self.values


def how(paper: Paper, ties: Ties) -> list[Line]:
    """How this paper is filled in and counted, for the voter and the notice: the method, its source, equal votes."""
    last = Line(N_("You can vote blank. Equal votes: %(rule)s."), {"rule": RULES[ties.rule]})
    return [*_how(paper), last]


def _how(paper: Paper) -> Iterator[Line]:
    seats = {"seats": paper.seats} if isinstance(paper, Seated) else {}
    match paper:
        case Choices():
            sentence = N_("Choose from %(least)s to %(most)s. The most chosen take the seats: %(seats)s.")
            yield Line(sentence, {**seats, "least": paper.least, "most": paper.most})
        case Grades(missing=Missing.WORST):
            yield Line(_HOW[paper.kind])
            yield Line(N_("An option without a grade has the worst one."))
        case Rivals(status_quo=str(status_quo)):
            yield Line(_HOW[paper.kind])
            sentence = N_("“%(option)s” changes nothing: it is the present state.")
            yield Line(sentence, {"option": paper.label(status_quo)})
        case Lists():
            yield Line(_SHARED[paper.sharing], seats)
            if paper.threshold:
                sentence = N_("A list below %(threshold)s of the valid ballots takes no seat.")
                yield Line(sentence, {"threshold": paper.threshold})
        case _:
            yield Line(_HOW[paper.kind], seats)


_HOW: Final[Mapping[str, str]] = {
    "resolutions": N_("Each resolution is answered for, against, abstain or blank."),
    "approval": N_(
        "Choose all that suit you: one more choice takes no vote away from the others. "
        "The most chosen take the seats: %(seats)s."
    ),
    "grades": N_(
        "Grade every option. The best majority grade wins: the highest that more than half of the ballots give or "
        "exceed. Between equal ones, one ballot of that grade is taken away from each until they differ "
        "(Balinski and Laraki, 2007)."
    ),
    "ranking": N_(
        "Write 1 for your first choice, then 2, then 3, as far as you like: a later choice never harms an earlier one. "
        "The seats, %(seats)s, are filled by the Scottish rules (SSI 2007/42)."
    ),
    "rivals": N_(
        "Rank the texts; two may stand level, and those you leave out come last. "
        "The text that no other beats, in a duel or by a stronger chain of duels, is adopted (Schulze, 2011)."
    ),
}
_SHARED: Final[Mapping[Sharing, str]] = {
    Sharing.HIGHEST_AVERAGE: N_("Choose one list. The lists share the seats, %(seats)s, by the highest average."),
    Sharing.LARGEST_REMAINDER: N_("Choose one list. The lists share the seats, %(seats)s, by the largest remainder."),
}


def tell(paper: Paper, facts: Facts) -> list[Line]:
    """The whole count, from the turnout to those elected."""
    lines = [_turnout(facts)]
    if not _sum(facts, "valid"):
        return [*lines, Line(N_("No ballot is valid: nothing is decided."))]
    lines += _METHODS[paper.kind](paper, facts)
    ties = [_tie(paper, case) for case in facts["ties"] if case["matter"] in {"answer", "seat"}]
    return [*lines, *ties, *_seats(paper, facts)]


def _sum(facts: Facts, sort: str) -> int:
    return sum(line[sort] for line in facts["turnout"].values())


def _turnout(facts: Facts) -> Line:
    sorts = {sort: _sum(facts, sort) for sort in ("valid", "blank", "null")}
    sentence = N_("Ballots: %(cast)s (valid %(valid)s, blank %(blank)s, null %(null)s).")
    return Line(sentence, {"cast": sum(sorts.values()), **sorts})


def _seats(paper: Paper, facts: Facts) -> Iterator[Line]:
    if isinstance(paper, Rivals) and facts["elected"]:
        yield Line(N_("Adopted: “%(option)s”."), {"option": paper.label(facts["elected"][0])})
    elif facts["elected"]:
        yield Line(N_("Elected: %(names)s."), {"names": tuple(names_elected(paper, facts["elected"]))})
    if facts["vacant"] and isinstance(paper, Seated):
        yield Line(N_("Seats left open: %(vacant)s."), {"vacant": facts["vacant"]})
    elif facts["vacant"]:
        yield Line(N_("No text is adopted."))


def _tie(paper: Paper, case: Facts) -> Line:
    rule = RULES[case["rule"]]
    if case["matter"] == "answer":
        return _equal_answers(paper.label(case["about"]), rule, case["chosen"])
    among = tuple(paper.label(one) for one in case["among"])
    if not case["chosen"]:
        sentence = N_("Equal votes: %(among)s. The declared rule is: %(rule)s.")
        return Line(sentence, {"among": among, "rule": rule}, case["stage"])
    sentence = N_("Equal votes: %(among)s. By the declared rule (%(rule)s), first comes: %(chosen)s.")
    chosen = tuple(paper.label(one) for one in case["chosen"])
    if case["matter"] == "exclusion":
        sentence = N_("Equal votes: %(among)s. By the declared rule (%(rule)s), last comes: %(chosen)s.")
    return Line(sentence, {"among": among, "rule": rule, "chosen": chosen}, case["stage"])


def _equal_answers(resolution: str, rule: Word, chosen: list[str]) -> Line:
    sentence = {
        "against": N_("As many votes for as against “%(option)s”: by the declared rule (%(rule)s), it is rejected."),
        "for": N_("As many votes for as against “%(option)s”: by the declared rule (%(rule)s), it is adopted."),
    }.get(chosen[0] if chosen else "", N_("As many votes for as against “%(option)s”. The declared rule is: %(rule)s."))
    return Line(sentence, {"option": resolution, "rule": rule})


def _resolutions(paper: Paper, facts: Facts) -> Iterator[Line]:
    sentence = N_("“%(option)s”: %(for)s for, %(against)s against, %(abstain)s abstentions, %(blank)s blank.")
    for option in paper.options:
        colleges = facts["detail"]["answers"][option.id].values()
        answers = {word: sum(line[word] for line in colleges) for word in ("for", "against", "abstain", "blank")}
        yield Line(sentence, {"option": option.label, **answers})


def _chosen(paper: Paper, facts: Facts) -> Iterator[Line]:
    sentence = N_("%(option)s: chosen on %(votes)s of %(valid)s ballots.")
    votes = facts["detail"]["votes"]
    for one in sorted(votes, key=lambda one: (-votes[one], one)):
        yield Line(sentence, {"option": paper.label(one), "votes": votes[one], "valid": _sum(facts, "valid")})


def _grades(paper: Paper, facts: Facts) -> Iterator[Line]:
    sentence = N_("%(option)s: majority grade “%(grade)s”; graded higher by %(above)s, lower by %(below)s.")
    detail = facts["detail"]
    for one in (one for tier in detail["order"] for one in tier):
        profile, grade = detail["grades"][one], detail["majority"][one]
        wording = paper.grades[grade].label if isinstance(paper, Grades) else ""
        above, below = sum(profile[grade + 1 :]), sum(profile[:grade])
        yield Line(sentence, {"option": paper.label(one), "grade": wording, "above": above, "below": below})


def _rivals(paper: Paper, facts: Facts) -> Iterator[Line]:
    duels, paths = facts["detail"]["duels"], facts["detail"]["paths"]
    beats = N_("“%(option)s” beats “%(other)s” by %(votes)s to %(against)s.")
    equal = N_("“%(option)s” and “%(other)s” are level at %(votes)s.")
    for one, row in duels.items():
        for two, votes in row.items():
            against = duels[two][one]
            if votes > against or (votes == against and one < two):
                values = {"option": paper.label(one), "other": paper.label(two), "votes": votes, "against": against}
                yield Line(beats if votes > against else equal, values)
    for one in facts["detail"]["order"][0]:
        yield from _chains(paper, one, duels, paths)


def _chains(paper: Paper, one: str, duels: Facts, paths: Facts) -> Iterator[Line]:
    """Why an option stays unbeaten though it lost a duel."""
    yield Line(
        N_("“%(option)s” is beaten by no other, in a duel or by a stronger chain."), {"option": paper.label(one)}
    )
    sentence = N_(
        "“%(option)s” loses its duel with “%(other)s”, and answers by a chain of duels of strength %(strength)s, "
        "against %(against)s the other way."
    )
    for two in (two for two in duels[one] if duels[two][one] > duels[one][two]):
        chain = {"strength": paths[one][two], "against": paths[two][one]}
        yield Line(sentence, {"option": paper.label(one), "other": paper.label(two), **chain})


def _lists(paper: Paper, facts: Facts) -> Iterator[Line]:
    detail = facts["detail"]
    seated = N_("The list “%(list)s”: votes %(votes)s, seats %(seats)s.")
    below = N_("The list “%(list)s”: votes %(votes)s, below the threshold of %(threshold)s, no seat.")
    threshold = paper.threshold if isinstance(paper, Lists) else Fraction(0)
    for option in paper.options:
        votes, seats = detail["votes"][option.id], detail["seats"][option.id]
        out = votes and option.id not in detail["admitted"]
        values = {"list": option.label, "votes": votes, "seats": seats, "threshold": threshold}
        yield Line(below if out else seated, values)


def _ranking(paper: Paper, facts: Facts) -> Iterator[Line]:
    detail = facts["detail"]
    seats = paper.seats if isinstance(paper, Seated) else 1
    sentence = N_(
        "Valid ballots: %(valid)s; seats: %(seats)s. Whoever reaches the quota of %(quota)s votes is elected."
    )
    yield Line(sentence, {"valid": _sum(facts, "valid"), "seats": seats, "quota": detail["quota"]}, 1)
    before: Facts = {}
    for number, stage in enumerate(detail["stages"], start=1):
        for case in facts["ties"]:
            if case["stage"] == number:
                yield _tie(paper, case)
        for line in _stage(paper, stage, before, detail):
            yield Line(line.sentence, line.values, number)
        before = stage["votes"]
    # Votes that stay equal open the count where it stands.
    yield from (_tie(paper, case) for case in facts["ties"] if case["stage"] > len(detail["stages"]))


def _stage(paper: Paper, stage: Facts, before: Facts, detail: Facts) -> Iterator[Line]:
    if stage["act"] == "first":
        votes = stage["votes"]
        order = sorted(votes, key=lambda one: (-votes[one], one))
        standing = tuple(f"{paper.label(one)} {votes[one] // detail['unit']}" for one in order)
        yield Line(N_("First choices: %(standing)s."), {"standing": standing})
    if stage["act"] == "fill":
        names = tuple(paper.label(one) for one in stage["elected"])
        yield Line(N_("As many candidates remain as seats. The last seats go to: %(names)s."), {"names": names})
        return
    if stage["from"]:
        yield from _passed_on(paper, stage, before, detail)
    sentence = N_("%(option)s reaches the quota with %(votes)s votes: elected.")
    for one in stage["elected"]:
        yield Line(sentence, {"option": paper.label(one), "votes": _votes(stage["votes"][one], detail)})


def _votes(units: int, detail: Facts) -> object:
    """Votes with their five decimals, without those that are none."""
    whole, rest = divmod(units, detail["unit"])
    return Decimal(units) / detail["unit"] if rest else whole


def _passed_on(paper: Paper, stage: Facts, before: Facts, detail: Facts) -> Iterator[Line]:
    """Where the ballots of one candidate go: most of them first."""
    option, to = paper.label(stage["from"]), stage["to"]
    going = sorted(to, key=lambda one: (-to[one][0], one))
    surplus = before[stage["from"]] - detail["quota"] * detail["unit"]
    values = {"option": option, "total": stage["papers"], "surplus": _votes(max(surplus, 0), detail)}
    if not going:
        yield Line(_NOWHERE[stage["act"]], values)
        return
    for number, one in enumerate(going):
        passed = {"papers": to[one][0], "to": paper.label(one), "votes": _votes(to[one][1], detail)}
        sentence = _GOING[stage["act"], number == 0, to[one][0] == 1]
        yield Line(_ONLY if stage["papers"] == 1 else sentence, {**values, **passed})
    if stage["rest"][0]:
        yield Line(N_("Ballots that name nobody else who still stands: %(papers)s."), {"papers": stage["rest"][0]})


_NOWHERE: Final = {
    "exclusion": N_("%(option)s is eliminated; ballots: %(total)s, none of which names anybody else who still stands."),
    "surplus": N_(
        "%(option)s is %(surplus)s above the quota; "
        "ballots: %(total)s, none of which names anybody else who still stands."
    ),
}
_ONLY: Final = N_("%(option)s is eliminated; the only ballot goes to %(to)s.")
# By what moves, whether it is the first sentence of the stage, and whether a single ballot goes.
_GOING: Final = {
    ("exclusion", True, False): N_("%(option)s is eliminated; %(papers)s of %(total)s ballots go to %(to)s."),
    ("exclusion", True, True): N_("%(option)s is eliminated; one of %(total)s ballots goes to %(to)s."),
    ("exclusion", False, False): N_("%(papers)s of the %(total)s ballots of %(option)s go to %(to)s."),
    ("exclusion", False, True): N_("One of the %(total)s ballots of %(option)s goes to %(to)s."),
    ("surplus", True, False): N_(
        "%(option)s is %(surplus)s above the quota; %(papers)s of %(total)s ballots pass %(votes)s votes on to %(to)s."
    ),
    ("surplus", True, True): N_(
        "%(option)s is %(surplus)s above the quota; one of %(total)s ballots passes %(votes)s votes on to %(to)s."
    ),
    ("surplus", False, False): N_(
        "%(papers)s of the %(total)s ballots of %(option)s pass %(votes)s votes on to %(to)s."
    ),
    ("surplus", False, True): N_("One of the %(total)s ballots of %(option)s passes %(votes)s votes on to %(to)s."),
}
_METHODS: Final[Mapping[str, Callable[[Paper, Facts], Iterator[Line]]]] = {
    "resolutions": _resolutions, "choices": _chosen, "approval": _chosen, "grades": _grades, "ranking": _ranking,
    "rivals": _rivals, "lists": _lists,
}  # fmt: skip
