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


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar: where it begins, how wide it is, whose it is."""

    x: float
    width: float
    part: int


@dataclass(frozen=True, slots=True)
class Stacked:
    """One bar made of parts, with its numbers as they are shown."""

    label: str
    segments: tuple[Segment, ...]
    shown: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stack:
    """Bars made of the same parts, drawn at one scale."""

    caption: str
    parts: Sequence[str]
    bars: tuple[Stacked, ...]


def stack(
    caption: str, parts: Sequence[str], rows: Sequence[tuple[str, Sequence[int | Fraction], Sequence[str]]]
) -> Stack:
    """Draw bars from their label, their values and how these are shown; the longest takes the whole width."""
    top = max((sum(values) for _label, values, _shown in rows), default=0) or 1
    return Stack(caption, parts, tuple(Stacked(label, _segments(values, top), shown) for label, values, shown in rows))


def _segments(values: Sequence[int | Fraction], top: int | Fraction) -> tuple[Segment, ...]:
    found, before = [], Fraction(0)
    for part, value in enumerate(values):
        if value:
            x, width = WIDTH * before / top, WIDTH * Fraction(value) / top
            found.append(Segment(round(float(x), 1), round(float(width), 1), part % PARTS))
        before += value
    return tuple(found)


# As many shades as a stacked bar has in the style sheet.
PARTS = 6
