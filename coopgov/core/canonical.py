"""One text for one fact: canonical JSON (RFC 8785) and its SHA-256."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any
from uuid import UUID

import rfc8785


def canonical_json(fact: object) -> bytes:
    """The RFC 8785 bytes of a fact; days, instants, ids and fractions become text."""
    return rfc8785.dumps(_plain(fact))


def digest(fact: object) -> str:
    """The SHA-256 of a fact's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(fact)).hexdigest()


def plain(fact: object) -> Any:
    """The fact as JSON's own types, in the form its hash is taken of."""
    return _plain(fact)


def _plain(fact: object) -> Any:
    if isinstance(fact, Enum):
        return fact.value
    if fact is None or isinstance(fact, int | str):
        return fact
    if isinstance(fact, Mapping):
        return {str(key): _plain(value) for key, value in fact.items()}
    if isinstance(fact, list | tuple):
        return [_plain(item) for item in fact]
    return _text(fact)


def _text(fact: object) -> str:
    if isinstance(fact, date | datetime):
        return fact.isoformat()
    if isinstance(fact, UUID | Fraction):
        return str(fact)
    raise TypeError(f"no canonical form for {type(fact).__name__}")
