"""XLSX: records come in, one sheet an edition (and one a table of rows) goes out, and back.

Row 1 holds the keys, row 2 the labels, records follow. A table's own sheet
`<edition> <key>` names in its first column which record each row belongs to.
Identity and card numbers are text, and no text is ever taken for a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from math import inf
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from desk.contract import Json
from records.editions import Edition, Editions, Field
from records.errors import Unreadable

RECORD = "#"
"""The head of the column that says which record, from 1, a row is of."""
BETWEEN = "；"
"""What stands between several choices in one cell; no list of choices has it inside an entry."""
HEADS = 2
EXACT = 10**15
"""Beyond 15 digits a spreadsheet rounds a number, so that it cannot be taken as text any more."""


MOST_LINES = 1_000_000
"""A sheet takes no more lines."""
Numbered = tuple[int, Json]
"""The fields of a record, and which of all it is, from 1."""


def write_xlsx(file: IO[bytes], records: Iterable[Json], editions: Editions) -> None:
    """Write the records, in the shape of `export`, into a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    by_edition: dict[str, list[Numbered]] = {}
    for number, record in enumerate(records, 1):
        by_edition.setdefault(record["edition"], []).append((number, record["fields"]))
    for key, entries in by_edition.items():
        _write_edition(book, editions[key], entries)
    if not by_edition:
        book.create_sheet(RECORD)
    book.save(file)


def write_lines(file: IO[bytes], title: str, heads: Iterable[str], lines: Iterable[Iterable[Any]]) -> None:
    """One sheet of plain lines under their heads, however many."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for line in (heads, *islice(lines, MOST_LINES)):
        values = [ILLEGAL_CHARACTERS_RE.sub("", one) if isinstance(one, str) else one for one in line]
        cells = [WriteOnlyCell(sheet) for _ in values]
        for cell, value in zip(cells, values, strict=True):
            _write_cell(cell, value)
        sheet.append(cells)
    book.save(file)


def _write_edition(book: Workbook, edition: Edition, entries: list[Numbered]) -> None:
    plain = [field for field in edition.fields if not field.is_rows]
    lines = ([number, *(entry.get(field.key) for field in plain)] for number, entry in entries)
    _write_sheet(book.create_sheet(edition.key), plain, lines)
    for table in edition.tables:
        rows = (
            [number, *(row.get(column.key) for column in table.fields)]
            for number, entry in entries
            for row in entry.get(table.key, [])
        )
        _write_sheet(book.create_sheet(f"{edition.key} {table.key}"[:31]), table.fields, rows)


def _write_sheet(sheet: Worksheet, fields: Iterable[Field], lines: Iterable[list[Any]]) -> None:
    columns = list(fields)
    heads = [[RECORD, *(field.key for field in columns)], [RECORD, *(field.label for field in columns)]]
    for number, line in enumerate([*heads, *lines], 1):
        for place, value in enumerate(line, 1):
            _write_cell(sheet.cell(number, place), value)
    sheet.freeze_panes = "B3"


def _write_cell(cell: Any, value: Any) -> None:
    if isinstance(value, list):
        value = BETWEEN.join(value)
    if value is None or value == "":
        return
    cell.value = value
    if isinstance(value, str):
        # What begins with = + - @ stays text, also when somebody edits the cell.
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = True


def read_xlsx(file: Path, editions: Editions) -> Iterator[tuple[int, Json]]:
    """Every record with its place from 1, in the shape that `import` takes. Raises Unreadable.

    They come in the order of their numbers, whatever sheet they stand on; those without one come last.
    """
    try:
        book = load_workbook(file, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError) as error:
        raise Unreadable(file=file, what=type(error).__name__) from error
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    found: list[tuple[object, Json]] = []
    for title, sheet in sheets.items():
        if title in editions:
            entries = _entries(editions[title], sheet, sheets)
            found += [(number, {"edition": title, "fields": fields}) for number, fields in entries]
        elif title.partition(" ")[0] not in editions and _lines(sheet):
            found.append((None, {"edition": title, "fields": {}}))
    yield from enumerate((entry for _, entry in sorted(found, key=_order)), 1)


def _order(numbered: tuple[object, Json]) -> float:
    number = numbered[0]
    return number if isinstance(number, int | float) else inf


def _entries(
    edition: Edition, sheet: Worksheet, sheets: Mapping[str, Worksheet]
) -> Iterator[tuple[object, dict[str, Any]]]:
    known = {field.key: field for field in edition.fields}
    tables = {
        table.key: _lines(sheets[title])
        for table in edition.tables
        if (title := f"{edition.key} {table.key}"[:31]) in sheets
    }
    for line in _lines(sheet):
        number = line.pop(RECORD, None)
        fields: dict[str, Any] = {key: _value(known.get(key), cell) for key, cell in line.items()}
        for key, rows in tables.items():
            columns = {column.key: column for column in edition.field(key).fields}
            fields[key] = [
                {name: _value(columns.get(name), cell) for name, cell in row.items() if name != RECORD}
                for row in rows
                if row.get(RECORD) == number
            ]
        yield number, fields


def _lines(sheet: Worksheet) -> list[dict[str, Any]]:
    """The filled lines under the heads, blanks left out, by key."""
    grid = list(sheet.iter_rows(values_only=True))
    if not grid:
        return []
    keys = [str(key) if key is not None else "" for key in grid[0]]
    lines = (
        {key: cell for key, cell in zip(keys, line, strict=False) if cell is not None and (key or cell)}
        for line in grid[HEADS:]
    )
    return [line for line in lines if line]


def _value(field: Field | None, cell: Any) -> Any:
    """A cell as JSON would have it; what a spreadsheet made of a number or a date is turned back."""
    if field is None:
        return cell
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if field.kind == "choices":
        return [entry.strip() for entry in str(cell).split(BETWEEN) if entry.strip()]
    if field.kind in ("money", "number", "integer"):
        return _number(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell) if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < EXACT else cell


def _number(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    try:
        return int(cell)
    except ValueError:
        pass
    try:
        return float(cell)
    except ValueError:
        return cell
