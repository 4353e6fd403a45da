"""The proofs that were made of what must not change."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core.journal import Fault
from coopgov.registers.invariants import Anomaly, Store, anomaly_of
from coopgov.registers.models import IntegrityProof
from coopgov.registers.verify import Report


@dataclass(frozen=True, slots=True)
class Proof:
    """One check of everything: when, how long it took, up to where the chains went, what was found."""

    id: UUID
    proved_at: datetime
    milliseconds: int
    faults: int
    heads: dict[str, str]
    anomalies: tuple[Anomaly, ...]


def find_last_proof(session: Session) -> Proof | None:
    """The last proof that was kept, or None."""
    row = session.scalars(select(IntegrityProof).order_by(IntegrityProof.proved_at.desc()).limit(1)).first()
    return None if row is None else _proof(row)


def anomalies_of(reports: Sequence[Report]) -> list[Anomaly]:
    """Every fault that was found, with what it breaks and what to do."""
    return [anomaly_of(report.store, fault) for report in reports for fault in report.faults]


def told_reports(reports: Sequence[Report]) -> str:
    """What the stores answered, as it is kept."""
    told = {report.store: [[fault.where, fault.what] for fault in report.faults] for report in reports}
    return json.dumps(told, ensure_ascii=False)


def _proof(row: IntegrityProof) -> Proof:
    told: dict[str, Any] = json.loads(row.report)
    anomalies = tuple(
        anomaly_of(Store(store), Fault(where, what)) for store, faults in told.items() for where, what in faults
    )
    return Proof(row.id, row.proved_at, row.milliseconds, row.faults, json.loads(row.heads), anomalies)
