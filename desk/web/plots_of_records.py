"""Plots of records: how they divide, how many were filed and by when, what has to be done with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from desk import phrases, words
from desk.web.marks import Plot, Point, Way, counted
from desk.web.scope import Scope
from desk.web.spans import Span, spans
from records.overview import STATES, WHOLE, WORKPLACES, Division, Duty, Part, Stand
from records.worklists import said

MOST = 15
"""Bars of a plot that may have very many; the others are told together."""


def divided(scope: Scope, division: Division) -> Plot:
    """The records by the lines of a block."""
    overview, chosen = scope.store.overview, scope.chosen
    whole = overview.counted(chosen)
    if division.process:
        whole += overview.counted(chosen, left_out=True)
    heads = (division.label, phrases.PLOT_RECORDS, phrases.PLOT_SHARE)
    notes = (phrases.PLOT_SEVERAL,) if division.several else ()
    if division.name == WORKPLACES:
        points = _greatest(scope, whole)
    else:
        points = list(_parts(scope, division, overview.parts(division.name, chosen), whole))
    return Plot(division.name, division.label, Way.BARS, tuple(points), heads, notes)


def _parts(scope: Scope, division: Division, parts: Sequence[Part], whole: int) -> Iterator[Point]:
    tops: dict[tuple[bool, str], int] = {}
    for part in parts:
        top = part.spot.rest, part.spot.labels[0]
        tops[top] = tops.get(top, 0) + part.count
    for (rest, label), count in tops.items():
        closed = division.private and not scope.opened
        link = "" if closed else scope.records(division.name, [label], rest=int(rest))
        yield counted(line_label(scope, division.name, label), count, whole, link, rest)


def _greatest(scope: Scope, whole: int) -> list[Point]:
    parts, lines, records = scope.store.overview.greatest(WORKPLACES, scope.chosen, MOST)
    points = [
        counted(
            line_label(scope, WORKPLACES, part.spot.labels[0]),
            part.count,
            whole,
            scope.records(WORKPLACES, part.spot.labels, rest=int(part.spot.rest)),
            part.spot.rest,
        )
        for part in parts
    ]
    if lines:
        others = scope.link("/figures/others")
        points.append(counted(phrases.PLOT_OTHERS.format(count=lines), records, whole, others, True))
    return points


def line_label(scope: Scope, block: str, line: str) -> str:
    """What a line of a block is called."""
    if block.startswith(STATES):
        name = block.removeprefix(STATES)
        return words.state(scope.edition, name, line) if line else phrases.PLOT_NO_STATE
    return line or phrases.PLOT_BLANK


def units(scope: Scope) -> Plot:
    """The units, the greatest first."""
    found = scope.store.overview.by_unit(scope.chosen)
    whole = sum(count for _, count in found)
    points = tuple(
        counted(unit or phrases.PLOT_NO_UNIT, count, whole, scope.records(WHOLE, of=unit), not unit)
        for unit, count in sorted(found, key=lambda one: -one[1])
    )
    heads = (phrases.PLOT_UNIT, phrases.PLOT_RECORDS, phrases.PLOT_SHARE)
    return Plot("units", phrases.PLOT_UNITS, Way.BARS, points, heads)


def editions(scope: Scope) -> Plot:
    """The editions, whichever of them was chosen."""
    counts = [
        (one, scope.store.overview.counted(replace(scope.chosen, edition=one.key)))
        for one in scope.store.editions
    ]
    whole = sum(count for _, count in counts)
    points = tuple(
        counted(words.edition(one), count, whole, scope.records(WHOLE, edition=one.key))
        for one, count in counts
    )
    heads = (phrases.PLOT_EDITION, phrases.PLOT_RECORDS, phrases.PLOT_SHARE)
    return Plot("editions", phrases.PLOT_EDITIONS, Way.BARS, points, heads)


# --- over time


def progress(scope: Scope) -> Plot:
    """How many records were filed in each day, month or year, until the deadline where that is ahead."""
    found = scope.store.overview.by_day(scope.chosen)
    columns = spans(found, _ahead(scope))
    so_far, points = 0, []
    for span, count in columns:
        so_far += count
        link = scope.records(WHOLE, since=span.first, till=span.last) if count else ""
        points.append(Point(span.label, count, f"{count:,}", (span.label, count, so_far), link))
    heads = (phrases.PLOT_PERIOD, phrases.PLOT_RECORDS, phrases.PLOT_SO_FAR)
    plot = Plot("progress", phrases.PLOT_PROGRESS, Way.COLUMNS, tuple(points), heads)
    return _with_deadline(scope, plot, found, [span for span, _ in columns])


def _ahead(scope: Scope) -> date | None:
    """The last day of the notice while it is not over, where it lies within the days that were chosen."""
    until, last = scope.deadline, scope.chosen.last
    ahead = until is not None and until >= scope.today and (last is None or until <= last)
    return until if ahead else None


def _with_deadline(
    scope: Scope, plot: Plot, found: Sequence[tuple[date, int]], columns: Sequence[Span]
) -> Plot:
    """The progress with the notice's last day as a line among the columns; how many came in time."""
    until = scope.deadline
    if until is None or not found:
        return plot
    before = sum(count for day, count in found if day <= until)
    after = sum(count for _, count in found) - before
    note = phrases.PLOT_IN_TIME.format(day=until, before=before, after=after)
    at = next((place for place, span in enumerate(columns) if span.first <= until <= span.last), None)
    if at is None:
        return replace(plot, notes=(note,))
    part = ((until - columns[at].first).days + 1) / ((columns[at].last - columns[at].first).days + 1)
    return replace(plot, notes=(note,), until=at + part, until_said=phrases.PLOT_UNTIL.format(day=until))


# --- what has to be done


def duties(scope: Scope) -> Plot:
    """What the notice wants by its day, and the changes to be entered within the working days."""
    overview, chosen = scope.store.overview, scope.chosen
    whole = overview.counted(chosen) + overview.counted(chosen, left_out=True)
    points: list[Point] = []
    if scope.deadline is not None:
        points += _finishing(scope, whole, scope.deadline)
    if said(scope.edition, "sync"):
        points += _entering(scope, whole)
    heads = (phrases.PLOT_DUTY, phrases.PLOT_RECORDS, phrases.PLOT_SHARE)
    told = (said(scope.edition, name).get("source", "") for name in ("deadline", "sync"))
    return Plot("duties", phrases.PLOT_DUTIES, Way.BARS, tuple(points), heads, tuple(filter(None, told)))


def _finishing(scope: Scope, whole: int, until: date) -> Iterator[Point]:
    waits = sum(count for _, count in scope.store.overview.due(Duty.FINISH, scope.chosen))
    waiting = Stand.WAITS if until >= scope.today else Stand.LATE
    yield _stands(scope, Duty.FINISH, Stand.DONE, whole - waits, whole)
    yield _stands(scope, Duty.FINISH, waiting, waits, whole, rest=True)


def _entering(scope: Scope, whole: int) -> Iterator[Point]:
    waits = scope.store.overview.due(Duty.ENTER, scope.chosen)
    late = sum(count for until, count in waits if until < scope.today)
    in_time = sum(count for _, count in waits) - late
    yield _stands(scope, Duty.ENTER, Stand.DONE, whole - late - in_time, whole)
    yield _stands(scope, Duty.ENTER, Stand.WAITS, in_time, whole)
    yield _stands(scope, Duty.ENTER, Stand.LATE, late, whole, rest=True)


def _stands(scope: Scope, duty: Duty, stand: Stand, count: int, whole: int, rest: bool = False) -> Point:
    link = scope.link("/figures/due", duty=duty.value, stand=stand.value)
    return counted(standing(scope, duty, stand), count, whole, link, rest)


def standing(scope: Scope, duty: Duty, stand: Stand) -> str:
    """What it is called when records stand so to a duty."""
    if duty is Duty.ENTER:
        return _ENTERING[stand]
    if stand is Stand.DONE or scope.deadline is None:
        return phrases.PLOT_FINISHED
    days = (scope.deadline - scope.today).days
    way = phrases.PLOT_DAYS_LEFT if days >= 0 else phrases.PLOT_DAYS_OVER
    return phrases.PLOT_UNFINISHED.format(until=way.format(day=scope.deadline, days=abs(days)))


_ENTERING = {
    Stand.DONE: phrases.PLOT_ENTERED,
    Stand.WAITS: phrases.PLOT_TO_ENTER,
    Stand.LATE: phrases.PLOT_NOT_ENTERED,
}
