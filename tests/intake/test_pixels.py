from __future__ import annotations

import numpy as np
import pytest

from intake.pixels import darkest, resized, shade


@pytest.mark.parametrize("scale", [0.23, 0.34, 0.51, 0.6, 0.75, 0.98])
def test_no_line_of_one_pixel_is_lost_when_a_picture_is_made_smaller(scale: float) -> None:
    for column in range(20, 40):
        picture = np.full((120, 90, 3), 255, np.uint8)
        picture[:, column] = 0
        seen = 255 - resized(picture, scale)[30 * round(scale), :, 0].astype(float)
        assert seen.max() > 255 * scale * 0.45
        assert abs((seen * np.arange(len(seen))).sum() / seen.sum() - (column + 0.5) * scale + 0.5) < 1


@pytest.mark.parametrize("scale", [0.23, 0.5, 0.75, 1.0, 1.6])
def test_a_picture_of_one_shade_keeps_it_at_every_scale(scale: float) -> None:
    small = resized(np.full((101, 67, 3), 140, np.uint8), scale)
    assert np.array_equal(np.unique(small), [140])
    assert abs(small.shape[0] - 101 * scale) <= 1 / min(scale, 1.0)


@pytest.mark.parametrize("percent", [0.5, 2, 50, 98, 100])
def test_a_shade_is_numpys_percentile(percent: float) -> None:
    gray = np.random.default_rng(3).normal(200, 30, (77, 50)).clip(0, 255).astype(np.uint8)
    assert shade(gray[::3, ::3], percent) == pytest.approx(np.percentile(gray[::3, ::3], percent))


def test_the_darkest_channel_counts() -> None:
    picture = np.array([[(9, 40, 30), (200, 7, 90), (80, 60, 3)]], np.uint8)
    assert darkest(picture).tolist() == [[9, 7, 3]]
