"""Identifiers that tell nothing: random, never a sequence."""

from functools import lru_cache
from uuid import UUID, uuid4

MOST_KNOWN = 1 << 17


def new_id() -> UUID:
    """A fresh random identifier."""
    return uuid4()


@lru_cache(MOST_KNOWN)
def known_id(digits: str) -> UUID:
    """The identifier that SQLite keeps as these 32 digits; those of a register come again with every register."""
    return UUID(digits)
