"""Tables that leave as CSV or XLSX, row by row: memory does not grow with them, and no cell becomes a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import IO, Any

from coopgov.core.dates import paris_time
from coopgov.printing.workbook import Cell, Heading, Page, Piece, write_book

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection).
FORMULA_STARTS = frozenset("=+-@\t\r")
BOM = "\ufeff"
ROWS_AT_ONCE = 500
# What a sheet holds, its headings aside.
MOST_ROWS = 1_048_575
# The day from which it counts others.
SHEET_BEGINS = date(1899, 12, 30)


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    NUMBER = "number"
    CENTS = "cents"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what its cells are, and what they mean (for the data dictionary)."""

    title: str
    kind: Kind = Kind.TEXT
    meaning: str = ""
    width: int = 14


Rows = Iterable[Sequence[Any]]


def write_csv(columns: Sequence[Column], rows: Rows) -> Iterator[str]:
    """The lines of a CSV file in pieces: semicolons, comma in amounts, days as 2026-01-31, ready for a French sheet."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([neutral(column.title) for column in columns])
    yield BOM + _take(buffer)
    ways = [_CSV_WAYS[column.kind] for column in columns]
    for some in _pieces(rows):
        # Column by column: one loop for many cells, rather than one call for each.
        told = (way(cells) for way, cells in zip(ways, zip(*some, strict=True), strict=True))
        writer.writerows(zip(*told, strict=True))
        yield _take(buffer)


def write_xlsx(
    file: IO[bytes] | Path, columns: Sequence[Column], rows: Rows, *, name: str, made_at: datetime
) -> None:  # fmt: skip
    """Write one sheet, and beside it what its columns mean when they say so."""
    pages = [_page(name, columns, rows)]
    if any(column.meaning for column in columns):
        pages.append(_page(f"{name[:20]} – notes", DICTIONARY, dictionary(columns)))
    with nullcontext(file) if not isinstance(file, Path) else file.open("wb") as place:
        write_book(place, pages, made_at=made_at)


# The headings of a data dictionary; an export in another language gives its own words as titles and meanings.
DICTIONARY = (Column("Colonne", width=28), Column("Nature", width=12), Column("Sens", width=80))


def dictionary(columns: Sequence[Column]) -> list[tuple[str, str, str]]:
    """The data dictionary (*dictionnaire de données*): each column, what its cells are, what they mean."""
    return [(column.title, NATURES[column.kind], column.meaning) for column in columns]


NATURES = {
    Kind.TEXT: "texte",
    Kind.NUMBER: "nombre entier",
    Kind.CENTS: "euros",
    Kind.DAY: "jour",
    Kind.INSTANT: "instant (heure de Paris)",
}


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text[0] in FORMULA_STARTS else text


def euros(cents: int) -> str:
    """An amount as a French sheet reads it: -12,50."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole},{rest:02d}"


def _take(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _pieces(rows: Rows) -> Iterator[list[Sequence[Any]]]:
    source = iter(rows)
    while some := list(islice(source, ROWS_AT_ONCE)):
        yield some


def _texts(cells: Sequence[Any]) -> list[str]:
    told = ["" if cell is None else str(cell) for cell in cells]
    return [f"'{text}" if text[:1] in FORMULA_STARTS else text for text in told]


def _amounts(cells: Sequence[Any]) -> list[str]:
    return ["" if cell is None else euros(cell) for cell in cells]


def _instants(cells: Sequence[Any]) -> list[str]:
    return ["" if cell is None else f"{paris_time(cell):%Y-%m-%d %H:%M:%S}" for cell in cells]


def _as_they_are(cells: Sequence[Any]) -> Sequence[Any]:
    # Numbers, days and nothing are written by the csv module as they should be.
    return cells


_CSV_WAYS: dict[Kind, Callable[[Sequence[Any]], Sequence[Any]]] = {
    Kind.TEXT: _texts,
    Kind.NUMBER: _as_they_are,
    Kind.CENTS: _amounts,
    Kind.DAY: _as_they_are,
    Kind.INSTANT: _instants,
}


def _page(name: str, columns: Sequence[Column], rows: Rows) -> Page:
    headings = [Heading(column.title, column.width, _SHOWN.get(column.kind, "")) for column in columns]
    return Page(_sheet_name(name), headings, _plain(columns, rows))


def _plain(columns: Sequence[Column], rows: Rows) -> Iterator[Piece]:
    """The rows as a sheet keeps them: texts and numbers."""
    ways, count = [_XLSX_WAYS[column.kind] for column in columns], 0
    for some in _pieces(rows):
        count += len(some)
        if count > MOST_ROWS:
            raise ValueError("more rows than a sheet holds")
        told = (way(cells) for way, cells in zip(ways, zip(*some, strict=True), strict=True))
        yield list(zip(*told, strict=True))


def _strings(cells: Sequence[Any]) -> list[str | None]:
    return [None if cell is None else str(cell) for cell in cells]


# What leaves a cell of any column empty.
_EMPTY = (None, "")


def _whole_euros(cells: Sequence[Any]) -> list[float | None]:
    return [None if cell in _EMPTY else cell / 100 for cell in cells]


def _days_of_sheet(cells: Sequence[Any]) -> list[Cell]:
    return [None if cell in _EMPTY else _day_of_sheet(cell) for cell in cells]


@lru_cache(4096)
def _day_of_sheet(day: date) -> Cell:
    # A sheet's calendar begins in 1900, and counts a 29 February of that year.
    number = (day - SHEET_BEGINS).days
    return day.isoformat() if day.year < 1900 else number if number > 60 else number - 1


def _instants_of_sheet(cells: Sequence[Any]) -> list[float | None]:
    return [None if cell in _EMPTY else _instant_of_sheet(paris_time(cell)) for cell in cells]


def _instant_of_sheet(clock: datetime) -> float:
    return (clock.replace(tzinfo=None) - datetime.combine(SHEET_BEGINS, time())) / timedelta(days=1)


_XLSX_WAYS: dict[Kind, Callable[[Sequence[Any]], Sequence[Any]]] = {
    Kind.TEXT: _strings,
    Kind.NUMBER: _as_they_are,
    Kind.CENTS: _whole_euros,
    Kind.DAY: _days_of_sheet,
    Kind.INSTANT: _instants_of_sheet,
}
_SHOWN = {Kind.CENTS: "#,##0.00", Kind.DAY: "dd/mm/yyyy", Kind.INSTANT: "dd/mm/yyyy hh:mm:ss"}


def _sheet_name(name: str) -> str:
    # A sheet's name takes 31 signs, and none of these.
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in name)[:31]
