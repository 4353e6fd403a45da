"""Reading votes that answer a resolution: what they decide, both counts of them, the archive that tells it."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.ballots.counting import archive
from coopgov.ballots.counting.marks import encode, null_ballot
from coopgov.ballots.counting.papers import VERSION, Answer, Choices, Option, Resolutions
from coopgov.ballots.counting.ties import Contested, Settled, TieRule, Ties
from coopgov.ballots.counting.urn import CheckedUrn
from coopgov.ballots.deciding import check_programs_agree
from coopgov.ballots.proof import rule_facts
from coopgov.ballots.queries import Count, RollRow, ScrutinRow, each_ballot, get_roll, result
from coopgov.ballots.rules import Choice, Tally, Verdict, counts_of, decide_by_colleges, decide_by_heads
from coopgov.ballots.sheets import Facts, second_count
from coopgov.core.canonical import digest, plain
from coopgov.core.errors import refuse_if
from coopgov.law.arithmetic import Counts

# The one resolution of the sheet, by the name that the archive gives it.
RESOLUTION: Final = "resolution"
# Equal votes change nothing unless the majority says otherwise: nobody in an assembly has a casting vote.
TIES: Final = Ties(TieRule.STATUS_QUO)
_SIGNED: Final = ("scrutin", "voter", "choice", "channel", "cast_by")


def verdict_of(scrutin: ScrutinRow, counted: Count) -> Verdict:
    """What a count decides under the rule that was sealed."""
    if scrutin.college_weights is None:
        return decide_by_heads(whole_of(counted), scrutin.rule)
    colleges = {
        line.college: counts_of(
            line.tally,
            # Known wherever the base needs it (`check_presence_known`); otherwise it weighs nothing.
            present_or_represented=line.enrolled
            if line.present_or_represented is None
            else line.present_or_represented,
            enrolled=line.enrolled,
        )
        for line in counted.colleges
    }
    return decide_by_colleges(colleges, scrutin.rule, scrutin.college_weights)


def whole_of(counted: Count) -> Counts:
    """All colleges together, with the people they are measured on."""
    return counts_of(
        counted.tally, present_or_represented=counted.present_or_represented, enrolled=counted.enrolled
    )  # fmt: skip


def counted_by_both(session: Session, scrutin: ScrutinRow, counted: Count) -> Facts:
    """The archive of a closed vote; raises RuleBroken where the second program does not find the same in it.

    The first program is the database's own grouping and the law's arithmetic. The second reads the ballots, one by
    one, from the archive alone.
    """
    roll = get_roll(session, scrutin.roll_id)
    told = archive_of(scrutin, counted, roll=roll, ballots=_ballots(session, scrutin))
    refuse_if(check_programs_agree(told["result"], second_count(told)))
    return told


def archive_of(
    scrutin: ScrutinRow, counted: Count, *, roll: RollRow, ballots: Mapping[tuple[str, bytes], int]
) -> Facts:
    """All that a recount needs: ballots of one sheet, who could vote, who was there, the majority, the result."""
    majority = {"majority": rule_facts(scrutin.rule), "weights": scrutin.college_weights}
    return archive.archive(
        sheet_of(scrutin), TIES, roll=_people(scrutin, counted, roll), ballots=ballots, result=_found(scrutin, counted),
        majority=plain(majority),
    )  # fmt: skip


def sheet_of(scrutin: ScrutinRow) -> Resolutions:
    """The resolution as the only one of a sheet."""
    return Resolutions(scrutin=scrutin.id, options=(Option(RESOLUTION, scrutin.title),))


def _ballots(session: Session, scrutin: ScrutinRow) -> Counter[tuple[str, bytes]]:
    """The ballots, read one by one and grouped; colleges are told only where they are weighed."""
    paper, weighed = sheet_of(scrutin), scrutin.college_weights is not None
    said = {
        choice.value: encode(
            paper, {"v": VERSION, "scrutin": str(scrutin.id), "answers": {RESOLUTION: choice.value}}
        )
        for choice in Choice
    }  # fmt: skip
    altered = null_ballot(paper)
    return Counter(
        (ballot["college"] or "" if weighed else "", said[ballot["choice"]] if _is_as_cast(ballot) else altered)
        for ballot in each_ballot(session, scrutin)
    )


def _is_as_cast(ballot: Facts) -> bool:
    """A named ballot has the receipt that its voter was given; one of a secret vote is nobody's, and has none."""
    return "receipt" not in ballot or digest({name: ballot[name] for name in _SIGNED}) == ballot["receipt"]


def _people(scrutin: ScrutinRow, counted: Count, roll: RollRow) -> Facts:
    lines = counted.colleges if scrutin.college_weights is not None else ()
    present = {line.college: line.present_or_represented for line in lines if line.present_or_represented is not None}
    return {
        "size": roll.voters, "hash": roll.hash_now, "colleges": {line.college: line.enrolled for line in lines},
        "present": {"": counted.present_or_represented, **present}, **plain(scrutin.happened(roll)),
    }  # fmt: skip


def _found(scrutin: ScrutinRow, counted: Count) -> Facts:
    """What the first program finds, as the facts of a sheet with one resolution."""
    verdict = verdict_of(scrutin, counted)
    tallies = _tallies(scrutin, counted)
    among = (Answer.AGAINST.value, Answer.FOR.value)
    equal = Settled(Contested.ANSWER, among, TIES.rule, among[:1], about=RESOLUTION)
    share = Fraction(verdict.numerator, verdict.denominator) if verdict.denominator else Fraction(0)
    return {
        "v": VERSION, "kind": Resolutions.kind,
        "turnout": {c: {"valid": t.cast - t.blank, "blank": t.blank, "null": 0} for c, t in tallies.items()},
        "elected": [], "vacant": 0, "ties": [] if verdict.tie is None else [equal.facts()],
        "detail": {
            "answers": {RESOLUTION: {c: {one.value: n for one, n in t.by_choice.items()} for c, t in tallies.items()}},
            "decision": {"outcome": verdict.outcome.value, "share": str(share)},
        },
    }  # fmt: skip


def _tallies(scrutin: ScrutinRow, counted: Count) -> dict[str, Tally]:
    """By college where they are weighed; a college without any ballot is not in the urn."""
    weighed = scrutin.college_weights is not None
    lines = {line.college: line.tally for line in counted.colleges} if weighed else {"": counted.tally}
    return {college: lines[college] for college in sorted(lines) if lines[college].cast}


def urn_of(session: Session, scrutin_id: UUID, labels: Mapping[Choice, str]) -> CheckedUrn:
    """The answers of a proclaimed vote for foreign programs, as a choice of one among three; raises NotFound before."""
    said = result(session, scrutin_id).counts
    offered = tuple(Option(choice.value, labels[choice]) for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN))
    answers = zip((b"\1\0\0", b"\0\1\0", b"\0\0\1"), (said.for_, said.against, said.abstain), strict=True)
    groups = {marks: ballots for marks, ballots in answers if ballots}
    return CheckedUrn(Choices(scrutin=scrutin_id, options=offered), {"": groups}, turnout={}, nulls={})
