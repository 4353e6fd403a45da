"""A ballot that its voter casts remotely herself: one statement with all that must hold of her, straight to the driver.

Nearly every ballot of a large vote is one of these. Whatever else comes, and whatever is refused, goes the long way of
`cast`, which says why.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, String, column, text
from sqlalchemy.orm import Session

from coopgov.ballots.cast import WINDOW_IS_OPEN, bound, seal, written
from coopgov.ballots.proof import envelope_hash, receipt_hash
from coopgov.ballots.queries import find_form, find_public_key, find_scrutin
from coopgov.ballots.rules import Channel, Choice, Receipt
from coopgov.core.straight import Line, Straight

_NAMED: Final = "ballot_named"
_SEALED: Final = "envelope"
_REMOTE: Final = Channel.REMOTE.value


@dataclass(frozen=True, slots=True)
class SealedVote:
    """What of a vote on a resolution never changes once it is sealed; `public` is the key of a secret one."""

    id: UUID
    public: bytes | None


def find_sealed_vote(session: Session, scrutin_id: UUID) -> SealedVote | None:
    """A sealed vote on a resolution; None for one whose ballots are of another kind."""
    is_resolution = find_scrutin(session, scrutin_id) and find_form(session, scrutin_id) is None
    return SealedVote(scrutin_id, find_public_key(session, scrutin_id)) if is_resolution else None


@dataclass(frozen=True, slots=True)
class Mine:
    """A voter's own answer, as she sent it; `token` makes a secret ballot sent twice one ballot."""

    vote: SealedVote
    voter_id: UUID
    choice: Choice
    token: bytes


class Way:
    """The way of such ballots through the feature above, on one engine.

    `gate` is what it asks of the voter (`e`, a line of the roll), `noted` an `INSERT … SELECT …` of what it keeps of
    her, once, which tells nothing of the ballot; `binds` are the values that both are told.
    """

    def __init__(self, engine: str, *, gate: str, noted: str, binds: Sequence[BindParameter[Any]]) -> None:
        once = f"{noted} {'FROM taken' if engine == 'postgresql' else 'WHERE true'} ON CONFLICT DO NOTHING"
        texts = {table: written(table, WINDOW_IS_OPEN, f" AND {gate}") for table in (_NAMED, _SEALED)}
        if engine == "postgresql":
            # Both rows in one statement: one message, one answer.
            texts = {
                table: f"WITH taken AS ({told}), noted AS ({once}) SELECT receipt FROM taken"  # noqa: S608 - our names
                for table, told in texts.items()
            }
        self._cast = {table: _straight(told, [*bound(table, "now"), *binds]) for table, told in texts.items()}
        self._note = None if engine == "postgresql" else _straight(f"{once} RETURNING ''", binds)

    def cast(self, line: Line, mine: Mine, now: datetime, values: Mapping[str, Any]) -> Receipt | None:
        """Put a ballot in the urn; None where it is not taken this way, and then nothing is written."""
        table, told = _named(mine) if mine.vote.public is None else _sealed(mine.vote.public, mine)
        fixed = {"scrutin": mine.vote.id, "voter": mine.voter_id, "cast_by": mine.voter_id, "now": now}
        if not line.rows(self._cast[table], **fixed, **told, **values, channel=_REMOTE):
            return None
        if self._note is not None:
            line.rows(self._note, **values)
        return Receipt(mine.vote.id, mine.voter_id, mine.choice if table == _NAMED else None, told["receipt"])


def _named(mine: Mine) -> tuple[str, dict[str, Any]]:
    receipt = receipt_hash(
        scrutin_id=mine.vote.id, voter_id=mine.voter_id, choice=mine.choice, channel=Channel.REMOTE,
        cast_by=mine.voter_id,
    )  # fmt: skip
    return _NAMED, {"choice": mine.choice.value, "receipt": receipt}


def _sealed(public: bytes, mine: Mine) -> tuple[str, dict[str, Any]]:
    sealed = seal(public, mine.vote.id, mine.voter_id, mine.choice, token=mine.token)
    return _SEALED, {"sealed": sealed, "receipt": envelope_hash(mine.vote.id, sealed)}


def _straight(told: str, binds: Sequence[BindParameter[Any]]) -> Straight:
    names = set(re.findall(r":(\w+)", told))
    return Straight(
        text(told).bindparams(*(one for one in binds if one.key in names)).columns(column("receipt", String()))
    )
