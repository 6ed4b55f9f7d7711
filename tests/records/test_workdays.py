from __future__ import annotations

from datetime import date

import pytest

from records.workdays import working_days


@pytest.mark.parametrize(
    ("first", "days", "last", "holidays"),
    [
        (date(2016, 9, 5), 5, date(2016, 9, 9), True),
        (date(2016, 9, 3), 1, date(2016, 9, 5), True),  # a Saturday counts nothing
        (date(2016, 9, 29), 7, date(2016, 10, 12), True),  # the week off, and the weekend worked for it
        (date(2016, 2, 6), 1, date(2016, 2, 6), True),  # a Saturday worked before the New Year
        (date(2100, 10, 1), 5, date(2100, 10, 7), False),  # no calendar knows its holidays yet
        (date(1999, 10, 1), 1, date(1999, 10, 1), False),
    ],
)
def test_working_days_are_counted_by_the_calendar_of_their_year(
    first: date, days: int, last: date, holidays: bool
) -> None:
    period = working_days(first, days)
    assert (period.first, period.last, period.holidays) == (first, last, holidays)


def test_a_period_without_days_is_none() -> None:
    with pytest.raises(ValueError, match="no working days"):
        working_days(date(2016, 9, 5), 0)
