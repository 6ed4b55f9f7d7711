"""The overview of a store: how its records divide, without loading any record.

When a record is written it is noted, in the same transaction, in which lines of
which blocks it stands: those of its edition's `[statistics]`, the states of its
processes, where the worker works. Counting then asks one index. Records that were
noted by other data (an older store, an edited edition) are noted anew by `catch_up`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from records import rows
from records.archive import Record
from records.database import Database
from records.editions import Edition, Editions
from records.people import workplace
from records.processes import processes
from records.statistics import Spot, is_left_out, is_private, known_spots, spots_of, takes_several
from records.tables import FigureLines, FigureMembers, IndexRows, Records

WHOLE, WORKPLACES, STATES = "whole", "workplaces", "state-"
"""Blocks that every edition has: all records, where workers work, and one for each process."""
_NOTED_AT_ONCE = 200
_WAY = 1
"""Counts the ways of dividing that this file has known: another number has every record noted anew."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which records are counted: of an edition, filed between two days; of a unit, None for all."""

    edition: str
    unit: str | None = None
    first: date | None = None
    last: date | None = None

    def narrowing(
        self, unit: SQLColumnExpression[str], day: SQLColumnExpression[date]
    ) -> Iterator[ColumnElement[bool]]:
        """What keeps a question to the unit and the days, of a table with these columns."""
        if self.unit is not None:
            yield unit == self.unit
        if self.first is not None:
            yield day >= self.first
        if self.last is not None:
            yield day <= self.last


@dataclass(frozen=True, slots=True)
class Division:
    """A block by which records can be divided. With `several` a record may stand in more than one line.

    A `private` one tells what is hidden on screens until somebody asks for it.
    """

    name: str
    label: str
    several: bool = False
    process: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a division, and how many records stand in it."""

    spot: Spot
    count: int


class Duty(StrEnum):
    """What has to be done with a record by a day."""

    FINISH = "finish_by"
    """What the notice wants by its day."""
    ENTER = "enter_by"
    """Enter a change in the other system, within the working days."""


class Stand(StrEnum):
    """How a record stands to a duty."""

    DONE = "done"
    """Nothing waits."""
    WAITS = "waits"
    """It waits, and is in time."""
    LATE = "late"
    """It waits, and its day is over."""


@dataclass(frozen=True)
class Overview:
    """The figures of a store; every method raises StoreBusy, DiskFull or StoreError as need be."""

    database: Database
    editions: Editions
    _complete: set[str] = field(default_factory=set)

    # --- what can be asked

    def divisions(self, edition: Edition) -> Iterator[Division]:
        """The blocks of an edition: of its statistics, of its processes, and where workers work."""
        for block in edition.statistics.get("blocks", ()):
            several, private = takes_several(edition, block), is_private(edition, block)
            yield Division(block["name"], block["label"], several, private=private)
        place = workplace(edition)
        if place is not None:
            yield Division(WORKPLACES, place.label)
        for one in processes(edition):
            yield Division(f"{STATES}{one.name}", one.label, process=one.name)

    def parts(self, block: str, chosen: Chosen) -> list[Part]:
        """The lines of a block in order, those that are shown though nobody stands in them among them."""
        edition = self.editions[chosen.edition]
        found = dict.fromkeys(_always(edition, block), 0) | dict(self._counted(block, chosen))
        parts = [Part(spot, count) for spot, count in found.items()]
        return sorted(parts, key=lambda part: (part.spot.rest, part.spot.order, part.spot.labels))

    def greatest(self, block: str, chosen: Chosen, most: int) -> tuple[list[Part], int, int]:
        """The lines with the most records; how many other lines there are; how many records there."""
        counted = self._tally(block, chosen).subquery()
        wanted = select(counted.c.line, counted.c.records).where(
            counted.c.number.in_(self._greatest(block, chosen, most))
        )
        wanted = wanted.order_by(counted.c.records.desc(), counted.c.line)
        whole = select(func.count(), func.coalesce(func.sum(counted.c.records), 0))
        with self.database.reading() as session:
            parts = [Part(_spot(line), count) for line, count in session.execute(wanted)]
            lines, records = session.execute(whole).one()
        return parts, lines - len(parts), int(records) - sum(part.count for part in parts)

    def _greatest(self, block: str, chosen: Chosen, most: int) -> Select[int]:
        """The numbers of the lines with the most records."""
        counted = self._tally(block, chosen).subquery()
        return select(counted.c.number).order_by(counted.c.records.desc(), counted.c.line).limit(most)

    def _counted(self, block: str, chosen: Chosen) -> Iterator[tuple[Spot, int]]:
        with self.database.reading() as session:
            for _, line, count in session.execute(self._tally(block, chosen)):
                yield _spot(line), count

    def _tally(self, block: str, chosen: Chosen) -> Select[int, str, int]:
        lines = _lines_of(chosen.edition, block)
        inside = select(FigureMembers.line, func.count().label("records")).group_by(FigureMembers.line)
        counted = inside.where(*_within(chosen), FigureMembers.line.in_(lines)).subquery()
        wanted = select(FigureLines.number, FigureLines.line, counted.c.records)
        return wanted.join(counted, counted.c.line == FigureLines.number)

    def members(
        self, block: str, labels: Sequence[str], rest: bool, chosen: Chosen, skip: int, most: int
    ) -> tuple[int, list[Record]]:
        """How many records stand in a line, or in any of its parts, and some of them, the newest first."""
        with self.database.reading() as session:
            lines = [
                line
                for line, spot in _spots(session, chosen.edition, block).items()
                if spot.rest == rest and spot.labels[: len(labels)] == tuple(labels)
            ]
            inside = select(FigureMembers.record).where(*_within(chosen), FigureMembers.line.in_(lines))
            return _some(session, inside.distinct(), skip, most)

    def other_members(
        self, block: str, but: int, chosen: Chosen, skip: int, most: int
    ) -> tuple[int, list[Record]]:
        """How many records stand in none of the greatest lines, and some of them, the newest first."""
        inside = select(FigureMembers.record).where(
            *_within(chosen),
            FigureMembers.line.in_(_lines_of(chosen.edition, block)),
            FigureMembers.line.not_in(self._greatest(block, chosen, but)),
        )
        with self.database.reading() as session:
            return _some(session, inside, skip, most)

    def due(self, duty: Duty, chosen: Chosen) -> list[tuple[date, int]]:
        """How many records wait for a duty until each day."""
        day = _DUE[duty]
        wanted = select(day, func.count()).where(*self._due(duty, chosen)).group_by(day).order_by(day)
        with self.database.reading() as session:
            return [(until, count) for until, count in session.execute(wanted) if until is not None]

    def due_members(
        self, duty: Duty, stand: Stand, today: date, chosen: Chosen, skip: int, most: int
    ) -> tuple[int, list[Record]]:
        """How many records stand so to a duty, and some of them, the newest first."""
        if stand is Stand.DONE:
            waits = exists().where(IndexRows.record == FigureMembers.record, _DUE[duty].is_not(None))
            inside = select(FigureMembers.record).where(*self._whole(chosen, False, True), ~waits)
        else:
            waiting = select(IndexRows.record).where(*self._due(duty, chosen))
            inside = waiting.where(_DUE[duty] < today if stand is Stand.LATE else _DUE[duty] >= today)
        count = self._done(duty, chosen) if stand is Stand.DONE else None
        with self.database.reading() as session:
            return _some(session, inside, skip, most, count)

    def _done(self, duty: Duty, chosen: Chosen) -> int:
        """With how many records nothing waits: all but those with which something does."""
        whole = self.counted(chosen) + self.counted(chosen, left_out=True)
        return whole - sum(count for _, count in self.due(duty, chosen))

    def _due(self, duty: Duty, chosen: Chosen) -> Iterator[ColumnElement[bool]]:
        yield _DUE[duty].is_not(None)
        yield IndexRows.edition == chosen.edition
        if chosen.unit is not None:
            yield IndexRows.unit == chosen.unit
        if chosen.first is not None or chosen.last is not None:
            filed = select(FigureMembers.record).where(*self._whole(chosen, False, True))
            yield IndexRows.record.in_(filed)

    def by_day(self, chosen: Chosen) -> list[tuple[date, int]]:
        """How many of the records that are counted were filed on each day."""
        wanted = select(FigureMembers.on_day, func.count()).group_by(FigureMembers.on_day)
        with self.database.reading() as session:
            found = session.execute(wanted.where(*self._whole(chosen, False)).order_by(FigureMembers.on_day))
            return [(day, count) for day, count in found]

    def by_unit(self, chosen: Chosen) -> list[tuple[str, int]]:
        """How many records that are counted each unit has."""
        wanted = select(FigureMembers.unit, func.count()).group_by(FigureMembers.unit)
        with self.database.reading() as session:
            found = session.execute(wanted.where(*self._whole(chosen, False)).order_by(FigureMembers.unit))
            return [(unit, count) for unit, count in found]

    def counted(self, chosen: Chosen, left_out: bool = False) -> int:
        """How many records are counted; or how many the edition leaves out."""
        wanted = select(func.count()).select_from(FigureMembers)
        with self.database.reading() as session:
            return session.scalar(wanted.where(*self._whole(chosen, left_out))) or 0

    def _whole(self, chosen: Chosen, *left_out: bool) -> Iterator[ColumnElement[bool]]:
        yield from _within(chosen)
        yield FigureMembers.line.in_(self._whole_lines(chosen.edition, *left_out))

    def _whole_lines(self, edition: str, *left_out: bool) -> Select[int]:
        texts = [_text(Spot((self._data[edition],), "", one)) for one in left_out]
        return select(FigureLines.number).where(
            FigureLines.edition == edition, FigureLines.block == WHOLE, FigureLines.line.in_(texts)
        )

    # --- noting

    def note(self, session: Session, record: Record) -> None:
        """Where a record stands from now on, within the transaction that writes it."""
        if record.edition in self.editions:
            self._note(session, [record])

    def _note(self, session: Session, records: Sequence[Record]) -> None:
        for record in records:
            spots = dict.fromkeys(self._divided(record))
            lines = _lines(session, record.edition, list(spots))
            day = record.created.astimezone().date()
            members = [
                {"record": record.number, "line": line, "unit": record.unit, "on_day": day} for line in lines
            ]
            session.execute(delete(FigureMembers).where(FigureMembers.record == record.number))
            session.execute(insert(FigureMembers), members)

    def _divided(self, record: Record) -> Iterator[tuple[str, Spot]]:
        edition = self.editions[record.edition]
        left_out = is_left_out(edition, record)
        yield WHOLE, Spot((self._data[edition.key],), "", left_out)
        for process in processes(edition):
            stands = record.states.get(process.name)
            names = [state.name for state in process.states]
            known = stands is not None and stands.state in names
            order = f"{names.index(stands.state):04d}" if stands and known else ""
            yield (
                f"{STATES}{process.name}",
                Spot((stands.state if stands and known else "",), order, not known),
            )
        if left_out:
            return
        for block in edition.statistics.get("blocks", ()):
            yield from ((block["name"], spot) for spot in spots_of(edition, block, record))
        place = workplace(edition)
        if place is not None:
            works_at = str(record.values.get(place.key) or "")
            yield WORKPLACES, Spot((works_at,), "", not works_at)

    def waiting(self, edition: str) -> int:
        """How many records of an edition were noted by other data, or never."""
        if edition in self._complete:
            return 0
        wanted = select(func.count()).select_from(Records)
        with self.database.reading() as session:
            waiting = session.scalar(wanted.where(*self._not_noted(edition))) or 0
        if not waiting:
            self._complete.add(edition)
        return waiting

    def catch_up(self, edition: str) -> int:
        """Note some of the records that wait for it; gives how many still do."""
        wanted = select(Records.number).where(*self._not_noted(edition)).limit(_NOTED_AT_ONCE)
        with self.database.writing() as session:
            self._note(session, rows.records(session, session.scalars(wanted).all()))
        return self.waiting(edition)

    def _not_noted(self, edition: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        lines = self._whole_lines(edition, False, True)
        noted = exists().where(FigureMembers.record == Records.number, FigureMembers.line.in_(lines))
        return Records.edition == edition, ~noted

    @cached_property
    def _data(self) -> Mapping[str, str]:
        """What the division of each edition rests on, as a few letters."""
        return {edition.key: _fingerprint(edition) for edition in self.editions}


_DUE = {Duty.FINISH: IndexRows.finish_by, Duty.ENTER: IndexRows.enter_by}


def _always(edition: Edition, block: str) -> Iterator[Spot]:
    """The lines of a block that are shown though nobody stands in them."""
    for one in edition.statistics.get("blocks", ()):
        if one["name"] == block:
            yield from known_spots(edition, one)
    for process in processes(edition):
        if f"{STATES}{process.name}" == block:
            yield from (Spot((state.name,), f"{place:04d}") for place, state in enumerate(process.states))


def _within(chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    return chosen.narrowing(FigureMembers.unit, FigureMembers.on_day)


def _some(
    session: Session, inside: Select[int], skip: int, most: int, count: int | None = None
) -> tuple[int, list[Record]]:
    """How many records there are, counted here where it is not known; some of them, the newest first."""
    every = inside.subquery()
    if count is None:
        count = session.scalar(select(func.count()).select_from(every)) or 0
    numbers = select(every.c.record).order_by(every.c.record.desc()).offset(skip).limit(most)
    return count, rows.records(session, session.scalars(numbers).all())


def _lines_of(edition: str, block: str) -> Select[int]:
    return select(FigureLines.number).where(FigureLines.edition == edition, FigureLines.block == block)


def _spots(session: Session, edition: str, block: str) -> dict[int, Spot]:
    """The lines of a block that any record has ever stood in."""
    wanted = select(FigureLines.number, FigureLines.line)
    found = session.execute(wanted.where(FigureLines.edition == edition, FigureLines.block == block))
    return {number: _spot(text) for number, text in found}


def _lines(session: Session, edition: str, spots: Sequence[tuple[str, Spot]]) -> list[int]:
    """The numbers of lines, new ones made."""
    wanted = {(block, _text(spot)) for block, spot in spots}
    known = select(FigureLines.block, FigureLines.line, FigureLines.number).where(
        FigureLines.edition == edition, FigureLines.line.in_({text for _, text in wanted})
    )
    found = {(block, text): number for block, text, number in session.execute(known)}
    for block, text in sorted(wanted - found.keys()):
        row = FigureLines(edition=edition, block=block, line=text)
        session.add(row)
        session.flush()
        found[block, text] = row.number
    return sorted(found[one] for one in wanted)


def _text(spot: Spot) -> str:
    return json.dumps([int(spot.rest), spot.order, *spot.labels], ensure_ascii=False)


def _spot(text: str) -> Spot:
    rest, order, *labels = json.loads(text)
    return Spot(tuple(labels), order, bool(rest))


def _fingerprint(edition: Edition) -> str:
    place = workplace(edition)
    asked = [(one.key, one.choices) for one in edition.fields]
    told = (_WAY, edition.dated, edition.statistics, edition.processes, asked, place and place.key)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
