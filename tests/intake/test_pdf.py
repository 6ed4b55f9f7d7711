from __future__ import annotations

from pathlib import Path

import pytest

from intake.grid import BOX, TICK, Grid
from intake.limits import Limits
from intake.pdf_pages import PdfPage, pdf_pages
from records.errors import Encrypted, TooLarge, Unreadable
from tests.intake.conftest import ROOT
from tests.intake.paper import box, pdf_file, ring, ruled, text, tick

FILLING = " ".join(text(60, 30 - 9 * line, "words enough to be a digital page", 6) for line in range(3))


def only_page(file: Path) -> PdfPage:
    pages = list(pdf_pages(file))
    assert len(pages) == 1
    return pages[0]


def only_grid(file: Path) -> Grid:
    grids = only_page(file).grids
    assert len(grids) == 1
    return grids[0]


def test_cells_have_spans_text_and_boxes_at_200_dpi(tmp_path: Path) -> None:
    lines = "0.7 w " + " ".join(
        [
            "50 250 m 350 250 l S 50 200 m 350 200 l S 50 150 m 350 150 l S 50 100 m 350 100 l S",
            "50 100 m 50 250 l S 350 100 m 350 250 l S 200 100 m 200 200 l S 100 150 m 100 200 l S",
        ]
    )
    said = [
        text(60, 220, "wide"),
        text(60, 170, "a"),
        text(120, 175, "b"),
        text(120, 163, "c"),
        text(210, 120, "d"),
    ]
    grid = only_grid(pdf_file(tmp_path / "a.pdf", " ".join([lines, *said, text(60, 280, "above"), FILLING])))
    assert [(cell.row, cell.column, cell.column_span, cell.text) for cell in grid.cells] == [
        (0, 0, 3, "wide"),
        (1, 0, 1, "a"),
        (1, 1, 1, "b\nc"),
        (1, 2, 1, ""),
        (2, 0, 2, ""),
        (2, 2, 1, "d"),
    ]
    assert grid.cells[0].box == pytest.approx((50 / 0.36, 50 / 0.36, 350 / 0.36, 100 / 0.36), abs=1.5)
    assert grid.above == "above"
    assert grid.below.startswith("words enough")


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        (ring(63.5, 173, 6), f"{TICK}1 one\n2 two"),
        (ring(63.5, 158, 6), f"1 one\n{TICK}2 two"),
        (f"{ring(63.5, 158, 6)} {ring(63.5, 158, 5.2)}", f"1 one\n{TICK}2 two"),
        (ring(74, 173, 20, 7), f"{TICK}1 one\n2 two"),
        (ring(300, 173, 8), "1 one\n2 two"),
        (tick(95, 170, 9), f"1 one{TICK}\n2 two"),
        (f"{box(95, 170, 8)} {box(95, 155, 8)}", f"1 one {BOX}\n2 two {BOX}"),
        (f"{box(95, 170, 8)} {box(95, 155, 8)} {tick(96, 156, 6)}", f"1 one {BOX}\n2 two{TICK}"),
        (f"{box(95, 170, 8)} 95 155 8 8 re B", f"1 one {BOX}\n2 two{TICK}"),
    ],
)
def test_drawn_marks_become_signs(drawn: str, told: str, tmp_path: Path) -> None:
    page = [
        ruled((50, 200, 350), (150, 190, 230)),
        text(60, 170, "1 one"),
        text(60, 155, "2 two"),
        drawn,
        FILLING,
    ]
    grid = only_grid(pdf_file(tmp_path / "a.pdf", " ".join(page)))
    assert [cell.text for cell in grid.cells] == ["", "", told, ""]


def test_text_that_hangs_over_a_line_stays_whole(tmp_path: Path) -> None:
    said = text(152, 165, "123456789012345678")  # 100 points wide from 152 on, the line is at 245
    grid = only_grid(
        pdf_file(tmp_path / "a.pdf", f"{ruled((50, 150, 245, 350), (150, 190, 230))} {said} {FILLING}")
    )
    assert [cell.text for cell in grid.cells][3:] == ["", "123456789012345678", ""]


def test_letters_drawn_twice_count_once(tmp_path: Path) -> None:
    said = f"{text(60, 165, 'bold')} {text(60.3, 165, 'bold')}"
    grid = only_grid(
        pdf_file(tmp_path / "a.pdf", f"{ruled((50, 200, 350), (150, 190, 230))} {said} {FILLING}")
    )
    assert grid.cells[2].text == "bold"


def test_a_note_put_on_the_page_counts_as_text(tmp_path: Path) -> None:
    said, fonts = text(5, 10, "noted"), "/Resources<</Font<</F 3 0 R>>>>"
    note = [
        "<</Type/Annot/Subtype/FreeText/Rect[60 155 140 185]/DA(/F 10 Tf)/Contents(x)/AP<</N 101 0 R>>/F 4>>",
        f"<</Type/XObject/Subtype/Form/BBox[0 0 80 30]/Length {len(said)}{fonts}>>stream\n{said}\nendstream",
    ]
    file = pdf_file(tmp_path / "a.pdf", f"{ruled((50, 200, 350), (150, 190, 230))} {FILLING}", extra=note)
    assert only_grid(file).cells[2].text == "noted"


def test_a_page_without_ruled_lines_has_no_grid_but_can_be_drawn(tmp_path: Path) -> None:
    page = only_page(pdf_file(tmp_path / "a.pdf", FILLING))
    assert page.grids == ()
    assert page.pictured is False
    shot = page.draw()
    assert shot.dpi == 200
    assert shot.picture.shape == (834, 1112, 3)
    assert shot.back.box((10, 20, 30, 40)) == (10, 20, 30, 40)


def test_rings_on_the_sample_become_ticks() -> None:
    grid = only_grid(ROOT / "tests/data/filled/00.pdf")
    ticked = [line for cell in grid.cells for line in cell.text.splitlines() if line.startswith(TICK)]
    assert [line[1] for line in ticked] == ["2", "1", "2", "3", "5"]
    assert len(grid.cells) == 164


def test_a_locked_pdf_is_said_to_be_locked() -> None:
    with pytest.raises(Encrypted):
        list(pdf_pages(ROOT / "tests/data/locked.pdf"))


def test_a_broken_pdf_is_said_to_be_broken(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.7\nnothing that could be read")
    with pytest.raises(Unreadable) as told:
        list(pdf_pages(file))
    assert told.value.code == "broken_file"


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    file = pdf_file(tmp_path / "a.pdf", FILLING, FILLING, FILLING)
    with pytest.raises(TooLarge) as told:
        list(pdf_pages(file, Limits(pages=2)))
    assert (told.value.code, told.value.facts["limit"]) == ("too_many_pages", "2")


def test_a_huge_sheet_is_drawn_coarser(tmp_path: Path) -> None:
    page = only_page(pdf_file(tmp_path / "a.pdf", FILLING, size=(4000, 3000)))
    shot = page.draw()
    assert shot.picture.shape[0] * shot.picture.shape[1] < 37_000_000
    assert shot.dpi is not None
    x0, y0, x1, y1 = shot.back.box((0, 0, shot.picture.shape[1], shot.picture.shape[0]))
    assert (x0, y0) == (0, 0)
    assert (x1, y1) == pytest.approx((4000 / 0.36, 3000 / 0.36), rel=0.01)
