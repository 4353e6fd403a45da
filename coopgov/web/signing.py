"""What browsers bring back signed: itsdangerous signs and checks it, with keys that are derived once."""

from functools import cached_property
from typing import Any, Final

from itsdangerous import Signer, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

# Below so many characters, to inflate a cookie in each request takes longer than all else about it.
LEAST_COMPRESSED: Final = 1000


class _KeptKeys(TimestampSigner):
    """A signer that derives each of its keys once."""

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self._keys: dict[Any, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """The key made of a secret."""
        if secret_key not in self._keys:
            self._keys[secret_key] = super().derive_key(secret_key)
        return self._keys[secret_key]


class KeptSigner(URLSafeTimedSerializer):
    """itsdangerous' own, whose signer is made once and not for each cookie and form."""

    default_signer = _KeptKeys

    @cached_property
    def _kept(self) -> Signer:
        return super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        """What signs, with this salt."""
        return self._kept if salt in (None, self.salt) else super().make_signer(salt)

    def dump_payload(self, obj: Any) -> bytes:
        """The same, compressed only where there is much of it."""
        plain: bytes = self.serializer.dumps(obj).encode()
        return base64_encode(plain) if len(plain) < LEAST_COMPRESSED else super().dump_payload(obj)
