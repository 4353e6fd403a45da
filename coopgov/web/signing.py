"""What browsers bring back signed: itsdangerous' own bytes, but what every request brings is read in one go."""

import hmac
import json
from binascii import a2b_base64
from functools import cached_property
from typing import Any, Final

from flask.json.tag import TaggedJSONSerializer
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

# Below this to inflate a cookie in each request takes longer than all else about it.
LEAST_COMPRESSED: Final = 1000


class KeptSigner(URLSafeTimedSerializer):
    """A signer that derives its key once; whatever it does not find right itself is left to itsdangerous."""

    @cached_property
    def _own(self) -> TimestampSigner:
        return next(self.iter_unsigners())

    @cached_property
    def _keyed(self) -> hmac.HMAC:
        return hmac.new(self._own.derive_key(), digestmod="sha1")

    def read(self, signed: str, max_age: int | None = None) -> Any:
        """What `loads` gives: what was signed, within so many seconds; raises BadData."""
        found = self._found(signed, max_age)
        return self.loads(signed, max_age=max_age) if found is None else self.serializer.loads(found)

    def _found(self, signed: str, max_age: int | None) -> str | None:
        value, _dot, signature = signed.rpartition(".")
        payload, _dot, stamp = value.rpartition(".")
        try:
            if not payload or payload[0] == "." or not self._is_ours(value, _decoded(signature)):
                return None
            if max_age is not None and not 0 <= self._age(_decoded(stamp)) <= max_age:
                return None
            return _decoded(payload).decode()
        except ValueError:
            return None

    def _is_ours(self, value: str, signature: bytes) -> bool:
        mac = self._keyed.copy()
        mac.update(value.encode())
        return hmac.compare_digest(mac.digest(), signature)

    def _age(self, stamp: bytes) -> int:
        return self._own.get_timestamp() - int.from_bytes(stamp)

    def dump_payload(self, obj: Any) -> bytes:
        """The same, compressed only where there is much of it."""
        plain: bytes = self.serializer.dumps(obj).encode()
        return base64_encode(plain) if len(plain) < LEAST_COMPRESSED else super().dump_payload(obj)


class PlainTags(TaggedJSONSerializer):
    """Flask's JSON of sessions; ours hold plain values, and only a tagged one is looked through."""

    def loads(self, value: str) -> Any:
        """What a session held."""
        return super().loads(value) if '{" ' in value else json.loads(value)


def _decoded(text: str) -> bytes:
    # More padding than is needed does no harm.
    return a2b_base64(text.replace("-", "+").replace("_", "/") + "==")
