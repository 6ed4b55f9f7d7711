"""What a list prints of records: a listing comes in, tables of cells as they may be seen go out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from records.archive import Record
from records.dates import official
from records.editions import Edition, Field
from records.errors import EditionError, Refused
from records.findings import Reason
from records.kinds import show
from records.listing import Listing
from records.masking import MASKS, mask
from records.processes import process
from records.rosters import ROWS, Column
from records.values import Value, row_count, row_path
from records.workdays import working_days


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in one cell: a text, a number where a spreadsheet may count with it, a printed code."""

    text: str = ""
    number: Decimal | None = None
    code: str = ""


Row = Mapping[str, Shown]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows, ready to be printed; `name` is what the sheet's loop calls the rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a list prints: its tables, single texts by name, and what a clerk should know.

    `more` are tables that only a sheet may name; no workbook holds them. Where
    there is `nothing` to print, no file is made.
    """

    tables: tuple[Table, ...] = ()
    figures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[Reason, ...] = ()
    more: tuple[Table, ...] = ()
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What a row is of: a record, the row's place from 1, and in a list of fields the path it is about."""

    edition: Edition
    record: Record
    place: int
    path: str = ""


def table(listing: Listing, lines: Sequence[Line], name: str = ROWS) -> Table:
    """The lines as rows of a table, each cell as it may be seen."""
    columns = listing.columns if name == ROWS else listing.roster.tables[name]
    rows = tuple({column.key: _seen(listing, line, column) for column in columns} for line in lines)
    return Table(name, listing.use.title, tuple(columns), rows)


def _seen(listing: Listing, line: Line, column: Column) -> Shown:
    """What stands in a cell; of a public list without numbers that were written where none belongs."""
    shown = _shown(line, column)
    if not listing.roster.public or set(column.of) & set(listing.shown) or shown.number is not None:
        return shown
    return Shown(mask(shown.text), None, mask(shown.code))


def _shown(line: Line, column: Column) -> Shown:
    if column.shows not in WAYS:
        what = f"column {column.key}: unknown way {column.shows}"
        raise EditionError("edition", file=line.edition.key, what=what)
    shown = WAYS[column.shows](line, column)
    return Shown(MASKS[column.mask](shown.text)) if column.mask else shown


def of_records(listing: Listing) -> Contents:
    """One row for each record."""
    lines = [Line(listing.edition, record, place) for place, record in enumerate(listing.records, 1)]
    figures, notes = figures_of(listing)
    return Contents((table(listing, lines),), figures, notes)


def of_fields(listing: Listing) -> Contents:
    """One row for each field of one record, in the order of the form, blanks and all rows of tables too."""
    [record] = listing.records
    paths = list(_paths(listing.edition, record))
    lines = [Line(listing.edition, record, place, path) for place, path in enumerate(paths, 1)]
    figures, notes = figures_of(listing)
    own = {asked.key: _value(listing.edition, record, asked.key) for asked in listing.edition.fields}
    return Contents((table(listing, lines),), {**own, **figures}, notes)


def _paths(edition: Edition, record: Record) -> Iterator[str]:
    for asked in edition.on_paper:
        if not asked.is_rows:
            yield asked.key
        for index in range(row_count(asked.key, record.values) if asked.is_rows else 0):
            yield from (row_path(asked.key, index, one.key) for one in asked.fields)


def figures_of(listing: Listing) -> tuple[dict[str, str], tuple[Reason, ...]]:
    """The single texts that every list may print, and what a clerk should know of them.

    The count of records, the clerk's answers, and the last of the working days
    where the roster's `period` names their first day and their number.
    """
    figures = {"count": str(len(listing.records)), **listing.told}
    period = listing.roster.settings.get("period")
    if period is None:
        return figures, ()
    first, days = (listing.given.get(period[name]) for name in ("first", "days"))
    if not isinstance(first, str) or not isinstance(days, Decimal):
        return {**figures, period["last"]: ""}, ()
    if not 1 <= days <= _MOST_DAYS:
        raise Refused("ask_unreadable", label=_label(listing, period["days"]), text=str(days))
    counted = working_days(date.fromisoformat(first), int(days))
    last = counted.last.isoformat()
    figures[period["last"]] = official(last, listing.roster.numerals)
    code = "holidays_counted" if counted.holidays else "weekends_only"
    return figures, (Reason(code, {"days": str(days), "first": first, "last": last}),)


_MOST_DAYS = 366
"""A longer period is a slip of the finger."""


def _label(listing: Listing, key: str) -> str:
    return next(ask.label for ask in listing.roster.asks if ask.key == key)


def _value(edition: Edition, record: Record, path: str) -> str:
    """A value as a clerk writes it, with the note of an option that wants one; the people of a table."""
    asked = edition.field(path)
    if asked.is_rows:
        return _people(record, path)
    return _noted(show(record.values.get(path), asked), record, asked)


def _noted(text: str, record: Record, asked: Field) -> str:
    note = record.values.get(asked.other_text) if asked.other_text else None
    return f"{text}（{note}）" if text and isinstance(note, str) else text


def _people(record: Record, rows: str) -> str:
    told = []
    for index in range(row_count(rows, record.values)):
        name, relation = (record.values.get(row_path(rows, index, key)) for key in ("name", "relation"))
        told.append(f"{name or ''}（{relation}）" if relation else f"{name or ''}")
    return "、".join(one for one in told if one)


def _codes(value: Value, asked: Field) -> str:
    chosen = value if isinstance(value, tuple) else () if value is None else (str(value),)
    return "、".join(str(asked.choices.index(one) + 1) if one in asked.choices else one for one in chosen)


def _of_field(line: Line, column: Column) -> Shown:
    """The first of its fields that is filled."""
    for path in column.of:
        value, asked = line.record.values.get(path), line.edition.field(path)
        if value is None:
            continue
        number = value if isinstance(value, Decimal) else None
        printed = _noted(_codes(value, asked), line.record, asked) if asked.numbered else ""
        return Shown(_value(line.edition, line.record, path), number, printed)
    return Shown()


def _all(line: Line, column: Column) -> Shown:
    texts = (_value(line.edition, line.record, path) for path in column.of)
    return Shown("、".join(text for text in texts if text))


def _state(line: Line, column: Column) -> Shown:
    state = line.record.states.get(column.process)
    if state is None:
        return Shown()
    known = column.words.get(state.state)
    return Shown(known or process(line.edition, column.process).state(state.state).label)


def _label_of(line: Line, column: Column) -> Shown:
    asked = line.edition.field(line.path)
    rows, _, rest = line.path.partition(".")
    head = f"{line.edition.field(rows).row}{int(rest.partition('.')[0]) + 1}·" if rest else ""
    return Shown(f"{'*' if asked.required else ''}{head}{asked.label}")


def _of_path(line: Line, column: Column) -> Shown:
    """The value that a line of fields is about; what the roster says of a blank one."""
    text = _value(line.edition, line.record, line.path)
    return Shown(text or column.words.get("blank", ""))


WAYS: Mapping[str, Callable[[Line, Column], Shown]] = {
    "number": lambda line, _: Shown(str(line.place), Decimal(line.place)),
    "record": lambda line, _: Shown(str(line.record.number), Decimal(line.record.number)),
    "field": _of_field,
    "all": _all,
    "people": lambda line, column: Shown(_people(line.record, column.of[0])),
    "state": _state,
    "changed": lambda line, _: Shown(line.record.changed.astimezone().date().isoformat()),
    "blank": lambda _, column: Shown(column.words.get("text", "")),
    "label": _label_of,
    "value": _of_path,
}
"""What a column may show, by name."""
