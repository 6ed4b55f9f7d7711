from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.values import from_plain, narrow, row_count, row_path, split_path, to_plain


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("张　三", "张三"),
        (" 子女 上学 ", "子女上学"),
        ("１２ａＢ．５", "12aB.5"),
        ("下（待）岗；其他：无，", "下（待）岗；其他：无，"),
        ("Ann  Lee", "Ann Lee"),
        ("A 型", "A型"),
        ("⾏业⺠族", "行业民族"),
        ("上\u200b学\ufeff", "上学"),
        ("附\xa0\xa0\xa0件", "附件"),
        ("①", "1"),
    ],
)
def test_text_is_narrowed_but_keeps_chinese_marks(written: str, normal: str) -> None:
    assert narrow(written) == normal


@given(st.text(max_size=30))
def test_narrowed_text_stays_as_it_is(text: str) -> None:
    assert narrow(narrow(text)) == narrow(text)


@given(
    st.none()
    | st.text(min_size=1, max_size=8)
    | st.decimals(-10_000_000, 10_000_000, places=2)
    | st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=3).map(tuple)
)
def test_values_survive_json(value: object) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(value)))) == value  # type: ignore[arg-type]


@pytest.mark.parametrize("blank", [None, "", [], ()])
def test_every_blank_is_none(blank: object) -> None:
    assert from_plain(blank) is None


@pytest.mark.parametrize("odd", [True, float("nan"), float("inf"), Decimal("NaN"), {}, [1], ["是", None]])
def test_what_no_field_holds_is_refused(odd: object) -> None:
    with pytest.raises(ValueError):
        from_plain(odd)


def test_money_leaves_as_a_whole_number_where_it_is_one() -> None:
    assert [to_plain(Decimal(text)) for text in ("1300.0", "753.33")] == [1300, 753.33]


def test_paths_name_fields_and_cells() -> None:
    assert split_path("name") == ("name", None, "name")
    assert split_path(row_path("family", 12, "name")) == ("family", 12, "name")


@pytest.mark.parametrize(
    "odd", ["family.0", "family.-1.name", "family.01.name", "family.x.name", "a.0.b.c", "family.99999.name"]
)
def test_a_cell_has_one_path_only(odd: str) -> None:
    with pytest.raises(ValueError, match="no path"):
        split_path(odd)


def test_rows_are_counted_by_the_last_one() -> None:
    assert row_count("family", ["name", "family.0.name", "family.2.name", "attachments.5.type"]) == 3
    assert row_count("family", ["name"]) == 0
