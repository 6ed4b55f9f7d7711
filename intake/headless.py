"""Headless rows: a matched grid in, the rows at its top that no heading on the page tells out."""

from __future__ import annotations

from collections.abc import Sequence

from intake.grid import Cell, Grid
from intake.sheet import Sheet
from intake.workers import identity_keys
from records.findings import Reason

_FEWEST = 3
"""Rows of fewer cells tell no table."""


def bare_cells(grid: Grid, sheets: Sequence[Sheet | Reason]) -> tuple[tuple[Cell, ...], ...]:
    """The rows at the top of a page, cut alike, that no label on it tells; whole forms have none."""
    if len(sheets) != 1:
        return ()
    labels: set[Cell] = set()
    [sheet] = sheets
    if isinstance(sheet, Sheet):
        if sheet.keys & set(identity_keys(sheet.edition)):
            return ()
        owners = {table.key for table in sheet.edition.tables}
        labels = {cell for key, cell in sheet.labels.items() if key not in owners}
    found: list[tuple[Cell, ...]] = []
    for row in range(grid.height):
        cells = tuple(cell for cell in grid.row(row) if cell.row_span == 1)
        if labels & set(grid.row(row)) or not _goes_on(cells, found):
            break
        found.append(cells)
    return tuple(found)


def _goes_on(cells: tuple[Cell, ...], before: list[tuple[Cell, ...]]) -> bool:
    if len(cells) < _FEWEST:
        return False
    sides = [(cell.column, cell.right) for cell in cells]
    return not before or sides == [(cell.column, cell.right) for cell in before[-1]]
