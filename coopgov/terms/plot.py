"""The geometry of a line's history: a step line, drawn by the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from coopgov.terms.rules import VersionFact

WIDTH, TOP, BOTTOM, LEFT, RIGHT = 360, 30, 150, 16, 344


@dataclass(frozen=True, slots=True)
class Mark:
    """One version on the drawing: where it begins, and at what height."""

    version: VersionFact
    x: float
    y: float
    is_ahead: bool
    is_fall: bool = False

    @property
    def text_y(self) -> float:
        """Above its point, or below where the line comes down to it."""
        return self.y + 20 if self.is_fall else self.y - 10

    @property
    def anchor(self) -> str:
        """Which end of its text the mark holds, so that no text leaves the drawing."""
        return "start" if self.x < WIDTH / 3 else ("end" if self.x > WIDTH * 2 / 3 else "middle")

    @property
    def text_x(self) -> float:
        """Where its text stands."""
        return {"start": 0.0, "end": float(WIDTH), "middle": self.x}[self.anchor]


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line that holds its height from one version to the next; the part after today is apart."""

    marks: tuple[Mark, ...]
    past: str
    ahead: str
    area: str
    today_x: float


def step_line(versions: Sequence[VersionFact], today: date) -> StepLine:
    """Draw the versions of one line, oldest first, at their true distances in time."""
    first = min([version.effective_from for version in versions] + [today])
    last = max([version.effective_from for version in versions] + [today])
    days, top = max((last - first).days, 1), max(version.value for version in versions) or 1

    def across(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - first).days / days, 1)

    marks = tuple(
        Mark(
            version, across(version.effective_from), round(BOTTOM - (BOTTOM - TOP) * version.value / top, 1),
            version.effective_from > today, n > 0 and version.value < versions[n - 1].value,
        )
        for n, version in enumerate(versions)
    )  # fmt: skip
    here = across(today)
    past = _corners([mark for mark in marks if not mark.is_ahead], here)
    ahead = _corners([mark for mark in marks if mark.is_ahead], float(RIGHT), since=_height_at(marks, here), begin=here)
    area = [(past[0][0], float(BOTTOM)), *past, (past[-1][0], float(BOTTOM))] if past else []
    return StepLine(marks, _points(past), _points(ahead), _points(area), here)


def _height_at(marks: Sequence[Mark], x: float) -> float | None:
    before = [mark for mark in marks if not mark.is_ahead and mark.x <= x]
    return before[-1].y if before else None


def _corners(
    marks: Sequence[Mark], end: float, *, since: float | None = None, begin: float = 0.0
) -> list[tuple[float, float]]:
    """The corners of a step line: along at the old height, then up or down, and along to the end."""
    corners: list[tuple[float, float]] = [(begin, since)] if marks and since is not None else []
    for mark in marks:
        if corners:
            corners.append((mark.x, corners[-1][1]))
        corners.append((mark.x, mark.y))
    return [*corners, (end, corners[-1][1])] if corners else []


def _points(corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in corners)
