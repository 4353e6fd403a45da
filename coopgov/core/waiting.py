"""What waits for somebody, as the home page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for an actor: what, where to do it, by when."""

    title: str
    endpoint: str
    params: Mapping[str, object] = field(default_factory=dict)
    due: datetime | None = None
    icon: str = "bell"
    detail: str = ""
