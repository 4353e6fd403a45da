"""XLSX files of plain cells: a long one is written by a second process, while this one reads what it tells."""

import pickle
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain, islice
from shutil import copyfileobj
from subprocess import Popen
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from coopgov.core.programs import second_program

# From so many pieces of rows on, the time is worth what a process costs to start.
LARGE = 8
WRITER = "coopgov.printing.xlsx"
# A text, a number, or nothing; days and amounts are numbers, that their column shows as such.
Cell = str | int | float | None
Piece = Sequence[tuple[Cell, ...]]


class Heading(NamedTuple):
    """One column: its title, its width, how a sheet shows its numbers (its own way when empty)."""

    title: str
    width: int
    shown: str = ""


class Page(NamedTuple):
    """One sheet of a file: its name, its columns, its rows in pieces."""

    name: str
    headings: Sequence[Heading]
    pieces: Iterable[Piece]


def write_book(file: IO[bytes], pages: Sequence[Page], *, made_at: datetime) -> None:
    """Write the file; where its first page is long, by a second process, each piece while the next is read."""
    first, *others = pages
    pieces = iter(first.pieces)
    begun = list(islice(pieces, LARGE))
    whole = [first._replace(pieces=chain(begun, pieces)), *others]
    if len(begun) == LARGE:
        _write_beside(file, whole, made_at)
        return
    from coopgov.printing.xlsx import fill  # noqa: PLC0415 - only an export waits for XlsxWriter

    fill(file, whole, made_at)


def _write_beside(file: IO[bytes], pages: Sequence[Page], made_at: datetime) -> None:
    with TemporaryFile() as made, second_program(WRITER, stdout=made) as second:
        _tell(second, pages, made_at)
        if second.wait() != 0:
            raise RuntimeError("the process that writes the sheet was ended")
        made.seek(0)
        copyfileobj(made, file)


def _tell(second: "Popen[bytes]", pages: Sequence[Page], made_at: datetime) -> None:
    """What the file is made of: when, its pages, the pieces of each and an empty one behind them."""
    assert second.stdin is not None  # noqa: S101 - it was asked for
    # One that has ended already tells so by its code.
    with suppress(BrokenPipeError), second.stdin as pipe:
        pickle.dump((made_at, [(page.name, page.headings) for page in pages]), pipe)
        for page in pages:
            for piece in chain(page.pieces, [()]):
                pickle.dump(piece, pipe)
