"""The seam of recognition: one method, so that an engine is easy to add and to fake.

An engine hands out not only its best text but, where it has them, the
probabilities behind it, so that `intake.decode` can weigh what may stand in a
cell against the picture itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]
"""A picture: height × width × 3, blue-green-red, 8 bits, ink dark on light."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A recognition model's output for one line (CTC, Graves et al. 2006).

    `log_probs` is steps × classes, natural logarithms; class 0 is the blank;
    `alphabet[c]` is the character of class c. `step_width` is how many pixels
    of the crop one step covers.
    """

    log_probs: NDArray[np.float32]
    alphabet: tuple[str, ...]
    step_width: float


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
