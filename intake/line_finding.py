"""Finding lines: a picture of a page that is no form in, its lines of text out, from top to bottom.

No ruled table is needed: a detector says where text is, each line is cut out
along its own slant and read. Places are known twice: level, so that "right
of" and "below" mean something, and in the picture's own pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.engine import Engine, Line, Picture
from intake.page import lifted
from intake.text_line import TextLine, pieces

Corners = NDArray[np.float32]
"""Four (x, y), clockwise from the upper left of a line's first character."""

_LONGEST, _GRAIN = 1280, 32
"""Long side, in pixels, of the copy on which lines are looked for, and what its sides are multiples of."""
_INSIDE, _SURE = 0.3, 0.5
"""From what probability a pixel counts as text, and what a line must have on average."""
_GROWN = 1.6
"""How far the detector shrinks a line's outline: by its area times this over its girth."""
_SAMPLE = 4
_UNSURE = 0.93
"""Lines read less surely than this are read again without shadows and seals."""


class Finder(Protocol):
    """Says where on a page text is."""

    def text_map(self, picture: Picture) -> NDArray[np.float32]:
        """For each pixel how likely it lies inside a line of text. Raises EngineMissing, EngineFailed."""
        ...


def text_lines(picture: Picture, engine: Engine, most: int | None = None) -> tuple[TextLine, ...]:
    """The lines of a picture as read, from top to bottom.

    `most` reads only so many, the highest of them. Raises EngineMissing, EngineFailed.
    """
    turned, quads, back = _along(picture)
    if not quads:
        return ()
    if _is_upside_down(turned, quads, engine):
        quads = [np.roll(quad, 2, axis=0) for quad in quads]
    wanted = sorted(quads, key=_height, reverse=True)[:most]
    read = _read(turned, wanted, engine)
    level = _levelled(wanted)
    found = [
        piece
        for quad, line in zip(wanted, read, strict=True)
        if line.text.strip()
        for piece in pieces(_told(quad, line, level, back))
    ]
    return tuple(sorted(found, key=lambda piece: (piece.middle, piece.box[0])))


def _along(picture: Picture) -> tuple[Picture, list[Corners], Callable[[Corners], Corners]]:
    """The picture turned so that its lines run across, those lines, and the way back to the picture."""
    quads = _found(picture)
    if not _runs_down(quads):
        return picture, quads, lambda spots: spots
    turned = np.ascontiguousarray(np.rot90(picture))
    wide = picture.shape[1] - 1

    def back(spots: Corners) -> Corners:
        return np.stack([wide - spots[:, 1], spots[:, 0]], axis=-1)

    return turned, _found(turned), back


@cache
def _finder() -> Finder:
    from intake.rapid import RapidFinder

    return RapidFinder(threads=1)


def _found(picture: Picture) -> list[Corners]:
    """The outlines of the lines in a picture; their first corner is the upper left one as the page lies."""
    high, wide = picture.shape[:2]
    scale = min(1.0, _LONGEST / max(high, wide))
    size = [max(_GRAIN, round(side * scale / _GRAIN) * _GRAIN) for side in (wide, high)]
    text = _finder().text_map(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    back = np.array([wide / size[0], high / size[1]], np.float32)
    contours, _ = cv2.findContours((text > _INSIDE).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [box for contour in contours if (box := _grown(contour, text)) is not None]
    slant = _slant(boxes)
    return [_ordered(box * back, slant) for box in boxes]


def _grown(contour: NDArray[Any], text: NDArray[np.float32]) -> Corners | None:
    """The outline of a line, grown from the core that the detector marks; None for a speck."""
    middle, (wide, high), angle = cv2.minAreaRect(contour)
    if min(wide, high) < 3:
        return None
    x, y, w, h = cv2.boundingRect(contour)
    inside = cv2.fillPoly(np.zeros((h, w), np.uint8), [contour - (x, y)], 1)
    if cv2.mean(text[y : y + h, x : x + w], inside)[0] < _SURE:
        return None
    more = 2 * wide * high * _GROWN / (2 * (wide + high))
    return np.asarray(cv2.boxPoints((middle, (wide + more, high + more), angle)), np.float32)


def _slant(boxes: Sequence[Corners]) -> float:
    """The angle, in radians, by which the long sides of most boxes fall to the right; 0 to π."""
    sides = [max((box[1] - box[0], box[2] - box[1]), key=np.linalg.norm) for box in boxes]
    if not sides:
        return 0.0
    x, y = np.array(sides, np.float64).T
    length, doubled = np.hypot(x, y), 2 * np.arctan2(y, x)
    return float(np.arctan2((length * np.sin(doubled)).sum(), (length * np.cos(doubled)).sum()) / 2)


def _ordered(box: Corners, slant: float) -> Corners:
    """The corners of a box, clockwise from the upper left of a page that slants so."""
    slant = (slant + np.pi / 4) % np.pi - np.pi / 4  # lines run to the right, or down
    along, down = (np.cos(slant), np.sin(slant)), (-np.sin(slant), np.cos(slant))
    by_height = box[np.argsort(box @ np.array(down))]
    upper, lower = (pair[np.argsort(pair @ np.array(along))] for pair in (by_height[:2], by_height[2:]))
    return np.array([upper[0], upper[1], lower[1], lower[0]], np.float32)


def _runs_down(quads: Sequence[Corners]) -> bool:
    """Whether most text runs from top to bottom of the picture."""
    sides = [quad[1] - quad[0] for quad in quads]
    return sum(float(abs(y) - abs(x)) for x, y in sides) > 0


def _is_upside_down(picture: Picture, quads: Sequence[Corners], engine: Engine) -> bool:
    """Whether some lines read more surely the other way up."""
    wide = sorted(quads, key=lambda quad: _width(quad) / _height(quad), reverse=True)
    sample = [quad for quad in wide if _width(quad) < 20 * _height(quad)][:_SAMPLE]
    crops = [_crop(picture, quad) for quad in sample]
    read = engine.read([*crops, *(np.ascontiguousarray(np.rot90(crop, 2)) for crop in crops)])
    upright, turned = (
        sum(line.confidence * len(line.text) for line in half)
        for half in (read[: len(crops)], read[len(crops) :])
    )
    return turned > upright


def _read(picture: Picture, quads: Sequence[Corners], engine: Engine) -> list[Line]:
    """The lines as read; what is hard to read is read once more without shadows and seals."""
    read = engine.read([_crop(picture, quad) for quad in quads])
    unsure = [place for place, line in enumerate(read) if line.confidence < _UNSURE]
    if not unsure:
        return read
    clear = cv2.cvtColor(lifted(picture), cv2.COLOR_GRAY2BGR)
    again = engine.read([_crop(clear, quads[place]) for place in unsure])
    for place, line in zip(unsure, again, strict=True):
        read[place] = max(read[place], line, key=lambda one: one.confidence * min(len(one.text), 2))
    return read


def _crop(picture: Picture, quad: Corners) -> Picture:
    """A line cut out level."""
    wide, high = max(round(_width(quad)), 4), max(round(_height(quad)), 4)
    flat = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    way = cv2.getPerspectiveTransform(quad, flat)
    return cv2.warpPerspective(
        picture, way, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )


def _width(quad: Corners) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2


def _height(quad: Corners) -> float:
    return max(float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2, 1e-6)


def _levelled(quads: Sequence[Corners]) -> NDArray[np.float64]:
    """The turn, 2 × 2, after which most lines run along the rows."""
    x, y = np.array([quad[1] - quad[0] + quad[2] - quad[3] for quad in quads], np.float64).sum(axis=0)
    angle = np.arctan2(y, x)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _told(
    quad: Corners, line: Line, level: NDArray[np.float64], back: Callable[[Corners], Corners]
) -> TextLine:
    flat = quad @ level.T
    x, y = (float(side) for side in flat.mean(axis=0))
    along = (flat[1] + flat[2] - flat[0] - flat[3]) / 2
    wide, high = _width(quad), _height(quad)
    box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    sure = tuple(glyph.confidence for glyph in line.glyphs) or (line.confidence,) * len(line.text)
    return TextLine(
        line.text,
        box,
        tuple((float(spot[0]), float(spot[1])) for spot in back(quad)),
        _stops(line, wide, high),
        sure,
        float(along[1] / along[0]) if along[0] else 0.0,
    )


def _stops(line: Line, wide: float, high: float) -> tuple[tuple[float, float], ...]:
    """Where each character stands: half-way to its neighbours, but no wider than characters are."""
    middles = [(glyph.x0 + glyph.x1) / 2 for glyph in line.glyphs] or _spread(line.text, wide)
    reach = high * 0.55
    halves = [(one + other) / 2 for one, other in pairwise(middles)]
    return tuple(
        (max(left, middle - reach, 0.0) / wide, min(right, middle + reach, wide) / wide)
        for left, middle, right in zip([0.0, *halves], middles, [*halves, wide], strict=True)
    )


def _spread(text: str, wide: float) -> list[float]:
    """The middles of characters of which no place is known."""
    return [wide * (place + 0.5) / len(text) for place in range(len(text))]
