from __future__ import annotations

import pytest

from intake.sentences import blanks, closeness, keys_of
from records.editions import Edition, Sentence

PRINTED = (
    "*建档人或审核人确定困难职工是否为解困脱困对象（{}）（确定时间：{}），对解困脱困对象确定以下类别中的选项"
)


@pytest.fixture
def sentence(henan: Edition) -> Sentence:
    return henan.sentences[0]


@pytest.mark.parametrize(
    ("yes", "day"),
    [("√是　否 ", "2016年8月7日"), ("  是    否√", "2016.08.07"), (" 是 否 ", "  年  月  日 ")],
)
def test_each_blank_of_a_sentence_is_cut_out(sentence: Sentence, yes: str, day: str) -> None:
    found = blanks(sentence, PRINTED.format(yes, day))
    assert keys_of(sentence) == ("is_target", "determined_on")
    assert (found["is_target"], found["determined_on"]) == (yes.strip(), day.strip())


def test_wrong_characters_and_line_breaks_do_not_hide_the_blanks(sentence: Sentence) -> None:
    text = (
        PRINTED.format("√是 否", "2016年8月7日")
        .replace("脱困对象（", "脱因对象\n(")
        .replace("确定时间", "确走时间")
    )
    assert closeness(sentence, text) > 0.8
    found = blanks(sentence, text)
    assert found == {"is_target": "√是 否", "determined_on": "2016年8月7日"}


def test_another_sentence_is_not_taken_for_it(sentence: Sentence) -> None:
    assert (
        closeness(
            sentence, "填表说明：请如实填写困难职工本人及家庭成员的情况，并由所在单位工会审核盖章后上报。"
        )
        == 0
    )
