"""Recompute the minutes: their facts, and the text that was approved and issued."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopgov.core.canonical import digest
from coopgov.core.journal import Fault, check_kept
from coopgov.minutes.models import Minutes, MinutesApproval, MinutesIssue, MinutesProse
from coopgov.minutes.queries import current_prose
from coopgov.minutes.rules import content_hash


def verify(session: Session) -> Iterator[Fault]:
    """Tell every minutes whose facts or issued text are not what was written."""
    rows: Any = session.execute(
        select(Minutes, MinutesIssue.content_hash)
        .outerjoin(MinutesIssue, MinutesIssue.minutes_id == Minutes.id)
        .order_by(Minutes.held_at, Minutes.id)
    ).all()
    for minutes, issued in rows:
        where = f"minutes {minutes.id}"
        if digest(json.loads(minutes.facts)) != minutes.facts_hash:
            yield Fault(where, "their facts do not give their hash")
        if issued is not None and content_hash(minutes.facts_hash, current_prose(session, minutes.id)) != issued:
            yield Fault(where, "their text is not the one that was issued")
    yield from check_kept(session, Minutes, MinutesProse, MinutesApproval, MinutesIssue)
