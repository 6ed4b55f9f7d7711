from __future__ import annotations

import pytest

from records.regions import Place, place_of_number, placed


@pytest.mark.parametrize(
    ("text", "year", "city", "county"),
    [
        ("河南省开封市鼓楼区", 2016, "开封市", "鼓楼区"),
        ("河南省郑州市中原区建设路街道", 2016, "郑州市", "中原区"),
        ("郑州金水", 2016, "郑州市", "金水区"),
        ("浙江省上虞市", 2010, "绍兴市", "上虞市"),
        ("新昌", 2010, "绍兴市", "新昌县"),
        ("绍兴县", 2010, "绍兴市", "绍兴县"),
        ("新乡县", 2016, "新乡市", "新乡县"),
        ("河南省新乡市", 2016, "新乡市", ""),
        ("安阳", 2016, "安阳市", ""),
        ("河南省许昌市许昌县", 2016, "许昌市", "许昌县"),
        ("河南省商丘市", 2016, "商丘市", ""),
        ("济源市", 2016, "济源市", ""),
        ("上海市浦东新区", 2016, "上海市", "浦东新区"),
        ("行政区划 410204", 2016, "开封市", "鼓楼区"),
        ("河南省郑州市金水区 450000", 2016, "郑州市", "金水区"),
        ("洛阳市涧西区（471000）", 2016, "洛阳市", "涧西区"),
    ],
)
def test_a_written_place_is_told(text: str, year: int, city: str, county: str) -> None:
    place = placed(text, "", year)
    assert place is not None and (place.city, place.county) == (city, county)


def test_a_county_of_several_cities_is_told_by_the_identity_number_or_not_at_all() -> None:
    assert placed("鼓楼区", "", 2016) is None
    assert placed("鼓楼区", "410105196202168902", 2016) is None
    kaifeng = placed("鼓楼区", "410204196202168902", 2016)
    assert kaifeng is not None and kaifeng.city == "开封市"


@pytest.mark.parametrize("text", ["本市", "同上", "市", "区", "无", "·"])
def test_what_names_no_place_is_none(text: str) -> None:
    assert placed(text, "410204196202168902", 2016) is None


def test_an_identity_number_tells_its_county() -> None:
    assert place_of_number("410204196202168902") == Place("410204", "河南省", "开封市", "鼓楼区")
    assert place_of_number("999999196202168902") is None
