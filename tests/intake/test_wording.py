from __future__ import annotations

import pytest

from intake.wording import bare, behind, distance, is_blank, length_in, looks_labelled, plain, spell


@pytest.mark.parametrize(
    "text", ["*姓名", "姓　名：", "＊姓 名", "姓\u00a0\u00a0名*", "姓\n名", "﹡姓名︰", "【姓名】"]
)
def test_spellings_of_one_label_are_alike(text: str) -> None:
    assert plain(text) == "姓名"


def test_full_width_and_radicals_are_alike() -> None:
    assert plain("⾝份证号（１８位）") == plain("身份证号(18位)")
    assert bare("月收入（元/月）：") == "月收入"


@pytest.mark.parametrize(
    ("text", "label", "wrong"),
    [
        ("政治面貎", "政治面貌", 1),
        ("户口所在地行攻区戈", "户口所在地行政区划", 2),
        ("姓各", "姓名", None),
        ("家庭年人均收入", "家庭月人均收入", None),
        ("次要致困原因", "主要致困原因", None),
        ("住房面积", "建筑面积", None),
    ],
)
def test_only_long_labels_bear_wrong_characters(text: str, label: str, wrong: int | None) -> None:
    assert distance(text, label) == wrong


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("姓名：张三", "姓名", "张三"),
        ("*姓 名 : 张三 ", "姓名", "张三"),
        ("主要致困原因（限选一项）：1、6", "主要致困原因", "1、6"),
        ("主要致困原因（限选一项）1", "主要致困原因限选一项", "1"),
        ("备注：（无）", "备注", "（无）"),
        ("备注：＿＿＿＿", "备注", ""),
    ],
)
def test_the_value_behind_a_label(text: str, label: str, value: str) -> None:
    end = length_in(text, label)
    assert end is not None
    assert behind(text, end) == value


def test_a_text_that_spells_something_else_has_no_length() -> None:
    assert length_in("性别：男", "姓名") is None
    assert length_in("姓", "姓名") is None


def test_places_lead_back_into_the_text() -> None:
    spelled = spell(" 姓 名：㎡")
    assert spelled.text == "姓名m2"
    assert spelled.places == (1, 3, 5, 5)


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), (" \n　", True), ("____", True), ("√", False), ("无", False)]
)
def test_blanks(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


def test_a_value_that_begins_with_words_and_a_colon_looks_labelled() -> None:
    assert looks_labelled("性别：男")
    assert not looks_labelled("河南省郑州市")
