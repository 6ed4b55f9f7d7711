"""Doubts about a sheet read off a picture: what its grid may have hidden is looked at, never taken for blank.

Broken or invented lines merge and split cells; then a value stands in a cell
that belongs to no field, and the field's own cell seems empty. The words that
are left over tell on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from intake.grid import Cell
from intake.sheet import Place, Sheet
from records.drafts import Reading
from records.findings import Reason
from records.forms import Field
from records.values import row_count, row_path, split_path

_MANY = 3
"""From so many homeless words on, no blank of the form is believed."""
_TOUCHING = 0.15
"""How near to the picture's edge, in text heights, a value may be cut by it."""
_LOST = 0.15
"""The share of labels not found from which on the picture itself is suspected."""
_TOO_MANY = 0.3
"""The share of worded cells without a home at which a page is said to be unread."""


def too_broken(sheet: Sheet) -> Reason | None:
    """The reason why a matched page is better said to be unread than filled with guesses."""
    worded = sum(bool(cell.text.strip()) for cell in sheet.grid.cells)
    share = len(_homeless(sheet)) / max(worded, 1)
    if share < _TOO_MANY:
        return None
    return Reason("poorly_matched", MappingProxyType({"percent": str(round(share * 100))}))


def much_lost(sheet: Sheet) -> bool:
    """Whether so many labels of a whole form were not found that a part of it may be out of sight."""
    if sheet.continues or sheet.lacking:
        return False
    return len(sheet.missing) >= _LOST * (len(sheet.labels) + len(sheet.missing))


def doubted(
    readings: Mapping[str, Reading], sheet: Sheet, line: float, torn: Collection[Cell] = ()
) -> dict[str, Reading]:
    """The readings with every value that the grid may have hidden, cut or doubled put before a clerk.

    `line` is the height of ordinary text in pixels; the sides of cells in
    `torn` are guessed.
    """
    homeless = _homeless(sheet)
    run_together, sharing = _under_one(sheet), _sharing(sheet)
    found = dict(readings)
    for path, reading in readings.items():
        beside = reading.value is None and _beside(path, sheet, homeless, line)
        if beside or (reading.value is None and len(homeless) >= _MANY):
            found[path] = _looked_at(_told_of(reading, beside), Reason("words_unplaced"))
        elif path in run_together:
            found[path] = _looked_at(reading, Reason("shared_cell"))
        elif path in sheet.misread:
            found[path] = _looked_at(reading, Reason("label_misread"))
        elif path in sharing and reading.value is not None:
            found[path] = _looked_at(reading, Reason("shared_cell"))
        elif path in sheet.slots:
            cell = sheet.slots[path].cell
            if cell in torn:
                found[path] = _looked_at(reading, Reason("sides_guessed"))
            elif any(_in_one_row(cell, other, line) for other in homeless):
                found[path] = _looked_at(reading, Reason("value_cut"))
    for table in sheet.edition.tables:
        found |= _lost_rows(table, found, sheet, homeless)
        found = _lost_columns(table, sheet) | found
    return found


def cut_by_edge(readings: Mapping[str, Reading], size: tuple[int, int], line: float) -> dict[str, Reading]:
    """The readings, those before a clerk whose ink (or blank) touches the picture's edge: more may be beyond.

    `size` is the picture's height and width, `line` the height of its text, in its own pixels.
    """
    near = line * _TOUCHING
    found = dict(readings)
    for path, reading in readings.items():
        box = reading.source.box if reading.source else None
        if box and (min(box[:2]) < near or box[2] > size[1] - near or box[3] > size[0] - near):
            found[path] = _looked_at(reading, Reason("cut_by_edge"))
    return found


def _told_of(reading: Reading, beside: bool) -> Reading:
    if reading.evidence is None:
        return reading
    return replace(reading, evidence=replace(reading.evidence, beside=beside))


def _looked_at(reading: Reading, reason: Reason) -> Reading:
    return replace(
        reading,
        confidence=min(reading.confidence, 0.5),
        review=True,
        reasons=(*reading.reasons, reason),
    )


def _homeless(sheet: Sheet) -> list[Cell]:
    return [cell for cell in sheet.unplaced if cell.text.strip()]


def _beside(path: str, sheet: Sheet, homeless: Sequence[Cell], line: float) -> bool:
    """Whether homeless words touch the field's cell or its label."""
    rows, index, column = split_path(path)
    slot, label = sheet.slots.get(path), sheet.labels.get(path if index is None else f"{rows}.{column}")
    places = [cell.box for cell in (slot.cell if slot else None, label) if cell is not None]
    return any(_touch(box, cell.box, line) for box in places for cell in homeless if box and cell.box)


def _in_one_row(cell: Cell, other: Cell, line: float) -> bool:
    """Whether another cell stands right beside a cell, as a value's rest would behind an invented line."""
    if cell.box is None or other.box is None or not _touch(cell.box, other.box, line):
        return False
    return min(cell.box[3], other.box[3]) - max(cell.box[1], other.box[1]) > line * 0.6


def _touch(box: Sequence[float], other: Sequence[float], line: float) -> bool:
    """Whether two cells lie side by side, or one over the other."""
    apart_x = max(box[0], other[0]) - min(box[2], other[2])
    apart_y = max(box[1], other[1]) - min(box[3], other[3])
    return max(apart_x, apart_y) < line * 0.6


def _sharing(sheet: Sheet) -> frozenset[str]:
    """Paths whose cell serves another field as well: two cells ran together."""
    owners: dict[Cell, list[str]] = {}
    for path, slot in sheet.slots.items():
        if slot.place is Place.WHOLE:
            owners.setdefault(slot.cell, []).append(path)
    return frozenset(path for paths in owners.values() if len(paths) > 1 for path in paths)


def _under_one(sheet: Sheet) -> frozenset[str]:
    """Paths of two labels whose blanks are one cell, since no rule was seen between them."""
    owners = {slot.cell: path for path, slot in sheet.slots.items() if slot.place is Place.WHOLE}
    found: set[str] = set()
    for path, label in sheet.labels.items():
        slot = sheet.slots.get(path)
        if slot is not None and (slot.cell != label or slot.text.strip()):
            continue
        for side in (sheet.grid.below_of, sheet.grid.right_of):
            other = owners.get(side(label) or label)
            head = sheet.labels.get(other) if other is not None and other != path else None
            if other is not None and head is not None and side(head) == side(label):
                found |= {path, other}
    return frozenset(found)


def _lost_columns(table: Field, sheet: Sheet) -> dict[str, Reading]:
    """For each row of a table, the columns whose heading was not found, to be looked at."""
    lost = [column.key for column in table.fields if f"{table.key}.{column.key}" not in sheet.labels]
    unread = Reading(None, "", 0.5, True, (Reason("label_not_found"),))
    used = {
        split_path(path)[1] or 0
        for path, slot in sheet.slots.items()
        if path.startswith(f"{table.key}.") and slot.cell.text.strip()
    }
    return {row_path(table.key, index, key): unread for index in used for key in lost}


def _lost_rows(
    table: Field, readings: Mapping[str, Reading], sheet: Sheet, homeless: Sequence[Cell]
) -> dict[str, Reading]:
    """A row to be looked at for each grid row under a table's headings in which words have no home."""
    heads = [cell for key, cell in sheet.labels.items() if key.startswith(f"{table.key}.") and cell.box]
    if not heads:
        return {}
    left, right = min(cell.column for cell in heads), max(cell.right for cell in heads)
    top = max(cell.bottom for cell in heads)
    bottom = top + table.printed_rows + 1
    inside = [cell for cell in homeless if left <= cell.column < right and top <= cell.row < bottom]
    placed = {slot.cell.row for path, slot in sheet.slots.items() if path.startswith(f"{table.key}.")}
    lost = sorted({cell.row for cell in inside} - placed)
    first = row_count(table.key, readings)
    unread = Reading(None, "", 0.5, True, (Reason("words_unplaced"),))
    return {
        row_path(table.key, first + index, column.key): unread
        for index, _ in enumerate(lost)
        for column in table.fields
    }
