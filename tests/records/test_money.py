from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import money
from records.money import AREA, COUNT


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("1200", "1200"),
        ("1200元", "1200"),
        ("1,200", "1200"),
        ("1，200.50", "1200.5"),
        ("１２００", "1200"),
        ("1 200", "1200"),
        ("¥1200.00", "1200"),
        ("￥1200元", "1200"),
        ("人民币1200元整", "1200"),
        ("1.2万", "12000"),
        ("1.2万元", "12000"),
        ("5万", "50000"),
        ("1万2千", "12000"),
        ("1万2000", "12000"),
        ("3千", "3000"),
        ("850.", "850"),
        ("0", "0"),
        ("零元", "0"),
        ("伍万元整", "50000"),
        ("人民币伍万元整", "50000"),
        ("壹万贰仟叁佰肆拾伍元陆角柒分", "12345.67"),
        ("拾伍元零伍分", "15.05"),
        ("一万二千", "12000"),
        ("三千零五", "3005"),
        ("三千零五十", "3050"),
        ("一亿零五十万", "100500000"),
        ("12元5角", "12.5"),
        ("1200元/月", "1200"),
    ],
)
def test_every_spelling_of_an_amount_is_exact(written: str, yuan: str) -> None:
    parsed = money.parse(written, unit="元/月")
    assert (parsed.value, parsed.problems) == (Decimal(yuan), ())


@pytest.mark.parametrize(
    ("written", "value", "code"),
    [
        ("约800", "800", "money_about"),
        ("800元左右", "800", "money_about"),
        ("800多元", "800", "money_about"),
        ("无", "0", "money_none_word"),
        ("9600元/年", "9600", "money_other_period"),
    ],
)
def test_what_is_read_with_a_reserve_says_so(written: str, value: str, code: str) -> None:
    parsed = money.parse(written, unit="元/月")
    assert parsed.value == Decimal(value)
    assert [problem.code for problem in parsed.problems] == [code]


@pytest.mark.parametrize("blank", ["", "/", "—", "——", "－", "-", " "])
def test_a_blank_is_not_zero(blank: str) -> None:
    assert money.parse(blank) == money.BLANK


@pytest.mark.parametrize(
    ("written", "code", "candidates"),
    [
        ("800-1000", "money_range", ("800", "1000")),
        ("800~1000元", "money_range", ("800", "1000")),
        ("800至1000", "money_range", ("800", "1000")),
        ("1万2", "money_unreadable", ()),
        ("三千五", "money_unreadable", ()),
        ("12O0", "money_unreadable", ("1200",)),
        ("1,20", "money_unreadable", ()),
        ("-5", "money_unreadable", ()),
        ("1.200", "money_places", ("1200",)),
        ("元", "money_unreadable", ()),
        ("低保", "money_unreadable", ()),
    ],
)
def test_what_is_unclear_gives_no_amount(written: str, code: str, candidates: tuple[str, ...]) -> None:
    parsed = money.parse(written)
    assert parsed.value is None
    assert [problem.code for problem in parsed.problems] == [code]
    assert parsed.candidates == tuple(map(Decimal, candidates))


@pytest.mark.parametrize("written", ["89", "89平方米", "89㎡", "89m²", "89平米"])
def test_areas_shed_their_unit(written: str) -> None:
    assert money.parse(written, AREA).value == 89


@pytest.mark.parametrize("written", ["3", "3人", "三口人", "叁", "共3人", "3.0"])
def test_counts_are_whole(written: str) -> None:
    assert money.parse(written, COUNT).value == 3


def test_a_broken_count_is_refused() -> None:
    assert [problem.code for problem in money.parse("3.5", COUNT).problems] == ["integer_places"]


@given(st.decimals(0, 10**9, places=2))
def test_an_amount_shown_is_read_back(amount: Decimal) -> None:
    for written in (money.show(amount), f"¥{amount:,.2f}", f"{money.show(amount)}元"):
        assert money.parse(written).value == amount


UPPER = "零壹贰叁肆伍陆柒捌玖"


def capitals(number: int) -> str:
    """Below ten thousand, as invoices write it."""
    text, owed = "", False
    for unit, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if owed and text else "") + UPPER[digit] + name
        owed = digit == 0
    return text


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_capital_numerals_are_read_back(high: int, low: int) -> None:
    assert money.parse(f"{capitals(low)}元整").value == low
    lower = capitals(low) if low >= 1000 else f"零{capitals(low)}"
    assert money.parse(f"人民币{capitals(high)}万{lower}元整").value == high * 10000 + low


@given(st.text(max_size=20))
def test_whatever_is_written_gives_a_sound_amount_or_none(text: str) -> None:
    value = money.parse(text).value
    assert value is None or (isinstance(value, Decimal) and money.check(value) == ())


@pytest.mark.parametrize(
    ("number", "code"), [("-1", "money_negative"), ("0.001", "money_places"), ("1e40", None), ("12.50", None)]
)
def test_stored_amounts_are_checked(number: str, code: str | None) -> None:
    assert [problem.code for problem in money.check(Decimal(number))] == ([code] if code else [])


def test_points_for_commas_are_told_by_the_decimals_behind_them() -> None:
    assert money.parse("9.600.00元").value == Decimal(9600)
    assert money.parse("1.234.567.80").value == Decimal("1234567.8")
    assert money.parse("9.600.0").value is None
