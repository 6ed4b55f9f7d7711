"""Cutting a value out behind its label, down to the thinnest figure."""

from __future__ import annotations

from types import MappingProxyType

import cv2
import numpy as np
import pytest

from intake.cutting import cut_out
from intake.engine import Glyph, Line
from intake.grid import Cell, Grid, Origin
from intake.page import Page
from intake.sheet import Place, Slot
from intake.transcript import ReadCell, Transcript
from intake.writing import Writing

NOWHERE = np.zeros((9, 27, 2), np.float32)
LINE = 24.0


@pytest.mark.parametrize("thin", [3, 5, 6, 8])
def test_a_thin_one_at_the_end_of_its_line_is_no_remnant_of_a_rule(thin: int) -> None:
    paper = np.full((100, 600), 255, np.uint8)
    for x in range(100, 340, 24):
        paper[40:60, x : x + 18] = 20
    paper[40:60, 360 : 360 + thin] = 20
    page = Page(np.repeat(paper[..., None], 3, axis=2), paper, (0, 0, 600, 100), NOWHERE, LINE, 1.0)
    writing = Writing(page)
    [stretch] = writing.lines((80, 20, 580, 80))
    text = "主要致困原因限选：1"
    places = [*(124 - 24 + 24 * index for index in range(9)), 360]
    left = stretch.origin[0]
    glyphs = tuple(Glyph(char, x - left, x + 18 - left, 0.9) for char, x in zip(text, places, strict=False))
    cell = Cell(0, 0, 1, 1, text, (80.0, 20.0, 580.0, 80.0))
    box = cell.box
    assert box is not None
    read = ReadCell(cell, ((stretch, Line(text, 0.9, glyphs)),))
    grid = Grid((cell,), 1, Origin.PICTURE)
    transcript = Transcript(page, writing, MappingProxyType({box: read}), (), grid, ())
    cut = cut_out(transcript, Slot("primary_cause", cell, Place.BEHIND, "主要致困原因", "1"))
    assert [one.box[0] for one in cut] == [360]


def test_a_value_begins_behind_its_colon_and_ends_before_its_bracket_however_wide_their_gaps() -> None:
    paper = np.full((100, 600), 255, np.uint8)
    for x in (100, 124, 148):
        paper[36:60, x : x + 20] = 20
    for y in (44, 54):
        paper[y : y + 4, 176:180] = 20
    paper[36:60, 184:187] = 20  # the first stroke of 河, far from the rest of it
    for x in (196, 220):
        paper[36:60, x : x + 18] = 20
    arc = np.zeros((24, 8, 1), np.uint8)
    cv2.ellipse(arc, (0, 12), (6, 12), 0.0, -90.0, 90.0, (255.0,), 2)
    paper[36:60, 243:251][arc[..., 0] > 0] = 20
    paper[36:60, 290:310] = 20
    text = "时间：河南）对"
    spots = [(100, 118), (124, 142), (148, 166), (184, 192), (204, 216), (226, 238), (258, 266), (292, 308)]
    chars = "定" + text
    page = Page(np.repeat(paper[..., None], 3, axis=2), paper, (0, 0, 600, 100), NOWHERE, LINE, 1.0)
    writing = Writing(page)
    [stretch] = writing.lines((80, 20, 580, 80))
    left = stretch.origin[0]
    glyphs = tuple(
        Glyph(char, x0 - left, x1 - left, 0.9) for char, (x0, x1) in zip(chars, spots, strict=True)
    )
    cell = Cell(0, 0, 1, 1, chars, (80.0, 20.0, 580.0, 80.0))
    box = cell.box
    assert box is not None
    read = ReadCell(cell, ((stretch, Line(chars, 0.9, glyphs)),))
    transcript = Transcript(
        page, writing, MappingProxyType({box: read}), (), Grid((cell,), 1, Origin.PICTURE), ()
    )
    [cut] = cut_out(transcript, Slot("place", cell, Place.SENTENCE, "", "河南"))
    assert (cut.box[0], cut.box[2]) == (184, 238)
