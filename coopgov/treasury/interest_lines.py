"""The digest of how interest came about, the same when it is written and when it is proved."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from coopgov.core.canonical import canonical_json


def digest_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """The digest of the lines of a run, in their order."""
    found = hashlib.sha256()
    for row in rows:
        found.update(canonical_json(dict(row)))
    return found.hexdigest()
