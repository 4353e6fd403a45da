"""Reads of the pasts that were sent, and of those that are in the books."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopgov.core.errors import NotFound
from coopgov.past.columns import SheetMap, from_json
from coopgov.past.models import PastBatch, PastFile, PastSeal
from coopgov.past.rules.states import STATE_LABELS, BatchState

SHOWN = 20


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A past that was sent."""

    id: UUID
    state: BatchState
    maps: tuple[SheetMap, ...]
    balance: str
    reasons: dict[str, str]
    summary: dict[str, Any]
    uploaded_at: datetime
    files: tuple[str, ...]
    size: int

    @property
    def label(self) -> str:
        """Where it stands, to be translated."""
        return STATE_LABELS[self.state]

    @property
    def is_open(self) -> bool:
        """True while something can be changed."""
        return self.state not in {BatchState.SEALED, BatchState.DISCARDED}

    @property
    def is_at_work(self) -> bool:
        """True while the worker has it."""
        return self.state in {BatchState.WAITING, BatchState.SEALING}


@dataclass(frozen=True, slots=True)
class SealRow:
    """A past that is in the books."""

    id: UUID
    sha256: str
    report_sha256: str
    report: dict[str, Any]
    members: int
    share_from: int
    share_until: int
    capital_from: int
    capital_until: int
    sealed_at: datetime


def list_batches(session: Session) -> list[BatchRow]:
    """What was sent and is not thrown away, the newest first."""
    rows = session.scalars(
        select(PastBatch)
        .where(PastBatch.state != BatchState.DISCARDED)
        .order_by(PastBatch.uploaded_at.desc(), PastBatch.id)
        .limit(SHOWN)
    ).all()
    files = _files(session, [row.id for row in rows])
    return [_batch(row, files.get(row.id, [])) for row in rows]


def get_batch(session: Session, batch_id: UUID) -> BatchRow:
    """A past that was sent; raises NotFound, also when it was thrown away."""
    row = session.get(PastBatch, batch_id)
    if row is None or row.state is BatchState.DISCARDED:
        raise NotFound
    return _batch(row, _files(session, [batch_id]).get(batch_id, []))


def batches_at_work(session: Session) -> list[BatchRow]:
    """What the worker is to read or write, in order of sending."""
    rows = session.scalars(
        select(PastBatch)
        .where(PastBatch.state.in_([BatchState.WAITING, BatchState.SEALING]))
        .order_by(PastBatch.uploaded_at, PastBatch.id)
    ).all()
    files = _files(session, [row.id for row in rows])
    return [_batch(row, files.get(row.id, [])) for row in rows]


def find_seal(session: Session, batch_id: UUID) -> SealRow | None:
    """The seal of a past, or None."""
    row = session.get(PastSeal, batch_id)
    if row is None:
        return None
    return SealRow(
        row.id, row.sha256, row.report_sha256, json.loads(row.report), row.members, row.share_from, row.share_until,
        row.capital_from, row.capital_until, row.sealed_at,
    )  # fmt: skip


def _files(session: Session, ids: list[UUID]) -> dict[UUID, list[tuple[str, int]]]:
    # Their bytes stay where they are.
    rows = session.execute(
        select(PastFile.batch_id, PastFile.name, func.coalesce(PastFile.size, 0))
        .where(PastFile.batch_id.in_(ids))
        .order_by(PastFile.batch_id, PastFile.name)
    )
    found: dict[UUID, list[tuple[str, int]]] = {}
    for batch_id, name, size in rows:
        found.setdefault(batch_id, []).append((name, size))
    return found


def _batch(row: PastBatch, files: list[tuple[str, int]]) -> BatchRow:
    return BatchRow(
        row.id,
        row.state,
        tuple(map(from_json, json.loads(row.mapping))),
        row.balance,
        json.loads(row.reasons),
        json.loads(row.summary),
        row.uploaded_at,
        tuple(name for name, _size in files),
        sum(size for _name, size in files),
    )
