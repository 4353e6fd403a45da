"""Whether a sandbox still says what reading its files now would: then they are not read again."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.canonical import digest
from coopgov.past.scratch import Scratch, making, opened
from coopgov.shares import book as share_book
from coopgov.treasury import book as money_book

# How the journal names what is done about a past.
ABOUT = "past"
Made = Mapping[str, str]


def made_for(session: Session, today: date, *, files: str, read: Sequence[str]) -> Made:
    """All that a reading depends on: the files, how they are read, the day, the program, all that was done until now.

    Every act leaves its line in the journal: members, statutes and books are as they were when none was added.
    """
    return {
        "files": files, "read": digest(read), "day": today.isoformat(), "program": _program(),
        "acts": journal.last_beside(session, ABOUT), "shares": share_book.head(session).hash,
        "capital": money_book.head(session).hash,
    }  # fmt: skip


def note_made(scratch: Scratch, made: Made) -> None:
    """Note in a sandbox what it was made for."""
    scratch.keep("made_for", made)


@contextmanager
def as_of_now(path: Path, made: Made, read: Callable[[Scratch], None]) -> Iterator[Scratch]:
    """The sandbox that was made for this, or a new one into which all is read."""
    if not _is_made_for(path, made):
        with making(path) as new:
            read(new)
            note_made(new, made)
    with opened(path) as scratch:
        yield scratch


def _is_made_for(path: Path, made: Made) -> bool:
    if not path.exists():
        return False
    try:
        with opened(path) as scratch:
            return bool(scratch.fact("made_for") == made)
    except sqlite3.DatabaseError:
        return False


@cache
def _program() -> str:
    """The hash of the program with its texts of law: another version may read otherwise."""
    root = Path(__file__).resolve().parent.parent
    found = hashlib.sha256()
    for path in sorted(path for ending in ("py", "toml") for path in root.rglob(f"*.{ending}")):
        found.update(path.read_bytes())
    return found.hexdigest()
