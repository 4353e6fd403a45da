"""Hashing passwords: slow on purpose, two at a time, as slow for an unknown address."""

import threading
from base64 import b64encode
from secrets import token_bytes

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Each hash takes 64 MiB; a crowd at the door must not take all the memory.
AT_ONCE = 2


class Passwords:
    """Argon2id, with a place for two at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = _hash_of_nothing(self._hasher)

    def make(self, password: str) -> str:
        """The hash to keep of a new password."""
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """True when the password is the one kept; takes as long when none is kept."""
        with self._turn:
            try:
                self._hasher.verify(kept or self._nobodys, password)
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """True when the hash was made with other settings than today's."""
        return self._hasher.check_needs_rehash(kept)


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    # A well-formed hash that no password gives, so that trying one against it costs the same.
    settings = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, body = (b64encode(token_bytes(n)).decode().rstrip("=") for n in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v=19${settings}${salt}${body}"
