"""What changed between two versions of a text: paragraphs first, then words."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

Piece = tuple[str, str]
_WORDS = re.compile(r"\s+|[^\s]+")
# Comparing words is quadratic; two paragraphs longer than this are shown whole, one after the other.
MOST_WORDS = 800


def compare(old: str, new: str) -> list[Piece]:
    """The pieces of the new text and what it lost: ("equal" | "insert" | "delete", text)."""
    before, after = _paragraphs(old), _paragraphs(new)
    pieces: list[Piece] = []
    for operation, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if operation == "equal":
            pieces += [("equal", paragraph) for paragraph in before[a:b]]
        else:
            pieces += _rewritten(before[a:b], after[c:d])
    return _merged(pieces)


def _paragraphs(text: str) -> list[str]:
    # Each keeps the line break that ends it, so that the pieces put together give the text again.
    return text.splitlines(keepends=True)


def _rewritten(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    old, new = "".join(before), "".join(after)
    words, others = _WORDS.findall(old), _WORDS.findall(new)
    if not words or not others or max(len(words), len(others)) > MOST_WORDS:
        return [("delete", old), ("insert", new)]
    pieces: list[Piece] = []
    for operation, a, b, c, d in SequenceMatcher(a=words, b=others, autojunk=False).get_opcodes():
        if operation == "equal":
            pieces.append(("equal", "".join(words[a:b])))
        else:
            pieces += [("delete", "".join(words[a:b])), ("insert", "".join(others[c:d]))]
    return pieces


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours of one kind become one piece; empty ones go."""
    merged: list[Piece] = []
    for operation, text in pieces:
        if not text:
            continue
        if merged and merged[-1][0] == operation:
            merged[-1] = (operation, merged[-1][1] + text)
        else:
            merged.append((operation, text))
    return merged
