"""Work lists: what an edition says must be done with a record, and by when; its history in, days out.

`[worklists]` of an edition's data:

| key | says |
| --- | --- |
| `sync` | the `process` and `states` in which the other system has a change, within `days` working days |
| `deadline` | the `day` of the notice, and the `process` and `states` by which a record meets it |
| `helped` | what tells of help: any of `fields` filled, any of `states` (by process) reached |

`sync` and `deadline` tell their `source`. What an edition does not say is asked of no record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from records.archive import Record
from records.forms import Edition
from records.processes import processes
from records.values import BLANKS
from records.workdays import working_days

STALE = timedelta(days=365)
"""Nobody has touched the record for this long: 一年未改."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of history that counts here: a change (no process), a move to a state, a new paper."""

    when: datetime
    process: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Duties:
    """What waits to be done with a record. Days are the last in time, None when nothing waits."""

    touched: datetime
    rests: bool
    helped: bool
    enter_by: date | None
    finish_by: date | None


def duties(edition: Edition, record: Record, moments: Sequence[Moment]) -> Duties:
    """What waits to be done with a record, by the moments of its history, oldest first."""
    rests = is_at_rest(edition, record)
    return Duties(
        max((moment.when for moment in moments), default=record.changed),
        rests,
        _is_helped(edition, record, moments),
        None if rests else _enter_by(edition, moments),
        None if rests else _finish_by(edition, moments),
    )


def is_at_rest(edition: Edition, record: Record) -> bool:
    """Whether its edition's first process is at an end: nothing follows but a side exit."""
    first = next(iter(processes(edition)), None)
    now = record.states.get(first.name) if first else None
    return first is not None and now is not None and not first.state(now.state).next


def said(edition: Edition, name: str) -> Mapping[str, Any]:
    """What the edition says of a work list; empty when it says nothing."""
    found: Mapping[str, Any] = edition.worklists.get(name, {})
    return found


def wrong_data(edition: Edition) -> Iterator[str]:
    """Everything wrong with an edition's `[worklists]`. Raises KeyError for a setting that a list needs."""
    yield from (
        f"unknown work list {name}" for name in set(edition.worklists) - {"sync", "deadline", "helped"}
    )
    sync, deadline, helped = (said(edition, name) for name in ("sync", "deadline", "helped"))
    stated = [(one["process"], one["states"], one["source"]) for one in (sync, deadline) if one]
    stated += [(name, states, "form") for name, states in helped.get("states", {}).items()]
    for name, states, source in stated:
        known = {state["name"] for state in edition.processes.get(name, {}).get("states", ())}
        yield from (
            f"a work list names unknown state {name} {state}" for state in states if state not in known
        )
        if not source:
            yield f"a work list of {name} has no source"
    yield from (
        f"a work list names unknown field {key}" for key in helped.get("fields", ()) if not edition.has(key)
    )
    if sync and sync["days"] < 1:
        yield "a work list of no days"
    if deadline:
        date.fromisoformat(deadline["day"])


def _is_helped(edition: Edition, record: Record, moments: Sequence[Moment]) -> bool:
    helped = said(edition, "helped")
    if any(record.values.get(key) not in BLANKS for key in helped.get("fields", ())):
        return True
    states = helped.get("states", {})
    return any(moment.state in states.get(moment.process, ()) for moment in moments)


def _enter_by(edition: Edition, moments: Sequence[Moment]) -> date | None:
    """Until when the first change since the record was last entered has to be entered."""
    sync = said(edition, "sync")
    waits: datetime | None = None
    for moment in moments if sync else ():
        if not moment.process:
            waits = waits or moment.when
        elif moment.process == sync["process"] and moment.state in sync["states"]:
            waits = None
    return None if waits is None else _working_days_after(waits.astimezone().date(), sync["days"])


@lru_cache(maxsize=4096)
def _working_days_after(day: date, days: int) -> date:
    # The day on which something happened is not counted (民法典 §201).
    return working_days(day + timedelta(1), days).last


def _finish_by(edition: Edition, moments: Sequence[Moment]) -> date | None:
    deadline = said(edition, "deadline")
    if not deadline:
        return None
    met = any(one.process == deadline["process"] and one.state in deadline["states"] for one in moments)
    return None if met else date.fromisoformat(deadline["day"])
