"""Diagrams: the curve and the bins of a reliability come in, one PNG goes out.

Left the share of fields that pass without a look against the silent errors in
a thousand, with the budgets marked; right what was said against what was right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from desk import phrases
from desk.reliability import CLOSE, Bin, Point

_SIZE = (1500, 760)
_FONT = 20
_INK, _GRID, _BLUE, _ORANGE, _BAND = "#202020", "#d8d8d8", "#1f5fbf", "#d9650b", "#e4eefb"
Place = tuple[float, float]
Face = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class _Plot:
    """A frame with its two axes: `box` in pixels, `across` and `up` the values at its ends."""

    pen: ImageDraw.ImageDraw
    face: Face
    box: tuple[int, int, int, int]
    across: tuple[float, float]
    up: tuple[float, float]

    def spot(self, x: float, y: float) -> Place:
        """Where two values meet."""
        left, top, right, bottom = self.box
        share = (x - self.across[0]) / (self.across[1] - self.across[0])
        rise = (min(y, self.up[1]) - self.up[0]) / (self.up[1] - self.up[0])
        return left + share * (right - left), bottom - rise * (bottom - top)

    def frame(self, title: str, x: str, y: str, say: Callable[[float], str]) -> None:
        """Title, names of the axes, five lines of a grid each way."""
        left, top, right, bottom = self.box
        for step in range(6):
            at_x = self.across[0] + (self.across[1] - self.across[0]) * step / 5
            at_y = self.up[0] + (self.up[1] - self.up[0]) * step / 5
            column, row = self.spot(at_x, self.up[0])[0], self.spot(self.across[0], at_y)[1]
            self.pen.line((column, top, column, bottom), _GRID)
            self.pen.line((left, row, right, row), _GRID)
            self.pen.text((column, bottom + 8), say(at_x), _INK, self.face, anchor="ma")
            self.pen.text((left - 8, row), say(at_y), _INK, self.face, anchor="rm")
        self.pen.rectangle(self.box, outline=_INK)
        self.pen.text(((left + right) / 2, top - 44), title, _INK, self.face, anchor="mm")
        self.pen.text(((left + right) / 2, bottom + 50), x, _INK, self.face, anchor="mm")
        self.pen.text((left, top - 16), y, _INK, self.face, anchor="lm")


def draw(file: Path, curve: Sequence[Place], points: Sequence[Point], bins: Sequence[Bin]) -> None:
    """Write the picture."""
    image = Image.new("RGB", _SIZE, "white")
    pen, face = ImageDraw.Draw(image), _face()
    # A typeface without Chinese would print boxes.
    worded = isinstance(face, ImageFont.FreeTypeFont)
    _draw_curve(_Plot(pen, face, (90, 90, 700, 650), (0, 100), (0, _top(points))), curve, points, worded)
    _draw_bins(_Plot(pen, face, (850, 90, 1410, 650), (0, 1), (0, 1)), bins, worded)
    image.save(file, format="PNG")


def _top(points: Sequence[Point]) -> float:
    """The upper end of the curve's axis: silent errors in a thousand."""
    highest = max((point.silent * 1000 for point in points), default=0.0)
    return next((end for end in (5.0, 10.0, 25.0, 50.0, 100.0, 250.0) if end > highest), 1000.0)


def _draw_curve(plot: _Plot, curve: Sequence[Place], points: Sequence[Point], worded: bool) -> None:
    names = (phrases.DRAWN_CURVE, phrases.DRAWN_CURVE_X, phrases.DRAWN_CURVE_Y) if worded else ("", "%", "")
    plot.frame(*names, lambda value: f"{value:g}")
    shown = [place for place in curve if place[1] * 1000 <= plot.up[1]]
    spots = [plot.spot(accepted * 100, silent * 1000) for accepted, silent in shown]
    if len(spots) > 1:
        plot.pen.line(spots, _BLUE, 3)
    for point in points:
        x, y = plot.spot(point.accepted * 100, point.silent * 1000)
        plot.pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=_ORANGE)
        plot.pen.text((x - 9, y - 9), f"{point.per_thousand:g}", _ORANGE, plot.face, anchor="rs")


def _draw_bins(plot: _Plot, bins: Sequence[Bin], worded: bool) -> None:
    names = (phrases.DRAWN_BINS, phrases.DRAWN_BINS_X, phrases.DRAWN_BINS_Y) if worded else ("", "", "")
    band = [plot.spot(0, 0), plot.spot(0, CLOSE), plot.spot(1 - CLOSE, 1), plot.spot(1, 1)]
    plot.pen.polygon([*band, plot.spot(1, 1 - CLOSE), plot.spot(CLOSE, 0)], fill=_BAND)
    plot.frame(*names, lambda value: f"{value:.1f}")
    plot.pen.line((plot.spot(0, 0), plot.spot(1, 1)), _GRID, 2)
    for one in bins:
        if one.count:
            x, y = plot.spot(one.said, one.right)
            colour = _BLUE if one.tells else _GRID
            plot.pen.ellipse((x - 7, y - 7, x + 7, y + 7), fill=colour)
            low = one.said < 0.5
            plot.pen.text(
                (x + (12 if low else -12), y), str(one.count), _INK, plot.face, "lm" if low else "rm"
            )


def _face() -> Face:
    """A Chinese typeface of this machine, or Pillow's own."""
    from docgen.fonts import present_fonts

    fonts = present_fonts()
    faces = (face for name in fonts.typefaces.stand_ins if (face := fonts.face(name)) is not None)
    found = next(faces, None)
    if found is None:
        return ImageFont.load_default()
    return ImageFont.truetype(str(found.file), _FONT, index=found.index)
