"""The figures of forms: how readings fared and how reviews went, added up; and the forms behind each figure.

When a draft is settled it is noted, in the same transaction, what became of its readings: in sums
by day, which plots ask for, and for the form itself, so that every sum can be followed back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Date, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from records import wire
from records.database import Database
from records.drafts import Draft, Reading
from records.overview import Chosen
from records.review_store import pace_of
from records.reviews import Pace
from records.settling import Decision
from records.tables import Drafts, Events, FigureForms, FigureReadings, Reviews
from records.values import Value, key_of

TENTHS = 10
_SUMS = ("read", "looked", "changed", "said")
WHOLE_FORM, EVERY_FIELD = "", "*"
"""What stands in place of a field: the form itself; all its fields of a tenth."""


@dataclass(frozen=True, slots=True)
class Fared:
    """What became of readings: how many there were, were looked at, were changed; what was said of them.

    `said` is the sum of their probabilities. What they are of is `key`.
    """

    key: str
    read: int
    looked: int
    changed: int
    said: float


@dataclass(frozen=True, slots=True)
class Paced:
    """How reviews went, of `key`: how many forms were filed, on how many days, in how many seconds of work.

    `corrected` counts fields that whoever approved changed, `sent_back` how often a form came back.
    """

    key: str
    forms: int
    days: int
    seconds: int
    corrected: int
    sent_back: int


class By(StrEnum):
    """What forms are asked for by."""

    DAYS = "settled"
    """All that were settled between the days."""
    FIELD = "fields"
    """Those with changed readings of a field."""
    WHO = "clerks"
    """Those with readings that a person changed."""
    TENTH = "tenths"
    """Those with readings that were said with a probability of a tenth."""


@dataclass(frozen=True, slots=True)
class Became:
    """A reading of a settled form and what became of it; `after` where it was `changed` and history tells."""

    path: str
    reading: Reading
    changed: bool
    after: Value = None


@dataclass(frozen=True, slots=True)
class Form:
    """A settled form behind a figure, with the readings that count there; `cases` says how many."""

    draft: int
    record: int | None
    name: str
    on_day: date
    who: str
    cases: int
    readings: tuple[Became, ...]


@dataclass(frozen=True, slots=True)
class Forms:
    """Some of the forms behind a figure; how many there are, with how many cases."""

    count: int
    cases: int
    some: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A form that was filed, how its review went; the record where there is one, or whether it `waits`."""

    name: str
    record: int | None
    waits: bool
    pace: Pace


@dataclass(frozen=True)
class FormFigures:
    """The figures of a store's forms; every method raises StoreBusy, DiskFull or StoreError as need be."""

    database: Database

    # --- sums

    def fared_by(self, what: str, chosen: Chosen) -> list[Fared]:
        """What became of readings by "field", "who" or "tenth"."""
        return self._fared(what, chosen, FigureReadings.field != WHOLE_FORM)

    def forms_by(self, what: str, chosen: Chosen) -> list[Fared]:
        """How many drafts were settled by "who" or "on_day"."""
        return self._fared(what, chosen, FigureReadings.field == WHOLE_FORM)

    def _fared(self, what: str, chosen: Chosen, of: ColumnElement[bool]) -> list[Fared]:
        column = getattr(FigureReadings, what)
        sums = (func.sum(getattr(FigureReadings, name)) for name in _SUMS)
        wanted = select(column, *sums).where(of, *_settled(FigureReadings, chosen))
        with self.database.reading() as session:
            found = session.execute(wanted.group_by(column).order_by(column))
            return [
                Fared(str(key), int(read), int(looked), int(changed), int(said) / 1000)
                for key, read, looked, changed, said in found
            ]

    def paced_by(self, what: str, chosen: Chosen) -> list[Paced]:
        """How reviews went by "who" filed them, or by "day"; of forms filed between the days."""
        key = _FILED_ON if what == "day" else Reviews.filed_by
        sums = (func.sum(one) for one in (Reviews.seconds, Reviews.corrected, Reviews.sent_back))
        wanted = select(key, func.count(), func.count(_FILED_ON.distinct()), *sums)
        wanted = wanted.join(Drafts, Drafts.number == Reviews.draft).where(*_filed(chosen))
        with self.database.reading() as session:
            found = session.execute(wanted.group_by(key).order_by(key))
            return [Paced(str(key), *map(int, numbers)) for key, *numbers in found]

    # --- the forms behind them

    def behind(self, by: By, key: str, chosen: Chosen, skip: int, most: int) -> Forms:
        """The settled forms behind a sum, the newest first. Raises ValueError for what is no tenth."""
        case, of = _asked(by, key)
        narrow = (*_settled(FigureForms, chosen), *of)
        # A form was settled once: its day and its clerk are the same in every line.
        of_form = (func.min(FigureForms.on_day), func.min(FigureForms.who), func.sum(case))
        each = select(FigureForms.draft, *of_form).where(*narrow).group_by(FigureForms.draft)
        sums = select(func.count(FigureForms.draft.distinct()), func.coalesce(func.sum(case), 0)).where(
            *narrow
        )
        with self.database.reading() as session:
            count, cases = session.execute(sums).one()
            found = session.execute(each.order_by(FigureForms.draft.desc()).offset(skip).limit(most)).all()
            forms = tuple(
                _form(session, draft, on_day, who, int(some), by, key) for draft, on_day, who, some in found
            )
        return Forms(count, int(cases), forms)

    def reviewed(self, who: str | None, chosen: Chosen, skip: int, most: int) -> tuple[int, list[Reviewed]]:
        """How many forms were filed, by a person or by all; and some of them, the newest first."""
        mine = [] if who is None else [Reviews.filed_by == who]
        join = Drafts.number == Reviews.draft
        narrow = (*_filed(chosen), *mine)
        every = select(func.count()).select_from(Reviews).join(Drafts, join).where(*narrow)
        of_draft = (Drafts.edition, Drafts.unit, Drafts.name, Drafts.record, Drafts.closed_at.is_(None))
        wanted = select(Reviews, *of_draft).join(Drafts, join)
        wanted = wanted.where(*narrow).order_by(Reviews.filed_at.desc(), Reviews.draft.desc())
        with self.database.reading() as session:
            found = session.execute(wanted.offset(skip).limit(most))
            some = [
                Reviewed(name, record, waits, pace_of(row, edition, unit))
                for row, edition, unit, name, record, waits in found
            ]
            return session.scalar(every) or 0, some


# Filed in office hours: the day is the same in UTC from Greenwich to Beijing.
_FILED_ON = func.date(Reviews.filed_at, type_=Date)


def _filed(chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    yield Reviews.filed_at.is_not(None)
    yield Drafts.edition == chosen.edition
    yield from chosen.narrowing(Drafts.unit, _FILED_ON)


def _settled(
    table: type[FigureForms] | type[FigureReadings], chosen: Chosen
) -> Iterator[ColumnElement[bool]]:
    yield table.edition == chosen.edition
    yield from chosen.narrowing(table.unit, table.on_day)


def _asked(by: By, key: str) -> tuple[InstrumentedAttribute[int], tuple[ColumnElement[bool], ...]]:
    """What counts as a case, and where to look for it."""
    table = FigureForms
    match by:
        case By.DAYS:
            return table.read, (table.field == WHOLE_FORM,)
        case By.FIELD:
            return table.changed, (table.field == key,)
        case By.WHO:
            return table.changed, (table.field == EVERY_FIELD, table.who == key, table.changed > 0)
        case By.TENTH:
            return table.read, (table.field == EVERY_FIELD, table.tenth == int(key))


def _counts(by: By, key: str, one: Became) -> bool:
    """Whether a reading is a case of what is asked for."""
    match by:
        case By.DAYS:
            return False
        case By.FIELD:
            return one.changed and key_of(one.path) == key
        case By.WHO:
            return one.changed
        case By.TENTH:
            return _tenth(one.reading) == int(key)


def _form(session: Session, number: int, on_day: date, who: str, cases: int, by: By, key: str) -> Form:
    row = session.get_one(Drafts, number)
    paths = select(FigureForms.paths_json).where(FigureForms.draft == number)
    changed = {path for text in session.scalars(paths) for path in json.loads(text)}
    told = select(Events.path, Events.after_json).where(
        Events.record == row.record, Events.at == row.closed_at, Events.path.in_(changed)
    )
    after = {path: wire.value_from_json(text) for path, text in session.execute(told)}
    readings = (
        Became(path, reading, path in changed, after.get(path))
        for path, reading in wire.draft_from_json(row.draft_json).readings.items()
    )
    counted = tuple(one for one in readings if _counts(by, key, one))
    return Form(number, row.record, row.name, on_day, who, cases, counted)


# --- noting


def note_fared(
    session: Session,
    number: int,
    draft: Draft,
    decisions: Iterable[Decision],
    unit: str,
    who: str,
    when: datetime,
) -> None:
    """What became of a draft's readings when it was settled, within the transaction that settles it.

    Only a form that was filled in tells how well is read: what is carried over or was printed here does not.
    """
    if draft.origin is None or draft.record is not None:
        return
    common = {"on_day": when.astimezone().date(), "unit": unit, "edition": draft.edition, "who": who}
    sums = _sums(draft, {one.path: one for one in decisions})
    _add_up(
        session,
        [
            {**common, "field": key, "tenth": tenth, **{name: getattr(one, name) for name in _SUMS}}
            for (key, tenth), one in sums.items()
            if key != EVERY_FIELD
        ],
    )
    session.execute(
        insert(FigureForms),
        [
            {
                **common,
                "draft": number,
                "field": key,
                "tenth": tenth,
                "read": one.read,
                "changed": one.changed,
                "paths_json": json.dumps(one.paths),
            }
            for (key, tenth), one in sums.items()
            if key in (WHOLE_FORM, EVERY_FIELD) or one.changed
        ],
    )


@dataclass
class _Sum:
    """Numbers that are being added up, and the paths that were changed."""

    read: int = 0
    looked: int = 0
    changed: int = 0
    said: int = 0
    paths: list[str] = field(default_factory=list)


def _sums(draft: Draft, decided: Mapping[str, Decision]) -> dict[tuple[str, int], _Sum]:
    """The sums by field and tenth, of all fields, and of the form: whether any was looked at, was changed."""
    sums: dict[tuple[str, int], _Sum] = {}
    for path, reading in draft.readings.items():
        decision = decided.get(path) or decided.get(path.rpartition(".")[0])
        after = None if decision is None or decision.path != path else decision.value
        changed = decision is not None and after != reading.value
        for key in (key_of(path), EVERY_FIELD):
            one = sums.setdefault((key, _tenth(reading)), _Sum())
            one.read += 1
            one.looked += decision is not None
            one.changed += changed
            one.said += round(1000 * reading.confidence)
            if changed and key != EVERY_FIELD:
                one.paths.append(path)
    every = [one for (key, _), one in sums.items() if key == EVERY_FIELD]
    looked, changed = any(one.looked for one in every), any(one.changed for one in every)
    return {**sums, (WHOLE_FORM, 0): _Sum(1, int(looked), int(changed))}


def _tenth(reading: Reading) -> int:
    return min(int(reading.confidence * TENTHS), TENTHS - 1)


def _add_up(session: Session, lines: Sequence[Mapping[str, object]]) -> None:
    lite = session.get_bind().dialect.name == "sqlite"
    adding = sqlite.insert(FigureReadings) if lite else postgresql.insert(FigureReadings)
    sums = {name: getattr(FigureReadings, name) + adding.excluded[name] for name in _SUMS}
    keys = [column.name for column in FigureReadings.__table__.primary_key]
    session.execute(adding.on_conflict_do_update(index_elements=keys, set_=sums), lines)
