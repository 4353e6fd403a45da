"""From lines of text cells to members, cell by cell; every fault is kept with its line and its column."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from coopgov.accounts.rules import check_email
from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_
from coopgov.core.typed import fits_one_line
from coopgov.members.importing.columns import BY_NAME, CATEGORY_WORDS, COLUMNS, YES_OR_NO, Column
from coopgov.members.importing.reading import Sheet, read_sheet
from coopgov.members.rules import Category, College, NewMember, PartyKind, Person, Reach, check_siren, fold

# A cell that begins so is a formula to a spreadsheet: it would run when somebody opens our exports.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# A telephone number may well begin with a plus.
_MAY_BEGIN_SO = frozenset({"phone"})
_BY_KEY = {column.key: column for column in COLUMNS}
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
LARGEST_NUMBER = 999_999_999


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one line of a file: the line and column as a person sees them, and the sentence."""

    line: int
    column: str
    breach: Breach


@dataclass(frozen=True, slots=True)
class ImportTable:
    """A file of members as text: which columns it has, which it has in vain, and its lines."""

    file_name: str
    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    lines: tuple[tuple[int, Mapping[str, str]], ...]


def read_table(file_name: str, data: bytes) -> ImportTable:
    """Read a CSV or XLSX file of members; raises RuleBroken when it is not one."""
    sheet = read_sheet(data)
    places = _places(sheet)
    _refuse_missing(places)
    ignored = tuple(heading for heading in sheet.headings if heading and fold(heading) not in BY_NAME)
    lines = tuple(
        (number, {key: cells[place] if place < len(cells) else "" for key, place in places.items()})
        for number, cells in sheet.lines
    )
    return ImportTable(file_name, tuple(places), ignored, lines)


def _places(sheet: Sheet) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, heading in enumerate(sheet.headings):
        column = BY_NAME.get(fold(heading))
        if column is None:
            continue
        if column.key in places:
            sentence = N_("Two columns are for “%(column)s”. Keep one.")
            raise RuleBroken([Breach("column_twice", sentence, {"column": column.title}, field="file")])
        places[column.key] = place
    return places


def _refuse_missing(places: Mapping[str, int]) -> None:
    sentence = N_("The column “%(column)s” is missing. Name it in the first line.")
    missing = [column for column in COLUMNS if column.needed and column.key not in places]
    if missing:
        raise RuleBroken(
            Breach("column_missing", sentence, {"column": column.title}, field="file") for column in missing
        )


@dataclass(slots=True)
class LineReader:
    """Reads the cells of one line, and notes what is wrong with them."""

    line: int
    cells: Mapping[str, str]
    faults: list[Fault]

    def fault(self, key: str, breach: Breach) -> None:
        """Note what is wrong in one column of this line."""
        self.faults.append(Fault(self.line, _BY_KEY[key].title, breach))

    def text(self, key: str) -> str:
        """The cell as text: no formula, not too long, not missing where it is needed."""
        value, column = self.cells.get(key, ""), _BY_KEY[key]
        breach = _check_text(value, column)
        if breach is not None:
            self.fault(key, breach)
            return ""
        return value

    def day(self, key: str) -> date | None:
        """The cell as a day; None when it is empty or wrong."""
        text = self.text(key)
        if not text:
            return None
        try:
            return read_day(text)
        except ValueError:
            sentence = N_("“%(text)s” is not a day. Write it like 15/03/2024 or 2024-03-15.")
            self.fault(key, Breach("bad_day", sentence, {"text": text}))
            return None

    def yes(self, key: str) -> bool:
        """The cell as yes or no; empty means no."""
        text = self.text(key)
        if (known := YES_OR_NO.get(fold(text))) is not None:
            return known
        self.fault(key, Breach("bad_yes_or_no", N_("“%(text)s” is neither yes nor no."), {"text": text}))
        return False

    def number(self, key: str) -> int:
        """The cell as a number above zero; 0 when it is wrong."""
        text = self.text(key)
        if text.isascii() and text.isdigit() and 0 < int(text[:12]) <= LARGEST_NUMBER:
            return int(text)
        if text:
            sentence = N_("“%(text)s” is not a number. Write figures only.")
            self.fault(key, Breach("bad_number", sentence, {"text": text}))
        return 0


def read_day(text: str) -> date:
    """Read a day as people write it; raises ValueError otherwise."""
    if found := _FRENCH_DAY.fullmatch(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    return date.fromisoformat(text)


def read_members(
    table: ImportTable, colleges: Sequence[College], *, today: date
) -> Iterator[tuple[int, NewMember | None, list[Fault]]]:
    """Each line with the member it describes, or with all that is wrong in it."""
    words = {fold(word): college.code for college in colleges for word in (college.code, college.label)}
    for number, cells in table.lines:
        reader = LineReader(number, cells, [])
        member = _member(reader, words, today=today, file_name=table.file_name)
        yield number, None if reader.faults else member, reader.faults


def _member(reader: LineReader, colleges: Mapping[str, str], *, today: date, file_name: str) -> NewMember:
    consent_on = _consent(reader)
    joined_on = reader.day("joined_on") or today
    applied_on = reader.day("applied_on")
    _check_days(reader, joined_on, applied_on, consent_on, today)
    return NewMember(
        person=_person(reader), joined_on=joined_on, category=_category(reader), number=reader.number("number"),
        reach=_reach(reader), craft=reader.text("craft"), college=_college(reader, colleges),
        has_shop=reader.yes("has_shop"), applied_on=applied_on, decision=reader.text("decision"),
        consent_on=consent_on, consent_proof=f"{file_name}, l. {reader.line}" if consent_on else "",
    )  # fmt: skip


def _person(reader: LineReader) -> Person:
    siren = reader.text("siren").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    for breach in check_siren(siren) if siren else ():
        reader.fault("siren", breach)
    return Person(
        kind=PartyKind.ORGANISATION if siren else PartyKind.PERSON, legal_name=reader.text("legal_name"),
        given_names=reader.text("given_names"), birth_date=reader.day("birth_date"),
        birth_place=reader.text("birth_place"), siren=siren, representative=reader.text("representative"),
    )  # fmt: skip


def _reach(reader: LineReader) -> Reach:
    email = reader.text("email")
    for breach in check_email(email) if email else ():
        reader.fault("email", breach)
    street = reader.text("address")
    return Reach(
        email=email, phone=reader.text("phone"), address=(street,) if street else (),
        postcode=reader.text("postcode"), town=reader.text("town"),
    )  # fmt: skip


def _category(reader: LineReader) -> Category:
    text = reader.text("category")
    known = CATEGORY_WORDS.get(fold(text))
    if known is None and text:
        sentence = N_("“%(text)s” is not a category. Write “salarié” or “extérieur”.")
        reader.fault("category", Breach("bad_category", sentence, {"text": text}))
    return known or Category.EXTERNAL


def _college(reader: LineReader, colleges: Mapping[str, str]) -> str:
    text = reader.text("college")
    code = colleges.get(fold(text), "")
    if text and not colleges:
        reader.fault("college", Breach("no_colleges", N_("The statutes have no colleges. Leave the college empty.")))
    elif colleges and not code:
        sentence = N_("“%(text)s” is not a college of the statutes. Write its name as they do.")
        reader.fault("college", Breach("bad_college", sentence, {"text": text}))
    return code


def _consent(reader: LineReader) -> date | None:
    agreed, on = reader.yes("consent"), reader.day("consent_on")
    if not agreed:
        return None
    if on is None and not reader.text("consent_on"):
        sentence = N_("An agreement to e-mail needs its day: without it, letters must be sent.")
        reader.fault("consent_on", Breach("consent_without_day", sentence))
    if not reader.text("email"):
        sentence = N_("There is no e-mail address to agree to. Give one first.")
        reader.fault("email", Breach("no_email", sentence))
    return on


def _check_days(
    reader: LineReader, joined_on: date, applied_on: date | None, consent_on: date | None, today: date
) -> None:
    future = N_("%(day)s has not come yet. Record this on that day, or choose an earlier one.")
    for key, on in (("joined_on", joined_on), ("consent_on", consent_on)):
        if on is not None and on > today:
            reader.fault(key, Breach("in_the_future", future, {"day": on}))
    if applied_on is not None and applied_on > joined_on:
        sentence = N_("The application comes after the admission. Check both days.")
        reader.fault("applied_on", Breach("applied_after_admission", sentence))


def _check_text(value: str, column: Column) -> Breach | None:
    if not value and column.needed:
        return Breach("cell_missing", N_("This cell is needed."))
    if value.startswith(FORMULA) and column.key not in _MAY_BEGIN_SO:
        return Breach("formula", N_("This cell begins like a formula (= + - @). Write plain text."))
    if len(value) > column.most:
        return Breach("too_long", N_("This cell holds more than %(most)s characters."), {"most": column.most})
    if not fits_one_line(value):
        return Breach("unprintable", N_("This cell holds a line break or an invisible character. Take it out."))
    return None
