"""Digital PDF: a page with text and ruled lines in, its tables as grids out.

Boxes are in pixels at 200 dpi, as the contract of reading wants them. Marks on
options come as characters or as drawn paths: a ring round an option's number,
a tick, a box with something in it; each becomes a sign in the cell's text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

import pdfplumber.page
import pdfplumber.table

from intake.grid import BOX, DRAWN, TICK, Cell, Grid, Origin, with_plain_signs
from intake.text_line import TextLine, pieces
from records.values import narrow

DPI = 200
_SCALE = DPI / 72
_SNAP = 2.5
"""Ruled lines nearer than this (points) are one line."""
_FEWEST_CELLS = 4
_SETTINGS = {"vertical_strategy": "lines", "horizontal_strategy": "lines", "edge_min_length": 6}


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A character or a sign with its place on the page, in points from the upper left."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


def quiet() -> None:
    """Keep pdfminer from logging every oddity of a font on standard error."""
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)


def is_digital(page: pdfplumber.page.Page) -> bool:
    """Whether a page has upright text and a ruled table; a scan with hidden text has no ruled lines."""
    lines = len(page.rects) + len(page.lines) + len(page.curves)
    return lines >= _FEWEST_CELLS and _is_legible(page)


def _is_legible(page: pdfplumber.page.Page) -> bool:
    """Whether a page has upright text that means something."""
    # A page shown upside down has what pdfminer calls upright characters; they run from right to left.
    upright = sum(bool(char["upright"] and char["matrix"][0] > 0) for char in page.chars)
    readable = sum(_is_readable(char["text"]) for char in page.chars)
    return upright >= 20 and min(upright, readable) > 0.8 * len(page.chars)


def _is_readable(text: str) -> bool:
    """Whether a character means something; fonts without a Unicode map give (cid:12) or nothing."""
    return bool(text) and not text.startswith("(cid:") and text != "\ufffd"


def grids(page: pdfplumber.page.Page) -> tuple[Grid, ...]:
    """The ruled tables of a page from top to bottom, without frames of fewer than four cells."""
    glyphs = _glyphs(page)
    boxes = [found for found in page.rects if _is_small_box(found)]
    size = median([glyph.height for glyph in glyphs] or [10.0])
    glyphs = _with_signs(glyphs, page, boxes, size)
    ruled = page.filter(lambda thing: thing not in boxes and not _is_drawn(thing, size))
    found = [table for table in ruled.find_tables(_SETTINGS) if len(table.cells) >= _FEWEST_CELLS]
    found.sort(key=lambda table: table.bbox[1])
    outside = _lines(_outside(glyphs, found))
    tops = [*(table.bbox[1] for table in found), float("inf")]
    bottoms = [float("-inf"), *(table.bbox[3] for table in found)]
    return tuple(
        _grid(
            page,
            table,
            glyphs,
            _text_between(outside, bottoms[place], tops[place]),
            _text_between(outside, table.bbox[3], tops[place + 1]),
        )
        for place, table in enumerate(found)
    )


def text_lines(page: pdfplumber.page.Page) -> tuple[TextLine, ...]:
    """The lines of a page with upright text, ruled or not; none where its text is no help."""
    if not _is_legible(page):
        return ()
    left, top = page.cropbox[0] - page.mediabox[0], page.bbox[1]
    found = [
        piece
        for line in _rows(glyph for glyph in _glyphs(page) if glyph.text.strip())
        for piece in pieces(_text_line(sorted(line, key=lambda glyph: glyph.x0), left, top))
    ]
    return tuple(sorted(found, key=lambda piece: (piece.middle, piece.box[0])))


def _text_line(line: Sequence[_Glyph], left: float, top: float) -> TextLine:
    x0, x1 = line[0].x0, max(glyph.x1 for glyph in line)
    y0, y1 = min(glyph.top for glyph in line), max(glyph.bottom for glyph in line)
    box = tuple((side - off) * _SCALE for side, off in ((x0, left), (y0, top), (x1, left), (y1, top)))
    low_x, low_y, high_x, high_y = box
    wide = max(x1 - x0, 1e-6)
    chars = [(char, glyph) for glyph in line for char in glyph.text]
    return TextLine(
        "".join(char for char, _ in chars),
        (low_x, low_y, high_x, high_y),
        ((low_x, low_y), (high_x, low_y), (high_x, high_y), (low_x, high_y)),
        tuple(((glyph.x0 - x0) / wide, (glyph.x1 - x0) / wide) for _, glyph in chars),
        (_CERTAIN,) * len(chars),
    )


_CERTAIN = 0.999


def _glyphs(page: pdfplumber.page.Page) -> list[_Glyph]:
    found = [
        _Glyph(_unified(char["text"]), char["x0"], char["top"], char["x1"], char["bottom"])
        for char in page.chars
        if _is_readable(char["text"])
    ]
    return _once(found)


def _unified(text: str) -> str:
    """A character with plain signs; a look-alike radical, as in Chrome's PDFs, made the character."""
    return "".join(narrow(char) if "\u2e80" <= char <= "\u2fdf" else char for char in with_plain_signs(text))


def _once(glyphs: Iterable[_Glyph]) -> list[_Glyph]:
    """Each character once: a bold one is often drawn twice, a hair's breadth apart."""
    kept: list[_Glyph] = []
    seen: set[tuple[str, int, int]] = set()
    for glyph in glyphs:
        near = {
            (glyph.text, round(glyph.x0) + dx, round(glyph.top) + dy)
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
        }
        if glyph.text.isspace() or not near & seen:
            kept.append(glyph)
            seen.add((glyph.text, round(glyph.x0), round(glyph.top)))
    return kept


def _is_small_box(rect: dict[str, Any]) -> bool:
    return 5 <= rect["width"] <= 15 and 5 <= rect["height"] <= 15 and bool(rect["stroke"])


def _is_drawn(thing: dict[str, Any], size: float) -> bool:
    """Whether a path is a mark or an ornament rather than a ruled line."""
    if thing["object_type"] != "curve":
        return False
    return bool(thing["width"] > 2 and thing["height"] > 2 and thing["height"] < 4 * size)


def _with_signs(
    glyphs: list[_Glyph], page: pdfplumber.page.Page, boxes: Sequence[dict[str, Any]], size: float
) -> list[_Glyph]:
    """The characters, and among them a sign for each drawn mark, empty box and picture."""
    curves = [curve for curve in page.curves if _is_drawn(curve, size)]
    drawn = [*curves, *(line for line in page.lines if line["width"] > 1 and line["height"] > 1)]
    signs = [sign for curve in curves if (sign := _ring(curve, glyphs, size) or _tick(curve, boxes, size))]
    signs += [_box_sign(box, drawn) for box in boxes if not _holds_any(box, glyphs)]
    signs += [_glyph_at(DRAWN, image) for image in page.images if image["width"] < page.width / 2]
    return glyphs + _apart(signs)


def _apart(signs: Iterable[_Glyph]) -> list[_Glyph]:
    """One sign for a mark whose outer and inner edge are two paths."""
    kept: list[_Glyph] = []
    for sign in signs:
        if not any(sign.text == other.text and _inside(sign.middle, other) for other in kept):
            kept.append(sign)
    return kept


def _ring(curve: dict[str, Any], glyphs: Sequence[_Glyph], size: float) -> _Glyph | None:
    """A tick just before the first character inside a closed curve: the number or the word that is ringed."""
    if not _is_closed(curve, size) or curve["height"] > 3 * size:
        return None
    ringed = [glyph for glyph in glyphs if _inside(glyph.middle, _glyph_at("", curve)) and glyph.text.strip()]
    if not ringed or len(ringed) > 12:
        return None
    first = min(ringed, key=lambda glyph: glyph.x0)
    return replace(first, text=TICK, x0=first.x0 - 0.2, x1=first.x0 - 0.1)


def _is_closed(curve: dict[str, Any], size: float) -> bool:
    """Whether a path goes round: many points or bends, the last near the first."""
    bends = sum(step[0] in ("c", "v", "y") for step in curve.get("path", ()))
    (x0, y0), (x1, y1) = curve["pts"][0][:2], curve["pts"][-1][:2]
    return (bends >= 2 or len(curve["pts"]) >= 8) and abs(x1 - x0) + abs(y1 - y0) < 0.5 * size


def _tick(curve: dict[str, Any], boxes: Iterable[dict[str, Any]], size: float) -> _Glyph | None:
    """A tick where a path goes down a little and then far up to the right."""
    if any(_inside(_glyph_at("", curve).middle, _glyph_at("", box)) for box in boxes):
        return None
    points = curve["pts"]
    left = min(points, key=lambda point: point[0])
    lowest = max(points, key=lambda point: point[1])
    right = max(points, key=lambda point: point[0])
    width, height = curve["width"], curve["height"]
    if not (0.4 * size < height < 3 * size and 0.4 * size < width < 3 * size):
        return None
    turns = 0.1 * width < lowest[0] - curve["x0"] < 0.65 * width
    rises = right[1] - curve["top"] < 0.35 * height and left[1] - curve["top"] > 0.25 * height
    return _glyph_at(TICK, curve) if turns and rises else None


def _box_sign(box: dict[str, Any], drawn: Iterable[dict[str, Any]]) -> _Glyph:
    place = _glyph_at(BOX, box)
    marked = bool(box["fill"] and _is_dark(box["non_stroking_color"])) or any(
        _inside(_glyph_at("", path).middle, place) for path in drawn
    )
    return replace(place, text=TICK) if marked else place


def _is_dark(colour: object) -> bool:
    parts = colour if isinstance(colour, list | tuple) else (colour,)
    numbers = [part for part in parts if isinstance(part, int | float)]
    if len(numbers) == 4:
        return numbers[3] > 0.5
    return bool(numbers) and sum(numbers) / len(numbers) < 0.5


def _holds_any(box: dict[str, Any], glyphs: Iterable[_Glyph]) -> bool:
    place = _glyph_at("", box)
    return any(_inside(glyph.middle, place) and glyph.text.strip() for glyph in glyphs)


def _glyph_at(text: str, thing: dict[str, Any]) -> _Glyph:
    return _Glyph(text, thing["x0"], thing["top"], thing["x1"], thing["bottom"])


def _inside(point: tuple[float, float], place: _Glyph) -> bool:
    return place.x0 <= point[0] <= place.x1 and place.top <= point[1] <= place.bottom


def _outside(glyphs: Iterable[_Glyph], tables: Sequence[pdfplumber.table.Table]) -> list[_Glyph]:
    frames = [_Glyph("", *table.bbox) for table in tables]
    return [glyph for glyph in glyphs if not any(_inside(glyph.middle, frame) for frame in frames)]


def _grid(
    page: pdfplumber.page.Page,
    table: pdfplumber.table.Table,
    glyphs: Sequence[_Glyph],
    above: str,
    below: str,
) -> Grid:
    columns = _edges(side for cell in table.cells for side in (cell[0], cell[2]))
    rows = _edges(side for cell in table.cells for side in (cell[1], cell[3]))
    inside = _by_cell(table.cells, glyphs)
    cells = [_cell(frame, columns, rows, inside[place], page) for place, frame in enumerate(table.cells)]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Grid(tuple(cells), page.page_number, Origin.TEXT, above, below)


def _edges(sides: Iterable[float]) -> list[float]:
    """The ruled lines of one direction, near ones made one."""
    found: list[float] = []
    for side in sorted(sides):
        if not found or side - found[-1] > _SNAP:
            found.append(side)
    return found


def _at(edges: Sequence[float], side: float) -> int:
    return min(range(len(edges)), key=lambda place: abs(edges[place] - side))


def _by_cell(
    frames: Sequence[tuple[float, float, float, float]], glyphs: Sequence[_Glyph]
) -> list[list[_Glyph]]:
    """The characters of every cell. A run of text that hangs over a line stays with its greater part."""
    places = [_Glyph("", *frame) for frame in frames]
    held: list[list[_Glyph]] = [[] for _ in frames]
    for run in _runs(glyphs):
        homes = [
            next((n for n, place in enumerate(places) if _inside(glyph.middle, place)), None) for glyph in run
        ]
        known = [home for home in homes if home is not None]
        if known and len(run) > 2 and known.count(most := max(known, key=known.count)) >= 0.75 * len(run):
            homes = [most] * len(run)
        for glyph, home in zip(run, homes, strict=True):
            if home is not None:
                held[home].append(glyph)
    return held


def _runs(glyphs: Sequence[_Glyph]) -> Iterator[list[_Glyph]]:
    """Characters that were drawn one after the other, edge to edge on one line."""
    run: list[_Glyph] = []
    for glyph in glyphs:
        if run and not _joined(run[-1], glyph):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _joined(before: _Glyph, after: _Glyph) -> bool:
    return (
        abs(after.x0 - before.x1) < 0.12 * before.height
        and abs(after.bottom - before.bottom) < 0.3 * before.height
    )


def _cell(
    frame: tuple[float, float, float, float],
    columns: Sequence[float],
    rows: Sequence[float],
    glyphs: Sequence[_Glyph],
    page: pdfplumber.page.Page,
) -> Cell:
    column, right = _at(columns, frame[0]), _at(columns, frame[2])
    row, bottom = _at(rows, frame[1]), _at(rows, frame[3])
    return Cell(
        row=row,
        column=column,
        row_span=max(1, bottom - row),
        column_span=max(1, right - column),
        text="\n".join(text for _, text in _lines(glyphs)),
        box=_box(frame, page),
    )


def _box(
    frame: tuple[float, float, float, float], page: pdfplumber.page.Page
) -> tuple[float, float, float, float]:
    left, top = page.cropbox[0] - page.mediabox[0], page.bbox[1]
    x0, y0, x1, y1 = frame
    return (x0 - left) * _SCALE, (y0 - top) * _SCALE, (x1 - left) * _SCALE, (y1 - top) * _SCALE


def _lines(glyphs: Iterable[_Glyph]) -> list[tuple[float, str]]:
    """The lines of text from top to bottom, each with its height on the page."""
    told = [(line[0].middle[1], _text(sorted(line, key=lambda glyph: glyph.x0))) for line in _rows(glyphs)]
    return [(height, text) for height, text in told if text.strip()]


def _rows(glyphs: Iterable[_Glyph]) -> list[list[_Glyph]]:
    """The characters of each line of text, from top to bottom."""
    lines: list[list[_Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.middle[1]):
        if lines and _on_line(lines[-1], glyph):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return lines


def _on_line(line: Sequence[_Glyph], glyph: _Glyph) -> bool:
    return abs(glyph.middle[1] - median(entry.middle[1] for entry in line)) < 0.5 * max(
        glyph.height, min(entry.height for entry in line)
    )


def _text(line: Sequence[_Glyph]) -> str:
    """The characters of a line, with a space where there is room for one."""
    told = [line[0].text]
    for before, after in pairwise(line):
        if after.x0 - before.x1 > 0.3 * max(before.height, 1.0) and TICK not in (before.text, after.text):
            told.append(" ")
        told.append(after.text)
    return "".join(told).strip()


def _text_between(lines: Iterable[tuple[float, str]], top: float, bottom: float) -> str:
    return "\n".join(text for height, text in lines if top < height < bottom)
