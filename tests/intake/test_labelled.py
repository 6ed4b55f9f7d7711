from __future__ import annotations

import pytest

from intake.labelled import labelled, of_labels, with_spread_labels
from intake.text_line import TextLine, pieces
from tests.intake.lines import line, page

LABELS = ("姓名", "日期", "医院", "合计", "票据号码", "票据代码", "No.", "金额合计", "个人支付", "统筹支付")


def values(lines: list[TextLine], label: str) -> list[str]:
    """What may stand under a label, the likeliest first."""
    found = of_labels(labelled(lines, LABELS), [label])
    return [value.text for one in found for value in one.values]


@pytest.mark.parametrize(
    ("lines", "label", "value"),
    [
        (page([("姓名：王小明", 0)]), "姓名", "王小明"),
        (page([("姓名", 0), ("王小明", 200)]), "姓名", "王小明"),
        (page([("姓名王小明 日期2010年3月", 0)]), "姓名", "王小明"),
        (page([("姓名王小明 日期2010年3月", 0)]), "日期", "2010年3月"),
        (page([("№0031457", 0)]), "No.", "0031457"),
        (page([("N0.0031457", 0)]), "No.", "0031457"),
        (page([("合计", 300), ("个人支付", 600)], [("80.00", 300), ("30.00", 600)]), "合计", "80.00"),
        (page([("合计", 300), ("个人支付", 600)], [("80.00", 300), ("30.00", 600)]), "个人支付", "30.00"),
        (page([("统筹支付6120.40个人支付12500.00", 0)]), "个人支付", "12500.00"),
        (page([("票据号玛：0031457", 0)]), "票据号码", "0031457"),
    ],
)
def test_a_value_stands_behind_right_of_or_below_its_label(
    lines: list[TextLine], label: str, value: str
) -> None:
    assert values(lines, label)[0] == value


def test_words_within_words_are_no_label() -> None:
    assert values(page([("稽山医院住院部", 0)]), "医院") == []
    assert values(page([("金额合计：80", 0)]), "合计") == []
    assert values(page([("票据代码：33060110", 0)]), "票据号码") == []


def test_another_label_is_no_value() -> None:
    assert values(page([("姓名", 0), ("日期：2010年", 200)]), "姓名") == []


def test_rows_are_followed_where_the_page_slants() -> None:
    left, right = line("个人支付", 0, 0), line("30.00", 1000, 52)
    slanting = [
        TextLine(one.text, one.box, one.corners, one.stops, one.sure, slope=0.045) for one in (left, right)
    ]
    assert values(slanting, "个人支付") == ["30.00"]
    assert values([left, right], "个人支付") == []


def test_a_wide_gap_tells_two_pieces_but_not_within_a_day() -> None:
    assert [one.text for one in pieces(line("合计80.00    个人支付30.00"))] == ["合计80.00", "个人支付30.00"]
    assert [one.text for one in pieces(line("2010   年   3   月   5   日"))] == ["2010年3月5日"]


def test_a_label_that_is_spread_wide_is_one_again() -> None:
    lines = page([("名", 0), ("称：王小明", 150), ("合", 600), ("计", 750), ("80.00", 1000)])
    joined = with_spread_labels(lines, ("名称", "合计", "姓名"))
    assert [one.text for one in joined] == ["名称：王小明", "合计", "80.00"]
    value = joined[0].part(3, 6)
    assert value.box == pytest.approx(lines[1].part(2, 5).box)
    assert value.around == lines[1].part(2, 5).around
