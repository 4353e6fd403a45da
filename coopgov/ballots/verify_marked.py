"""Recompute what a vote on another paper than a resolution's left: ballots, open urn, count, archive, result."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from coopgov.ballots.deciding import outcome_of
from coopgov.ballots.models import (
    BallotMarked,
    RollEntry,
    ScrutinArchive,
    ScrutinResult,
    ScrutinTally,
    SealedPart,
    UrnMarked,
)
from coopgov.ballots.proof import marked_hash, opened_marked_hash
from coopgov.ballots.queries import ScrutinRow, turnout
from coopgov.ballots.rules import Level
from coopgov.ballots.sheets import Facts, counted_by_both, form_of
from coopgov.core.errors import RuleBroken
from coopgov.core.journal import Fault


def verify_marked(session: Session, scrutin: ScrutinRow, where: str) -> Iterator[Fault]:
    """Tell what of such a vote is not what was cast, counted and proclaimed."""
    if scrutin.level is Level.NAMED:
        yield from _verify_named(session, scrutin, where)
    counted, result = session.get(ScrutinTally, scrutin.id), session.get(ScrutinResult, scrutin.id)
    if counted is None:
        return
    if scrutin.level is Level.SECRET:
        yield from _verify_opened(session, scrutin, json.loads(counted.facts), where)
    yield from _verify_count(session, scrutin, json.loads(counted.facts), where)
    if result is not None:
        yield from _verify_result(session, scrutin, json.loads(result.facts), where)


def _verify_named(session: Session, scrutin: ScrutinRow, where: str) -> Iterator[Fault]:
    rows: Any = session.execute(
        select(
            BallotMarked.voter_id, BallotMarked.content, BallotMarked.channel, BallotMarked.cast_by,
            BallotMarked.receipt, RollEntry.voter_id.label("enrolled"),
        )
        .outerjoin(RollEntry, (RollEntry.voter_id == BallotMarked.voter_id) & (RollEntry.roll_id == scrutin.roll_id))
        .where(BallotMarked.scrutin_id == scrutin.id)
        .order_by(BallotMarked.voter_id)
    )  # fmt: skip
    for voter, content, channel, cast_by, receipt, enrolled in rows:
        told = marked_hash(scrutin_id=scrutin.id, voter_id=voter, content=content, channel=channel, cast_by=cast_by)
        if told != receipt:
            yield Fault(where, f"the ballot of {voter} is not what was cast")
        if enrolled is None:
            yield Fault(where, f"{voter} has a ballot and is not on the roll")


def _verify_opened(session: Session, scrutin: ScrutinRow, facts: dict[str, Any], where: str) -> Iterator[Fault]:
    query = select(UrnMarked.id, UrnMarked.content).where(UrnMarked.scrutin_id == scrutin.id)
    ballots = [(name, content) for name, content in session.execute(query)]
    if opened_marked_hash(ballots) != facts.get("opened"):
        yield Fault(where, "its ballots are not those of the urn that was opened")
    if len(ballots) != turnout(session, scrutin.id):
        yield Fault(where, "it has more or fewer ballots than people who voted")
    if session.scalar(select(exists().where(SealedPart.scrutin_id == scrutin.id))):
        yield Fault(where, "its urn is open and parts of its key are still kept")


def _verify_count(session: Session, scrutin: ScrutinRow, facts: dict[str, Any], where: str) -> Iterator[Fault]:
    if _counted(session, scrutin, ())[0] != facts["form"]:
        yield Fault(where, "its ballots do not give its count")


def _verify_result(session: Session, scrutin: ScrutinRow, facts: dict[str, Any], where: str) -> Iterator[Fault]:
    found, told = _counted(session, scrutin, tuple(facts["chair"]))
    if found != facts["form"] or facts["outcome"] != outcome_of(form_of(scrutin).paper, facts["form"]).value:
        yield Fault(where, "its count does not give its result")
    yield from verify_archive(session, scrutin.id, told, facts["archive"], where)


def verify_archive(session: Session, scrutin_id: UUID, told: Facts, whole: str, where: str) -> Iterator[Fault]:
    """Tell where the archive that was kept is not what the ballots give now, or not the one of the result."""
    row = session.get(ScrutinArchive, scrutin_id)
    if row is None or not told or json.loads(row.archive) != told or told["hashes"]["whole"] != whole:
        yield Fault(where, "its archive is not the one of its result")
    elif hashlib.sha256(row.archive.encode()).hexdigest() != row.hash:
        yield Fault(where, "its archive does not give its hash")


def _counted(session: Session, scrutin: ScrutinRow, chair: tuple[str, ...]) -> tuple[Facts, Facts]:
    try:
        return counted_by_both(session, scrutin, chair)
    except RuleBroken:
        return {}, {}
