"""Quality: the measured reason why a picture of a page should be taken again.

Asked only about pages that could not be read: what reads well is good enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import cv2
import numpy as np

from intake.engine import Picture
from intake.page import Gray, Points, ink_mask, lifted, text_height
from records.findings import Facts, Reason

_GLANCE = 1800
"""Long side, in pixels, of the copy on which a picture is judged."""
_NOTHING = 0.05
"""A picture whose shades lie nearer together than this share of the full range shows nothing at all."""
_DARK, _PALE = 25, 25
"""How light paper is at least, and how much darker ink is at least, in percent of the full range."""
_COARSE = 8.0
"""How many pixels high characters are at least."""
_BLURRED = 30
"""How wide the edges of strokes are at most, in percent of the text height."""
_SLANTED = 150
"""How long a side of the table is at most, in percent of the opposite side."""
_AT_EDGE = 0.004
"""How near to the picture's edge a table counts as cut off, as a share of the picture's long side."""


def fault(picture: Picture, tables: Sequence[Points]) -> Reason | None:
    """What is wrong with the picture itself, the worst first; None when nothing of the kind was measured.

    `tables` are the corners of the tables that were found on it.
    """
    scale = min(1.0, _GLANCE / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    luma = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    darkest, lightest = np.percentile(luma, (0.1, 99.9))
    if lightest - darkest < 255 * _NOTHING:
        return None
    gray = lifted(small)
    line = text_height(ink_mask(gray, max(gray.shape) / 100))
    placed = (_cut_off(corners, picture) or _slanted(corners) for corners in tables)
    return (
        _dark(luma)
        or _coarse(line / scale)
        or _blurred(gray, line)
        or _pale(gray)
        or next((reason for reason in placed if reason is not None), None)
    )


def _facts(**facts: object) -> Facts:
    return MappingProxyType({name: str(fact) for name, fact in facts.items()})


def _dark(luma: Gray) -> Reason | None:
    """Paper without light."""
    percent = round(float(np.percentile(luma, 80)) / 2.55)
    return Reason("scan_dark", _facts(percent=percent, least=_DARK)) if percent < _DARK else None


def _pale(gray: Gray) -> Reason | None:
    """Ink that hardly stands out from its paper."""
    percent = 100 - round(float(np.percentile(gray, 0.5)) / 2.55)
    return Reason("scan_pale", _facts(percent=percent, least=_PALE)) if percent < _PALE else None


def _coarse(line: float) -> Reason | None:
    """Characters of too few pixels; `line` is their height in the file's own."""
    if line >= _COARSE:
        return None
    return Reason("scan_coarse", _facts(pixels=f"{line:.0f}", least=f"{_COARSE:.0f}"))


def _blurred(gray: Gray, line: float) -> Reason | None:
    """Strokes without edges: even the sharpest change from paper to ink is a wide one."""
    wide = float(np.percentile(gray, 99.5) - np.percentile(gray, 0.5))
    steps = cv2.magnitude(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1)) / 8
    steepest = float(np.percentile(steps, 99.7))
    percent = round(100 * wide / max(steepest, 1.0) / line)
    return Reason("scan_blurred", _facts(percent=percent, most=_BLURRED)) if percent > _BLURRED else None


def _cut_off(corners: Points, picture: Picture) -> Reason | None:
    """A table that runs out of the picture."""
    height, width = picture.shape[:2]
    near = _AT_EDGE * max(height, width)
    x, y = corners[:, 0], corners[:, 1]
    sides = sum(
        bool(beyond)
        for beyond in (x.min() < near, y.min() < near, x.max() > width - near, y.max() > height - near)
    )
    return Reason("table_cut_off", _facts(sides=sides)) if sides else None


def _slanted(corners: Points) -> Reason | None:
    """A photo taken too much from the side."""
    top, right, bottom, left = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    percent = round(100 * float(max(top / bottom, bottom / top, left / right, right / left)))
    return Reason("scan_slanted", _facts(percent=percent, most=_SLANTED)) if percent > _SLANTED else None
