from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import dates


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("2010-12-10", "2010-12-10"),
        ("2010.12.10", "2010-12-10"),
        ("2010/12/10", "2010-12-10"),
        ("20101210", "2010-12-10"),
        ("2010年12月10日", "2010-12-10"),
        ("2010 年 12 月 10 日", "2010-12-10"),
        ("２０１０．１２．１０", "2010-12-10"),
        ("2010、12、10", "2010-12-10"),
        ("2010—12—10", "2010-12-10"),
        ("2010年12月10号", "2010-12-10"),
        ("2010年12月10日）", "2010-12-10"),
        ("2010-12-10 00:00:00", "2010-12-10"),
        ("2010年12月", "2010-12"),
        ("2010.12", "2010-12"),
        ("2010.12.", "2010-12"),
        ("200708", "2007-08"),
        ("1963年5月", "1963-05"),
        ("1983.12", "1983-12"),
        ("2009年7月1日", "2009-07-01"),
        ("1983", "1983"),
        ("2016年 月 日", "2016"),
        ("2016年5月 日", "2016-05"),
        ("二〇一〇年十二月十日", "2010-12-10"),
        ("二○一○年十二月十日", "2010-12-10"),
        ("二OO九年七月一日", "2009-07-01"),
        ("二零一零年十二月三十一日", "2010-12-31"),
        ("二〇一〇年十二月二十日", "2010-12-20"),
        ("一九六五年一月", "1965-01"),
        ("一九八三年元月", "1983-01"),
        ("贰零壹零年拾贰月叁拾壹日", "2010-12-31"),
        ("2010年十二月廿五日", "2010-12-25"),
    ],
)
def test_every_spelling_becomes_iso_as_precise_as_the_paper(written: str, normal: str) -> None:
    parsed = dates.parse(written)
    assert (parsed.value, parsed.problems) == (normal, ())


@pytest.mark.parametrize("blank", ["", " ", "年 月 日", "　　年　　月　　日", "/", "——"])
def test_a_printed_blank_is_no_date_and_no_problem(blank: str) -> None:
    assert dates.parse(blank).value is None
    assert dates.parse(blank).problems == ()


@pytest.mark.parametrize(
    ("written", "code", "candidates"),
    [
        ("65.1.1", "date_two_digit_year", ("1965-01-01",)),
        ("六五年一月", "date_two_digit_year", ("1965-01",)),
        ("830512", "date_two_digit_year", ("1983-05-12",)),
        ("08.5.1", "date_two_digit_year", ("1908-05-01", "2008-05-01")),
        ("2010.2.30", "date_impossible", ()),
        ("2010-13-01", "date_impossible", ()),
        ("19831312", "date_impossible", ()),
        ("1083.5.1", "date_impossible", ()),
        ("12月10日", "date_without_year", ()),
        ("2OO9.7.1", "date_unreadable", ("2009-07-01",)),
        ("约1983年5月", "date_unreadable", ("1983-05",)),
        ("1983112", "date_unreadable", ("1983-01-12", "1983-11-02")),
        ("上个月", "date_unreadable", ()),
        ("2010年12月1日0", "date_unreadable", ("2010-12-01",)),
        ("2010年12月10日止", "date_unreadable", ("2010-12-10",)),
    ],
)
def test_what_is_unclear_is_asked_about(written: str, code: str, candidates: tuple[str, ...]) -> None:
    parsed = dates.parse(written)
    assert parsed.value is None
    assert [problem.code for problem in parsed.problems] == [code]
    assert parsed.candidates == candidates


DAYS = st.dates(date(1880, 1, 1), date(2099, 12, 31))
NUMERALS = "〇一二三四五六七八九"


def chinese(day: date) -> str:
    def small(number: int) -> str:
        tens, ones = divmod(number, 10)
        head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens]}十"
        return head + (NUMERALS[ones] if ones else "")

    year = "".join(NUMERALS[int(digit)] for digit in str(day.year))
    return f"{year}年{small(day.month)}月{small(day.day)}日"


@given(DAYS)
def test_a_day_is_read_back_from_every_way_to_write_it(day: date) -> None:
    written = (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        chinese(day),
    )
    assert {dates.parse(text).value for text in written} == {day.isoformat()}


@given(DAYS)
def test_a_month_is_read_back_from_six_digits_and_words(day: date) -> None:
    month = f"{day:%Y-%m}"
    assert {dates.parse(text).value for text in (f"{day:%Y%m}", f"{day.year}年{day.month}月", month)} == {
        month
    }


@given(st.text(max_size=20))
def test_whatever_is_written_gives_a_real_date_or_none(text: str) -> None:
    value = dates.parse(text).value
    assert value is None or (isinstance(value, str) and dates.check(value) == ())


@pytest.mark.parametrize("odd", ["2010-2-1", "2010/02/01", "2010-02-30", "0983-01", "", "abc"])
def test_only_real_dates_are_normal_form(odd: str) -> None:
    assert dates.check(odd)


def test_a_partial_date_spans_what_it_may_mean() -> None:
    assert dates.span("2012-02") == (date(2012, 2, 1), date(2012, 2, 29))
    assert dates.span("2012-12") == (date(2012, 12, 1), date(2012, 12, 31))
    assert dates.span("2012") == (date(2012, 1, 1), date(2012, 12, 31))
    assert dates.span("2012-02-03") == (date(2012, 2, 3), date(2012, 2, 3))


def test_dates_agree_as_far_as_both_tell() -> None:
    assert dates.agree("1965-01", "1965-01-31")
    assert dates.agree("1965-01-31", "1965")
    assert not dates.agree("1965-01", "1965-02-01")
    assert not dates.agree("1965-1", "1965-12-01")


def test_an_anniversary_counts_when_it_is_reached() -> None:
    assert dates.years_between(date(2009, 12, 10), date(2010, 12, 10)) == 1
    assert dates.years_between(date(2009, 12, 11), date(2010, 12, 10)) == 0
