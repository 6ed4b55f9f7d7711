"""Which way is up, where long texts read from the side as well as from above."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from intake.engine import Line, Picture
from intake.page import Page, quarter_turned
from intake.upright import upright
from tests.intake.pictures import CELLS, page_of, places, plain_page, table

LONG = "长年患病无力工作\n子女上学费用很高\n收入不够维持生活"
WORDS = (
    "姓名",
    LONG,
    "家庭住址",
    "民族情况",
    "健康状况",
    LONG,
    "工作单位",
    "身份证号",
    "农业户口",
    "本人月收入",
)


class ReadsAnything:
    """An engine that takes every crop for a Chinese word, as it does with columns through a long text."""

    name = "reads-anything"

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        return [Line("困难职工", 1.0) for _ in crops]


@cache
def page_with_long_texts() -> Page:
    return page_of(table(words=WORDS).picture)


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_page_of_long_texts_that_lies_on_its_side_is_turned(quarters: int) -> None:
    found = upright(quarter_turned(page_with_long_texts(), quarters), ReadsAnything())
    assert found is not None
    high, wide = found.page.ink.shape
    assert wide > high


def test_a_page_of_long_texts_that_stands_upright_stays() -> None:
    found = upright(page_with_long_texts(), ReadsAnything())
    assert found is not None
    assert found.page.ink.shape == page_with_long_texts().ink.shape


class ReadsAtTheSecondLook:
    """An engine that makes nothing of the first lines that it is shown."""

    name = "reads-at-the-second-look"

    def __init__(self) -> None:
        self.looks = 0

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        self.looks += 1
        return [Line("困难职工", 0.9 if self.looks == 2 else 0.1) for _ in crops]


def test_a_page_upside_down_is_turned_at_the_second_look_and_nothing_is_found_twice() -> None:
    engine = ReadsAtTheSecondLook()
    found = upright(quarter_turned(plain_page(), 2), engine)
    assert found is not None
    assert engine.looks == 2
    assert np.array_equal(found.page.ink, plain_page().ink)
    assert places(found.cells) == set(CELLS)
    assert [(cell.row, cell.column) for cell in found.cells] == sorted(place[:2] for place in CELLS)
    written = {line.box for cell in found.lines for line in cell}
    assert found.read and set(found.read) <= written


class ReadsShortWords:
    """An engine that reads two characters of every crop, surely or not, and counts what it is given."""

    name = "reads-short-words"

    def __init__(self, sure: float) -> None:
        self.sure, self.given = sure, 0

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        self.given += len(crops)
        return [Line("困难", self.sure) for _ in crops]


def test_a_page_of_short_words_is_not_turned_where_the_engine_is_sure_of_them() -> None:
    sure, unsure = ReadsShortWords(0.95), ReadsShortWords(0.83)
    for engine in (sure, unsure):
        found = upright(page_with_long_texts(), engine)
        assert found is not None
        assert found.page.ink.shape == page_with_long_texts().ink.shape
    assert sure.given < unsure.given
