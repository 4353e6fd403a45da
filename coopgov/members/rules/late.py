"""Events that came after the register of their day was closed (*inscriptions tardives*)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """A register that was closed: through which day, and when."""

    through: date
    at: datetime


def entered_late(on: date | None, recorded_at: datetime | None, closes: Sequence[Closed]) -> datetime | None:
    """When an event of that day was written, where the register of its day was closed already; or None.

    It keeps its own day, on which rights were lost or won: the closes themselves tell that it came late.
    """
    if on is None or recorded_at is None:
        return None
    return recorded_at if any(on <= closed.through and closed.at < recorded_at for closed in closes) else None
