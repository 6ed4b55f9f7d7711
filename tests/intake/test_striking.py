from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake.page import Mask
from intake.striking import struck
from tests.intake.pictures import font

LINE = 40


def inked(text: str, crossed: str = "", at: float = 0.52, slant: float = 0.0) -> tuple[Mask, int]:
    """The ink of a line of writing, cut around it, its first words crossed out; and where those end."""
    picture = Image.new("L", (1400, 120), 0)
    draw = ImageDraw.Draw(picture)
    face = font(LINE)
    draw.text((100, 30), text, fill=255, font=face)
    ink = np.asarray(picture) > 128
    rows = np.flatnonzero(ink.any(axis=1))
    end = 100 + round(draw.textlength(crossed, font=face))
    if crossed:
        y = rows[0] + (rows[-1] - rows[0]) * at
        draw.line((98, y, end + 2, y + (end - 100) * slant), fill=255, width=3)
    full = ((np.asarray(picture) > 128) * 255).astype(np.uint8)
    x0, y0, w, h = cv2.boundingRect(full)
    return full[y0 : y0 + h, x0 : x0 + w], end - x0


@pytest.mark.parametrize(
    ("text", "crossed"),
    [
        ("心血管病 良好", "心血管病"),
        ("381 380", "381"),
        ("14170 14160", "14170"),
        ("在岗 离休", "在岗"),
        ("新乡市印染厂", "新乡市印染厂"),
    ],
)
@pytest.mark.parametrize("slant", [0.0, 0.03])
def test_words_with_a_line_through_them_are_crossed_out(text: str, crossed: str, slant: float) -> None:
    ink, end = inked(text, crossed, slant=slant)
    ((start, stop),) = struck(ink, LINE)
    assert start < LINE * 0.3
    assert abs(stop - end) < LINE * 0.3


@pytest.mark.parametrize(
    "text",
    ["良好", "女", "二三", "450500", "1977-08-26", "410204197204200771", "王一二", "中国银行", "——"],
)
def test_what_is_only_written_is_not(text: str) -> None:
    assert struck(inked(text)[0], LINE) == ()


@pytest.mark.parametrize("at", [-0.15, 1.12])
def test_a_rule_over_or_under_words_crosses_nothing_out(at: float) -> None:
    assert struck(inked("高血压病 心脏病", "高血压病", at)[0], LINE) == ()


def test_no_ink_is_nothing_crossed_out() -> None:
    assert struck(np.zeros((0, 0), np.uint8), LINE) == ()
    assert struck(np.zeros((30, 90), np.uint8), LINE) == ()
