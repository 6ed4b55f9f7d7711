"""Blank pages: a picture of one side of a sheet in, how much ink stands on it out.

What the other side lets through, punch holes, staples, creases and the dark
edges of a scanner are no ink. All sizes are shares of the page's long side,
all shades are relative to the paper around.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.engine import Picture

_LONG = 1200
"""Long side, in pixels, of the copy that is measured: about 100 dpi of an A4 page."""
_MM = _LONG / 297.0
_STRONG, _FAINT = 0.66, 0.9
"""Shades beside the paper: ink is darker than the first, the other side's shows through up to the second."""
_DARK_ROOM = 60
"""A picture whose paper is darker than this grey shows no paper."""
_LEAST, _SURE = 1.5, 5.0
"""Long side of a mark in mm: smaller ones are dust; a single one so large is writing."""
_FEW = 3
_HOLE, _MARGIN = (3.5, 10.0), 30.0
"""Punched holes: their size in mm, and how far from the edge they can begin."""
_SOME_FAINT = 0.002


@dataclass(frozen=True, slots=True)
class Ink:
    """The ink of a page: its share of the page, whether that is writing, and what shows faintly."""

    share: float
    written: bool
    faint: float

    @property
    def is_clean(self) -> bool:
        """Whether not even faint marks stand on the page, so that it need not be read."""
        return not self.written and self.faint < _SOME_FAINT


def ink_on(picture: Picture) -> Ink:
    """How much ink stands on a page."""
    shades = _beside_paper(picture)
    strong = (shades < _STRONG).astype(np.uint8)
    marks = _marks(strong)
    large = [one for one in marks if one.long >= _LEAST and not one.is_thin]
    thin = sum(one.is_thin for one in marks)
    written = any(one.long >= _SURE for one in large) or len(large) > _FEW or thin > _FEW
    dark = float(np.median(picture)) < _DARK_ROOM
    inside = shades[_edge() : -_edge(), _edge() : -_edge()]
    return Ink(
        share=sum(one.area for one in marks) / shades.size,
        written=written or dark,
        faint=float((inside < _FAINT).mean()),
    )


@dataclass(frozen=True, slots=True)
class _Mark:
    """A connected piece of ink: its sides in mm, its area in pixels."""

    long: float
    short: float
    area: float

    @property
    def is_thin(self) -> bool:
        """Whether it is a crease, a staple or a streak rather than a stroke."""
        return self.short < 1.2 and self.long > 6 * self.short and self.long > _SURE


def _edge() -> int:
    return round(4 * _MM)


def _beside_paper(picture: Picture) -> NDArray[Any]:
    """Each pixel's darkest channel as a share of the paper around it."""
    scale = _LONG / max(picture.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how).min(axis=2)
    coarse = cv2.resize(small, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    reach = round(2 * _MM) | 1
    paper = cv2.medianBlur(cv2.dilate(coarse, np.ones((reach, reach), np.uint8)), reach)
    around = cv2.resize(paper, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(small / np.maximum(around, 1).astype(np.float32))


def _marks(mask: NDArray[np.uint8]) -> list[_Mark]:
    """The pieces of ink that do not come in from the edge and are no punched hole."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = mask.shape
    found: list[_Mark] = []
    for label, (x, y, wide, high, area) in enumerate(stats[1:], start=1):
        to_edge = min(x, y, width - x - wide, height - y - high)
        part = labels[y : y + high, x : x + wide] == label
        if to_edge > _edge() and area > 2 and not (to_edge < _MARGIN * _MM and _is_round(part)):
            sides = cv2.minAreaRect(np.argwhere(part).astype(np.float32))[1]
            found.append(_Mark((max(sides) + 1) / _MM, (min(sides) + 1) / _MM, float(area)))
    return found


def _is_round(part: NDArray[np.bool_]) -> bool:
    """Whether a piece of ink is a disc or a ring of the size of a punched hole, or the best part of one."""
    high, wide = part.shape
    if not _HOLE[0] * _MM < max(high, wide) < _HOLE[1] * _MM or min(high, wide) < 0.7 * max(high, wide):
        return False
    outlines, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(np.concatenate(outlines))
    round_area = np.pi / 4 * high * wide
    return bool(0.85 * round_area < cv2.contourArea(hull) < 1.12 * round_area) and _is_even(part)


def _is_even(part: NDArray[np.bool_]) -> bool:
    """Whether all of a disc is dark, or only a rim: a character has strokes inside."""
    high, wide = part.shape
    middle = part[round(high * 0.3) : round(high * 0.7), round(wide * 0.3) : round(wide * 0.7)]
    return bool(middle.mean() > 0.9 or middle.mean() < 0.1)
