"""Working days: a first day and a number of working days come in, the last of them goes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chinese_calendar import is_workday

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Period:
    """So many working days, the first one counted; `holidays` says that public holidays were known."""

    first: date
    last: date
    holidays: bool


def working_days(first: date, days: int) -> Period:
    """The period that begins on a day and holds `days` working days; raises ValueError for fewer than one.

    Public holidays and the weekends worked in their stead are left out and counted
    as the State Council set them; a year of which they are not known has only weekends.
    """
    if days < 1:
        raise ValueError(f"no working days: {days}")
    known, left = True, days
    for day in _from(first):
        works = _works(day)
        known = known and works is not None
        left -= day.weekday() < _SATURDAY if works is None else works
        if left == 0:
            return Period(first, day, known)
    raise AssertionError("the days never end")


def _from(first: date) -> Iterator[date]:
    day = first
    while True:
        yield day
        day += timedelta(1)


def _works(day: date) -> bool | None:
    """Whether people work on a day; None where the calendar does not say."""
    try:
        return bool(is_workday(day))
    except NotImplementedError:  # so the calendar says that it does not know a year
        return None
