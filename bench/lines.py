"""Lines of writing to train a recogniser on: a seed in, pictures of one line each and their texts out.

What people write on these forms, and any common characters beside it, in every
hand that is not held back for judging; worn as a form would be, but one line at
a time and at the size that the recogniser sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.hands import STYLES, wavering
from bench.people import household
from bench.wear import Picture
from docgen.fonts import present_fonts
from records.editions import load_editions
from records.values import to_plain

HEIGHT = 48
"""The recogniser's input height in pixels."""
_STEP = 16
"""Widths are multiples of this, so that lines of one width make a batch."""
_WIDEST = 800
_PRINT_ODDS = 0.4
_LONGEST = 26
_FOREIGN_PENS = ("Iansui", "Klee One", "Yuji Syuku")
"""Pens of other countries: their characters are the same where their typefaces hold them."""
_COMMON = (0xB0, 0xD8)
_RARE = (0xD8, 0xF8)
"""First bytes of GB 2312's characters of level 1 and 2."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line: its text, the hand's name, the grey picture, 48 pixels high."""

    text: str
    hand: str
    picture: Picture


def drawn(count: int, seed: int) -> Iterator[Drawn]:
    """So many lines."""
    random, chance = Random(seed), np.random.default_rng(seed)
    pens = [*(style.font for style in STYLES if style.hand and not style.held_back), *_FOREIGN_PENS]
    prints = [style.font for style in STYLES if not style.hand and not style.held_back]
    while count:
        pen = random.random() > _PRINT_ODDS
        font, text = random.choice(pens if pen else prints), _text(random)
        if not _writes(font, text):
            continue
        picture = _line(font, text, pen, random, chance)
        if picture is not None:
            count -= 1
            yield Drawn(text, font, picture)


def _text(random: Random) -> str:
    kinds = (_told, _name, _rare_name, _common, _rare, _date, _number, _numbers, _label, _marked)
    return random.choices(kinds, (26, 14, 8, 10, 3, 8, 10, 2, 9, 10))[0](random)


def _told(random: Random) -> str:
    """What somebody might tell on a form."""
    return random.choice(_corpus())


@cache
def _corpus() -> tuple[str, ...]:
    households = (household(edition, Random(seed)) for seed in range(500) for edition in load_editions())
    values = (to_plain(value) for one in households for value in one.values() if value is not None)
    texts = {str(part) for value in values for part in (value if isinstance(value, list) else [value])}
    return tuple(sorted(text for text in texts if 0 < len(text) <= _LONGEST))


@cache
def _names() -> tuple[str, ...]:
    """The characters of invented people's names, as often as they occur."""
    return tuple(text for text in _corpus() if 2 <= len(text) <= 3 and not any(map(str.isascii, text)))


def _name(random: Random) -> str:
    """A surname and given names, mixed anew."""
    return random.choice(_names())[0] + "".join(
        random.choice(_names())[-1] for _ in range(random.choice((1, 2, 2)))
    )


def _rare_name(random: Random) -> str:
    given = (random.choice(_characters(*_COMMON)) for _ in range(random.choice((1, 2, 2))))
    return random.choice(_names())[0] + "".join(given)


def _common(random: Random) -> str:
    return "".join(random.choices(_characters(*_COMMON), k=random.randint(2, 9)))


def _rare(random: Random) -> str:
    rows = (_COMMON, _RARE)
    return "".join(random.choice(_characters(*random.choice(rows))) for _ in range(random.randint(2, 6)))


@cache
def _characters(first: int, last: int) -> tuple[str, ...]:
    codes = (bytes((row, cell)) for row in range(first, last) for cell in range(0xA1, 0xFF))
    return tuple(char for code in codes if (char := code.decode("gb2312", errors="ignore")))


def _date(random: Random) -> str:
    year, month, day = random.randint(1935, 2016), random.randint(1, 12), random.randint(1, 28)
    spellings = (
        f"{year}年{month}月{day}日",
        f"{year}年{month}月",
        f"{year}-{month:02d}-{day:02d}",
        f"{year}.{month}.{day}",
        f"{year}.{month:02d}",
        f"{year}/{month}/{day}",
    )
    return random.choice(spellings)


def _number(random: Random) -> str:
    digits = "".join(
        random.choices("0123456789", k=random.choice((1, 1, 2, 3, 4, 5, 6, 8, 11, 11, 18, 18, 19)))
    )
    if len(digits) == 18 and random.random() < 0.2:
        return f"{digits[:-1]}X"
    if 3 <= len(digits) <= 5 and random.random() < 0.4:
        return digits + random.choice((".00", "元", ".5", "㎡", "平方米"))
    return digits


def _label(random: Random) -> str:
    """What the form itself says, as one office or another types it."""
    label = random.choice(_labels())
    spread = "　".join(label) if len(label) == 2 and random.random() < 0.3 else label
    return f"{random.choice(('', '', '*', '★'))}{spread}{random.choice(('', '', '：', ':', '（元）'))}"


def _marked(random: Random) -> str:
    """Printed options, some of them ticked."""
    entries = random.choice(_lists())
    start = random.randrange(len(entries))
    ticked = random.choice(("{0}{1}√", "{0}√{1}", "√{0}{1}", "{0}{1}（√）", "{0}{1} √", "☑{1}", "{0}{1}"))
    bare = "□{1}" if ticked.startswith("☑") else "{0}{1}"
    parts = [
        (ticked if random.random() < 0.4 else bare).format(f"{place}.", entry)
        for place, entry in enumerate(entries[start : start + random.randint(1, 3)], start + 1)
    ]
    return random.choice(("  ", " ", "；", "、", "")).join(parts)[:_LONGEST]


@cache
def _labels() -> tuple[str, ...]:
    asked = [field for edition in load_editions() for field in edition.on_paper]
    every = [*asked, *(column for field in asked for column in field.fields)]
    return tuple(sorted({text for field in every for text in (field.label, *field.aliases)}))


@cache
def _lists() -> tuple[tuple[str, ...], ...]:
    asked = [field for edition in load_editions() for field in edition.on_paper]
    return tuple(sorted({field.choices for field in asked if field.choices}))


def _numbers(random: Random) -> str:
    return "、".join(str(number) for number in sorted(random.sample(range(1, 16), random.randint(2, 4))))


_SIGNS = "√☑□★*："
"""What a typeface need not hold: another draws it, as on real forms."""
_SIGNS_FONT = "Noto Sans CJK SC"


def _writes(font: str, text: str) -> bool:
    face = present_fonts().face(font)
    return face is not None and all(char.isspace() or char in _SIGNS or face.covers(char) for char in text)


def _drawn_by(font: str, char: str) -> str:
    face = present_fonts().face(font)
    return font if face is not None and face.covers(char) else _SIGNS_FONT


@cache
def _pen(font: str, size: int) -> ImageFont.FreeTypeFont:
    face = present_fonts().face(font)
    assert face is not None
    return ImageFont.truetype(str(face.file), size, index=face.index)


def _line(font: str, text: str, pen: bool, random: Random, chance: np.random.Generator) -> Picture | None:
    size = random.randint(36, 60)
    ink = _written(font, text, size, pen, random)
    if pen:
        ink = _by_hand(ink, size, random, chance)
    cut = _cut_out(_pressed(ink, random), size, random)
    if cut is None:
        return None
    gray = _worn(_small(cut, random), random, chance)
    width = max(24, round(gray.shape[1] * HEIGHT / gray.shape[0] / _STEP) * _STEP)
    how = cv2.INTER_CUBIC if gray.shape[0] < HEIGHT else cv2.INTER_AREA
    return cv2.resize(gray, (width, HEIGHT), interpolation=how) if width <= _WIDEST else None


def _written(font: str, text: str, size: int, pen: bool, random: Random) -> Picture:
    """The characters one by one, a pen's a little up and down; ink from 0 to 1."""
    picture = Image.new("L", (round(len(text) * size * 1.4) + 60, size * 3), 0)
    brush = ImageDraw.Draw(picture)
    place, base = size * 0.2, size * 1.9
    waver = random.random() * 0.06 * size if pen else 0
    room = (
        random.uniform(-0.02, 0.14) * size
        if pen
        else random.choice((0.0, 0.0, random.uniform(0, 0.3))) * size
    )
    for char in text:
        face = _pen(_drawn_by(font, char), size)
        brush.text((place, base + random.uniform(-waver, waver)), char, font=face, fill=255, anchor="ls")
        place += face.getlength(char) + room
    return np.asarray(picture).astype(np.float32) / 255


def _by_hand(ink: Picture, size: int, random: Random, chance: np.random.Generator) -> Picture:
    """Strokes that waver, lean and climb, pressed unevenly."""
    high, wide = ink.shape
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    strength = random.random() ** 1.5 * size / 56
    for waves, reach in ((10, 1.6), (22, 3.0), (50, 4.0)):
        x += wavering(ink.shape, waves, chance) * reach * strength
        y += wavering(ink.shape, waves, chance) * reach * strength
    x += (y - size * 1.9) * random.uniform(-0.18, 0.18)
    y += (x - wide / 2) * random.uniform(-0.012, 0.012)
    pressure = 0.8 + 0.2 * wavering(ink.shape, 30, chance)
    moved: Picture = cv2.remap(ink, x, y, cv2.INTER_LINEAR) * pressure
    return moved


def _pressed(ink: Picture, random: Random) -> Picture:
    """Thicker or thinner strokes."""
    change: Sequence[Callable[[Picture], Picture]] = (
        lambda one: one,
        lambda one: cv2.dilate(one, np.ones((2, 2), np.uint8)),
        lambda one: cv2.dilate(one, np.ones((3, 3), np.uint8)),
        lambda one: cv2.erode(one, np.ones((2, 2), np.uint8)),
    )
    return random.choices(change, (55, 25, 10, 10))[0](ink)


def _cut_out(ink: Picture, size: int, random: Random) -> Picture | None:
    """The ink with white around it, about as much as `intake.writing` leaves."""
    rows, columns = np.nonzero(ink > 0.3)
    if not len(rows):
        return None
    room = round(random.uniform(0.27, 0.68) * size)
    over, under = (round(room * random.uniform(0.8, 1.2)) for _ in range(2))
    part = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return cv2.copyMakeBorder(part, over, under, room, room, cv2.BORDER_CONSTANT, value=0.0)


def _small(ink: Picture, random: Random) -> Picture:
    """As few pixels as a scan of 110 to 300 dpi has for it, slightly out of focus."""
    high = random.choice((48, 48, 60, 40, 34, 30, 26, 22))
    wide = max(8, round(ink.shape[1] * high / ink.shape[0]))
    small = cv2.resize(ink, (wide, high), interpolation=cv2.INTER_AREA)
    blurred = random.random() < 0.5
    return cv2.GaussianBlur(small, (0, 0), random.uniform(0.3, 0.9) * high / HEIGHT) if blurred else small


def _worn(ink: Picture, random: Random, chance: np.random.Generator) -> Picture:
    """Paler ink, grain, black and white, specks."""
    gray = 255 * (1 - np.clip(ink * random.uniform(0.7, 1.1), 0, 1))
    way = random.random()
    if way < 0.35:
        gray = gray + chance.normal(0, random.uniform(2, 18), gray.shape)
    elif way > 0.85:
        bare = np.where(gray < random.uniform(110, 200), 0.0, 255.0)
        gray = bare if (bare == 0).sum() > 0.55 * (gray < 225).sum() else gray
    worn = np.clip(gray, 0, 255).astype(np.uint8)
    for _ in range(random.randint(1, 6) if random.random() < 0.1 else 0):
        cv2.circle(worn, (random.randrange(worn.shape[1]), random.randrange(worn.shape[0])), 1, (0.0,), -1)
    return worn
