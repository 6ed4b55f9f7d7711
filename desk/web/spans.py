"""Spans of time: counts by day come in; days, months or years with a column each go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_DAYS, _MONTHS = 45, 36
"""So many days, so many months have a column each before longer times share one."""


@dataclass(frozen=True, slots=True)
class Span:
    """A day, a month or a year that has a column."""

    label: str
    first: date
    last: date


def spans(found: Sequence[tuple[date, int]], until: date | None = None) -> list[tuple[Span, int]]:
    """Counts by day, put together so that columns are not too many; none is left out between, nor `until`."""
    if not found:
        return []
    first, last = found[0][0], max(found[-1][0], until or found[-1][0])
    columns = list(_cut(first, last))
    counts = dict.fromkeys(columns, 0)
    place = 0
    for day, count in found:
        while day > columns[place].last:
            place += 1
        counts[columns[place]] += count
    return list(counts.items())


def _cut(first: date, last: date) -> Iterator[Span]:
    day = first
    if (last - first).days < _DAYS:
        while day <= last:
            yield Span(day.isoformat(), day, day)
            day += timedelta(1)
        return
    months = (last.year - first.year) * 12 + last.month - first.month < _MONTHS
    day = first.replace(day=1) if months else date(first.year, 1, 1)
    while day <= last:
        after = (day.replace(day=28) + timedelta(4)).replace(day=1) if months else date(day.year + 1, 1, 1)
        yield Span(f"{day:%Y-%m}" if months else f"{day.year}", day, after - timedelta(1))
        day = after
