"""Reading rolls, votes and results; a running vote shows its turnout, never its ballots."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from coopgov.ballots.counting.papers import Paper, paper_from_facts
from coopgov.ballots.deciding import Form, form_from_facts
from coopgov.ballots.models import (
    BallotMarked,
    BallotNamed,
    Envelope,
    PaperCount,
    Participation,
    Roll,
    RollEntry,
    Scrutin,
    ScrutinForm,
    ScrutinKey,
    ScrutinKeyPart,
    ScrutinResult,
    ScrutinStep,
    ScrutinTally,
    TellerKey,
    Urn,
    UrnBallot,
)
from coopgov.ballots.proof import Seal, rule_from_facts, weights_from_text
from coopgov.ballots.rules import (
    COUNTABLE,
    URN_CLOSED,
    Channel,
    Choice,
    Level,
    Outcome,
    PaperReading,
    Receipt,
    RollVoter,
    State,
    Tally,
    Window,
    check_told,
    latest,
    together,
    turnout_shown,
)
from coopgov.core.errors import Citation, NotFound, refuse_if
from coopgov.core.reading import once
from coopgov.law.arithmetic import Base, Counts, DecisionRule, Tie


@dataclass(frozen=True, slots=True)
class RollRow:
    """A frozen roll, without its entries."""

    id: UUID
    reference_on: date
    size: int
    colleges: dict[str, int]
    hash: str
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to a vote."""

    step: State
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ScrutinRow:
    """A sealed vote and where it stands."""

    id: UUID
    roll_id: UUID
    level: Level
    subject_hash: str
    title: str
    rule: DecisionRule
    window: Window | None
    college_weights: dict[str, Fraction] | None
    seal: str
    state: State
    steps: tuple[Step, ...]
    form: Form | None = None
    """What its ballots are, unless they answer a resolution."""

    def at(self, state: State) -> datetime | None:
        """When that step was taken, if it was."""
        return next((step.at for step in self.steps if step.step is state), None)

    def takes_remote(self, now: datetime) -> bool:
        """Whether a remote ballot would be taken at that instant."""
        return self.state not in URN_CLOSED and self.window is not None and self.window.is_open(now)

    @property
    def takes_in_room(self) -> bool:
        """Whether a ballot would be taken in the room."""
        return self.state is State.ROOM_OPENED


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


def get_roll(session: Session, roll_id: UUID) -> RollRow:
    """One roll; raises NotFound."""
    row = session.get(Roll, roll_id)
    if row is None:
        raise NotFound
    return RollRow(row.id, row.reference_on, row.size, json.loads(row.colleges), row.hash, row.frozen_at)


def roll_size(session: Session, roll_id: UUID) -> int:
    """How many voters the roll holds; raises NotFound."""
    return get_roll(session, roll_id).size


@once
def on_roll(session: Session, roll_id: UUID, voter_id: UUID) -> bool:
    """Whether that person is on the roll."""
    return session.get(RollEntry, (roll_id, voter_id)) is not None


def find_roll_voter(session: Session, roll_id: UUID, voter_id: UUID) -> RollVoter | None:
    """One line of a roll, if the person stands there."""
    row = session.get(RollEntry, (roll_id, voter_id))
    return None if row is None else RollVoter(row.voter_id, row.number, row.name, row.college)


def roll_voters(session: Session, roll_id: UUID) -> Iterator[RollVoter]:
    """The lines of a roll in the order of their numbers."""
    rows = session.execute(
        select(RollEntry.voter_id, RollEntry.number, RollEntry.name, RollEntry.college)
        .where(RollEntry.roll_id == roll_id)
        .order_by(RollEntry.number, RollEntry.voter_id)
        .execution_options(yield_per=2000)
    )
    return (RollVoter(*row) for row in rows)


def find_scrutin(session: Session, scrutin_id: UUID) -> ScrutinRow | None:
    """One vote, if it was sealed."""
    return next(iter(get_scrutins(session, [scrutin_id]).values()), None)


def get_scrutin(session: Session, scrutin_id: UUID) -> ScrutinRow:
    """One vote; raises NotFound."""
    found = find_scrutin(session, scrutin_id)
    if found is None:
        raise NotFound
    return found


def get_scrutins(session: Session, scrutin_ids: Collection[UUID]) -> dict[UUID, ScrutinRow]:
    """Several votes at once, by identifier."""
    scrutins = session.execute(
        select(Scrutin, ScrutinForm)
        .outerjoin(ScrutinForm, ScrutinForm.scrutin_id == Scrutin.id)
        .where(Scrutin.id.in_(scrutin_ids))
    ).all()
    steps: dict[UUID, list[Step]] = {}
    for row in session.scalars(
        select(ScrutinStep).where(ScrutinStep.scrutin_id.in_(scrutin_ids)).order_by(ScrutinStep.at)
    ):
        steps.setdefault(row.scrutin_id, []).append(Step(row.step, row.at, row.by))
    return {scrutin.id: _scrutin(scrutin, form, steps[scrutin.id]) for scrutin, form in scrutins}


def state_of(session: Session, scrutin_id: UUID) -> State:
    """Where a vote stands; raises NotFound."""
    return get_scrutin(session, scrutin_id).state


# A public key never changes once its vote is sealed, and a whole room asks for it.
_public_keys: dict[UUID, bytes | None] = {}


def find_public_key(session: Session, scrutin_id: UUID) -> bytes | None:
    """What ballots of a secret vote are sealed to; None for a named vote, or one that was never sealed."""
    if scrutin_id not in _public_keys:
        row = session.execute(
            select(Scrutin.id, ScrutinKey.public)
            .outerjoin(ScrutinKey, ScrutinKey.scrutin_id == Scrutin.id)
            .where(Scrutin.id == scrutin_id)
        ).first()
        if row is None:
            return None
        if len(_public_keys) >= MOST_KEYS:
            _public_keys.clear()
        _public_keys[scrutin_id] = row.public
    return _public_keys[scrutin_id]


MOST_KEYS = 1000
# Nor does the form of its ballots.
_forms: dict[UUID, Form | None] = {}


def find_form(session: Session, scrutin_id: UUID) -> Form | None:
    """What a ballot of that vote is; None where it answers a resolution, or where nothing was sealed."""
    if scrutin_id not in _forms:
        scrutin = find_scrutin(session, scrutin_id)
        if scrutin is None:
            return None
        if len(_forms) >= MOST_KEYS:
            _forms.clear()
        _forms[scrutin_id] = scrutin.form
    return _forms[scrutin_id]


def _papers(scrutin_ids: Any, *more: str) -> Subquery:
    """Who voted in these votes, named or sealed, before and after the urn is opened."""
    names = ("scrutin_id", "voter_id", "channel", "cast_by", *more)
    return union_all(*(_of(kind, names, scrutin_ids) for kind in _KINDS)).subquery()


_KINDS = (BallotNamed, BallotMarked, Envelope, Participation)


def _of(kind: Any, names: Sequence[str], scrutin_ids: Any) -> Select[Any]:
    columns: list[Any] = [getattr(kind, name, _NOTHING.get(name)) for name in names]
    return select(*columns).where(kind.scrutin_id.in_(scrutin_ids))


# PostgreSQL gives a column that nobody types to text, before it sees what stands in the next table.
_NOTHING = {
    "choice": null().label("choice"),
    "content": cast(null(), BallotMarked.content.type).label("content"),
}


def turnout(session: Session, scrutin_id: UUID) -> int:
    """How many ballots are in the urn."""
    return turnouts(session, [scrutin_id]).get(scrutin_id, 0)


def turnouts(session: Session, scrutin_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many ballots are in each urn; `told_turnouts` is what pages show."""
    # Counted table by table, each in its index: a large room looks at this page all the time.
    found: Counter[UUID] = Counter()
    for scrutin_id, count in session.execute(union_all(*(_counted_in(kind, scrutin_ids) for kind in _KINDS))):
        found[scrutin_id] += count
    return dict(found)


def _counted_in(kind: Any, scrutin_ids: Collection[UUID]) -> Select[Any]:
    return select(kind.scrutin_id, func.count()).where(kind.scrutin_id.in_(scrutin_ids)).group_by(kind.scrutin_id)


def told_turnouts(
    session: Session, scrutin_ids: Collection[UUID], known: Mapping[UUID, ScrutinRow] | None = None
) -> dict[UUID, int | None]:
    """How many ballots are in each urn, as far as it may be told now: None while a secret vote has too few."""
    cast, scrutins = turnouts(session, scrutin_ids), known or get_scrutins(session, scrutin_ids)
    sizes = _roll_sizes(session, {scrutin.roll_id for scrutin in scrutins.values()})
    return {
        scrutin.id: number
        if scrutin.state in COUNTABLE
        else turnout_shown(scrutin.level, number, sizes[scrutin.roll_id])
        for scrutin in scrutins.values()
        for number in (cast.get(scrutin.id, 0),)
    }


def _roll_sizes(session: Session, roll_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = session.execute(select(Roll.id, Roll.size).where(Roll.id.in_(roll_ids)))
    return {roll_id: size for roll_id, size in rows}  # noqa: C416 - dict() loses the row's types


def has_voted(session: Session, scrutin_id: UUID, voter_id: UUID) -> bool:
    """Whether that person's ballot is in the urn."""
    return (scrutin_id, voter_id) in voted_ids(session, [scrutin_id], [voter_id])


def voted_ids(
    session: Session, scrutin_ids: Collection[UUID], voter_ids: Collection[UUID]
) -> frozenset[tuple[UUID, UUID]]:
    """The pairs (vote, voter) among these whose ballot is in the urn."""
    rows = session.execute(_who_voted(), {"scrutins": list(scrutin_ids), "voters": list(voter_ids)})
    return frozenset((scrutin_id, voter_id) for scrutin_id, voter_id in rows)


@cache
def _who_voted() -> Select[Any]:
    # Nearly every page of a member asks it: the statement is built once.
    papers = _papers(bindparam("scrutins", expanding=True))
    mine = papers.c.voter_id.in_(bindparam("voters", expanding=True))
    return select(papers.c.scrutin_id, papers.c.voter_id).where(mine)


@dataclass(frozen=True, slots=True)
class CastRow:
    """A ballot as its own voter, or who cast it, may see it; a sealed one does not tell its choice."""

    scrutin_id: UUID
    voter_id: UUID
    choice: Choice | None
    channel: Channel
    cast_by: UUID
    receipt: str
    content: bytes | None = None
    """The marks of a named ballot on another paper than a resolution's."""


def ballots_of(session: Session, scrutin_ids: Collection[UUID], voter_ids: Collection[UUID]) -> list[CastRow]:
    """The ballots of these voters; ask only for those the reader cast or owns."""
    rows = session.execute(_cast_for(), {"scrutins": list(scrutin_ids), "voters": list(voter_ids)})
    return [CastRow(r.scrutin_id, r.voter_id, r.choice, r.channel, r.cast_by, r.receipt, r.content) for r in rows]


@cache
def _cast_for() -> Select[Any]:
    papers = _papers(bindparam("scrutins", expanding=True), "choice", "receipt", "content")
    theirs = papers.c.voter_id.in_(bindparam("voters", expanding=True))
    return select(papers).where(theirs).order_by(papers.c.scrutin_id, papers.c.voter_id)


def cast_in(session: Session, scrutin_id: UUID) -> Iterator[CastRow]:
    """Every ballot of one vote, in no order."""
    rows = session.execute(select(_papers([scrutin_id], "choice", "receipt")).execution_options(yield_per=2000))
    return (CastRow(r.scrutin_id, r.voter_id, r.choice, r.channel, r.cast_by, r.receipt) for r in rows)


@dataclass(frozen=True, slots=True)
class OwnBallot:
    """A ballot the reader may see: her own, or one she cast for somebody."""

    voter_id: UUID
    voter_name: str
    choice: Choice | None
    channel: Channel
    receipt: Receipt
    content: bytes | None = None


def own_ballots(session: Session, scrutin: ScrutinRow, voter_id: UUID) -> list[OwnBallot]:
    """The ballots of this person in one vote: her own, and those she cast by proxy."""
    papers = _papers([scrutin.id], "choice", "receipt", "content")
    rows = session.execute(
        select(papers, RollEntry.name)
        .join(RollEntry, (RollEntry.voter_id == papers.c.voter_id) & (RollEntry.roll_id == scrutin.roll_id))
        .where((papers.c.voter_id == voter_id) | (papers.c.cast_by == voter_id))
        .order_by(RollEntry.number)
    )
    return [OwnBallot(r.voter_id, r.name, r.choice, r.channel, _receipt(r), r.content) for r in rows]


def _receipt(row: Any) -> Receipt:
    return Receipt(row.scrutin_id, row.voter_id, row.choice, row.receipt)


def remote_voters(session: Session, scrutin_ids: Collection[UUID]) -> frozenset[UUID]:
    """Who voted remotely in at least one of these votes: they count as present for the quorum."""
    papers = _papers(scrutin_ids)
    return frozenset(session.scalars(select(papers.c.voter_id).where(_is_remote(papers)).distinct()))


def count_remote_voters(session: Session, scrutin_ids: Collection[UUID]) -> int:
    """How many people voted remotely in at least one of these votes."""
    papers = _papers(scrutin_ids)
    return session.scalar(select(func.count(papers.c.voter_id.distinct())).where(_is_remote(papers))) or 0


def _is_remote(papers: Subquery) -> ColumnElement[bool]:
    return papers.c.channel == Channel.REMOTE


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
        return {"": roll.size}
    return roll.colleges


def _counted(session: Session, scrutin: ScrutinRow) -> dict[str, Tally]:
    rows = session.execute(_named(scrutin) if scrutin.level is Level.NAMED else _opened(scrutin))
    found: dict[str, dict[Choice, int]] = {}
    for college, choice, count in rows:
        found.setdefault(college, {})[choice] = count
    return {college: _tally(by_choice) for college, by_choice in found.items()}


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
    """The urn, one JSON object a line, in the order of voters' identifiers: what `recount` reads.

    Raises RuleBroken unless the vote is closed and stands.
    """
    scrutin = get_scrutin(session, scrutin_id)
    refuse_if(check_told(scrutin.state))
    if scrutin.level is Level.SECRET:
        return _opened_ballots(session, scrutin_id)
    rows = session.execute(
        select(
            BallotNamed.voter_id, BallotNamed.choice, BallotNamed.channel, BallotNamed.cast_by, BallotNamed.receipt,
            RollEntry.college,
        )
        .outerjoin(RollEntry, (RollEntry.voter_id == BallotNamed.voter_id) & (RollEntry.roll_id == scrutin.roll_id))
        .where(BallotNamed.scrutin_id == scrutin_id)
        .order_by(BallotNamed.voter_id)
        .execution_options(yield_per=2000)
    )  # fmt: skip
    return (_exported(scrutin_id, row) for row in rows)


def paper_readings(session: Session, scrutin_id: UUID, colleges: Collection[str]) -> list[PaperReading]:
    """What each teller read on the paper ballots, by the name on her key; in the order of the names."""
    rows = session.execute(
        select(PaperCount.by, PaperCount.college, PaperCount.choice, PaperCount.ballots)
        .where(PaperCount.scrutin_id == scrutin_id)
        .order_by(PaperCount.by)
    )
    read: dict[UUID, dict[str, dict[Choice, int]]] = {}
    for by, college, choice, number in rows:
        read.setdefault(by, {college: {} for college in colleges})[college][choice] = number
    names = teller_names(session, read)
    found = [
        PaperReading(names.get(by, ""), {college: _tally(said) for college, said in told.items()})
        for by, told in read.items()
    ]
    return sorted(found, key=lambda one: one.teller)


def papers_by_college(session: Session, scrutin: ScrutinRow) -> dict[str, int]:
    """How many people voted on paper in the room, by the colleges that are counted apart."""
    weighed = scrutin.college_weights is not None
    rows = session.execute(
        select(RollEntry.college if weighed else literal(""), func.count())
        .select_from(Envelope)
        .join(RollEntry, (RollEntry.voter_id == Envelope.voter_id) & (RollEntry.roll_id == scrutin.roll_id))
        .where(Envelope.scrutin_id == scrutin.id, Envelope.channel == Channel.PAPER)
        .group_by(RollEntry.college if weighed else literal(""))
    )
    return {college: number for college, number in rows}  # noqa: C416 - dict() loses the row's types


def teller_keys(session: Session, account_ids: Collection[UUID]) -> list[TellerKey]:
    """The latest key of each of these people who has one, by name."""
    rows = session.scalars(
        select(TellerKey).where(TellerKey.account_id.in_(account_ids)).order_by(TellerKey.made_at, TellerKey.id)
    )
    latest_of = {row.account_id: row for row in rows}
    return sorted(latest_of.values(), key=lambda row: (row.name, row.id))


def teller_names(session: Session, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names that tellers' keys bear."""
    return {row.account_id: row.name for row in teller_keys(session, account_ids)}


@dataclass(frozen=True, slots=True)
class TellersOf:
    """Who opens the urn of a secret vote: how many of whom."""

    needed: int
    names: tuple[str, ...]


def tellers_of(session: Session, scrutin_id: UUID) -> TellersOf | None:
    """Who opens the urn of this vote; None when it is not secret."""
    key = session.get(ScrutinKey, scrutin_id)
    if key is None:
        return None
    names = session.scalars(
        select(TellerKey.name)
        .join(ScrutinKeyPart, ScrutinKeyPart.teller_key_id == TellerKey.id)
        .where(ScrutinKeyPart.scrutin_id == scrutin_id)
        .order_by(ScrutinKeyPart.number)
    )
    return TellersOf(key.needed, tuple(names))


def _opened_ballots(session: Session, scrutin_id: UUID) -> Iterator[str]:
    rows = session.execute(
        select(UrnBallot.id, UrnBallot.college, UrnBallot.choice)
        .where(UrnBallot.scrutin_id == scrutin_id)
        .order_by(UrnBallot.id)
        .execution_options(yield_per=2000)
    )
    return (
        json.dumps(
            {"scrutin": str(scrutin_id), "ballot": str(name), "college": college, "choice": choice.value}
        )
        for name, college, choice in rows
    )  # fmt: skip


def _exported(scrutin_id: UUID, row: Any) -> str:
    return json.dumps(
        {
            "scrutin": str(scrutin_id), "voter": str(row.voter_id), "college": row.college,
            "choice": row.choice.value, "channel": row.channel.value, "cast_by": str(row.cast_by),
            "receipt": row.receipt,
        }
    )  # fmt: skip


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


def _tally(by_choice: dict[Choice, int]) -> Tally:
    return Tally(*(by_choice.get(choice, 0) for choice in Choice))


def _scrutin(row: Scrutin, form: ScrutinForm | None, steps: Sequence[Step]) -> ScrutinRow:
    return ScrutinRow(
        id=row.id, roll_id=row.roll_id, level=row.level, subject_hash=row.subject_hash, title=row.title,
        rule=rule_from_facts(json.loads(row.rule)), window=_window(row),
        college_weights=weights_from_text(row.college_weights), seal=row.seal,
        state=latest(step.step for step in steps), steps=tuple(steps), form=None if form is None else _form(form),
    )  # fmt: skip


def _form(row: ScrutinForm) -> Form:
    return form_from_facts({"form": json.loads(row.form), "ties": json.loads(row.ties)})


def _window(row: Scrutin) -> Window | None:
    if row.remote_opens_at is None or row.remote_closes_at is None:
        return None
    return Window(row.remote_opens_at, row.remote_closes_at)


def seal_of(scrutin: ScrutinRow, roll: RollRow) -> Seal:
    """The facts a vote's seal was taken of."""
    return Seal(
        scrutin.id, scrutin.level, scrutin.subject_hash, scrutin.title, roll.hash, scrutin.rule, scrutin.window,
        scrutin.college_weights, scrutin.form,
    )  # fmt: skip
