"""A bar chart as a picture: labels with their numbers in, PNG bytes out.

Black, white and grey, so that it can be photocopied; drawn in a typeface of
this machine with Chinese shapes. The same figures in the same typeface give
the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from docgen.fonts import Fonts
from records.errors import DocumentError

DPI = 300
_GREY = 0x70
_PITCH = 1.25
"""Line pitch, thickness of a bar and gaps are counted in widths of a character."""
_BAR, _AIR, _GAP = 1.1, 0.8, 0.5
_LABEL_SHARE = 1 / 3
"""How much of the width labels may take before they are wrapped."""
_SMALLEST = 20
"""About 5 points: smaller type is not read any more."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, how long it is, what is written behind it."""

    label: str
    number: int
    said: str


@dataclass(frozen=True)
class Pen:
    """Type of one size on a picture, `em` pixels a character; a rare character in a typeface that has it."""

    fonts: Fonts
    font: str
    em: int

    def long(self, text: str) -> float:
        """How far a text runs, pixels."""
        return sum(self._typeface(character).getlength(character) for character in text)

    def write(self, draw: ImageDraw.ImageDraw, text: str, left: float, middle: float) -> None:
        """Writes a text in one line, its middle at a height."""
        for character in text:
            draw.text((left, middle), character, fill=0, font=self._typeface(character), anchor="lm")
            left += self.long(character)

    def wrapped(self, text: str, room: float) -> list[str]:
        """A text in lines of at most `room` pixels."""
        lines = [""]
        for character in text:
            if lines[-1] and self.long(lines[-1] + character) > room:
                lines.append("")
            lines[-1] += character
        return lines

    def _typeface(self, character: str) -> ImageFont.FreeTypeFont:
        face = self.fonts.face_for(character, self.font)
        if face is None:
            raise DocumentError("no_glyph", field=self.font, character=f"U+{ord(character):04X}")
        return _loaded(str(face.file), face.index, self.em)


def bar_chart(
    bars: Sequence[Bar], fonts: Fonts, *, font: str, size: float, width: float, height: float
) -> bytes:
    """Bars below one another on `width` by `height` mm, in type of `size` points or what there is room for.

    Raises DocumentError where no typeface draws a character.
    """
    full, deep = (round(side / 25.4 * DPI) for side in (width, height))
    picture = Image.new("L", (full, deep), 255)
    pen, labels = _laid_out(bars, fonts, font, round(size * DPI / 72), full, deep)
    gap = _GAP * pen.em
    left = max((pen.long(line) for lines in labels for line in lines), default=0) + gap
    room = full - left - gap - max((pen.long(bar.said) for bar in bars), default=0)
    longest = max([bar.number for bar in bars] + [1])
    scale = deep / max(sum(map(_high, labels)), 1)
    draw = ImageDraw.Draw(picture)
    draw.line((left, 0, left, deep), fill=0, width=max(1, pen.em // 16))
    top = 0.0
    for bar, lines in zip(bars, labels, strict=True):
        middle = top + _high(lines) * scale / 2
        top += _high(lines) * scale
        for number, line in enumerate(lines):
            at = middle + (number - (len(lines) - 1) / 2) * _PITCH * pen.em
            pen.write(draw, line, left - gap - pen.long(line), at)
        end = left + room * bar.number / longest
        if bar.number:
            half = _BAR / 2 * pen.em
            draw.rectangle((left, middle - half, end, middle + half), fill=_GREY)
        pen.write(draw, bar.said, end + gap, middle)
    return _png(picture)


def _laid_out(
    bars: Sequence[Bar], fonts: Fonts, font: str, em: int, width: int, height: int
) -> tuple[Pen, list[list[str]]]:
    """A pen, smaller by steps until the bars find room, and the labels in lines."""
    while True:
        pen = Pen(fonts, font, em)
        labels = [pen.wrapped(bar.label, width * _LABEL_SHARE) for bar in bars]
        if em <= _SMALLEST or sum(map(_high, labels)) * em <= height:
            return pen, labels
        em -= 1


def _high(lines: Sequence[str]) -> float:
    """How much room a bar and its label want, in characters."""
    return max(len(lines) * _PITCH, _BAR) + _AIR


@lru_cache(maxsize=16)
def _loaded(file: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size, index=index, layout_engine=ImageFont.Layout.BASIC)


def _png(picture: Image.Image) -> bytes:
    saved = io.BytesIO()
    picture.save(saved, "PNG", dpi=(DPI, DPI))
    return saved.getvalue()
