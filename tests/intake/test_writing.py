from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake.page import Page
from intake.writing import Box, Writing, inside
from tests.intake.pictures import (
    BLANKS,
    CELLS,
    MM,
    Drawn,
    cells_of,
    font,
    leaning,
    page_of,
    plain_page,
    table,
    turned,
    with_seal,
)

BIG = (6, 2)
"""A large cell that the table leaves blank."""
ADDRESS = ("河南省开封市鼓楼区", "新华街273号院", "九号楼三单元")


@dataclass(frozen=True)
class Text:
    """A line of text at a place of the large cell, in millimetres from its corner."""

    said: str
    x: float = 4.0
    y: float = 2.0

    def box(self, sheet: Drawn) -> tuple[float, float, float, float]:
        dot = sheet.dpi / MM
        x0, y0 = sheet.boxes[BIG][0] + self.x * dot, sheet.boxes[BIG][1] + self.y * dot
        return x0, y0, x0 + 3.7 * len(self.said) * dot, y0 + 5.0 * dot


def written(sheet: Drawn, *texts: Text) -> Drawn:
    paper = Image.fromarray(sheet.picture)
    pen = ImageDraw.Draw(paper)
    for text in texts:
        pen.text(text.box(sheet)[:2], text.said, (0, 0, 0), font(round(3.7 * sheet.dpi / MM)))
    return sheet.worn(np.array(paper))


def cell(page: Page, place: tuple[int, int] = BIG) -> Box:
    return inside(cells_of(page)[place].box, page.line)


def without_lines(page: Page) -> set[tuple[int, int]]:
    writing = Writing(page)
    return {place for place, one in cells_of(page).items() if not writing.lines(inside(one.box, page.line))}


@pytest.mark.parametrize("dpi", [110, 200, 300])
def test_a_cell_without_ink_gives_no_line(dpi: int) -> None:
    assert without_lines(plain_page(dpi)) == set(BLANKS)


def test_the_ruled_lines_of_a_tilted_page_are_no_ink() -> None:
    assert without_lines(page_of(leaning(turned(table(), -6)).picture)) == set(BLANKS)


def test_a_seal_over_a_blank_cell_leaves_it_blank() -> None:
    assert (4, 0) in without_lines(page_of(with_seal(table()).picture))


@pytest.mark.parametrize(("dpi", "leading"), [(110, 5.5), (150, 4.3), (300, 4.3)])
def test_lines_of_text_are_cut_apart(dpi: int, leading: float) -> None:
    sheet = written(table(dpi), *(Text(said, y=2 + leading * row) for row, said in enumerate(ADDRESS)))
    page = page_of(sheet.picture)
    found = Writing(page).lines(cell(page))
    assert len(found) == 3
    tops = [stretch.box[1] for stretch in found]
    assert tops == sorted(tops)
    assert found[0].box[2] > found[1].box[2] > found[2].box[2]


def test_characters_of_loose_parts_are_one_line_each() -> None:
    words = ("一", "1", "0", "吕", "0.5", "8,000", "李二一", "是", "昌", "公", "60", "旦二")
    page = page_of(table(words=words).picture)
    writing, cells = Writing(page), cells_of(page)
    counts = {
        words[number % len(words)]: len(writing.lines(inside(cells[row, column].box, page.line)))
        for number, (row, column, _, _) in enumerate(CELLS)
        if (row, column) not in BLANKS
    }
    assert counts == dict.fromkeys(words, 1)


def test_a_line_lies_where_it_was_written_and_its_crop_has_white_around() -> None:
    text = Text("家庭住址")
    sheet = written(table(), text)
    page = page_of(sheet.picture)
    (stretch,) = Writing(page).lines(cell(page))
    found, wanted = page.box_in_file(stretch.box), text.box(sheet)
    assert found[0] == pytest.approx(wanted[0], abs=4)
    assert found[2] == pytest.approx(wanted[2], abs=4)
    assert wanted[1] < found[1] < found[3] < wanted[3] + 4
    rim = np.concatenate([stretch.crop[:4].ravel(), stretch.crop[-4:].ravel(), stretch.crop[:, :4].ravel()])
    assert rim.min() > 200
    ink = np.argwhere(stretch.crop.min(axis=2) < 128)
    assert ink[:, 1].min() + stretch.origin[0] == pytest.approx(stretch.box[0], abs=3)
    assert ink[:, 0].min() + stretch.origin[1] == pytest.approx(stretch.box[1], abs=3)


def test_a_comma_belongs_to_its_line_and_a_speck_far_off_does_not() -> None:
    text = Text("子女上学，负担重")
    sheet = written(table(), text)
    x1, y1 = (round(side) for side in sheet.boxes[BIG][2:])
    picture = cv2.circle(sheet.picture.copy(), (x1 - 40, y1 - 30), 2, (0, 0, 0), -1)
    page = page_of(picture)
    marks = [page.box_in_file(mark) for mark in Writing(page).marks(cell(page))]
    x0, _, right, _ = text.box(sheet)
    slot = (right - x0) / len(text.said)
    commas = [
        mark for mark in marks if 4 * slot - 3 < mark[0] - x0 < 5 * slot - 3 and mark[2] - mark[0] < slot / 2
    ]
    assert len(commas) == 1
    assert max(mark[2] for mark in marks) < right + 4


@pytest.mark.parametrize("dpi", [150, 300])
def test_a_ring_round_a_number_is_found_and_taken_away(dpi: int) -> None:
    sheet = written(table(dpi), Text("3  下岗失业"))
    dot = dpi / MM
    middle = round(sheet.boxes[BIG][0] + 5.2 * dot), round(sheet.boxes[BIG][1] + 4.6 * dot)
    picture = cv2.ellipse(
        sheet.picture.copy(), middle, (round(2.9 * dot),) * 2, 0, 0, 360, (20, 20, 20), max(2, round(dot / 4))
    )
    page = page_of(picture)
    box, writing = cell(page), Writing(page)
    (ring,) = writing.rings(box)
    found = page.box_in_file(ring)
    assert (found[0] + found[2]) / 2 == pytest.approx(middle[0], abs=dpi / 40)
    assert (found[1] + found[3]) / 2 == pytest.approx(middle[1], abs=dpi / 40)
    bare = writing.without_rings(box)
    assert bare.rings(box) == ()
    (stretch,) = bare.lines(box)
    assert stretch.box[3] - stretch.box[1] < ring[3] - ring[1]
    assert stretch.box[0] < ring[2]


def test_a_tick_through_two_lines_spoils_neither() -> None:
    texts = Text("下岗失业子女上学"), Text("重特大疾病", y=7.2)
    sheet = written(table(), *texts)
    dot = sheet.dpi / MM
    x, y = round(sheet.boxes[BIG][0] + 5 * dot), round(sheet.boxes[BIG][1] + 7 * dot)
    way = np.array([(x, y + 3 * dot), (x + 1.5 * dot, y + 5 * dot), (x + 4 * dot, y - 3 * dot)])
    page = page_of(cv2.polylines(sheet.picture.copy(), [way.astype(np.int32)], False, (20, 20, 20), 4))
    upper, lower = Writing(page).printed_lines(cell(page))
    for stretch in (upper, lower):
        assert stretch.box[3] - stretch.box[1] < page.line * 1.3
    assert upper.box[3] <= lower.box[1]


def test_characters_are_no_rings() -> None:
    page = page_of(
        table(words=("家庭住址", "口因国回", "0", "困难职工", "100086", "身份证号", "日目田")).picture
    )
    writing, cells = Writing(page), cells_of(page)
    assert {
        place: rings for place, one in cells.items() if (rings := writing.rings(inside(one.box, page.line)))
    } == {}


def test_a_box_of_no_size_is_empty() -> None:
    assert Writing(plain_page()).lines((10, 10, 10, 40)) == ()
