from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from intake.page import quarter_turned
from intake.ruling import ruled_cells
from tests.intake.pictures import (
    CELLS,
    Drawn,
    curled,
    leaning,
    page_of,
    places,
    plain_page,
    table,
    turned,
    with_dropouts,
    with_seal,
    with_shadow,
    with_specks,
    with_streaks,
)

EVERY_CELL = set(CELLS)


@pytest.mark.parametrize("dpi", [110, 150, 200, 300, 600])
def test_a_table_gives_the_same_cells_at_every_resolution(dpi: int) -> None:
    assert places(ruled_cells(plain_page(dpi))) == EVERY_CELL


@pytest.mark.parametrize("degrees", [-8, 0.7, 8])
def test_a_tilted_table_keeps_its_cells(degrees: float) -> None:
    assert places(ruled_cells(page_of(turned(table(), degrees).picture))) == EVERY_CELL


@pytest.mark.parametrize(
    "suffer",
    [leaning, curled, with_dropouts, with_streaks, with_seal, with_shadow, with_specks],
    ids=lambda suffer: suffer.__name__,
)
def test_a_worn_table_keeps_its_cells(suffer: Callable[[Drawn], Drawn]) -> None:
    assert places(ruled_cells(page_of(suffer(table()).picture))) == EVERY_CELL


def test_wear_may_come_together() -> None:
    sheet = with_shadow(leaning(turned(with_seal(with_specks(table())), 4)))
    assert places(ruled_cells(page_of(sheet.picture))) == EVERY_CELL


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_table_fed_in_another_way_round_has_the_same_cells_once_turned_back(quarters: int) -> None:
    picture = np.ascontiguousarray(np.rot90(table().picture, quarters))
    page = quarter_turned(page_of(picture), 4 - quarters)
    assert places(ruled_cells(page)) == EVERY_CELL


def test_cells_tile_the_table_without_gaps_or_overlaps() -> None:
    page = page_of(turned(table(), 2).picture)
    cover = np.zeros(page.ink.shape, np.uint8)
    for one in ruled_cells(page):
        x0, y0, x1, y1 = one.box
        assert cover[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2].max() == 0
        cover[y0:y1, x0:x1] = 1
    x0, y0, x1, y1 = page.frame
    assert cover[y0:y1, x0:x1].mean() > 0.99


def test_long_strokes_of_writing_are_no_ruled_lines() -> None:
    sheet = table()
    x0, y0, _, y1 = (round(side) for side in sheet.boxes[6, 2])
    picture = sheet.picture.copy()
    cv2.line(picture, (x0 + 60, (y0 + y1) // 2), (x0 + 260, (y0 + y1) // 2 - 3), (0, 0, 0), 4)
    assert places(ruled_cells(page_of(picture))) == EVERY_CELL


def test_pale_and_dotted_rules_are_rules() -> None:
    sheet = table()
    picture = sheet.picture.astype(np.float32)
    chance = np.random.default_rng(3)
    pale = 0.2 + 0.4 * cv2.resize(chance.random((9, 7)).astype(np.float32), picture.shape[1::-1])
    picture = 255 - (255 - picture) * pale[..., None]
    picture[chance.random(picture.shape[:2]) < 0.15] = 255
    assert places(ruled_cells(page_of(picture.astype(np.uint8)))) == EVERY_CELL
