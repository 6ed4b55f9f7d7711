from __future__ import annotations

import cv2
import pytest

from intake.page import Page
from intake.penned import is_penned
from intake.writing import Writing, inside
from tests.intake.pictures import MM, Drawn, cells_of, leaning, page_of, plain_page, table, turned, with_seal

WORDED = (0, 4)
"""A cell with four printed characters."""


def penned(page: Page) -> set[tuple[int, int]]:
    """The cells on whose print a pen was at work."""
    writing = Writing(page)
    lines = {place: writing.lines(inside(one.box, page.line)) for place, one in cells_of(page).items()}
    return {place for place, found in lines.items() if is_penned(writing, found)}


def struck(sheet: Drawn, colour: tuple[int, int, int], leans: float = 0.0) -> Drawn:
    """A stroke through the middle of the words."""
    (x0, y0, x1, y1), dot = sheet.boxes[WORDED], sheet.dpi / MM
    middle, across, lean = ((x0 + x1) / 2, (y0 + y1) / 2), 8.5 * dot, leans * dot
    ends = [(round(middle[0] + side * across), round(middle[1] + side * lean)) for side in (-1, 1)]
    picture = cv2.line(sheet.picture.copy(), *ends, colour, max(1, round(0.4 * dot)), cv2.LINE_AA)
    return sheet.worn(picture)


def dotted(sheet: Drawn, colour: tuple[int, int, int]) -> Drawn:
    """A figure drawn over one of the characters."""
    (x0, y0, x1, y1), dot = sheet.boxes[WORDED], sheet.dpi / MM
    spot = round((x0 + x1) / 2 + 2 * dot), round((y0 + y1) / 2)
    picture = cv2.ellipse(
        sheet.picture.copy(), (spot, (round(2.4 * dot), round(3.6 * dot)), 10), colour, round(0.5 * dot)
    )
    return sheet.worn(picture)


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_print_alone_is_not_penned(dpi: int) -> None:
    assert penned(plain_page(dpi)) == set()


def test_print_on_a_tilted_page_or_beside_a_seal_is_not_penned() -> None:
    assert penned(page_of(leaning(turned(table(), -4)).picture)) == set()
    assert penned(page_of(with_seal(table()).picture)) == set()


@pytest.mark.parametrize("leans", [-0.8, 0.0, 0.6])
@pytest.mark.parametrize("dpi", [150, 300])
def test_a_stroke_through_print_is_a_pen_s_level_or_not(dpi: int, leans: float) -> None:
    assert penned(page_of(struck(table(dpi), (20, 20, 20), leans).picture)) == {WORDED}


def test_blue_ink_over_print_is_a_pen_s_whatever_it_draws() -> None:
    assert penned(page_of(dotted(table(), (150, 40, 30)).picture)) == {WORDED}
