"""Reading urns, counts and results."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from coopgov.ballots.counting.papers import Paper, paper_from_facts
from coopgov.ballots.models import (
    BallotNamed,
    RollEntry,
    ScrutinResult,
    ScrutinTally,
    Urn,
    UrnBallot,
)
from coopgov.ballots.proof import rule_from_facts
from coopgov.ballots.queries.rolls import get_roll
from coopgov.ballots.queries.scrutins import ScrutinRow, get_scrutin
from coopgov.ballots.rules import (
    Choice,
    Level,
    Outcome,
    Tally,
    check_told,
    together,
)
from coopgov.core.errors import Citation, NotFound, refuse_if
from coopgov.law.arithmetic import Base, Counts, DecisionRule, Tie


@dataclass(frozen=True, slots=True)
class UrnRow:
    """A closed urn."""

    ballots: int
    hash: str


@dataclass(frozen=True, slots=True)
class CollegeLine:
    """One college's line of a result; `present_or_represented` is None when heads are counted together."""

    college: str
    tally: Tally
    enrolled: int
    present_or_represented: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """A proclaimed result: what was decided, from which numbers, by which rule."""

    scrutin_id: UUID
    subject_hash: str
    outcome: Outcome
    counts: Counts
    numerator: int
    denominator: int
    rule: DecisionRule
    colleges: tuple[CollegeLine, ...]
    weighted: bool
    urn_hash: str
    hash: str
    proclaimed_at: datetime
    proclaimed_by: str
    tie: Tie | None = None
    """The rule by which equal votes were settled; None where they were not equal."""
    form: dict[str, Any] | None = None
    """What the count of another ballot paper found; None where a resolution was answered."""
    paper: Paper | None = None
    """That ballot paper."""
    archive: str = ""
    """The hash of the archive that anybody recounts."""

    @property
    def base(self) -> Base:
        return self.rule.base

    @property
    def fraction(self) -> Fraction:
        return self.rule.fraction

    @property
    def strict(self) -> bool:
        return self.rule.strict

    @property
    def citations(self) -> tuple[Citation, ...]:
        return self.rule.citations


def find_urn(session: Session, scrutin_id: UUID) -> UrnRow | None:
    """The closed urn, once it is."""
    row = session.get(Urn, scrutin_id)
    return None if row is None else UrnRow(row.ballots, row.hash)


def tally(session: Session, scrutin_id: UUID) -> Tally:
    """How many ballots say what; raises RuleBroken unless the vote is closed and stands."""
    return together(tally_by_college(session, scrutin_id).values())


def tally_by_college(session: Session, scrutin_id: UUID) -> dict[str, Tally]:
    """The same, by college of the roll; a college without ballots is there with zeros."""
    scrutin = get_scrutin(session, scrutin_id)
    refuse_if(check_told(scrutin.state))
    counted = _counted(session, scrutin)
    return {college: counted.get(college, Tally()) for college in counted_colleges(session, scrutin)}


def counted_colleges(session: Session, scrutin: ScrutinRow) -> dict[str, int]:
    """The voters of each college whose ballots are counted apart: a secret vote keeps all in one unless it must not."""
    roll = get_roll(session, scrutin.roll_id)
    if scrutin.level is Level.SECRET and scrutin.college_weights is None:
        return {"": roll.voters}
    return roll.voters_by_college


def _counted(session: Session, scrutin: ScrutinRow) -> dict[str, Tally]:
    rows = session.execute(_named(scrutin) if scrutin.level is Level.NAMED else _opened(scrutin))
    found: dict[str, dict[Choice, int]] = {}
    for college, choice, count in rows:
        found.setdefault(college, {})[choice] = count
    return {college: tally_of_choices(by_choice) for college, by_choice in found.items()}


def _named(scrutin: ScrutinRow) -> Select[str, Choice, int]:
    return (
        select(RollEntry.college, BallotNamed.choice, func.count())
        .join(RollEntry, (RollEntry.voter_id == BallotNamed.voter_id) & (RollEntry.roll_id == scrutin.roll_id))
        .where(BallotNamed.scrutin_id == scrutin.id)
        .group_by(RollEntry.college, BallotNamed.choice)
    )


def _opened(scrutin: ScrutinRow) -> Select[str, Choice, int]:
    return (
        select(UrnBallot.college, UrnBallot.choice, func.count())
        .where(UrnBallot.scrutin_id == scrutin.id)
        .group_by(UrnBallot.college, UrnBallot.choice)
    )


def export_ballots(session: Session, scrutin_id: UUID) -> Iterator[str]:
    """The urn of a vote that answers a resolution, one JSON object a line; raises RuleBroken unless it may be told."""
    return map(json.dumps, each_ballot(session, get_scrutin(session, scrutin_id)))


def each_ballot(session: Session, scrutin: ScrutinRow) -> Iterator[dict[str, Any]]:
    """Its ballots one by one, in the order of voters' identifiers, or of the random names of secret ones.

    Raises RuleBroken unless the vote is closed and stands.
    """
    refuse_if(check_told(scrutin.state))
    if scrutin.level is Level.SECRET:
        return _opened_ballots(session, scrutin.id)
    rows = session.execute(
        select(
            BallotNamed.voter_id, BallotNamed.choice, BallotNamed.channel, BallotNamed.cast_by, BallotNamed.receipt,
            RollEntry.college,
        )
        .outerjoin(RollEntry, (RollEntry.voter_id == BallotNamed.voter_id) & (RollEntry.roll_id == scrutin.roll_id))
        .where(BallotNamed.scrutin_id == scrutin.id)
        .order_by(BallotNamed.voter_id)
        .execution_options(yield_per=2000)
    )  # fmt: skip
    return (_exported(scrutin.id, row) for row in rows)


def _opened_ballots(session: Session, scrutin_id: UUID) -> Iterator[dict[str, Any]]:
    rows = session.execute(
        select(UrnBallot.id, UrnBallot.college, UrnBallot.choice)
        .where(UrnBallot.scrutin_id == scrutin_id)
        .order_by(UrnBallot.id)
        .execution_options(yield_per=2000)
    )
    return (
        {"scrutin": str(scrutin_id), "ballot": str(name), "college": college, "choice": choice.value}
        for name, college, choice in rows
    )


def _exported(scrutin_id: UUID, row: Any) -> dict[str, Any]:
    return {
        "scrutin": str(scrutin_id), "voter": str(row.voter_id), "college": row.college, "choice": row.choice.value,
        "channel": row.channel.value, "cast_by": str(row.cast_by), "receipt": row.receipt,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """The stored count, before or after it is proclaimed."""

    colleges: tuple[CollegeLine, ...]
    present_or_represented: int
    form: dict[str, Any] | None = None
    """What the count of another ballot paper found, before the chair settles equal votes."""

    @property
    def tally(self) -> Tally:
        """All colleges together."""
        return together(line.tally for line in self.colleges)

    @property
    def enrolled(self) -> int:
        """All voters of the roll."""
        return sum(line.enrolled for line in self.colleges)


def find_count(session: Session, scrutin_id: UUID) -> Count | None:
    """The count that two programs agreed on, once it is made."""
    row = session.get(ScrutinTally, scrutin_id)
    return None if row is None else count_from_facts(json.loads(row.facts))


def count_from_facts(facts: dict[str, Any]) -> Count:
    """The count those canonical facts tell."""
    return Count(_lines(facts["colleges"]), facts["present_or_represented"], facts.get("form"))


def find_result(session: Session, scrutin_id: UUID) -> Result | None:
    """The proclaimed result, once it is."""
    return results(session, [scrutin_id]).get(scrutin_id)


def result(session: Session, scrutin_id: UUID) -> Result:
    """The proclaimed result; raises NotFound before it is."""
    found = find_result(session, scrutin_id)
    if found is None:
        raise NotFound
    return found


def results(session: Session, scrutin_ids: Collection[UUID]) -> dict[UUID, Result]:
    """The proclaimed results among these votes."""
    rows = session.scalars(select(ScrutinResult).where(ScrutinResult.scrutin_id.in_(scrutin_ids)))
    return {row.scrutin_id: result_from_facts(json.loads(row.facts), row.hash) for row in rows}


def result_from_facts(facts: dict[str, Any], hashed: str) -> Result:
    """The result those canonical facts tell."""
    return Result(
        scrutin_id=UUID(facts["scrutin"]), subject_hash=facts["subject"], outcome=Outcome(facts["outcome"]),
        counts=Counts(**facts["counts"]), numerator=int(facts["numerator"]), denominator=int(facts["denominator"]),
        rule=rule_from_facts(facts["rule"]), colleges=_lines(facts["colleges"]), weighted=facts["weights"] is not None,
        urn_hash=facts["urn"], hash=hashed, proclaimed_at=datetime.fromisoformat(facts["proclaimed_at"]),
        proclaimed_by=facts["proclaimed_by"], tie=Tie(facts["tie"]) if facts.get("tie") else None,
        form=facts.get("form"), archive=facts.get("archive", ""),
        paper=paper_from_facts(facts["paper"]) if facts.get("paper") else None,
    )  # fmt: skip


def _lines(colleges: Sequence[dict[str, Any]]) -> tuple[CollegeLine, ...]:
    return tuple(
        CollegeLine(line["college"], Tally(**line["tally"]), line["enrolled"], line["present_or_represented"])
        for line in colleges
    )


def tally_of_choices(by_choice: dict[Choice, int]) -> Tally:
    return Tally(*(by_choice.get(choice, 0) for choice in Choice))
