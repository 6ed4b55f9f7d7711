"""Layouts seen before: printed labels read on one page are known again on the next by their very picture.

In a batch of one printed form the same words stand in the same type on every
page. A line that looks, character by character, like a label that was read
before is that label and needs no engine. Only looks count, not places: labels
that changed places are found where they are, and a changed label looks like
nothing known and is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.engine import Engine
from intake.writing import Box, Stretch

_HEIGHT = 24
"""Height in pixels at which two lines are laid over each other: strokes of characters stay apart."""
_ALIKE = 0.11
"""The most that two pictures of one word differ anywhere, in shares of the ink.

On twenty pages in nine kinds of wear and five typefaces the likest picture of
the same word differed by 0.03 (median), that of the likest other word by 0.2 and
more, also where one character in four was another.
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
    """A label's picture and its words; `glance` is a few grey fields of it, to find it quickly."""

    text: str
    look: NDArray[np.float32]
    glance: NDArray[np.float32]


class Layouts:
    """The labels that were read so far, the latest few hundred."""

    def __init__(self) -> None:
        self._known: deque[_Known] = deque(maxlen=_MOST)

    def recalled(self, lines: Iterable[Stretch]) -> dict[Box, str]:
        """The words of those lines that look like a label read before."""
        if not self._known:
            return {}
        glances = np.stack([known.glance for known in self._known])
        widths = np.array([known.look.shape[1] for known in self._known])
        found: dict[Box, str] = {}
        for line in lines:
            text = self._recognised(_seen("", line), glances, widths)
            if text is not None:
                found[line.box] = text
        return found

    def learn(self, labels: Iterable[tuple[Stretch, str]]) -> None:
        """Remember lines and their words."""
        self._known.extend(_seen(text, line) for line, text in labels)

    def _recognised(self, seen: _Known, glances: NDArray[np.float32], widths: NDArray[Any]) -> str | None:
        width = seen.look.shape[1]
        like = glances @ seen.glance
        near = np.flatnonzero((np.abs(widths - width) <= max(2.0, _WIDTHS * width)) & (like > _GLANCED))
        if not len(near):
            return None
        likest = [self._known[index] for index in near[np.argsort(-like[near])[:_NEAREST]]]
        offers = sorted((_difference(seen.look, known.look), known.text) for known in likest)
        least, text = offers[0]
        others = [difference for difference, other in offers if other.strip(_STARS) != text.strip(_STARS)]
        return text if least < _ALIKE and all(other > _APART * least for other in others) else None


_LAYOUTS: WeakKeyDictionary[Engine, Layouts] = WeakKeyDictionary()


def layouts_of(engine: Engine) -> Layouts:
    """What was read with this engine; it is forgotten with the engine."""
    try:
        return _LAYOUTS.setdefault(engine, Layouts())
    except TypeError:  # an engine of one's own that cannot be a key: each page stands for itself
        return Layouts()


def _seen(text: str, line: Stretch) -> _Known:
    """A line's ink cut close, one height for all, as strong as any other."""
    (x0, y0, x1, y1), (left, top) = line.box, line.origin
    gray = line.crop[max(y0 - top, 0) : y1 - top, max(x0 - left, 0) : x1 - left, 0]
    wide = max(_HEIGHT // 2, round(gray.shape[1] * _HEIGHT / gray.shape[0]))
    ink = 1 - cv2.resize(gray, (wide, _HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    look = cv2.GaussianBlur(cv2.copyMakeBorder(ink, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0), (0, 0), 1.2)
    glance = cv2.resize(look, _GLANCE, interpolation=cv2.INTER_AREA).ravel()
    glance = glance - glance.mean()
    return _Known(text, _strong(look), glance / max(float(np.linalg.norm(glance)), 1e-6))


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
