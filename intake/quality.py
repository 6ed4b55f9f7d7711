"""Quality: the measured reason why a picture of a page should be taken again.

Asked only about pages that could not be read, or on which much of a form was
not found: what reads well is good enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_CURLED = 5
"""How many degrees a ruled line may turn at most on its way across the page."""
_SPOTS, _FEWEST = 7, 40
"""At so many spots along the lines their direction is asked, of at least so many pieces in all."""
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
    slanted = (_slanted(corners) for corners in tables)
    return (
        _dark(luma)
        or _coarse(line / scale)
        or _blurred(gray, line)
        or _pale(gray)
        or _bent(gray, line, picture, tables)
        or next((reason for reason in slanted if reason is not None), None)
    )


def misshapen(picture: Picture, tables: Sequence[Points]) -> Reason | None:
    """What keeps a part of the form out of sight, however clear the rest is; None when nothing does."""
    scale = min(1.0, _GLANCE / max(picture.shape[:2]))
    gray = lifted(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    return _bent(gray, text_height(ink_mask(gray, max(gray.shape) / 100)), picture, tables)


def _bent(gray: Gray, line: float, picture: Picture, tables: Sequence[Points]) -> Reason | None:
    cut = (_cut_off(corners, picture) for corners in tables)
    return _curled(gray, line) or next((reason for reason in cut if reason is not None), None)


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


def _curled(gray: Gray, line: float) -> Reason | None:
    """Paper that did not lie flat: its ruled lines turn on their way."""
    degrees = round(max(_turning(pieces) for pieces in _straight_pieces(gray, line)))
    return Reason("scan_curled", _facts(degrees=degrees, most=_CURLED)) if degrees > _CURLED else None


def _straight_pieces(gray: Gray, line: float) -> Iterator[Points]:
    """Straight pieces of the lines that run across, then of those down: along, across, degrees off."""
    found = cv2.HoughLinesP(
        ink_mask(gray, line),
        1,
        np.pi / 720,
        round(line * 3),
        minLineLength=line * 3.5,
        maxLineGap=line * 0.15,
    )
    pieces = np.empty((0, 4)) if found is None else found.reshape(-1, 4).astype(np.float64)
    for turned in (False, True):
        x0, y0, x1, y1 = (pieces[:, [1, 0, 3, 2]] if turned else pieces).T
        degrees = np.degrees(np.arctan2((y1 - y0) * np.sign(x1 - x0), np.abs(x1 - x0)))
        level = np.abs(degrees) < 30
        yield np.stack([(x0 + x1) / 2, (y0 + y1) / 2, degrees], axis=-1)[level].astype(np.float32)


def _turning(pieces: Points) -> float:
    """How many degrees lines turn along their way; that they fan out, as in a photo from aside, is none."""
    if len(pieces) < _FEWEST:
        return 0.0
    along, across, degrees = pieces.T
    first, last = (float(np.percentile(along, share)) for share in (2, 98))
    edges = np.linspace(first, last, _SPOTS + 1)
    spots = np.digitize(along, edges[1:-1])
    there = [spots == spot for spot in range(_SPOTS)]
    seen = [one for one in there if one.sum() > _FEWEST / _SPOTS]
    if len(seen) < 2:
        return 0.0
    fanning = np.median([_slope(across[one], degrees[one]) for one in seen])
    level = degrees - fanning * (across - across.mean())
    turned = [float(np.median(level[one])) for one in seen]
    return max(turned) - min(turned)


def _slope(places: Points, degrees: Points) -> float:
    off = places - places.mean()
    return float((off * degrees).sum() / max(float((off**2).sum()), 1.0))


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
