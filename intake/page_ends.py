"""Page ends: a page as read in, the tables open at its end and the bare rows at its beginning out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from intake.bare import BareCell, BareRow, Columns
from intake.engine import Engine, Line, Scores
from intake.evidence import around_cell, ground_of
from intake.grid import Cell, Grid
from intake.headless import bare_cells
from intake.sheet import Place, Sheet, Slot
from intake.transcript import Transcript, lines_of, placed, unread_ink
from records.drafts import Reading, Source

_FAINTEST = 1e-5
"""Characters that are nowhere likelier are not kept."""


def open_tables(sheet: Sheet) -> Mapping[str, Columns]:
    """The tables whose last row ends what is ruled on a page, by key, with their columns."""
    found = {
        table.key: columns
        for table in sheet.edition.tables
        if (columns := _columns(sheet, table.key)) and _is_open(sheet, table.key)
    }
    return MappingProxyType(found)


def _columns(sheet: Sheet, key: str) -> Columns:
    return {
        path.partition(".")[2]: _sides(cell.box, sheet.grid)
        for path, cell in sheet.labels.items()
        if path.startswith(f"{key}.") and cell.box is not None
    }


def _sides(box: tuple[float, float, float, float], grid: Grid) -> tuple[float, float]:
    """Where a box begins and ends, as shares of the width of what is ruled."""
    left, right = _width(grid.cells)
    return (box[0] - left) / (right - left), (box[2] - left) / (right - left)


def _width(cells: tuple[Cell, ...]) -> tuple[float, float]:
    boxes = [cell.box for cell in cells if cell.box is not None]
    return min((box[0] for box in boxes), default=0.0), max((box[2] for box in boxes), default=1.0)


def _is_open(sheet: Sheet, key: str) -> bool:
    cells = [slot.cell for path, slot in sheet.slots.items() if path.startswith(f"{key}.")]
    cells += [cell for path, cell in sheet.labels.items() if path.startswith(f"{key}.")]
    return max(cell.bottom for cell in cells) == sheet.grid.height


def bare_rows(read: Transcript, engine: Engine) -> tuple[BareRow, ...]:
    """The rows at the top of a page, as read, that go on with a table of the page before."""
    rows = bare_cells(read.grid, read.sheets)
    ground = ground_of(read) if rows else (0.0, 1.0)
    return tuple(tuple(_bare(read, cell, ground, engine) for cell in row if cell.box) for row in rows)


def _bare(read: Transcript, cell: Cell, ground: tuple[float, float], engine: Engine) -> BareCell:
    slot = Slot("", cell, Place.WHOLE, "")
    x0, x1 = _sides(cell.box or (0.0, 0.0, 0.0, 0.0), read.grid)
    source = placed(read, slot, Reading(None)).source or Source(read.grid.page)
    written = lines_of(read, slot)
    cut = tuple(stretch for stretch, _ in written)
    kept = read.writing.uncrossed(cut)
    lines = [line for _, line in written] if kept == cut else engine.read([one.crop for one in kept])
    doubts = {
        "crossed_out": kept != cut,
        "ink_unread_beside": any(unread_ink(read, *line) for line in written),
        "sides_guessed": bool(written) and cell.box is not None and read.cells[cell.box].torn,
    }
    told = tuple(code for code, holds in doubts.items() if holds)
    return BareCell(x0, x1, _slim(lines), source, around_cell(slot, read, ground), told)


def _slim(lines: Sequence[Line]) -> tuple[Line, ...]:
    """A cell's lines with the scores of those characters only that they may hold: they are kept for long."""
    scores = [line.scores for line in lines if line.scores is not None]
    classes = np.unique([0, *(index for one in scores for index in _not_faintest(one))])
    return tuple(replace(line, scores=line.scores and _only(line.scores, classes)) for line in lines)


def _not_faintest(scores: Scores) -> NDArray[np.int64]:
    table = scores.log_probs(range(len(scores.alphabet)))
    return np.flatnonzero((table > np.log(_FAINTEST)).any(axis=0))


def _only(scores: Scores, classes: NDArray[np.int64]) -> Scores:
    """The scores of some classes, which can be pickled."""
    return Scores(
        tuple(scores.alphabet[index] for index in classes),
        np.searchsorted(classes, scores.best),
        frozenset(place for place, index in enumerate(classes.tolist()) if index in scores.likely),
        partial(_columns_of, scores.log_probs(classes.tolist())),
    )


def _columns_of(table: NDArray[np.float32], classes: Sequence[int]) -> NDArray[np.float32]:
    return table[:, np.asarray(classes, np.int64)]
