"""Stacking: tables that stand below each other in, one grid out.

A form may be cut into several tables, or run over two pages; labels and
blanks never reach over the gap that is left between two tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from intake.grid import Cell, Grid


def stacked(grids: Sequence[Grid]) -> Grid:
    """One grid of several, from top to bottom; each cell keeps the page on which it stands."""
    cells: list[Cell] = []
    start = 0
    for grid in grids:
        cells += [replace(cell, row=cell.row + start, page=cell.page or grid.page) for cell in grid.cells]
        start += grid.height + 1
    around = "\n".join(text for grid in grids[1:] for text in (grid.above,) if text)
    below = "\n".join(text for text in (around, grids[-1].below) if text)
    return replace(grids[0], cells=tuple(cells), below=below)
