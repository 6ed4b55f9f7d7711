"""Rings told by their outline: with a gap, touching their word, cut off by the cell."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake.page import Mask
from intake.rings import outlined
from tests.intake.pictures import font

LINE = 40
Draw = Callable[[ImageDraw.ImageDraw], None]


def inked(word: str, draw_more: Draw = lambda draw: None, size: int = LINE) -> Mask:
    picture = Image.new("L", (400, 90), 0)
    draw = ImageDraw.Draw(picture)
    draw.text((150, 22), word, fill=255, font=font(size))
    draw_more(draw)
    return ((np.asarray(picture) > 128) * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("x", "y", "wide", "high", "start", "end"),
    [
        (170, 45, 36, 34, 100, 448),
        (176, 45, 36, 34, 0, 360),
        (170, 45, 46, 34, 200, 550),
        (170, 48, 40, 44, 0, 360),
    ],
)
def test_a_ring_is_found_though_it_encloses_no_white(
    x: int, y: int, wide: int, high: int, start: int, end: int
) -> None:
    def ring(draw: ImageDraw.ImageDraw) -> None:
        draw.arc((x - wide, y - high, x + wide, y + high), start, end, fill=255, width=5)

    (found,) = outlined(inked("否", ring), LINE)
    left, top, across, _ = cv2.boundingRect(found)
    assert left < 158
    assert left + across > 184
    assert top < 30


@pytest.mark.parametrize("word", ["是否", "国圆", "0 6 8", "男女", "困难"])
@pytest.mark.parametrize("size", [LINE, round(LINE * 1.5)])
def test_characters_are_no_rings(word: str, size: int) -> None:
    assert list(outlined(inked(word, size=size), LINE)) == []
