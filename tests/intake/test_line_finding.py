"""Finding and reading lines with the real models, on one bundled invoice."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from intake.engine import Picture
from intake.line_finding import text_lines
from intake.rapid import RapidEngine
from tests.intake.conftest import SAMPLES

TEXTS = {
    "医疗住院收费收据",
    "收款单位：镜湖肿瘤医院",
    "个人支付3600.00",
    "合计（大写）伍仟叁佰捌拾捌元捌角整",
}


@pytest.fixture(scope="module")
def engine() -> RapidEngine:
    return RapidEngine(threads=1)


@pytest.fixture(scope="module")
def picture() -> Picture:
    found = cv2.imread(str(SAMPLES / "medical" / "invoice-6.jpg"))
    assert found is not None
    return found[:520]


@pytest.mark.parametrize("quarters", [0, 1, 2])
def test_a_page_is_read_whichever_way_it_lies(picture: Picture, engine: RapidEngine, quarters: int) -> None:
    turned = np.ascontiguousarray(np.rot90(picture, quarters))
    lines = text_lines(turned, engine)
    assert TEXTS - {line.text for line in lines} == set()
    assert lines[0].text == "医疗住院收费收据"
    [own] = [line for line in lines if line.text.startswith("个人支付")]
    x0, y0, x1, y1 = own.part(4, len(own.text)).around
    ink = turned[y0:y1, x0:x1]
    assert ink.min() < 120  # figures lie inside the box in the picture's own pixels
    assert (x1 - x0 > y1 - y0) is (quarters != 1)


def test_the_highest_lines_alone_are_read_when_no_more_are_wanted(
    picture: Picture, engine: RapidEngine
) -> None:
    lines = text_lines(picture, engine, most=3)
    assert (len(lines), lines[0].text) == (3, "医疗住院收费收据")


def test_white_paper_has_no_lines(engine: RapidEngine) -> None:
    assert text_lines(np.full((400, 600, 3), 255, np.uint8), engine) == ()
