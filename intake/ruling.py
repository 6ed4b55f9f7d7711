"""The ruled lines of a flat page become a lattice of cells with spans.

In comes a `Page`; out come the cells' places and boxes, without text. A cell's
side counts as ruled when half of it is, so that dropouts and specks neither
merge nor split cells; streaks of a scanner are told from ruled lines because
they run out of the table or lie askew.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.page import Mask, Page, ink_mask, line_masks

_RULED = 0.5
"""The share of a cell's side that must be ruled."""
_REACH = 0.4
"""How far apart, in text heights, two strokes of one ruled line may lie."""
_ROW_OF_WRITING = 1.6
_FAINT = 0.6
_DROPPED_OUT = 0.4
"""The share of a rule's ink that may be left of it where it runs from crossing to crossing."""
_THINNEST = 0.7
"""The least width and height of a cell, in text heights."""
_STRAIGHT = 0.004
"""How far a ruled line may lie askew on a flat page, as rise over run."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A piece of ruled line: its place across, from where to where along; pixels."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Field:
    """A cell without text: place and spans from 0, box inside its ruled lines in page pixels."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: tuple[int, int, int, int]


def ruled_cells(page: Page) -> tuple[Field, ...]:
    """The cells of the table in reading order; empty when the lines make no lattice."""
    rows, columns = ruled_lines(page)
    lines_y = _gathered(rows, page.line * _REACH)
    lines_x = _gathered(columns, page.line * _REACH)
    if len(lines_y) < 2 or len(lines_x) < 2:
        return ()
    ys, xs = [line[0] for line in lines_y], [line[0] for line in lines_x]
    mask = ink_mask(page.ink, page.line)
    above = _sides(lines_y, xs, mask, page.line)
    before = _sides(lines_x, ys, np.ascontiguousarray(mask.T), page.line).T
    above[[0, -1]], before[:, [0, -1]] = True, True  # the table's frame is known
    owner = _without_slivers(_merged(above, before), xs, ys, page.line * _THINNEST)
    return _fields(owner, lines_x, lines_y, page.line)


def ruled_lines(page: Page) -> tuple[list[Stroke], list[Stroke]]:
    """The horizontal and the vertical strokes of the table, streaks and writing left out."""
    mask = ink_mask(page.ink, page.line, _FAINT)
    across, down = line_masks(mask, page.line)
    x0, y0, x1, y1 = page.frame
    rows = _table_strokes(across, (x0, x1), (y0, y1), page.line)
    columns = _table_strokes(np.ascontiguousarray(down.T), (y0, y1), (x0, x1), page.line)
    for _ in range(3):
        rows, columns = _joined(rows, columns, page.line), _joined(columns, rows, page.line)
    return rows, [stroke for stroke in columns if _is_rule(stroke, columns, mask, page.line)]


def _is_rule(stroke: Stroke, others: list[Stroke], mask: Mask, line: float) -> bool:
    """Whether a vertical stroke is no character's: where rows are low it goes on, or stands alone."""
    if stroke.end - stroke.start > line * _ROW_OF_WRITING:
        return stroke.end - stroke.start > line * 2.4 or _is_lonely(stroke, mask, line)
    near = line * 0.4
    return any(
        abs(other.at - stroke.at) < near
        and (abs(other.start - stroke.end) < near or abs(other.end - stroke.start) < near)
        for other in others
    )


def _is_lonely(stroke: Stroke, mask: Mask, line: float) -> bool:
    """Whether hardly any ink stands close to a vertical stroke, as the rest of a character would."""
    rows = slice(round(stroke.start + line * 0.2), round(stroke.end - line * 0.2))
    near, far = round(line * 0.2), round(line * 0.45)
    at = round(stroke.at)
    left, right = mask[rows, max(at - far, 0) : at - near], mask[rows, at + near : at + far]
    sides = [float(side.any(axis=1).mean()) if side.size else 0.0 for side in (left, right)]
    return min(sides) < 0.35 and max(sides) < 0.7


def _table_strokes(lines: Mask, along: tuple[int, int], across: tuple[int, int], line: float) -> list[Stroke]:
    """The strokes inside the table, without those of streaks that run through it from margin to margin."""
    room = round(line * 0.6)
    table = np.zeros_like(lines)
    part = slice(across[0] - room, across[1] + room), slice(along[0] - room, along[1] + room)
    table[part] = lines[part]
    streaks = _streaks(lines, along, line)
    return [stroke for stroke in _strokes(table, line) if not any(streak.holds(stroke) for streak in streaks)]


@dataclass(frozen=True, slots=True)
class _Streak:
    """A scanner's streak from one margin to the other: y = at + slope × x, pixels."""

    at: float
    slope: float
    reach: float

    def holds(self, stroke: Stroke) -> bool:
        ends = (self.at + self.slope * stroke.start, self.at + self.slope * stroke.end)
        return all(abs(end - stroke.at) <= self.reach for end in ends)


def _streaks(lines: Mask, along: tuple[int, int], line: float) -> list[_Streak]:
    left, right = round(along[0] - line), round(along[1] + line)
    before = _touching(np.ascontiguousarray(lines[:, :left][:, ::-1]), line)
    after = _touching(lines[:, right:], line)
    pairs = [(start, end) for start in before for end in after if abs(end - start) < (right - left) * 0.03]
    slopes = [(start, (end - start) / (right - left)) for start, end in pairs]
    return [_Streak(start - slope * left, slope, max(3.0, line * 0.22)) for start, slope in slopes]


def _touching(margin: Mask, line: float) -> list[float]:
    """Where thin lines enter a margin that starts at column 0: a form has none there."""
    if margin.shape[1] < line * 2:
        return []
    count, _, stats, _ = cv2.connectedComponentsWithStats(margin, connectivity=8)
    found: list[float] = []
    for x, y, wide, high, area in stats[1:count]:
        if x <= 2 and wide > line * 1.2 and area / wide < line * 0.5 and high < wide:
            found.append(
                y + float(np.flatnonzero(margin[y : y + high, 2]).mean())
                if margin[y : y + high, 2].any()
                else y
            )
    return found


def _strokes(lines: Mask, line: float) -> list[Stroke]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    found: list[Stroke] = []
    for label in range(1, count):
        x, y, wide, high, area = (int(number) for number in stats[label])
        thickness = area / wide
        if high <= thickness + 2 + wide * _STRAIGHT:
            found.append(Stroke(y + high / 2, x, x + wide))
        else:
            found += _pieces(labels[y : y + high, x : x + wide] == label, x, y, line)
    return found


def _pieces(part: NDArray[np.bool_], x: int, y: int, line: float) -> list[Stroke]:
    """A crooked component cut into straight strokes: rows of ink that are longer than writing.

    Of a line that lies askew only short pieces stay, which end anywhere and
    are dropped later, since they meet no crossing line there.
    """
    shortest = max(3, round(line * 1.2))
    filled = cv2.morphologyEx(part.astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    found: list[Stroke] = []
    while True:
        lengths = filled.sum(axis=1)
        row = int(lengths.argmax())
        if lengths[row] < shortest:
            return found
        spots = np.flatnonzero(filled[max(row - 1, 0) : row + 2].any(axis=0))
        runs = np.split(spots, np.flatnonzero(np.diff(spots) > line) + 1)
        at = y + row + 0.5
        long = [run for run in runs if len(run) >= shortest]
        found += [Stroke(at, x + int(run[0]), x + int(run[-1]) + 1) for run in long]
        filled[max(row - 3, 0) : row + 4] = 0


def _joined(strokes: list[Stroke], others: list[Stroke], line: float) -> list[Stroke]:
    """The strokes from their first to their last crossing line: ruled lines have two, writing has not."""
    if not others:
        return []
    at = np.array([other.at for other in others])
    start = np.array([other.start for other in others]) - line * 0.6
    end = np.array([other.end for other in others]) + line * 0.6
    kept: list[Stroke] = []
    for stroke in strokes:
        within = (at > stroke.start - line * 0.6) & (at < stroke.end + line * 0.6)
        crossings = at[within & (start <= stroke.at) & (stroke.at <= end)]
        if len(crossings) and crossings.max() - crossings.min() > line * 0.7:
            kept.append(Stroke(stroke.at, float(crossings.min()), float(crossings.max())))
    return kept


def _gathered(strokes: list[Stroke], reach: float) -> list[tuple[float, list[Stroke]]]:
    """Strokes of nearly the same place as one line: (place, strokes), in order."""
    lines: list[list[Stroke]] = []
    for stroke in sorted(strokes, key=lambda stroke: stroke.at):
        if lines and stroke.at - lines[-1][0].at <= reach:
            lines[-1].append(stroke)
        else:
            lines.append([stroke])
    return [(_middle(line), line) for line in lines]


def _middle(strokes: list[Stroke]) -> float:
    lengths = [stroke.end - stroke.start for stroke in strokes]
    return float(np.average([stroke.at for stroke in strokes], weights=lengths))


def _sides(
    lines: list[tuple[float, list[Stroke]]], stops: list[float], mask: Mask, line: float
) -> NDArray[np.bool_]:
    """For each line and each stretch between two stops: whether it is ruled there."""
    spans = list(pairwise(stops))
    return np.array(
        [
            [
                _covered(strokes, *span, line * _REACH) >= _RULED or _inked(mask, at, *span, line)
                for span in spans
            ]
            for at, strokes in lines
        ]
    )


def _covered(strokes: list[Stroke], start: float, end: float, reach: float) -> float:
    """The share of a stretch that a line's strokes cover.

    A stretch thinner than any cell lies between two sightings of one crossing
    line, so a stroke that ends there covers it.
    """
    reach = reach if end - start < 2 * reach else 0.0
    covered = sum(
        max(0.0, min(stroke.end + reach, end) - max(stroke.start - reach, start)) for stroke in strokes
    )
    return covered / max(end - start, 1e-6)


def _inked(mask: Mask, at: float, start: float, end: float, line: float) -> bool:
    """Whether ink runs from crossing to crossing with a dropout between: no writing touches both."""
    if not line < end - start < line * 4:
        return False
    row, near = round(at), max(3, round(line * 0.2))
    inked = np.atleast_1d(mask[max(row - 2, 0) : row + 3, round(start) : round(end)].any(axis=0))
    return bool(inked[:near].all() and inked[-near:].all() and inked.mean() >= _DROPPED_OUT)


def _merged(above: NDArray[np.bool_], before: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each place of the lattice, the number of the region it belongs to; 0 is outside.

    `above[r, c]` says that the line over row r is ruled at column c,
    `before[r, c]` that the line left of column c is ruled at row r.
    """
    rows, columns = above.shape[0] - 1, before.shape[1] - 1
    walls = np.zeros((2 * rows + 1, 2 * columns + 1), np.uint8)
    walls[0::2, 0::2] = 1
    walls[0::2, 1::2] = above
    walls[1::2, 0::2] = before
    _, labels = cv2.connectedComponents(1 - np.pad(walls, 1), connectivity=4)
    outside = labels[0, 0]
    inner = labels[2:-1:2, 2:-1:2].astype(np.int64)
    return np.where(inner == outside, 0, inner)


def _without_slivers(
    owner: NDArray[np.int64], xs: list[float], ys: list[float], thinnest: float
) -> NDArray[np.int64]:
    """Regions too thin for a cell (a line that was seen twice) given to the region before them."""
    kept = owner.copy()
    for label in np.unique(owner[owner > 0]):
        rows, columns = np.nonzero(owner == label)
        left, right, top, bottom = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
        if xs[right] - xs[left] < thinnest:
            kept[owner == label] = kept[top, left - 1 if left else right % owner.shape[1]]
        elif ys[bottom] - ys[top] < thinnest:
            kept[owner == label] = kept[top - 1 if top else bottom % owner.shape[0], left]
    return kept


def _fields(
    owner: NDArray[np.int64],
    lines_x: list[tuple[float, list[Stroke]]],
    lines_y: list[tuple[float, list[Stroke]]],
    line: float,
) -> tuple[Field, ...]:
    found: list[Field] = []
    for top, left, bottom, right in _rectangles(owner):
        across, down = (lines_x[left][0], lines_x[right][0]), (lines_y[top][0], lines_y[bottom][0])
        x0, x1 = _place(lines_x[left], *down), _place(lines_x[right], *down)
        y0, y1 = _place(lines_y[top], *across), _place(lines_y[bottom], *across)
        if min(x1 - x0, y1 - y0) > line * _THINNEST:
            found.append(Field(top, left, bottom - top, right - left, (x0, y0, x1, y1)))
    return tuple(sorted(found, key=lambda field: (field.row, field.column)))


def _rectangles(owner: NDArray[np.int64]) -> list[tuple[int, int, int, int]]:
    """Each region as (top, left, bottom, right), cut where a broken line let cells run together."""
    found: list[tuple[int, int, int, int]] = []
    growing: dict[tuple[int, int, int], int] = {}
    for row in range(owner.shape[0] + 1):
        runs = _runs(owner[row]) if row < owner.shape[0] else {}
        ended = [run for run in growing if run not in runs]
        found += [(growing.pop(run), run[1], row, run[2]) for run in ended]
        for run in runs:
            growing.setdefault(run, row)
    return found


def _runs(owners: NDArray[np.int64]) -> dict[tuple[int, int, int], None]:
    """The runs of one region in a row as (region, start, end), in order."""
    edges = [0, *(np.flatnonzero(np.diff(owners)) + 1).tolist(), len(owners)]
    runs = ((int(owners[start]), start, end) for start, end in pairwise(edges) if end > start)
    return dict.fromkeys(run for run in runs if run[0] > 0)


def _place(line: tuple[float, list[Stroke]], start: float, end: float) -> int:
    """Where a line runs beside one cell: it may lie a little off where it runs beside others."""
    middle = (start + end) / 2
    beside = [stroke.at for stroke in line[1] if stroke.start <= middle <= stroke.end]
    return round(float(np.mean(beside)) if beside else line[0])
