"""The geometry of a line's history: a step line, drawn by the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from coopgov.terms.rules import VersionFact
from coopgov.web.plot import RIGHT, WIDTH, Frame, area, points


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
    frame = Frame(first, last, max(version.value for version in versions))
    marks = tuple(
        Mark(
            version, frame.across(version.effective_from), frame.up(version.value),
            version.effective_from > today, n > 0 and version.value < versions[n - 1].value,
        )
        for n, version in enumerate(versions)
    )  # fmt: skip
    here = frame.across(today)
    past = _corners([mark for mark in marks if not mark.is_ahead], here)
    ahead = _corners([mark for mark in marks if mark.is_ahead], float(RIGHT), since=_height_at(marks, here), begin=here)
    return StepLine(marks, points(past), points(ahead), area(past), here)


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
