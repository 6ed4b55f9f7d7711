"""A table with bars as a picture: rows of texts and shares in, a PNG out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_SIZE = 15
_ROW = 24
_MARGIN = 18
_GAP = 16
_BAR = 360
_INK, _PALE, _LINE = (30, 30, 30), (110, 110, 110), (222, 222, 222)

Colour = tuple[int, int, int]
GOOD: Colour = (38, 128, 78)
FAIR: Colour = (158, 207, 172)
POOR: Colour = (238, 178, 76)
BAD: Colour = (200, 44, 44)
PLAIN: Colour = (72, 118, 178)
OTHER: Colour = (168, 178, 192)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: its texts, the first of them left-aligned, and the parts of its bar (0 to 1)."""

    cells: tuple[str, ...]
    bar: tuple[tuple[float, Colour], ...] = ()
    heading: bool = False


def write_table(
    file: Path,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Row],
    legend: Sequence[tuple[str, Colour]] = (),
) -> None:
    """Draws a table whose rows end in bars, and what the colours of the bars mean."""
    font = ImageFont.load_default(_SIZE)
    texts = [tuple(heads), *(row.cells for row in rows if not row.heading)]
    widths = [
        round(max(font.getlength(line[place]) for line in texts if place < len(line)))
        for place in range(len(heads))
    ]
    wide = sum(widths) + _GAP * len(widths) + (_BAR if any(row.bar for row in rows) else 0) + 2 * _MARGIN
    wide = max(wide, round(font.getlength(title) * 1.4) + 2 * _MARGIN, _legend_width(font, legend))
    high = 2 * _MARGIN + _ROW * (len(rows) + 2) + (_ROW if legend else 0)
    picture = Image.new("RGB", (wide, high), "white")
    drawn = ImageDraw.Draw(picture)
    drawn.text((_MARGIN, _MARGIN - 4), title, _INK, ImageFont.load_default(round(_SIZE * 1.3)))
    top = _MARGIN + _ROW + 8
    _line(drawn, font, top, Row(tuple(heads)), widths, _PALE)
    for number, row in enumerate(rows, start=1):
        _line(drawn, font, top + number * _ROW, row, widths, _INK)
    if legend:
        _legend(drawn, font, top + (len(rows) + 1) * _ROW, legend)
    picture.save(file)


def _line(
    drawn: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    top: int,
    row: Row,
    widths: Sequence[int],
    colour: Colour,
) -> None:
    left: float = _MARGIN
    if row.heading:
        drawn.text((left, top + 3), row.cells[0], PLAIN, font)
        drawn.line((left, top + _ROW - 2, drawn.im.size[0] - _MARGIN, top + _ROW - 2), _LINE)
        return
    for place, (text, width) in enumerate(zip(row.cells, widths, strict=False)):
        x = left if place == 0 else left + width - font.getlength(text)
        drawn.text((x, top + 3), text, colour, font)
        left += width + _GAP
    for share, fill in row.bar:
        reach = share * _BAR
        if reach > 0:
            drawn.rectangle((left, top + 4, left + max(reach, 1), top + _ROW - 5), fill)
        left += reach


def _legend(
    drawn: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    top: int,
    legend: Sequence[tuple[str, Colour]],
) -> None:
    left: float = _MARGIN
    for text, colour in legend:
        drawn.rectangle((left, top + 7, left + 12, top + 19), colour)
        drawn.text((left + 18, top + 3), text, _PALE, font)
        left += 18 + font.getlength(text) + _GAP


def _legend_width(
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont, legend: Sequence[tuple[str, Colour]]
) -> int:
    return round(sum(18 + font.getlength(text) + _GAP for text, _ in legend)) + 2 * _MARGIN
