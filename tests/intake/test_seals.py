from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake.engine import Picture
from intake.page import Gray, Mask, ink_mask, lifted
from intake.seals import without_remnants
from tests.intake.pictures import font

LINE = 26


def page(stamped: str, typed: str = "本人患病长期服药", dark: int = 60) -> Picture:
    """Typed words, and a red stamp's characters and ring beside and over them, as a JPEG of an office."""
    paper = Image.new("RGB", (700, 260), (255, 255, 255))
    draw = ImageDraw.Draw(paper)
    draw.text((260, 110), typed, (dark, dark, dark), font(LINE))
    words = np.asarray(paper).astype(np.float32)
    stamp = Image.new("L", (700, 260), 0)
    pen = ImageDraw.Draw(stamp)
    if stamped:
        pen.text((60, 100), stamped, 255, font(60))
        pen.ellipse((20, 20, 330, 330), outline=255, width=7)
    share = np.asarray(stamp)[..., None] / 255 * 0.75
    red = np.array((205, 40, 55)) / 255
    picture = (words * (1 - share * (1 - red))).astype(np.uint8)[..., ::-1]
    _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 75])
    return cv2.imdecode(coded, cv2.IMREAD_COLOR)


def inks(picture: Picture) -> tuple[Gray, Mask, Mask]:
    gray = lifted(picture)
    ink = ink_mask(gray, LINE)
    return gray, ink, without_remnants(ink, gray, picture, LINE)


@pytest.mark.parametrize("dark", [20, 60, 110])
def test_what_a_seal_leaves_is_no_ink_and_words_under_it_are(dark: int) -> None:
    bare, stamped = page("", dark=dark), page("总工会", dark=dark)
    _, words, _ = inks(bare)
    _, before, after = inks(stamped)
    beside = np.s_[:, :240]
    assert (before[beside] > 0).sum() > 40
    assert (after[beside] > 0).sum() < 0.1 * (before[beside] > 0).sum()
    typed = np.s_[100:150, 255:480]
    assert (after[typed] > 0).sum() > 0.9 * (words[typed] > 0).sum()


def test_colours_half_as_fine_show_the_seal_as_well() -> None:
    picture = page("总工会")
    gray, before, after = inks(picture)
    coarse = without_remnants(before, gray, picture[::2, ::2].copy(), LINE)
    assert (before != after).sum() > 40
    assert (coarse != after).mean() < 0.001


def test_a_page_without_a_seal_stays_as_it_is() -> None:
    _, before, after = inks(page(""))
    assert (before == after).all()
