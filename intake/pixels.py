"""Pixels: a picture made larger or smaller, its darkest channel, the shade of a share of its pixels."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]

_SPREAD = 0.66
"""Below this scale every second pixel may have next to no weight between its neighbours."""


def resized(picture: Pixels, scale: float) -> Pixels:
    """The picture at another scale; made smaller, each of its pixels still counts.

    Whole factors are averaged; for the rest, less than a halving, pixels are
    spread so that none falls between two that are looked at. OpenCV's own area
    is as careful and ten times slower.
    """
    if scale == 1.0:
        return picture
    if scale > 1.0:
        return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    whole = int(1.0 / scale + 1e-6)
    if whole > 1:
        picture, scale = averaged(picture, whole), scale * whole
    if min(picture.shape[:2]) * scale < 1:
        return picture[:1, :1]
    if scale < _SPREAD:
        picture = cv2.GaussianBlur(picture, (3, 3), 0)
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)


def averaged(picture: Pixels, factor: int) -> Pixels:
    """The picture a whole number of times smaller; an edge that fills no pixel is left out."""
    high, wide = max(picture.shape[0] // factor, 1), max(picture.shape[1] // factor, 1)
    return cv2.resize(picture[: high * factor, : wide * factor], (wide, high), interpolation=cv2.INTER_AREA)


def darkest(picture: Pixels) -> Pixels:
    """The darkest channel of each pixel."""
    blue, green, red = cv2.split(np.ascontiguousarray(picture))
    return cv2.min(cv2.min(blue, green), red)


def shade(gray: Pixels, percent: float) -> float:
    """The shade below which so many percent of the pixels (of 8 bits) lie."""
    counts = np.cumsum(
        cv2.calcHist([np.ascontiguousarray(gray)], [0], None, [256], [0, 256]).ravel(), dtype=np.float64
    )
    place = percent / 100 * (counts[-1] - 1)
    low, high = np.searchsorted(counts, (np.floor(place), np.floor(place) + 1), side="right")
    return float(low + (min(high, 255) - low) * (place % 1.0))
