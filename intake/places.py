"""Places: for each label of a form the cell where its value stands.

Labels with their cells in, for each the blank right of it, below it or behind
its colon out. One blank belongs to one label; which side a label's blank
stands follows from its neighbours: a row of labels has its blanks below, a
label whose right neighbour is no label has its blank on the right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from intake.grid import Cell, Grid
from intake.labels import Hit
from intake.wording import is_blank, looks_labelled


class Side(StrEnum):
    """Where a blank stands, seen from its label."""

    RIGHT = "right"
    BELOW = "below"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Spot:
    """The blank of a label: the cell and the side."""

    cell: Cell
    side: Side


@dataclass(frozen=True, slots=True)
class _Offer:
    hit: Hit
    spot: Spot
    weight: float


def spots_of(grid: Grid, owned: Mapping[str, Hit], closed: Collection[Cell]) -> dict[str, Spot]:
    """For every label, by key, its blank; `closed` are cells that are no plain field's blank.

    A label without any blank is left out.
    """
    labels = {hit.cell for hit in owned.values()}
    taken = labels | set(closed)
    leanings = {row: _leaning(grid, row, taken) for row in {cell.row for cell in labels}}
    labels_in = Counter(hit.cell for hit in owned.values())
    offers = [
        (key, offer)
        for key, hit in owned.items()
        for offer in _offers(grid, hit, labels_in[hit.cell] > 1, taken, leanings)
    ]
    found: dict[str, Spot] = {}
    used: set[Cell] = set()
    for key, offer in sorted(offers, key=lambda entry: -entry[1].weight):
        if key not in found and (offer.spot.side is Side.BEHIND or offer.spot.cell not in used):
            found[key] = offer.spot
            used.add(offer.spot.cell)
    return found


def _leaning(grid: Grid, row: int, taken: Collection[Cell]) -> float:
    """How a row is built: near 1 all labels (blanks below), near -1 labels and blanks by turns.

    Where labels stand in the row below, too, the blanks of this row are not there.
    """
    cells = grid.row(row)
    under = grid.row(max((cell.bottom for cell in cells), default=row + 1))
    if not cells or sum(cell in taken for cell in under) >= 0.3 * max(1, len(under)):
        return -_blank_share(cells, taken)
    return max(-1.0, 1.0 - 2.2 * _blank_share(cells, taken))


def _blank_share(cells: Sequence[Cell], taken: Collection[Cell]) -> float:
    return sum(cell not in taken for cell in cells) / max(1, len(cells))


def _offers(
    grid: Grid, hit: Hit, shared: bool, taken: Collection[Cell], leanings: Mapping[int, float]
) -> Iterator[_Offer]:
    cell = hit.cell
    if shared or (hit.start is not None and not is_blank(hit.behind)):
        yield _Offer(hit, Spot(cell, Side.BEHIND), 10.0)
        return
    right, below = grid.right_of(cell), grid.below_of(cell)
    lean = leanings[cell.row]
    if right is not None and right not in taken and not (hit.colon and looks_labelled(right.text)):
        yield _Offer(hit, Spot(right, Side.RIGHT), _right(grid, cell, right, below, taken, leanings))
    if below is not None and below not in taken and not (hit.colon and looks_labelled(below.text)):
        yield _Offer(
            hit, Spot(below, Side.BELOW), 2.0 + lean + _below(grid, cell, below, right, taken, leanings)
        )
    if hit.colon or hit.start is not None or cell.column_span * cell.row_span > 1:
        # The colon's own cell is the last resort of a label that has neighbours to choose from.
        yield _Offer(hit, Spot(cell, Side.BEHIND), 1.2 if hit.colon else 0.1)


def _right(
    grid: Grid,
    label: Cell,
    right: Cell,
    below: Cell | None,
    taken: Collection[Cell],
    leanings: Mapping[int, float],
) -> float:
    weight = 2.0 - leanings[label.row]
    if below is None or below in taken:
        weight += 1.0
    if right.row == label.row and right.bottom == label.bottom:
        weight += 0.5
    above = grid.at(right.row - 1, right.column)
    if (
        above is not None
        and above in taken
        and _same_columns(above, right)
        and leanings.get(above.row, 0) > 0.5
    ):
        weight -= 2.5
    return weight


def _below(
    grid: Grid,
    label: Cell,
    below: Cell,
    right: Cell | None,
    taken: Collection[Cell],
    leanings: Mapping[int, float],
) -> float:
    weight = 0.0
    if right is None or right in taken:
        weight += 1.0
    weight += 0.5 if _same_columns(label, below) else -1.5
    left = grid.at(below.row, below.column - 1)
    if left is not None and left in taken and leanings.get(left.row, 0) < 0.5:
        weight -= 2.5
    return weight


def _same_columns(one: Cell, other: Cell) -> bool:
    same = one.column == other.column and one.right == other.right
    return same or (one.column != other.column and one.right != other.right and one.stands_over(other))
