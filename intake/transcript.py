"""The transcript: a flat page in, its grid with every line read and matched out.

All lines of all cells go to the engine together; a line that is all but a
printed label is taken for that label, so that the matcher finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from rapidfuzz import fuzz, process

from intake.decode import fold, weights_of
from intake.engine import Engine, Line
from intake.grid import Cell, Grid, Origin, with_plain_signs
from intake.headless import bare_cells
from intake.layouts import layouts_of
from intake.match import matches
from intake.page import Page
from intake.sheet import Sheet, Slot
from intake.upright import Laid
from intake.view import Outline
from intake.writing import Box, Stretch, Writing
from records.drafts import Reading, Source
from records.editions import Editions
from records.findings import Reason


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell with what was read in it, line by line; `torn` when its sides are guessed."""

    cell: Cell
    lines: tuple[tuple[Stretch, Line], ...]
    torn: bool = False


@dataclass(frozen=True)
class Transcript:
    """A flattened table with all its cells read, and what stands around it: what `--picture` draws."""

    page: Page
    writing: Writing
    cells: Mapping[tuple[float, float, float, float], ReadCell]
    around: tuple[tuple[Stretch, Line], ...]
    grid: Grid
    sheets: tuple[Sheet | Reason, ...]

    def outlines(self, cells: Iterable[Cell]) -> tuple[Outline, ...]:
        """The corners of cells in the picture's own pixels."""
        boxes = [cell.box for cell in cells if cell.box is not None]
        corners = [((x0, y0), (x1, y0), (x1, y1), (x0, y1)) for x0, y0, x1, y1 in boxes]
        return tuple(tuple(self.page.spot_in_file(x, y) for x, y in four) for four in corners)


def transcribe(laid: Laid, number: int, editions: Editions, engine: Engine) -> Transcript | None:
    """The page with every cell's lines read and its grid matched; None when it has no grid.

    Print that looks like that of a page before is not read again, unless
    anything speaks against it.
    """
    if len(laid.cells) < 6:
        return None
    words = _printed_words(editions)
    layouts = layouts_of(engine)
    around = tuple(laid.writing.lines(box) for box in _surroundings(laid.page))
    every = [line for lines in (*laid.lines, *around) for line in lines]
    known = _believed(layouts.recalled(every), laid, words)
    read = _transcribed(laid, around, number, editions, engine, known)
    if known and not all(isinstance(sheet, Sheet) for sheet in read.sheets):
        known = {}
        read = _transcribed(laid, around, number, editions, engine, known)
    layouts.learn(_printed(read, known, words))
    return _with_values_read(read, known, editions, engine)


def _believed(known: Mapping[Box, Line], laid: Laid, words: frozenset[str]) -> Mapping[Box, Line]:
    """The lines known by their looks; none, if the engine says otherwise of any label that it has read."""
    labels = {box: line.text for box, line in known.items() if line.text in words}
    read = {box: _worded(line, words).text for box, line in laid.read.items()}
    return {} if any(labels.get(box, text) != text for box, text in read.items()) else known


def _transcribed(
    laid: Laid,
    around: Sequence[Sequence[Stretch]],
    number: int,
    editions: Editions,
    engine: Engine,
    known: Mapping[Box, Line],
) -> Transcript:
    page, writing = laid.page, laid.writing
    every = [line for lines in (*laid.lines, *around) for line in lines]
    read = _read(laid, every, editions, engine, known)
    lines = [tuple((stretch, next(read)) for stretch in cell) for cell in laid.lines]
    beyond = [tuple((stretch, next(read)) for stretch in part) for part in around]
    above, below = ["\n".join(line.text for _, line in part) for part in beyond]
    cells = [
        ReadCell(
            Cell(field.row, field.column, field.row_span, field.column_span, _text(part), _floats(field.box)),
            part,
            field.torn,
        )
        for field, part in zip(laid.cells, lines, strict=True)
    ]
    grid = Grid(tuple(one.cell for one in cells), number, Origin.PICTURE, above, below)
    by_box = {_floats(field.box): one for field, one in zip(laid.cells, cells, strict=True)}
    sheets = tuple(sheet for _, sheet in matches(grid, editions))
    beside = tuple(line for part in beyond for line in part)
    return Transcript(page, writing, MappingProxyType(by_box), beside, grid, sheets)


def _read(
    laid: Laid, every: Sequence[Stretch], editions: Editions, engine: Engine, known: Mapping[Box, Line]
) -> Iterator[Line]:
    """Each line as it is known or as the engine reads it, those that were read before not again."""
    words = _printed_words(editions)
    left = [line for line in every if line.box not in laid.read and line.box not in known]
    found = {line.box: _slim(line_read, words) for line, line_read in _in_parts(left, engine)}
    for line in every:
        if line.box in known:
            yield known[line.box]
        else:
            yield found[line.box] if line.box in found else _slim(laid.read[line.box], words)


def _in_parts(lines: Sequence[Stretch], engine: Engine) -> Iterator[tuple[Stretch, Line]]:
    """The lines as read, a few at a time: what is behind all lines of a page would fill the memory."""
    for start in range(0, len(lines), _PART):
        part = lines[start : start + _PART]
        yield from zip(part, engine.read([line.crop for line in part]), strict=True)


_PART = 24


def _slim(line: Line, words: frozenset[str]) -> Line:
    """A line taken for the label that it all but is; a label needs no scores any more."""
    worded = _worded(line, words)
    return replace(worded, scores=None) if worded.text in words else worded


def _printed(
    read: Transcript, known: Mapping[Box, Line], words: frozenset[str]
) -> Iterator[tuple[Stretch, Line]]:
    """The printed lines of a matched page, as far as the engine read them surely and to the letter."""
    sheets = [sheet for sheet in read.sheets if isinstance(sheet, Sheet)]
    if len(sheets) < len(read.sheets):
        return
    misread = {sheet.labels[key].box for sheet in sheets for key in sheet.misread if key in sheet.labels}
    values = _value_boxes(read)
    for box, cell in read.cells.items():
        if box not in values | misread:
            for stretch, line in cell.lines:
                if _is_plain(stretch, line, known):
                    yield stretch, _beyond_doubt(line)
    for stretch, line in read.around:
        beside_value = any(word in line.text for word in words)
        if _is_plain(stretch, line, known) and not beside_value:
            yield stretch, _beyond_doubt(line)


def _beyond_doubt(line: Line) -> Line:
    """A printed line by which no value is weighed: what looks like it is it."""
    return replace(line, confidence=1.0, scores=None)


def _is_plain(stretch: Stretch, line: Line, known: Mapping[Box, Line]) -> bool:
    """Whether a line was read just now, and so that it may be taken for print like it."""
    return stretch.box not in known and bool(line.glyphs) and line.confidence >= _SURELY


_SURELY = 0.9
"""How sure the engine must be of a printed line before it is known again without the engine."""


_Corners = tuple[float, float, float, float]


def _value_boxes(read: Transcript) -> set[_Corners]:
    """The cells in which values stand, also those that other pages tell of."""
    sheets = [sheet for sheet in read.sheets if isinstance(sheet, Sheet)]
    slots = [slot.cell for sheet in sheets for slot in (*sheet.slots.values(), *sheet.carried)]
    bare = [cell for row in bare_cells(read.grid, read.sheets) for cell in row]
    return {cell.box for cell in (*slots, *bare) if cell.box is not None}


def _with_values_read(
    read: Transcript, known: Mapping[Box, Line], editions: Editions, engine: Engine
) -> Transcript:
    """The transcript with those lines read that turned out to be values: none is taken by its looks."""
    values = _value_boxes(read)
    words = _printed_words(editions)
    again = {
        stretch.box: stretch
        for box in values
        for stretch, line in read.cells[box].lines
        if stretch.box in known or line.text in words
    }
    if not again:
        return read
    lines = dict(zip(again, engine.read([stretch.crop for stretch in again.values()]), strict=True))
    cells = {
        box: replace(
            cell, lines=tuple((stretch, lines.get(stretch.box, line)) for stretch, line in cell.lines)
        )
        for box, cell in read.cells.items()
    }
    return replace(read, cells=MappingProxyType(cells))


def _printed_words(editions: Editions) -> frozenset[str]:
    """Every label that a form may print, with the stars of required fields."""
    labels = {
        label
        for edition in editions
        for field in (*edition.on_paper, *(column for table in edition.tables for column in table.fields))
        for label in field.labels
    }
    return frozenset(labels | {f"*{label}" for label in labels} | {f"{label}*" for label in labels})


def _worded(line: Line, words: frozenset[str]) -> Line:
    """A line that is all but a printed label, as that label: weighed, where the engine lets it be weighed."""
    folded = "".join(fold(char) for char in line.text)
    if line.scores is None or folded in words or not 2 <= len(folded) <= 14:
        return replace(line, text=folded) if len(folded) == len(line.text) and folded in words else line
    near = _near(words, folded)
    if not near:
        return line
    *weights, own = weights_of(line.scores, [*near, line.text])
    weight, best = max(zip(weights, near, strict=True), key=lambda one: one[0])
    return replace(line, text=best, glyphs=()) if (own - weight) / len(best) < 1.2 else line


def _near(words: frozenset[str], text: str) -> list[str]:
    """The words that a text resembles, a character longer or shorter at most."""
    alike = _by_length(words)
    around = [word for length in (-1, 0, 1) for word in alike.get(len(text) + length, ())]
    return sorted(
        word
        for word, _, _ in process.extract(text, around, scorer=fuzz.ratio, score_cutoff=_HALF, limit=None)
    )


@lru_cache(maxsize=4)
def _by_length(words: frozenset[str]) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = {}
    for word in words:
        found.setdefault(len(word), []).append(word)
    return found


_HALF = 55
"""How much of a label a line says at least, in percent, to be weighed against it."""


def _text(lines: Iterable[tuple[Stretch, Line]]) -> str:
    return "\n".join(with_plain_signs(line.text) for _, line in lines)


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


def _floats(box: Box) -> tuple[float, float, float, float]:
    return float(box[0]), float(box[1]), float(box[2]), float(box[3])


def whole(box: tuple[float, float, float, float]) -> Box:
    """A cell's box in whole pixels."""
    return round(box[0]), round(box[1]), round(box[2]), round(box[3])


def lines_of(read: Transcript, slot: Slot) -> tuple[tuple[Stretch, Line], ...]:
    """The lines of a field's cell, as written and as read."""
    if slot.cell.box is None:
        return ()
    return read.cells[slot.cell.box].lines


def placed(read: Transcript, slot: Slot, reading: Reading, cut: Sequence[Stretch] = ()) -> Reading:
    """The reading with its spot: the ink's own box where there is ink, else the cell's."""
    stretches = cut or [stretch for stretch, _ in lines_of(read, slot)]
    box = _around([stretch.box for stretch in stretches]) if stretches else slot.cell.box
    if box is None:
        return reading
    return replace(reading, source=Source(read.grid.page, read.page.box_in_file(box)))


def _around(boxes: Sequence[Box]) -> tuple[float, float, float, float]:
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def unread_ink(read: Transcript, stretch: Stretch, line: Line) -> list[float]:
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
