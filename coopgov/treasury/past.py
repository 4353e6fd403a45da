"""The money book as a history: what taking over a past needs of it, and what an export writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopgov.shares.chain import chunks
from coopgov.treasury.models import CapitalLeg, CapitalNote, CapitalTx
from coopgov.treasury.rules import Bucket, CapitalKind, Leg

BATCH = 1000


@dataclass(frozen=True, slots=True)
class HistoryTx:
    """One transaction as it was written, with its legs in order."""

    seq: int
    kind: CapitalKind
    effective_on: date
    share_tx_seq: int | None
    resolution: str
    reverses_seq: int | None
    note: str
    legs: tuple[Leg, ...]


def those_who_moved(session: Session, member_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these members who have a movement of money."""
    found: set[UUID] = set()
    for some in chunks(sorted(member_ids)):
        rows = session.scalars(select(CapitalLeg.membership_id).where(CapitalLeg.membership_id.in_(some)).distinct())
        found |= {member_id for member_id in rows if member_id is not None}
    return found


def history(session: Session) -> Iterator[HistoryTx]:
    """Every transaction in the order of legal days, then of writing, with its legs."""
    rows = session.execute(
        select(
            CapitalTx.seq, CapitalTx.kind, CapitalTx.effective_on, CapitalTx.share_tx_seq, CapitalTx.resolution,
            CapitalTx.reverses_seq, CapitalNote.words, CapitalLeg.bucket, CapitalLeg.membership_id, CapitalLeg.cents,
        )
        .join(CapitalLeg, CapitalLeg.tx_seq == CapitalTx.seq)
        .outerjoin(CapitalNote, CapitalNote.tx_seq == CapitalTx.seq)
        .order_by(CapitalTx.effective_on, CapitalTx.seq, CapitalLeg.line)
        .execution_options(yield_per=BATCH)
    )  # fmt: skip
    for _seq, group in groupby(rows, key=lambda row: row[0]):
        legs: list[Any] = list(group)
        values = [*legs[0][:6], legs[0][6] or "", tuple(Leg(*leg[7:]) for leg in legs)]
        yield HistoryTx(*values)


def balances(session: Session) -> dict[tuple[UUID, Bucket], int]:
    """What every member has in every bucket, once all is counted; in no order."""
    rows = session.execute(
        select(CapitalLeg.membership_id, CapitalLeg.bucket, func.sum(CapitalLeg.cents))
        .where(CapitalLeg.membership_id.is_not(None))
        .group_by(CapitalLeg.membership_id, CapitalLeg.bucket)
    )
    return {(member_id, bucket): int(cents) for member_id, bucket, cents in rows if member_id is not None}
