"""Blank pages: a picture of one side of a sheet in, how much ink stands on it out.

What the other side lets through, punch holes, staples, creases and the dark
edges of a scanner are no ink. All sizes are shares of the page's long side,
all shades are relative to the paper around.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.engine import Picture
from intake.pixels import averaged, darkest, resized, shade

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
_MUCH_FAINT = 0.06
"""Share of faint marks that is more than the other side lets through; a form out of focus has twice that."""


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

    @property
    def may_shine_through(self) -> bool:
        """Whether all that stands on the page may be the other side's."""
        return not self.written and self.faint < _MUCH_FAINT


def ink_on(picture: Picture) -> Ink:
    """How much ink stands on a page."""
    shades = _beside_paper(picture)
    strong = (shades < _STRONG).astype(np.uint8)
    marks = list(_marks(strong))
    few = picture[::8, ::8]
    dark = shade(few.reshape(len(few), -1), 50) < _DARK_ROOM  # all channels: yellow light has hardly any blue
    inside = shades[_edge() : -_edge(), _edge() : -_edge()]
    return Ink(
        share=sum(one.area for one in marks) / shades.size,
        written=_is_written(marks) or dark,
        faint=float((inside < _FAINT).mean()),
    )


def _is_written(marks: Iterable[_Mark]) -> bool:
    """Whether marks are writing: a large one, or more than a few that are no dust; the first ones tell."""
    large = thin = 0
    for mark in marks:
        if mark.reach < _LEAST:
            continue
        short, long = mark.sides
        is_thin = short < 1.2 and long > 6 * short and long > _SURE
        if not is_thin and long >= _SURE:
            return True
        thin += is_thin
        large += long >= _LEAST and not is_thin
        if max(large, thin) > _FEW:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Mark:
    """A connected piece of ink: its pixels within the box around it, and how many they are."""

    part: NDArray[np.bool_]
    area: float

    @property
    def reach(self) -> float:
        """How long it can be at most, in mm."""
        return (float(np.hypot(*self.part.shape)) + 1) / _MM

    @property
    def sides(self) -> tuple[float, float]:
        """Its short and its long side in mm, however it lies: a crease, a staple or a streak is thin."""
        sides = cv2.minAreaRect(np.argwhere(self.part).astype(np.float32))[1]
        return (min(sides) + 1) / _MM, (max(sides) + 1) / _MM


def _edge() -> int:
    return round(4 * _MM)


def _beside_paper(picture: Picture) -> NDArray[Any]:
    """Each pixel's darkest channel as a share of the paper around it."""
    small = darkest(resized(picture, _LONG / max(picture.shape[:2])))
    coarse = averaged(small, 4)
    reach = round(2 * _MM) | 1
    paper = cv2.medianBlur(cv2.dilate(coarse, np.ones((reach, reach), np.uint8)), reach)
    around = cv2.resize(paper, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(small / np.maximum(around, 1).astype(np.float32))


def _marks(mask: NDArray[np.uint8]) -> Iterator[_Mark]:
    """The pieces of ink that do not come in from the edge and are no punched hole."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = mask.shape
    x, y, wide, high, area = stats.T
    to_edge = np.minimum(np.minimum(x, y), np.minimum(width - x - wide, height - y - high))
    for label in np.flatnonzero((to_edge > _edge()) & (area > 2) & (np.arange(len(stats)) > 0)):
        left, top = x[label], y[label]
        part = labels[top : top + high[label], left : left + wide[label]] == label
        if not (to_edge[label] < _MARGIN * _MM and _is_round(part)):
            yield _Mark(part, float(area[label]))


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
