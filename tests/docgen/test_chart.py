from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from docgen.chart import DPI, Bar, bar_chart
from docgen.fonts import Fonts, load_typefaces, present_fonts
from records.errors import DocumentError

BARS = [
    Bar("患重特大疾病", 40, "40 (66.7%)"),
    Bar("收入或生活水平低于低保线而未纳入低保", 20, "20 (33.3%)"),
    Bar("其他", 0, "0"),
]


def drawn(bars: list[Bar], height: float = 40) -> Image.Image:
    png = bar_chart(bars, present_fonts(), font="宋体", size=10.5, width=150, height=height)
    return Image.open(io.BytesIO(png))


def bar_lengths(picture: Image.Image) -> list[int]:
    """The lengths of the grey bars from top to bottom, pixels."""
    grey = np.asarray(picture) == 0x70
    lengths = grey.sum(axis=1)
    runs: list[int] = []
    for above, here in zip([0, *lengths], lengths, strict=False):
        if here > 20 and above <= 20:
            runs.append(int(here))
    return runs


def test_bars_are_as_long_as_their_numbers() -> None:
    first, second = bar_lengths(drawn(BARS))
    assert abs(first - 2 * second) <= 4


def test_a_chart_has_its_size_in_black_and_grey() -> None:
    picture = drawn(BARS)
    assert picture.mode == "L"
    assert picture.size == (round(150 / 25.4 * DPI), round(40 / 25.4 * DPI))


def test_the_same_figures_give_the_same_bytes() -> None:
    assert drawn(BARS).tobytes() == drawn(BARS).tobytes()
    assert drawn(BARS).tobytes() != drawn(BARS[:2]).tobytes()


@pytest.mark.parametrize("bars", [[], [Bar("无", 0, "0")], BARS * 6])
def test_nothing_is_drawn_over_the_edge(bars: list[Bar]) -> None:
    ink = np.asarray(drawn(bars)) < 128
    assert not ink[:, 0].any() and not ink[:, -1].any()


def test_a_character_that_no_typeface_draws_is_named() -> None:
    with pytest.raises(DocumentError) as caught:
        bar_chart(BARS, Fonts((), load_typefaces()), font="宋体", size=9, width=100, height=40)
    assert caught.value.code == "no_glyph"
