"""Cutting a value out of its cell: behind a label or in a sentence's blank, as lines of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intake.engine import Glyph, Line
from intake.grid import with_plain_signs
from intake.page import Mask
from intake.sheet import Place, Slot
from intake.transcript import Transcript, lines_of
from intake.writing import Box, Stretch

_ROOM = 0.15
"""White left beside the ends of a line, in text heights."""
_COLONS, _BRACKETS = frozenset(":：﹕︰∶;；"), frozenset(")）")
_LAGS = 0.6
"""How far ink may stand left of where an engine says that its character stands, in text heights."""
_NARROW, _COLON_LOW, _COLON_HIGH, _BRACKET_HIGH, _BENT = 0.45, 0.25, 0.8, 0.85, 0.05
"""How wide signs are at most, how high a colon and a bracket are and how far that bends, in text heights."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Ink that hangs together in a line's columns: from where to where, how high, of how many parts.

    `bent` is how far its middle lies right of its ends.
    """

    x0: int
    x1: int
    high: int
    parts: int
    bent: float


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
    x0, x1 = float(stretch.box[0] - room), float(stretch.box[2] + room)
    if first > 0:
        x0 = _behind_colon(read, stretch, *glyphs[first - 1 : first + 1])
    if last < len(glyphs):
        x1 = _before_bracket(read, stretch, *glyphs[last - 1 : last + 1])
    return round(x0), stretch.box[1], round(x1), stretch.box[3]


def _behind_colon(read: Transcript, stretch: Stretch, left: Glyph, right: Glyph) -> float:
    """Where a value begins: behind its colon's own two dots, where they are seen, else in the widest gap."""
    line = read.page.line
    if left.char in _COLONS:
        pieces = _pieces(read, stretch, left.x0 - line * _LAGS, right.x1)
        dots = [at for at, piece in enumerate(pieces[:-1]) if _is_colon(piece, line)]
        if dots:
            return (pieces[dots[0]].x1 + pieces[dots[0] + 1].x0) / 2
    return _gap(read, stretch, left.x1, right.x0)


def _before_bracket(read: Transcript, stretch: Stretch, left: Glyph, right: Glyph) -> float:
    """Where a value ends: before the bracket behind it, where that is seen, else in the widest gap."""
    line = read.page.line
    if right.char in _BRACKETS:
        pieces = _pieces(read, stretch, left.x0 - line * _LAGS, right.x1)
        high = [piece for piece in pieces if piece.high > line * _BRACKET_HIGH / 2]
        if high and _is_bracket(high[-1], line):
            before = read.writing.ink[stretch.box[1] : stretch.box[3], : high[-1].x0].any(axis=0)
            return (float(np.flatnonzero(before)[-1]) + 1 + high[-1].x0) / 2
    return _gap(read, stretch, left.x1, right.x0)


def _pieces(read: Transcript, stretch: Stretch, left: float, right: float) -> list[_Piece]:
    """The ink of a line between two places of its crop, parted where no ink is."""
    start = max(round(stretch.origin[0] + left), stretch.box[0])
    end = min(round(stretch.origin[0] + right), stretch.box[2])
    ink = read.writing.ink[stretch.box[1] : stretch.box[3]]
    while start < stretch.box[2] and ink[:, start].any():
        start += 1
    while end < stretch.box[2] and ink[:, end].any():
        end += 1
    columns = np.flatnonzero(ink[:, start:end].any(axis=0))
    if not len(columns):
        return []
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    return [_piece(ink, start + int(run[0]), start + int(run[-1]) + 1) for run in runs]


def _piece(ink: Mask, x0: int, x1: int) -> _Piece:
    rows = np.flatnonzero(ink[:, x0:x1].any(axis=1))
    parts = 1 + int((np.diff(rows) > 1).sum())
    top, middle, bottom = (
        (float(np.nonzero(ink[third, x0:x1])[1].mean()) for third in np.array_split(rows, 3))
        if len(rows) > 2
        else (0.0, 0.0, 0.0)
    )
    return _Piece(x0, x1, int(rows[-1] - rows[0]) + 1, parts, middle - max(top, bottom))


def _is_colon(piece: _Piece, line: float) -> bool:
    """Whether ink is two dots, one over the other."""
    low = line * _COLON_LOW < piece.high < line * _COLON_HIGH
    return piece.parts == 2 and piece.x1 - piece.x0 < line * _NARROW and low


def _is_bracket(piece: _Piece, line: float) -> bool:
    """Whether ink is narrow, as high as a bracket and bent as one, which a 1 is not."""
    high = piece.high > line * _BRACKET_HIGH
    return high and piece.x1 - piece.x0 < line * _NARROW and piece.bent > line * _BENT


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
