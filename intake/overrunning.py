"""Overrunning: writing that runs over the rule at its cell's side in, cut whole, or left to its own cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intake.writing import Box, Stretch, Writing, inside

_RULED = 0.7
"""The share of a column's pixels that are ink where a rule runs."""
_NEAR = 0.25
"""How far, in text heights, a rule may lie off the side of its cell."""
_LEAST = 2
"""Rows of ink that touch a rule on both sides: strokes that cross it."""
_GAP, _FAR = 0.3, 1.5
"""The room behind writing, and how far it runs over at most, in text heights."""


@dataclass(frozen=True, slots=True)
class _Crossing:
    """A rule that writing crosses: its columns, the crossing rows, how far ink goes on on either side."""

    left: int
    right: int
    rows: NDArray[np.bool_]
    before: int
    behind: int


def cut_whole(writing: Writing, cell: Box) -> tuple[Stretch, ...] | None:
    """The lines of a cell, those that run over its sides whole; None when nothing crosses them."""
    first, last = (_crossing(writing, side, cell) for side in (cell[0], cell[2]))
    if first is None and last is None:
        return None
    x0, y0, x1, y1 = inside(cell, writing.page.line)
    if first is not None:
        x0 = first.left - first.before if first.before <= first.behind else first.right + first.behind + 1
    if last is not None:
        x1 = last.right + last.behind if last.behind < last.before else last.left - last.before - 1
    if x1 - x0 < writing.page.line * _GAP:
        return ()
    free = _without_rules(writing, [one for one in (first, last) if one is not None], cell)
    return free.lines((x0, y0, x1, y1))


def _crossing(writing: Writing, side: int, cell: Box) -> _Crossing | None:
    """The rule at a side of a cell, if strokes cross it and plainly belong to one of the two cells."""
    line, (_, y0, _, y1) = writing.page.line, cell
    reach = max(3, round(line * _NEAR))
    start = max(side - reach, 2)
    band = writing.all_ink[y0:y1] > 0
    columns = np.flatnonzero(band[:, start : side + reach].mean(axis=0) > _RULED)
    if not len(columns) or columns[-1] - columns[0] > reach:
        return None
    left, right = start + int(columns[0]), start + int(columns[-1]) + 1
    rows = np.all(band[:, left - 2 : left], axis=1) & np.all(band[:, right : right + 2], axis=1)
    # Rules across the cell's ends cross its sides, too.
    rows[:reach] = rows[max(len(rows) - reach, 0) :] = False
    if rows.sum() < _LEAST:
        return None
    ink = writing.ink[y0 + reach : y1 - reach] > 0
    far = round(line * _FAR)
    before = _run(ink[:, max(left - 2 * far, 0) : left][:, ::-1], line)
    behind = _run(ink[:, right : right + 2 * far], line)
    return _Crossing(left, right, rows, before, behind) if min(before, behind) <= far else None


def _run(ink: NDArray[np.bool_], line: float) -> int:
    """How far ink goes on from a rule before there is room."""
    gap = max(2, round(line * _GAP))
    filled = np.flatnonzero(ink.any(axis=0))
    steps = zip(np.r_[-1, filled], filled, strict=False)
    run = [int(column) for before, column in takewhile(lambda step: step[1] - step[0] <= gap, steps)]
    return run[-1] + 1 if run else 0


def _without_rules(writing: Writing, crossings: list[_Crossing], cell: Box) -> Writing:
    """The writing with these rules taken out of a cell, the strokes over them joined."""
    _, y0, _, y1 = cell
    ink, gray = writing.ink.copy(), writing.page.ink.copy()
    for one in crossings:
        part, seen = gray[y0:y1], ink[y0:y1]
        stroke: NDArray[Any] = np.maximum(part[:, one.left - 2], part[:, one.right + 1])
        part[:, one.left - 1 : one.right + 1] = np.where(one.rows, stroke, 255)[:, None]
        seen[:, one.left - 2 : one.right + 2] = np.where(one.rows, 255, 0)[:, None]
    return Writing(replace(writing.page, ink=gray), ink)
