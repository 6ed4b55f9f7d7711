"""The ruled lines of a flat page become a lattice of cells with spans.

In comes a `Page`; out come the cells' places and boxes, without text. How
much of a rule stands at each spot is measured against the paper on both sides
of it and summed along the rule, so that pale, broken and dotted lines count as
much as dark ones; then the sides are chosen that tile the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.page import Gray, Page
from intake.pixels import resized, shade
from intake.tiling import Tiling, tiled

_WORKING = 16.0
"""The text height, in pixels, to which a page is reduced before its rules are looked for."""
_REACH = 0.4
"""How far apart, in text heights, two strokes of one ruled line may lie."""
_THINNEST = 0.7
"""The least width and height of a cell, in text heights."""
_RULED = 0.5
"""How much of a side must be seen for it to count as ruled."""
_AMID_WRITING, _FEW_ROWS = 0.65, 3.2
"""How much of a column's side must be seen where it is so few text heights high: characters line up there."""
_LONGEST_SAY = 6.0
"""A side speaks by its length, in text heights, up to this."""
_HEARSAY = 0.1
"""What is said for or against a side too short to be seen, by those beside it."""
_ROW, _COLUMN = 2.2, 1.15
"""The least length of a stroke of a horizontal and of a vertical rule, in text heights."""
_TALLER_THAN_WRITING = 2.4
_STRETCH_SEEN = 0.55
"""How much of the stretch around a stroke's pixel must be seen."""
_LEVEL, _DROPOUT = 0.15, 2.0
"""How far off, in text heights, a stroke may go on behind a gap, and how wide the gap may be."""
_STRAIGHT = 8.0
"""Within so many text heights every rule is straight."""
_FAINT_HERE, _FAINT = 0.3, 0.2
"""How dark a rule is at least, as a share of the darkest ink around, and of that of the whole page."""


@dataclass(frozen=True, slots=True)
class Field:
    """A cell without text: place and spans from 0, box inside its ruled lines in page pixels.

    `torn` says that a side of it is there, or is not, against what was seen.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    box: tuple[int, int, int, int]
    torn: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A rule, or what was seen of it: its place across; where its straight pieces lie, start and end.

    Working pixels; a line of the lattice of which nothing was seen has no pieces.
    """

    at: float
    ats: NDArray[np.float64]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]

    @property
    def start(self) -> float:
        return float(self.starts[0])

    @property
    def end(self) -> float:
        return float(self.ends[-1])

    @property
    def length(self) -> float:
        return self.end - self.start

    def beside(self, place: float) -> float:
        """Where the line runs at a place along it: it may lie a little off where it runs elsewhere."""
        return float(self.besides(np.array([place]))[0])

    def besides(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the line runs at each of several places along it."""
        if not len(self.ats):
            return np.full(len(places), self.at)
        off = np.maximum(self.starts[:, None] - places, places - self.ends[:, None])
        return np.asarray(self.ats[np.maximum(off, 0).argmin(axis=0)])


def ruled_cells(page: Page) -> tuple[Field, ...]:
    """The cells of the table in reading order; empty when the lines make no lattice."""
    scale = min(1.0, _WORKING / page.line)
    line = page.line * scale
    gray = resized(page.ink, scale)
    across, down = _seen(gray, line), _seen(np.ascontiguousarray(gray.T), line)
    x0, y0, x1, y1 = (side * scale for side in page.frame)
    rows = _inside(_strokes(across, line, _ROW), (x0, x1), (y0, y1), line)
    columns = _inside(_strokes(down, line, _COLUMN), (y0, y1), (x0, x1), line)
    rows, columns = _meeting(rows, columns, line)
    lines_y, lines_x = _gathered(rows, (y0, y1), line), _gathered(columns, (x0, x1), line)
    if len(lines_y) < 3 or len(lines_x) < 3:
        return ()
    above = _weights(across, lines_y, lines_x, line, _RULED)
    before = _weights(down, lines_x, lines_y, line, _AMID_WRITING).T
    tiling = tiled(above, before)
    owner = _without_slivers(_merged(tiling.above, tiling.before), lines_x, lines_y, line * _THINNEST)
    fields = _fields(owner, lines_x, lines_y, line, scale)
    return tuple(replace(field, torn=_is_torn(field, tiling)) for field in fields)


def _is_torn(field: Field, tiling: Tiling) -> bool:
    """Whether one of a cell's sides, or one that would cut it, was chosen against what was seen."""
    down = slice(field.row, field.row + field.row_span)
    across = slice(field.column, field.column + field.column_span)
    sides = (
        tiling.torn_above[down.start : down.stop + 1, across],
        tiling.torn_before[down, across.start : across.stop + 1],
    )
    return any(bool(part.any()) for part in sides)


def _seen(gray: Gray, line: float) -> Gray:
    """How much of a horizontal rule stands at each pixel, 0 to 255: darker than the paper above and below.

    On one side the paper must be clear over some depth, as it is not amid
    writing; on the other only close by, since writing may stand there.
    """
    dark = cv2.bitwise_not(gray)
    near, far, close = round(line * 0.18), round(line * 0.4), round(line * 0.25)
    padded = cv2.copyMakeBorder(dark, far, far, 0, 0, cv2.BORDER_REPLICATE)
    deep = cv2.dilate(padded, np.ones((far - near + 1, 1), np.uint8), anchor=(0, 0))
    high = len(dark)
    over, under = deep[:high], deep[far + near : far + near + high]
    over_close, under_close = (
        padded[far - close : far - close + high],
        padded[far + close : far + close + high],
    )
    beside = cv2.min(cv2.max(over, under_close), cv2.max(under, over_close))
    ridge = cv2.subtract(dark, beside)
    faintest = max(8.0, shade(dark[::3, ::3], 98) * _FAINT)
    clear = np.maximum(_darkest_around(dark, line) * _FAINT_HERE, faintest).astype(np.uint8)
    return cv2.divide(ridge, cv2.resize(clear, dark.shape[::-1]), scale=255)


def _darkest_around(dark: Gray, line: float) -> Gray:
    """How dark the darkest ink around is, on a coarse copy: where print is pale, so are its rules."""
    small = cv2.resize(
        cv2.dilate(dark, np.ones((4, 4), np.uint8)), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_NEAREST
    )
    reach = round(line * 0.75) | 1
    return cv2.blur(cv2.dilate(small, np.ones((reach, reach), np.uint8)), (reach, reach))


def _strokes(seen: Gray, line: float, least: float) -> list[_Line]:
    """Where rules run: where most of the stretch around was seen, and more than above and below."""
    stretch = cv2.blur(seen, (round(line * least) | 1, 1))
    highest = cv2.dilate(stretch, np.ones((5, 1), np.uint8))
    crests = (stretch >= highest) & (stretch > 255 * _STRETCH_SEEN)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(crests.view(np.uint8), connectivity=8)
    long = stats[:, cv2.CC_STAT_WIDTH] >= line * least * 0.8
    y, x = np.nonzero(crests)
    owner = labels[y, x]
    kept = long[owner]
    return _continued(_in_pieces(owner[kept], x[kept], y[kept], line * _STRAIGHT), line)


def _in_pieces(owner: NDArray[Any], x: NDArray[Any], y: NDArray[Any], straight: float) -> list[_Line]:
    """The strokes from their pixels: which stroke owns each, and where it lies."""
    if not len(owner):
        return []
    chunk = (x // straight).astype(np.int64)
    chunks = int(chunk.max()) + 1
    keys = owner * chunks + chunk
    order = np.argsort(keys, kind="stable")
    keys, x, y = keys[order], x[order], y[order]
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.diff(firsts, append=len(keys))
    middles = np.add.reduceat(y, firsts) / counts
    starts, ends = np.minimum.reduceat(x, firsts) * 1.0, np.maximum.reduceat(x, firsts) + 1.0
    cuts = np.flatnonzero(np.diff(keys[firsts] // chunks)) + 1
    parts = [np.split(array, cuts) for array in (middles, starts, ends)]
    return [_Line(float(np.mean(ats)), ats, start, end) for ats, start, end in zip(*parts, strict=True)]


def _continued(strokes: list[_Line], line: float) -> list[_Line]:
    """The strokes, those that go on behind a dropout as one."""
    found: list[list[_Line]] = []
    for stroke in sorted(strokes, key=lambda one: one.start):
        for known in reversed(found):
            last = known[-1]
            level = abs(last.ats[-1] - stroke.ats[0]) < max(1.5, line * _LEVEL)
            if level and -line < stroke.start - last.end < line * _DROPOUT:
                known.append(stroke)
                break
        else:
            found.append([stroke])
    return [_together(float(np.mean([one.at for one in known])), known) for known in found]


def _inside(
    strokes: Sequence[_Line], along: tuple[float, float], across: tuple[float, float], line: float
) -> list[_Line]:
    """The strokes that run inside the table or along its frame."""
    room = line * _REACH
    return [
        stroke
        for stroke in strokes
        if across[0] - room < stroke.at < across[1] + room
        and min(stroke.end, along[1]) - max(stroke.start, along[0]) > line
    ]


def _meeting(rows: list[_Line], columns: list[_Line], line: float) -> tuple[list[_Line], list[_Line]]:
    """The strokes that run from crossing line to crossing line, which writing does not."""
    for _ in range(2):
        rows = _crossing(rows, columns, line)
        columns = _crossing(columns, rows, line)
    return rows, columns


def _crossing(strokes: Sequence[_Line], others: Sequence[_Line], line: float) -> list[_Line]:
    """The strokes that meet others at two places; those as short as writing all but touch them."""
    if not strokes or not others:
        return []
    ats, starts, ends = np.array([(one.at, one.start, one.end) for one in strokes]).T
    begins, stops = np.array([(one.start, one.end) for one in others]).T[..., None]
    room = line * np.where(ends - starts > line * _TALLER_THAN_WRITING, 0.6, 0.45)
    places = np.array([other.besides(ats) for other in others])
    met = (begins - room <= ats) & (ats <= stops + room) & (starts - room <= places) & (places <= ends + room)
    first = np.where(met, places, np.inf).min(axis=0)
    last = np.where(met, places, -np.inf).max(axis=0)
    return [one for one, wide in zip(strokes, last - first > line * _THINNEST, strict=True) if wide]


def _gathered(strokes: Sequence[_Line], frame: tuple[float, float], line: float) -> list[_Line]:
    """Strokes of nearly the same place as one line, the longest first, between the frame's sides."""
    lines: list[tuple[float, list[_Line]]] = [(frame[0], []), (frame[1], [])]
    for stroke in sorted(strokes, key=lambda one: -one.length):
        at, known = min(lines, key=lambda known: abs(known[0] - stroke.at))
        if abs(at - stroke.at) <= line * _REACH:
            known.append(stroke)
        else:
            lines.append((stroke.at, [stroke]))
    within = [one for one in lines if frame[0] <= one[0] <= frame[1]]
    return [_together(at, known) for at, known in sorted(within, key=lambda one: one[0])]


def _together(at: float, strokes: Sequence[_Line]) -> _Line:
    """Strokes as one line, the longest before the others."""
    none = np.zeros(0)
    if not strokes:
        return _Line(at, none, none, none)
    ats = np.concatenate([stroke.ats for stroke in strokes])
    starts = np.concatenate([stroke.starts for stroke in strokes])
    ends = np.concatenate([stroke.ends for stroke in strokes])
    return _Line(float(np.average(ats, weights=ends - starts)), ats, starts, ends)


def _weights(
    seen: Gray, lines: Sequence[_Line], stops: Sequence[_Line], line: float, least: float
) -> NDArray[np.float64]:
    """For each line and each stretch between two stops: what speaks for a rule there, or against it.

    `least` is how much of a stretch no higher than a few rows of writing must be seen.
    """
    sums = np.asarray(cv2.integral(seen, sdepth=cv2.CV_64F))
    weights = np.zeros((len(lines), len(stops) - 1))
    ats = np.array([rule.at for rule in lines])
    places: NDArray[np.float64] = np.array([stop.besides(ats) for stop in stops])
    for row, (rule, ends) in enumerate(zip(lines, places.T, strict=True)):
        long = np.diff(ends)
        said = _said(_shares(sums, rule, ends, line), np.where(long < line * _FEW_ROWS, least, _RULED))
        weights[row] = said * np.minimum(np.maximum(long, 1.0) / line, _LONGEST_SAY)
        narrow = long < line * _THINNEST
        weights[row, narrow] = np.where(_amid_rules(weights[row], narrow), _HEARSAY, -_HEARSAY)[narrow]
    return weights


def _amid_rules(weights: NDArray[np.float64], narrow: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each stretch whether the next wide ones on both sides are ruled: a narrow one shows nothing."""
    wide = np.flatnonzero(~narrow)
    if not len(wide):
        return np.ones(len(weights), bool)
    places = np.searchsorted(wide, np.arange(len(weights)))
    before, after = wide[np.maximum(places - 1, 0)], wide[np.minimum(places, len(wide) - 1)]
    return np.asarray((weights[before] > 0) & (weights[after] > 0))


def _shares(sums: NDArray[Any], rule: _Line, ends: NDArray[np.float64], line: float) -> NDArray[np.float64]:
    """How much of a rule stands in each stretch, 0 to 1: along all of it, and at both of its ends."""
    firsts, lasts = _whole(ends[:-1] + line * 0.12), _whole(ends[1:] - line * 0.12)
    short = lasts - firsts < 2
    lasts = np.where(short, firsts + 2, lasts)
    long = lasts - firsts
    zone = np.minimum(max(2, round(line * 0.2)), long)
    counts = np.maximum(1, _whole(long / (line * 3)))
    owner = np.repeat(np.arange(len(long)), counts)
    part = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    starts, stops = (firsts[owner] + long[owner] * place // counts[owner] for place in (part, part + 1))
    whole = np.bincount(owner, _runs_seen(sums, rule, starts, stops) * (stops - starts)) / long
    both = _runs_seen(sums, rule, firsts, firsts + zone), _runs_seen(sums, rule, lasts - zone, lasts)
    at_ends = 0.7 * np.minimum(*both) + 0.3 * np.maximum(*both)
    told = np.where(long < line * _TALLER_THAN_WRITING, 0.6, 0.35)
    return np.where(short, _RULED, whole ** (1 - told) * at_ends**told)


def _whole(places: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(places).astype(np.int64)


def _said(share: NDArray[np.float64], asked: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a share says for a rule, or against it: where nothing at all was seen, a rule is most unlikely."""
    return np.where(share > asked, (share - asked) / (1 - asked), -2 * ((asked - share) / asked) ** 2)


def _runs_seen(
    sums: NDArray[Any], rule: _Line, firsts: NDArray[np.int64], lasts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How much stands of each of some straight pieces of a rule; `sums` is the integral of what was seen."""
    high, wide = sums.shape[0] - 1, sums.shape[1] - 1
    firsts, lasts = np.clip(firsts, 0, wide - 1), np.clip(lasts, 1, wide)
    at = _whole(rule.besides((firsts + lasts) / 2))
    rows = np.clip(at + np.arange(-2, 4)[:, None], 0, high)
    seen = np.diff(sums[rows, lasts] - sums[rows, firsts], axis=0).max(axis=0)
    return np.asarray(seen / 255.0 / np.maximum(lasts - firsts, 1))


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
    owner: NDArray[np.int64], lines_x: Sequence[_Line], lines_y: Sequence[_Line], thinnest: float
) -> NDArray[np.int64]:
    """Regions too thin for a cell (a line that was seen twice) given to the region before them."""
    kept = owner.copy()
    for label in np.unique(owner[owner > 0]):
        rows, columns = np.nonzero(owner == label)
        left, right, top, bottom = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
        if lines_x[right].at - lines_x[left].at < thinnest:
            kept[owner == label] = kept[top, left - 1 if left else right % owner.shape[1]]
        elif lines_y[bottom].at - lines_y[top].at < thinnest:
            kept[owner == label] = kept[top - 1 if top else bottom % owner.shape[0], left]
    return kept


def _fields(
    owner: NDArray[np.int64], lines_x: Sequence[_Line], lines_y: Sequence[_Line], line: float, scale: float
) -> tuple[Field, ...]:
    found: list[Field] = []
    for top, left, bottom, right in _rectangles(owner):
        across = (lines_x[left].at + lines_x[right].at) / 2
        down = (lines_y[top].at + lines_y[bottom].at) / 2
        x0, x1 = lines_x[left].beside(down), lines_x[right].beside(down)
        y0, y1 = lines_y[top].beside(across), lines_y[bottom].beside(across)
        if min(x1 - x0, y1 - y0) > line * _THINNEST:
            box = (round(x0 / scale), round(y0 / scale), round(x1 / scale), round(y1 / scale))
            found.append(Field(top, left, bottom - top, right - left, box))
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
