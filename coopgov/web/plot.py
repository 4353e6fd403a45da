"""The geometry of small drawings that the server makes: a frame of days, and lines in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

WIDTH, TOP, BOTTOM, LEFT, RIGHT = 360, 30, 150, 16, 344
Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Days from left to right at their true distances, values from nothing upwards."""

    first: date
    last: date
    top: int | Fraction

    def across(self, day: date) -> float:
        """Where a day stands."""
        return round(LEFT + (RIGHT - LEFT) * (day - self.first).days / max((self.last - self.first).days, 1), 1)

    def up(self, value: int | Fraction) -> float:
        """How high a value stands."""
        return round(float(BOTTOM - (BOTTOM - TOP) * value / (self.top or 1)), 1)


def points(corners: Iterable[Corner]) -> str:
    """Corners as the points of a polyline."""
    return " ".join(f"{x},{y}" for x, y in corners)


def area(corners: Sequence[Corner]) -> str:
    """What lies under a line, as the points of a polygon."""
    return points([(corners[0][0], float(BOTTOM)), *corners, (corners[-1][0], float(BOTTOM))]) if corners else ""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a trend: its values as numbers and as they are shown, and how it is drawn."""

    label: str
    values: Sequence[int | Fraction]
    shown: Sequence[str]
    # "main" stands out and has its area, "limit" is dashed; others are "second", "third", "fourth".
    style: str = "main"
    points: str = ""
    area: str = ""
    end: Corner = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Trend:
    """Several lines over the same days, drawn in one frame."""

    caption: str
    days: Sequence[date]
    top_text: str
    curves: tuple[Curve, ...]


def trend(
    caption: str, days: Sequence[date], curves: Sequence[Curve], *, top: int | Fraction, top_text: str
) -> Trend:  # fmt: skip
    """Draw lines over the same days; `top` is the value that stands highest."""
    frame = Frame(days[0], days[-1], top)
    return Trend(caption, days, top_text, tuple(_drawn(curve, days, frame) for curve in curves))


def _drawn(curve: Curve, days: Sequence[date], frame: Frame) -> Curve:
    corners = [(frame.across(day), frame.up(value)) for day, value in zip(days, curve.values, strict=True)]
    return Curve(
        curve.label, curve.values, curve.shown, curve.style, points(corners),
        area(corners) if curve.style == "main" else "", corners[-1],
    )  # fmt: skip
