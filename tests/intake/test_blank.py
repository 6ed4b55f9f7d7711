"""Blank pages: what is no ink of this side does not make a page written on."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from intake.blank import ink_on
from intake.engine import Picture
from tests.intake.pictures import table

DPI = 150
MM = DPI / 25.4


def paper(shade: int = 246) -> Picture:
    """An empty A4 page with the grain of a scanner."""
    grain = np.random.default_rng(4).normal(0, 3, (round(297 * MM), round(210 * MM), 3))
    return np.clip(shade + grain, 0, 255).astype(np.uint8)


def spot(x: float, y: float) -> tuple[int, int]:
    return round(x * MM), round(y * MM)


def with_holes(page: Picture) -> Picture:
    """Two punch holes on a dark ground."""
    for y in (108, 188):
        cv2.circle(page, spot(11, y), round(3 * MM), (20, 20, 20), -1)
    return page


def with_dark_edges(page: Picture) -> Picture:
    """The lid was open, and a corner is torn."""
    page[: round(6 * MM)] = 15
    page[:, -round(4 * MM) :] = 15
    cv2.fillPoly(page, [np.array([spot(170, 6), spot(206, 6), spot(206, 30)])], (15, 15, 15))
    return page


def with_the_other_side(page: Picture) -> Picture:
    """Thin paper: a form printed on the other side shows through."""
    back = cv2.flip(table(DPI).picture, 1)
    back = cv2.GaussianBlur(back[: page.shape[0], : page.shape[1]], (0, 0), 1.5)
    part = page[: back.shape[0], : back.shape[1]].astype(np.float32)
    part -= (255 - back.astype(np.float32)) * 0.28
    page[: back.shape[0], : back.shape[1]] = np.clip(part, 0, 255).astype(np.uint8)
    return page


def with_dust(page: Picture) -> Picture:
    """Specks of up to a millimetre."""
    for x, y in np.random.default_rng(2).integers(10, 190, (60, 2)):
        cv2.circle(page, spot(x, y * 1.4), 2, (40, 40, 40), -1)
    return page


def with_a_crease(page: Picture) -> Picture:
    """Folded once, and stapled."""
    cv2.line(page, spot(0, 148), spot(210, 149), (120, 120, 120), 1)
    cv2.line(page, spot(14, 16), spot(24, 14), (60, 60, 60), 2)
    return page


def untouched(page: Picture) -> Picture:
    return page


@pytest.mark.parametrize(
    "wear", [untouched, with_holes, with_dark_edges, with_the_other_side, with_dust, with_a_crease]
)
@pytest.mark.parametrize("shade", [246, 150])
def test_an_empty_page_is_not_written_on(shade: int, wear: Callable[[Picture], Picture]) -> None:
    assert not ink_on(wear(paper(shade))).written


def test_an_empty_page_is_clean_and_need_not_be_read() -> None:
    assert ink_on(paper()).is_clean
    assert not ink_on(with_the_other_side(paper())).is_clean


def signed(page: Picture) -> Picture:
    """A word by hand."""
    for start, end in (((90, 140), (97, 140)), ((93, 135), (93, 149)), ((99, 137), (108, 147))):
        cv2.line(page, spot(*start), spot(*end), (70, 60, 60), 4)
    return page


def stamped(page: Picture) -> Picture:
    """A red seal alone."""
    cv2.circle(page, spot(120, 200), round(20 * MM), (60, 60, 215), round(MM))
    return page


def printed(page: Picture) -> Picture:
    """A table."""
    drawn = table(DPI).picture
    page[: min(drawn.shape[0], page.shape[0]), : min(drawn.shape[1], page.shape[1])] = drawn[
        : page.shape[0], : page.shape[1]
    ]
    return page


def faded(page: Picture) -> Picture:
    """A table in a printer's last ink."""
    return (255 - (255 - printed(page).astype(np.float32)) * 0.5).astype(np.uint8)


@pytest.mark.parametrize("write", [signed, stamped, printed, faded])
def test_the_little_that_stands_on_a_page_is_seen(write: Callable[[Picture], Picture]) -> None:
    assert ink_on(with_holes(write(paper()))).written


@pytest.mark.parametrize("scale", [0.6, 1.0, 2.0])
def test_ink_is_measured_alike_at_any_resolution(scale: float) -> None:
    page = cv2.resize(signed(paper()), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert ink_on(page).written
    assert ink_on(page).share == pytest.approx(ink_on(signed(paper())).share, rel=0.3)


def test_a_dark_picture_is_no_blank_paper() -> None:
    assert ink_on(np.full((900, 700, 3), 4, np.uint8)).written


def test_blank_paper_under_yellow_light_is_not_dark() -> None:
    assert not ink_on(np.full((900, 700, 3), (40, 130, 160), np.uint8)).written


def test_a_form_out_of_focus_is_more_than_what_shines_through() -> None:
    page, (high, wide, _) = paper(), paper().shape
    for x in range(round(10 * MM), wide - round(10 * MM), round(4 * MM)):
        cv2.line(page, (x, round(10 * MM)), (x, high - round(10 * MM)), (30, 30, 30), 2)
    blurred = ink_on(cv2.GaussianBlur(page, (0, 0), high / 420))
    faint = ink_on((255 - (255 - printed(paper()).astype(np.float32)) * 0.18).astype(np.uint8))
    assert not blurred.written
    assert not blurred.may_shine_through
    assert faint.may_shine_through
