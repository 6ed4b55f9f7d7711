"""Ways of reading that a measurement may switch off, to tell what each is worth; a reader has them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2

from intake.engine import Engine, Line, Picture


@dataclass(frozen=True, slots=True)
class Ways:
    """What reading makes use of.

    `decoding` weighs what may stand in a cell against the engine's
    probabilities, `priors` weighs free text by what is usual in names, places
    and words, `household` lets the cells of a form speak for each other, `seals`
    tells red ink from black by its colour.
    """

    decoding: bool = True
    priors: bool = True
    household: bool = True
    seals: bool = True


ALL = Ways()


class BestText:
    """An engine whose probabilities are withheld: nothing but its best text counts."""

    def __init__(self, engine: Engine) -> None:
        self.name = engine.name
        self._engine = engine

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """One `Line` a crop, in order, without scores. Raises EngineMissing, EngineFailed."""
        return [replace(line, scores=None) for line in self._engine.read(crops)]


def without_colour(picture: Picture) -> Picture:
    """The picture as a grey scanner gives it."""
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
