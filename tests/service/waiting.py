"""Waiting for what another thread or process does, in short looks and not for ever."""

import threading
from collections.abc import Callable
from time import monotonic

PATIENCE = 30


def until(condition: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Wait, in short looks, for what another thread or process does."""
    pause, last = threading.Event(), monotonic() + seconds
    while monotonic() < last:
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it did not come")
