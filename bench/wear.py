"""What paper suffers: a clean page at 300 dpi comes in, the picture that an office would hold comes out.

Each entry of `WEAR` is one way that forms really arrive: scanners of every
age, fax, copies of copies, phones. Pictures are BGR, 8 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]
"""8 bits where it comes in and goes out; in between fractions are kept."""
Chance = np.random.Generator
Wear = Callable[[Picture, Chance], Picture]

DPI = 300
_WHITE = (255, 255, 255)


def _scaled(picture: Picture, dpi: float) -> Picture:
    return cv2.resize(picture, None, fx=dpi / DPI, fy=dpi / DPI, interpolation=cv2.INTER_AREA)


def _turned(picture: Picture, degrees: float, paper: tuple[int, int, int] = _WHITE) -> Picture:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = round(height * sin + width * cos), round(height * cos + width * sin)
    turn[:, 2] += (wide - width) / 2, (high - height) / 2
    return cv2.warpAffine(picture, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=paper)


def _noisy(picture: Picture, chance: Chance, strength: float) -> Picture:
    noise = cv2.GaussianBlur(chance.normal(0, strength * 1.6, picture.shape).astype(np.float32), (0, 0), 0.7)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _cloud(shape: tuple[int, ...], chance: Chance, grain: float) -> NDArray[Any]:
    """Smooth noise from 0 to 1; `grain` is the size of a cloud as a share of the width."""
    cells = max(2, round(1 / grain))
    coarse = chance.random((cells, cells)).astype(np.float32)
    smooth: Picture = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    clipped: Picture = np.clip(smooth, 0, 1)
    return clipped


def _shaded(picture: Picture, factor: Picture) -> Picture:
    shaded: Picture = np.clip(picture * factor[..., None], 0, 255).astype(np.uint8)
    return shaded


def _jpeg(picture: Picture, quality: int) -> Picture:
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    seen = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert seen is not None
    return seen


def _gray(picture: Picture) -> Picture:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def _coloured(gray: Picture) -> Picture:
    return cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)


def scanner(picture: Picture, chance: Chance) -> Picture:
    """A good office scanner at 200 dpi."""
    return _noisy(_turned(_scaled(picture, 200), chance.uniform(-1.2, 1.2)), chance, 3)


def fine(picture: Picture, chance: Chance) -> Picture:
    """A scan at the full 300 dpi."""
    return _noisy(_turned(picture, chance.uniform(-0.8, 0.8)), chance, 3)


def tilted(picture: Picture, chance: Chance) -> Picture:
    """Laid on the glass askew."""
    return _noisy(_turned(_scaled(picture, 200), chance.choice([-1, 1]) * chance.uniform(3, 8)), chance, 3)


def grey(picture: Picture, chance: Chance) -> Picture:
    """Grey, worn paper with clouds of dirt, slightly out of focus."""
    small = _coloured(_gray(_turned(_scaled(picture, 200), chance.uniform(-1.5, 1.5))))
    dull = 70 + small.astype(np.float32) * 0.6
    clouds = 0.82 + 0.2 * _cloud(small.shape, chance, 0.15)
    return _noisy(cv2.GaussianBlur(_shaded(dull, clouds), (0, 0), 0.8), chance, 6)


def low_ink(picture: Picture, chance: Chance) -> Picture:
    """A printer short of toner: pale stripes, broken strokes."""
    small = _turned(_scaled(picture, 200), chance.uniform(-1, 1)).astype(np.float32)
    paleness = 0.35 + 0.5 * _cloud(small.shape, chance, 0.08)
    gaps = chance.random(small.shape[:2]) < 0.12
    pale = 255 - (255 - small) * (1 - paleness[..., None])
    pale[gaps] = 255
    return _noisy(np.clip(pale, 0, 255).astype(np.uint8), chance, 4)


def fax(picture: Picture, chance: Chance) -> Picture:
    """Fax in fine mode: 204 × 196 dpi, black and white, specks, skipped rows."""
    small = _gray(_turned(_scaled(picture, 200), chance.uniform(-1.5, 1.5)))
    noisy = small + chance.normal(0, 28, small.shape)
    bits = np.where(noisy > 150, 255, 0).astype(np.uint8)
    for row in chance.integers(0, len(bits), 3):
        bits[row : row + 2] = 255
    return _coloured(bits)


def fax_coarse(picture: Picture, chance: Chance) -> Picture:
    """Fax in standard mode: half of the rows, doubled; a sensor set dark, so that thin rules survive."""
    small = _gray(_turned(_scaled(picture, 204), chance.uniform(-1, 1)))
    half = cv2.resize(small, None, fx=1, fy=0.5, interpolation=cv2.INTER_AREA)
    bits = np.where(half > chance.uniform(185, 205), 255, 0).astype(np.uint8)
    return _coloured(cv2.resize(bits, None, fx=1, fy=2, interpolation=cv2.INTER_NEAREST))


def copies(picture: Picture, chance: Chance) -> Picture:
    """A copy of a copy of a copy: each machine blurs a little, hardens the contrast and adds its specks.

    Models office copiers at 600 dpi set somewhere between pale and dark: strokes
    grow or thin a little with every copy, small counters begin to close, and a
    person still reads nearly all of it.
    """
    gray = cv2.resize(_gray(picture), None, fx=1.25, fy=1.25, interpolation=cv2.INTER_CUBIC)
    for _ in range(3):
        gray = _gray(_turned(_coloured(gray), chance.uniform(-0.7, 0.7)))
        gray = cv2.GaussianBlur(gray, (0, 0), 1.2)
        edge = chance.uniform(150, 180)
        gray = np.clip((gray.astype(np.float32) - edge) * 2.2 + 128, 0, 255).astype(np.uint8)
        gray = _specked(gray, chance, 250)
    return cv2.resize(_coloured(gray), None, fx=200 / 375, fy=200 / 375, interpolation=cv2.INTER_AREA)


def _specked(gray: Picture, chance: Chance, count: int, largest: int = 4) -> Picture:
    dirty = gray.copy()
    height, width = gray.shape
    for x, y in zip(chance.integers(0, width, count), chance.integers(0, height, count), strict=True):
        cv2.circle(
            dirty, (int(x), int(y)), int(chance.integers(1, largest)), int(chance.integers(0, 120)), -1
        )
    return dirty


def specks(picture: Picture, chance: Chance) -> Picture:
    """A dirty glass."""
    small = _gray(_turned(_scaled(picture, 200), chance.uniform(-1, 1)))
    return _noisy(_coloured(_specked(small, chance, 900, 3)), chance, 4)


def coarse_150(picture: Picture, chance: Chance) -> Picture:
    """Scanned at 150 dpi."""
    return _jpeg(_noisy(_turned(_scaled(picture, 150), chance.uniform(-1.5, 1.5)), chance, 4), 80)


def coarse_110(picture: Picture, chance: Chance) -> Picture:
    """Scanned at 110 dpi."""
    return _jpeg(_noisy(_turned(_scaled(picture, 110), chance.uniform(-1, 1)), chance, 3), 85)


def streaks(picture: Picture, chance: Chance) -> Picture:
    """Dust under a feeder's sensor: lines from edge to edge, dark and white."""
    small = _turned(_scaled(picture, 200), chance.uniform(-1, 1))
    for number in range(int(chance.integers(3, 6))):
        x = int(chance.integers(small.shape[1] // 12, small.shape[1] * 11 // 12))
        shade = 255 if number % 3 == 2 else int(chance.integers(40, 150))
        small[:, x : x + int(chance.integers(1, 4))] = shade
    return _noisy(small, chance, 4)


def folded(picture: Picture, chance: Chance) -> Picture:
    """Folded in four: the toner is gone along the folds, each side has its own shade."""
    small = _turned(_scaled(picture, 200), chance.uniform(-1, 1)).astype(np.float32)
    height, width = small.shape[:2]
    x, y = round(width * chance.uniform(0.4, 0.6)), round(height * chance.uniform(0.4, 0.6))
    small[:, :x] *= 0.94
    small[:y] *= 0.96
    for line in (small[:, x - 3 : x + 3], small[y - 3 : y + 3]):
        line += (250 - line) * chance.uniform(0.3, 1.0, line.shape[:2])[..., None] * 0.8
    return _noisy(np.clip(small, 0, 255).astype(np.uint8), chance, 4)


def holes(picture: Picture, chance: Chance) -> Picture:
    """Punched for a binder and scanned with the lid open: black holes, a black border, a torn corner."""
    paper = _scaled(picture, 200)
    height, width = paper.shape[:2]
    for share in (0.36, 0.64):
        cv2.circle(paper, (round(width * 0.025), round(height * share)), 22, (15, 15, 15), -1)
    cv2.fillPoly(paper, [np.array([(width, 0), (width - 90, 0), (width, 70)])], (12, 12, 12))
    bordered = cv2.copyMakeBorder(paper, 60, 90, 40, 120, cv2.BORDER_CONSTANT, value=(12, 12, 12))
    return _noisy(_turned(bordered, chance.uniform(-1.5, 1.5), (12, 12, 12)), chance, 4)


def sealed(picture: Picture, chance: Chance) -> Picture:
    """Red seals wherever somebody set them."""
    stamped = picture.astype(np.float32)
    height, width = picture.shape[:2]
    for _ in range(3):
        centre = round(width * chance.uniform(0.15, 0.85)), round(height * chance.uniform(0.15, 0.9))
        ink = _seal(picture.shape[:2], centre, 248, chance.uniform(-40, 40))
        ink *= 0.35 + 0.6 * _cloud(picture.shape, chance, 0.02)
        red = np.array((60, 40, 215), np.float32)
        stamped *= 1 - ink[..., None] * (1 - red / 255)
    stamped = _scaled(np.clip(stamped, 0, 255).astype(np.uint8), 200)
    return _jpeg(_noisy(_turned(stamped, chance.uniform(-1, 1)), chance, 4), 82)


def _seal(shape: tuple[int, ...], centre: tuple[int, int], radius: int, angle: float) -> NDArray[Any]:
    drawn = np.zeros(shape[:2], np.uint8)
    cv2.circle(drawn, centre, radius, 255, 14)
    star = [
        (centre[0] + reach * np.sin(np.pi * place / 5), centre[1] - reach * np.cos(np.pi * place / 5))
        for place, reach in enumerate([radius * 0.3, radius * 0.12] * 5)
    ]
    cv2.fillPoly(drawn, [np.array(star, np.int32)], 255)
    for place in range(12):
        turn = np.radians(angle - 120 + place * 22)
        x, y = centre[0] + radius * 0.76 * np.sin(turn), centre[1] - radius * 0.76 * np.cos(turn)
        cv2.rectangle(drawn, (round(x) - 22, round(y) - 22), (round(x) + 22, round(y) + 22), 255, 9)
        cv2.line(drawn, (round(x) - 22, round(y)), (round(x) + 22, round(y)), 255, 7)
    return cv2.GaussianBlur(drawn, (0, 0), 1.2).astype(np.float32) / 255


def _photo(picture: Picture, chance: Chance, lean: float, curl: float, wide: int) -> Picture:
    """A page on a desk, seen by a phone: perspective, its own desk, a slight curl."""
    page = _scaled(picture, 240)
    page = _curled(page, curl * chance.uniform(0.6, 1.0)) if curl else page
    height, width = page.shape[:2]
    room = round(width * 0.12)
    size = width + 2 * room, height + 2 * room
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    target = corners + room + chance.uniform(-lean, lean, (4, 2)).astype(np.float32) * width
    turn = cv2.getPerspectiveTransform(corners, target.astype(np.float32))
    grain = _cloud((size[1], size[0]), chance, 0.01)[..., None] * 35
    desk = (
        (np.array((60, 85, 120), np.float32) * chance.uniform(0.5, 1.3) + grain).clip(0, 255).astype(np.uint8)
    )
    shot = cv2.warpPerspective(page, turn, size, flags=cv2.INTER_CUBIC)
    cover = cv2.warpPerspective(np.full((height, width), 255, np.uint8), turn, size)
    whole = np.where(cover[..., None] > 128, shot, desk)
    whole = _turned(whole, chance.uniform(-4, 4), (60, 85, 120))
    scale = wide / whole.shape[1]
    return cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _curled(page: Picture, depth: float) -> Picture:
    height, width = page.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    wave = np.sin(x / width * np.pi * 1.3 + 0.4) * height * depth
    return cv2.remap(page, x, y + wave.astype(np.float32), cv2.INTER_CUBIC, borderValue=_WHITE)


def _lit(picture: Picture, chance: Chance, darkest: float, brightest: float = 1.0) -> Picture:
    """Light from one side with a soft shadow across."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    turn = chance.uniform(0, 2 * np.pi)
    slope = (x * np.cos(turn) + y * np.sin(turn)) * 0.5 + 0.5
    shadow = 1 / (1 + np.exp((x * np.sin(turn * 3) + y * np.cos(turn * 3) - chance.uniform(-0.4, 0.4)) * 9))
    factor = darkest + (brightest - darkest) * (0.65 * slope + 0.35 * shadow)
    return _shaded(picture, factor.astype(np.float32))


def phone(picture: Picture, chance: Chance) -> Picture:
    """A careful photo: 12 megapixels reduced, some perspective, a shadow."""
    return _jpeg(_noisy(_lit(_photo(picture, chance, 0.02, 0, 3000), chance, 0.65), chance, 4), 88)


def phone_steep(picture: Picture, chance: Chance) -> Picture:
    """A photo from the side: strong perspective."""
    return _jpeg(_noisy(_lit(_photo(picture, chance, 0.06, 0, 3200), chance, 0.6), chance, 5), 85)


def phone_dim(picture: Picture, chance: Chance) -> Picture:
    """A dim room, lamp light, grain, a slightly unsteady hand."""
    shot = _lit(_photo(picture, chance, 0.025, 0, 2800), chance, 0.22, 0.55)
    warm = np.clip(shot * np.array((0.72, 0.9, 1.05)), 0, 255).astype(np.uint8)
    return _jpeg(_noisy(cv2.GaussianBlur(warm, (0, 0), 0.9), chance, 8), 80)


def phone_curl(picture: Picture, chance: Chance) -> Picture:
    """A page that will not lie flat."""
    return _jpeg(_noisy(_lit(_photo(picture, chance, 0.02, 0.018, 3000), chance, 0.6), chance, 4), 88)


def phone_dim_curl(picture: Picture, chance: Chance) -> Picture:
    """Dim light on a curled page."""
    shot = _lit(_photo(picture, chance, 0.025, 0.014, 2800), chance, 0.3, 0.6)
    return _jpeg(_noisy(cv2.GaussianBlur(shot, (0, 0), 0.8), chance, 7), 82)


def sideways(picture: Picture, chance: Chance) -> Picture:
    """Fed into the scanner by its short side."""
    return np.ascontiguousarray(np.rot90(scanner(picture, chance), int(chance.choice([1, 3]))))


def upside_down(picture: Picture, chance: Chance) -> Picture:
    """Fed in the wrong way round."""
    return np.ascontiguousarray(np.rot90(scanner(picture, chance), 2))


def squeezed(picture: Picture, chance: Chance) -> Picture:
    """Sent through a chat program: reduced and compressed hard."""
    return _jpeg(_turned(_scaled(picture, 160), chance.uniform(-1, 1)), 28)


def shining_through(picture: Picture, chance: Chance) -> Picture:
    """Thin paper: the other side shines through."""
    back = cv2.GaussianBlur(picture[:, ::-1], (0, 0), 3)
    through = 255 - (255 - back.astype(np.float32)) * 0.22
    both = np.minimum(picture, np.roll(through, 35, axis=0))
    return _noisy(_turned(_scaled(both.astype(np.uint8), 200), chance.uniform(-1, 1)), chance, 4)


def cropped(picture: Picture, chance: Chance) -> Picture:
    """Cut close around the table, its frame nearly touching the picture's edge."""
    gray = _gray(picture)
    dark = np.argwhere(gray < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0)
    part = picture[max(top - 12, 0) : bottom + 12, max(left - 12, 0) : right + 12]
    return _noisy(_scaled(np.ascontiguousarray(part), 200), chance, 3)


def overexposed(picture: Picture, chance: Chance) -> Picture:
    """Scanned far too bright: thin strokes and lines are nearly gone."""
    small = _turned(_scaled(picture, 200), chance.uniform(-1, 1)).astype(np.float32)
    return _noisy(np.clip(small * 0.55 + 125, 0, 255).astype(np.uint8), chance, 3)


def too_dark(picture: Picture, chance: Chance) -> Picture:
    """Scanned far too dark: strokes run together, the paper is grey."""
    small = cv2.erode(_turned(_scaled(picture, 200), chance.uniform(-1, 1)), np.ones((2, 2), np.uint8))
    return _noisy(np.clip(small.astype(np.float32) * 0.72 - 8, 0, 255).astype(np.uint8), chance, 6)


WEAR: Mapping[str, Wear] = MappingProxyType(
    {
        one.__name__: one
        for one in (
            *(scanner, fine, tilted, grey, low_ink, fax, fax_coarse, copies, specks, coarse_150, coarse_110),
            *(streaks, folded, holes, sealed, phone, phone_steep, phone_dim, phone_curl, phone_dim_curl),
            *(sideways, upside_down, squeezed, shining_through, cropped, overexposed, too_dark),
        )
    }
)
"""Every way of wearing a page, by name."""
