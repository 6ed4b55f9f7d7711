from __future__ import annotations

import numpy as np

from intake.engine import Line, Picture
from intake.ways import BestText, without_colour
from tests.intake.recognised import line_of


class Sure:
    """An engine that reads the same line in every crop."""

    name = "sure"

    def read(self, crops: list[Picture]) -> list[Line]:
        return [line_of("男") for _ in crops]


def test_an_engine_whose_probabilities_are_withheld_still_tells_its_best_text() -> None:
    crop = np.zeros((48, 48, 3), np.uint8)
    engine = Sure()
    told = BestText(engine).read([crop, crop])
    assert [line.text for line in told] == ["男", "男"]
    assert [line.scores for line in told] == [None, None]
    assert engine.read([crop])[0].scores is not None


def test_a_picture_without_colour_has_no_red_that_could_be_lifted() -> None:
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 2] = 215
    grey = without_colour(red)
    assert grey.shape == red.shape
    assert (grey[..., 2] == grey[..., 0]).all()
    assert int(grey[0, 0, 0]) < 100
