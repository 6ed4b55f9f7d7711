"""Cutting a value out of its cell: behind a label or in a sentence's blank, as lines of its own."""

from __future__ import annotations

import numpy as np

from intake.engine import Line
from intake.grid import with_plain_signs
from intake.sheet import Place, Slot
from intake.transcript import Transcript, lines_of
from intake.writing import Box, Stretch

_ROOM = 0.15
"""White left beside the ends of a line, in text heights."""


def cut_out(read: Transcript, slot: Slot) -> tuple[Stretch, ...]:
    """The lines of the part of a cell that is the value's: behind its label, or in a sentence's blank."""
    whole = "\n".join(line.text for _, line in lines_of(read, slot))
    start = with_plain_signs(whole).rfind(slot.text) if slot.text else -1
    if start < 0:
        return _behind_last(read, slot)
    if not all(len(line.glyphs) == len(line.text) for _, line in lines_of(read, slot)):
        return tuple(stretch for stretch, _ in lines_of(read, slot))
    boxes: list[Box] = []
    place = 0
    for stretch, line in lines_of(read, slot):
        first, last = max(start - place, 0), min(start + len(slot.text) - place, len(line.text))
        if first < last:
            boxes.append(_glyphs_box(read, stretch, line, first, last))
        place += len(line.text) + 1
    return tuple(stretch for box in boxes for stretch in read.writing.lines(box))


def _behind_last(read: Transcript, slot: Slot) -> tuple[Stretch, ...]:
    """Ink right of the last character that was read in a cell whose value seems blank."""
    lines = lines_of(read, slot)
    if not lines or slot.place is Place.SENTENCE or slot.cell.box is None or not lines[-1][1].glyphs:
        return ()
    stretch, line = lines[-1]
    start = stretch.origin[0] + line.glyphs[-1].x1 + read.page.line * 0.6
    box = (round(start), stretch.box[1], round(slot.cell.box[2] - read.page.line * 0.2), stretch.box[3])
    return read.writing.lines(box) if box[2] - box[0] > read.page.line * 0.5 else ()


def _glyphs_box(read: Transcript, stretch: Stretch, line: Line, first: int, last: int) -> Box:
    """The page box of some characters of a line, its sides in the gaps of the ink."""
    glyphs = line.glyphs
    # At the very side of a box a thin 1 would be taken for what is left of a ruled line.
    room = max(2, round(read.page.line * _ROOM))
    x0 = stretch.box[0] - room if first == 0 else _gap(read, stretch, glyphs[first - 1].x1, glyphs[first].x0)
    x1 = (
        stretch.box[2] + room
        if last >= len(glyphs)
        else _gap(read, stretch, glyphs[last - 1].x1, glyphs[last].x0)
    )
    return round(x0), stretch.box[1], round(x1), stretch.box[3]


def _gap(read: Transcript, stretch: Stretch, left: float, right: float) -> float:
    """The middle of the widest gap without ink around the place between two characters, page pixels."""
    reach = read.page.line * 0.2
    start = max(round(stretch.origin[0] + left - reach), stretch.box[0])
    end = min(round(stretch.origin[0] + right + reach), stretch.box[2])
    inked = read.writing.ink[stretch.box[1] : stretch.box[3], start:end].any(axis=0)
    free = np.flatnonzero(~inked)
    if not len(free):
        return stretch.origin[0] + (left + right) / 2
    runs = np.split(free, np.flatnonzero(np.diff(free) > 1) + 1)
    widest = max(runs, key=len)
    return start + float(widest.mean())
