"""What leaves as a table: the same cells in CSV and XLSX, and no cell that a spreadsheet would run."""

import csv
import subprocess
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pikepdf
import pytest
import xlsxwriter
from openpyxl import load_workbook

from coopgov.printing import sheets
from coopgov.printing.plain import print_table
from coopgov.printing.qr import qr_svg
from coopgov.printing.sheets import Column, Kind, write_csv, write_xlsx
from coopgov.printing.workbook import Heading, Page, write_book
from coopgov.printing.xlsx import fill

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


def test_days_of_a_sheet_are_those_of_the_calendar_from_1900_on():
    days = [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(2024, 2, 29), date(9999, 12, 31)]
    file = BytesIO()
    write_xlsx(file, [Column("Jour", Kind.DAY)], [(day,) for day in days], name="Jours", made_at=AT)
    read = [cell.value for cell in load_workbook(file).worksheets[0]["A"][1:]]
    assert [value.date() for value in read] == days


def test_cells_are_written_as_xlsxwriter_writes_them_whatever_signs_they_hold():
    signs = ["plain", "", " room ", "_x0041_", "a_xb", "<b> & \"c\"", "tab\tand\nline\r", "\x01\x1f", "\ufffe\uffff",
             "=1+1", "{=1}", "http://x.example", "<r>x", "no-break\u00a0é 🐝", "12"]  # fmt: skip
    row = (*signs, None, 0, -3, 12.05, 46000)
    ours, theirs = BytesIO(), BytesIO()
    fill(ours, [Page("x", [Heading("A & B", 9), Heading("C", 7, "#,##0.00")], [[row, row], [row]])], AT)
    book = xlsxwriter.Workbook(theirs, {"constant_memory": True})
    sheet, bold = book.add_worksheet("x"), book.add_format({"bold": True, "bottom": 1})
    sheet.set_column(0, 0, 9)
    sheet.set_column(1, 1, 7, book.add_format({"num_format": "#,##0.00"}))
    for place, title in enumerate(["A & B", "C"]):
        sheet.write_string(0, place, title, bold)
    sheet.freeze_panes(1, 0)
    for line in (1, 2, 3):
        for place, cell in enumerate(row):
            if cell not in (None, ""):
                (sheet.write_string if isinstance(cell, str) else sheet.write_number)(line, place, cell)
    book.close()
    [told, expected] = [ZipFile(file).read("xl/worksheets/sheet1.xml") for file in (ours, theirs)]
    assert told == expected
    assert b"<f>" not in told


def test_a_text_that_looks_like_a_part_of_the_file_stays_a_text():
    name = '<r></r></is></c><c r="A3"><f>1+1</f></c><c r="A4" t="inlineStr"><is><r></r>'
    file = BytesIO()
    write_xlsx(file, [Column("Nom")], [(name,)], name="x", made_at=AT)
    assert [cell.value for cell in load_workbook(file).worksheets[0]["A"]] == ["Nom", name]


def long_page(rows=4100, name="x"):
    pieces = ([(f"ligne {n}", n, n / 100) for n in range(start, start + 500)] for start in range(0, rows, 500))
    return Page(name, [Heading("Texte", 9), Heading("Nombre", 9), Heading("Montant", 9, "#,##0.00")], pieces)


def test_a_long_table_is_written_by_a_second_process_and_is_the_same_file():
    here, beside = BytesIO(), BytesIO()
    notes = Page("notes", [Heading("Sens", 9)], [[("=1+1",)]])
    fill(here, [long_page(), notes], AT)
    write_book(beside, [long_page(), notes], made_at=AT)
    assert beside.getvalue() == here.getvalue()


def test_what_goes_wrong_on_either_side_of_a_long_table_is_told_and_leaves_no_file(monkeypatch):
    file, rows = BytesIO(), ((n, 1 // (4500 - n)) for n in range(9000))
    numbers = [Column("Un", Kind.NUMBER), Column("Deux", Kind.NUMBER)]
    with pytest.raises(ZeroDivisionError):
        write_xlsx(file, numbers, rows, name="x", made_at=AT)
    # Two sheets of one name are what XlsxWriter refuses.
    with pytest.raises(RuntimeError, match="was ended"):
        write_book(file, [long_page(), long_page()], made_at=AT)
    monkeypatch.setattr(sheets, "MOST_ROWS", 5000)
    with pytest.raises(ValueError, match="more rows"):
        write_xlsx(file, numbers, ((n, n) for n in range(6000)), name="x", made_at=AT)
    assert file.getvalue() == b""


def test_a_code_for_phones_says_what_it_is_and_nothing_else():
    drawn = str(qr_svg("https://coop.example/verify/x", label="Vérifier"))
    assert drawn.startswith('<svg role="img"')
    assert "<title>Vérifier</title>" in drawn
    assert "style=" not in drawn
    assert "coop.example" not in drawn


def test_a_long_table_is_printed_line_by_line_whole_and_the_same_each_time(tmp_path):
    columns = [{"title": "N°", "width": 8, "numeric": True}, {"title": "Nom", "width": 40, "numeric": False}]
    facts = {
        "cooperative": {"name": "Coopérative des Trois Rivières"}, "mentions": ["12 rue du Pont"],
        "lead": ["Situation au 31 décembre 2026"], "columns": columns, "totals": ["Lignes : 200"],
        "heads": [f"Journal : 12:{'ab' * 32}," * 4], "short_heads": "journal 12:abababab",
        "table": "\n".join(f"{n}\tŁucja d’Haïti {'très ' * (n % 40)}longue" for n in range(200)),
        "document": {"number": 3, "series": "x", "issued_at": AT, "facts_sha256": "9f2c41aa" + "0" * 56},
    }  # fmt: skip
    pdf = print_table(facts, language="fr", title="Registre", attachment=b"{}")
    assert pdf == print_table(facts, language="fr", title="Registre", attachment=b"{}")
    path = tmp_path / "register.pdf"
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    assert "Łucja d’Haïti" in text
    assert "abab," in text.replace("\n", "")
    with pikepdf.open(path) as read:
        pages = len(read.pages)
        assert (list(read.attachments), str(read.Root.Lang)) == (["facts.json"], "fr")
    assert f"page {pages} sur {pages}" in text
    assert [line.split()[0] for line in text.splitlines() if "Łucja" in line] == [str(n) for n in range(200)]
