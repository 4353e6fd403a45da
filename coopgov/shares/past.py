"""The share book as a history: what taking over a past needs of it, and what an export writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core.act import Act
from coopgov.core.ids import new_id
from coopgov.shares.chain import chunks
from coopgov.shares.models import ShareClass, ShareClassNominal, ShareLeg, ShareLot, ShareNote, ShareTx
from coopgov.shares.rules import ORDINARY, ORDINARY_LABEL, Account, TxKind
from coopgov.statutes import queries as statutes

BATCH = 1000


@dataclass(frozen=True, slots=True)
class HistoryLeg:
    """One side of a transaction as it was written."""

    account: Account
    member_id: UUID | None
    lot_id: UUID
    quantity: int
    unit_cents: int
    class_code: str
    first_acquired_on: date
    parent_lot_id: UUID | None


@dataclass(frozen=True, slots=True)
class HistoryTx:
    """One transaction as it was written, with its legs in order."""

    seq: int
    kind: TxKind
    effective_on: date
    resolution: str
    reason_code: str
    payable_now: int | None
    reverses_seq: int | None
    note: str
    legs: tuple[HistoryLeg, ...]


def classes(session: Session) -> dict[str, UUID]:
    """Every class of shares by its code."""
    rows = session.execute(select(ShareClass.code, ShareClass.id).order_by(ShareClass.code))
    return dict(rows.all())


def ready_classes(act: Act) -> dict[str, UUID]:
    """Every class of shares by its code; the ordinary one is made where there is none yet."""
    known = classes(act.session)
    if ORDINARY not in known:
        ordinary = ShareClass(id=new_id(), code=ORDINARY, label=ORDINARY_LABEL)
        act.session.add(ordinary)
        act.session.flush()  # its price below is written without the unit of work
        known[ORDINARY] = ordinary.id
        for version in statutes.history(act.session):
            act.session.add(
                ShareClassNominal(
                    class_id=ordinary.id, from_date=version.in_force_from, cents=version.share_nominal_cents,
                    resolution=version.decision[:200],
                )
            )  # fmt: skip
        act.session.flush()  # the legs are written without the unit of work
    return known


def those_who_moved(session: Session, member_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these members who have a movement of shares."""
    found: set[UUID] = set()
    for some in chunks(sorted(member_ids)):
        rows = session.scalars(select(ShareLeg.membership_id).where(ShareLeg.membership_id.in_(some)).distinct())
        found |= {member_id for member_id in rows if member_id is not None}
    return found


def history(session: Session) -> Iterator[HistoryTx]:
    """Every transaction in the order of legal days, then of writing, with its legs."""
    order = (ShareTx.effective_on, ShareTx.seq)
    rows = session.execute(
        select(
            ShareTx.seq, ShareTx.kind, ShareTx.effective_on, ShareTx.resolution, ShareTx.reason_code,
            ShareTx.payable_now_cents, ShareTx.reverses_seq, ShareNote.words, ShareLeg.account, ShareLeg.membership_id,
            ShareLeg.lot_id, ShareLeg.qty, ShareLeg.unit_cents, ShareClass.code, ShareLot.first_acquired_on,
            ShareLot.parent_lot_id,
        )
        .join(ShareLeg, ShareLeg.tx_seq == ShareTx.seq)
        .join(ShareLot, ShareLot.id == ShareLeg.lot_id)
        .join(ShareClass, ShareClass.id == ShareLeg.class_id)
        .outerjoin(ShareNote, ShareNote.tx_seq == ShareTx.seq)
        .order_by(*order, ShareLeg.line)
        .execution_options(yield_per=BATCH)
    )  # fmt: skip
    for _seq, group in groupby(rows, key=lambda row: row[0]):
        legs: list[Any] = list(group)
        values = [*legs[0][:7], legs[0][7] or "", tuple(HistoryLeg(*leg[8:]) for leg in legs)]
        yield HistoryTx(*values)
