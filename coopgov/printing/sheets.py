"""Tables that leave as CSV or XLSX, row by row: memory does not grow with them, and no cell becomes a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import IO, Any

from coopgov.core.dates import paris_time

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection).
FORMULA_STARTS = frozenset("=+-@\t\r")
BOM = "\ufeff"
ROWS_AT_ONCE = 500
# What a sheet holds, its headings aside.
MOST_ROWS = 1_048_575


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
    import xlsxwriter  # noqa: PLC0415 - only an export waits for it

    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
    book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
    _fill(book, book.add_worksheet(_sheet_name(name)), columns, rows)
    if any(column.meaning for column in columns):
        _fill(book, book.add_worksheet(_sheet_name(f"{name[:20]} – notes")), DICTIONARY, dictionary(columns))
    book.close()


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


def _fill(book: Any, sheet: Any, columns: Sequence[Column], rows: Rows) -> None:
    heading = book.add_format({"bold": True, "bottom": 1})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.title, heading)
    sheet.freeze_panes(1, 0)
    ways = [_cell_way(book, sheet, column.kind) for column in columns]
    for line, row in enumerate(rows, start=1):
        if line > MOST_ROWS:
            raise ValueError("more rows than a sheet holds")
        for place, cell in enumerate(row):
            if cell is not None and cell != "":
                ways[place](line, place, cell)


def _cell_way(book: Any, sheet: Any, kind: Kind) -> Callable[[int, int, Any], Any]:
    if kind is Kind.NUMBER:
        return sheet.write_number  # type: ignore[no-any-return]  # XlsxWriter has no types
    if kind is Kind.CENTS:
        money = book.add_format({"num_format": "#,##0.00"})
        return lambda line, place, cents: sheet.write_number(line, place, cents / 100, money)
    if kind is Kind.DAY:
        return lambda line, place, day: _write_day(sheet, line, place, day)
    if kind is Kind.INSTANT:
        clock = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        return lambda line, place, at: sheet.write_datetime(line, place, paris_time(at).replace(tzinfo=None), clock)
    return lambda line, place, text: sheet.write_string(line, place, str(text))


def _write_day(sheet: Any, line: int, place: int, day: date) -> None:
    # A sheet's calendar begins in 1900.
    if day.year < 1900:
        sheet.write_string(line, place, day.isoformat())
    else:
        sheet.write_datetime(line, place, day)


def _sheet_name(name: str) -> str:
    # A sheet's name takes 31 signs, and none of these.
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in name)[:31]
