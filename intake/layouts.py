"""Layouts seen before: what is printed on one page is known again on the next by its very picture.

In a batch of one printed form the same words stand in the same type on every
page. A line that looks, character by character, like a printed one that was
read before is that line and needs no engine. Only looks count, not places:
labels that changed places are found where they are, and a changed label, or one
with a mark at it, looks like nothing known and is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.engine import Engine, Glyph, Line
from intake.writing import Box, Stretch

_HEIGHT = 24
"""Height in pixels at which two lines are laid over each other: strokes of characters stay apart."""
_ALIKE = 0.11
"""The most that two pictures of one word differ anywhere, in shares of the ink.

On twenty pages in nine kinds of wear and five typefaces the likest picture of
the same word differed by 0.03 (median), that of the likest other word by 0.2 and
more, also where one character in four was another, and that of the same words
with a tick at them by 0.5 and more.
"""
_APART = 2.0
"""How much farther off the nearest other word must be."""
_WIDTHS = 0.08
"""How far the widths of two pictures of one word may lie apart."""
_MOST = 1500
_NEAREST = 4
_STARS = "*＊"
_GLANCE = (32, 8)
_GLANCED = 0.6
"""How well two glances of one word agree at least."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A printed line's picture, the line as it was read, its glyphs in shares of the width of its ink.

    `glance` is a few grey fields of the picture, to find it quickly.
    """

    line: Line
    look: NDArray[np.float32]
    glance: NDArray[np.float32]


class Layouts:
    """The printed lines that were read so far, the latest `_MOST` of them."""

    def __init__(self) -> None:
        self._known: deque[_Known] = deque(maxlen=_MOST)

    def recalled(self, lines: Iterable[Stretch]) -> dict[Box, Line]:
        """Those lines that look like one read before, as that was read."""
        if not self._known:
            return {}
        glances = np.stack([known.glance for known in self._known])
        widths = np.array([known.look.shape[1] for known in self._known])
        found: dict[Box, Line] = {}
        for line in lines:
            known = self._recognised(_seen(_NOTHING, line), glances, widths)
            if known is not None:
                found[line.box] = _placed(known, line)
        return found

    def learn(self, printed: Iterable[tuple[Stretch, Line]]) -> None:
        """Remember printed lines and how they were read."""
        self._known.extend(_seen(line, stretch) for stretch, line in printed)

    def _recognised(self, seen: _Known, glances: NDArray[np.float32], widths: NDArray[Any]) -> Line | None:
        width = seen.look.shape[1]
        like = glances @ seen.glance
        near = np.flatnonzero((np.abs(widths - width) <= max(2.0, _WIDTHS * width)) & (like > _GLANCED))
        if not len(near):
            return None
        likest = [self._known[index] for index in near[np.argsort(-like[near])[:_NEAREST]]]
        offers = [(_difference(seen.look, known.look), known.line) for known in likest]
        least, line = min(offers, key=lambda offer: offer[0])
        words = line.text.strip(_STARS)
        others = [difference for difference, other in offers if other.text.strip(_STARS) != words]
        return line if least < _ALIKE and all(other > _APART * least for other in others) else None


_LAYOUTS: WeakKeyDictionary[Engine, Layouts] = WeakKeyDictionary()


def layouts_of(engine: Engine) -> Layouts:
    """What was read with this engine; it is forgotten with the engine."""
    try:
        return _LAYOUTS.setdefault(engine, Layouts())
    except TypeError:  # an engine of one's own that cannot be a key: each page stands for itself
        return Layouts()


_NOTHING = Line("", 0.0)


def _placed(line: Line, stretch: Stretch) -> Line:
    """A known line where it stands now: its glyphs in pixels of the crop."""
    start, width = stretch.box[0] - stretch.origin[0], stretch.box[2] - stretch.box[0]
    return _moved(line, start, width)


def _moved(line: Line, start: float, width: float) -> Line:
    glyphs = (
        Glyph(one.char, start + one.x0 * width, start + one.x1 * width, one.confidence) for one in line.glyphs
    )
    return replace(line, glyphs=tuple(glyphs))


def _seen(line: Line, stretch: Stretch) -> _Known:
    """A line's ink cut close, one height for all, as strong as any other."""
    (x0, y0, x1, y1), (left, top) = stretch.box, stretch.origin
    gray = stretch.crop[max(y0 - top, 0) : y1 - top, max(x0 - left, 0) : x1 - left, 0]
    wide = max(_HEIGHT // 2, round(gray.shape[1] * _HEIGHT / gray.shape[0]))
    ink = 1 - cv2.resize(gray, (wide, _HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    look = cv2.GaussianBlur(cv2.copyMakeBorder(ink, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0), (0, 0), 1.2)
    glance = cv2.resize(look, _GLANCE, interpolation=cv2.INTER_AREA).ravel()
    glance = glance - glance.mean()
    shares = _moved(line, (left - x0) / (x1 - x0), 1 / (x1 - x0))
    return _Known(shares, _strong(look), glance / max(float(np.linalg.norm(glance)), 1e-6))


def _strong(look: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(look / max(float(np.sqrt((look * look).mean())), 1e-6), np.float32)


def _difference(look: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The largest difference of any stretch as wide as a character, each laid over the other's at best."""
    core = look[1:-1, 1:-1]
    size = (look.shape[1], look.shape[0])
    same = other if look.shape == other.shape else cv2.resize(other, size, interpolation=cv2.INTER_LINEAR)
    shifted = np.lib.stride_tricks.sliding_window_view(same, core.shape)
    squares = ((shifted - core) ** 2).mean(axis=2).reshape(9, -1)
    sums = np.pad(np.cumsum(squares, axis=1), ((0, 0), (1, 0)))
    reach = min(_HEIGHT, squares.shape[1])
    stretches = (sums[:, reach:] - sums[:, :-reach]) / reach
    return float(stretches.min(axis=0).max())
