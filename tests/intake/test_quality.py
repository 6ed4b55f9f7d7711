from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from intake.engine import Picture
from intake.page import find_tables
from intake.quality import fault, misshapen
from tests.intake.pictures import Drawn, leaning, table, turned, with_shadow, with_specks


def darkened(picture: Picture) -> Picture:
    return (picture * 0.15).astype(np.uint8)


def faded(picture: Picture) -> Picture:
    return (255 - (255 - picture) * 0.15).astype(np.uint8)


def blurred(picture: Picture) -> Picture:
    return cv2.GaussianBlur(picture, (0, 0), 6).astype(np.uint8)


def reduced(picture: Picture) -> Picture:
    return cv2.resize(picture, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA).astype(np.uint8)


@pytest.mark.parametrize(
    ("spoil", "code", "fact", "least", "most"),
    [
        (darkened, "scan_dark", "percent", 13, 17),
        (faded, "scan_pale", "percent", 13, 17),
        (blurred, "scan_blurred", "percent", 31, 80),
        (reduced, "scan_coarse", "pixels", 4, 7),
    ],
)
def test_what_is_wrong_with_a_picture_is_measured(
    spoil: Callable[[Picture], Picture], code: str, fact: str, least: float, most: float
) -> None:
    found = fault(spoil(table().picture), [])
    assert found is not None
    assert found.code == code
    assert least <= float(found.facts[fact]) <= most


@pytest.mark.parametrize(
    "picture",
    [
        table().picture,
        table(110).picture,
        with_shadow(table()).picture,
        with_specks(table()).picture,
        leaning(turned(table(), 3)).picture,
        np.full((900, 700, 3), 255, np.uint8),
        np.zeros((900, 700, 3), np.uint8),
    ],
    ids=["plain", "coarse", "shadow", "specks", "leaning", "white", "black"],
)
def test_a_good_picture_and_one_of_nothing_have_no_fault(picture: Picture) -> None:
    assert fault(picture, list(find_tables(picture))) is None


def test_a_table_that_leaves_the_picture_is_cut_off() -> None:
    picture = table().picture
    rows, columns = (
        np.flatnonzero((picture < 128).any(axis=(1, 2))),
        np.flatnonzero((picture < 128).any(axis=(0, 2))),
    )
    cut = np.ascontiguousarray(picture[rows[0] - 60 : rows[-1] + 60, columns[0] + 150 :])
    found = fault(cut, list(find_tables(cut)))
    assert found is not None
    assert (found.code, found.facts["sides"]) == ("table_cut_off", "1")


def bent(picture: Picture, depth: float) -> Picture:
    high, wide = picture.shape[:2]
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    wave = np.sin(x / wide * np.pi) * high * depth
    return cv2.remap(picture, x, y - wave, cv2.INTER_CUBIC, borderValue=(255, 255, 255)).astype(np.uint8)


@pytest.mark.parametrize("turned_over", [False, True], ids=["across", "down"])
def test_paper_that_did_not_lie_flat_is_curled(turned_over: bool) -> None:
    picture = table().picture
    seen = np.ascontiguousarray(np.rot90(picture)) if turned_over else picture
    found = fault(bent(seen, 0.06), [])
    assert found is not None
    assert found.code == "scan_curled"
    assert 8 <= float(found.facts["degrees"]) <= 30
    assert misshapen(bent(seen, 0.06), []) == found


@pytest.mark.parametrize(
    "drawn", [turned(table(), 4), leaning(table()), table(words=("口",))], ids=["turned", "leaning", "plain"]
)
def test_flat_paper_is_not_curled_however_it_lies(drawn: Drawn) -> None:
    assert misshapen(drawn.picture, []) is None
    assert misshapen(bent(drawn.picture, 0.004), []) is None


def test_a_photo_from_far_aside_is_slanted() -> None:
    corners = np.array([(700, 200), (1100, 200), (1350, 900), (450, 900)], np.float32)
    found = fault(table().picture, [corners])
    assert found is not None
    assert (found.code, found.facts["percent"]) == ("scan_slanted", "225")
