"""Striking out: the ink of a written line in, the stretches that a pen or a word processor crossed out.

A line through the middle of words, wider than any stroke of a character, with
ink above and below it nearly all along. A rule over or under the words has
ink on one side only, and a streak of the scanner runs on beyond them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.page import Mask

_WIDE = 1.7
"""How wide a crossing line is at least, in heights of the writing: wider than a figure with its neighbour."""
_LOW = 0.85
"""How low small figures stand beside ordinary text."""
_WAVERS = 0.10
"""How far the line may waver within that width, in heights of the writing."""
_CROSSED = 0.55
"""The share of its columns with ink both above and below."""
_GAP, _JUTS = 0.1, 0.15
"""From such a gap on words stand apart; so far from the ends of its words the line may end."""

Span = tuple[int, int]


def struck(ink: Mask, line: float) -> tuple[Span, ...]:
    """From where to where (columns) a line of writing is crossed out.

    `ink` is cut around the line, `line` the height of the page's ordinary text.
    """
    height, width = ink.shape
    if not height or not width:
        return ()
    size = max(height, line * _LOW)
    spans = [
        (x0, x1)
        for x0, y0, x1, y1 in _runs(ink, round(size * _WIDE), round(height * _WAVERS))
        if _is_crossing(ink[:, x0:x1], y0, y1) and _is_whole(ink, x0, x1)
    ]
    return _joined(spans, height)


def _runs(ink: Mask, wide: int, wavers: int) -> list[tuple[int, int, int, int]]:
    """The boxes of all nearly straight, nearly level runs of ink."""
    # Beyond a picture's edge OpenCV takes everything for ink.
    framed = cv2.copyMakeBorder(ink, 0, 0, wide, wide, cv2.BORDER_CONSTANT, value=(0.0,))
    thick = cv2.dilate(framed, np.ones((max(1, wavers), 1), np.uint8))
    opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, max(3, wide)), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    return [
        (max(int(x) - wide, 0), int(y), min(int(x + w) - wide, ink.shape[1]), int(y + h))
        for x, y, w, h, _ in np.asarray(stats)[1:]
    ]


def _is_crossing(part: Mask, y0: int, y1: int) -> bool:
    """Whether a run lies in the middle of several characters, thin, ink above and below all along."""
    height = part.shape[0]
    if not 0.25 < (y0 + y1) / 2 / height < 0.8 or y1 - y0 > height * 0.34:
        return False
    above, below = _inked(part[: y0 + 1], height), _inked(part[y1 - 1 :], height)
    crossed = float((above & below).mean())
    return crossed >= _CROSSED and _pieces(part, y0, y1) > 1


def _pieces(part: Mask, y0: int, y1: int) -> int:
    """How many pieces side by side are left without the run: one for a character's own stroke."""
    rest = np.vstack((part[:y0], part[y1:])).any(axis=0)
    return int((np.diff(np.concatenate(([0], rest.astype(np.int8)))) == 1).sum())


def _is_whole(ink: Mask, x0: int, x1: int) -> bool:
    """Whether a run covers whole words: a gap, or nothing more, lies near each of its ends."""
    height, columns = ink.shape[0], np.asarray(ink.any(axis=0))
    gap, juts = max(1, round(height * _GAP)), max(1, round(height * _JUTS))
    return _ends(columns[x1:], gap, juts) and _ends(columns[:x0][::-1], gap, juts)


def _ends(columns: NDArray[np.bool_], gap: int, juts: int) -> bool:
    near = columns[: juts + gap]
    if len(near) < juts + gap:
        return int(near.sum()) <= juts
    return any(not near[start : start + gap].any() for start in range(juts + 1))


def _inked(part: Mask, height: int) -> NDArray[np.bool_]:
    """Which columns hold ink, gaps within a character closed."""
    columns = np.asarray(part.any(axis=0), np.uint8).reshape(1, -1)
    reach = max(1, round(height * 0.3))
    closed = cv2.morphologyEx(columns, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    return np.asarray(np.asarray(closed).any(axis=0))


def _joined(spans: list[Span], height: int) -> tuple[Span, ...]:
    """Spans that overlap or all but touch, as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + height * 0.3:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)
