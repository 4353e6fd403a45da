"""Identifiers that tell nothing: random, never a sequence."""

from uuid import UUID, uuid4


def new_id() -> UUID:
    """A fresh random identifier."""
    return uuid4()
