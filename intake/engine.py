"""The seam of recognition: one method, so that an engine is easy to add and to fake.

An engine hands out not only its best text but, where it has them, the
probabilities behind it, so that `intake.decode` can weigh what may stand in a
cell against the picture itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]
"""A picture: height × width × 3, blue-green-red, 8 bits, ink dark on light."""


LIKELY = 1e-3
"""From what probability at any step a class counts among the likely ones."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A recognition model's output for one line (CTC, Graves et al. 2006).

    `alphabet[c]` is the character of class c, class 0 the blank. `best` is the
    likeliest class of each step, `likely` are those that reach LIKELY at one
    step at least. A model has many thousand classes, of which nobody needs
    many: `log_probs` gives those asked for, steps × classes, natural logarithms.
    """

    alphabet: tuple[str, ...]
    best: NDArray[np.int64]
    likely: frozenset[int]
    log_probs: Callable[[Sequence[int]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as read: where it stands along the line (pixels of the crop), how sure."""

    char: str
    x0: float
    x1: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as an engine read it; `scores` is None where the engine has no probabilities."""

    text: str
    confidence: float
    glyphs: tuple[Glyph, ...] = ()
    scores: Scores | None = None


class Engine(Protocol):
    """Reads crops that hold one line of text each."""

    name: str

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """One `Line` a crop, in order. Raises EngineMissing, EngineFailed."""
        ...
