"""The page: a picture of paper, brought upright and flat around its table, with the way back.

In comes any picture of a sheet (scanner or phone, tilted, in perspective,
slightly curled, coarse or fine); out comes a `Page` whose ruled lines run
along the pixel rows and columns. Every size is relative to what is measured
on the picture, none is a number of pixels of a certain scanner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.engine import Picture
from intake.pixels import averaged, darkest, resized, shade

Gray = NDArray[Any]
Mask = NDArray[Any]
Points = NDArray[np.float32]
Lattice = NDArray[np.float32]
"""A value at each spot of a lattice over a page: every `_STEP` pixels, from half a step before it."""

_STEP = 16
"""How many pixels of a page lie between two spots of its lattice; even, since it is halved."""
_SCOUTS = (1200, 1800)
"""Long side, in pixels, of the small copy on which tables are looked for; of the second one where
the first shows none, or characters lower than `_CLEAR`."""
_CLEAR = 8.0
_GLANCE = 800
"""Long side, in pixels, of the copy on which the tilt is measured."""
_SHORTEST, _LONGEST, _LARGEST = 2000, 2400, 3000
"""Bounds of a flattened table's long side in pixels: finer gains nothing, coarser loses strokes; the last
one where text is so low otherwise."""
_LOW = 18.0
_MARGIN = 0.12
"""How much around the table is kept, as a share of its height: title above, notes below."""


@dataclass(frozen=True, slots=True)
class Page:
    """A flat page: its ink without seals, the table's frame, the way back to the file's own picture.

    `file` is the picture (BGR) that it was made of; `ink` is grey, dark on
    white, with red seals lifted; `frame` is (x0, y0, x1, y1) of the table;
    `origin` holds, for each spot of a lattice, the (x, y) of the file's
    picture from which it came; `line` the height in pixels of ordinary text;
    `density` how many file pixels one pixel covers.
    """

    file: Picture
    ink: Gray
    frame: tuple[int, int, int, int]
    origin: Lattice
    line: float
    density: float

    def spot_in_file(self, x: float, y: float) -> tuple[float, float]:
        """A place (x, y) of this page as a place in the file's own pixels."""
        height, width = self.ink.shape
        across, down = _at(self.origin, min(max(x, 0), width - 1), min(max(y, 0), height - 1))
        return float(across), float(down)

    def coloured(self, box: tuple[int, int, int, int]) -> Picture:
        """A box of this page in the file's own colours."""
        (left, top), (right, bottom) = (
            [min(max(side, 0), end) for side, end in zip(corner, self.ink.shape[::-1], strict=True)]
            for corner in (box[:2], box[2:])
        )
        column, row = left // _STEP, top // _STEP
        part = self.origin[row : ceil(bottom / _STEP) + 2, column : ceil(right / _STEP) + 2]
        seen = _sampled(self.file, part, _STEP)
        x, y = column * _STEP, row * _STEP
        return seen[top - y : bottom - y, left - x : right - x]

    def overview(self) -> Picture:
        """The page in the file's own colours, half as fine."""
        high, wide = (ceil(side / 2) for side in self.ink.shape)
        return _sampled(self.file, self.origin, _STEP // 2)[:high, :wide]

    def box_in_file(self, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
        """A box of this page as the box around it in the file's own pixels."""
        x0, y0, x1, y1 = box
        spots = [self.spot_in_file(x, y) for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))]
        low, high = np.min(spots, axis=0), np.max(spots, axis=0)
        return int(low[0]), int(low[1]), round(float(high[0])), round(float(high[1]))


def without_streaks(picture: Picture) -> Picture:
    """The picture without the lines that dust under a scanner's sensor draws from edge to edge.

    They run along the pixels, whichever way the page lies, and are bridged
    from both of their sides; a dropout of one column is bridged as well.
    """
    for turned in (False, True):
        seen = picture.transpose(1, 0, 2) if turned else picture
        spots = _streaks(seen)
        if len(spots):
            bridged = _bridged(seen, spots)
            picture = np.ascontiguousarray(bridged.transpose(1, 0, 2) if turned else bridged)
    return picture


def _streaks(picture: Picture) -> NDArray[np.int64]:
    """The columns that all the way down are darker than those beside them, or lighter wherever ink stands."""
    high, wide = picture.shape[:2]
    ends = max(3, high // 250)
    rows = np.unique(np.r_[0:ends, np.linspace(0, high - 1, 400).astype(int), high - ends : high])
    gray = darkest(picture[rows])
    reach = max(4, round(wide / 400))
    left, right = gray[:, : -2 * reach], gray[:, 2 * reach :]
    middle = gray[:, reach:-reach]
    dark = cv2.subtract(cv2.min(left, right), middle) > _STREAK
    through = (dark.mean(axis=0) > 0.8) & dark[:ends].all(axis=0) & dark[-ends:].all(axis=0)
    columns = np.arange(reach, wide - reach)
    lost = [column for column in columns[_lost(left, middle, right) > 0] if _is_lost(picture, column, reach)]
    return np.unique(np.r_[columns[through], np.array(lost, np.int64)])


def _is_lost(picture: Picture, column: int, reach: int) -> bool:
    """Whether no ink at all crosses a column, in any row: a gap between strokes is crossed by rules."""
    left, middle, right = (darkest(picture[:, [column + off]]) for off in (-reach, 0, reach))
    return bool(_lost(left, middle, right)[0] > _UNCROSSED)


def _lost(left: NDArray[Any], middle: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
    """For each column the share of its rows with ink on both sides in which it is light itself."""
    darker = cv2.max(left, right)
    inked = darker < 255 - 4 * _STREAK
    gone = inked & (cv2.subtract(middle, darker) > 2 * _STREAK)
    count = inked.sum(axis=0)
    share = gone.sum(axis=0) / np.maximum(count, 1)
    return np.asarray(np.where((count > 12) & (share > 0.8), share, 0.0))


_UNCROSSED = 0.995
_STREAK = 14
"""How much darker than its sides a streak is at least, in grey levels."""


def _bridged(picture: Picture, columns: NDArray[np.int64]) -> Picture:
    """The picture with these columns drawn anew from those beside them."""
    bridged = picture.copy()
    wide = picture.shape[1]
    for run in np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1):
        first, last = max(int(run[0]) - 2, 0), min(int(run[-1]) + 2, wide - 1)
        share = np.linspace(0, 1, last - first + 1)[None, :, None]
        bridge = picture[:, [first]] * (1 - share) + picture[:, [last]] * share
        bridged[:, first : last + 1] = bridge.astype(np.uint8)
    return bridged


def find_tables(picture: Picture) -> Iterator[Points]:
    """The corners (4 × (x, y), clockwise from top left, in the picture's pixels) of each ruled table.

    The table with most crossings comes first; what lies over a table that came before is left out.
    """
    for size in _SCOUTS:
        scale = min(1.0, size / max(picture.shape[:2]))
        small = lifted(resized(picture, scale))
        upright, turn = _rotated(small, _tilt(small))
        line = text_height(ink_mask(upright, max(upright.shape) / 100))
        tables = list(_apart(_tables(upright, line), upright.shape))
        if scale == 1.0 or (tables and line >= _CLEAR):
            break
    for corners in tables:
        in_small = cv2.perspectiveTransform(corners[None], np.linalg.inv(turn))[0]
        yield (in_small / scale).astype(np.float32)


def _apart(tables: Iterable[Points], shape: tuple[int, ...]) -> Iterator[Points]:
    """The tables without those that lie over one that came before."""
    seen = np.zeros(shape, np.uint8)
    for corners in tables:
        area = cv2.fillConvexPoly(np.zeros_like(seen), corners.astype(np.int32), 1)
        if cv2.countNonZero(cv2.bitwise_and(area, seen)) > 0.2 * min(area.sum(), max(int(seen.sum()), 1)):
            continue
        seen = cv2.bitwise_or(seen, area).astype(np.uint8)
        yield corners


def quarter_turned(page: Page, quarters: int) -> Page:
    """The page turned counter-clockwise by a number of quarters, the way back with it."""
    frame = turned_box(page.frame, page.ink.shape, quarters)
    ink, origin = (np.ascontiguousarray(np.rot90(array, quarters)) for array in (page.ink, page.origin))
    return Page(page.file, ink, frame, origin, page.line, page.density)


def turned_box(
    box: tuple[int, int, int, int], shape: tuple[int, ...], quarters: int
) -> tuple[int, int, int, int]:
    """Where a box of a picture of this shape lies after turning it counter-clockwise by quarters."""
    (x0, y0, x1, y1), (height, width) = box, shape[:2]
    turned = ((y0, width - x1, y1, width - x0), (width - x1, height - y1, width - x0, height - y0))
    return (box, *turned, (height - y1, x0, height - y0, x1))[quarters % 4]


def lifted(picture: Picture) -> Gray:
    """Grey ink on white paper: shadows divided away, red seals lifted by colour.

    Red ink is as light as paper in the red channel, black and blue ink dark.
    """
    redness = redness_of(picture)
    light = cv2.add(cv2.extractChannel(picture, 2), redness)
    paper = _paper(light)
    gray = cv2.divide(light, paper, scale=255)
    around = cv2.dilate(cv2.inRange(redness, 24, 255), np.ones((7, 7), np.uint8))
    if cv2.countNonZero(around):
        red = cv2.dilate(redness, np.ones((3, 3), np.uint8))
        spots = np.nonzero(around)
        gray[spots] = _under_seals(picture[spots], red[spots], paper[spots])
    return gray


def _paper(light: Gray) -> Gray:
    """How light the paper is at each pixel, ink and what else is dark on it bridged; never 0."""
    small = averaged(light, 4)
    reach = max(3, round(max(small.shape) / 60)) | 1
    lightest = cv2.dilate(small, np.ones((reach, reach), np.uint8))[::2, ::2]
    half = max(3, round(reach / 2)) | 1
    paper = cv2.GaussianBlur(cv2.medianBlur(np.ascontiguousarray(lightest), half), (0, 0), half / 2)
    return cv2.resize(np.maximum(paper, 1), light.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _under_seals(colours: Picture, redness: Gray, paper: Gray) -> Gray:
    """Grey ink under red seals: what is darker than the seal's own red makes it.

    JPEG smears a seal's colour but not its brightness, so each pixel is held
    against the strongest red beside it; what either the red channel or the
    brightness shows as paper is paper.
    """
    luma = cv2.cvtColor(colours[None], cv2.COLOR_BGR2GRAY)[0]
    red, white = redness.astype(np.float32) / 2, paper.astype(np.float32)
    by_light = luma * np.float32(255) / np.maximum(white - red * _RED_DARKENS, white * 0.25)
    by_red = (colours[:, 2] + red * 0.2) * np.float32(255) / white
    return np.asarray(np.clip((np.maximum(by_light, by_red) - 110.0) * _STEEP, 0, 255), np.uint8)


_RED_DARKENS = 0.92
"""How much darker a pixel is for each grey level that its red stands over green and blue."""
_STEEP = 2.65
"""How steep shades are taken under a seal: what is lighter than four fifths of the paper is paper."""


def redness_of(picture: Picture) -> Gray:
    """How much redder than grey each pixel is, beyond what warm light does: what a seal left after JPEG."""
    blue, green, red = cv2.split(picture)
    beyond = cv2.subtract(cv2.subtract(red, cv2.max(blue, green)), np.full_like(red, 14))
    return np.asarray(cv2.add(beyond, beyond))


def ink_mask(gray: Gray, line: float, faint: float = 1.0) -> Mask:
    """255 where ink stands; the threshold is local and relative to the page's own darkest strokes.

    `faint` below 1 takes fainter ink, too: ruled lines are long enough to be told from noise.
    """
    block = max(15, round(line * 1.6)) | 1
    dark = shade(gray[::3, ::3], 2)
    step = max(6.0, (235.0 - dark) * 0.12, _grain(gray, line) * _OVER_GRAIN) * faint
    return cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, step)


_OVER_GRAIN = 3.0
"""How many times its usual depth the grain of a dim photo stays below ink."""


def _grain(gray: Gray, line: float) -> float:
    """How far, in grey levels, pixels of paper usually lie off those around them."""
    reach = max(3, round(line * 0.5)) | 1
    off = cv2.absdiff(gray, cv2.blur(gray, (reach, reach)))[::3, ::3]
    return 1.4826 * shade(off, 50)


def text_height(mask: Mask) -> float:
    """The height of ordinary characters in pixels, from the heights of connected ink."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    most = max(mask.shape) / 25
    least = max(4.0, max(mask.shape) / 400)
    likely = (heights >= least) & (heights <= most) & (widths <= most) & (widths >= least)
    if likely.sum() < 20:
        return float(max(mask.shape)) / 90
    return float(np.percentile(heights[likely], 75))


def line_masks(mask: Mask, line: float) -> tuple[Mask, Mask]:
    """The ink of horizontal and of vertical ruled lines, small gaps closed."""
    across, down = round(line * 2.6), round(line * 1.25)
    gap = max(3, round(line * 0.8))
    fat_rows = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    fat_columns = cv2.dilate(mask, np.ones((1, 3), np.uint8))
    rows = cv2.morphologyEx(fat_rows, cv2.MORPH_OPEN, np.ones((1, across), np.uint8))
    columns = cv2.morphologyEx(fat_columns, cv2.MORPH_OPEN, np.ones((down, 1), np.uint8))
    rows = cv2.morphologyEx(rows, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    columns = cv2.morphologyEx(columns, cv2.MORPH_CLOSE, np.ones((gap, 1), np.uint8))
    return rows, columns


def _tilt(gray: Gray) -> float:
    """The angle in degrees, within ±45, by which the ruled lines lie off the pixel rows."""
    glance = resized(gray, min(1.0, _GLANCE / max(gray.shape)))
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(np.ascontiguousarray(glance))[0]
    if found is None:
        return 0.0
    x0, y0, x1, y1 = found.reshape(-1, 4).T.astype(np.float64)
    lengths = np.hypot(x1 - x0, y1 - y0)
    long = lengths > max(glance.shape) / 40
    if not long.any():
        return 0.0
    lengths = lengths[long]
    angles = ((np.degrees(np.arctan2(y1 - y0, x1 - x0)) + 45) % 90 - 45)[long]
    votes, edges = np.histogram(angles, bins=180, range=(-45, 45), weights=lengths)
    smooth = np.convolve(np.r_[votes[-2:], votes, votes[:2]], np.ones(5), "valid")
    peak = edges[int(smooth.argmax())] + 0.25
    near = np.abs((angles - peak + 45) % 90 - 45) < 2
    return float(np.average(angles[near], weights=lengths[near]))


def _rotated(gray: Gray, degrees: float) -> tuple[Gray, NDArray[Any]]:
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = int(height * sin + width * cos), int(height * cos + width * sin)
    turn[:, 2] += (wide - width) / 2, (high - height) / 2
    whole = np.vstack([turn, [0, 0, 1]])
    flat = cv2.warpAffine(gray, turn, (wide, high), flags=cv2.INTER_LINEAR, borderValue=(255.0,))
    return flat, whole


def _tables(gray: Gray, line: float) -> Iterator[Points]:
    """The four corners (clockwise from top left) of each grid of ruled lines, by number of crossings."""
    mask = ink_mask(gray, line)
    rows, columns = line_masks(mask, line)
    crossings = cv2.bitwise_and(
        cv2.dilate(rows, np.ones((5, 5), np.uint8)), cv2.dilate(columns, np.ones((5, 5), np.uint8))
    )
    # A row whose short rules all have dropouts still belongs to the table that it nearly touches.
    reach = max(5, round(line * 1.2))
    net = cv2.dilate(cv2.bitwise_or(rows, columns), np.ones((reach, reach), np.uint8))
    _, labels = cv2.connectedComponents(net, connectivity=8)
    _, _, _, centres = cv2.connectedComponentsWithStats(crossings, connectivity=8)
    spots = centres[1:].astype(np.float32)
    if not len(spots):
        return
    owner = labels[spots[:, 1].astype(int), spots[:, 0].astype(int)]
    owners, counts = np.unique(owner[owner > 0], return_counts=True)
    for label in owners[np.argsort(-counts)]:
        joints = spots[owner == label]
        if len(joints) < _FEWEST_JOINTS:
            return
        corners = _stretched(_corners(joints), rows, columns, line)
        if _shorter_side(corners) > line * _LEAST_SIDE:
            yield corners


_FEWEST_JOINTS = 24
_LEAST_SIDE = 8
"""No table is lower or narrower than this many text heights."""


def _shorter_side(corners: Points) -> float:
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    return float(sides.min())


def _stretched(corners: Points, rows: Mask, columns: Mask, line: float) -> Points:
    """The corners moved out to where most ruled lines end: a broken frame has no crossings."""
    stretched = corners.astype(np.float64)
    for lines, sides in (
        (rows, ((1, 2, 0), (0, 3, 0))),
        (np.ascontiguousarray(columns.T), ((3, 2, 1), (0, 1, 1))),
    ):
        _, _, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
        for first, second, axis in sides:
            outwards = 1 if (axis == 0 and first == 1) or (axis == 1 and first == 3) else -1
            beyond = _beyond(stats[1:], corners[first], corners[second], axis, outwards)
            if len(beyond) >= _AGREEING and np.median(beyond) > line * 1.5:
                stretched[[first, second], axis] += outwards * float(np.median(beyond))
    return stretched.astype(np.float32)


_AGREEING = 5
"""So many ruled lines must run over a side before the side is moved; a scanner has fewer streaks."""


def _beyond(stats: NDArray[Any], first: Points, second: Points, axis: int, outwards: int) -> NDArray[Any]:
    """How far long lines that cross the inside of a side end beyond it; 0 for those that end at it."""
    along, across = (0, 1) if axis == 0 else (1, 0)
    start, wide, at, high = stats[:, 0], stats[:, 2], stats[:, 1], stats[:, 3]
    ends = start + wide if outwards > 0 else start
    middle = at + high / 2
    low, top = sorted((float(first[across]), float(second[across])))
    share = (middle - first[across]) / (second[across] - first[across])
    side = first[along] + share * (second[along] - first[along])
    others = start if outwards > 0 else start + wide
    crosses = (middle > low - 3) & (middle < top + 3) & ((others - side) * outwards < 0)
    long = wide > np.median(wide[crosses]) * 0.5 if crosses.any() else crosses
    distance = (ends - side) * outwards
    near = distance > -max(4.0, float(np.median(high)) * 2)
    return np.asarray(np.maximum(distance[crosses & long & near], 0.0))


def _corners(joints: Points) -> Points:
    total, difference = joints.sum(axis=1), joints[:, 0] - joints[:, 1]
    return joints[[total.argmin(), difference.argmax(), total.argmax(), difference.argmin()]]


def flatten(picture: Picture, corners: Points) -> Page:
    """A table's surroundings warped flat: perspective by its corners, curl by its own lines."""
    plan = _planned(picture, corners, _LONGEST)
    small = plan.line < _LOW and plan.scale < 1
    return (_planned(picture, corners, _LARGEST) if small else plan).page(picture)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a page will be flattened: its ink as it lies in the file, where each spot of it comes from."""

    part: _Part
    origin: Lattice
    frame: tuple[int, int, int, int]
    line: float
    scale: float

    def page(self, file: Picture) -> Page:
        ink = self.part.sampled(self.origin)
        return Page(file, ink, self.frame, self.origin, self.line, 1 / self.scale)


def _planned(picture: Picture, corners: Points, longest: int) -> _Plan:
    width = float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])) / 2
    height = float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2
    scale = min(max(_SHORTEST / max(width, height), 1.0), longest / max(width, height))
    wide, high, margin = round(width * scale), round(height * scale), round(_MARGIN * height * scale)
    frame = (margin, margin, margin + wide, margin + high)
    flat_corners = np.array(
        [(frame[0], frame[1]), (frame[2], frame[1]), (frame[2], frame[3]), (frame[0], frame[3])], np.float32
    )
    places = _lattice(wide + 2 * margin, high + 2 * margin)
    to_file = cv2.getPerspectiveTransform(flat_corners, corners)
    part = _part(picture, _mapped(places, to_file), min(scale, 1.0))
    bend, line = _curl(part.halved() if scale < _UPSCALED else part, places, to_file)
    origin = _mapped(places + bend, to_file)
    return _Plan(part, origin, _moved(frame, bend), line, scale)


_UPSCALED = 1.4
"""A picture made so much larger has no pixels to lose."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The ink of a part of a file's picture: `corner` is where in the file it begins, `scale` its scale."""

    ink: Gray
    corner: tuple[int, int]
    scale: float

    def sampled(self, origin: Lattice, step: int = _STEP) -> Gray:
        """The ink at the places of a lattice whose spots lie so many pixels apart."""
        places = (origin - self.corner + 0.5) * self.scale - 0.5
        return _sampled(self.ink, places.astype(np.float32), step)

    def halved(self) -> _Part:
        return _Part(averaged(self.ink, 2), self.corner, self.scale / 2)


def _part(picture: Picture, origin: Lattice, scale: float) -> _Part:
    """The ink of the part of a picture that lies under a lattice, no finer than it is needed."""
    around = 2 * _STEP
    limits = picture.shape[1], picture.shape[0]
    low = [min(max(int(origin[..., axis].min()) - around, 0), limits[axis] - 1) for axis in (0, 1)]
    top = [max(min(int(origin[..., axis].max()) + around, limits[axis]), low[axis] + 1) for axis in (0, 1)]
    ink = lifted(resized(picture[low[1] : top[1], low[0] : top[0]], scale))
    return _Part(ink, (low[0], low[1]), scale)


def _lattice(width: int, height: int) -> Lattice:
    """The spots of a lattice over a page at least so large, one beyond each of its sides."""
    across, down = (
        np.arange(-1, ceil(side / _STEP) + 1) * _STEP + (_STEP - 1) / 2 for side in (width, height)
    )
    return np.stack(np.meshgrid(across, down), axis=-1).astype(np.float32)


def _mapped(places: Lattice, way: NDArray[Any]) -> Lattice:
    return np.asarray(cv2.perspectiveTransform(places, way), np.float32)


def _curl(coarse: _Part, places: Lattice, to_file: NDArray[Any]) -> tuple[Lattice, float]:
    """How far the page lies off its corners' perspective at each spot, and the height of its text.

    Found on a coarse copy, twice: rules that are bent too much show only in parts at first.
    """
    bend = np.zeros_like(places)
    line = 0.0
    for _ in range(2):
        flat = coarse.sampled(_mapped(places + bend, to_file), _STEP // 2)
        line = line or text_height(_without_lines(flat))
        change = _bend(flat, line)
        bend = bend + 2 * change
        if float(np.abs(change).max()) < line * _STRAIGHT:
            break
    return bend, 2 * line


_STRAIGHT = 0.25
"""How far off, in text heights, a rule may lie on a page that counts as straight."""


def _moved(frame: tuple[int, int, int, int], bend: Lattice) -> tuple[int, int, int, int]:
    """Where the table's frame came to lie after the page was straightened."""
    x0, y0, x1, y1 = frame
    left, right = (float(np.mean([_at(bend, x, y)[0] for y in (y0, y1)])) for x in (x0, x1))
    top, bottom = (float(np.mean([_at(bend, x, y)[1] for x in (x0, x1)])) for y in (y0, y1))
    return round(x0 - left), round(y0 - top), round(x1 - right), round(y1 - bottom)


def _at(lattice: Lattice, x: float, y: float) -> NDArray[np.float64]:
    """The value of a lattice at a place of the page, between its spots in proportion."""
    across, down = (place / _STEP + (_STEP + 1) / (2 * _STEP) for place in (x, y))
    column, row = min(int(across), lattice.shape[1] - 2), min(int(down), lattice.shape[0] - 2)
    right, under = across - column, down - row
    four = lattice[row : row + 2, column : column + 2].astype(np.float64)
    upper, lower = four[:, 0] * (1 - right) + four[:, 1] * right
    return np.asarray(upper * (1 - under) + lower * under)


def _sampled(picture: Picture | Gray, origin: Lattice, step: int) -> Gray:
    """The picture at the places between a lattice's spots, white where there is none; some rows at a time."""
    bands: list[Gray] = []
    for first in range(0, origin.shape[0] - 2, _BAND):
        part = origin[first : first + _BAND + 2]
        places = cv2.resize(part, None, fx=step, fy=step, interpolation=cv2.INTER_LINEAR)
        inner = np.ascontiguousarray(places[step:-step, step:-step])
        bands.append(cv2.remap(picture, inner, _NOWHERE, cv2.INTER_CUBIC, borderValue=(255, 255, 255)))
    return np.concatenate(bands)


_BAND = 16
_NOWHERE = np.empty(0, np.float32)


def _without_lines(gray: Gray) -> Mask:
    rough = max(gray.shape) / 90
    mask = ink_mask(gray, rough)
    rows, columns = line_masks(mask, rough)
    return cv2.subtract(mask, cv2.dilate(cv2.bitwise_or(rows, columns), np.ones((3, 3), np.uint8)))


def _bend(gray: Gray, line: float) -> Lattice:
    """How far the ink at each spot lies off a straight grid: a smooth field fitted to the ruled lines.

    The grey page is half as fine as the lattice is told.
    """
    rows, columns = line_masks(ink_mask(gray, line), line)
    height, width = gray.shape
    across = _field(_drift(np.ascontiguousarray(columns.T), line), width, height)
    down = _field(_drift(rows, line), height, width)
    return np.stack([across.T, down], axis=-1)


def _drift(lines: Mask, line: float) -> list[NDArray[Any]]:
    """For each ruled line: points of (along, across) on its middle."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    step = max(2, round(line / 3))
    found: list[NDArray[np.float64]] = []
    for label in range(1, count):
        x, y, wide, high, _ = stats[label]
        if wide < line * 2.4 or high > max(wide * 0.15, 4):
            continue
        part = labels[y : y + high, x : x + wide : step] == label
        depth = part.sum(axis=0)
        spots = np.flatnonzero(depth)
        centre = (part * np.arange(high)[:, None]).sum(axis=0)[spots] / depth[spots] + y
        found.append(np.stack([x + spots * float(step), centre], axis=-1))
    return found


def _field(drift: list[NDArray[np.float64]], height: int, width: int) -> NDArray[np.float32]:
    """At a lattice's spots, the smooth field whose change along each line is that line's own drift.

    Only changes are fitted, since where a line ought to lie nobody knows;
    lines that disagree with the others (strokes of writing, streaks) are dropped.
    """
    step = _STEP / 2
    spots = (((np.arange(side // step + 2) - 0.5) * step - 0.5) / side for side in (width, height))
    x, y = np.meshgrid(*spots)
    if len(drift) < 6:
        return np.zeros(x.shape, np.float32)
    rows = [_centred(_terms(points[:, 0] / width, points[:, 1] / height)) for points in drift]
    offs = [_centred(points[:, 1]) for points in drift]
    # Each line's share of the normal equations, so that dropping lines costs no new sums.
    squares = np.array([row.T @ row for row in rows])
    sums = np.array([row.T @ part for row, part in zip(rows, offs, strict=True)])
    keep = np.ones(len(drift), bool)
    for _ in range(4):
        solver = np.linalg.pinv(squares[keep].sum(axis=0), rcond=1e-8, hermitian=True)
        weights = solver @ sums[keep].sum(axis=0)
        rest = np.array([np.abs(row @ weights - part).mean() for row, part in zip(rows, offs, strict=True)])
        keep = rest <= max(0.8, 3 * float(np.median(rest[keep])))
    return np.asarray((_terms(x.ravel(), y.ravel()) @ weights).reshape(x.shape), np.float32)


def _centred(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows - rows.mean(axis=0))


def _terms(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([x, x**2, x**3, x * y, x**2 * y, x**3 * y, x * y**2, x**2 * y**2], axis=-1)
