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


def bar_chart(bars: Sequence[Bar], fonts: Fonts, *, font: str, size: float, width: float) -> bytes:
    """Bars below one another, `width` mm wide, with type of `size` points in the typeface named `font`.

    Raises DocumentError where no typeface draws a character.
    """
    pen = Pen(fonts, font, round(size * DPI / 72))
    full = round(width / 25.4 * DPI)
    labels = [pen.wrapped(bar.label, full * _LABEL_SHARE) for bar in bars]
    heights = [(max(len(lines) * _PITCH, _BAR) + _AIR) * pen.em for lines in labels]
    picture = Image.new("L", (full, round(sum(heights))), 255)
    draw = ImageDraw.Draw(picture)
    gap = _GAP * pen.em
    left = max((pen.long(line) for lines in labels for line in lines), default=0) + gap
    room = full - left - gap - max((pen.long(bar.said) for bar in bars), default=0)
    longest = max([bar.number for bar in bars] + [1])
    draw.line((left, 0, left, picture.height), fill=0, width=max(1, pen.em // 16))
    top = 0.0
    for bar, lines, height in zip(bars, labels, heights, strict=True):
        middle, length = top + height / 2, room * bar.number / longest
        for number, line in enumerate(lines):
            at = middle + (number - (len(lines) - 1) / 2) * _PITCH * pen.em
            pen.write(draw, line, left - gap - pen.long(line), at)
        if bar.number:
            half = _BAR / 2 * pen.em
            draw.rectangle((left, middle - half, left + length, middle + half), fill=_GREY)
        pen.write(draw, bar.said, left + length + gap, middle)
        top += height
    return _png(picture)


@lru_cache(maxsize=16)
def _loaded(file: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size, index=index, layout_engine=ImageFont.Layout.BASIC)


def _png(picture: Image.Image) -> bytes:
    saved = io.BytesIO()
    picture.save(saved, "PNG", dpi=(DPI, DPI))
    return saved.getvalue()
