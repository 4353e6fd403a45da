"""From the bytes of a CSV or XLSX file to lines of text cells; whatever cannot be read is refused in words."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn

from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_

# More lines than this belong in two files: one act writes them all, and a page waits for it.
MOST_LINES = 20_000
MOST_CELLS = 60
# A spreadsheet is a compressed folder: what it grows to is bounded before it is opened.
MOST_UNPACKED = 200 * 1024 * 1024
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet of a file: its headings, and its lines with their numbers as a person sees them."""

    headings: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheet(data: bytes) -> Sheet:
    """Read a CSV or XLSX file; raises RuleBroken when it is neither, or too large."""
    if data.startswith(_OLD_EXCEL):
        _refuse("old_spreadsheet", N_("This is an old Excel file. Save it as XLSX or CSV and send that."))
    rows = _xlsx_rows(data) if data.startswith(_ZIP) else _csv_rows(data)
    return _sheet(rows)


def _sheet(rows: Iterator[tuple[int, tuple[str, ...]]]) -> Sheet:
    filled = ((number, cells) for number, cells in rows if any(cells))
    first = next(filled, None)
    if first is None:
        _refuse("empty_file", N_("This file is empty. The first line names the columns, the others are members."))
    lines: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in filled:
        if len(lines) == MOST_LINES:
            sentence = N_("This file has more than %(most)s lines. Send it in several parts.")
            raise RuleBroken([Breach("too_many_lines", sentence, {"most": MOST_LINES}, field="file")])
        lines.append((number, cells))
    return Sheet(first[1], tuple(lines))


def _csv_rows(data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    text = _decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    number = 1
    try:
        for row in reader:
            # A quoted cell may span lines: a record is known by the line it begins on.
            yield number, tuple(cell.strip() for cell in row[:MOST_CELLS])
            number = reader.line_num + 1
    except csv.Error:
        _refuse("unreadable_csv", N_("This file cannot be read as CSV. Save it again as CSV or XLSX and send that."))


def _decode(data: bytes) -> str:
    if b"\x00" in data:
        _refuse("unreadable_csv", N_("This file cannot be read as CSV. Save it again as CSV or XLSX and send that."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        sentence = N_("The letters of this file are in an unknown code. Save it as “CSV UTF-8” and send that.")
        raise RuleBroken([Breach("unknown_encoding", sentence, {}, field="file")]) from None


def _separator(text: str) -> str:
    heading = text.lstrip().partition("\n")[0]
    return max((";", "\t", ","), key=heading.count)


def _xlsx_rows(data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    import openpyxl  # noqa: PLC0415 - slow to load, and most pages never read a spreadsheet

    try:
        _check_size(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        page = book.worksheets[0]
        page.reset_dimensions()  # a file may lie about its size
        for number, row in enumerate(page.iter_rows(values_only=True), start=1):
            yield number, tuple(text_of(cell) for cell in row[:MOST_CELLS])
    except RuleBroken:
        raise
    except Exception:
        _refuse("unreadable_xlsx", N_("This spreadsheet cannot be read. Save it again as XLSX or CSV and send that."))


def _check_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        if sum(entry.file_size for entry in folder.infolist()) > MOST_UNPACKED:
            _refuse("too_large", N_("This spreadsheet is too large once opened. Keep only the sheet of members."))


def text_of(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "oui" if cell else "non"
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell).strip()


def _refuse(code: str, sentence: str) -> NoReturn:
    raise RuleBroken([Breach(code, sentence, {}, field="file")])
