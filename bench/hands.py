"""The hands that fill in forms: typefaces in print and in pen, and how a pen's strokes waver.

A hand that is held back fills in no set unless it is asked for: sets for
judging hold hands that nobody looked at before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from PIL import ImageFont

from bench.wear import Picture
from docgen.fonts import present_fonts


@dataclass(frozen=True, slots=True)
class Style:
    """How a form is filled in: typeface of the values, and of their digits where another one writes them.

    `hand` is a pen's typeface, `warped` a pen that wavers; `traditional` writes
    many characters in their traditional or draft shape, so that free text
    cannot be told from its shapes alone. `scale` brings small typefaces to the
    size that people write in.
    """

    name: str
    font: str
    latin: str | None = None
    hand: bool = False
    warped: bool = False
    traditional: bool = False
    held_back: bool = False
    scale: float = 1.0

    @property
    def stem(self) -> str:
        """What a file's name says of it."""
        return f"{self.name}{'+' if self.warped else ''}"

    @property
    def digits(self) -> str:
        """The typeface of digits and Latin letters."""
        return self.latin or self.font


STYLES = (
    Style("serif", "Noto Serif CJK SC"),
    Style("sans", "Noto Sans CJK SC"),
    Style("ming", "AR PL UMing CN"),
    Style("wenkai", "LXGW WenKai"),
    Style("kai", "AR PL UKai CN"),
    Style("xiaowei", "ZCOOL XiaoWei", held_back=True),
    Style("lubrifont", "WDXL Lubrifont SC", held_back=True),
    Style("pen_wenkai", "LXGW WenKai", hand=True, warped=True),
    Style("pen_kai", "AR PL UKai CN", hand=True, warped=True),
    *(
        Style(name, font, latin, True, warped, name == "liujian", back, scale)
        for name, font, latin, back, scale in (
            ("longcang", "Long Cang", None, False, 1.2),
            ("mashan", "Ma Shan Zheng", None, False, 1.1),
            ("zhimang", "Zhi Mang Xing", None, False, 1.2),
            ("liujian", "Liu Jian Mao Cao", None, False, 1.25),
            ("kuaile", "ZCOOL KuaiLe", None, True, 1.0),
            ("xiaolai", "Xiaolai", "Long Cang", True, 1.1),
        )
        for warped in (False, True)
    ),
)
"""Every hand; those whose typeface is not installed are left out by `installed`."""


def installed(held_back: bool = False) -> tuple[Style, ...]:
    """The hands of this machine, those held back only when asked for."""
    here = [style for style in STYLES if _file(style.font) is not None and _file(style.digits) is not None]
    return tuple(style for style in here if held_back or not style.held_back)


def undrawn(style: Style, text: str) -> str:
    """The characters that a hand cannot write: another typeface would silently stand in for them."""
    wanted = sorted({char for char in text if not char.isspace()})
    return "".join(
        char for char in wanted if not _draws(style.digits if ord(char) < 0x2000 else style.font, char)
    )


def _file(font: str) -> tuple[str, int] | None:
    face = next((face for face in present_fonts().faces if font in face.names), None)
    return None if face is None else (str(face.file), face.index)


@cache
def _pen(font: str) -> ImageFont.FreeTypeFont:
    file, index = _file(font) or ("", 0)
    return ImageFont.truetype(file, 40, index=index)


@cache
def _draws(font: str, char: str) -> bool:
    face = present_fonts().face(font)
    return face is not None and face.covers(char) and _pen(font).getmask(char).getbbox() is not None


def inked(page: Picture, style: Style, chance: np.random.Generator) -> Picture:
    """The printed page with its blue values in the ink of a pen or a printer."""
    blue, red = page[..., 0], page[..., 2]
    ink = cv2.subtract(blue, red).astype(np.float32) / 255
    if not style.hand:
        dark = np.minimum(blue, red)
        return cv2.merge([dark, dark, dark])
    written = _wavering_pen(ink, chance) if style.warped else ink
    colour = np.array(((35, 30, 30), (120, 50, 30), (150, 70, 40))[int(chance.integers(3))], np.float32)
    printed = cv2.merge([blue, blue, blue]).astype(np.float32)
    mixed: Picture = printed * (1 - written[..., None]) + colour * written[..., None]
    return np.clip(mixed, 0, 255).astype(np.uint8)


RINGED, TICKED, TICK = "00A000", "C80000", "FF00FF"
"""Colours of print that a pen marks: gets a ring, gets a tick across, makes place for a tick."""


def mark(page: Picture, chance: np.random.Generator) -> tuple[Picture, int]:
    """The page with rings and ticks drawn where its colours ask for them, and how many."""
    marked = page.copy()
    count = 0
    for colour in (RINGED, TICKED, TICK):
        for x, y, wide, high in _spots(page, colour):
            stroke = _ring if colour == RINGED else _tick
            stroke(marked, (x, y, wide, high), chance)
            count += 1
    return marked, count


def _spots(page: Picture, colour: str) -> Iterator[tuple[int, int, int, int]]:
    """The boxes of what stands in a colour; characters side by side are one."""
    blue, green, red = (page[..., place].astype(np.int16) for place in range(3))
    strength = {RINGED: green - np.maximum(blue, red), TICKED: red - np.maximum(blue, green)}
    mask = (strength[colour] if colour in strength else np.minimum(blue, red) - green) > 70
    joined = cv2.dilate(mask.astype(np.uint8), np.ones((3, 13), np.uint8))
    for x, y, wide, high, _ in cv2.connectedComponentsWithStats(joined)[2][1:]:
        if high > 8:
            yield int(x) + 6, int(y) + 1, int(wide) - 12, int(high) - 2


def _ring(page: Picture, box: tuple[int, int, int, int], chance: np.random.Generator) -> None:
    x, y, wide, high = box
    centre = (round(x + wide / 2 + chance.normal(0, 2)), round(y + high / 2 + chance.normal(0, 2)))
    reach = (round(wide / 2 + chance.uniform(9, 16)), round(high / 2 + chance.uniform(7, 13)))
    ring = np.full(page.shape[:2], 0, np.uint8)
    start = chance.uniform(0, 360)
    cv2.ellipse(ring, centre, reach, chance.uniform(-12, 12), start, start + chance.uniform(345, 400), 255, 4)
    _in_ink(page, ring)


def _tick(page: Picture, box: tuple[int, int, int, int], chance: np.random.Generator) -> None:
    x, y, wide, high = box
    size = max(wide, high) * chance.uniform(1.0, 1.35)
    points = np.array([(-0.5, 0.0), (-0.15, 0.45), (0.6, -0.65)]) + chance.normal(0, 0.06, (3, 2))
    spots = (points * size + (x + wide / 2, y + high / 2)).round().astype(np.int32)
    drawn = np.full(page.shape[:2], 0, np.uint8)
    cv2.polylines(drawn, [spots], False, 255, int(chance.integers(4, 7)), cv2.LINE_AA)
    _in_ink(page, drawn)


def _in_ink(page: Picture, drawn: Picture) -> None:
    """Blue, as everything that is written; print below it stays black."""
    for place in (1, 2):
        page[..., place] = np.minimum(page[..., place], 255 - drawn)


def _wavering_pen(ink: Picture, chance: np.random.Generator) -> Picture:
    """Strokes that waver, lean and press unevenly."""
    height, width = ink.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    for size, reach in ((14, 2.4), (55, 5.0)):
        x += wavering(ink.shape, size, chance) * reach
        y += wavering(ink.shape, size, chance) * reach
    moved = cv2.remap(ink, x, y, cv2.INTER_LINEAR)
    thick = cv2.dilate(moved, np.ones((2, 2), np.uint8))
    pressure = wavering(ink.shape, 40, chance) * 0.5 + 0.5
    strokes: Picture = (moved * (1 - pressure) + thick * pressure) * (0.8 + 0.2 * pressure)
    return strokes


def wavering(shape: Iterable[int], size: int, chance: np.random.Generator) -> Picture:
    """Smooth noise from -1 to 1 whose waves are `size` pixels wide."""
    high, wide = shape
    coarse = chance.uniform(-1, 1, (high // size + 2, wide // size + 2)).astype(np.float32)
    return cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC).clip(-1, 1)
