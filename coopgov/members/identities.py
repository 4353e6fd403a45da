"""Who a party is, as the journal commits to it: by a salted seal, which tells nobody the name."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

IDENTITIES = "party_identity"
SALT_LENGTH = 16
# What a register says of somebody and no command ever changes.
COVERED = ("legal_name", "given_names", "birth_date", "birth_place", "siren", "is_cooperative")
# A plain list, not canonical JSON: a hundred thousand may be sealed in one act, and only we read seals.
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def sealed_identity(party: Mapping[str, Any]) -> dict[str, Any]:
    """What the journal marks of a party: its identifier, and the seal over its identity and its salt."""
    told = _ENCODE([party[name] for name in COVERED])
    return {"id": str(party["id"]), "seal": hashlib.sha256(party["salt"] + told.encode()).hexdigest()}
