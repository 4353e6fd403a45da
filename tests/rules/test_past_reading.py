"""A past as people write it: titles above the headings, headings of their own, totals below, formulas, months in short."""

import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest

from coopgov.core.errors import RuleBroken
from coopgov.past.columns import guess_columns
from coopgov.past.reading import Source, guess_sheets, lines_of
from coopgov.past.rows import cells_of
from coopgov.past.rules.kinds import SheetKind
from coopgov.past.rules.values import read_day

LINES = [
    ["Journal des parts – arrêté au 31/12/2025"],
    [],
    ["Date opération", "Nature", "N° sociétaire", "Nb de parts", "Montant (€)", "Au profit de"],
    ["3 févr. 2024", "Souscription", 12, 10, "=D4*20", None],
    ["TOTAL", None, None, 10, "=SUM(E4:E4)", None],
    ["4 févr. 2024", "Versement", 12, None, 200, None],
]


def as_xlsx(*, value: str = "") -> bytes:
    """The lines as a spreadsheet, where Excel would keep what the first formula gave."""
    book = openpyxl.Workbook()
    for line in LINES:
        book.active.append(line)
    book.active.merge_cells("A1:F1")
    out, kept = io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = re.sub(rb"(<f>D4\*20</f>)<v\s*/?>(</v>)?", rb"\1<v>" + value.encode() + rb"</v>", data)
            new.writestr(name, data)
    return kept.getvalue()


def read(data: bytes):
    source = Source("parts.xlsx", io.BytesIO(data))
    [sheet] = guess_sheets([source])
    return sheet, list(cells_of(sheet, lines_of(source, sheet.sheet)))


def test_a_title_is_no_heading_and_a_total_is_no_movement():
    sheet, cells = read(as_xlsx(value="200"))
    assert (sheet.kind, sheet.unused()) == (SheetKind.MOVEMENTS, ())
    assert [cell.line for cell in cells] == [4, 6]
    assert (cells[0].day("day"), cells[0].quantity("quantity")) == (date(2024, 2, 3), 10)


def test_a_formula_counts_as_the_spreadsheet_computed_it_and_is_told_where_nothing_was_kept():
    _sheet, kept = read(as_xlsx(value="200"))
    assert (kept[0].euros("amount"), kept[0].found) == (200_00, [])
    _sheet, bare = read(as_xlsx())
    assert bare[0].euros("amount") is None
    assert [fault.breach.code for fault in bare[0].found] == ["formula"]


def test_somebody_called_total_is_no_total():
    sheet, cells = read_csv("Nom;Numéro;Statut\nTotal Bois;12;extérieur\nTotal;;\n")
    assert sheet.kind is SheetKind.MEMBERS
    assert [cell.texts["legal_name"] for cell in cells] == ["Total Bois"]


def read_csv(text: str):
    source = Source("associes.csv", io.BytesIO(text.encode()))
    [sheet] = guess_sheets([source])
    return sheet, list(cells_of(sheet, lines_of(source, sheet.sheet)))


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("N° sociétaire", "number"), ("N° d’associé", "number"), ("Entré(e) le", "joined_on"),
        ("Sorti(e) le", "left_on"), ("Nb parts au 31/12/2025", "held"), ("Capital versé au 31/12/25", "paid"),
        ("Reste dû", "repayable"), ("Prénom(s)", "given_names"),
    ],
)  # fmt: skip
def test_headings_are_known_as_people_write_them(heading, key):
    assert guess_columns(SheetKind.MEMBERS, [heading]) == {key: heading}


@pytest.mark.parametrize(
    "text", ["3 févr. 2024", "3 fév. 24", "samedi 3 février 2024", "le 3 février 2024", "03/02/2024", "3.2.24"]
)
def test_days_are_read_as_people_write_them(text):
    assert read_day(text) == date(2024, 2, 3)


def a_folder(**files: bytes) -> bytes:
    """A compressed folder that calls itself a spreadsheet."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files.items():
            folder.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize("data", [b"PK\x03\x04 and nothing else", a_folder(word=b"a letter"), as_xlsx()[:-40]])
def test_a_file_that_is_no_spreadsheet_is_refused_in_words(data):
    with pytest.raises(RuleBroken, match="unreadable_xlsx"):
        guess_sheets([Source("parts.xlsx", io.BytesIO(data))])


def test_a_file_made_to_fill_the_memory_is_not_opened():
    with pytest.raises(RuleBroken, match="too_large"):
        guess_sheets([Source("parts.xlsx", io.BytesIO(a_folder(strings=bytes(70 * 1024 * 1024))))])
