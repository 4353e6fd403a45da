"""How a process starts without looking for what could be freed."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def starting() -> Iterator[None]:
    """Load and make what the process is for: it stays for good, so the collector need never look through it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
