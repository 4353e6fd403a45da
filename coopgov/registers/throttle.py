"""Counting codes that led nowhere, in this process: a page that is only read writes nothing, whoever asks for it.

The codes are too long to be found by trying; this only keeps a network from trying all day.
"""

from collections import deque
from datetime import datetime
from threading import Lock

from coopgov.accounts.rules import Limit, origin_prefix, wait_for

# Of so many networks at most are tries remembered; the one that was heard of first is forgotten first.
MOST_NETWORKS = 10_000


class Tries:
    """What each network tried of late."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._of: dict[str, deque[datetime]] = {}
        self._guard = Lock()

    def note(self, origin: str, now: datetime) -> None:
        """Count one more try of a network."""
        with self._guard:
            network = origin_prefix(origin)
            if network not in self._of and len(self._of) >= MOST_NETWORKS:
                self._of.pop(next(iter(self._of)))
            self._of.setdefault(network, deque(maxlen=self._limit.most)).append(now)

    def are_too_many(self, origin: str, now: datetime) -> bool:
        """Whether a network has to wait."""
        with self._guard:
            tried = [at for at in self._of.get(origin_prefix(origin), ()) if at <= now]
        return bool(wait_for(tried, self._limit, now))
