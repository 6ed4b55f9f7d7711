from __future__ import annotations

from pathlib import Path

import pdfplumber
import pytest
from pikepdf import Pdf

from docgen.imposing import impose
from docgen.picture import pages
from records.errors import DocumentError


def a_card(folder: Path, name: str, width: float, height: float) -> Path:
    """A page with a frame of so many points, somewhere on it."""
    with Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.contents_add(f"2 w 50 300 {width} {height} re S".encode())
        pdf.save(folder / f"{name}.pdf")
    return folder / f"{name}.pdf"


def frames(pdf: Path) -> list[list[tuple[int, int]]]:
    with pdfplumber.open(pdf) as opened:
        return [
            [(round(rect["width"]), round(rect["height"])) for rect in page.rects] for page in opened.pages
        ]


def test_cards_stand_in_order_many_to_a_page_in_their_own_size(tmp_path: Path) -> None:
    cards = [a_card(tmp_path, str(number), 200 + number, 150) for number in range(10)]
    assert impose(cards, tmp_path / "all.pdf") == 2
    assert frames(tmp_path / "all.pdf") == [
        [(200 + number, 150) for number in range(8)], [(208, 150), (209, 150)],
    ]  # fmt: skip


def test_nothing_is_printed_where_it_is_cut_but_the_marks(tmp_path: Path) -> None:
    impose([a_card(tmp_path, str(number), 400, 200) for number in range(3)], tmp_path / "all.pdf")
    [picture] = pages(tmp_path / "all.pdf", dpi=72)
    dark = picture.convert("L").point(lambda level: 255 * (level < 200))
    columns = [sum(1 for y in range(dark.height) if dark.getpixel((x, y))) for x in range(dark.width)]
    across = [x for x, count in enumerate(columns) if count]
    # Three frames leave long lines; the marks to the left of them are short.
    assert across[0] < next(x for x, count in enumerate(columns) if count > 300) - 5
    assert 0 < columns[across[0]] < 60


def test_a_page_that_is_full_cannot_be_laid_out(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as error:
        impose(
            [a_card(tmp_path, "small", 100, 50), a_card(tmp_path, "large", 590, 400)], tmp_path / "all.pdf"
        )
    assert (error.value.code, error.value.facts["file"]) == ("too_large_to_impose", "large.pdf")
