from __future__ import annotations

import cv2
import numpy as np
import pytest

from intake.page import find_tables, ink_mask, lifted, quarter_turned, without_streaks
from tests.intake.pictures import (
    cells_of,
    leaning,
    page_of,
    plain_page,
    table,
    turned,
    with_seal,
    with_shadow,
)


def off(found: tuple[int, int, int, int], wanted: tuple[float, float, float, float]) -> float:
    """How far, in pixels, the worst side of a box lies from where it should."""
    return max(abs(one - other) for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize(("dpi", "degrees"), [(110, 5), (200, -8), (300, 2)])
def test_the_way_back_hits_the_drawn_cells(dpi: int, degrees: float) -> None:
    sheet = turned(table(dpi), degrees)
    page = page_of(sheet.picture)
    found = {place: page.box_in_file(one.box) for place, one in cells_of(page).items()}
    assert found.keys() == sheet.boxes.keys()
    assert max(off(box, sheet.box(place)) for place, box in found.items()) <= dpi * 0.02


def test_the_way_back_holds_in_perspective() -> None:
    sheet = leaning(turned(table(), 3))
    page = page_of(sheet.picture)
    for place, one in cells_of(page).items():
        assert off(page.box_in_file(one.box), sheet.box(place)) <= 5


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turning_a_page_keeps_its_way_back(quarters: int) -> None:
    flat = plain_page()
    page = quarter_turned(flat, quarters)
    x0, y0, x1, y1 = page.frame
    before = flat.box_in_file(tuple(map(float, flat.frame)))  # type: ignore[arg-type]
    assert off(page.box_in_file((x0, y0, x1, y1)), tuple(map(float, before))) <= 2  # type: ignore[arg-type]
    assert page.coloured(page.frame).shape[:2] == (y1 - y0, x1 - x0)


@pytest.mark.parametrize(
    "box", [(0, 0, 31, 40), (333, 207, 333, 220), (700, 515, 963, 777), (1500, 900, 9999, 9999)]
)
def test_a_box_in_colours_is_the_same_as_of_the_whole_page(box: tuple[int, int, int, int]) -> None:
    page = page_of(with_seal(turned(table(), 3)).picture)
    whole = page.coloured((0, 0, *page.ink.shape[::-1]))
    assert whole.shape[:2] == page.ink.shape
    assert np.array_equal(page.coloured(box), whole[box[1] : box[3], box[0] : box[2]])


def test_an_overview_shows_the_same_half_as_fine() -> None:
    page = page_of(with_seal(turned(table(), 3)).picture)
    whole = page.coloured((0, 0, *page.ink.shape[::-1]))
    overview = page.overview()
    assert overview.shape[:2] == tuple(-(-side // 2) for side in page.ink.shape)
    high, wide = (side // 2 for side in page.ink.shape)
    halved = cv2.resize(whole[: 2 * high, : 2 * wide], (wide, high), interpolation=cv2.INTER_AREA)
    assert (
        np.abs(cv2.blur(halved, (9, 9)) - cv2.blur(overview[:high, :wide], (9, 9)).astype(float)).mean() < 2
    )


def test_a_dark_spot_is_found_where_it_was_drawn() -> None:
    sheet = table()
    picture = sheet.picture.copy()
    x, y = 700, 620
    picture[y : y + 9, x : x + 9] = (0, 0, 255)
    page = page_of(turned(sheet.worn(picture), 6).picture)
    blue, green, red = cv2.split(page.coloured((0, 0, *page.ink.shape[::-1])))
    spots = np.argwhere((red > 200) & (green < 90) & (blue < 90))
    (top, left), (bottom, right) = spots.min(axis=0), spots.max(axis=0)
    box = page.box_in_file((left, top, right, bottom))
    way = turned(sheet, 6).way @ np.array([x + 4.5, y + 4.5, 1])
    assert abs((box[0] + box[2]) / 2 - way[0]) <= 3
    assert abs((box[1] + box[3]) / 2 - way[1]) <= 3


def test_boxes_over_the_edge_of_the_page_are_cut_off_at_it() -> None:
    page = plain_page()
    height, width = page.ink.shape
    assert page.box_in_file((-50, -50, width + 50, height + 50)) == page.box_in_file((0, 0, width, height))


def test_two_tables_on_one_page_are_two() -> None:
    sheet = table().picture
    tables = list(find_tables(np.vstack([sheet, sheet])))
    assert len(tables) == 2
    middles = sorted(float(corners[:, 1].mean()) for corners in tables)
    assert middles[0] < sheet.shape[0] < middles[1]


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_page_of_one_shade_holds_no_table(shade: int) -> None:
    assert list(find_tables(np.full((900, 700, 3), shade, np.uint8))) == []


def test_a_seal_is_lifted_and_black_ink_under_it_stays() -> None:
    plain, sealed = table(), with_seal(table())
    black = plain.picture.max(axis=2) < 60
    red = (sealed.picture[..., 2].astype(int) - sealed.picture[..., 0]) > 120
    gray = lifted(sealed.picture)
    assert np.percentile(gray[red], 5) > 180
    assert np.percentile(gray[black], 90) < 90


def test_a_shadow_is_divided_away() -> None:
    gray = lifted(with_shadow(table()).picture)
    plain = table().picture.min(axis=2)
    assert np.percentile(gray[plain == 255], 2) > 215
    assert np.percentile(gray[plain == 0], 90) < 110


def test_the_height_of_text_is_the_same_share_of_an_inch_at_every_resolution() -> None:
    pages = {dpi: plain_page(dpi) for dpi in (110, 150, 200, 300)}
    heights = [page.line * page.density / dpi for dpi, page in pages.items()]
    assert max(heights) < 1.25 * min(heights)


@pytest.mark.parametrize(("tables", "longest"), [(1, 2400), (3, 3000)])
def test_a_fine_picture_is_worked_on_as_coarsely_as_its_text_allows(tables: int, longest: int) -> None:
    sheet = table(400 if tables == 1 else 200)
    x0, y0 = np.min([box[:2] for box in sheet.boxes.values()], axis=0).astype(int)
    x1, y1 = np.max([box[2:] for box in sheet.boxes.values()], axis=0).astype(int)
    many = np.tile(sheet.picture[y0:y1, x0:x1], (tables, tables, 1))
    page = page_of(cv2.copyMakeBorder(many, 200, 200, 200, 200, cv2.BORDER_CONSTANT, value=(255.0,) * 3))
    assert page.frame[2] - page.frame[0] == pytest.approx(longest, abs=20)


@pytest.mark.parametrize("shade", [40, 150, 255])
def test_a_streak_from_edge_to_edge_is_bridged(shade: int) -> None:
    plain = table().picture
    streaked = plain.copy()
    streaked[:, 640:642] = shade
    clean = without_streaks(streaked)
    assert np.mean(cv2.absdiff(clean, plain)[:, 636:646] > 60) < 0.02
    assert np.array_equal(clean[:, :600], plain[:, :600])


def test_the_frame_of_a_page_cut_close_is_no_streak() -> None:
    plain = table().picture
    rows, columns = (
        np.flatnonzero((plain < 128).any(axis=(1, 2))),
        np.flatnonzero((plain < 128).any(axis=(0, 2))),
    )
    close = plain[rows[0] - 6 : rows[-1] + 6, columns[0] - 6 : columns[-1] + 6]
    assert np.array_equal(without_streaks(close), close)


def test_ink_under_a_seal_outlasts_jpeg_and_the_seal_does_not() -> None:
    sheet = table()
    sealed = with_seal(sheet).picture
    coded = cv2.imencode(".jpg", sealed, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    seen = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert seen is not None
    red = (sealed[..., 2].astype(int) - sealed[..., 0]) > 120
    over = cv2.dilate(red.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    black = sheet.picture.max(axis=2) < 60
    gray = lifted(seen)
    assert np.percentile(gray[over & black], 75) < 110
    assert (
        np.percentile(
            gray[red & ~cv2.dilate(black.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)], 5
        )
        > 190
    )


def test_the_gap_between_writing_and_a_rule_is_no_streak() -> None:
    plain = np.full((900, 700, 3), 255, np.uint8)
    for x in range(60, 640, 12):
        cv2.rectangle(plain, (x, 410), (x + 5, 420), (0, 0, 0), -1)
    cv2.line(plain, (40, 428), (660, 428), (0, 0, 0), 2)
    assert np.array_equal(without_streaks(plain), plain)


def test_the_grain_of_a_dim_photo_is_no_ink_and_strokes_are() -> None:
    chance = np.random.default_rng(5)
    paper = np.full((400, 600), 210.0)
    paper[190:194, 100:500] = 90
    grain = cv2.GaussianBlur(chance.normal(0, 60, paper.shape), (0, 0), 0.8)
    mask = ink_mask(np.clip(paper + grain, 0, 255).astype(np.uint8), 24.0)
    assert (mask[189:195, 100:500] > 0).any(axis=0).mean() > 0.95
    assert (mask[:150] > 0).mean() < 0.005
