"""From files to lines of text cells, one at a time: a million lines are never held at once."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_
from coopgov.members.importing.reading import MOST_CELLS, text_of
from coopgov.past.columns import SheetMap, guess

if TYPE_CHECKING:
    import openpyxl

# A spreadsheet is a compressed folder: what it grows to is bounded before it is opened.
MOST_UNPACKED = 2 * 1024 * 1024 * 1024
# The longest tables grow some forty times; what grows more was made to fill the memory.
ALWAYS_UNPACKED, MOST_GROWTH = 64 * 1024 * 1024, 100
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SAMPLE = 64 * 1024
_FORMULA_MARKS = (b"<f>", b"<f ")
_HIGHEST = 10  # lines in which the headings are looked for
Line = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read as often as wanted."""

    name: str
    data: BinaryIO

    def again(self) -> BinaryIO:
        """The file from its beginning."""
        self.data.seek(0)
        return self.data


def guess_sheets(sources: Iterator[Source] | list[Source]) -> list[SheetMap]:
    """Every sheet of these files, with what it seems to hold."""
    return [
        guess(source.name, sheet, headings) for source in sources for sheet, headings in _headings(source)
    ]  # fmt: skip


def lines_of(source: Source, sheet: str) -> Iterator[Line]:
    """The filled lines of one sheet with their numbers, headings first; raises RuleBroken when it cannot be read."""
    rows = _xlsx_rows(source, sheet) if _is_xlsx(source) else _csv_rows(source)
    return _from_headings((number, cells) for number, cells in rows if any(cells))


def _from_headings(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines without the title that people write above: it fills few of the cells that the lines below fill."""
    first = list(islice(lines, _HIGHEST))
    most = max((_filled(cells) for _number, cells in first), default=0)
    yield from dropwhile(lambda line: 2 * _filled(line[1]) <= most, first)
    yield from lines


def _filled(cells: tuple[str, ...]) -> int:
    return sum(map(bool, cells))


def count_lines(source: Source, sheet: str) -> int:
    """About how many lines there are, to tell how far a reading is."""
    if not _is_xlsx(source):
        data = source.again()
        return sum(block.count(b"\n") for block in iter(lambda: data.read(1 << 20), b""))
    with _workbook(source) as book:
        return int(book[sheet].max_row or 0)


def _headings(source: Source) -> Iterator[tuple[str, tuple[str, ...]]]:
    first = source.again().read(len(_OLD_EXCEL))
    if first == _OLD_EXCEL:
        _refuse("old_spreadsheet", N_("%(file)s is an old Excel file. Save it as XLSX or CSV and send that."), source)
    if not _is_xlsx(source):
        yield "", _first(source, "")
        return
    with _workbook(source) as book:
        names = list(book.sheetnames)
    for name in names:
        headings = _first(source, name)
        if headings:
            yield name, headings


def _first(source: Source, sheet: str) -> tuple[str, ...]:
    found = next(lines_of(source, sheet), None)
    if found is None and not sheet:
        sentence = N_("%(file)s is empty. The first line names the columns.")
        _refuse("empty_file", sentence, source)
    return found[1] if found else ()


def _is_xlsx(source: Source) -> bool:
    return source.again().read(len(_ZIP)) == _ZIP


def _csv_rows(source: Source) -> Iterator[Line]:
    sample = source.again().read(_SAMPLE)
    if b"\x00" in sample:
        _refuse("unreadable_csv", N_("%(file)s cannot be read as CSV. Save it again as CSV or XLSX."), source)
    text = io.TextIOWrapper(source.again(), encoding=_encoding(source), newline="")
    reader = csv.reader(text, delimiter=_separator(sample))
    number = 1
    try:
        for row in reader:
            # A quoted cell may span lines: a record is known by the line it begins on.
            yield number, tuple(cell.strip() for cell in row[:MOST_CELLS])
            number = reader.line_num + 1
    except (csv.Error, UnicodeDecodeError):
        _refuse("unreadable_csv", N_("%(file)s cannot be read as CSV. Save it again as CSV or XLSX."), source)
    finally:
        text.detach()


def _encoding(source: Source) -> str:
    # The whole file must be one or the other: the first accent may stand on the last line.
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    data = source.again()
    try:
        while block := data.read(1 << 20):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        source.again()
    return "utf-8-sig"


def _separator(sample: bytes) -> str:
    heading = sample.lstrip().partition(b"\n")[0].decode("cp1252", "replace")
    return max((";", "\t", ","), key=heading.count)


def _xlsx_rows(source: Source, sheet: str) -> Iterator[Line]:
    try:
        rows = _sheet_rows(source, sheet, computed=False)
        if _has_formulas(source):
            rows = map(_worked_out, rows, _sheet_rows(source, sheet, computed=True))
        for number, row in enumerate(rows, start=1):
            yield number, tuple(map(_cell, row[:MOST_CELLS]))
    except RuleBroken:
        raise
    except GeneratorExit:
        raise
    except Exception:
        _refuse_xlsx(source)


def _sheet_rows(source: Source, sheet: str, *, computed: bool) -> Iterator[tuple[object, ...]]:
    with _workbook(source, computed=computed) as book:
        page = book[sheet]
        page.reset_dimensions()  # a file may lie about its size
        yield from page.iter_rows(values_only=True)


def _has_formulas(source: Source) -> bool:
    """Whether some sheet computes its cells."""
    with zipfile.ZipFile(source.again()) as folder:
        return any(_has_formula(folder, name) for name in folder.namelist() if name.startswith("xl/worksheets/"))


def _has_formula(folder: zipfile.ZipFile, name: str) -> bool:
    before = b""
    with folder.open(name) as sheet:
        while block := sheet.read(1 << 20):
            if any(mark in before + block for mark in _FORMULA_MARKS):
                return True
            before = block[-2:]
    return False


def _worked_out(row: tuple[object, ...], values: tuple[object, ...]) -> tuple[object, ...]:
    """Each formula as the spreadsheet last computed it; the formula itself where nothing was kept."""
    return tuple(
        value if isinstance(cell, str) and cell.startswith("=") and value is not None else cell
        for cell, value in zip(row, values, strict=True)
    )


def _cell(cell: object) -> str:
    # Computed amounts carry a dust of decimals.
    return f"{cell:.6f}".rstrip("0").rstrip(".") if isinstance(cell, float) else text_of(cell)


def _workbook(source: Source, *, computed: bool = False) -> "_Opened":
    try:
        with zipfile.ZipFile(source.again()) as folder:
            entries = folder.infolist()
    except zipfile.BadZipFile:
        _refuse_xlsx(source)
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if unpacked > min(MOST_UNPACKED, max(ALWAYS_UNPACKED, MOST_GROWTH * packed)):
        _refuse("too_large", N_("%(file)s is too large once opened. Save its sheets as CSV."), source)
    return _Opened(source, computed=computed)


class _Opened:
    """A workbook that is read and closed again."""

    def __init__(self, source: Source, *, computed: bool) -> None:
        self._source, self._computed = source, computed

    def __enter__(self) -> "openpyxl.Workbook":
        import openpyxl  # noqa: PLC0415 - slow to load, and most pages never read a spreadsheet

        try:
            self._book = openpyxl.load_workbook(self._source.again(), read_only=True, data_only=self._computed)
        except Exception:
            _refuse_xlsx(self._source)
        return self._book

    def __exit__(self, *_told: object) -> None:
        self._book.close()


def _refuse_xlsx(source: Source) -> NoReturn:
    _refuse("unreadable_xlsx", N_("%(file)s cannot be read. Save it again as XLSX or CSV."), source)


def _refuse(code: str, sentence: str, source: Source) -> NoReturn:
    raise RuleBroken([Breach(code, sentence, {"file": source.name}, field="files")])
