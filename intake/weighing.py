"""Weighing: candidates of some cells and the bonds between them in, their joint probability out.

Exact, since a household falls into small groups: the candidates of a group
span an array, and each bond is a table over its own axes. A value that is
none of the candidates keeps a bond as often as a disturbed reading does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from intake.bonds import Bond
from intake.candidates import Candidate, Origin, disturbed
from records.forms import Edition
from records.values import Value, Values

Group = Mapping[str, tuple[Candidate, ...]]
"""The candidates by path."""

_BY_CHANCE = 0.03
"""How often at least a misread value keeps a bond: several of its figures may be wrong."""
_NEITHER = 0.5
"""How often an unknown value keeps a bond that the value as read breaks."""
_MOST_TOGETHER = 60_000


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the candidates of a path are worth after all, and which of them the likeliest form has."""

    shares: tuple[float, ...]
    best: int


def narrowed(group: Group) -> dict[str, tuple[Candidate, ...]]:
    """The candidates, of which the unlikeliest are left out until they can be weighed together."""
    found = {path: tuple(some) for path, some in group.items()}
    while math.prod(len(some) for some in found.values()) > _MOST_TOGETHER:
        path = max(found, key=lambda path: len(found[path]))
        inner = found[path][1:-1]
        least = min(inner, key=lambda one: one.share)
        found[path] = tuple(one for one in found[path] if one is not least)
    return found


def weighed(group: Group, bonds: Sequence[Bond], edition: Edition) -> dict[str, Weighed]:
    """Each path's candidates under the bonds; every bond's paths must be in the group."""
    axes = {path: axis for axis, path in enumerate(group)}
    total = np.zeros([len(some) for some in group.values()])
    for path, some in group.items():
        total += _spread(np.log([max(one.share, 1e-9) for one in some]), [axes[path]], total.ndim)
    for bond in bonds:
        total += _spread(_table(group, bond, edition), [axes[path] for path in bond.paths], total.ndim)
    total = np.exp(total - total.max())
    total /= total.sum()
    best = np.unravel_index(int(total.argmax()), total.shape)
    return {path: Weighed(_shares(total, axis), int(best[axis])) for path, axis in axes.items()}


def _shares(total: NDArray[np.float64], axis: int) -> tuple[float, ...]:
    others = tuple(other for other in range(total.ndim) if other != axis)
    return tuple(float(share) for share in total.sum(axis=others))


def _spread(table: NDArray[np.float64], axes: Sequence[int], dimensions: int) -> NDArray[np.float64]:
    """A table over some axes, as one over all."""
    order = sorted(range(len(axes)), key=lambda place: axes[place])
    turned = table.transpose(order)
    shape = [1] * dimensions
    for place, size in zip((axes[place] for place in order), turned.shape, strict=True):
        shape[place] = size
    return turned.reshape(shape)


def _table(group: Group, bond: Bond, edition: Edition) -> NDArray[np.float64]:
    """The logarithm of how well each combination of candidates keeps a bond."""
    columns = [group[path] for path in bond.paths]
    chance = {path: misread_keeps(bond, path, _as_read(group, bond), edition) for path in bond.paths}
    known: dict[tuple[Value, ...], bool] = {}
    table = np.zeros([len(column) for column in columns])
    for place in product(*(range(len(column)) for column in columns)):
        some = [column[index] for column, index in zip(columns, place, strict=True)]
        values = tuple(one.value for one in some)
        if values not in known:
            known[values] = bond.holds(dict(zip(bond.paths, values, strict=True)))
        unknown = [path for path, one in zip(bond.paths, some, strict=True) if one.origin is Origin.UNKNOWN]
        keeps = min((chance[path] for path in unknown), default=1.0)
        table[place] = math.log(_odds(bond.exceptions, known[values], keeps, bool(unknown)))
    return table


def _odds(exceptions: float, holds: bool, keeps: float, is_unknown: bool) -> float:
    if not is_unknown:
        return 1 - exceptions if holds else exceptions
    return (1 - exceptions) * keeps + exceptions * (1 - keeps) if holds else _NEITHER


def _as_read(group: Group, bond: Bond) -> Values:
    return {path: group[path][0].value for path in bond.paths}


def misread_keeps(bond: Bond, path: str, values: Values, edition: Edition) -> float:
    """How often a bond that holds would hold, too, had this path been misread."""
    others = disturbed(values[path], edition.field(path))
    if not others or not bond.holds(values):
        return 1.0
    kept = sum(bond.holds({**values, path: other}) for other in others)
    return max(kept / len(others), _BY_CHANCE)
