"""From lines of text cells to events, movements and accounts; each fault with its line and its column."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.typed import fits_one_line
from coopgov.members.importing.columns import CATEGORY_WORDS, Column
from coopgov.members.importing.table import FORMULA, LARGEST_NUMBER
from coopgov.members.rules import Category, College, DecidedBy, EventKind, Status, fold
from coopgov.past.columns import COLUMNS, SheetMap
from coopgov.past.reading import Line
from coopgov.past.rules.found import Found
from coopgov.past.rules.kinds import event_kind, money_kind, share_kind
from coopgov.past.rules.life import PastEvent
from coopgov.past.rules.movement import Movement
from coopgov.past.rules.values import DayOrder, read_day, read_euros, read_quantity

T = TypeVar("T")
W = TypeVar("W", DecidedBy, Status)
_TOTALS, _WHOSE = ("total", "totaux", "sous total"), ("member", "number", "account")
_NEUTRAL = frozenset(FORMULA)
# Most cells by far: nothing in them needs a closer look but how long they are.
_PLAIN = re.compile(r"[0-9A-Za-z][ -~]*").fullmatch
# What our own export writes there begins with a sign, and is no formula: it is read piece by piece.
_MARKED = frozenset({"lots", "accounts", "reference", "decision", "reason", "phone"})


@dataclass(slots=True)
class Cells:
    """The cells of one line, read one by one; what is wrong is noted."""

    line: int
    texts: Mapping[str, str]
    columns: Mapping[str, Column]
    order: DayOrder
    found: list[Found] = field(default_factory=list)

    def fault(self, key: str, breach: Breach) -> None:
        """Note what is wrong in one column."""
        self.found.append(Found(self.line, key, breach))

    def text(self, key: str) -> str:
        """The cell as text, empty where it is wrong or missing."""
        value = self.texts.get(key, "")
        if not value and not self.columns[key].needed:
            return value
        if _PLAIN(value) and len(value) <= self.columns[key].most:
            return value
        if value[:1] == "'" and value[1:2] in _NEUTRAL:
            # An export made sure that no spreadsheet takes this text for a formula.
            return value[1:]
        breach = _check_text(value, self.columns[key])
        if breach is not None:
            self.fault(key, breach)
            return ""
        return value

    def day(self, key: str) -> date | None:
        """The cell as a day."""
        text = self.text(key)
        return self._or_fault(key, read_day(text, self.order)) if text else None

    def euros(self, key: str) -> int | None:
        """The cell as cents."""
        text = self.text(key)
        return self._or_fault(key, read_euros(text)) if text else None

    def quantity(self, key: str) -> int | None:
        """The cell as a whole number."""
        text = self.text(key)
        return self._or_fault(key, read_quantity(text)) if text else None

    def member(self, key: str) -> int | None:
        """The cell as a member’s number."""
        number = self.quantity(key)
        if number is None or 0 < number <= LARGEST_NUMBER:
            return number
        self.fault(
            key, Breach("bad_number", N_("“%(text)s” is not a number. Write figures only."), {"text": str(number)})
        )
        return None

    def _or_fault(self, key: str, value: T | Breach) -> T | None:
        if isinstance(value, Breach):
            self.fault(key, value)
            return None
        return value


def cells_of(sheet: SheetMap, lines: Iterator[Line]) -> Iterator[Cells]:
    """The lines of a sheet under our own names of its columns; the first line is that of the headings."""
    headings = next(lines, (0, ()))[1]
    places = [(key, headings.index(heading)) for key, heading in sheet.columns.items() if heading in headings]
    columns = {column.key: column for column in COLUMNS[sheet.kind]}
    for number, cells in lines:
        texts = {key: cells[place] for key, place in places if place < len(cells)}
        if not _is_total(cells, texts):
            yield Cells(number, texts, columns, sheet.day_order)


def _is_total(cells: tuple[str, ...], texts: Mapping[str, str]) -> bool:
    """Whether a line only adds up those above, as people write under a sheet: a total of nobody and of no account."""
    if not fold(next(filter(None, cells), "")).startswith(_TOTALS):
        return False
    return not any(sign.isdigit() for key in _WHOSE for sign in texts.get(key, ""))


def read_event(cells: Cells, colleges: Sequence[College]) -> tuple[int, PastEvent] | None:
    """The event of a line, with the number of whom it happened to; None when something is wrong."""
    number, on = cells.member("member"), cells.day("day")
    kind = _kind_of_event(cells)
    event = PastEvent(
        line=cells.line, day=on or date.min, kind=kind or EventKind.APPLIED, decision=cells.text("decision"),
        decided_by=_one_of(cells, "decided_by", DecidedBy), reason=cells.text("reason"), category=_category(cells),
        college=_college(cells, colleges), status=_one_of(cells, "status", Status), number=cells.text("number"),
        reverses=cells.text("reverses"),
    )  # fmt: skip
    return None if cells.found or number is None else (number, event)


def read_movement(cells: Cells) -> Movement | None:
    """The movement of a line; None when something is wrong."""
    number, on = cells.member("member"), cells.day("day")
    word = cells.text("kind")
    shares, money = share_kind(word), money_kind(word)
    if word and shares is None and money is None:
        sentence = N_(
            "“%(text)s” is no movement that is known. Write souscription, versement, cession, "
            "annulation, remboursement…"
        )
        cells.fault("kind", Breach("unknown_kind", sentence, {"text": word}))
    movement = Movement(
        line=cells.line, day=on or date.min, shares=shares, money=money, member=number or 0,
        quantity=cells.quantity("quantity"), unit=cells.euros("unit"), amount=cells.euros("amount"),
        part=cells.euros("part"), other=cells.member("other"), reference=cells.text("reference"),
        decision=cells.text("decision"), cause=cells.text("cause"), share_class=cells.text("class"),
        acquired=cells.day("acquired"), number=cells.text("number"), reverses=cells.text("reverses"),
        beside=cells.text("beside"), lots=cells.text("lots"), accounts=cells.text("accounts"),
    )  # fmt: skip
    return None if cells.found else movement


def read_balance(cells: Cells) -> tuple[str, str, int] | None:
    """One account of a trial balance: its number, its name, its balance without sign."""
    account, label, amount = cells.text("account"), cells.text("label"), _unsigned(cells)
    return None if cells.found or amount is None else (account.replace(" ", ""), label, amount)


def _unsigned(cells: Cells) -> int | None:
    # A balance may be debit or credit: its sign is a matter of taste.
    text = cells.text("amount").lstrip("-−").strip("()")
    value = read_euros(text)
    if isinstance(value, Breach):
        cells.fault("amount", value)
        return None
    return value


def _kind_of_event(cells: Cells) -> EventKind | None:
    word = cells.text("kind")
    kind = event_kind(word)
    if word and kind is None:
        sentence = N_(
            "“%(text)s” is no event that is known. Write admission, démission, exclusion, décès, changement de collège…"
        )
        cells.fault("kind", Breach("unknown_event", sentence, {"text": word}))
    return kind


def _one_of(cells: Cells, key: str, kind: type[W]) -> W | None:
    text = cells.text(key)
    if not text:
        return None
    if text in set(kind):
        return kind(text)
    sentence = N_("“%(text)s” is not one of: %(words)s. Leave the cell empty, or write one of them.")
    cells.fault(key, Breach("unknown_word", sentence, {"text": text, "words": ", ".join(kind)}))
    return None


def _category(cells: Cells) -> Category | None:
    text = cells.text("category")
    known = CATEGORY_WORDS.get(fold(text))
    if text and known is None:
        sentence = N_("“%(text)s” is not a category. Write “salarié” or “extérieur”.")
        cells.fault("category", Breach("bad_category", sentence, {"text": text}))
    return known


def _college(cells: Cells, colleges: Sequence[College]) -> str | None:
    text = cells.text("college")
    if not text:
        return None
    found = next(
        (college.code for college in colleges if fold(text) in {fold(college.code), fold(college.label)}), None
    )
    if found is None:
        sentence = N_("“%(text)s” is not a college of the statutes. Write its name as they do.")
        cells.fault("college", Breach("bad_college", sentence, {"text": text}))
    return found


def _check_text(value: str, column: Column) -> Breach | None:
    if not value:
        return Breach("cell_missing", N_("This cell is needed."))
    if value.startswith(("=", "@", "\t", "\r")) or (column.key not in _MARKED and _is_formula(value)):
        return Breach("formula", N_("This cell begins like a formula (= + - @). Write plain text."))
    if len(value) > column.most:
        return Breach("too_long", N_("This cell holds more than %(most)s characters."), {"most": column.most})
    if not value.isascii() and not fits_one_line(value):
        return Breach("unprintable", N_("This cell holds a line break or an invisible character. Take it out."))
    return None


def _is_formula(value: str) -> bool:
    # An amount with a minus is told as such, not as a formula.
    return value.startswith(FORMULA) and not any(sign.isdigit() for sign in value)
