"""The codes of voters, as far as they may be told: how many, and how many are used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from coopgov.assemblies.models import Assembly, VoterCode
from coopgov.assemblies.rules.codes import TAKES_CODES


@dataclass(frozen=True, slots=True)
class CodesMade:
    """How many voters were given a code, and how many have used it."""

    made: int
    used: int


def codes_made(session: Session, assembly_id: UUID) -> CodesMade:
    """The codes of one assembly."""
    mine = VoterCode.assembly_id == assembly_id
    made, used = session.execute(select(func.count(), func.count(VoterCode.used_at)).where(mine)).one()
    return CodesMade(made, used)


def assemblies_with_codes_over(session: Session) -> Sequence[UUID]:
    """The assemblies whose codes open nothing any more, and are still kept."""
    has_codes = exists().where(VoterCode.assembly_id == Assembly.id)
    over = select(Assembly.id).where(Assembly.state.not_in(TAKES_CODES), has_codes)
    return session.scalars(over.order_by(Assembly.held_at, Assembly.id)).all()


def voters_with_code(session: Session, assembly_id: UUID) -> set[UUID]:
    """Who has a code already."""
    return set(session.scalars(select(VoterCode.member_id).where(VoterCode.assembly_id == assembly_id)))


def unused_codes(session: Session, member_id: UUID | None) -> Iterable[tuple[UUID, bytes, str]]:
    """The codes of a member that still open something: assembly, salt and hash."""
    rows = session.execute(
        select(VoterCode.assembly_id, VoterCode.salt, VoterCode.hash)
        .join(Assembly, Assembly.id == VoterCode.assembly_id)
        .where(VoterCode.member_id == member_id, VoterCode.used_at.is_(None), Assembly.state.in_(TAKES_CODES))
        .order_by(Assembly.held_at, VoterCode.assembly_id)
    )
    return [(assembly_id, bytes(salt), kept) for assembly_id, salt, kept in rows]
