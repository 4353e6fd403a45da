"""The geometry of a retro-planning on paper: a line of time, a numbered mark for each deadline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coopgov.assemblies.rules import Deadline, DoneBy

WIDTH, LEFT, RIGHT, TOP = 640, 16, 624, 12
# The distance between two marks in a row, and between two rows.
STEP = 24
# Room under the rows for the names of the months, and the most of them that stand side by side.
FOOT, MOST_MONTHS = 26, 9
_A_WEEK, _TWO_MONTHS = timedelta(days=7), timedelta(days=61)
_SIDES = {DoneBy.BOARD.value: -1, "assembly": 0, DoneBy.MEMBER.value: 1}


@dataclass(frozen=True, slots=True)
class Mark:
    """One deadline on the line: its number in the table, where it stands."""

    number: int
    x: int
    y: int
    kind: str
    """Whose it is (board or member), or assembly for the meeting itself."""
    past: bool


@dataclass(frozen=True, slots=True)
class Month:
    """The first day of a month on the line."""

    x: int
    first: date


@dataclass(frozen=True, slots=True)
class Line:
    """The drawing, in whole units: what the board does stands above the line, what members do below it."""

    height: int
    axis_y: int
    marks: Sequence[Mark]
    months: Sequence[Month]
    today_x: int | None


def line_of(deadlines: Sequence[Deadline], today: date) -> Line:
    """Draw deadlines, in the order of time, at their true distances."""
    begin = deadlines[0].day
    # The day of the paper stands on the line, unless that would press all the rest together.
    first, last = (
        (today if begin - _TWO_MONTHS < today < begin else begin) - _A_WEEK,
        min(deadlines[-1].day, date.max - _A_WEEK) + _A_WEEK,
    )

    def across(day: date) -> int:
        return LEFT + (RIGHT - LEFT) * (day - first).days // (last - first).days

    rows = _rows(deadlines, [across(one.day) for one in deadlines])
    axis_y = TOP + STEP * (_deepest(rows, DoneBy.BOARD) + 1)
    marks = [
        Mark(number, across(one.day), axis_y + _SIDES[kind] * STEP * row, kind, one.past)
        for number, (one, (kind, row)) in enumerate(zip(deadlines, rows, strict=True), start=1)
    ]
    months = [Month(across(day), day) for day in _months(first, last)]
    height = axis_y + STEP * (_deepest(rows, DoneBy.MEMBER) + 1) + FOOT
    return Line(height, axis_y, marks, months, across(today) if first <= today <= last else None)


def _deepest(rows: Sequence[tuple[str, int]], side: DoneBy) -> int:
    return max((row for kind, row in rows if kind == side.value), default=0)


def _rows(deadlines: Sequence[Deadline], places: Sequence[int]) -> list[tuple[str, int]]:
    """The side of each mark and the nearest row to the line where it touches no other."""
    ends: dict[tuple[str, int], int] = {}
    found = []
    for one, x in zip(deadlines, places, strict=True):
        kind = "assembly" if one.code == "assembly" else one.done_by.value
        row = next(row for row in range(1, len(deadlines) + 1) if ends.get((kind, row), -STEP) + STEP <= x)
        ends[kind, row] = x
        found.append((kind, row))
    return found


def _months(first: date, last: date) -> Iterator[date]:
    """The firsts of months between two days, not more of them than have room."""
    count = (last.year - first.year) * 12 + last.month - first.month
    every = 1 + count // (MOST_MONTHS + 1)
    for n in range(every, count + 1, every):
        year, month = divmod(first.year * 12 + first.month - 1 + n, 12)
        yield date(year, month + 1, 1)
