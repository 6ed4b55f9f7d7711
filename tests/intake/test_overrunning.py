from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake.overrunning import _run, cut_whole
from intake.page import Page
from intake.writing import Box, Writing
from tests.intake.pictures import MM, Drawn, cells_of, font, page_of, plain_page, table, turned

BLANK, NEXT = (8, 3), (8, 4)
SAID = "河南省开封市"
NOWHERE = np.zeros((9, 27, 2), np.float32)


def overrun(by: float) -> Drawn:
    """The table with words in a blank cell that run over its right side by so many characters."""
    sheet = table()
    size = 3.7 * sheet.dpi / MM
    _, y0, x1, y1 = sheet.boxes[BLANK]
    paper = Image.fromarray(sheet.picture)
    end = x1 + by * size
    ImageDraw.Draw(paper).text((end, (y0 + y1) / 2), SAID, (0, 0, 0), font(round(size)), anchor="rm")
    return sheet.worn(np.array(paper))


def box_of(page: Page, place: tuple[int, int]) -> Box:
    x0, y0, x1, y1 = cells_of(page)[place].box
    return round(x0), round(y0), round(x1), round(y1)


@pytest.mark.parametrize("degrees", [0, 1.5])
def test_writing_over_a_rule_is_cut_whole_and_left_out_of_the_cell_beside(degrees: float) -> None:
    sheet = overrun(0.45)
    page = page_of(turned(sheet, degrees).picture if degrees else sheet.picture)
    writing = Writing(page)
    lines = cut_whole(writing, box_of(page, BLANK))
    assert lines is not None
    assert len(lines) == 1
    _, _, rule, _ = box_of(page, BLANK)
    size = 3.7 * sheet.dpi / MM / page.density
    assert lines[0].box[2] - rule == pytest.approx(0.45 * size, abs=0.15 * size)
    assert lines[0].box[2] - lines[0].box[0] == pytest.approx(len(SAID) * size, rel=0.06)
    beside = cut_whole(writing, box_of(page, NEXT))
    assert beside is not None
    assert len(beside) == 1
    assert beside[0].box[0] - rule > size


def test_a_rule_that_writing_crossed_is_no_stroke_of_it() -> None:
    page = page_of(overrun(0.3).picture)
    lines = cut_whole(Writing(page), box_of(page, BLANK))
    assert lines is not None
    [line] = lines
    rule = box_of(page, BLANK)[2] - line.origin[0]
    over, under = line.box[1] - line.origin[1], line.box[3] - line.origin[1]
    assert (line.crop[over:under, rule - 3 : rule + 4, 0] < 128).mean(axis=0).max() < 0.6


def test_writing_within_its_cell_crosses_nothing() -> None:
    inside = overrun(-0.4)
    for page in (plain_page(), page_of(inside.picture)):
        writing = Writing(page)
        assert all(cut_whole(writing, box_of(page, place)) is None for place in cells_of(page))


def test_what_runs_over_a_rule_as_far_to_either_side_belongs_to_one_of_the_cells() -> None:
    paper = np.full((100, 400), 255, np.uint8)
    paper[:, 200:202] = 0
    paper[48:54, 188:214] = 0
    page = Page(np.repeat(paper[..., None], 3, axis=2), paper, (0, 0, 400, 100), NOWHERE, 20.0, 1.0)
    left, right = (cut_whole(Writing(page), cell) for cell in ((100, 0, 200, 100), (201, 0, 300, 100)))
    assert left is not None
    assert right is not None
    [line] = (*left, *right)
    assert (line.box[0], line.box[2]) == (188, 214)


@pytest.mark.parametrize("wide", [0, 9], ids=["no room", "no ink"])
def test_where_no_ink_is_none_goes_on(wide: int) -> None:
    assert _run(np.zeros((12, wide), bool), 20.0) == 0
