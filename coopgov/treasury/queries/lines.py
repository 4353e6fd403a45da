"""Reads of single lines of the money book: headers, legs, timelines, what answers a movement of shares."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from coopgov.core.among import among
from coopgov.core.direct import Question
from coopgov.core.errors import NotFound
from coopgov.shares.chain import Moment
from coopgov.treasury.models import CapitalLeg, CapitalTx
from coopgov.treasury.rules import Bucket, CapitalKind, Leg


@dataclass(frozen=True, slots=True)
class Header:
    """One transaction without its legs."""

    seq: int
    kind: CapitalKind
    effective_on: date
    share_tx_seq: int | None
    run_id: UUID | None
    reversed_by: int | None


def get_header(session: Session, seq: int) -> Header:
    """One transaction without its legs; raises NotFound."""
    row = session.execute(_headers().where(CapitalTx.seq == seq)).first()
    if row is None:
        raise NotFound
    return Header(*row)


def answers_of_shares(session: Session, share_tx_seq: int) -> list[int]:
    """The transactions that answer a movement of shares and still stand, the last one first."""
    query = _headers().where(CapitalTx.share_tx_seq == share_tx_seq, CapitalTx.kind != CapitalKind.REVERSAL)
    return [row.seq for row in session.execute(query.order_by(CapitalTx.seq.desc())) if row.reversed_by is None]


def standing_of_run(session: Session, run_id: UUID) -> list[Header]:
    """The transactions of a run that still stand, the last one first."""
    query = _headers().where(CapitalTx.run_id == run_id, CapitalTx.kind != CapitalKind.REVERSAL)
    found = [Header(*row) for row in session.execute(query.order_by(CapitalTx.seq.desc()))]
    return [header for header in found if header.reversed_by is None]


def _headers() -> Any:
    undoing = aliased(CapitalTx)
    return select(
        CapitalTx.seq, CapitalTx.kind, CapitalTx.effective_on, CapitalTx.share_tx_seq, CapitalTx.run_id,
        undoing.seq.label("reversed_by"),
    ).outerjoin(undoing, undoing.reverses_seq == CapitalTx.seq)  # fmt: skip


def legs_of(session: Session, seq: int) -> list[Leg]:
    """The legs of a transaction, in order of line."""
    rows = session.execute(
        select(CapitalLeg.bucket, CapitalLeg.membership_id, CapitalLeg.cents)
        .where(CapitalLeg.tx_seq == seq)
        .order_by(CapitalLeg.line)
    )
    return [Leg(bucket, member_id, cents) for bucket, member_id, cents in rows]


_MOMENTS = Question(
    select(CapitalLeg.membership_id, CapitalLeg.bucket, CapitalLeg.effective_on, CapitalLeg.tx_seq, CapitalLeg.cents)
    .where(among(CapitalLeg.membership_id, "member_ids"))
    .order_by(CapitalLeg.effective_on, CapitalLeg.tx_seq)
)


def moments_of(session: Session, member_ids: Sequence[UUID]) -> dict[UUID, dict[Bucket, list[Moment]]]:
    """The timeline of each bucket of these members."""
    found: dict[UUID, dict[Bucket, list[Moment]]] = {member_id: {} for member_id in member_ids}
    for member_id, bucket, on, seq, cents in _MOMENTS.rows(session, member_ids=tuple(member_ids)):
        if member_id is not None:
            found[member_id].setdefault(bucket, []).append(Moment(on, seq, cents))
    return found


def legs_of_many(session: Session, seqs: Collection[int]) -> dict[int, list[Leg]]:
    """The legs of each of these transactions, in order of line."""
    rows = session.execute(
        select(CapitalLeg.tx_seq, CapitalLeg.bucket, CapitalLeg.membership_id, CapitalLeg.cents)
        .where(CapitalLeg.tx_seq.in_(seqs))
        .order_by(CapitalLeg.tx_seq, CapitalLeg.line)
    )
    found: dict[int, list[Leg]] = {seq: [] for seq in seqs}
    for seq, bucket, member_id, cents in rows:
        found[seq].append(Leg(bucket, member_id, cents))
    return found


def moments_in(session: Session, bucket: Bucket) -> list[Moment]:
    """The timeline of all that stands in a bucket, whoever it is of."""
    rows = session.execute(
        select(CapitalLeg.effective_on, CapitalLeg.tx_seq, func.sum(CapitalLeg.cents))
        .where(CapitalLeg.bucket == bucket)
        .group_by(CapitalLeg.effective_on, CapitalLeg.tx_seq)
        .order_by(CapitalLeg.effective_on, CapitalLeg.tx_seq)
    )
    return [Moment(on, seq, int(cents)) for on, seq, cents in rows]


def balance_of(session: Session, bucket: Bucket) -> int:
    """All that stands in a bucket, whoever it is of."""
    return int(session.scalar(select(func.sum(CapitalLeg.cents)).where(CapitalLeg.bucket == bucket)) or 0)
