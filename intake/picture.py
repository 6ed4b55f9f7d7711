"""Reading a picture: pixels of one page in, the forms on it out.

The recipe: flatten each table of the page, bring it upright, read and match
its cells, then weigh for every field what may stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

import cv2

from intake.continued import Carried
from intake.cutting import cut_out
from intake.doubts import cut_by_edge, doubted, much_lost, too_broken
from intake.engine import Engine, Line, Picture
from intake.evidence import with_page
from intake.guessing import guess
from intake.headless import bare_cells
from intake.looks import looked_closer
from intake.options import from_marks, looks_at
from intake.overrunning import cut_whole
from intake.page import Page, Points, find_tables, flatten, without_streaks
from intake.page_ends import open_tables
from intake.penned import is_penned
from intake.pieces import Piece, without_blank_rows
from intake.quality import fault, misshapen
from intake.returned import as_printed, is_printed
from intake.sheet import Place, Sheet, Slot
from intake.transcript import Transcript, lines_of, placed, transcribe, unread_ink, whole
from intake.upright import upright
from intake.view import View
from intake.writing import Stretch, inside
from records.drafts import Draft, Ink, Reading, Source
from records.editions import Editions
from records.findings import Finding, Reason, Severity
from records.forms import Field, InkField
from records.known import NOTHING_KNOWN, Known
from records.values import Value, Values, row_path

_COARSE_DPI = 122.0
"""Where small characters begin to run together; a page is read, but said to be coarse."""
_NOTHING_LIKE = 0.25
"""A page that matches the nearest edition no better has nothing of it that could be recognised."""
_DPI_OF_LINE = 8.9
"""Dots per inch for each pixel that ordinary printed characters (8 to 10 pt) are high."""
_BELIEVABLE = 0.35
"""How far a file's stated resolution may lie off the one that its characters show."""


def read_picture(
    picture: Picture,
    number: int,
    editions: Editions,
    engine: Engine,
    dpi: float | None = None,
    known: Known | None = NOTHING_KNOWN,
    printed: Values | None = None,
) -> Iterator[tuple[Transcript | None, list[Piece | Reason]]]:
    """For each table of the picture: how it was understood, and the forms or the reason for none.

    `dpi` is the resolution that the file states, `known` what free text is weighed
    with, `printed` the values that were printed on the page, if that is known.
    Boxes are in the picture's own pixels. Raises EngineMissing, EngineFailed.
    """
    picture = without_streaks(picture)
    found = False
    unknown: tuple[Transcript | None, list[Piece | Reason]] = (None, [Reason("no_table")])
    tables = sorted(find_tables(picture), key=_reading_order)
    for corners in tables:
        laid = upright(flatten(picture, corners), engine)
        read = transcribe(laid, number, editions, engine) if laid is not None else None
        if read is None:
            continue
        pieces = [
            _spoilt(sheet, picture, tables) or _piece(read, sheet, engine, dpi, known, picture, printed)
            if isinstance(sheet, Sheet)
            else sheet
            for sheet in read.sheets
        ]
        if all(isinstance(piece, Reason) and piece.code == "no_known_form" for piece in pieces):
            unknown = read, pieces
            continue
        found = True
        yield read, pieces
    if not found:
        read, reasons = unknown
        yield read, [_measured(reason, picture, tables) for reason in reasons]


def _spoilt(sheet: Sheet, picture: Picture, tables: Sequence[Points]) -> Reason | None:
    """Why the picture of a form should be taken again, where much of the form is out of its sight."""
    return misshapen(picture, tables) if much_lost(sheet) else None


def _measured(reason: Piece | Reason, picture: Picture, tables: Sequence[Points]) -> Piece | Reason:
    """The reason why a page was not read; where nothing at all was recognised, what was measured instead."""
    nothing = isinstance(reason, Reason) and float(reason.facts.get("score", 0.0)) < _NOTHING_LIKE
    return (fault(picture, tables) if nothing else None) or reason


def view_of(picture: Picture, read: Transcript, pieces: Sequence[Piece | Reason]) -> View:
    """What was found on one table of a picture, to be drawn on it."""
    labels = [cell for sheet in read.sheets if isinstance(sheet, Sheet) for cell in sheet.labels.values()]
    readings = {
        path: one
        for piece in pieces
        if isinstance(piece, Piece)
        for path, one in piece.draft.readings.items()
    }
    return View(read.grid.page, picture, read.outlines(read.grid.cells), read.outlines(labels), readings)


def _reading_order(corners: Points) -> tuple[int, float]:
    """Tables from top to bottom, those side by side from left to right."""
    height = float(corners[:, 1].max() - corners[:, 1].min())
    return round(float(corners[:, 1].mean()) / height), float(corners[:, 0].mean())


def _piece(
    read: Transcript,
    sheet: Sheet,
    engine: Engine,
    dpi: float | None,
    known: Known | None,
    picture: Picture,
    printed: Values | None = None,
) -> Piece | Reason:
    bare = {cell for row in bare_cells(read.grid, read.sheets) for cell in row}
    sheet = replace(sheet, unplaced=tuple(cell for cell in sheet.unplaced if cell not in bare))
    broken = too_broken(sheet)
    if broken is not None:
        return broken
    torn = frozenset(one.cell for one in read.cells.values() if one.torn)
    readings = doubted(
        _unfound(sheet) | dict(_readings(read, sheet, engine, known, printed)), sheet, read.page.line, torn
    )
    readings = cut_by_edge(readings, picture.shape[:2], read.page.line * read.page.density)
    kept = without_blank_rows(with_page(readings, read, sheet), sheet.edition)
    ink = {field.key: _ink(read, sheet, field) for field in sheet.edition.ink if field.key in sheet.ink}
    draft = Draft(sheet.edition.key, MappingProxyType(kept), MappingProxyType(ink), _coarse(read.page, dpi))
    carried = _carried(read, sheet, known)
    ends = open_tables(sheet)
    return Piece(draft, sheet.continues, carried, sheet.keys, sheet.score, sheet.lacking, ends)


def _carried(read: Transcript, sheet: Sheet, known: Known | None) -> tuple[Carried, ...]:
    """The values that a continuation sheet brings for fields of the form before it."""
    found: list[Carried] = []
    for slot in sheet.carried:
        lines = [line for _, line in lines_of(read, slot)]
        reading = placed(read, slot, guess(lines, sheet.edition.field(slot.path), known=known))
        told = with_page({slot.path: reading}, read, sheet)[slot.path]
        found.append(Carried(slot.path, slot.text, reading.source, told))
    return tuple(found)


def _coarse(page: Page, said: float | None) -> tuple[Finding, ...]:
    """What is said of a page whose characters have too few pixels; `said` is the file's own resolution."""
    seen = page.line * page.density * _DPI_OF_LINE
    dpi = said if said is not None and abs(said / seen - 1) < _BELIEVABLE else seen
    if dpi > _COARSE_DPI:
        return ()
    return (
        Finding("coarse_page", Severity.WARNING, (), MappingProxyType({"dpi": str(round(dpi / 10) * 10)})),
    )


def _unfound(sheet: Sheet) -> dict[str, Reading]:
    """What the form asks but no blank was found for: never taken for blank without a look."""
    missed = () if sheet.continues else sheet.missing
    unread = Reading(None, "", 0.5, True, (Reason("label_not_found"),))
    fields = [sheet.edition.field(key) for key in missed if sheet.edition.has(key)]
    plain_keys = [field.key for field in fields if not field.is_rows]
    cells = [row_path(field.key, 0, column.key) for field in fields for column in field.fields]
    return dict.fromkeys((*plain_keys, *cells), unread)


def _readings(
    read: Transcript, sheet: Sheet, engine: Engine, known: Known | None, printed: Values | None
) -> Iterator[tuple[str, Reading]]:
    printed = printed or {}
    pending: list[tuple[str, Field, Slot, tuple[Stretch, ...], list[Reason]]] = []
    looks = looks_at(read, sheet, engine)
    for path, slot in sheet.slots.items():
        field = sheet.edition.field(path)
        if path in looks:
            yield from from_marks(read, path, slot, field, engine, looks)
            continue
        whole_lines = _overrunning(read, slot)
        cut = _cut(read, slot) if whole_lines is None else whole_lines
        kept = read.writing.uncrossed(cut)
        stood = printed.get(path)
        faults = (
            (Reason("crossed_out"), kept != cut),
            (Reason("runs_over_rule"), whole_lines is not None),
            (Reason("pen_on_print"), stood is not None and is_penned(read.writing, cut)),
        )
        found = [reason for reason, holds in faults if holds]
        if slot.place is Place.WHOLE and not found:
            lines = [line for _, line in lines_of(read, slot)]
            if _shows(read, slot, lines, field, stood):
                yield path, placed(read, slot, as_printed(Reading(None), stood))
                continue
            first = _whole_ink(read, slot, guess(lines, field, known=known))
            yield path, placed(read, slot, looked_closer(first, lines, cut, field, engine, known))
        else:
            pending.append((path, field, slot, kept, found))
    again = iter(engine.read([stretch.crop for _, _, _, cut, _ in pending for stretch in cut]))
    for path, field, slot, cut, found in pending:
        lines = [next(again) for _ in cut]
        if not found and is_printed(lines, field, printed.get(path)):
            yield path, placed(read, slot, as_printed(Reading(None), printed.get(path)), cut)
            continue
        closer = looked_closer(guess(lines, field, known=known), lines, cut, field, engine, known)
        yield path, placed(read, slot, _looked_at(closer, found), cut)


def _shows(read: Transcript, slot: Slot, lines: Sequence[Line], field: Field, value: Value) -> bool:
    """Whether a cell shows what was printed in it, and no other ink."""
    if not is_printed(lines, field, value):
        return False
    beside = any(unread_ink(read, stretch, line) for stretch, line in lines_of(read, slot))
    return not beside


def _cut(read: Transcript, slot: Slot) -> tuple[Stretch, ...]:
    """The lines of a value."""
    if slot.place is not Place.WHOLE:
        return cut_out(read, slot)
    return tuple(stretch for stretch, _ in lines_of(read, slot))


def _overrunning(read: Transcript, slot: Slot) -> tuple[Stretch, ...] | None:
    """The lines of a cell over whose sides writing runs; None of any other."""
    if slot.place is not Place.WHOLE or slot.cell.box is None or not lines_of(read, slot):
        return None
    return cut_whole(read.writing, whole(slot.cell.box))


def _looked_at(reading: Reading, faults: Sequence[Reason]) -> Reading:
    """The reading of a cell cut anew, before a clerk where the cell has faults."""
    return replace(reading, review=reading.review or bool(faults), reasons=(*reading.reasons, *faults))


def _whole_ink(read: Transcript, slot: Slot, reading: Reading) -> Reading:
    """The reading; ink before or behind all that the engine saw is a character that may be lost."""
    if reading.review or not any(unread_ink(read, stretch, line) for stretch, line in lines_of(read, slot)):
        return reading
    reasons = (*reading.reasons, Reason("ink_unread_beside"))
    return replace(reading, confidence=min(reading.confidence, 0.6), review=True, reasons=reasons)


def _ink(read: Transcript, sheet: Sheet, field: InkField) -> Ink:
    """Whether a signature or a seal stands in its cell."""
    cell = sheet.ink[field.key]
    if cell.box is None:
        return Ink(False, 0.5)
    box = inside(whole(cell.box), read.page.line)
    source = Source(read.grid.page, read.page.box_in_file(cell.box))
    if field.colour is None:
        share = (
            sum((mark[2] - mark[0]) * (mark[3] - mark[1]) for mark in read.writing.marks(box))
            / read.page.line**2
        )
        return Ink(share > 0.8, min(0.99, 0.7 + abs(share - 0.8) / 4), source)
    red = _coloured_share(read.page.coloured(box))
    return Ink(red > 0.006, min(0.97, 0.6 + abs(red - 0.006) * 40), source)


def _coloured_share(part: Picture) -> float:
    """The share of clearly red pixels."""
    hsv = cv2.cvtColor(part, cv2.COLOR_BGR2HSV)
    hue, saturation, value = cv2.split(hsv)
    red = ((hue < 12) | (hue > 168)) & (saturation > 70) & (value > 60)
    return float(red.mean()) if red.size else 0.0
