"""The double envelope: a ballot sealed to a key that only the tellers together can put together again.

X25519 sealed boxes (libsodium), the key split by Shamir's scheme (*How to share a secret*, CACM 22, 1979). A teller has
one code; her part of the key of each vote is sealed to it, so no screen ever shows the parts of two tellers.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from Crypto.Protocol.SecretSharing import Shamir
from nacl.bindings import crypto_box_easy, crypto_scalarmult_base
from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey, SealedBox

PAPER_SIZE = 32
VERSION = 1
# Without I, L, O, U: nothing that a hand takes for a digit.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_CODE, _TO_PLAIN = str.maketrans(_PLAIN, _ALPHABET), str.maketrans(_ALPHABET + "OIL", _PLAIN + "ABB")
_HALF, _CHECK, _GROUP = 16, 3, 5


class BadCode(Exception):
    """Indicate that what was typed is no code of a teller: a letter is missing or wrong."""


class BadEnvelope(Exception):
    """Indicate an envelope that was not sealed to this key for this vote."""


@dataclass(frozen=True, slots=True)
class Part:
    """One teller's part of the key of a vote."""

    number: int
    secret: bytes

    @property
    def commitment(self) -> str:
        """What is kept of it, to tell a wrong part by its number."""
        return hashlib.sha256(bytes([self.number]) + self.secret).hexdigest()


@dataclass(frozen=True, slots=True)
class SplitKey:
    """A key just made: what seals, and the parts that open."""

    public: bytes
    parts: tuple[Part, ...]


def new_secret() -> bytes:
    """A teller's secret, 32 random bytes."""
    return bytes(PrivateKey.generate())


def public_of(secret: bytes) -> bytes:
    """What is sealed to, of a secret."""
    return bytes(PrivateKey(secret).public_key)


def code_of(secret: bytes) -> str:
    """A secret in letters and digits for paper, in groups of five, with three bytes that tell a mistake."""
    whole = secret + hashlib.sha256(secret).digest()[:_CHECK]
    text = base64.b32encode(whole).decode().rstrip("=").translate(_TO_CODE)
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def secret_of(code: str) -> bytes:
    """The secret that was written down; raises BadCode."""
    plain = "".join(code.upper().split()).replace("-", "").translate(_TO_PLAIN)
    try:
        whole = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError:
        raise BadCode from None
    secret, check = whole[:-_CHECK], whole[-_CHECK:]
    if len(secret) != PrivateKey.SIZE or hashlib.sha256(secret).digest()[:_CHECK] != check:
        raise BadCode
    return secret


def split_key(tellers: int, needed: int) -> SplitKey:
    """Make the key of one vote and split it: `needed` of the parts open, fewer tell nothing."""
    private = PrivateKey.generate()
    first, second = (Shamir.split(needed, tellers, half) for half in _halves(bytes(private)))
    parts = (Part(number, one + other) for (number, one), (_, other) in zip(first, second, strict=True))
    return SplitKey(bytes(private.public_key), tuple(parts))


def joined_key(parts: Sequence[Part], public: bytes) -> bytes:
    """The key that these parts give; raises BadEnvelope when they do not give the one of that vote."""
    halves = [Shamir.combine([(part.number, half) for part, half in _nth(parts, at)]) for at in (0, 1)]
    private = b"".join(halves)
    if public_of(private) != public:
        raise BadEnvelope
    return private


def seal_to(public: bytes, content: bytes) -> bytes:
    """Seal for one reader."""
    return bytes(SealedBox(PublicKey(public)).encrypt(content))


def open_with(secret: bytes, sealed: bytes) -> bytes:
    """What was sealed for the reader who has this secret; raises BadEnvelope."""
    try:
        return bytes(SealedBox(PrivateKey(secret)).decrypt(sealed))
    except (CryptoError, ValueError):
        raise BadEnvelope from None


def seal_paper(public: bytes, scrutin_id: UUID, paper: bytes, *, token: bytes, size: int = PAPER_SIZE) -> bytes:
    """Put a paper in its envelope: good for this vote only, and as long as every other of it.

    The same paper sealed again with the same `token` (16 random bytes or more, known to the voter alone) gives the same
    envelope, so that a ballot sent twice is one ballot. The form is libsodium's sealed box.
    """
    content = scrutin_id.bytes + paper.ljust(size, b"\0")
    if len(content) != len(scrutin_id.bytes) + size:
        raise ValueError("a paper too long for its envelope")
    once = hashlib.blake2b(content, digest_size=32, key=token[:64], person=b"coopgov-envelope").digest()
    mine = crypto_scalarmult_base(once)
    nonce = hashlib.blake2b(mine + public, digest_size=Box.NONCE_SIZE).digest()
    # What a `Box` does, without the objects around it and in one call: a whole cooperative seals in the same minute.
    return mine + crypto_box_easy(content, nonce, public, once)


def open_papers(secret: bytes, scrutin_id: UUID, envelopes: Iterable[bytes], *, size: int = PAPER_SIZE) -> list[bytes]:
    """The papers of these envelopes, in the same order; raises BadEnvelope at one that is not of this vote."""
    return [_paper(open_with(secret, envelope), scrutin_id, size) for envelope in envelopes]


def _paper(content: bytes, scrutin_id: UUID, size: int) -> bytes:
    vote, paper = content[:16], content[16:]
    if vote != scrutin_id.bytes or len(paper) != size:
        raise BadEnvelope
    return paper


def _halves(secret: bytes) -> tuple[bytes, bytes]:
    return secret[:_HALF], secret[_HALF:]


def _nth(parts: Sequence[Part], at: int) -> list[tuple[Part, bytes]]:
    return [(part, _halves(part.secret)[at]) for part in parts]
