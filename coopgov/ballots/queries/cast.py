"""Who voted, named or sealed; a running vote shows its turnout, never its ballots."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, cast, func, null, select, union_all
from sqlalchemy.orm import Session

from coopgov.ballots.models import (
    BallotMarked,
    BallotNamed,
    Envelope,
    Participation,
    Roll,
    RollEntry,
)
from coopgov.ballots.queries.scrutins import ScrutinRow, get_scrutins
from coopgov.ballots.rules import (
    COUNTABLE,
    Channel,
    Choice,
    Receipt,
    turnout_shown,
)


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


def votes_cast(session: Session, scrutin_ids: Collection[UUID]) -> dict[UUID, int]:
    """In how many of these votes each person's ballot is in the urn; whoever cast none is left out."""
    papers = _papers(scrutin_ids)
    rows = session.execute(select(papers.c.voter_id, func.count()).group_by(papers.c.voter_id))
    return {voter_id: count for voter_id, count in rows}  # noqa: C416 - dict() loses the row's types


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
