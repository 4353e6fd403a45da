"""Words that stand in no table: made from the secret of the installation and a salt, each time they are needed.

A mail holds a mark in their place, and the word is written in when the mail leaves: only in kinds of mail that end in
`.code`, so that a mark which somebody typed elsewhere stays what it is.
"""

import base64
import hashlib
import hmac
import re
from typing import Final

# Crockford's letters: none is taken for another.
_LETTERS: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_LENGTH, _GROUP = 12, 4
_MARK: Final = re.compile(r"\[\[word:([0-9a-f]{32})\]\]")


def word_of(secret: str, salt: bytes) -> str:
    """The word of that salt: twelve letters, sixty bits that nobody guesses without the secret."""
    drawn = hmac.new(secret.encode(), b"coopgov word " + salt, hashlib.sha256).digest()
    letters = base64.b32encode(drawn).translate(_LETTERS).decode()[:_LENGTH]
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def mark_of(salt: bytes) -> str:
    """What a mail holds in the place of the word."""
    return f"[[word:{salt.hex()}]]"


def fill(kind: str, text: str, secret: str) -> str:
    """The text of a mail with its words."""
    if not kind.endswith(".code"):
        return text
    return _MARK.sub(lambda found: word_of(secret, bytes.fromhex(found[1])), text)


def read_word(typed: str) -> str:
    """What was typed, as the word it stands for: small letters, blanks and look-alikes are forgiven."""
    return re.sub(r"[\s–—-]", "", typed.upper()).replace("O", "0").replace("I", "1").replace("L", "1")
