"""Who a party is, as the journal commits to it: by a salted seal, which tells nobody the name."""

import hashlib
from collections.abc import Mapping
from typing import Any

from coopgov.core.canonical import canonical_json

IDENTITIES = "party_identity"
SALT_LENGTH = 16
# What a register says of somebody and no command ever changes.
COVERED = ("legal_name", "given_names", "birth_date", "birth_place", "siren", "is_cooperative")


def sealed_identity(party: Mapping[str, Any]) -> dict[str, Any]:
    """What the journal marks of a party: its identifier, and the seal over its identity and its salt."""
    told = canonical_json({name: party[name] for name in COVERED})
    return {"id": party["id"], "seal": hashlib.sha256(party["salt"] + told).hexdigest()}
