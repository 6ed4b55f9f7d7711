"""Pen on print: a line of printed words in, whether a pen was at work on it out.

Whoever strikes out or mends what was printed leaves a stroke that joins
characters which print keeps apart, or ink of another colour.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from intake.page import Mask
from intake.writing import Box, Stretch, Writing

_WIDE = 1.6
"""How far a stroke runs on at least, in heights of the writing: no character of print is so wide."""
_LEANS = 0.2
"""How far the stroke may lean within that width, in heights of the writing."""
_BLUER = 36
"""By so many levels a pen's ink is bluer than the paper; black print is as grey as its paper."""
_SHARE = 0.08
"""From such a share of a line's ink on the colour is a pen's and no fringe of print."""


def is_penned(writing: Writing, lines: Sequence[Stretch]) -> bool:
    """Whether a pen was at work on any of these lines of print."""
    return any(_is_struck(writing, one.box) or _is_coloured(writing, one.box) for one in lines)


def _is_struck(writing: Writing, box: Box) -> bool:
    x0, y0, x1, y1 = box
    height = max(y1 - y0, writing.page.line)
    return _has_stroke(writing.all_ink[y0:y1, x0:x1], height)


def _has_stroke(ink: Mask, height: float) -> bool:
    wide, leans = round(height * _WIDE), max(1, round(height * _LEANS))
    if ink.shape[1] < wide:
        return False
    # Beyond a picture's edge OpenCV takes everything for ink.
    framed = cv2.copyMakeBorder(ink, 0, 0, wide, wide, cv2.BORDER_CONSTANT, value=(0.0,))
    thick = cv2.dilate(framed, np.ones((leans, 1), np.uint8))
    return bool(cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, wide), np.uint8)).any())


def _is_coloured(writing: Writing, box: Box) -> bool:
    x0, y0, x1, y1 = box
    colours = writing.page.coloured(box).astype(np.int16)
    ink = writing.all_ink[y0:y1, x0:x1] > 0
    bluer = colours[..., 0] - colours[..., 2]
    if ink.shape != bluer.shape or not ink.any() or ink.all():
        return False
    return bool((bluer[ink] > np.median(bluer[~ink]) + _BLUER).mean() > _SHARE)
