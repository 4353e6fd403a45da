"""Reading files of members: encodings, separators, spreadsheets, and every fault by its line."""

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.errors import RuleBroken
from coopgov.members.importing.columns import COLUMNS
from coopgov.members.importing.reading import read_sheet
from coopgov.members.importing.table import read_day, read_members, read_table
from coopgov.members.rules import Category, College, PartyKind, fold

TODAY = date(2026, 11, 24)
HEADINGS = "Numéro;Nom;Prénom;E-mail;Catégorie;Date d’admission"
GOOD = "12;Noël;Zoé;zoe@exemple.fr;salariée;15/03/2024"


def rows(text, colleges=()):
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_members(read_table("f.csv", data), colleges, today=TODAY))


def faults(line, headings=HEADINGS, colleges=()):
    [(_number, _member, found)] = rows(f"{headings}\n{line}\n", colleges)
    return [(fault.column, fault.breach.code) for fault in found]


def xlsx(*lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_file_is_read_whatever_its_letters_and_separators(encoding, separator):
    text = f"{HEADINGS}\n{GOOD}\n".replace(";", separator)
    [(line, member, found)] = rows(text.encode(encoding))
    assert (line, found) == (2, [])
    assert member.person.name == "Zoé Noël"
    assert (member.joined_on, member.category) == (date(2024, 3, 15), Category.EMPLOYED)


def test_english_headings_in_another_order_are_known():
    text = "category,joined on,member number,last name\nexternal,2024-03-15,7,Arnaud\n"
    [(_line, member, found)] = rows(text)
    assert (found, member.number, member.category) == ([], 7, Category.EXTERNAL)


def test_a_spreadsheet_is_read_with_its_dates_and_numbers():
    data = xlsx(HEADINGS.split(";"), [12.0, "Noël", None, None, "salarié", datetime(2024, 3, 15)])  # noqa: DTZ001 - as a sheet holds it
    [(line, member, found)] = rows(data)
    assert (line, found, member.number, member.joined_on) == (2, [], 12, date(2024, 3, 15))


def test_lines_keep_their_numbers_over_empty_ones_and_quoted_breaks():
    text = f'{HEADINGS}\n\n;;;;;\n12;"No\nël";Zoé;;salarié;15/03/2024\n{GOOD}\n'
    found = rows(text)
    assert [line for line, _member, _faults in found] == [4, 6]
    assert [fault.breach.code for fault in found[0][2]] == ["unprintable"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (";Noël;Zoé;;salarié;15/03/2024", [("Numéro", "cell_missing")]),
        ("0;Noël;Zoé;;salarié;15/03/2024", [("Numéro", "bad_number")]),
        ("1e3;Noël;Zoé;;salarié;15/03/2024", [("Numéro", "bad_number")]),
        ("12;=HYPERLINK(1);Zoé;;salarié;15/03/2024", [("Nom", "formula")]),
        ("12;Noël;@SUM;;salarié;15/03/2024", [("Prénom", "formula")]),
        ("12;Noël;Zoé;zoe@;salarié;15/03/2024", [("E-mail", "email_malformed")]),
        ("12;Noël;Zoé;;martien;15/03/2024", [("Catégorie", "bad_category")]),
        ("12;Noël;Zoé;;salarié;30/02/2024", [("Date d’admission", "bad_day")]),
        ("12;Noël;Zoé;;salarié;25/11/2026", [("Date d’admission", "in_the_future")]),
        (f"12;{'N' * 121};Zoé;;salarié;15/03/2024", [("Nom", "too_long")]),
    ],
)
def test_each_fault_is_told_in_its_column(line, expected):
    assert faults(line) == expected


def test_all_the_faults_of_a_line_are_told_at_once():
    assert len(faults("x;;Zoé;x;x;x")) == 5


def test_an_agreement_needs_its_day_and_an_address():
    headings = f"{HEADINGS};Accord e-mail;Date de l’accord"
    assert faults(f"{GOOD};oui;", headings) == [("Date de l’accord", "consent_without_day")]
    assert faults("1;N;Z;;salarié;15/03/2024;oui;15/03/2024", headings) == [("E-mail", "no_email")]
    assert faults(f"{GOOD};peut-être;", headings) == [("Accord e-mail", "bad_yes_or_no")]
    [(_line, member, _faults)] = rows(f"{headings}\n{GOOD};oui;16/03/2024\n")
    assert (member.consent_on, member.consent_proof) == (date(2024, 3, 16), "f.csv, l. 2")


def test_colleges_are_known_by_name_or_code_and_needed_where_there_are_any():
    colleges = (College("createurs", "Créatrices et créateurs"),)
    headings = f"{HEADINGS};Collège"
    assert faults(f"{GOOD};createurs", headings, colleges) == []
    assert faults(f"{GOOD};Creatrices et CREATEURS", headings, colleges) == []
    assert faults(f"{GOOD};", headings, colleges) == [("Collège", "bad_college")]
    assert faults(f"{GOOD};createurs", headings) == [("Collège", "no_colleges")]


def test_a_siren_makes_an_organisation():
    headings = f"{HEADINGS};SIREN"
    [(_line, member, found)] = rows(f"{headings}\n12;L’Établi;;;extérieur;15/03/2024;903 214 872\n")
    assert (found, member.person.kind, member.person.siren) == ([], PartyKind.ORGANISATION, "903214872")
    assert faults("12;L’Établi;;;extérieur;15/03/2024;903214873", headings) == [("SIREN", "bad_siren")]


def test_a_missing_column_and_one_too_many_are_refused():
    with pytest.raises(RuleBroken) as refusal:
        read_table("f.csv", b"Nom;Ville\nA;B\n")
    assert {breach.values["column"] for breach in refusal.value.breaches} == {
        "Numéro", "Catégorie", "Date d’admission",
    }  # fmt: skip
    with pytest.raises(RuleBroken, match="column_twice"):
        read_table("f.csv", f"{HEADINGS};nom de famille\n".encode())


def test_columns_that_mean_nothing_to_us_are_named():
    assert read_table("f.csv", f"{HEADINGS};Pointure\n{GOOD};38\n".encode()).ignored == ("Pointure",)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n;;\n", "empty_file"),
        (b"a\x00b", "unreadable_csv"),
        (b"a;b\n\x81\x8d", "unknown_encoding"),
        (b"\xd0\xcf\x11\xe0\xa1", "old_spreadsheet"),
        (b"PK\x03\x04 broken", "unreadable_xlsx"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data, code):
    with pytest.raises(RuleBroken, match=code):
        read_sheet(data)


def test_a_spreadsheet_that_swells_is_refused_before_it_is_opened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("xl/worksheets/sheet1.xml", b"\0" * 1024)
    swollen = bytearray(out.getvalue())
    # The size a file says it has once unpacked stands at the 24th byte of its line in the directory.
    said = swollen.index(b"PK\x01\x02") + 24
    swollen[said : said + 4] = (201 * 1024 * 1024).to_bytes(4, "little")
    with pytest.raises(RuleBroken, match="too_large"):
        read_sheet(bytes(swollen))


def test_too_many_lines_are_refused():
    with pytest.raises(RuleBroken, match="too_many_lines"):
        read_sheet(b"Nom\n" + b"x\n" * 20_001)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(data):
    with suppress(RuleBroken):
        read_sheet(data)


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_day_is_read_as_it_was_written(day):
    for written in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d.%m.%Y}", f"{day.day}/{day.month}/{day.year:04}"):
        assert read_day(written) == day


def test_no_two_columns_share_a_name():
    names = [
        fold(name) for column in COLUMNS for name in {fold(n) for n in (column.title, column.key, *column.aliases)}
    ]
    assert len(names) == len(set(names))
