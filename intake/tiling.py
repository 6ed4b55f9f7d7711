"""Tiling: what speaks for each side of a lattice in, the sides that cut the table into cells out.

A table is tiled by rectangles, so no ruled line ends in the open nor turns a
corner inside of it. Where what was seen breaks that, the cheapest change
mends it: a line is carried on over a dropout, a stroke of writing is given up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Spot = tuple[int, int]
Sides = NDArray[np.bool_]

_WAYS: tuple[Spot, ...] = ((-1, 0), (1, 0), (0, -1), (0, 1))
_SURE = 1000.0
_CLEARLY = 0.5
"""What is seen of a side speaks clearly from here on."""
_LEFT_OPEN = 1.0
"""What a change costs beyond its sides when it leaves another line in the open."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """The ruled sides: `above[r, c]` over row r at column c, `before[r, c]` left of column c at row r.

    `torn_above` and `torn_before` are those that were clearly seen otherwise;
    `strain` is how much was seen against all that were changed, in text heights.
    """

    above: Sides
    before: Sides
    torn_above: Sides
    torn_before: Sides
    strain: float


def tiled(above: NDArray[Any], before: NDArray[Any]) -> Tiling:
    """The tiling that what was seen speaks for: positive numbers for a ruled side, negative against."""
    weights = _woven(above, before)
    lattice = _Lattice(weights)
    seen = lattice.ruled.copy()
    strain = 0.0
    while (change := lattice.cheapest_change()) is not None:
        strain += max(0.0, lattice.applied(change))
    torn = (lattice.ruled != seen) & (np.abs(weights) > _CLEARLY)
    return Tiling(
        lattice.ruled[0::2, 1::2].copy(),
        lattice.ruled[1::2, 0::2].copy(),
        torn[0::2, 1::2].copy(),
        torn[1::2, 0::2].copy(),
        strain,
    )


def _woven(above: NDArray[Any], before: NDArray[Any]) -> NDArray[np.float64]:
    """Crossings and sides in one array: crossings at even places, a side between its two crossings."""
    woven = np.zeros((2 * before.shape[0] + 1, 2 * above.shape[1] + 1))
    woven[0::2, 1::2] = above
    woven[1::2, 0::2] = before
    woven[[0, -1], 1::2] = _SURE
    woven[1::2, [0, -1]] = _SURE
    return woven


@dataclass(frozen=True, slots=True)
class _Change:
    """Sides to be turned over, and what that costs."""

    sides: tuple[Spot, ...]
    cost: float


class _Lattice:
    """The sides of a lattice while they are mended; a side that was turned over stays so."""

    def __init__(self, weights: NDArray[np.float64]) -> None:
        self._weights = weights
        self._turned: set[Spot] = set()
        self.ruled: Sides = weights > 0

    def cheapest_change(self) -> _Change | None:
        """The cheapest change that mends one of the crossings where a line ends or turns."""
        changes = [change for spot in self._open() for change in self._changes(spot)]
        return min(changes, key=lambda change: change.cost, default=None)

    def applied(self, change: _Change) -> float:
        """What a change cost, after making it."""
        for side in change.sides:
            self.ruled[side] = not self.ruled[side]
            self._turned.add(side)
        return change.cost

    def _open(self) -> list[Spot]:
        up, down = self.ruled[1:-2:2, 2:-1:2], self.ruled[3::2, 2:-1:2]
        left, right = self.ruled[2:-1:2, 1:-2:2], self.ruled[2:-1:2, 3::2]
        arms = up.astype(int) + down + left + right
        wrong = (arms == 1) | ((arms == 2) & (up != down))
        return [(2 * int(row) + 2, 2 * int(column) + 2) for row, column in np.argwhere(wrong)]

    def _changes(self, spot: Spot) -> list[_Change]:
        arms = [way for way in _WAYS if self.ruled[spot[0] + way[0], spot[1] + way[1]]]
        on = {way: self._run(spot, way) for way in _WAYS if way not in arms}
        off = {way: self._run(spot, way) for way in arms}
        if len(arms) == 1:
            ahead = (-arms[0][0], -arms[0][1])
            across = [run for way, run in on.items() if way != ahead]
            found = [off[arms[0]], on[ahead], _together(across)]
        else:
            found = [*on.values(), _together(off.values())]
        return [change for change in found if change is not None]

    def _run(self, spot: Spot, way: Spot) -> _Change | None:
        """Turning over the sides from a crossing on, until the line may end."""
        sides: list[Spot] = []
        cost = 0.0
        was = bool(self.ruled[spot[0] + way[0], spot[1] + way[1]])
        while True:
            side = spot[0] + way[0], spot[1] + way[1]
            if side in self._turned or bool(self.ruled[side]) != was:
                return _Change(tuple(sides), cost + _LEFT_OPEN) if sides else None
            sides.append(side)
            cost += float(self._weights[side]) * (1 if was else -1)
            spot = spot[0] + 2 * way[0], spot[1] + 2 * way[1]
            if not self._inside(spot) or self._may_stand(spot, side):
                return _Change(tuple(sides), cost)

    def _inside(self, spot: Spot) -> bool:
        high, wide = self.ruled.shape
        return bool(0 < spot[0] < high - 1 and 0 < spot[1] < wide - 1)

    def _may_stand(self, spot: Spot, turned: Spot) -> bool:
        """Whether a crossing is one of a tiling once a side of it is turned over."""
        up, down, left, right = (
            bool(self.ruled[side]) != (side == turned)
            for side in ((spot[0] + way[0], spot[1] + way[1]) for way in _WAYS)
        )
        arms = sum((up, down, left, right))
        return bool(arms in (0, 3, 4) or (arms == 2 and up == down))


def _together(changes: Any) -> _Change | None:
    """Several changes made at once; None when one of them cannot be made."""
    every = list(changes)
    if not every or any(change is None for change in every):
        return None
    return _Change(tuple(side for one in every for side in one.sides), sum(one.cost for one in every))
