"""Which way is up, where long texts read from the side as well as from above."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from intake.engine import Line, Picture
from intake.page import Page, quarter_turned
from intake.upright import upright
from tests.intake.pictures import page_of, table

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
