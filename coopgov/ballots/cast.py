"""Taking a ballot: one statement written by hand, because a whole room votes in the same minute.

The statement reads the roll and what is open, writes the ballot if nobody has voted for that person, and says what
it wrote. No journal line, no counter, no chain: nothing that all voters would have to queue for, nothing that would
keep the order of arrival. Only when nothing was written does a second read tell why.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, LargeBinary, String, TextClause, Uuid, bindparam, text
from sqlalchemy.orm import Session

from coopgov.ballots.counting.marks import encode
from coopgov.ballots.deciding import check_told
from coopgov.ballots.proof import envelope_hash, marked_hash, receipt_hash
from coopgov.ballots.queries import (
    CastRow,
    ScrutinRow,
    ballots_of,
    find_form,
    find_public_key,
    find_roll_voter,
    get_roll,
    get_scrutin,
)
from coopgov.ballots.rules import URN_CLOSED, Attempt, Channel, Choice, Level, Receipt, why_not_cast
from coopgov.ballots.sealing import PAPER_SIZE, seal_paper
from coopgov.ballots.secret_rules import choice_on, paper_of
from coopgov.core.act import Act
from coopgov.core.db import Instant
from coopgov.core.errors import Breach, RuleBroken

# An answer to a resolution, or what `counting.marks` tells, as data or as JSON text.
Ballot = Choice | Mapping[str, Any] | str
# SQLite from 3.35 and PostgreSQL read the same text. Whether the vote is closed or given up, the database asks at each
# row (`models.CLOSED_URN`): to ask it here too takes a tenth of the statement.
_STATEMENT = """
INSERT INTO {table} (scrutin_id, voter_id, {content}, channel, cast_by, receipt)
SELECT s.id, e.voter_id, :{content}, :channel, :cast_by, :receipt
FROM scrutin s
JOIN roll_entry e ON e.roll_id = s.roll_id AND e.voter_id = :voter
WHERE s.id = :scrutin AND s.level = '{level}' AND {open}{gate}
ON CONFLICT (scrutin_id, voter_id) DO {again}
RETURNING receipt
"""
_ROOM_IS_OPEN = "EXISTS (SELECT 1 FROM scrutin_step o WHERE o.scrutin_id = s.id AND o.step = 'room_opened')"
# A suspension gives back the time it took, so that a closing only ever moves later; whether one lasts, or the voter was
# struck, the database asks at each row.
WINDOW_IS_OPEN = (
    "s.remote_opens_at <= :now AND (:now < s.remote_closes_at OR EXISTS "
    "(SELECT 1 FROM scrutin_resumption r WHERE r.scrutin_id = s.id AND :now < r.closes_at))"
)
# A sealed ballot is replaced until the vote closes; a paper in the urn of the room cannot be taken out again.
_REPLACED = (
    "UPDATE SET sealed = excluded.sealed, channel = excluded.channel, cast_by = excluded.cast_by, "
    "receipt = excluded.receipt WHERE envelope.channel <> 'paper'"
)


# By table: the level of the vote, what is written, what becomes of a second ballot.
_TABLES: Final[Mapping[str, tuple[Level, BindParameter[Any], str]]] = {
    "ballot_named": (Level.NAMED, bindparam("choice", type_=String()), "NOTHING"),
    "ballot_marked": (Level.NAMED, bindparam("content", type_=LargeBinary()), "NOTHING"),
    "envelope": (Level.SECRET, bindparam("sealed", type_=LargeBinary()), _REPLACED),
}


def written(table: str, condition: str, gate: str = "") -> str:
    """The text that writes a ballot into a table; `gate` is one more condition, on `s` and `e`."""
    level, content, again = _TABLES[table]
    return _STATEMENT.format(
        table=table, content=content.key, level=level.value, open=condition, gate=gate, again=again
    )  # fmt: skip


def bound(table: str, *instants: str) -> list[BindParameter[Any]]:
    """What that text is told."""
    ids = [bindparam(name, type_=Uuid()) for name in ("scrutin", "voter", "cast_by")]
    words = [bindparam(name, type_=String()) for name in ("channel", "receipt")]
    return [_TABLES[table][1], *ids, *words, *(bindparam(name, type_=Instant()) for name in instants)]


def _statement(table: str, condition: str, *instants: str) -> TextClause:
    return text(written(table, condition)).bindparams(*bound(table, *instants))


_CAST: Final = {
    (table, channel): _statement(table, *condition)
    for table in _TABLES
    for channel, condition in (
        (Channel.ROOM, (_ROOM_IS_OPEN,)),
        (Channel.PAPER, (_ROOM_IS_OPEN,)),
        (Channel.REMOTE, (WINDOW_IS_OPEN, "now")),
    )
}


def cast(
    act: Act,
    *,
    scrutin_id: UUID,
    voter_id: UUID,
    choice: Ballot,
    channel: Channel,
    cast_by: UUID,
    token: bytes = b"",
) -> Receipt:
    """Put one ballot in the urn; the same ballot sent again by the same person gives the same receipt.

    It says a choice, or on another paper than a resolution's what `counting.marks` tells, as data or as JSON text.

    `cast_by` is who acted: the voter, the holder of her proxy, or the bureau. A named ballot is cast once. A secret
    one is sealed, with the `token` that came with it, and replaces the one before.
    """
    public, form = find_public_key(act.session, scrutin_id), find_form(act.session, scrutin_id)
    told = _answer(choice) if form is None else encode(form.paper, choice)
    if public is not None:
        sealed = seal(public, scrutin_id, voter_id, told, token=token, size=PAPER_SIZE if form is None else form.size)
        return _cast_sealed(act, scrutin_id, voter_id, sealed, channel, cast_by)
    if isinstance(told, Choice):
        return _cast_answer(act, scrutin_id, voter_id, told, channel, cast_by)
    return _cast_marked(act, scrutin_id, voter_id, told, channel, cast_by)


def seal(
    public: bytes, scrutin_id: UUID, voter_id: UUID, told: Choice | bytes, *, token: bytes, size: int = PAPER_SIZE
) -> bytes:
    """Put a ballot in its envelope; the same one with the same token gives the same envelope."""
    content = paper_of(told) if isinstance(told, Choice) else told
    mine = hashlib.sha256((token or secrets.token_bytes(32)) + voter_id.bytes).digest()
    return seal_paper(public, scrutin_id, content, token=mine, size=size)


def _answer(choice: Ballot) -> Choice:
    if isinstance(choice, Choice):
        return choice
    raise RuleBroken(check_told(None, choice))


def _cast_answer(
    act: Act, scrutin_id: UUID, voter_id: UUID, choice: Choice, channel: Channel, cast_by: UUID
) -> Receipt:
    receipt = receipt_hash(
        scrutin_id=scrutin_id, voter_id=voter_id, choice=choice, channel=channel, cast_by=cast_by
    )  # fmt: skip
    values = {**_values(act, scrutin_id, voter_id, channel, cast_by, receipt), "choice": choice.value}
    if act.session.execute(_CAST["ballot_named", channel], values).first() is not None:
        return Receipt(scrutin_id, voter_id, choice, receipt)
    return _already(act, scrutin_id=scrutin_id, voter_id=voter_id, choice=choice, channel=channel, cast_by=cast_by)


def _cast_marked(
    act: Act, scrutin_id: UUID, voter_id: UUID, content: bytes, channel: Channel, cast_by: UUID
) -> Receipt:
    receipt = marked_hash(
        scrutin_id=scrutin_id, voter_id=voter_id, content=content, channel=channel, cast_by=cast_by
    )  # fmt: skip
    values = {**_values(act, scrutin_id, voter_id, channel, cast_by, receipt), "content": content}
    if act.session.execute(_CAST["ballot_marked", channel], values).first() is not None:
        return Receipt(scrutin_id, voter_id, None, receipt)
    stored = _stored(act.session, scrutin_id, voter_id)
    if stored is not None and (stored.content, stored.cast_by) == (content, cast_by):
        return Receipt(scrutin_id, voter_id, None, stored.receipt)
    raise RuleBroken(_why_not(act, scrutin_id, voter_id, channel))


def note_paper(act: Act, *, scrutin_id: UUID, voter_id: UUID, cast_by: UUID) -> None:
    """Note that somebody votes on paper in the room: an envelope sent before is thrown away."""
    _cast_sealed(act, scrutin_id, voter_id, b"", Channel.PAPER, cast_by)


def cast_paper(act: Act, *, scrutin_id: UUID, voter_id: UUID, content: bytes, cast_by: UUID) -> Receipt:
    """Put a voter's paper in the urn of a named vote, as two tellers typed it; a paper of a form may be null."""
    if find_form(act.session, scrutin_id) is not None:
        return _cast_marked(act, scrutin_id, voter_id, content, Channel.PAPER, cast_by)
    choice = choice_on(content)
    assert choice is not None  # noqa: S101 - a paper that answers a resolution was made of an answer
    return _cast_answer(act, scrutin_id, voter_id, choice, Channel.PAPER, cast_by)


def _cast_sealed(act: Act, scrutin_id: UUID, voter_id: UUID, sealed: bytes, channel: Channel, cast_by: UUID) -> Receipt:
    receipt = envelope_hash(scrutin_id, sealed or voter_id.bytes)
    values = {**_values(act, scrutin_id, voter_id, channel, cast_by, receipt), "sealed": sealed}
    if act.session.execute(_CAST["envelope", channel], values).first() is None:
        raise RuleBroken(_why_not(act, scrutin_id, voter_id, channel))
    return Receipt(scrutin_id, voter_id, None, receipt)


def _values(
    act: Act, scrutin_id: UUID, voter_id: UUID, channel: Channel, cast_by: UUID, receipt: str
) -> dict[str, object]:
    values: dict[str, object] = {
        "scrutin": scrutin_id, "voter": voter_id, "channel": channel.value, "cast_by": cast_by, "receipt": receipt,
    }  # fmt: skip
    return values | ({"now": act.now} if channel is Channel.REMOTE else {})


def _already(act: Act, *, scrutin_id: UUID, voter_id: UUID, choice: Choice, channel: Channel, cast_by: UUID) -> Receipt:
    """The receipt of the same ballot sent twice; raises RuleBroken with every reason otherwise."""
    stored = _stored(act.session, scrutin_id, voter_id)
    if stored is not None and (stored.choice, stored.cast_by) == (choice, cast_by):
        return Receipt(scrutin_id, voter_id, stored.choice, stored.receipt)
    raise RuleBroken(_why_not(act, scrutin_id, voter_id, channel))


def _stored(session: Session, scrutin_id: UUID, voter_id: UUID) -> CastRow | None:
    return next(iter(ballots_of(session, [scrutin_id], [voter_id])), None)


def _why_not(act: Act, scrutin_id: UUID, voter_id: UUID, channel: Channel) -> list[Breach]:
    scrutin, stored = get_scrutin(act.session, scrutin_id), _stored(act.session, scrutin_id, voter_id)
    # A sealed ballot that may be replaced is no reason.
    final = stored if scrutin.level is Level.NAMED or (stored and stored.channel is Channel.PAPER) else None
    return why_not_cast(_attempt(act.session, scrutin, voter_id, channel, act.now, final))


def _attempt(
    session: Session, scrutin: ScrutinRow, voter_id: UUID, channel: Channel, now: datetime, stored: CastRow | None
) -> Attempt:
    voter = find_roll_voter(session, scrutin.roll_id, voter_id)
    caster = None if stored is None else find_roll_voter(session, scrutin.roll_id, stored.cast_by)
    return Attempt(
        channel=channel, now=now, state=scrutin.state, window=scrutin.window_now, on_roll=voter is not None,
        reference_on=get_roll(session, scrutin.roll_id).reference_on,
        closed_at=next((step.at for step in scrutin.steps if step.step in URN_CLOSED), None),
        voted_for=voter.name if stored is not None and voter is not None else None,
        voted_by=None if caster is None else caster.name,
        on_paper=stored is not None and stored.channel is Channel.PAPER,
        suspended_since=scrutin.suspended.since if scrutin.suspended else None,
    )  # fmt: skip
