"""Taking a ballot: one statement written by hand, because a whole room votes in the same minute.

The statement reads the roll and what is open, writes the ballot if nobody has voted for that person, and says what
it wrote. No journal line, no counter, no chain: nothing that all voters would have to queue for, nothing that would
keep the order of arrival. Only when nothing was written does a second read tell why.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import String, TextClause, Uuid, bindparam, select, text
from sqlalchemy.orm import Session

from coopgov.ballots.models import BallotNamed
from coopgov.ballots.proof import receipt_hash
from coopgov.ballots.queries import ScrutinRow, find_roll_voter, get_roll, get_scrutin
from coopgov.ballots.rules import URN_CLOSED, Attempt, Channel, Choice, Receipt, why_not_cast
from coopgov.core.act import Act
from coopgov.core.db import Instant
from coopgov.core.errors import RuleBroken

# SQLite from 3.35 and PostgreSQL read the same text.
_STATEMENT = """
INSERT INTO ballot_named (scrutin_id, voter_id, choice, channel, cast_by, receipt)
SELECT s.id, e.voter_id, :choice, :channel, :cast_by, :receipt
FROM scrutin s
JOIN roll_entry e ON e.roll_id = s.roll_id AND e.voter_id = :voter
WHERE s.id = :scrutin AND s.level = 'named' AND {open}
AND NOT EXISTS (SELECT 1 FROM scrutin_step d WHERE d.scrutin_id = s.id AND d.step IN ('room_closed', 'cancelled'))
ON CONFLICT (scrutin_id, voter_id) DO NOTHING
RETURNING receipt
"""
_ROOM_IS_OPEN = "EXISTS (SELECT 1 FROM scrutin_step o WHERE o.scrutin_id = s.id AND o.step = 'room_opened')"
_WINDOW_IS_OPEN = "s.remote_opens_at <= :now AND :now < s.remote_closes_at"


def _statement(condition: str, *instants: str) -> TextClause:
    ids = [bindparam(name, type_=Uuid()) for name in ("scrutin", "voter", "cast_by")]
    words = [bindparam(name, type_=String()) for name in ("choice", "channel", "receipt")]
    times = [bindparam(name, type_=Instant()) for name in instants]
    return text(_STATEMENT.format(open=condition)).bindparams(*ids, *words, *times)


_CAST: Final = {
    Channel.ROOM: _statement(_ROOM_IS_OPEN),
    Channel.REMOTE: _statement(_WINDOW_IS_OPEN, "now"),
}


def cast(act: Act, *, scrutin_id: UUID, voter_id: UUID, choice: Choice, channel: Channel, cast_by: UUID) -> Receipt:
    """Put one ballot in the urn, once; the same ballot sent again by the same person gives the same receipt.

    `cast_by` is who acted: the voter, the holder of her proxy, or the bureau.
    """
    receipt = receipt_hash(
        scrutin_id=scrutin_id, voter_id=voter_id, choice=choice, channel=channel, cast_by=cast_by
    )  # fmt: skip
    values: dict[str, object] = {
        "scrutin": scrutin_id, "voter": voter_id, "choice": choice.value, "channel": channel.value,
        "cast_by": cast_by, "receipt": receipt,
    }  # fmt: skip
    if channel is Channel.REMOTE:
        values["now"] = act.now
    if act.session.execute(_CAST[channel], values).first() is not None:
        return Receipt(scrutin_id, voter_id, choice, receipt)
    return _already(act, scrutin_id=scrutin_id, voter_id=voter_id, choice=choice, channel=channel, cast_by=cast_by)


def _already(act: Act, *, scrutin_id: UUID, voter_id: UUID, choice: Choice, channel: Channel, cast_by: UUID) -> Receipt:
    """The receipt of the same ballot sent twice; raises RuleBroken with every reason otherwise."""
    scrutin = get_scrutin(act.session, scrutin_id)
    stored = _stored(act.session, scrutin_id, voter_id)
    if stored is not None and (stored.choice, stored.cast_by) == (choice, cast_by):
        return Receipt(scrutin_id, voter_id, stored.choice, stored.receipt)
    raise RuleBroken(why_not_cast(_attempt(act.session, scrutin, voter_id, channel, act.now, stored)))


def _stored(session: Session, scrutin_id: UUID, voter_id: UUID) -> BallotNamed | None:
    return session.scalars(
        select(BallotNamed).where(BallotNamed.scrutin_id == scrutin_id, BallotNamed.voter_id == voter_id)
    ).first()


def _attempt(
    session: Session, scrutin: ScrutinRow, voter_id: UUID, channel: Channel, now: datetime, stored: BallotNamed | None
) -> Attempt:
    voter = find_roll_voter(session, scrutin.roll_id, voter_id)
    caster = None if stored is None else find_roll_voter(session, scrutin.roll_id, stored.cast_by)
    return Attempt(
        channel=channel, now=now, state=scrutin.state, window=scrutin.window, on_roll=voter is not None,
        reference_on=get_roll(session, scrutin.roll_id).reference_on,
        closed_at=next((step.at for step in scrutin.steps if step.step in URN_CLOSED), None),
        voted_for=voter.name if stored is not None and voter is not None else None,
        voted_by=None if caster is None else caster.name,
    )  # fmt: skip
