"""Plots as files: what `plots` laid out comes in; SVG for the page, SVG and PNG to keep go out."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup
from PIL import Image, ImageDraw

from desk import phrases
from desk.web.marks import Plot
from desk.web.plots import (
    EDGE,
    NARROW,
    TYPE,
    WIDE,
    Box,
    Dot,
    Picture,
    Shape,
    Stroke,
    Words,
    laid_out,
    wrapped,
)
from docgen.chart import Pen
from docgen.fonts import present_fonts

_FACES = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
_TITLE, _SMALL, _MARGIN = 21.0, 13.0, 24.0
_SCALE = 2
"""Pixels of a PNG for one of the page."""


def svg(picture: Picture, title: str, kind: str = "") -> Markup:
    """The picture as SVG, for a page (of a CSS class) or by itself."""
    size = f'width="{picture.wide:g}" height="{picture.high:.4g}"'
    view = f'viewBox="0 0 {picture.wide:g} {picture.high:.4g}"'
    named = Markup(' class="{}"').format(kind) if kind else Markup()
    head = Markup(  # noqa: S704  # numbers only
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} font-family="{_FACES}" font-size="{TYPE:g}"'
    )
    back = Markup('<rect width="100%" height="100%" fill="#ffffff"/>') if not kind else Markup()
    inside = Markup("\n").join(map(_element, picture.shapes))
    role = Markup(' role="group" aria-label="{}">').format(title)
    return head + named + role + back + inside + Markup("</svg>")


def _element(shape: Shape) -> Markup:
    if isinstance(shape, Words):
        return Markup(
            '<text x="{:.1f}" y="{:.1f}" dy="0.36em" text-anchor="{}" fill="{}"{} aria-hidden="true">'
        ).format(*shape.at, shape.anchor, shape.colour, _size(shape)) + Markup("{}</text>").format(shape.text)
    if isinstance(shape, Stroke):
        dashes = Markup(' stroke-dasharray="6 4"') if shape.dashed else Markup()
        return Markup(
            '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{:g}"{}/>'
        ).format(*shape.start, *shape.end, shape.colour, shape.thick, dashes)
    if isinstance(shape, Box):
        place = (shape.left, shape.top, shape.wide, shape.high)
        form = _rect(place, Markup(' fill="{}"{}').format(shape.colour, _edge(shape)), shape.told)
    else:
        form = Markup(
            '<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="{}"{}><title>{}</title></circle>'
        ).format(*shape.middle, shape.radius, shape.colour, _edge(shape), shape.told)
    return _pressed(shape, form) if shape.link else form


def _pressed(shape: Box | Dot, form: Markup) -> Markup:
    """A mark as a link; where it is small, the room around it can be pressed too."""
    if isinstance(shape, Box):
        form += _rect(shape.around, Markup(' class="around" fill="none" pointer-events="all"'))
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(shape.link, shape.told, form)


def _rect(place: tuple[float, float, float, float], look: Markup, told: str = "") -> Markup:
    rect = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"').format(*place) + look
    return rect + (Markup("><title>{}</title></rect>").format(told) if told else Markup("/>"))


def _edge(shape: Box | Dot) -> Markup:
    return Markup(' stroke="{}" stroke-width="1.5"').format(shape.edge) if shape.edge else Markup()


def _size(shape: Words) -> Markup:
    return Markup() if shape.size == TYPE else Markup(' font-size="{:g}"').format(shape.size)


def standalone(plot: Plot, about: str) -> bytes:
    """The plot as an SVG file, with its title and what it is about, and without links."""
    picture = _titled(plot, about)
    return svg(replace(picture, shapes=tuple(_unlinked(picture.shapes))), plot.title).encode()


def png(plot: Plot, about: str) -> bytes:
    """The plot as a PNG file, with its title and what it is about.

    Raises DocumentError where no typeface has a character.
    """
    picture = _titled(plot, about)
    size = (round(picture.wide * _SCALE), round(picture.high * _SCALE))
    image = Image.new("RGB", size, "white")
    draw, fonts = ImageDraw.Draw(image), present_fonts()
    pens = {
        one: Pen(fonts, phrases.PLOT_TYPEFACE, round(one * _SCALE))
        for one in {shape.size for shape in picture.shapes if isinstance(shape, Words)}
    }
    for shape in picture.shapes:
        _draw(draw, pens, shape)
    saved = io.BytesIO()
    image.save(saved, "PNG", dpi=(192, 192))
    return saved.getvalue()


def _titled(plot: Plot, about: str) -> Picture:
    """A picture that can stand alone: its title and what it is about above, its notes below, air around."""
    picture = laid_out(plot)
    above = [Words((0.0, _TITLE), plot.title, size=_TITLE)]
    above += _lines(about, _TITLE * 2.2, picture.wide)
    top = max(one.at[1] for one in above) + TYPE * 1.6
    below: list[Words] = []
    for note in plot.notes:
        start = (below[-1].at[1] if below else top + picture.high) + TYPE * 1.4
        below += _lines(note, start, picture.wide)
    shapes = (*above, *(_moved(shape, 0.0, top) for shape in picture.shapes), *below)
    high = (below[-1].at[1] if below else top + picture.high) + TYPE
    around = tuple(_moved(shape, _MARGIN, _MARGIN) for shape in shapes)
    return Picture(picture.wide + 2 * _MARGIN, high + 2 * _MARGIN, around)


def _lines(text: str, start: float, room: float) -> list[Words]:
    """A text in small type, in as many lines as it takes."""
    broken = enumerate(wrapped(text, room * TYPE / _SMALL))
    return [Words((0.0, start + place * _SMALL * 1.4), line, "start", EDGE, _SMALL) for place, line in broken]


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


def _draw(draw: ImageDraw.ImageDraw, pens: Mapping[float, Pen], shape: Shape) -> None:
    if isinstance(shape, Box):
        right, bottom = shape.left + shape.wide, shape.top + shape.high
        draw.rectangle(_scaled((shape.left, shape.top, right, bottom)), **_filled(shape))
    elif isinstance(shape, Dot):
        (x, y), radius = shape.middle, shape.radius
        draw.ellipse(_scaled((x - radius, y - radius, x + radius, y + radius)), **_filled(shape))
    elif isinstance(shape, Stroke):
        for part in _dashes(shape) if shape.dashed else [(*shape.start, *shape.end)]:
            draw.line(_scaled(part), fill=shape.colour, width=round(shape.thick * _SCALE))
    else:
        pen = pens[shape.size]
        length = pen.long(shape.text)
        back = {"start": 0.0, "middle": length / 2, "end": length}[shape.anchor]
        pen.write(draw, shape.text, shape.at[0] * _SCALE - back, shape.at[1] * _SCALE)


def _filled(shape: Box | Dot) -> dict[str, Any]:
    return {"fill": shape.colour, "outline": shape.edge or None, "width": 3 if shape.edge else 0}


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
