"""Recompute everything a vote left: roll, seal, ballots, urn, count, result."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from coopgov.ballots.after_seal import RollStrike, ScrutinAnnulment, ScrutinResumption, ScrutinSuspension
from coopgov.ballots.answered import counted_by_both, verdict_of
from coopgov.ballots.models import (
    BallotNamed,
    Roll,
    RollEntry,
    Scrutin,
    ScrutinArchive,
    ScrutinForm,
    ScrutinKey,
    ScrutinKeyPart,
    ScrutinResult,
    ScrutinStep,
    ScrutinTally,
    SealedPart,
    TellerKey,
    Urn,
    UrnBallot,
)
from coopgov.ballots.proof import opened_hash, receipt_hash, roll_hash, strike_hash, urn_hash
from coopgov.ballots.queries import (
    Count,
    RollRow,
    ScrutinRow,
    cast_in,
    count_from_facts,
    get_roll,
    get_scrutin,
    result_from_facts,
    roll_voters,
    seal_of,
    strikes,
    tally_by_college,
    turnout,
)
from coopgov.ballots.rules import URN_CLOSED, Level
from coopgov.ballots.verify_marked import verify_archive, verify_marked
from coopgov.core.errors import RuleBroken
from coopgov.core.journal import Fault, check_kept, entries_about


def verify(session: Session) -> Iterator[Fault]:
    """Tell every roll and vote that is not what was frozen, sealed, cast, counted and proclaimed."""
    for roll_id in session.scalars(select(Roll.id).order_by(Roll.frozen_at, Roll.id)).all():
        roll = get_roll(session, roll_id)
        if roll_hash(roll.reference_on, roll_voters(session, roll_id, with_struck=True)) != roll.hash:
            yield Fault(f"roll {roll_id}", "its voters do not give its hash")
        yield from _verify_strikes(session, roll)
    for scrutin_id in session.scalars(select(Scrutin.id).order_by(Scrutin.id)).all():
        yield from _verify_scrutin(session, get_scrutin(session, scrutin_id))
    yield from _orphans(session)
    yield from check_kept(
        session, Roll, Scrutin, ScrutinForm, ScrutinStep, TellerKey, ScrutinKey, ScrutinKeyPart, Urn, ScrutinTally,
        ScrutinResult, ScrutinArchive, RollStrike, ScrutinSuspension, ScrutinResumption,
        ScrutinAnnulment,
    )  # fmt: skip


def _verify_strikes(session: Session, roll: RollRow) -> Iterator[Fault]:
    before = roll.hash
    for one in strikes(session, roll.id):
        told = strike_hash(before, voter_id=one.voter_id, reason=one.reason, document=one.document, at=one.at)
        if told != one.hash:
            yield Fault(f"roll {roll.id}", f"the strike of {one.voter_id} does not give its hash")
        before = one.hash


def _verify_scrutin(session: Session, scrutin: ScrutinRow) -> Iterator[Fault]:
    where = f"scrutin {scrutin.id}"
    if seal_of(scrutin, get_roll(session, scrutin.roll_id)).hash != scrutin.seal:
        yield Fault(where, "what was sealed does not give its seal")
    if scrutin.form is not None:
        yield from verify_marked(session, scrutin, where)
    elif scrutin.level is Level.NAMED:
        yield from _verify_ballots(session, scrutin, where)
    else:
        yield from _verify_opened(session, scrutin, where)
    if scrutin.state in URN_CLOSED:
        yield from _verify_urn(session, scrutin, where)
        yield from _verify_count(session, scrutin, where)
        yield from _verify_result(session, scrutin, where)


def _verify_ballots(session: Session, scrutin: ScrutinRow, where: str) -> Iterator[Fault]:
    rows: Any = session.execute(
        select(
            BallotNamed.voter_id, BallotNamed.choice, BallotNamed.channel, BallotNamed.cast_by, BallotNamed.receipt,
            RollEntry.voter_id.label("enrolled"),
        )
        .outerjoin(RollEntry, (RollEntry.voter_id == BallotNamed.voter_id) & (RollEntry.roll_id == scrutin.roll_id))
        .where(BallotNamed.scrutin_id == scrutin.id)
        .order_by(BallotNamed.voter_id)
        .execution_options(yield_per=2000)
    )  # fmt: skip
    for voter, choice, channel, cast_by, receipt, enrolled in rows:
        told = receipt_hash(scrutin_id=scrutin.id, voter_id=voter, choice=choice, channel=channel, cast_by=cast_by)
        if told != receipt:
            yield Fault(where, f"the ballot of {voter} is not what was cast")
        if enrolled is None:
            yield Fault(where, f"{voter} has a ballot and is not on the roll")


def _verify_opened(session: Session, scrutin: ScrutinRow, where: str) -> Iterator[Fault]:
    """A secret urn, once open: as many ballots as people who voted, and those that were counted."""
    row = session.get(ScrutinTally, scrutin.id)
    if row is None:
        return
    query = select(UrnBallot.id, UrnBallot.college, UrnBallot.choice).where(UrnBallot.scrutin_id == scrutin.id)
    ballots = [(name, college, choice) for name, college, choice in session.execute(query)]
    if opened_hash(ballots) != json.loads(row.facts).get("opened"):
        yield Fault(where, "its ballots are not those of the urn that was opened")
    if len(ballots) != turnout(session, scrutin.id):
        yield Fault(where, "it has more or fewer ballots than people who voted")
    if session.scalar(select(exists().where(SealedPart.scrutin_id == scrutin.id))):
        yield Fault(where, "its urn is open and parts of its key are still kept")


def _verify_urn(session: Session, scrutin: ScrutinRow, where: str) -> Iterator[Fault]:
    urn = session.get(Urn, scrutin.id)
    if urn is None:
        return  # cancelled: nothing was counted
    receipts = [row.receipt for row in cast_in(session, scrutin.id)]
    if (len(receipts), urn_hash(receipts)) != (urn.ballots, urn.hash):
        yield Fault(where, "its ballots do not give the hash of its urn")
    if _in_journal(session, scrutin, "scrutin.room_closed", "urn") not in {urn.hash, None}:
        yield Fault(where, "its urn is not the one written in the journal")


def _verify_count(session: Session, scrutin: ScrutinRow, where: str) -> Iterator[Fault]:
    row = session.get(ScrutinTally, scrutin.id)
    if row is None:
        return
    if _sha256(row.facts) != row.hash:
        yield Fault(where, "its count does not give its hash")
    if scrutin.form is not None:
        return
    counted = count_from_facts(json.loads(row.facts))
    if {line.college: line.tally for line in counted.colleges} != tally_by_college(session, scrutin.id):
        yield Fault(where, "its ballots do not give its count")


def _verify_result(session: Session, scrutin: ScrutinRow, where: str) -> Iterator[Fault]:
    row, counted = session.get(ScrutinResult, scrutin.id), session.get(ScrutinTally, scrutin.id)
    if row is None or counted is None:
        return
    if _sha256(row.facts) != row.hash:
        yield Fault(where, "its result does not give its hash")
    if _in_journal(session, scrutin, "scrutin.proclaimed", "result") not in {row.hash, None}:
        yield Fault(where, "its result is not the one written in the journal")
    if scrutin.form is not None:
        return
    result, count = result_from_facts(json.loads(row.facts), row.hash), count_from_facts(json.loads(counted.facts))
    verdict = verdict_of(scrutin, count)
    if (result.outcome, result.numerator, result.denominator) != (
        verdict.outcome, verdict.numerator, verdict.denominator,
    ):  # fmt: skip
        yield Fault(where, "its count does not give its result")
    if result.archive:  # a result proclaimed before archives were kept of resolutions has none
        yield from verify_archive(session, scrutin.id, _archived(session, scrutin, count), result.archive, where)


def _archived(session: Session, scrutin: ScrutinRow, count: Count) -> dict[str, Any]:
    try:
        return counted_by_both(session, scrutin, count)
    except RuleBroken:
        return {}


def _orphans(session: Session) -> Iterator[Fault]:
    query = select(BallotNamed.scrutin_id).where(~exists().where(Scrutin.id == BallotNamed.scrutin_id)).distinct()
    for scrutin_id in session.scalars(query):
        yield Fault(f"scrutin {scrutin_id}", "it has ballots and was never sealed")


def _in_journal(session: Session, scrutin: ScrutinRow, kind: str, name: str) -> object:
    """What the journal holds of it, or None when that payload was erased."""
    lines = [entry for entry in entries_about(session, f"scrutin:{scrutin.id}") if entry.kind == kind]
    if not lines:
        return ""
    payload = lines[0].payload
    return None if payload is None else payload.get(name)


def _sha256(facts: str) -> str:
    return hashlib.sha256(facts.encode()).hexdigest()
