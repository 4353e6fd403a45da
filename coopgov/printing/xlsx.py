"""What XlsxWriter is told: a file of pages, in this process or as a program of its own that a pipe tells them."""

import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from coopgov.printing.workbook import Cell, Heading, Page


class QuickSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A sheet of a million plain cells: it looks for signs to escape only where there may be some."""

    def write_line(self, line: int, row: tuple[Cell, ...]) -> None:
        """Write the cells of one row."""
        # Those without an underscore look for "A1" in the place of numbers first.
        text, number = self._write_string, self._write_number
        for place, cell in enumerate(row):
            if cell.__class__ is str:
                # A text whatever it begins with: no cell becomes a formula.
                if cell:
                    text(line, place, cell)
            elif cell is not None:
                number(line, place, cell)

    def _escape_attributes(self, attribute: Any) -> Any:
        if attribute.__class__ is int or (attribute.__class__ is str and attribute.isalnum()):
            return attribute
        return super()._escape_attributes(attribute)

    def _escape_control_characters(self, data: str) -> str:
        # "_x000D_" would stand for a sign, told by its number.
        if data.isprintable() and "_x" not in data:
            return data
        return super()._escape_control_characters(data)  # type: ignore[no-any-return]

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        # XlsxWriter takes a text between "<r>" and "</r>" for its own, and would write it as it is: any cell at all.
        self._xml_inline_string(string, False, attributes)


def fill(file: IO[bytes], pages: Iterable[Page], made_at: datetime) -> None:
    """Write the file row by row: memory does not grow with it."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
    for page in pages:
        sheet = book.add_worksheet(page.name, QuickSheet)
        _fill_headings(book, sheet, page.headings)
        for line, row in enumerate(chain.from_iterable(page.pieces), start=1):
            sheet.write_line(line, row)
    book.close()


def _fill_headings(book: Any, sheet: Any, headings: Sequence[Heading]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    for place, heading in enumerate(headings):
        # Said once of the column, rather than of each of its cells.
        shown = book.add_format({"num_format": heading.shown}) if heading.shown else None
        sheet.set_column(place, place, heading.width, shown)
        sheet.write_string(0, place, heading.title, bold)
    sheet.freeze_panes(1, 0)


def main() -> None:
    """Write what one pipe tells into the file that stands in the place of the other."""
    told = partial(pickle.load, sys.stdin.buffer)
    made_at, headings = told()
    fill(sys.stdout.buffer, _pages(headings, told), made_at)


def _pages(headings: Iterable[tuple[str, Sequence[Heading]]], told: Callable[[], Any]) -> Iterator[Page]:
    for name, each in headings:
        yield Page(name, each, iter(told, ()))


if __name__ == "__main__":
    main()
