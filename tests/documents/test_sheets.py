"""What leaves as a table: the same cells in CSV and XLSX, and no cell that a spreadsheet would run."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

from openpyxl import load_workbook

from coopgov.printing.qr import qr_svg
from coopgov.printing.sheets import Column, Kind, write_csv, write_xlsx

COLUMNS = (
    Column("Nom"),
    Column("Numéro", Kind.NUMBER),
    Column("Montant", Kind.CENTS, "Ce qui est versé"),
    Column("Jour", Kind.DAY),
    Column("Connu le", Kind.INSTANT),
)
AT = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
ROWS = [
    ("=1+1", 1, -1205, date(2026, 1, 31), AT),
    ("Léa; « Bois »", 2, 99, None, None),
    (None, -3, 0, date(1899, 5, 2), AT),
]


def test_a_csv_file_is_read_by_a_french_spreadsheet_and_holds_no_formula():
    text = "".join(write_csv(COLUMNS, iter(ROWS)))
    assert text.startswith("\ufeffNom;Numéro;Montant;Jour;Connu le\r\n")
    [_, first, second, third] = csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert first == ["'=1+1", "1", "-12,05", "2026-01-31", "2026-07-02 00:30:00"]
    assert second == ["Léa; « Bois »", "2", "0,99", "", ""]
    assert third[:4] == ["", "-3", "0,00", "1899-05-02"]


def test_a_csv_file_comes_in_pieces_so_that_memory_does_not_grow():
    read = []
    rows = (read.append(n) or ("x", n, n, None, None) for n in range(5000))
    pieces = write_csv(COLUMNS, rows)
    next(pieces), next(pieces)
    assert len(read) < 1000


def test_a_sheet_holds_texts_numbers_amounts_and_days_and_says_what_its_columns_mean():
    file = BytesIO()
    write_xlsx(file, COLUMNS, ROWS, name="Registre: été", made_at=AT)
    book = load_workbook(file)
    first, notes = book.worksheets
    assert first.title == "Registre  été"
    cells = [[cell.value for cell in row] for row in first.iter_rows(min_row=2)]
    assert cells[0] == ["=1+1", 1, -12.05, datetime(2026, 1, 31), datetime(2026, 7, 2, 0, 30)]  # noqa: DTZ001 - a sheet has no zones
    assert first.cell(2, 1).data_type == "s"
    assert cells[2][3] == "1899-05-02"
    assert [row[2].value for row in notes.iter_rows(min_row=2)][2] == "Ce qui est versé"


def test_a_code_for_phones_says_what_it_is_and_nothing_else():
    drawn = str(qr_svg("https://coop.example/verify/x", label="Vérifier"))
    assert drawn.startswith('<svg role="img"')
    assert "<title>Vérifier</title>" in drawn
    assert "style=" not in drawn
    assert "coop.example" not in drawn
