"""Codes that identify a voter on the voting site: when they are made, which one is right."""

import hashlib
import hmac
from typing import Final

from coopgov.assemblies.rules.states import State
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_

# Sixty bits drawn by machine need no slow hash, and codes are made by the ten thousand.
_ROUNDS: Final = 100
TAKES_CODES: Final = (State.CONVENED, State.OPEN)


def hash_of_code(salt: bytes, code: str) -> str:
    """What is kept of a code: from it nobody finds the code."""
    return hashlib.pbkdf2_hmac("sha256", code.encode(), salt, _ROUNDS).hex()


def is_code(kept: str, salt: bytes, typed: str) -> bool:
    """Whether that is the code."""
    return hmac.compare_digest(kept, hash_of_code(salt, typed))


def check_codes_wanted(state: State, *, has_site: bool) -> list[Breach]:
    """List what stands against making codes: there is a voting site, and the assembly is to be held."""
    if not has_site:
        sentence = N_("Votes are cast on this site: nobody needs a code. The administrator can give votes a host name.")
        return [Breach("no_vote_site", sentence)]
    if state not in TAKES_CODES:
        return [Breach("no_codes_now", N_("Codes are made between the notice of meeting and the end of the session."))]
    return []


def code_wrong() -> Breach:
    """Say that a number and a code do not go together, whichever of them is wrong."""
    sentence = N_(
        "This number and this code open nothing: one of them is mistyped, or the code was used already. "
        "Ask the secretary for another code."
    )
    return Breach("code_wrong", sentence, field="code")
