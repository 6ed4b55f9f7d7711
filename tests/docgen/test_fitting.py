from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from docgen.drawing import draw
from docgen.fitting import FLOOR, Cell, cells, fit, pieces_of
from docgen.fonts import present_fonts
from docgen.typesetting import WORD

SHEET = """
name = "t"
orientation = "portrait"
margins = {{ top = 20, right = 20, bottom = 20, left = 20 }}
label = {{ font = "宋体", size = 9 }}
value = {{ font = "仿宋_GB2312", size = 10 }}
[[parts]]
rows = [
  {{ height = 7, cells = [{{ t = "{text}", w = 40 }}, {{ t = "b", w = 10, down = 2 }}, {{ t = "" }}] }},
  {{ height = 9, cells = [{{ t = "", w = 40 }}, {{ t = "" }}] }},
]
"""


def drawn(folder: Path, text: str) -> list[Cell]:
    (folder / "t.sheet.toml").write_text(SHEET.format(text=text), encoding="utf-8")
    draw(folder / "t.sheet.toml", folder / "t.docx")
    return cells(Document(str(folder / "t.docx")).element)


def sizes(cell: Cell) -> set[float]:
    runs = cell.element.iter(f"{WORD}r")
    return {int(size.get(f"{WORD}val", "0")) / 2 for run in runs for size in run.iter(f"{WORD}sz")}


def test_a_cell_s_room_is_its_columns_less_the_margins_and_its_rows(tmp_path: Path) -> None:
    first, merged, _, below, _ = drawn(tmp_path, "x")
    assert first.width == pytest.approx((40 - 1.4) / 25.4 * 72, abs=0.2)
    assert merged.height == pytest.approx(16 / 25.4 * 72, abs=0.2)
    assert below.height == pytest.approx(9 / 25.4 * 72, abs=0.2)


def test_what_fits_keeps_its_size(tmp_path: Path) -> None:
    cell = drawn(tmp_path, "开封市环卫处")[0]
    assert fit(cell, present_fonts()) and sizes(cell) == {9.0}


def test_what_is_too_long_shrinks_and_wraps(tmp_path: Path) -> None:
    cell = drawn(tmp_path, "某某市某某区某某街道某某机械制造厂")[0]
    assert fit(cell, present_fonts())
    assert max(sizes(cell)) < 9


def test_a_number_shrinks_before_it_is_broken(tmp_path: Path) -> None:
    cell = drawn(tmp_path, "41020419620216890212345")[0]
    assert fit(cell, present_fonts())
    [size] = {one for one in sizes(cell) if one < 9}
    assert present_fonts().width("41020419620216890212345", "宋体", size) <= cell.width


def test_what_does_not_fit_at_the_floor_is_said(tmp_path: Path) -> None:
    cell = drawn(tmp_path, "很长的话" * 30)[0]
    assert not fit(cell, present_fonts())
    assert min(sizes(cell)) == FLOOR


def test_a_row_without_a_height_grows(tmp_path: Path) -> None:
    cell = drawn(tmp_path, "很长的话" * 30)[0]
    assert fit(Cell(cell.element, cell.width, None), present_fonts())


@pytest.mark.parametrize("text", ["很长的话，" * 40, "abc def " * 50, "一\n二\n三\n四\n五", "1" * 500, "短"])
@pytest.mark.parametrize("most", [1, 4])
def test_pieces_hold_the_whole_text_and_each_fits(text: str, most: int, tmp_path: Path) -> None:
    fonts = present_fonts()
    cell = drawn(tmp_path, "")[3]
    pieces = pieces_of(text, cell, most, fonts)
    assert "".join("".join(piece for piece, _ in pieces).split()) == "".join(text.split())
    for piece, rows in pieces:
        assert 1 <= rows <= most
        again = drawn(tmp_path, piece.replace("\n", ""))[0]
        assert fit(Cell(again.element, cell.width, (cell.height or 0) * rows), fonts)
