"""What the overview plots: a store and what was chosen come in, plots with their tables go out.

Which blocks there are is the edition's; what is counted is asked of the store's index (`records.overview`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from desk import phrases, words
from desk.glance import field_label, field_of
from desk.reliability import ENOUGH
from records.errors import DanganError
from records.form_figures import By, Fared
from records.forms import Edition
from records.overview import STATES, WHOLE, WORKPLACES, Chosen, Division, Duty, Part, Stand
from records.statistics import share
from records.worklists import said

if TYPE_CHECKING:
    from records.store import Store

OF_CLERKS = ("clerks", "paces")
"""The plots that tell of single clerks."""
MOST = 15
"""Bars of a plot that may have very many; the others are told together."""
_DAYS, _MONTHS = 45, 36
"""So many days, so many months have a column each before longer times share one."""

Cell = str | int | Decimal


class Way(StrEnum):
    """How a plot is drawn."""

    BARS = "bars"
    COLUMNS = "columns"
    DOTS = "dots"


@dataclass(frozen=True, slots=True)
class Point:
    """A bar, a column or a dot: its label, its number, what is said of it, its line in the table.

    A dot lies `at` a place across, for `weight` cases; `rest` tells apart what is no line of its own.
    """

    label: str
    number: float
    said: str
    cells: tuple[Cell, ...]
    link: str = ""
    rest: bool = False
    at: float = 0.0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and the heads of its table. `until` is a place among columns, `up` and `across` name axes."""

    name: str
    title: str
    way: Way
    points: tuple[Point, ...]
    heads: tuple[str, ...]
    notes: tuple[str, ...] = ()
    until: float | None = None
    until_said: str = ""
    up: str = ""
    across: str = ""


@dataclass(frozen=True)
class Figures:
    """The plots of a store for what was chosen; who is behind a private line only where they are `opened`."""

    store: Store
    edition: Edition
    chosen: Chosen
    opened: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every plot that tells nothing of single clerks, the most asked for first."""
        divisions = [one.name for one in self._divisions.values()]
        units = ["units"] if self.chosen.unit is None else []
        editions = ["editions"] if len(self.store.editions.keys) > 1 else []
        duties = ["duties"] if any(said(self.edition, name) for name in ("deadline", "sync")) else []
        return (*editions, "progress", *duties, *divisions, *units, "settled", "pace", "fields", "tenths")

    @property
    def _divisions(self) -> Mapping[str, Division]:
        return {one.name: one for one in self.store.overview.divisions(self.edition)}

    def is_private(self, name: str) -> bool:
        """Whether a plot tells what is hidden on screens until somebody asks for it."""
        return name in self._divisions and self._divisions[name].private

    def is_closed(self, name: str) -> bool:
        """Whether the visitor is not shown who stands in the lines of a plot."""
        return self.is_private(name) and not self.opened

    def title(self, name: str) -> str:
        """What a plot is called; empty for all records. Raises DanganError (`no_such_page`)."""
        if name in self._divisions:
            return self._divisions[name].label
        if name not in _TITLES:
            raise DanganError("no_such_page")
        return _TITLES[name]

    @property
    def range(self) -> str:
        """What is counted: edition, unit and days."""
        chosen, told = self.chosen, [words.edition(self.edition)]
        told.append(phrases.PLOT_EVERY_UNIT if chosen.unit is None else chosen.unit or phrases.PLOT_NO_UNIT)
        days = ((phrases.PLOT_SINCE, chosen.first), (phrases.PLOT_TILL, chosen.last))
        told += [text.format(day=day) for text, day in days if day is not None]
        return "，".join(told)

    @property
    def about(self) -> str:
        """What is counted, and when."""
        return f"{self.range}。{phrases.PLOT_COUNTED_ON} {self.today}"

    def plot(self, name: str) -> Plot:
        """A plot by name. Raises KeyError."""
        if name in self._divisions:
            return self._division(self._divisions[name])
        return _PLOTS[name](self)

    def link(self, path: str, **more: object) -> str:
        """A path of the desk with what was chosen, and more."""
        chosen = self.chosen
        told = {"edition": chosen.edition, "unit": chosen.unit, "first": chosen.first, "last": chosen.last}
        given = {key: one for key, one in (told | more).items() if one is not None}
        return f"{path}?{urlencode(given, doseq=True)}"

    def _records(self, block: str, labels: Sequence[str] = (), **more: object) -> str:
        return self.link("/figures/records", block=block, label=list(labels), **more)

    def _forms_behind(self, plot: str, key: str = "", **more: object) -> str:
        return self.link("/figures/forms", plot=plot, key=key, **more)

    # --- how records divide

    def _division(self, division: Division) -> Plot:
        overview, chosen = self.store.overview, self.chosen
        whole = overview.counted(chosen)
        if division.process:
            whole += overview.counted(chosen, left_out=True)
        heads = (division.label, phrases.PLOT_RECORDS, phrases.PLOT_SHARE)
        notes = (phrases.PLOT_SEVERAL,) if division.several else ()
        if division.name == WORKPLACES:
            points = self._greatest(whole)
        else:
            points = list(self._parts(division, overview.parts(division.name, chosen), whole))
        return Plot(division.name, division.label, Way.BARS, tuple(points), heads, notes)

    def _parts(self, division: Division, parts: Sequence[Part], whole: int) -> Iterator[Point]:
        tops: dict[tuple[bool, str], int] = {}
        for part in parts:
            top = part.spot.rest, part.spot.labels[0]
            tops[top] = tops.get(top, 0) + part.count
        for (rest, label), count in tops.items():
            closed = self.is_closed(division.name)
            link = "" if closed else self._records(division.name, [label], rest=int(rest))
            yield _counted(self.label(division.name, label), count, whole, link, rest)

    def _greatest(self, whole: int) -> list[Point]:
        parts, lines, records = self.store.overview.greatest(WORKPLACES, self.chosen, MOST)
        points = [
            _counted(
                self.label(WORKPLACES, part.spot.labels[0]),
                part.count,
                whole,
                self._records(WORKPLACES, part.spot.labels, rest=int(part.spot.rest)),
                part.spot.rest,
            )
            for part in parts
        ]
        if lines:
            others = self.link("/figures/others", block=WORKPLACES)
            points.append(_counted(phrases.PLOT_OTHERS.format(count=lines), records, whole, others, True))
        return points

    def label(self, block: str, label: str) -> str:
        """What a line of a block is called."""
        if block.startswith(STATES):
            name = block.removeprefix(STATES)
            return words.state(self.edition, name, label) if label else phrases.PLOT_NO_STATE
        return label or phrases.PLOT_BLANK

    def units(self) -> Plot:
        """The units, the greatest first."""
        found = self.store.overview.by_unit(self.chosen)
        whole = sum(count for _, count in found)
        points = tuple(
            _counted(unit or phrases.PLOT_NO_UNIT, count, whole, self._records(WHOLE, of=unit), not unit)
            for unit, count in sorted(found, key=lambda one: -one[1])
        )
        heads = (phrases.PLOT_UNIT, phrases.PLOT_RECORDS, phrases.PLOT_SHARE)
        return Plot("units", phrases.PLOT_UNITS, Way.BARS, points, heads)

    def editions(self) -> Plot:
        """The editions, whichever of them was chosen."""
        counts = [
            (one, self.store.overview.counted(replace(self.chosen, edition=one.key)))
            for one in self.store.editions
        ]
        whole = sum(count for _, count in counts)
        points = tuple(
            _counted(words.edition(one), count, whole, self._records(WHOLE, edition=one.key))
            for one, count in counts
        )
        heads = (phrases.PLOT_EDITION, phrases.PLOT_RECORDS, phrases.PLOT_SHARE)
        return Plot("editions", phrases.PLOT_EDITIONS, Way.BARS, points, heads)

    # --- over time

    def progress(self) -> Plot:
        """How many records were filed in each day, month or year, until the deadline where that is ahead."""
        found = self.store.overview.by_day(self.chosen)
        spans = _spans(found, self._ahead)
        so_far, points = 0, []
        for span, count in spans:
            so_far += count
            link = self._records(WHOLE, since=span.first, till=span.last) if count else ""
            points.append(Point(span.label, count, f"{count:,}", (span.label, count, so_far), link))
        heads = (phrases.PLOT_PERIOD, phrases.PLOT_RECORDS, phrases.PLOT_SO_FAR)
        plot = Plot("progress", phrases.PLOT_PROGRESS, Way.COLUMNS, tuple(points), heads)
        return self._with_deadline(plot, found, [span for span, _ in spans])

    @property
    def _ahead(self) -> date | None:
        """The last day of the notice while it is not over, where it lies within the days that were chosen."""
        until, last = self._deadline, self.chosen.last
        ahead = until is not None and until >= self.today and (last is None or until <= last)
        return until if ahead else None

    def _with_deadline(self, plot: Plot, found: Sequence[tuple[date, int]], spans: Sequence[Span]) -> Plot:
        """The progress with the notice's last day as a line among the columns; how many came in time."""
        until = self._deadline
        if until is None or not found:
            return plot
        before = sum(count for day, count in found if day <= until)
        after = sum(count for _, count in found) - before
        note = phrases.PLOT_IN_TIME.format(day=until, before=before, after=after)
        at = next((place for place, span in enumerate(spans) if span.first <= until <= span.last), None)
        if at is None:
            return replace(plot, notes=(note,))
        part = ((until - spans[at].first).days + 1) / ((spans[at].last - spans[at].first).days + 1)
        return replace(plot, notes=(note,), until=at + part, until_said=phrases.PLOT_UNTIL.format(day=until))

    @property
    def _deadline(self) -> date | None:
        """The last day of the notice."""
        deadline = said(self.edition, "deadline")
        return date.fromisoformat(deadline["day"]) if deadline else None

    def duties(self) -> Plot:
        """What the notice wants by its day, and the changes to be entered within the working days."""
        overview, chosen = self.store.overview, self.chosen
        whole = overview.counted(chosen) + overview.counted(chosen, left_out=True)
        points: list[Point] = []
        if self._deadline is not None:
            points += self._finishing(whole, self._deadline)
        if said(self.edition, "sync"):
            points += self._entering(whole)
        heads = (phrases.PLOT_DUTY, phrases.PLOT_RECORDS, phrases.PLOT_SHARE)
        told = (said(self.edition, name).get("source", "") for name in ("deadline", "sync"))
        return Plot("duties", phrases.PLOT_DUTIES, Way.BARS, tuple(points), heads, tuple(filter(None, told)))

    def _finishing(self, whole: int, until: date) -> Iterator[Point]:
        waits = sum(count for _, count in self.store.overview.due(Duty.FINISH, self.chosen))
        waiting = Stand.WAITS if until >= self.today else Stand.LATE
        yield _counted(
            self.standing(Duty.FINISH, Stand.DONE), whole - waits, whole, self._due(Duty.FINISH, Stand.DONE)
        )
        label = self.standing(Duty.FINISH, waiting)
        yield _counted(label, waits, whole, self._due(Duty.FINISH, waiting), True)

    def _entering(self, whole: int) -> Iterator[Point]:
        waits = self.store.overview.due(Duty.ENTER, self.chosen)
        late = sum(count for until, count in waits if until < self.today)
        in_time = sum(count for _, count in waits) - late
        done = whole - late - in_time
        yield _counted(self.standing(Duty.ENTER, Stand.DONE), done, whole, self._due(Duty.ENTER, Stand.DONE))
        yield _counted(
            self.standing(Duty.ENTER, Stand.WAITS), in_time, whole, self._due(Duty.ENTER, Stand.WAITS)
        )
        yield _counted(
            self.standing(Duty.ENTER, Stand.LATE), late, whole, self._due(Duty.ENTER, Stand.LATE), True
        )

    def standing(self, duty: Duty, stand: Stand) -> str:
        """What it is called when records stand so to a duty."""
        if duty is Duty.ENTER:
            return _ENTERING[stand]
        if stand is Stand.DONE or self._deadline is None:
            return phrases.PLOT_FINISHED
        days = (self._deadline - self.today).days
        way = phrases.PLOT_DAYS_LEFT if days >= 0 else phrases.PLOT_DAYS_OVER
        return phrases.PLOT_UNFINISHED.format(until=way.format(day=self._deadline, days=abs(days)))

    def _due(self, duty: Duty, stand: Stand) -> str:
        return self.link("/figures/due", duty=duty.value, stand=stand.value)

    @property
    def today(self) -> date:
        """The day from which days are counted."""
        return date.today()

    def pace(self) -> Plot:
        """How long a form took, by the day, month or year in which it was filed."""
        found = self.store.form_figures.paced_by("day", self.chosen)
        forms = dict(_spans([(date.fromisoformat(one.key), one.forms) for one in found]))
        seconds = dict(_spans([(date.fromisoformat(one.key), one.seconds) for one in found]))
        points = tuple(
            _paced(
                span.label, minutes, count, (span.label, count, minutes), self._forms_of("pace", span, count)
            )
            for span, count in forms.items()
            for minutes in [_minutes(seconds[span], count)]
        )
        heads = (phrases.PLOT_PERIOD, phrases.PLOT_FORMS, phrases.PLOT_MINUTES)
        return Plot("pace", phrases.PLOT_PACE, Way.COLUMNS, points, heads, (phrases.PLOT_PACE_NOTE,))

    def paces(self) -> Plot:
        """How many forms each person filed a day, how long each took, what was corrected afterwards."""
        found = sorted(self.store.form_figures.paced_by("who", self.chosen), key=lambda one: -one.forms)
        points = []
        for one in found:
            minutes, a_day = _minutes(one.seconds, one.forms), round(Decimal(one.forms) / one.days, 1)
            cells = (one.key, one.forms, one.days, a_day, minutes, one.corrected, one.sent_back)
            link = self._forms_behind("paces", one.key)
            points.append(_paced(one.key, minutes, one.forms, cells, link))
        heads = (
            phrases.PLOT_PERSON,
            phrases.PLOT_FORMS,
            phrases.PLOT_WORKED,
            phrases.PLOT_A_DAY,
            phrases.PLOT_MINUTES,
            phrases.PLOT_CORRECTED,
            phrases.PLOT_SENT_BACK,
        )
        return Plot("paces", phrases.PLOT_PACES, Way.BARS, tuple(points), heads, (phrases.PLOT_PACE_NOTE,))

    def settled(self) -> Plot:
        """How many drafts were settled in each day, month or year."""
        found = [(date.fromisoformat(one.key), one.read) for one in self._forms("on_day")]
        points = tuple(
            Point(span.label, count, str(count), (span.label, count), self._forms_of(By.DAYS, span, count))
            for span, count in _spans(found)
        )
        heads = (phrases.PLOT_PERIOD, phrases.PLOT_FORMS)
        return Plot("settled", phrases.PLOT_SETTLED, Way.COLUMNS, points, heads)

    def _forms_of(self, plot: str, span: Span, count: int) -> str:
        return self._forms_behind(plot, since=span.first, till=span.last) if count else ""

    def _forms(self, what: str) -> list[Fared]:
        return self.store.form_figures.forms_by(what, self.chosen)

    # --- how reading fared

    def fields(self) -> Plot:
        """The fields that clerks changed the most often."""
        found = [one for one in self.store.form_figures.fared_by("field", self.chosen) if one.changed]
        worst = sorted(found, key=lambda one: (-one.changed / one.read, one.key))[:MOST]
        points = tuple(
            _fared(self.field(one.key), one, self._forms_behind(By.FIELD, one.key)) for one in worst
        )
        heads = _fared_heads(phrases.PLOT_FIELD)
        return Plot("fields", phrases.PLOT_FIELDS, Way.BARS, points, heads, _few(points))

    def is_field(self, key: str) -> bool:
        """Whether the edition has such a field."""
        return field_of(self.edition, key) is not None

    def field(self, key: str) -> str:
        """What a field is called."""
        return field_label(self.edition, key) if field_of(self.edition, key) else key

    def clerks(self) -> Plot:
        """How often each person changed what was read."""
        found = sorted(self.store.form_figures.fared_by("who", self.chosen), key=lambda one: -one.read)
        points = tuple(_fared(one.key, one, self._forms_behind(By.WHO, one.key)) for one in found)
        heads = _fared_heads(phrases.PLOT_PERSON)
        return Plot("clerks", phrases.PLOT_CLERKS, Way.BARS, points, heads, _few(points))

    def tenths(self) -> Plot:
        """What was said of readings, by tenths of probability, against what stood in the end."""
        found = self.store.form_figures.fared_by("tenth", self.chosen)
        points = tuple(_dot(one, self._forms_behind(By.TENTH, one.key)) for one in found)
        heads = (
            phrases.PLOT_SAID,
            phrases.PLOT_READ,
            phrases.PLOT_CHANGED,
            phrases.PLOT_SAID_MEAN,
            phrases.PLOT_HELD,
        )
        return Plot(
            "tenths",
            phrases.PLOT_TENTHS,
            Way.DOTS,
            points,
            heads,
            (phrases.PLOT_TENTHS_NOTE, *_few(points)),
            up=phrases.PLOT_UP,
            across=phrases.PLOT_ACROSS,
        )


_ENTERING = {
    Stand.DONE: phrases.PLOT_ENTERED,
    Stand.WAITS: phrases.PLOT_TO_ENTER,
    Stand.LATE: phrases.PLOT_NOT_ENTERED,
}
_TITLES = {
    WHOLE: "",
    "progress": phrases.PLOT_PROGRESS,
    "units": phrases.PLOT_UNITS,
    "editions": phrases.PLOT_EDITIONS,
    "duties": phrases.PLOT_DUTIES,
    "settled": phrases.PLOT_SETTLED,
    "pace": phrases.PLOT_PACE,
    "paces": phrases.PLOT_PACES,
    "fields": phrases.PLOT_FIELDS,
    "clerks": phrases.PLOT_CLERKS,
    "tenths": phrases.PLOT_TENTHS,
}
_PLOTS: Mapping[str, Callable[[Figures], Plot]] = {
    "progress": Figures.progress,
    "units": Figures.units,
    "editions": Figures.editions,
    "duties": Figures.duties,
    "settled": Figures.settled,
    "pace": Figures.pace,
    "paces": Figures.paces,
    "fields": Figures.fields,
    "clerks": Figures.clerks,
    "tenths": Figures.tenths,
}


def _counted(label: str, count: int, whole: int, link: str, rest: bool = False) -> Point:
    per_cent = share(count, whole)
    told = phrases.PLOT_COUNT.format(count=count, share=per_cent)
    return Point(label, count, told, (label, count, per_cent), link if count else "", rest)


def _minutes(seconds: int, forms: int) -> Decimal:
    return round(Decimal(seconds) / 60 / max(forms, 1), 1)


def _paced(label: str, minutes: Decimal, forms: int, cells: tuple[Cell, ...], link: str) -> Point:
    told = phrases.PLOT_PACE_OF.format(minutes=minutes, forms=forms)
    return Point(label, float(minutes), told, cells, link)


def _fared(label: str, one: Fared, link: str) -> Point:
    per_cent = share(one.changed, one.read)
    said = phrases.PLOT_OF.format(changed=one.changed, read=one.read, share=per_cent)
    return Point(
        label,
        float(per_cent),
        said,
        (label, one.read, one.looked, one.changed, per_cent),
        link if one.changed else "",
        one.read < ENOUGH,
    )


def _few(points: Sequence[Point]) -> tuple[str, ...]:
    """Why some are light."""
    return (phrases.PLOT_FEW.format(enough=ENOUGH),) if any(point.rest for point in points) else ()


def _fared_heads(what: str) -> tuple[str, ...]:
    return (
        what,
        phrases.PLOT_READ,
        phrases.PLOT_LOOKED,
        phrases.PLOT_CHANGED,
        phrases.PLOT_CHANGED_SHARE,
    )


def tenth(key: str) -> str:
    """What a tenth of probability is called."""
    low = 10 * int(key)
    return phrases.PLOT_TENTH.format(low=low, high=low + 10)


def _dot(one: Fared, link: str) -> Point:
    held, label = one.read - one.changed, tenth(one.key)
    said, right = round(Decimal(100 * one.said / one.read), 1), share(held, one.read)
    told = phrases.PLOT_DOT.format(said=said, held=right, read=one.read)
    cells = (label, one.read, one.changed, said, right)
    return Point(label, held / one.read, told, cells, link, one.read < ENOUGH, one.said / one.read, one.read)


# --- spans of time ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A day, a month or a year that has a column."""

    label: str
    first: date
    last: date


def _spans(found: Sequence[tuple[date, int]], until: date | None = None) -> list[tuple[Span, int]]:
    """Counts by day, put together so that columns are not too many; none is left out between, nor `until`."""
    if not found:
        return []
    first, last = found[0][0], max(found[-1][0], until or found[-1][0])
    spans = list(_cut(first, last))
    counts = dict.fromkeys(spans, 0)
    place = 0
    for day, count in found:
        while day > spans[place].last:
            place += 1
        counts[spans[place]] += count
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


def part_of(chosen: Chosen, since: date | None, till: date | None, unit: str | None) -> Chosen:
    """What of that which was chosen lies between two days, or is of a unit: one column, one bar of it."""
    first = max(filter(None, (chosen.first, since)), default=None)
    last = min(filter(None, (chosen.last, till)), default=None)
    return Chosen(chosen.edition, unit if chosen.unit is None else chosen.unit, first, last)


def narrowed(chosen: Chosen, unit: str) -> Chosen:
    """What an account of a unit may see of what was chosen."""
    return replace(chosen, unit=unit) if unit else chosen
