"""Reading a picture: pixels of one page in, the forms on it out.

The recipe: flatten each table of the page, find its cells, read their lines,
match the grid to an edition, then weigh for every field what may stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import cv2
import numpy as np
from rapidfuzz import fuzz

from intake.decode import fold, weigh
from intake.doubts import doubted, too_broken
from intake.engine import Engine, Line, Picture
from intake.grid import TICK, Cell, Grid, Origin, with_plain_signs
from intake.guessing import REVIEW_BELOW, guess
from intake.marks import chosen
from intake.match import matches
from intake.page import Page, Points, find_tables, flatten, quarter_turned
from intake.pieces import Piece, without_blank_rows
from intake.ruling import ruled_cells
from intake.sentences import blanks, keys_of
from intake.sheet import Place, Sheet, Slot
from intake.view import Outline, View
from intake.wording import plain
from intake.writing import Box, Stretch, Writing, inside
from records.drafts import Draft, Ink, Reading, Source
from records.editions import Editions
from records.findings import Finding, Reason, Severity
from records.forms import Field, InkField, Sentence
from records.values import row_path

_COARSE_DPI = 122.0
"""Where small characters begin to run together; a page is read, but said to be coarse."""
_DPI_OF_LINE = 8.9
"""Dots per inch for each pixel that ordinary printed characters (8 to 10 pt) are high."""
_BELIEVABLE = 0.35
"""How far a file's stated resolution may lie off the one that its characters show."""
_FIGURES = frozenset(("id_number", "bank_card", "phone", "code", "date", "money", "number", "integer"))
_WIDER = 1.4
_UPRIGHT, _LEGIBLE = 0.8, 0.2
"""Shares of a sample of lines: enough to stop turning the page, and least to read it at all."""
_SAMPLE = 10


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell with what was read in it, line by line."""

    cell: Cell
    lines: tuple[tuple[Stretch, Line], ...]


@dataclass(frozen=True)
class ReadPage:
    """A flattened table with all its cells read: what `--picture` draws."""

    page: Page
    writing: Writing
    cells: Mapping[tuple[float, float, float, float], ReadCell]
    grid: Grid
    sheets: tuple[Sheet | Reason, ...]

    def outlines(self, cells: Iterable[Cell]) -> tuple[Outline, ...]:
        """The corners of cells in the picture's own pixels."""
        boxes = [cell.box for cell in cells if cell.box is not None]
        corners = [((x0, y0), (x1, y0), (x1, y1), (x0, y1)) for x0, y0, x1, y1 in boxes]
        return tuple(tuple(self.page.spot_in_file(x, y) for x, y in four) for four in corners)


def view_of(picture: Picture, read: ReadPage, pieces: Sequence[Piece | Reason]) -> View:
    """What was found on one table of a picture, to be drawn on it."""
    labels = [cell for sheet in read.sheets if isinstance(sheet, Sheet) for cell in sheet.labels.values()]
    readings = {
        path: one
        for piece in pieces
        if isinstance(piece, Piece)
        for path, one in piece.draft.readings.items()
    }
    return View(read.grid.page, picture, read.outlines(read.grid.cells), read.outlines(labels), readings)


def read_picture(
    picture: Picture, number: int, editions: Editions, engine: Engine, dpi: float | None = None
) -> Iterator[tuple[ReadPage | None, list[Piece | Reason]]]:
    """For each table of the picture: how it was understood, and the forms or the reason for none.

    `dpi` is the resolution that the file states. Boxes are in the picture's own
    pixels. Raises EngineMissing, EngineFailed.
    """
    found = False
    unknown: tuple[ReadPage | None, list[Piece | Reason]] = (None, [Reason("no_table")])
    for corners in sorted(find_tables(picture), key=_reading_order):
        page = _upright(flatten(picture, corners), engine)
        read = _read(page, number, editions, engine) if page is not None else None
        if read is None:
            continue
        pieces = [
            _piece(read, sheet, engine, dpi) if isinstance(sheet, Sheet) else sheet for sheet in read.sheets
        ]
        if all(isinstance(piece, Reason) and piece.code == "no_known_form" for piece in pieces):
            unknown = read, pieces
            continue
        found = True
        yield read, pieces
    if not found:
        yield unknown


def _reading_order(corners: Points) -> tuple[int, float]:
    """Tables from top to bottom, those side by side from left to right."""
    height = float(corners[:, 1].max() - corners[:, 1].min())
    return round(float(corners[:, 1].mean()) / height), float(corners[:, 0].mean())


def _upright(flat: Page, engine: Engine) -> Page | None:
    """The page turned so that its writing can be read; None when no quarter turn makes it readable."""
    best: tuple[float, Page] | None = None
    for quarters in range(4):
        page = quarter_turned(flat, quarters)
        legible = _legibility(page, engine)
        if legible >= _UPRIGHT:
            return page
        if best is None or legible > best[0]:
            best = legible, page
    return best[1] if best is not None and best[0] > _LEGIBLE else None


def _legibility(page: Page, engine: Engine) -> float:
    """How sure the engine is of a few lines of Chinese writing, 0 to 1; lone characters prove nothing."""
    writing = Writing(page)
    lines = [line for cell in ruled_cells(page) for line in writing.lines(inside(cell.box, page.line))]
    wide = [
        line for line in lines if 1.8 < (line.box[2] - line.box[0]) / max(line.box[3] - line.box[1], 1) < 14
    ]
    if len(wide) < 4:
        return 0.0
    sample = [wide[round(index)] for index in np.linspace(0, len(wide) - 1, min(_SAMPLE, len(wide)))]
    read = engine.read([line.crop for line in sample])
    sure = [line.confidence * min(1.0, _ideographs(line.text) / 3) for line in read]
    return float(np.mean(sure))


def _ideographs(text: str) -> int:
    return sum(_FIRST_IDEOGRAPH <= ord(char) <= _LAST_IDEOGRAPH for char in text)


_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = 0x4E00, 0x9FFF


def _read(page: Page, number: int, editions: Editions, engine: Engine) -> ReadPage | None:
    fields = ruled_cells(page)
    if len(fields) < 6:
        return None
    writing = Writing(page)
    words = _printed_words(editions)
    stretches = [writing.lines(inside(field.box, page.line)) for field in fields]
    around = [writing.lines(box) for box in _surroundings(page)]
    every = [line for lines in (*stretches, *around) for line in lines]
    read = iter(_worded(line, words) for line in engine.read([line.crop for line in every]))
    lines = [tuple((stretch, next(read)) for stretch in cell) for cell in stretches]
    above, below = ["\n".join(next(read).text for _ in part) for part in around]
    cells = [
        ReadCell(
            Cell(field.row, field.column, field.row_span, field.column_span, _text(part), _floats(field.box)),
            part,
        )
        for field, part in zip(fields, lines, strict=True)
    ]
    grid = Grid(tuple(one.cell for one in cells), number, Origin.PICTURE, above, below)
    by_box = {_floats(field.box): one for field, one in zip(fields, cells, strict=True)}
    sheets = tuple(sheet for _, sheet in matches(grid, editions))
    return ReadPage(page, writing, MappingProxyType(by_box), grid, sheets)


def _printed_words(editions: Editions) -> tuple[str, ...]:
    """Every label that a form may print, with the stars of required fields."""
    labels = {
        label
        for edition in editions
        for field in (*edition.on_paper, *(column for table in edition.tables for column in table.fields))
        for label in field.labels
    }
    return tuple(sorted(labels | {f"*{label}" for label in labels} | {f"{label}*" for label in labels}))


def _worded(line: Line, words: Sequence[str]) -> Line:
    """A line that is all but a printed label, as that label: weighed, where the engine lets it be weighed."""
    folded = "".join(fold(char) for char in line.text)
    if line.scores is None or folded in words or not 2 <= len(folded) <= 14:
        return replace(line, text=folded) if len(folded) == len(line.text) and folded in words else line
    near = [word for word in words if abs(len(word) - len(folded)) < 2 and fuzz.ratio(word, folded) >= 55]
    if not near:
        return line
    best, own = weigh(line.scores, near)[0], weigh(line.scores, [line.text])[0]
    behind = (own.log_probability - best.log_probability) / len(best.text)
    return replace(line, text=best.text, glyphs=()) if behind < 1.2 else line


def _floats(box: Box) -> tuple[float, float, float, float]:
    return float(box[0]), float(box[1]), float(box[2]), float(box[3])


def _whole(box: tuple[float, float, float, float]) -> Box:
    return round(box[0]), round(box[1]), round(box[2]), round(box[3])


def _surroundings(page: Page) -> tuple[Box, Box]:
    """The boxes over and under the table."""
    x0, y0, x1, y1 = page.frame
    gap = round(page.line * 0.4)
    height = page.ink.shape[0]
    return (x0, max(y0 - round(page.line * 5), 0), x1, y0 - gap), (
        x0,
        y1 + gap,
        x1,
        min(y1 + round(page.line * 3), height),
    )


def _text(lines: Iterable[tuple[Stretch, Line]]) -> str:
    return "\n".join(with_plain_signs(line.text) for _, line in lines)


def _piece(read: ReadPage, sheet: Sheet, engine: Engine, dpi: float | None) -> Piece | Reason:
    broken = too_broken(sheet)
    if broken is not None:
        return broken
    readings = doubted(_unfound(sheet) | dict(_readings(read, sheet, engine)), sheet, read.page.line)
    kept = without_blank_rows(readings, sheet.edition)
    ink = {field.key: _ink(read, sheet, field) for field in sheet.edition.ink if field.key in sheet.ink}
    draft = Draft(sheet.edition.key, MappingProxyType(kept), MappingProxyType(ink), _coarse(read.page, dpi))
    return Piece(draft, sheet.continues)


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


def _readings(read: ReadPage, sheet: Sheet, engine: Engine) -> Iterator[tuple[str, Reading]]:
    pending: list[tuple[str, Field, Slot, tuple[Stretch, ...]]] = []
    for path, slot in sheet.slots.items():
        field = sheet.edition.field(path)
        if slot.place is Place.OPTIONS or (slot.place is Place.SENTENCE and field.choices):
            yield from _from_marks(read, path, slot, field, engine)
        elif slot.place is Place.WHOLE:
            stretches = tuple(stretch for stretch, _ in _lines(read, slot))
            first = _whole_ink(read, slot, guess([line for _, line in _lines(read, slot)], field))
            yield path, _placed(read, slot, _second_look(first, stretches, field, engine))
        else:
            pending.append((path, field, slot, _cut_out(read, slot)))
    again = iter(engine.read([stretch.crop for *_, cut in pending for stretch in cut]))
    for path, field, slot, cut in pending:
        first = guess([next(again) for _ in cut], field)
        yield path, _placed(read, slot, _second_look(first, cut, field, engine), cut)


def _whole_ink(read: ReadPage, slot: Slot, reading: Reading) -> Reading:
    """The reading; ink before or behind all that the engine saw is a character that may be lost."""
    if reading.review or not any(_unread_ink(read, stretch, line) for stretch, line in _lines(read, slot)):
        return reading
    reasons = (*reading.reasons, Reason("ink_unread_beside"))
    return replace(reading, confidence=min(reading.confidence, 0.6), review=True, reasons=reasons)


def _second_look(first: Reading, stretches: Sequence[Stretch], field: Field, engine: Engine) -> Reading:
    """A doubtful number read once more from wider crops: a pen's narrow figures share too few steps."""
    if not first.review or field.kind not in _FIGURES or not stretches:
        return first
    wider = [
        cv2.resize(one.crop, None, fx=_WIDER, fy=1.0, interpolation=cv2.INTER_CUBIC) for one in stretches
    ]
    second = guess(engine.read(wider), field)
    return second if (second.review, -second.confidence) < (first.review, -first.confidence) else first


def _lines(read: ReadPage, slot: Slot) -> tuple[tuple[Stretch, Line], ...]:
    if slot.cell.box is None:
        return ()
    return read.cells[slot.cell.box].lines


def _placed(read: ReadPage, slot: Slot, reading: Reading, cut: Sequence[Stretch] = ()) -> Reading:
    """The reading with its spot: the ink's own box where there is ink, else the cell's."""
    stretches = cut or [stretch for stretch, _ in _lines(read, slot)]
    box = _around([stretch.box for stretch in stretches]) if stretches else slot.cell.box
    if box is None:
        return reading
    return replace(reading, source=Source(read.grid.page, read.page.box_in_file(box)))


def _around(boxes: Sequence[Box]) -> tuple[float, float, float, float]:
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def _from_marks(
    read: ReadPage, path: str, slot: Slot, field: Field, engine: Engine
) -> Iterator[tuple[str, Reading]]:
    """Printed options: those that a tick or a ring marks, by their ink as much as by what the engine saw."""
    lines, text = _marked_text(read, slot, field, engine)
    sentence = _sentence_part(slot, text)
    marked = chosen(sentence, field)
    sure = min((max(line.confidence, 0.5) for _, line in lines), default=0.99) * 0.5 + 0.5
    value = (
        marked.chosen if field.kind == "choices" else (marked.chosen[0] if len(marked.chosen) == 1 else None)
    )
    doubts = {
        "mark_unclear": marked.unclear,
        "no_mark": field.kind == "choice" and not marked.chosen,
        "several_marked": field.kind == "choice" and len(marked.chosen) > 1,
        "options_unread": not all(_names(text, entry) for entry in field.choices if len(entry) > 1),
        "unsure_marks": sure < REVIEW_BELOW,
    }
    facts = MappingProxyType({"label": field.label})
    reasons = tuple(Reason(code, facts) for code, holds in doubts.items() if holds)
    yield path, _placed(read, slot, Reading(value or None, sentence, sure, bool(reasons), reasons))
    if field.other_text and marked.other:
        yield (
            field.other_text,
            _placed(read, slot, Reading(marked.other, marked.other, sure, True, (Reason("unsure"),))),
        )


def _sentence_part(slot: Slot, text: str) -> str:
    if slot.place is not Place.SENTENCE:
        return text
    keys = keys_of(Sentence(slot.label))
    return blanks(Sentence(slot.label), text).get(slot.path, "") if slot.path in keys else slot.text


def _names(text: str, entry: str) -> bool:
    return fuzz.partial_ratio(entry, text) > 70


def _marked_text(
    read: ReadPage, slot: Slot, field: Field, engine: Engine
) -> tuple[tuple[tuple[Stretch, Line], ...], str]:
    """A cell's lines read anew without the rings drawn in it, and their text with a tick at every mark."""
    if slot.cell.box is None:
        return (), slot.text
    box = inside(_whole(slot.cell.box), read.page.line)
    rings = read.writing.rings(box)
    if not rings:
        lines = _lines(read, slot)
        return lines, _ticked_text(read, lines, (), field)
    stretches = read.writing.without_rings(box).lines(box)
    lines = tuple(zip(stretches, engine.read([stretch.crop for stretch in stretches]), strict=True))
    return lines, _ticked_text(read, lines, rings, field)


def _ticked_text(
    read: ReadPage, lines: Sequence[tuple[Stretch, Line]], rings: Sequence[Box], field: Field
) -> str:
    texts: list[str] = []
    for stretch, line in lines:
        alone = len(plain(line.text)) <= 1 and not _goes_on(texts[-1] if texts else "", line.text, field)
        texts.append(TICK if alone else _ticked(read, stretch, line, rings))
    return "\n".join(texts)


def _goes_on(before: str, text: str, field: Field) -> bool:
    """Whether a line of one character is the rest of the option that began on the line before."""
    rest = plain(before)[-3:] + plain(text)
    return bool(plain(text)) and any(rest in plain(entry) for entry in field.choices)


def _ticked(read: ReadPage, stretch: Stretch, line: Line, rings: Sequence[Box]) -> str:
    """A line's text with TICK where a mark stands that the engine took for nothing, or a ring."""
    text = with_plain_signs(line.text)
    places = [(ring[0] + ring[2]) / 2 - stretch.origin[0] for ring in rings if _beside(ring, stretch.box)]
    places = [place - read.page.line for place in places]
    if TICK not in text:
        places += _unread_ink(read, stretch, line)
    for place in sorted(places, reverse=True):
        index = sum(1 for glyph in line.glyphs if (glyph.x0 + glyph.x1) / 2 < place)
        text = f"{text[:index]}{TICK}{text[index:]}"
    return text


def _beside(ring: Box, band: Box) -> bool:
    return band[1] <= (ring[1] + ring[3]) / 2 < band[3]


def _unread_ink(read: ReadPage, stretch: Stretch, line: Line) -> list[float]:
    """Where, in pixels of the crop, ink stands outside all characters that were read."""
    if not line.glyphs:
        return []
    room = read.page.line * 0.55
    first, last = line.glyphs[0].x0 - room, line.glyphs[-1].x1 + room
    spots: list[float] = []
    for x0, y0, x1, y1 in read.writing.marks(stretch.box):
        middle = (x0 + x1) / 2 - stretch.origin[0]
        tall = y1 - y0 > read.page.line * 0.5 and x1 - x0 > read.page.line * 0.3
        if tall and not first < middle < last:
            spots.append(middle)
    return spots


def _cut_out(read: ReadPage, slot: Slot) -> tuple[Stretch, ...]:
    """The lines of the part of a cell that is the value's: behind its label, or in a sentence's blank."""
    whole = "\n".join(line.text for _, line in _lines(read, slot))
    start = with_plain_signs(whole).rfind(slot.text) if slot.text else -1
    if start < 0:
        return _behind_last(read, slot)
    if not all(len(line.glyphs) == len(line.text) for _, line in _lines(read, slot)):
        return tuple(stretch for stretch, _ in _lines(read, slot))
    boxes: list[Box] = []
    place = 0
    for stretch, line in _lines(read, slot):
        first, last = max(start - place, 0), min(start + len(slot.text) - place, len(line.text))
        if first < last:
            boxes.append(_glyphs_box(read, stretch, line, first, last))
        place += len(line.text) + 1
    return tuple(stretch for box in boxes for stretch in read.writing.lines(box))


def _behind_last(read: ReadPage, slot: Slot) -> tuple[Stretch, ...]:
    """Ink right of the last character that was read in a cell whose value seems blank."""
    lines = _lines(read, slot)
    if not lines or slot.place is Place.SENTENCE or slot.cell.box is None or not lines[-1][1].glyphs:
        return ()
    stretch, line = lines[-1]
    start = stretch.origin[0] + line.glyphs[-1].x1 + read.page.line * 0.6
    box = (round(start), stretch.box[1], round(slot.cell.box[2] - read.page.line * 0.2), stretch.box[3])
    return read.writing.lines(box) if box[2] - box[0] > read.page.line * 0.5 else ()


def _glyphs_box(read: ReadPage, stretch: Stretch, line: Line, first: int, last: int) -> Box:
    """The page box of some characters of a line, its sides in the gaps of the ink."""
    glyphs = line.glyphs
    x0 = stretch.box[0] if first == 0 else _gap(read, stretch, glyphs[first - 1].x1, glyphs[first].x0)
    x1 = stretch.box[2] if last >= len(glyphs) else _gap(read, stretch, glyphs[last - 1].x1, glyphs[last].x0)
    return round(x0), stretch.box[1], round(x1), stretch.box[3]


def _gap(read: ReadPage, stretch: Stretch, left: float, right: float) -> float:
    """The middle of the widest gap without ink around the place between two characters, page pixels."""
    reach = read.page.line * 0.5
    start = max(round(stretch.origin[0] + left - reach), stretch.box[0])
    end = min(round(stretch.origin[0] + right + reach), stretch.box[2])
    inked = read.writing.ink[stretch.box[1] : stretch.box[3], start:end].any(axis=0)
    free = np.flatnonzero(~inked)
    if not len(free):
        return stretch.origin[0] + (left + right) / 2
    runs = np.split(free, np.flatnonzero(np.diff(free) > 1) + 1)
    widest = max(runs, key=len)
    return start + float(widest.mean())


def _ink(read: ReadPage, sheet: Sheet, field: InkField) -> Ink:
    """Whether a signature or a seal stands in its cell."""
    cell = sheet.ink[field.key]
    if cell.box is None:
        return Ink(False, 0.5)
    box = inside(_whole(cell.box), read.page.line)
    source = Source(read.grid.page, read.page.box_in_file(cell.box))
    if field.colour is None:
        share = (
            sum((mark[2] - mark[0]) * (mark[3] - mark[1]) for mark in read.writing.marks(box))
            / read.page.line**2
        )
        return Ink(share > 0.8, min(0.99, 0.7 + abs(share - 0.8) / 4), source)
    red = _coloured_share(read.page.picture[box[1] : box[3], box[0] : box[2]])
    return Ink(red > 0.006, min(0.97, 0.6 + abs(red - 0.006) * 40), source)


def _coloured_share(part: Picture) -> float:
    """The share of clearly red pixels."""
    hsv = cv2.cvtColor(part, cv2.COLOR_BGR2HSV)
    hue, saturation, value = cv2.split(hsv)
    red = ((hue < 12) | (hue > 168)) & (saturation > 70) & (value > 60)
    return float(red.mean()) if red.size else 0.0
