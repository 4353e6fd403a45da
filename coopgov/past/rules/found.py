"""What a reading of the past finds wrong, and how much it weighs."""

from dataclasses import dataclass
from enum import StrEnum

from coopgov.core.errors import Breach


class Weight(StrEnum):
    """Whether something found must be corrected, or may be accepted with a reason."""

    FAULT = "fault"
    # Follows, most likely, from another fault of the same member.
    CONSEQUENCE = "consequence"
    # The law of the time was not kept, or a line looks odd: the past may simply have been so.
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found: the line, the key of the column, what is wrong and what to do, how much it weighs."""

    line: int
    key: str
    breach: Breach
    weight: Weight = Weight.FAULT
