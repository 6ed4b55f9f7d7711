"""Rings: the ink of a cell in, the rings drawn round a number or a word out, each as what it encloses.

A ring whose ends do not meet, that touches what it encloses or that leaves the
cell encloses no white of its own: it is told by its outline, round, with ink
nearly all along and white inside of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.page import Mask

_HIGH, _WIDE = (1.25, 2.6), (0.6, 3.0)
"""How high a ring is, in text heights, and how wide for its height."""
_ROUND = (0.88, 1.13)
"""How large its outline is beside an ellipse of its width and height."""
_STROKE, _WITHIN = 0.14, 0.14
"""How far the stroke reaches inwards, and the white within it, in text heights."""
_SECTORS, _INKED, _WHITE = 24, 0.85, 0.6
"""Of its outline so many parts, as a share, have ink, and have white within."""


def outlined(ink: Mask, line: float) -> Iterator[NDArray[Any]]:
    """The contours of what rings enclose; `line` is the height of the page's text."""
    contours, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        hull = cv2.convexHull(contour)
        if _is_round(hull, line):
            stroke = _shrunk(ink.shape, hull, line * _STROKE)
            white = _shrunk(ink.shape, hull, line * (_STROKE + _WITHIN))
            outline = cv2.drawContours(np.zeros(ink.shape, np.uint8), [hull], -1, 255, cv2.FILLED)
            along = _parts(cv2.subtract(outline, stroke), ink, hull)
            within = _parts(cv2.subtract(stroke, white), cv2.bitwise_not(ink), hull)
            if along >= _INKED and within >= _WHITE:
                yield from cv2.findContours(stroke, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0][:1]


def _is_round(hull: NDArray[Any], line: float) -> bool:
    _, _, w, h = cv2.boundingRect(hull)
    share = cv2.contourArea(hull) / (np.pi / 4 * w * h)
    fits = line * _HIGH[0] < h < line * _HIGH[1] and _WIDE[0] < w / h < _WIDE[1]
    return bool(fits and _ROUND[0] < share < _ROUND[1])


def _shrunk(shape: tuple[int, ...], hull: NDArray[Any], by: float) -> Mask:
    """What a contour encloses, without a rim."""
    filled = cv2.drawContours(np.zeros(shape, np.uint8), [hull], -1, 255, cv2.FILLED)
    reach = 2 * max(1, round(by)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    # Beyond the cell lies nothing: a ring that leaves it is shrunk there, too.
    framed = cv2.copyMakeBorder(filled, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=(0.0,))
    return np.asarray(cv2.erode(framed, kernel)[reach:-reach, reach:-reach])


def _parts(rim: Mask, ink: Mask, hull: NDArray[Any]) -> float:
    """The share of the parts of a rim, seen from the middle, that ink fills by half."""
    x, y, w, h = cv2.boundingRect(hull)
    rows, columns = np.nonzero(rim)
    angles = np.arctan2((rows - y - h / 2) / h, (columns - x - w / 2) / w)
    parts = ((angles / (2 * np.pi) + 0.5) * _SECTORS).astype(int) % _SECTORS
    inked = ink[rows, columns] > 0
    filled = np.bincount(parts, inked, _SECTORS) / np.maximum(np.bincount(parts, minlength=_SECTORS), 1)
    return float((filled >= 0.5).mean())
