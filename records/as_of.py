"""A record as it stood: its history and a moment come in, the values of that moment go out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from records.archive import Event
from records.forms import Edition
from records.settling import in_order
from records.values import Value, Values


def end_of(day: date) -> datetime:
    """The last moment of a day, here."""
    return datetime.combine(day, time.max).astimezone()


def values_at(edition: Edition, events: Iterable[Event], moment: datetime) -> Values:
    """The values after the events up to a moment, in the paper's order, blanks left out."""
    values: dict[str, Value] = {}
    for event in events:
        if event.when <= moment and is_of_value(event) and edition.has(event.path):
            values[event.path] = event.after
    return in_order(edition, {path: value for path, value in values.items() if value is not None})


def is_of_value(event: Event) -> bool:
    """Whether an event tells what became of a value, not of a state or of the record as a whole."""
    return bool(event.path) and ":" not in event.path


def days_of_change(events: Iterable[Event]) -> list[date]:
    """The days on which values changed, here, oldest first."""
    return sorted({event.when.astimezone().date() for event in events if is_of_value(event)})


def a_year_before(day: date) -> date:
    """The same day of the year before; of 29 February the day before."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return (day - timedelta(days=1)).replace(year=day.year - 1)
