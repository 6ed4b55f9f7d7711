"""Plots: numbers with their labels come in; rectangles, lines, dots and words with their places go out.

A plot is laid out at the width of an office screen or of a telephone; `drawn` makes files of that.
One dark colour that colour-blind people see (Okabe and Ito 2008) and a light one with a dark edge
stand for all there is, so that a copy in greys tells as much.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from desk import phrases
from desk.web.marks import Plot, Point, Way

WIDE, NARROW = 600.0, 330.0
"""Widths of a picture, in the page's pixels: on an office screen and on a telephone."""
BLUE, LIGHT, EDGE, INK, GRID, PAPER = "#0072B2", "#E3E4E8", "#55565C", "#1C1C1E", "#C9CAD0", "#FFFFFF"
TYPE = 16.0
"""The size of the type."""
_PITCH = 1.3
_BAR, _AIR, _GAP = 20.0, 12.0, 8.0
_TALL = 260.0
_BROADEST = 110.0
"""Width of a column with its air: one day alone is no wall."""
_STEPS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle, one to press where it has a `link`; `told` is said of it.

    A small one is pressed anywhere in the room `around` it: left, top, width, height.
    """

    left: float
    top: float
    wide: float
    high: float
    colour: str
    edge: str = ""
    link: str = ""
    told: str = ""
    around: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line."""

    start: tuple[float, float]
    end: tuple[float, float]
    colour: str = GRID
    dashed: bool = False
    thick: float = 1.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc."""

    middle: tuple[float, float]
    radius: float
    colour: str
    edge: str = ""
    link: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `at` is its start, middle or end, at half its height."""

    at: tuple[float, float]
    text: str
    anchor: str = "start"
    colour: str = INK
    size: float = TYPE


Shape = Box | Stroke | Dot | Words


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, back to front, on so much room."""

    wide: float
    high: float
    shapes: tuple[Shape, ...]


def laid_out(plot: Plot, wide: float = WIDE) -> Picture:
    """A plot as a picture of a width; one without anything says so."""
    if not plot.points:
        return Picture(wide, TYPE * 2, (Words((0.0, TYPE), phrases.PLOT_NOTHING, colour=EDGE),))
    return _WAYS[plot.way](plot, wide)


def long(text: str, size: float = TYPE) -> float:
    """About how far a text runs, in the page's pixels."""
    return size * sum(1.0 if unicodedata.east_asian_width(one) in "WFA" else 0.58 for one in text)


# --- bars below one another ---------------------------------------------------------


def _bars(plot: Plot, wide: float) -> Picture:
    """Labels stand beside their bars, on a telephone above them."""
    beside = wide > NARROW
    room = wide / 3 if beside else wide
    labels = [wrapped(point.label, room) for point in plot.points]
    left = max((long(line) for lines in labels for line in lines), default=0.0) + _GAP if beside else 0.0
    said = max((long(point.said) for point in plot.points), default=0.0) + _GAP
    scale = (wide - left - said) / (max((point.number for point in plot.points), default=0) or 1)
    shapes: list[Shape] = []
    top = _AIR / 2
    for point, lines in zip(plot.points, labels, strict=True):
        text = len(lines) * TYPE * _PITCH
        high = max(text, _BAR) if beside else text + 2 + _BAR
        middle = top + high / 2 if beside else top + text + 2 + _BAR / 2
        first = (middle if beside else top + text / 2) - (len(lines) - 1) / 2 * TYPE * _PITCH
        for place, line in enumerate(lines):
            at = (left - _GAP if beside else 0.0, first + place * TYPE * _PITCH)
            shapes.append(Words(at, line, "end" if beside else "start"))
        end = left + scale * point.number
        if point.number:
            bar = left, middle - _BAR / 2, max(end - left, 2.0), _BAR
            around = left, middle - _BAR / 2 - _AIR / 2, wide - left, _BAR + _AIR
            shapes.append(Box(*bar, *_look(point), point.link, _told(point), around))
        shapes.append(Words((end + _GAP, middle), point.said))
        top += high + _AIR
    axis = Stroke((left, 0), (left, top - _AIR / 2), INK)
    return Picture(wide, top, (*shapes, *([axis] if beside else [])))


# --- columns side by side -------------------------------------------------------------


def _columns(plot: Plot, wide: float) -> Picture:
    """Columns over time; the plot's `until` is a line before which things should have happened."""
    top_number = _round_up(max((point.number for point in plot.points), default=0))
    left = max(long(text) for _, text in _ticks(top_number)) + _GAP
    top, bottom = TYPE * 2, TYPE * 2 + _TALL
    shapes: list[Shape] = list(_scale(left, wide, top, bottom, top_number))
    step = min((wide - left) / max(len(plot.points), 1), _BROADEST)
    free = left
    for place, point in enumerate(plot.points):
        high = max((bottom - top) * point.number / (top_number or 1), 2.0)
        start, air = left + place * step, min(step * 0.2, 8.0)
        if point.number:
            column = start + air / 2, bottom - high, max(step - air, 1.5), high
            around = start, top, step, bottom - top
            shapes.append(Box(*column, *_look(point), point.link, _told(point), around))
        middle = start + step / 2
        if middle - long(point.label) / 2 >= free and middle + long(point.label) / 2 <= wide:
            shapes.append(Words((middle, bottom + TYPE), point.label, "middle"))
            free = middle + long(point.label) / 2 + _GAP
    if plot.until is not None:
        at = left + plot.until * step
        shapes.append(Stroke((at, top), (at, bottom), PAPER, thick=5))
        shapes.append(Stroke((at, top), (at, bottom), INK, dashed=True, thick=2))
        ends = at + long(plot.until_said) > wide
        shapes.append(Words((at, top - TYPE), plot.until_said, "end" if ends else "start"))
    return Picture(wide, bottom + TYPE * 2, tuple(shapes))


# --- dots against the diagonal -----------------------------------------------------------


def _dots(plot: Plot, wide: float) -> Picture:
    """What was said against what came, both from 0 to 1; a dot is the larger the more it stands for."""
    side = min(wide - 60, 420.0)
    left, top = 52.0, TYPE * 2
    right, bottom = left + side, top + side
    shapes: list[Shape] = []
    for step in range(6):
        share = step / 5
        across, down = left + side * share, bottom - side * share
        shapes += [Stroke((across, top), (across, bottom)), Stroke((left, down), (right, down))]
        shapes += [Words((across, bottom + TYPE), f"{share:.0%}", "middle" if step else "start")]
        shapes += [Words((left - _GAP / 2, down), f"{share:.0%}", "end")]
    shapes.append(Stroke((left, bottom), (right, top), INK, dashed=True, thick=2))
    most = max((point.weight for point in plot.points), default=1) or 1
    # The small ones lie above the large ones.
    for point in sorted(plot.points, key=lambda point: -point.weight):
        middle = left + side * point.at, bottom - side * point.number
        radius = 6 + 10 * math.sqrt(point.weight / most)
        shapes.append(Dot(middle, radius, *_look(point, PAPER), point.link, _told(point)))
    shapes.append(Words((left, top - TYPE), plot.up))
    shapes.append(Words((right, bottom + TYPE * 2.4), plot.across, "end"))
    return Picture(wide, bottom + TYPE * 3.4, tuple(shapes))


_WAYS = {Way.BARS: _bars, Way.COLUMNS: _columns, Way.DOTS: _dots}


def _look(point: Point, light: str = LIGHT) -> tuple[str, str]:
    """The colour of a mark and of its edge: what is no line of its own, or tells little, is light."""
    return (light, EDGE) if point.rest else (BLUE, "")


def _told(point: Point) -> str:
    return f"{point.label}：{point.said}"


def _ticks(most: int) -> list[tuple[float, str]]:
    """The lines of a scale: which share of it, and the number there."""
    return [(step / _STEPS, f"{most * step // _STEPS:,}") for step in range(_STEPS + 1)]


def _scale(left: float, wide: float, top: float, bottom: float, most: int) -> Iterator[Shape]:
    for part, text in _ticks(most):
        at = bottom - (bottom - top) * part
        yield Stroke((left, at), (wide, at), GRID if part else INK)
        yield Words((left - _GAP, at), text, "end")


def _round_up(number: float) -> int:
    """The next number that divides well into four."""
    if number <= 2 * _STEPS:
        return _STEPS if number <= _STEPS else 2 * _STEPS
    power = int(10 ** int(math.log10(number)))
    return next(
        one * power // 10 for one in (12, 16, 20, 24, 32, 40, 60, 80, 120) if one * power >= 10 * number
    )


def wrapped(text: str, room: float) -> list[str]:
    """A text in lines that run at most so far; no number is broken that fits, no bracket parted."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and long(lines[-1] + piece) > room:
            lines.append("")
        for character in piece:
            if lines[-1] and long(lines[-1] + character) > room:
                lines.append("")
            lines[-1] += character
    return lines


_OPENING, _CLOSING = "\uff08\u300a\u201c\u3014", "\uff09\u300b\u201d\u3015\uff0c\u3002\uff1b\uff1a\u3001"
_PIECES = re.compile(f"[{_OPENING}]*(?:[!-~]+|.)[{_CLOSING}]*", re.DOTALL)
