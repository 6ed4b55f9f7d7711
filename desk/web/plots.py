"""Plots: numbers with their labels come in, a picture goes out, as SVG for the page and as PNG to keep.

A plot is laid out once, as rectangles, lines, dots and words, at the width of an office
screen or of a telephone; both kinds of file are written from that. Colours are those
that colour-blind people tell apart (Okabe and Ito 2008), and nothing is told by colour alone.
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from PIL import Image, ImageDraw

from desk.web.plotted import Plot, Point, Way
from docgen.chart import Pen
from docgen.fonts import present_fonts

WIDE, NARROW = 600.0, 330.0
"""Widths of a picture, in the page's pixels: on an office screen and on a telephone."""
BLUE, VERMILION, GREY, INK, GRID = "#0072B2", "#D55E00", "#767676", "#1C1C1E", "#C9CAD0"
_FACES = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
_TYPE = 16.0
_PITCH = 1.3
_BAR, _AIR, _GAP = 20.0, 12.0, 8.0
_TALL = 260.0
_BROADEST = 110.0
"""Width of a column with its air: one day alone is no wall."""
_STEPS = 4
_SCALE = 2
"""Pixels of a PNG for one of the page."""


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle, one to press where it has a `link`; `told` is said of it."""

    left: float
    top: float
    wide: float
    high: float
    colour: str
    link: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line."""

    start: tuple[float, float]
    end: tuple[float, float]
    colour: str = GRID
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc."""

    middle: tuple[float, float]
    radius: float
    colour: str
    link: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `at` is its start, middle or end, at half its height."""

    at: tuple[float, float]
    text: str
    anchor: str = "start"
    colour: str = INK


Shape = Box | Stroke | Dot | Words


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, back to front, on so much room."""

    wide: float
    high: float
    shapes: tuple[Shape, ...]


def laid_out(plot: Plot, wide: float = WIDE) -> Picture:
    """A plot as a picture of a width."""
    return _WAYS[plot.way](plot, wide)


def long(text: str) -> float:
    """About how far a text runs, in the page's pixels."""
    return _TYPE * sum(1.0 if unicodedata.east_asian_width(one) in "WFA" else 0.58 for one in text)


# --- bars below one another ---------------------------------------------------------


def _bars(plot: Plot, wide: float) -> Picture:
    """Labels stand beside their bars, on a telephone above them."""
    beside = wide > NARROW
    room = wide / 3 if beside else wide
    labels = [_wrapped(point.label, room) for point in plot.points]
    left = max((long(line) for lines in labels for line in lines), default=0.0) + _GAP if beside else 0.0
    said = max((long(point.said) for point in plot.points), default=0.0) + _GAP
    scale = (wide - left - said) / (max((point.number for point in plot.points), default=0) or 1)
    shapes: list[Shape] = []
    top = _AIR / 2
    for point, lines in zip(plot.points, labels, strict=True):
        text = len(lines) * _TYPE * _PITCH
        high = max(text, _BAR) if beside else text + 2 + _BAR
        middle = top + high / 2 if beside else top + text + 2 + _BAR / 2
        first = (middle if beside else top + text / 2) - (len(lines) - 1) / 2 * _TYPE * _PITCH
        for place, line in enumerate(lines):
            at = (left - _GAP if beside else 0.0, first + place * _TYPE * _PITCH)
            shapes.append(Words(at, line, "end" if beside else "start"))
        end = left + scale * point.number
        colour = GREY if point.rest else BLUE
        if point.number:
            shapes.append(
                Box(left, middle - _BAR / 2, max(end - left, 2.0), _BAR, colour, point.link, _told(point))
            )
        shapes.append(Words((end + _GAP, middle), point.said))
        top += high + _AIR
    axis = Stroke((left, 0), (left, top - _AIR / 2), INK)
    return Picture(wide, top, (*shapes, *([axis] if beside else [])))


# --- columns side by side -------------------------------------------------------------


def _columns(plot: Plot, wide: float) -> Picture:
    """Columns over time; the plot's `until` is a line before which things should have happened."""
    top_number = _round_up(max((point.number for point in plot.points), default=0))
    left = max(long(text) for _, text in _ticks(top_number)) + _GAP
    top, bottom = _TYPE * 2, _TYPE * 2 + _TALL
    shapes: list[Shape] = list(_scale(left, wide, top, bottom, top_number))
    step = min((wide - left) / max(len(plot.points), 1), _BROADEST)
    free = left
    for place, point in enumerate(plot.points):
        high = (bottom - top) * point.number / (top_number or 1)
        start, air = left + place * step, min(step * 0.2, 8.0)
        if point.number:
            box = Box(
                start + air / 2, bottom - high, max(step - air, 1.5), high, BLUE, point.link, _told(point)
            )
            shapes.append(replace(box, colour=VERMILION) if point.rest else box)
        middle = start + step / 2
        if middle - long(point.label) / 2 >= free and middle + long(point.label) / 2 <= wide:
            shapes.append(Words((middle, bottom + _TYPE), point.label, "middle"))
            free = middle + long(point.label) / 2 + _GAP
    if plot.until is not None:
        at = left + plot.until * step
        shapes.append(Stroke((at, top), (at, bottom), VERMILION, dashed=True))
        ends = at + long(plot.until_said) > wide
        shapes.append(Words((at, top - _TYPE), plot.until_said, "end" if ends else "start"))
    return Picture(wide, bottom + _TYPE * 2, tuple(shapes))


# --- dots against the diagonal -----------------------------------------------------------


def _dots(plot: Plot, wide: float) -> Picture:
    """What was said against what came, both from 0 to 1; a dot is the larger the more it stands for."""
    side = min(wide - 60, 420.0)
    left, top = 52.0, _TYPE * 2
    right, bottom = left + side, top + side
    shapes: list[Shape] = []
    for step in range(6):
        share = step / 5
        across, down = left + side * share, bottom - side * share
        shapes += [Stroke((across, top), (across, bottom)), Stroke((left, down), (right, down))]
        shapes += [Words((across, bottom + _TYPE), f"{share:.0%}", "middle" if step else "start")]
        shapes += [Words((left - _GAP / 2, down), f"{share:.0%}", "end")]
    shapes.append(Stroke((left, bottom), (right, top), INK, dashed=True))
    most = max((point.weight for point in plot.points), default=1) or 1
    for point in plot.points:
        middle = left + side * point.at, bottom - side * point.number
        radius = 5 + 11 * math.sqrt(point.weight / most)
        shapes.append(Dot(middle, radius, GREY if point.rest else BLUE, point.link, _told(point)))
    shapes.append(Words((left, top - _TYPE), plot.up))
    shapes.append(Words((right, bottom + _TYPE * 2.4), plot.across, "end"))
    return Picture(wide, bottom + _TYPE * 3.4, tuple(shapes))


_WAYS = {Way.BARS: _bars, Way.COLUMNS: _columns, Way.DOTS: _dots}


def _told(point: Point) -> str:
    return f"{point.label}：{point.said}"


def _ticks(most: int) -> list[tuple[float, str]]:
    """The lines of a scale: which share of it, and the number there."""
    return [(step / _STEPS, str(most * step // _STEPS)) for step in range(_STEPS + 1)]


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


def _wrapped(text: str, room: float) -> list[str]:
    lines = [""]
    for character in text:
        if lines[-1] and long(lines[-1] + character) > room:
            lines.append("")
        lines[-1] += character
    return lines


# --- as files ----------------------------------------------------------------------------


def svg(picture: Picture, title: str, kind: str = "") -> Markup:
    """The picture as SVG, for a page (of a CSS class) or by itself."""
    size = f'width="{picture.wide:g}" height="{picture.high:.4g}"'
    view = f'viewBox="0 0 {picture.wide:g} {picture.high:.4g}"'
    named = Markup(' class="{}"').format(kind) if kind else Markup()
    head = Markup(  # noqa: S704  # numbers only
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} font-family="{_FACES}" font-size="{_TYPE:g}"'
    )
    back = Markup('<rect width="100%" height="100%" fill="#ffffff"/>') if not kind else Markup()
    inside = Markup("\n").join(map(_element, picture.shapes))
    role = Markup(' role="group" aria-label="{}">').format(title)
    return head + named + role + back + inside + Markup("</svg>")


def _element(shape: Shape) -> Markup:
    if isinstance(shape, Words):
        return Markup(
            '<text x="{:.1f}" y="{:.1f}" dy="0.36em" text-anchor="{}" fill="{}" aria-hidden="true">{}</text>'
        ).format(*shape.at, shape.anchor, shape.colour, shape.text)
    if isinstance(shape, Stroke):
        dashes = Markup(' stroke-dasharray="6 4"') if shape.dashed else Markup()
        return Markup(
            '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"{}/>'
        ).format(*shape.start, *shape.end, shape.colour, 2 if shape.dashed else 1, dashes)
    if isinstance(shape, Box):
        form = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}">').format(
            shape.left, shape.top, shape.wide, shape.high, shape.colour
        ) + Markup("<title>{}</title></rect>").format(shape.told)
    else:
        form = Markup(
            '<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="{}"><title>{}</title></circle>'
        ).format(*shape.middle, shape.radius, shape.colour, shape.told)
    if not shape.link:
        return form
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(shape.link, shape.told, form)


def standalone(plot: Plot) -> bytes:
    """The plot as an SVG file with its title, and without links."""
    picture = _titled(plot)
    return svg(replace(picture, shapes=tuple(_unlinked(picture.shapes))), plot.title).encode()


def png(plot: Plot) -> bytes:
    """The plot as a PNG file with its title. Raises DocumentError where no typeface has a character."""
    picture = _titled(plot)
    size = (round(picture.wide * _SCALE), round(picture.high * _SCALE))
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    pen = Pen(present_fonts(), "", round(_TYPE * _SCALE))
    for shape in picture.shapes:
        _draw(draw, pen, shape)
    saved = io.BytesIO()
    image.save(saved, "PNG", dpi=(192, 192))
    return saved.getvalue()


def _titled(plot: Plot) -> Picture:
    """A picture with its title above and air around."""
    picture, margin, head = laid_out(plot), 24.0, _TYPE * 2.4
    shapes = [_moved(shape, margin, margin + head) for shape in picture.shapes]
    title = Words((margin, margin + _TYPE / 2), plot.title)
    return Picture(picture.wide + 2 * margin, picture.high + 2 * margin + head, (title, *shapes))


def _moved(shape: Shape, right: float, down: float) -> Shape:
    if isinstance(shape, Box):
        return replace(shape, left=shape.left + right, top=shape.top + down)
    if isinstance(shape, Stroke):
        (x0, y0), (x1, y1) = shape.start, shape.end
        return replace(shape, start=(x0 + right, y0 + down), end=(x1 + right, y1 + down))
    if isinstance(shape, Dot):
        return replace(shape, middle=(shape.middle[0] + right, shape.middle[1] + down))
    return replace(shape, at=(shape.at[0] + right, shape.at[1] + down))


def _unlinked(shapes: Iterable[Shape]) -> Iterator[Shape]:
    return (replace(one, link="") if isinstance(one, Box | Dot) else one for one in shapes)


def _draw(draw: ImageDraw.ImageDraw, pen: Pen, shape: Shape) -> None:
    if isinstance(shape, Box):
        right, bottom = shape.left + shape.wide, shape.top + shape.high
        draw.rectangle(_scaled((shape.left, shape.top, right, bottom)), fill=shape.colour)
    elif isinstance(shape, Dot):
        (x, y), radius = shape.middle, shape.radius
        draw.ellipse(_scaled((x - radius, y - radius, x + radius, y + radius)), fill=shape.colour)
    elif isinstance(shape, Stroke):
        for part in _dashes(shape) if shape.dashed else [(*shape.start, *shape.end)]:
            draw.line(_scaled(part), fill=shape.colour, width=_SCALE)
    else:
        length = pen.long(shape.text)
        back = {"start": 0.0, "middle": length / 2, "end": length}[shape.anchor]
        pen.write(draw, shape.text, shape.at[0] * _SCALE - back, shape.at[1] * _SCALE)


def _dashes(stroke: Stroke) -> Iterator[tuple[float, float, float, float]]:
    (x0, y0), (x1, y1) = stroke.start, stroke.end
    count = max(int(math.hypot(x1 - x0, y1 - y0) / 10), 1)
    for place in range(count):
        start, end = place / count, (place + 0.6) / count
        yield x0 + (x1 - x0) * start, y0 + (y1 - y0) * start, x0 + (x1 - x0) * end, y0 + (y1 - y0) * end


def _scaled(numbers: Sequence[float]) -> tuple[float, ...]:
    return tuple(number * _SCALE for number in numbers)


def shown(plot: Plot) -> Markup:
    """The plot for a page: once for an office screen, once for a telephone."""
    return svg(laid_out(plot, WIDE), plot.title, "plot at-wide") + svg(
        laid_out(plot, NARROW), plot.title, "plot at-narrow"
    )
