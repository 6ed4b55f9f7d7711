from __future__ import annotations

import numpy as np
import pytest

from intake.tiling import tiled


def lattice(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """A lattice all of whose sides were clearly seen."""
    return np.full((rows + 1, columns), 2.0), np.full((rows, columns + 1), 2.0)


def test_what_is_clearly_seen_stays_as_it_is() -> None:
    above, before = lattice(3, 4)
    before[1, 2] = -3.0
    tiling = tiled(above, before)
    assert tiling.strain == 0
    assert not tiling.before[1, 2]
    assert tiling.above.all() and tiling.before.sum() == before.size - 1


@pytest.mark.parametrize("gap", [(2, 1), (1, 2)])
def test_a_side_lost_to_a_dropout_is_carried_on(gap: tuple[int, int]) -> None:
    above, before = lattice(4, 4)
    before[:, 1:-1] = -3.0
    above[gap] = -0.7
    tiling = tiled(above, before)
    assert tiling.above[gap]
    assert tiling.torn_above[gap]
    assert tiling.strain == pytest.approx(0.7)


def test_a_stroke_that_ends_in_the_open_is_given_up() -> None:
    above, before = lattice(3, 5)
    above[1:-1], before[:, 1:-1] = -3.0, -3.0
    before[1, 2] = 0.6
    tiling = tiled(above, before)
    assert not tiling.before[:, 1:-1].any()
    assert tiling.torn_before[1, 2]


def test_a_line_may_end_at_a_line_that_crosses_its_way() -> None:
    above, before = lattice(2, 3)
    before[1, 1] = -3.0
    tiling = tiled(above, before)
    assert tiling.strain == 0
    assert tiling.before[0, 1] and not tiling.before[1, 1]


def test_no_line_turns_a_corner_inside_the_table() -> None:
    above, before = lattice(2, 2)
    above[1, 0], before[1, 1] = -0.2, -3.0
    tiling = tiled(above, before)
    assert tiling.above[1, 0]
    assert tiling.strain == pytest.approx(0.2)
