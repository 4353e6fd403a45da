"""Reading every sheet into the sandbox, line by line."""

import json
import pickle
from collections.abc import Iterator
from datetime import date
from typing import Any

from coopgov.core.beside import Make, Send, beside
from coopgov.past.columns import HELD, PAID, REPAYABLE, SheetMap
from coopgov.past.examining.around import AT_ONCE, MANY_LINES, Coop, Progress, Sheets, batches, headings_of
from coopgov.past.reading import Source, lines_of
from coopgov.past.rows import Cells, cells_of, read_balance, read_event, read_movement
from coopgov.past.rules.found import Found
from coopgov.past.rules.kinds import SheetKind
from coopgov.past.rules.life import PastEvent
from coopgov.past.rules.movement import Movement
from coopgov.past.rules.values import read_day
from coopgov.past.scratch import Scratch

_MEMBER_DAYS = ("joined_on", "applied_on", "consent_on", "birth_date", "left_on")


def _each(scratch: Scratch, place: int, sheet: SheetMap, source: Source, progress: Progress) -> Iterator[Cells]:
    noted: list[Found] = []
    for cells in cells_of(sheet, lines_of(source, sheet.sheet)):
        progress.step()
        yield cells
        noted += cells.found
        if len(noted) > AT_ONCE:
            scratch.note(place, headings_of(sheet), noted)
            noted.clear()
    scratch.note(place, headings_of(sheet), noted)


def read_events(scratch: Scratch, sheets: Sheets, coop: Coop, progress: Progress) -> None:
    for place, sheet, source in sheets.of(SheetKind.EVENTS):
        read = (read_event(cells, coop.colleges) for cells in _each(scratch, place, sheet, source, progress))
        scratch.add("event", (_event_row(place, *each) for each in read if each is not None))


def _event_row(place: int, number: int, event: PastEvent) -> tuple[Any, ...]:
    return (
        number, event.day.toordinal(), place, event.line, event.kind.value, event.decision, event.decided_by,
        event.reason, event.category, event.college, event.status, event.number, event.reverses,
    )  # fmt: skip


def read_movements(scratch: Scratch, sheets: Sheets, coop: Coop, progress: Progress) -> None:
    for place, sheet, source in sheets.of(SheetKind.MOVEMENTS):
        with beside(_movements_of(place, sheet, source), is_worth_it=progress.total >= 2 * MANY_LINES) as sent:
            for lines, rows, shaken, found in sent:
                scratch.add("movement", rows)
                scratch.add("shaken", shaken)
                scratch.note(place, headings_of(sheet), pickle.loads(found))  # noqa: S301 - what our own process wrote
                progress.step(lines)


def _movements_of(place: int, sheet: SheetMap, source: Source) -> Make:
    def read(send: Send) -> None:
        for some in batches(cells_of(sheet, lines_of(source, sheet.sheet))):
            shaken: list[tuple[int]] = []
            movements = [_movement(cells, shaken) for cells in some]
            rows = [_movement_row(place, each) for each in movements if each is not None]
            send((len(some), rows, shaken, pickle.dumps([found for cells in some for found in cells.found])))

    return read


def _movement(cells: Cells, shaken: list[tuple[int]]) -> Movement | None:
    found = read_movement(cells)
    if found is None and (number := cells.texts.get("member", "")).isdecimal() and len(number) < 10:
        shaken.append((int(number),))
    return found


def _movement_row(place: int, movement: Movement) -> tuple[Any, ...]:
    acquired = movement.acquired.toordinal() if movement.acquired else None
    line, day, shares, money, *rest = movement
    row = [day.toordinal(), place, line, shares and shares.value, money and money.value, *rest]
    row[15] = acquired
    return tuple(row)


def read_balances(scratch: Scratch, sheets: Sheets, coop: Coop, progress: Progress) -> None:
    for place, sheet, source in sheets.of(SheetKind.BALANCE):
        cells = _each(scratch, place, sheet, source, progress)
        scratch.add("balance", ((place, each.line, *row) for each in cells if (row := read_balance(each)) is not None))


def read_members_in(scratch: Scratch, sheets: Sheets, coop: Coop, progress: Progress) -> None:
    for place, sheet, source in sheets.of(SheetKind.MEMBERS):
        scratch.add(
            "member", (_member_row(place, cells, scratch) for cells in _each(scratch, place, sheet, source, progress))
        )


def _member_row(place: int, cells: Cells, scratch: Scratch) -> tuple[Any, ...]:
    number, left_on = cells.member("number") if cells.texts.get("number") else None, cells.day("left_on")
    told = [cells.quantity(HELD), cells.euros(PAID), cells.euros(REPAYABLE)]
    texts = {key: text for key, text in cells.texts.items() if text} | _days_of(cells)
    if number is not None:
        texts["number"] = str(number)
        texts.setdefault("joined_on", _first_day(scratch, number))
    return number, place, cells.line, json.dumps(texts), left_on and left_on.toordinal(), *told


def _days_of(cells: Cells) -> dict[str, str]:
    """The days of a member in the one form that the list of members is read in."""
    found = {}
    for key in _MEMBER_DAYS:
        text = cells.texts.get(key, "")
        on = read_day(text, cells.order) if text else None
        if isinstance(on, date):
            found[key] = on.isoformat()
    return found


def _first_day(scratch: Scratch, number: int) -> str:
    query = "SELECT min(day) FROM event WHERE member = ? AND kind IN ('admitted', 'applied')"
    day = scratch.one(query.replace("min(day)", "day") + " ORDER BY kind, day LIMIT 1", (number,))
    return date.fromordinal(day).isoformat() if day else ""
