"""Seals: the ink found on a page whose seals were lifted in, the ink without what the seals left behind out.

JPEG parts a seal's colour from its brightness, so that the edges of its ring
and of its characters stay behind as grey threads. They are pale beside the
page's writing, and they lie on red ink or right beside it.
"""

from __future__ import annotations

import cv2
import numpy as np

from intake.engine import Picture
from intake.page import Gray, Mask, redness_of

_RED = 24
_LEAST = 1e-4
"""The share of a page that is red at least where a seal stands on it."""
_BESIDE = 0.5
"""How far beside red ink a thread may lie, in text heights."""
_PALE = 0.5
"""From here on ink is pale: the way from the writing's darkness to paper."""
_PAPER = 235.0
_DARK = 0.25
"""The share of a stroke that is darker than that."""


def has_seal(picture: Picture) -> bool:
    """Whether anything on a page is as red as a seal."""
    few = np.ascontiguousarray(picture[::3, ::3])
    return bool(
        cv2.countNonZero(cv2.inRange(redness_of(few), _RED, 255)) >= _LEAST * few.shape[0] * few.shape[1]
    )


def without_remnants(ink: Mask, gray: Gray, picture: Picture, line: float) -> Mask:
    """The ink without pale threads on a seal or beside it; the picture in colours may be coarser."""
    red = cv2.inRange(redness_of(picture), _RED, 255)
    reach = max(3, round(line * _BESIDE * 2 * len(picture) / len(ink))) | 1
    spread = cv2.dilate(red, np.ones((reach, reach), np.uint8))
    near = cv2.resize(spread, ink.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    inked = ink > 0
    writing = gray[inked & ~near]
    if not writing.size or not (inked & near).any():
        return ink
    dark = float(np.percentile(writing, 10))
    limit = dark + (_PAPER - dark) * _PALE
    count, labels = cv2.connectedComponents(ink, connectivity=8)
    strokes = labels[inked]
    size = np.bincount(strokes, minlength=count)
    close = np.bincount(strokes, near[inked], minlength=count)
    firm = np.bincount(strokes, gray[inked] < limit, minlength=count)
    remnants = (close > size * 0.5) & (firm < size * _DARK)
    return np.where(remnants[labels], 0, ink).astype(np.uint8)
