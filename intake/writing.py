"""The writing in a cell: its ink, cut into lines of text ready for an engine.

In come a flat `Page` and the boxes of its cells; out come line crops with
white around them, ruled lines and loose specks left out. A cell without ink
gives no line: an empty cell is known as empty before any engine looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.engine import Picture
from intake.page import Mask, Page, ink_mask, line_masks
from intake.pixels import shade
from intake.rings import outlined
from intake.seals import has_seal, without_remnants
from intake.striking import struck

Box = tuple[int, int, int, int]

_HIGHER = 1.3
"""How high ink is at least that is no character alone, in text heights."""
_PAD = 0.6
"""White around a line's ink, in text heights (16 pixels at 200 dpi measured best)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One line of writing: the box of its ink in page pixels and the crop an engine reads.

    `origin` is the page place (x, y) of the crop's first pixel; crop pixels
    are page pixels.
    """

    box: Box
    crop: Picture
    origin: tuple[int, int]


@dataclass(frozen=True)
class Writing:
    """The ink of a page and how to cut it.

    Where marks were taken away, `cleared` is the ink without them and `cleaned`
    what crops are cut from.
    """

    page: Page
    cleared: Mask | None = None
    cleaned: NDArray[Any] | None = None

    def lines(self, box: Box) -> tuple[Stretch, ...]:
        """The lines of writing inside a box, from top to bottom; none when it is empty."""
        marks = self.marks(box)
        if not marks:
            return ()
        bands = _bands(marks, self.page.line)
        return tuple(self._stretch(band, box) for band in bands)

    def printed_lines(self, box: Box) -> tuple[Stretch, ...]:
        """The lines of printed words inside a box, whatever a mark that is higher than they are touches."""
        marks = self.marks(box)
        high = [mark for mark in marks if mark[3] - mark[1] > self.page.line * _HIGHER]
        low = [mark for mark in marks if mark not in high]
        if not low or not high:
            return self.lines(box)
        bands = _bands(low, self.page.line)
        alone = [mark for mark in high if not any(_runs_through(mark, band) for band in bands)]
        bands = sorted([*(_with_ends(band, high) for band in bands), *alone], key=lambda band: band[1])
        return tuple(self._stretch(band, box) for band in bands)

    def rings(self, box: Box) -> tuple[Box, ...]:
        """The rings inside a box that were drawn round a number or a word: roomier than any character."""
        return tuple(_shifted(cv2.boundingRect(hole), box) for hole in self._holes(box))

    def without_rings(self, box: Box) -> Writing:
        """The same writing with the strokes of the rings inside a box taken away, what they enclose kept."""
        stroke = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
        reach = round(self.page.line * 0.3) | 1
        for hole in self._holes(box):
            filled = cv2.drawContours(np.zeros_like(stroke), [hole], -1, 255, cv2.FILLED)
            outer = cv2.dilate(filled, np.ones((reach, reach), np.uint8))
            inner = cv2.erode(filled, np.ones((3, 3), np.uint8))
            stroke[cv2.subtract(outer, inner) > 0] = 255
        ink, gray = self.ink.copy(), self._lettering.copy()
        ink[box[1] : box[3], box[0] : box[2]][stroke > 0] = 0
        gray[box[1] : box[3], box[0] : box[2]][stroke > 0] = 255
        return Writing(self.page, ink, gray)

    def _holes(self, box: Box) -> list[NDArray[Any]]:
        x0, y0, x1, y1 = box
        ink = self.ink[y0:y1, x0:x1]
        contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        outers = tree[0][:, 3] if tree is not None else []
        found = [
            hole for hole, outer in zip(contours, outers, strict=True) if outer >= 0 and self._is_roomy(hole)
        ]
        return found or list(outlined(ink, self.page.line))

    def _is_roomy(self, hole: NDArray[Any]) -> bool:
        _, _, w, h = cv2.boundingRect(hole)
        line = self.page.line
        return line * 1.06 < h < line * 2.3 and 0.6 < w / h < 3.0 and cv2.contourArea(hole) > 0.6 * w * h

    def uncrossed(self, stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
        """The same lines without what is crossed out in them; a line wholly crossed out is left out."""
        kept: list[Stretch] = []
        for stretch in stretches:
            spans = self.crossed(stretch.box)
            kept += self._beside(stretch.box, spans) if spans else (stretch,)
        return tuple(kept)

    def crossed(self, band: Box) -> tuple[tuple[int, int], ...]:
        """From where to where, in page pixels, a line of writing is crossed out."""
        x0, y0, x1, y1 = band
        return tuple(
            (x0 + start, x0 + end) for start, end in struck(self.all_ink[y0:y1, x0:x1], self.page.line)
        )

    def _beside(self, band: Box, spans: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
        """What a line holds between the spans, those widened to whole strokes."""
        loose = round((band[3] - band[1]) * 0.12)
        starts = [band[0], *(end + loose for _, end in spans)]
        ends = [*(start - loose for start, _ in spans), band[2]]
        for start, end in zip(starts, ends, strict=True):
            if end - start > self.page.line * 0.25:
                yield from self.lines((start, band[1], end, band[3]))

    def marks(self, box: Box) -> list[Box]:
        """The boxes of connected ink inside a box, loose specks and remnants of ruled lines left out."""
        x0, y0, x1, y1 = box
        part = self.ink[y0:y1, x0:x1]
        if not part.size or not part.any():
            return []
        _, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
        found = [(int(x), int(y), int(w), int(h), int(area)) for x, y, w, h, area in stats[1:]]
        found = [mark for mark in found if not self._is_remnant(mark, part.shape)]
        least = self.page.line * 0.4
        big = [mark for mark in found if max(mark[2], mark[3]) >= least]
        kept = [
            mark
            for mark in found
            if max(mark[2], mark[3]) >= least or _has_company(mark, big, self.page.line)
        ]
        return [(x0 + x, y0 + y, x0 + x + w, y0 + y + h) for x, y, w, h, _ in kept]

    def crop(self, box: Box) -> Picture:
        """The lifted picture inside a box with white around it."""
        x0, y0, x1, y1 = box
        pad = round(self.page.line * _PAD)
        gray = self._lettering[max(y0, 0) : y1, max(x0, 0) : x1]
        padded = cv2.copyMakeBorder(gray, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(255.0,))
        return cv2.cvtColor(padded, cv2.COLOR_GRAY2BGR)

    def _stretch(self, band: Box, cell: Box) -> Stretch:
        loose = max(1, round(self.page.line * 0.12))
        x0, y0 = max(band[0] - loose, cell[0]), max(band[1] - loose, cell[1])
        x1, y1 = min(band[2] + loose, cell[2]), min(band[3] + loose, cell[3])
        pad = round(self.page.line * _PAD)
        return Stretch(band, self.crop((x0, y0, x1, y1)), (x0 - pad, y0 - pad))

    def _is_remnant(self, mark: tuple[int, int, int, int, int], shape: tuple[int, ...]) -> bool:
        """Ink of a ruled line that reached into the cell: thin, and along one of its sides."""
        x, y, w, h, _ = mark
        thin, height, width = self.page.line * 0.25, shape[0], shape[1]
        beside = x <= 1 or x + w >= width - 1
        over = y <= 1 or y + h >= height - 1
        return (beside and w <= thin and h > w) or (over and h <= thin and w > h)

    @cached_property
    def ink(self) -> Mask:
        """All ink that is no ruled line."""
        if self.cleared is not None:
            return self.cleared
        page = self.page
        ink = cv2.subtract(self.all_ink, self._rules)
        if not has_seal(page.file):
            return ink
        return without_remnants(ink, page.ink, page.overview(), page.line)

    @cached_property
    def all_ink(self) -> Mask:
        """All ink, ruled lines included."""
        return ink_mask(self.page.ink, self.page.line)

    @cached_property
    def _rules(self) -> Mask:
        long = self.page.line * 1.6
        across, down = line_masks(self.all_ink, long)
        return cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))

    @cached_property
    def _lettering(self) -> NDArray[Any]:
        """The grey page with paper made white, so that a crop has no grounds of its own."""
        if self.cleaned is not None:
            return self.cleaned
        dark = shade(self.page.ink[::3, ::3], 1)
        scaled = (np.arange(256) - dark) * (255.0 / max(235.0 - dark, 60.0))
        return cv2.LUT(self.page.ink, np.clip(scaled, 0, 255).astype(np.uint8))


def _runs_through(mark: Box, band: Box) -> bool:
    """Whether a mark covers most of the height of a line."""
    return min(mark[3], band[3]) - max(mark[1], band[1]) > (band[3] - band[1]) / 2


def _with_ends(band: Box, high: Sequence[Box]) -> Box:
    """A line's band made as wide as the high marks that run through it."""
    through = [mark for mark in high if _runs_through(mark, band)]
    x0, x1 = min([band[0], *(mark[0] for mark in through)]), max([band[2], *(mark[2] for mark in through)])
    return x0, band[1], x1, band[3]


def _shifted(rectangle: Sequence[int], box: Box) -> Box:
    x, y, w, h = rectangle
    return box[0] + x, box[1] + y, box[0] + x + w, box[1] + y + h


def inside(box: Box, line: float) -> Box:
    """The part of a cell's box within its ruled lines."""
    inset = max(2, round(line * 0.1))
    x0, y0, x1, y1 = box
    return x0 + inset, y0 + inset, x1 - inset, y1 - inset


def _has_company(
    mark: tuple[int, int, int, int, int], big: list[tuple[int, int, int, int, int]], line: float
) -> bool:
    """Whether a speck lies where a comma, a dot or a stroke of a character would."""
    x, y, w, h, _ = mark
    if max(w, h) < line * 0.08:
        return False
    reach = line * 0.75
    return any(
        bx - reach <= x + w
        and x <= bx + bw + reach
        and by - line * 0.2 <= y + h
        and y <= by + bh + line * 0.2
        for bx, by, bw, bh, _ in big
    )


def _bands(marks: list[Box], line: float) -> list[Box]:
    """Marks gathered into lines of text."""
    tall = [mark for mark in marks if mark[3] - mark[1] >= line * 0.4] or marks
    top, bottom = min(mark[1] for mark in marks), max(mark[3] for mark in marks)
    profile = np.zeros(bottom - top + 1, np.int32)
    for x0, y0, x1, y1 in tall:
        profile[y0 - top : y1 - top] += x1 - x0
    rows = _runs(profile, line)
    bands: list[list[Box]] = [[] for _ in rows]
    for mark in marks:
        middle = (mark[1] + mark[3]) / 2 - top
        nearest = min(range(len(rows)), key=lambda index: _distance(middle, rows[index]))
        bands[nearest].append(mark)
    return [_around(band) for band in bands if band]


def _runs(profile: NDArray[np.int32], line: float) -> list[tuple[int, int]]:
    """The stretches of rows that hold one line of text each."""
    filled = np.flatnonzero(profile > 0)
    runs = [
        (int(run[0]), int(run[-1]) + 1) for run in np.split(filled, np.flatnonzero(np.diff(filled) > 1) + 1)
    ]
    runs = _together(runs, line)
    cut: list[tuple[int, int]] = []
    for start, end in runs:
        cut += _cut(profile, start, end, line)
    return cut


def _together(runs: list[tuple[int, int]], line: float) -> list[tuple[int, int]]:
    """Runs that are parts of one line (a radical over another) joined."""
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        low = end - start < line * 0.6
        if (
            joined
            and start - joined[-1][1] <= line * 0.4
            and end - joined[-1][0] <= line * 1.35
            and (low or joined[-1][1] - joined[-1][0] < line * 0.6)
        ):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _cut(profile: NDArray[np.int32], start: int, end: int, line: float) -> list[tuple[int, int]]:
    """A run too tall for one line, cut at its thinnest rows."""
    count = round((end - start) / (line * 1.3))
    if end - start < line * 1.75 or count < 2:
        return [(start, end)]
    stops = [start]
    for index in range(1, count):
        guess = start + (end - start) * index / count
        low, high = round(guess - line * 0.45), round(guess + line * 0.45)
        stops.append(low + int(profile[low:high].argmin()))
    stops.append(end)
    return list(pairwise(stops))


def _distance(middle: float, run: tuple[int, int]) -> float:
    start, end = run
    return 0.0 if start <= middle < end else min(abs(middle - start), abs(middle - end))


def _around(marks: list[Box]) -> Box:
    return (
        min(mark[0] for mark in marks),
        min(mark[1] for mark in marks),
        max(mark[2] for mark in marks),
        max(mark[3] for mark in marks),
    )
