from __future__ import annotations

import pytest

from intake.printed import value_start
from records.editions import Edition


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("mobile", "手机：15577604353", "15577604353"),
        ("mobile", "手机号码:  155", "155"),
        ("postcode", "邮编459697", "459697"),
        ("address", "住址：河南省开封市", "河南省开封市"),
        ("employer", "单位：", ""),
        ("bank_card", "（卡号）6260", "6260"),
        ("family.0.id_number", "身份证号\n4102", "4102"),
    ],
)
def test_words_of_the_own_label_before_a_value_are_print(
    henan: Edition, key: str, text: str, value: str
) -> None:
    assert text[value_start(text, henan.field(key)) :] == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("employer", "工作单位印刷厂"),
        ("employer", "开封市：环卫处"),
        ("address", "家庭住址不详"),
        ("remarks", "父亲：重病"),
        ("birth_date", "出生1981年"),
        ("mobile", "15577604353"),
        ("mobile", ""),
        ("gender", "性别：男"),
    ],
)
def test_what_may_be_the_value_stays(henan: Edition, key: str, text: str) -> None:
    assert value_start(text, henan.field(key)) == 0
