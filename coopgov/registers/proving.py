"""Prove everything again: read first, then keep what was found in a short act."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from datetime import time as hour
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.core.act import Act
from coopgov.core.dates import paris_day, paris_instant
from coopgov.core.ids import new_id
from coopgov.registers import queries, service, verify
from coopgov.registers.documents import heads_now
from coopgov.registers.queries import Proof

# So many faults of each store are kept: where there are more, the first ones tell enough.
MOST_FAULTS = 20
# From this hour in Paris on, a night's proof is due.
NIGHT = hour(2)


def is_due(session: Session, now: datetime) -> bool:
    """Whether the proof of this night is still to be made."""
    last = queries.find_last_proof(session)
    tonight = paris_instant(paris_day(now), NIGHT)
    return now >= tonight and (last is None or last.proved_at < tonight)


def look(session: Session, folder: Path, now: datetime) -> Proof:
    """Check every store, and keep nothing of it."""
    started, heads = time.perf_counter(), heads_now(session)
    anomalies = queries.anomalies_of(verify.reports(session, folder, most=MOST_FAULTS))
    return Proof(new_id(), now, _since(started), len(anomalies), asdict(heads), tuple(anomalies))


def prove(session: Session, folder: Path, begin: Callable[[], AbstractContextManager[Act]]) -> UUID:
    """Check every store, then keep the answer; takes as long as the books are long, and holds up nobody."""
    started, heads = time.perf_counter(), heads_now(session)
    reports = verify.reports(session, folder, most=MOST_FAULTS)
    spent = _since(started)
    with begin() as act:
        return service.keep_proof(act, reports, heads, milliseconds=spent)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
