"""The straight way of a remote ballot: what `vote` asks one by one, as conditions of the statement that casts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Uuid, bindparam, select
from sqlalchemy.orm import Session

from coopgov.accounts.queries import SIGNED_BINDS, signed_account
from coopgov.assemblies.models import AgendaItem
from coopgov.assemblies.rules import ProxyState, State
from coopgov.ballots.rules import Receipt
from coopgov.ballots.straight import Mine, SealedVote, Way, find_sealed_vote
from coopgov.core.policy import GRANTS, Permission
from coopgov.core.straight import Line
from coopgov.members.queries import own_member


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """What a member sends for herself to one assembly."""

    assembly_id: UUID
    voter_id: UUID
    ballots: Sequence[Mine]


# She is the member who is signed in and may vote, she is convened, and she gave nobody her proxy.
_GATE = f"""
e.voter_id = {own_member(signed_account(GRANTS[Permission.BALLOTS_CAST]))}
AND EXISTS (
    SELECT 1 FROM assembly a WHERE a.id = :assembly AND a.roll_id = e.roll_id AND a.state = '{State.CONVENED.value}'
)
AND NOT EXISTS (
    SELECT 1 FROM proxy p
    WHERE p.assembly_id = :assembly AND p.grantor_id = e.voter_id AND p.state = '{ProxyState.ACTIVE.value}'
)
"""  # noqa: S608 - our names
_NOTED = "INSERT INTO remote_presence (assembly_id, member_id) SELECT :assembly, :member"
_BINDS: list[BindParameter[Any]] = [*SIGNED_BINDS, *(bindparam(name, type_=Uuid()) for name in ("assembly", "member"))]


@cache
def _way(engine: str) -> Way:
    return Way(engine, gate=_GATE, noted=_NOTED, binds=_BINDS)


# The vote on a resolution never changes once it is sealed, and a whole cooperative asks for it.
_sealed: dict[UUID, tuple[UUID, SealedVote]] = {}
MOST_SEALED = 1000


def sealed_votes(session: Callable[[], Session], assembly_id: UUID, item_ids: Iterable[UUID]) -> dict[UUID, SealedVote]:
    """The sealed votes on these resolutions of an assembly; those whose ballots are of another kind are left out."""
    votes = {}
    for item_id in item_ids:
        there, vote = _sealed.get(item_id) or _look_up(session(), item_id) or (None, None)
        if vote is not None and there == assembly_id:
            votes[item_id] = vote
    return votes


def _look_up(session: Session, item_id: UUID) -> tuple[UUID, SealedVote] | None:
    row = session.execute(
        select(AgendaItem.assembly_id, AgendaItem.scrutin_id).where(AgendaItem.id == item_id)
    ).first()  # fmt: skip
    vote = find_sealed_vote(session, row.scrutin_id) if row is not None and row.scrutin_id is not None else None
    # Who casts next writes at once: on SQLite nobody may be reading then.
    session.rollback()
    if row is None or vote is None:
        return None
    if len(_sealed) >= MOST_SEALED:
        _sealed.clear()
    _sealed[item_id] = (row.assembly_id, vote)
    return _sealed[item_id]


def cast_straight(line: Line, sheet: OwnSheet, signed: Mapping[str, Any], *, now: datetime) -> list[Receipt]:
    """Cast the own remote ballots of who is `signed` (`signed_values`); stops at the first for the long way."""
    way = _way(line.dialect)
    values = {**signed, "assembly": sheet.assembly_id, "member": sheet.voter_id}
    receipts = []
    for mine in sheet.ballots:
        receipt = way.cast(line, mine, now, values)
        if receipt is None:
            break
        receipts.append(receipt)
    return receipts
